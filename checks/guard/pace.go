package guard

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/time/rate"
)

// ceiling is how hard one side of the network may be asked.
type ceiling struct {
	perSecond rate.Limit
	parallel  int
	burst     rate.Limit // of a rate-limit burst
	floor     rate.Limit // where slowing down ends
}

var (
	loopbackPace = ceiling{perSecond: 100, parallel: 8, burst: 100, floor: 10}
	remotePace   = ceiling{perSecond: 10, parallel: 4, burst: 25, floor: 1}
)

// pace holds rate and concurrency.
type pace struct {
	ceiling
	limiter *rate.Limiter
	bursts  *rate.Limiter
	slots   chan struct{}
}

func newPace(c ceiling) *pace {
	return &pace{
		ceiling: c,
		// A bucket of one: tokens saved up while idle would let a second's requests double.
		limiter: rate.NewLimiter(c.perSecond, 1),
		bursts:  rate.NewLimiter(c.burst, 1),
		slots:   make(chan struct{}, c.parallel),
	}
}

// wait takes a slot and a token; the caller calls release when the exchange is over.
func (p *pace) wait(ctx context.Context, burst bool) (release func(), err error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	release = sync.OnceFunc(func() { <-p.slots })
	limiter := p.limiter
	if burst {
		limiter = p.bursts
	}
	if err := limiter.Wait(ctx); err != nil {
		release()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		// The limiter gives up early when the deadline leaves no room for a token.
		return nil, fmt.Errorf("%w: %v", context.DeadlineExceeded, err)
	}
	return release, nil
}

// slower halves the rate: the target said that it is asked too much.
func (p *pace) slower() {
	p.limiter.SetLimit(max(p.floor, p.limiter.Limit()/2))
}

// budget counts what goes out.
type budget struct {
	limit int

	mu       sync.Mutex
	requests int
	bursts   map[string]int // by path
	burst    int
	loaded   int
}

// add counts what needs no leave.
func (b *budget) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.loaded += n
}

// take counts one request to path, or refuses it.
func (b *budget) take(host, path string, burst bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !burst {
		if b.requests >= b.limit {
			return &Refusal{Reason: ErrBudget, Host: host, Detail: fmt.Sprintf("%d requests were sent", b.requests)}
		}
		b.requests++
		return nil
	}
	if b.bursts == nil {
		b.bursts = map[string]int{}
	}
	if b.bursts[path] >= BurstBudget || b.bursts[path] == 0 && len(b.bursts) >= MaxBursts {
		return &Refusal{Reason: ErrBudget, Host: host, Detail: fmt.Sprintf("%d requests were sent in bursts", b.burst)}
	}
	b.bursts[path]++
	b.burst++
	return nil
}

// sent is what was counted so far, bursts and all.
func (b *budget) sent() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests + b.burst + b.loaded
}
