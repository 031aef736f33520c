package demo

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// sleep waits for d; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// database is what stands between a request and its rows: a query takes its time, and
// there is room for so many at once. query reports whether it was served.
type database interface {
	query(ctx context.Context) bool
}

// brittlePool has room for some connections and no queue. One request too many makes the
// driver drop all of them, so that everything in flight fails together once its time is up.
type brittlePool struct {
	room int
	hold time.Duration

	mu       sync.Mutex
	inFlight int
	epoch    int // raised whenever the room was exceeded
}

func (p *brittlePool) query(ctx context.Context) bool {
	p.mu.Lock()
	p.inFlight++
	mine := p.epoch
	if p.inFlight > p.room {
		p.epoch++
	}
	p.mu.Unlock()

	done := sleep(ctx, p.hold)

	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	return done && p.epoch == mine
}

// steadyPool has room for some connections; who finds none waits for one, up to patience.
type steadyPool struct {
	room     chan struct{}
	hold     time.Duration
	patience time.Duration
}

func (p *steadyPool) query(ctx context.Context) bool {
	waiting, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	select {
	case p.room <- struct{}{}:
	case <-waiting.Done():
		return false
	}
	defer func() { <-p.room }()
	return sleep(ctx, p.hold)
}

func newDatabase(mended bool) database {
	if mended {
		return &steadyPool{room: make(chan struct{}, 64), hold: 40 * time.Millisecond, patience: 2 * time.Second}
	}
	return &brittlePool{room: 20, hold: 100 * time.Millisecond}
}

// breaker guards the quote feed: too many calls at once open it, and it stays open for a
// while after the last moment of overload.
type breaker struct {
	limit int
	call  time.Duration // what one call of the feed takes
	open  time.Duration // how long it stays open

	mu       sync.Mutex
	inFlight int
	until    time.Time
}

func newBreaker(mended bool) *breaker {
	b := &breaker{limit: 40, call: 50 * time.Millisecond, open: 20 * time.Second}
	if mended {
		b.open = 500 * time.Millisecond
	}
	return b
}

// pass waits for one call of the feed and reports how long the breaker stays open; zero
// or less means that the call went through. Refused calls take as long as others, so that
// an overload that goes on keeps the breaker open.
func (b *breaker) pass(ctx context.Context) (open time.Duration, ok bool) {
	b.mu.Lock()
	b.inFlight++
	if b.inFlight > b.limit {
		b.until = time.Now().Add(b.open)
	}
	b.mu.Unlock()

	ok = sleep(ctx, b.call)

	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	return time.Until(b.until), ok
}

// reports writes reports: each takes its time, and lanes many are written at once; no
// lanes means as many as are asked for.
type reports struct {
	lanes chan struct{}
	each  time.Duration

	writing, written atomic.Int64
}

// counts are the reports that are being written, and those that were since the start.
func (r *reports) counts() (writing, written int64) { return r.writing.Load(), r.written.Load() }

func newReports(mended bool) *reports {
	if mended {
		return &reports{each: 100 * time.Millisecond}
	}
	return &reports{lanes: make(chan struct{}, 1), each: 750 * time.Millisecond}
}

// write waits for a free lane and for the report; false when ctx ended first.
func (r *reports) write(ctx context.Context) bool {
	if r.lanes != nil {
		select {
		case r.lanes <- struct{}{}:
		case <-ctx.Done():
			return false
		}
		defer func() { <-r.lanes }()
	}
	r.writing.Add(1)
	defer r.writing.Add(-1)
	defer r.written.Add(1)
	return sleep(ctx, r.each)
}
