package demo

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"
)

// limiter counts requests of a client to a route in windows that begin with their first
// request.
type limiter struct {
	quota  int
	window time.Duration
	now    func() time.Time

	mu   sync.Mutex
	seen map[string]*spell
}

// spell is one window of one client on one route.
type spell struct {
	ends time.Time
	used int
}

// maxSpells bounds the memory that strangers can take.
const maxSpells = 10_000

func newLimiter() *limiter {
	return &limiter{quota: 20, window: 10 * time.Second, now: time.Now, seen: map[string]*spell{}}
}

// take counts one request: what remains, when the window ends, and whether the request is
// within the quota.
func (l *limiter) take(key string) (left int, reset time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	s := l.seen[key]
	if s == nil || !now.Before(s.ends) {
		if len(l.seen) >= maxSpells {
			l.forget(now)
		}
		s = &spell{ends: now.Add(l.window)}
		l.seen[key] = s
	}
	if s.used >= l.quota {
		return 0, s.ends.Sub(now), false
	}
	s.used++
	return l.quota - s.used, s.ends.Sub(now), true
}

// forget drops windows that are over; when none is, all of them.
func (l *limiter) forget(now time.Time) {
	for k, s := range l.seen {
		if !now.Before(s.ends) {
			delete(l.seen, k)
		}
	}
	if len(l.seen) >= maxSpells {
		clear(l.seen)
	}
}

// admit advertises the quota (draft-ietf-httpapi-ratelimit-headers) and reports whether
// the request may go on; Retry-After tells the others when (RFC 6585 §4).
func (l *limiter) admit(h http.Header, key string) bool {
	left, reset, ok := l.take(key)
	seconds := max(1, int(math.Ceil(reset.Seconds())))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"burst";q=%d;w=%d`, l.quota, int(l.window.Seconds())))
	h.Set("RateLimit", fmt.Sprintf(`"burst";r=%d;t=%d`, left, seconds))
	if !ok {
		h.Set("Retry-After", fmt.Sprint(seconds))
	}
	return ok
}
