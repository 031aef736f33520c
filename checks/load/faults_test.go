package load

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// resetting is resets as a handler.
func resetting(w http.ResponseWriter, _ *http.Request) { resets(w) }

// after is a handler that misbehaves from the so-manieth request on, however few ask.
func after(well int64, fault http.HandlerFunc) http.HandlerFunc {
	var seen atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		pause(r.Context(), 2*time.Millisecond)
		if r.URL.Path == "/x" && seen.Add(1) > well {
			fault(w, r)
		}
	}
}

// steadyPage is a page of figures that tells of a busy host.
func steadyPage(began time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		up := time.Since(began).Seconds()
		_, _ = w.Write([]byte("process_cpu_seconds_total " + strconv.FormatFloat(up/2, 'f', 3, 64) + "\nprocess_resident_memory_bytes 5e7\n"))
	}
}

// TestEveryFault puts every load kind on targets that are well for one user and go wrong
// under load, in one way each. What each brings is a verdict with a true reason, soon.
func TestEveryFault(t *testing.T) {
	faults := []struct {
		name   string
		fault  http.HandlerFunc // nil: the server dies
		reason string           // a part of it where requests fail
	}{
		{"resets", resetting, "connections reset"},
		{"stalls", hangs, ""},
		{"503", sheds, "5xx"},
		{"429", limits, "a rate limiter answered 429"},
		{"drips", drips, "timed out"},
		{"endless", endless, "answers longer than the limit"},
		{"dies", nil, "refused"},
	}
	kinds := []struct {
		name, check string
		alone       bool // the fault has to come without many at once
		want        checks.Verdict
		why         string // instead of the fault's reason
	}{
		{"baseline", `kind = "load.baseline", path = "/x"`, true, checks.Fail, ""},
		{"burst", burst, false, checks.Fail, ""},
		{"pool", pool, false, checks.Fail, ""},
		{"steps", step20, false, checks.Fail, ""},
		{"sustained", `kind = "load.sustained", path = "/x", rate = 150.0, time = "15s"`, true, checks.Fail, ""},
		{"recovery", `kind = "load.recovery", path = "/x", users = 20, burst = "400ms", pass = "1s", warn = "2s", give_up = "2s"`, false, checks.Pass, "well again "},
		{"resources", `kind = "load.resources", path = "/x", users = 20, url = "/metrics", cpus = 1, before = "300ms", measure = "500ms", after = "300ms"`, false, checks.Inconclusive, ""},
	}
	for _, k := range kinds {
		for _, f := range faults {
			want, reason := k.want, f.reason
			switch {
			case f.name == "429":
				want = checks.Inconclusive
			case f.name == "dies" && k.name == "recovery":
				want, reason = checks.Fail, "not well again "
			case k.why != "":
				reason = k.why
			case k.name == "resources", f.name == "drips" && k.name != "burst": // the brakes may come before the first deadline
				reason = ""
			}
			t.Run(k.name+" "+f.name, func(t *testing.T) {
				t.Parallel()
				var s server
				fault := f.fault
				if fault == nil {
					fault = s.die
				}
				handler := beyond(5, fault)
				if k.alone {
					handler = after(60, fault)
				}
				page := steadyPage(time.Now())
				url := s.start(t, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/metrics" {
						page(w, r)
						return
					}
					handler(w, r)
				})
				began := time.Now()
				o := run(t, url, quick, "", k.check)[0]
				if o.Verdict != want || !strings.Contains(string(o.Reason), reason) {
					t.Errorf("%s, want %s with %q: %s", o.Verdict, want, reason, o.Reason)
				}
				if len(o.Evidence) == 0 || strings.Contains(string(o.Reason), "no load was sent") {
					t.Errorf("%d pieces of evidence: %s", len(o.Evidence), o.Reason)
				}
				if took := time.Since(began); took > 8*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// server is one that can die.
type server struct {
	once sync.Once
	stop func()
}

func (s *server) start(t *testing.T, h http.HandlerFunc) string {
	live := serve(t, h)
	s.stop = func() {
		_ = live.Listener.Close()
		live.CloseClientConnections()
	}
	return live.URL
}

// die stops the server, with all that is in flight.
func (s *server) die(http.ResponseWriter, *http.Request) { s.once.Do(func() { go s.stop() }) }

// TestMemory: bodies without an end, of many users at once, are read and forgotten.
func TestMemory(t *testing.T) {
	s := serve(t, beyond(5, endless))
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	most, stop, stopped := uint64(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			}
		}
	}()
	c := quick
	c.Body = usual.Body
	d := driverTo(t, t.Context(), s.URL+"/x", 200, c)
	f := d.run(t.Context(), phase{Users: 200, Measure: time.Second, Pass: passWithin, Fail: failBeyond, Brakeless: true})
	close(stop)
	<-stopped
	if grown := int64(most) - int64(before.HeapAlloc); grown > 40<<20 {
		t.Errorf("%d MiB more", grown>>20)
	}
	if f.failed() == 0 || d.bytes.Load() > d.Bytes+200*(d.Body+scratch) {
		t.Errorf("%d failed, %d bytes were read", f.failed(), d.bytes.Load())
	}
}
