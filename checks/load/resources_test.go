package load

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// used makes what a page of a host with four CPUs said: so many percent before, during and
// after ten seconds of load, and memory in MiB of 1000.
func used(cpuBefore, cpuDuring, memory, most, left float64) use {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	u := use{From: start.Add(6 * time.Second), To: start.Add(16 * time.Second), Cooled: true}
	busy := 1000.0
	for i := range 27 {
		at := start.Add(time.Duration(i)*time.Second + 10*time.Millisecond)
		share, mib := cpuBefore, memory
		switch u.part(at) {
		case "during":
			share, mib = cpuDuring, most
		case "after":
			mib = left
		}
		busy += share / 100 * 4
		u.Samples = append(u.Samples, sample{At: at, Busy: busy, Total: 8000 + 4*float64(i), CPUs: math.NaN(), Memory: mib * (1 << 20), MemoryLimit: 1000 * (1 << 20),
			Files: 100, FileLimit: 1000, Threads: math.NaN(), Goroutines: math.NaN(), Start: 7})
	}
	return u
}

func TestResourceRules(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	loaded := measured(50, 2000, 0, 100*ms, 10*s)
	during := func(change func(*sample)) func(*use, *facts) {
		return func(u *use, _ *facts) {
			for i := range u.Samples {
				if u.part(u.Samples[i].At) == "during" {
					change(&u.Samples[i])
				}
			}
		}
	}
	every := func(change func(i int, s *sample)) func(*use, *facts) {
		return func(u *use, _ *facts) {
			for i := range u.Samples {
				change(i, &u.Samples[i])
			}
		}
	}
	for _, c := range []struct {
		name   string
		u      use
		change func(*use, *facts)
		want   checks.Verdict
		reason string
	}{
		{"well", used(10, 60, 400, 450, 410), nil, checks.Pass, "CPU 60 %, 10 % before, memory 400 MiB before, 450 MiB at most, 410 MiB after, open files 100"},
		{"busy", used(10, 80, 400, 450, 410), nil, checks.Warn, "CPU 80 %"},
		{"full", used(10, 96, 400, 450, 410), nil, checks.Fail, "CPU 96 %"},
		{"full by gonogo itself", used(10, 96, 400, 450, 410), func(u *use, _ *facts) { u.Same, u.Own = true, 40 }, checks.Inconclusive, "gonogo itself"},
		{"full, gonogo beside it", used(10, 96, 400, 450, 410), func(u *use, _ *facts) { u.Same, u.Own = true, 10 }, checks.Fail, "CPU 96 %"},
		{"another machine's", used(10, 10, 400, 400, 400), nil, checks.Inconclusive, "does not show"},
		{"memory stays", used(10, 60, 400, 600, 500), nil, checks.Warn, "25 % more than before"},
		{"memory full", used(10, 60, 400, 901, 400), nil, checks.Fail, "90 % of the limit"},
		{"memory not told", used(10, 60, 400, 450, 410), every(func(_ int, s *sample) { s.Memory = math.NaN() }), checks.Inconclusive, "does not tell the use of memory"},
		{"memory nothing", used(10, 60, 0, 0, 0), nil, checks.Inconclusive, "does not tell the use of memory"},
		{"memory not told afterwards", used(10, 60, 400, 450, math.NaN()), nil, checks.Inconclusive, "does not tell the use of memory"},
		{"CPU not told", used(10, 60, 400, 450, 410), every(func(_ int, s *sample) { s.Total = math.NaN() }), checks.Inconclusive, "does not tell the use of the CPU"},
		{"CPU stands still", used(10, 60, 400, 450, 410), every(func(_ int, s *sample) { s.Busy, s.Total = 5, 10 }), checks.Inconclusive, "stand still"},
		{"CPU goes back", used(10, 60, 400, 450, 410), every(func(i int, s *sample) { s.Busy -= 10 * float64(i) }), checks.Inconclusive, "stand still"},
		{"CPU beyond all there is", used(10, 200, 400, 450, 410), nil, checks.Inconclusive, "stand still"},
		{"a service of two CPUs", used(10, 45, 400, 450, 410), every(func(_ int, s *sample) { s.Total, s.CPUs = math.NaN(), 2 }), checks.Warn, "CPU 90 %"},
		{"files run out", used(10, 60, 400, 450, 410), during(func(s *sample) { s.Files = 950 }), checks.Fail, "open files 100 before, 950 at most, 100 after, 95 % of the limit"},
		{"files stay", used(10, 60, 400, 450, 410), func(u *use, _ *facts) { u.Samples[len(u.Samples)-1].Files = 150 }, checks.Warn, "50 % more than before"},
		{"goroutines stay", used(10, 60, 400, 450, 410), every(func(i int, s *sample) { s.Goroutines = 20 + 5*float64(i) }), checks.Warn, "goroutines"},
		{"restarted", used(10, 60, 400, 450, 410), func(u *use, _ *facts) { u.Samples[20].Start, u.Samples[26].Start = 100, 100 }, checks.Inconclusive, "restarted"},
		{"few figures", used(10, 60, 400, 450, 410), func(u *use, _ *facts) { u.Samples, u.Why = u.Samples[:7], "timed out" }, checks.Inconclusive, "too few figures to tell: 5 before, 1 during, 0 after the load (timed out)"},
		{"none at all", use{Cooled: true}, nil, checks.Inconclusive, "too few figures"},
		{"the load failed", used(10, 60, 400, 450, 410), func(_ *use, f *facts) { *f = measured(50, 500, 500, 100*ms, 10*s) }, checks.Inconclusive, "did not reach"},
		{"the load was cut", used(10, 60, 400, 450, 410), func(_ *use, f *facts) { f.Cut, f.Why = stalled, "S" }, checks.Inconclusive, "ended before its plan (S)"},
		{"cut, but full", used(10, 99, 400, 450, 410), func(_ *use, f *facts) { f.Cut, f.Why = stalled, "S" }, checks.Fail, "CPU 99 %"},
		{"time ran out", used(10, 99, 400, 450, 410), func(_ *use, f *facts) { f.Cut = outOfTime }, checks.Inconclusive, "B ran out"},
		{"no load", used(10, 60, 400, 450, 410), func(_ *use, f *facts) { *f = measured(50, 99, 0, 100*ms, 10*s) }, checks.Inconclusive, "that is no load"},
		{"limited", used(10, 60, 400, 450, 410), func(_ *use, f *facts) { f.BadCount[limited] = 500 }, checks.Inconclusive, "429"},
		{"sick", used(10, 60, 400, 450, 410), func(_ *use, f *facts) { f.Sick = "busy" }, checks.Inconclusive, "busy"},
		{"not waited", used(10, 60, 400, 450, 410), func(u *use, _ *facts) { u.Cooled = false }, checks.Inconclusive, "B ran out before"},
	} {
		f := loaded
		if c.change != nil {
			c.change(&c.u, &f)
		}
		expect(t, c.name, judgeResources(&f, c.u, 0, "B"), c.want, c.reason)
	}
	slow := measured(50, 400, 0, 100*ms, 10*s)
	expect(t, "held below a request a user", judgeResources(&slow, used(10, 60, 400, 450, 410), 41, "B"), checks.Inconclusive, "own ceiling of 41")
	expect(t, "held, but enough", judgeResources(&loaded, used(10, 60, 400, 450, 410), 201, "B"), checks.Pass, "200 good a second")
}

// TestResources runs the kind against pages of figures.
func TestResources(t *testing.T) {
	host := func(share float64) func(inFlight, seen int64, up float64) string {
		var busy float64
		var last float64
		return func(inFlight, _ int64, up float64) string {
			use := 0.1
			if inFlight > 0 {
				use = share
			}
			busy, last = busy+use*4*(up-last), up
			return fmt.Sprintf("node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} %g\nnode_cpu_seconds_total{cpu=\"0\",mode=\"user\"} %g\n"+
				"node_memory_MemTotal_bytes 1e9\nnode_memory_MemAvailable_bytes 6e8\n", 1000+4*up-busy, busy)
		}
	}
	for _, c := range []struct {
		name   string
		page   func(inFlight, seen int64, up float64) string
		params string
		want   checks.Verdict
		reason string
	}{
		{"well", host(0.4), "", checks.Pass, "CPU "},
		{"busy", host(0.99), "", checks.Fail, "CPU "},
		{"frozen", func(int64, int64, float64) string {
			return "node_cpu_seconds_total{mode=\"idle\"} 1\nnode_memory_MemTotal_bytes 1e9\nnode_memory_MemAvailable_bytes 6e8\n"
		}, "", checks.Inconclusive, "stand still"},
		{"its own page", func(_, seen int64, up float64) string {
			return fmt.Sprintf("process_cpu_seconds_total %g\nprocess_resident_memory_bytes 5e7\nprocess_open_fds 12\nprocess_max_fds 1024\n", 0.001*float64(seen))
		}, ", cpus = 2", checks.Pass, "open files 12"},
		{"its own page without the CPUs", func(_, seen int64, up float64) string {
			return fmt.Sprintf("process_cpu_seconds_total %g\nprocess_resident_memory_bytes 5e7\n", 0.001*float64(seen))
		}, "", checks.Inconclusive, "does not tell the use of the CPU"},
		{"not a page", func(int64, int64, float64) string { return "<html>" }, "", checks.Inconclusive, "the page is not exposition text"},
		{"lies", func(int64, int64, float64) string {
			return "node_cpu_seconds_total{mode=\"idle\"} NaN\nnode_memory_MemTotal_bytes +Inf\nnode_memory_MemAvailable_bytes -1\n"
		}, "", checks.Inconclusive, "does not tell"},
		{"too short", nil, `, before = "100ms"`, checks.Inconclusive, "not run: before, measure and after take 200 ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var inside, seen atomic.Int64
			began := time.Now()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/metrics" {
					_, _ = w.Write([]byte(c.page(inside.Load(), seen.Load(), time.Since(began).Seconds())))
					return
				}
				inside.Add(1)
				defer inside.Add(-1)
				seen.Add(1)
				pause(r.Context(), 20*time.Millisecond)
			})
			params := c.params
			if !strings.Contains(params, "before") {
				params += `, before = "400ms"`
			}
			o := run(t, s.URL, quick, "", `kind = "load.resources", path = "/x", users = 10, url = "/metrics", measure = "700ms", after = "400ms"`+params)[0]
			if o.Verdict != c.want && !strings.Contains(string(o.Reason), "not the load that was meant") || !strings.Contains(string(o.Reason), c.reason) {
				t.Errorf("%s, want %s: %s", o.Verdict, c.want, o.Reason)
			}
			if o.Verdict.Decided() && (len(o.Evidence) != 2 || !strings.Contains(string(o.Evidence[0].Body), "during: CPU ") || len(o.Measurements) != 2) {
				t.Errorf("%d pieces of evidence, %v", len(o.Evidence), o.Measurements)
			}
		})
	}
}
