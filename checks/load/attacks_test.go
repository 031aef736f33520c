package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// eighths is a handler behind a balancer that keeps connections with one of eight workers; of
// /x one worker goes wrong, always.
func eighths(fault http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	workers := map[string]int{}
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		worker, ok := workers[r.RemoteAddr]
		if !ok {
			worker = len(workers) % 8
			workers[r.RemoteAddr] = worker
		}
		mu.Unlock()
		pause(r.Context(), 4*time.Millisecond)
		if worker == 7 && r.URL.Path == "/x" {
			fault(w, r)
		}
	}
}

func late(d time.Duration, fault http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if pause(r.Context(), d); fault != nil {
			fault(w, r)
		}
	}
}

// listed answers as a list would, and beyond so many at once with something else, all with 200.
func listed(limit int64, kind, body string) http.HandlerFunc {
	list := []byte("[" + strings.Repeat(`{"symbol":"ACME","price":1.25},`, 40) + "{}]")
	var inside atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		n := inside.Add(1)
		defer inside.Add(-1)
		pause(r.Context(), 5*time.Millisecond)
		w.Header().Set("Content-Type", "application/json")
		if n > limit && r.URL.Path == "/x" {
			if kind != "" {
				w.Header().Set("Content-Type", kind)
			}
			_, _ = w.Write([]byte(body))
			return
		}
		_, _ = w.Write(list)
	}
}

// fromCache answers from a cache as soon as one user was served.
func fromCache(name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		pause(r.Context(), 4*time.Millisecond)
		w.Header().Set(name, value)
		_, _ = w.Write([]byte("[]"))
	}
}

// cold is a handler that fails every third request in its first moments under load.
func cold(d time.Duration) http.HandlerFunc {
	var n atomic.Int64
	var began atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		pause(r.Context(), 4*time.Millisecond)
		if r.URL.Path != "/x" || n.Add(1) <= gateRequests {
			return
		}
		began.CompareAndSwap(0, time.Now().UnixNano())
		if time.Since(time.Unix(0, began.Load())) < d && n.Load()%3 == 0 {
			sheds(w, r)
		}
	}
}

// TestNoPorts: what this machine could not send says nothing of the target.
func TestNoPorts(t *testing.T) {
	s := serve(t, slowly)
	d := driverTo(t, t.Context(), s.URL, 50, quick)
	var n atomic.Int64
	var dialer net.Dialer
	d.transport.DialContext = dialer.DialContext
	d.transport.DisableKeepAlives = true
	open := d.transport.DialContext
	d.transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if n.Add(1) > 100 {
			return nil, syscall.EADDRNOTAVAIL
		}
		return open(ctx, network, addr)
	}
	f, first := d.rounds(t.Context(), 50, 10, passWithin, failBeyond, nil)
	expect(t, "100 of 500 were sent", judgeBurst(&f, 500, first, "B"), checks.Inconclusive, "this machine could not send 150 of 250 requests")
	f = measured(50, 480, 0, 20*time.Millisecond, time.Second)
	f.Count[ownSide], f.All, f.Bad = 20, 500, 20
	f.BadCount[ownSide] = 20
	f.Sick = f.unsent()
	expect(t, "20 were not", judgeBurst(&f, 500, 0, "B"), checks.Inconclusive, "this machine could not send 20 requests")
}

// TestUndeserved puts load on targets that would pass by their counts alone.
func TestUndeserved(t *testing.T) {
	const step40 = `kind = "load.steps", path = "/x", users = 40, measure = "1s"`
	const burst40 = `kind = "load.burst", path = "/x", users = 40, rounds = 5`
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		check   string
		want    checks.Verdict
		reason  string
	}{
		{"one worker of eight slow", eighths(late(700*time.Millisecond, nil)), step40, checks.Warn, " of 40 users"},
		{"one worker of eight very slow", eighths(late(2500*time.Millisecond, nil)), step40, checks.Fail, " of 40 users"},
		{"one worker of eight hangs", eighths(hangs), step40, checks.Fail, " of 40 users"},
		{"one worker of eight hangs, pool", eighths(hangs), strings.Replace(pool, "20", "40", 1), checks.Fail, " of 40 users"},
		{"one worker of eight fails late", eighths(late(600*time.Millisecond, sheds)), step40, checks.Fail, " of 40 users"},
		{"another kind", listed(5, "text/html; charset=utf-8", "<h1>Too many connections</h1>"), step40, checks.Fail, "unlike those to one user"},
		{"another kind, burst", listed(5, "text/html", "<h1>Too many connections</h1>"), burst40, checks.Fail, "unlike those to one user"},
		{"nothing", listed(5, "", ""), burst40, checks.Fail, "unlike those to one user"},
		{"a short word", listed(5, "", `{"error":"no connection"}`), burst40, checks.Warn, "of another length"},
		{"from a cache", fromCache("Age", "12"), pool, checks.Inconclusive, "from a cache"},
		{"from a cache that says so", fromCache("X-Cache", "HIT from edge"), pool, checks.Inconclusive, "from a cache"},
		{"from a cache, step", fromCache("Cache-Status", `edge; hit; ttl=30`), step40, checks.Pass, "from a cache"},
		{"not from a cache", fromCache("X-Cache", "MISS"), pool, checks.Pass, "as before"},
		{"cold", cold(800 * time.Millisecond), step40, checks.Warn, "of its start-up failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.handler)
			limits := quick
			limits.Deadline, limits.Drain, limits.Quiet = usual.Deadline, usual.Drain, usual.Quiet
			o := run(t, s.URL, limits, "", c.check)[0]
			if o.Verdict == checks.Inconclusive && strings.Contains(string(o.Reason), "so this is no measurement") && strings.Contains(string(o.Reason), c.reason) { // this machine is too busy to measure, and it is told
				return
			}
			if o.Verdict != c.want || !strings.Contains(string(o.Reason), c.reason) {
				t.Errorf("%s, want %s with %q: %s", o.Verdict, c.want, c.reason, o.Reason)
			}
		})
	}
}

// TestDiesAfterwards: a target that answered everything and is gone then does not pass.
func TestDiesAfterwards(t *testing.T) {
	for name, c := range map[string]struct {
		check string
		lives int64
	}{
		"baseline": {`kind = "load.baseline", path = "/x"`, 1 + gateRequests + 100},
		"burst":    {burst, gateRequests + 150},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s server
			var n atomic.Int64
			url := s.start(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/x" {
					return
				}
				if n.Add(1) > c.lives {
					s.die(w, r)
					resets(w)
					return
				}
				fmt.Fprintln(w, "well")
			})
			o := run(t, url, quick, "", c.check)[0]
			if o.Verdict != checks.Fail || !strings.Contains(string(o.Reason), "afterwards it is not well any more") {
				t.Errorf("%s: %s", o.Verdict, o.Reason)
			}
		})
	}
}
