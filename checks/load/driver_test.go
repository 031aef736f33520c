package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// quick are ceilings that let a test end soon; a body as long as the usual limit takes a busy
// machine longer than that.
var quick = func() ceilings {
	c := usual
	c.Deadline, c.Drain, c.Settle, c.Quiet, c.Look = 400*time.Millisecond, 200*time.Millisecond, time.Second, 300*time.Millisecond, 100*time.Millisecond
	c.Body = 64 << 10
	return c
}()

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func driverTo(t testing.TB, ctx context.Context, url string, users int, c ceilings) *driver {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	d := newDriver(ctx, newCampaign(c), []shot{{label: "GET /", request: request}}, []int{0}, dialer.DialContext, nil, users)
	d.until = time.Now().Add(20 * time.Second)
	t.Cleanup(d.close)
	return d
}

func resets(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// TestHiddenRetries: net/http asks again by itself when a used connection dies; each death
// counts.
func TestHiddenRetries(t *testing.T) {
	var asked, killed atomic.Int64
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1)%10 == 0 {
			killed.Add(1)
			resets(w)
		}
	})
	f := driverTo(t, t.Context(), s.URL, 5, quick).run(t.Context(), phase{Users: 5, Most: 2000, Least: 2000, Pass: passWithin, Fail: failBeyond})
	share := float64(f.failed()) / float64(f.answers())
	if killed.Load() < 100 || share < 0.095 || share > 0.105 {
		t.Errorf("%.3f of %d failed (%s), the server reset %d of %d", share, f.answers(), causes(f.Count), killed.Load(), asked.Load())
	}
	if f.Count[good] == 0 || f.Cut != complete {
		t.Errorf("cut %d %s, %d good", f.Cut, f.Why, f.Count[good])
	}
}

// TestCancel: with everything in flight hanging, the end of ctx is the end at once.
func TestCancel(t *testing.T) {
	var inside atomic.Int64
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		inside.Add(1)
		defer inside.Add(-1)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	d := driverTo(t, ctx, s.URL, 100, usual)
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	f := d.run(ctx, phase{Users: 100, Measure: time.Minute, Pass: passWithin, Fail: failBeyond})
	if took := time.Since(began); took > 1200*time.Millisecond {
		t.Errorf("it took %v to stop", took)
	}
	if f.Cut != aborted || f.Waiting != 100 || f.answers() != 0 {
		t.Errorf("cut %d, %d waiting, %d answers", f.Cut, f.Waiting, f.answers())
	}
	for range 100 {
		if inside.Load() == 0 {
			return
		}
		pause(t.Context(), 10*time.Millisecond)
	}
	t.Errorf("%d requests are still in flight", inside.Load())
}

func TestTimeBudget(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { pause(r.Context(), 50*time.Millisecond) })
	d := driverTo(t, t.Context(), s.URL, 2, usual)
	d.until = time.Now().Add(500 * time.Millisecond)
	f := d.run(t.Context(), phase{Users: 2, Measure: time.Second, Least: 100, Pass: passWithin, Fail: failBeyond})
	o, ok := f.undecided("the time budget of 5 s", 100)
	if want := fmt.Sprintf("the time budget of 5 s ran out after %d of 100 answers", f.answers()); !ok || o.reason != want || o.verdict != "inconclusive" {
		t.Errorf("%v %+v", ok, o)
	}
	if f.answers() < 5 || f.answers() > 20 {
		t.Errorf("%d answers", f.answers())
	}
}

func TestCeilings(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1000)) })
	t.Run("requests", func(t *testing.T) {
		c := quick
		c.Requests = 200
		d := driverTo(t, t.Context(), s.URL, 10, c)
		f := d.run(t.Context(), phase{Users: 10, Measure: time.Minute, Pass: passWithin, Fail: failBeyond})
		if f.Cut != ceiling || d.sent.Load() > 210 || d.campaign.used() == "" {
			t.Errorf("cut %d %q after %d", f.Cut, f.Why, d.sent.Load())
		}
	})
	t.Run("bytes", func(t *testing.T) {
		c := quick
		c.Bytes = 100_000
		d := driverTo(t, t.Context(), s.URL, 10, c)
		f := d.run(t.Context(), phase{Users: 10, Measure: time.Minute, Pass: passWithin, Fail: failBeyond})
		if got := d.bytes.Load(); f.Cut != ceiling || got > 120_000 {
			t.Errorf("cut %d %q after %d bytes", f.Cut, f.Why, got)
		}
	})
	t.Run("held rate", func(t *testing.T) {
		d := driverTo(t, t.Context(), s.URL, 10, quick)
		d.held = 50
		d.run(t.Context(), phase{Users: 10, Measure: time.Second, Pass: passWithin, Fail: failBeyond})
		if sent := d.sent.Load(); sent > 62 || sent < 20 {
			t.Errorf("%d requests in a second, held to 50", sent)
		}
	})
}

// TestOpenModel: a target that stands still is seen by what was due meanwhile, not only by
// the few requests that were in flight.
func TestOpenModel(t *testing.T) {
	began := time.Now()
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if at := time.Since(began); at > 500*time.Millisecond && at < 1500*time.Millisecond {
			pause(r.Context(), 1500*time.Millisecond-at)
		}
	})
	f := driverTo(t, t.Context(), s.URL, 5, usual).run(t.Context(), phase{Users: 5, Rate: 100, Measure: 2 * time.Second, Pass: passWithin, Fail: failBeyond})
	// Half of the requests were due in the second of standing still; a quarter waits over 0.5 s.
	if p50, p90 := f.Latency.quantile(0.4), f.Latency.quantile(0.9); p50 > 250*time.Millisecond || p90 < 600*time.Millisecond || p90 > 1050*time.Millisecond {
		t.Errorf("p40 %v, p90 %v", p50, p90)
	}
	if n := f.answers(); n < 190 || n > 201 || f.MostAtOnce > 5 {
		t.Errorf("%d answers, %d at once", n, f.MostAtOnce)
	}
	if f.Silence < 900*time.Millisecond || f.Silence > 1200*time.Millisecond {
		t.Errorf("the longest silence is %v", f.Silence)
	}
}
