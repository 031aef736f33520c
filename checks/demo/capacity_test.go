package demo

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPool(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	for range 3 {
		if a := s.get("/api/positions?account=1"); a.Status != 200 || !strings.Contains(a.Body, `"CTN"`) {
			t.Fatalf("one user: %d %s", a.Status, a.Body)
		}
	}
	if got := s.together(10, "/api/positions"); got[200] != 10 {
		t.Errorf("10 at once: %v", got)
	}
	if got := s.together(50, "/api/positions"); got[500] < 45 {
		t.Errorf("50 at once: %v, want 500 for nearly all", got)
	}
	if a := s.get("/api/positions"); a.Status != 200 {
		t.Errorf("after the burst: %d", a.Status)
	}
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	flawed, mended := start(t, "phase5"), start(t, "phase5", "recovery")
	for _, s := range []*system{flawed, mended} {
		if got := s.together(8, "/api/quotes"); got[200] != 8 {
			t.Errorf("8 at once: %v", got)
		}
		if got := s.together(100, "/api/quotes"); got[503] < 50 {
			t.Errorf("100 at once: %v", got)
		}
	}
	time.Sleep(600 * time.Millisecond)
	if a := mended.get("/api/quotes"); a.Status != 200 {
		t.Errorf("mended, 0.6 s after: %d", a.Status)
	}
	a := flawed.get("/api/quotes")
	if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); a.Status != 503 || err != nil || wait < 10 || wait > 20 {
		t.Errorf("flawed, 0.6 s after: %d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
	}
}

// TestBreakerStaysOpen holds that an overload that goes on keeps the breaker open, so that
// its rest is counted from the burst's end.
func TestBreakerStaysOpen(t *testing.T) {
	b := &breaker{limit: 4, call: 10 * time.Millisecond, open: 200 * time.Millisecond}
	var wg sync.WaitGroup
	end := time.Now().Add(300 * time.Millisecond)
	for range 8 {
		wg.Go(func() {
			for time.Now().Before(end) {
				b.pass(t.Context())
			}
		})
	}
	wg.Wait()
	if left := time.Until(b.until); left < 100*time.Millisecond {
		t.Errorf("after the burst it stays open for %v, want nearly 200ms", left)
	}
	if b.inFlight != 0 {
		t.Errorf("%d calls are still counted", b.inFlight)
	}
}

func TestLimiter(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter()
	l.now = func() time.Time { return now }
	for i := range 20 {
		if left, _, ok := l.take("a"); !ok || left != 19-i {
			t.Fatalf("request %d: left %d, ok %v", i+1, left, ok)
		}
	}
	now = now.Add(3 * time.Second)
	h := http.Header{}
	if l.admit(h, "a") || h.Get("Retry-After") != "7" || h.Get("RateLimit") != `"burst";r=0;t=7` {
		t.Errorf("request 21: %v", h)
	}
	if !l.admit(h, "b") {
		t.Error("another client is limited too")
	}
	now = now.Add(7 * time.Second)
	if !l.admit(h, "a") {
		t.Error("still limited after the window")
	}
	for i := range 2 * maxSpells {
		l.take(fmt.Sprint("client ", i))
	}
	if len(l.seen) > maxSpells {
		t.Errorf("%d windows are kept", len(l.seen))
	}
}

// TestQueueIsLeft holds that a caller who goes away doesn't keep the lane.
func TestQueueIsLeft(t *testing.T) {
	r := newReports(false)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	r.lanes <- struct{}{}
	if r.write(gone) {
		t.Error("a report was written for nobody")
	}
	<-r.lanes
	select {
	case r.lanes <- struct{}{}:
	default:
		t.Error("the lane is still taken")
	}
}
