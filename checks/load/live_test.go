package load

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"assess/gonogo/checks"
)

// watch runs checks with consent to load and returns every event.
func watch(t *testing.T, ctx context.Context, url, list string, heard func(checks.Event)) []checks.Event {
	t.Helper()
	src := "id = \"test\"\ntitle = \"t\"\nversion = 1\n[scoring]\nmethod = \"weighted\"\n[[category]]\nid = \"c\"\ntitle = \"c\"\nweight = 1\n" +
		"[[category.item]]\nid = \"I-A\"\ntitle = \"i\"\nseverity = \"high\"\nlevel = \"C\"\nchecks = [" + list + "]\n"
	profile, err := checks.ParseProfile("test.toml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := checks.NewRegistry(kindsWithin(usual)...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(&checks.Target{Name: "t", BaseURL: url}, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	var events []checks.Event
	plan.Run(ctx, checks.RunOptions{Allow: []checks.Class{checks.Load}}, func(e checks.Event) {
		events = append(events, e)
		heard(e)
	})
	return events
}

func slowly(w http.ResponseWriter, r *http.Request) { pause(r.Context(), 10*time.Millisecond) }

// paced is a server that answers as many requests as it was told to, and holds the others
// until it is told of more: a test that tells it when it hears something does not depend on
// how busy the machine is.
type paced struct {
	mu   sync.Mutex
	more *sync.Cond
	left int
}

func newPaced(left int) *paced {
	p := &paced{left: left}
	p.more = sync.NewCond(&p.mu)
	return p
}

func (p *paced) allow(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = max(p.left, n)
	p.more.Broadcast()
}

func (p *paced) handle(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/x" {
		p.mu.Lock()
		for p.left <= 0 {
			p.more.Wait()
		}
		p.left--
		p.mu.Unlock()
	}
	slowly(w, r)
}

// TestStream: a screen hears what a step does while it runs, and its numbers at its end. The
// step can't end before its hundredth answer, and the server withholds that until a snapshot
// of the measurement was heard.
func TestStream(t *testing.T) {
	t.Parallel()
	server := newPaced(gateRequests + 30)
	s := serve(t, server.handle)
	t.Cleanup(func() { server.allow(1 << 30) })
	var live []checks.Loading
	var ended []checks.Stretched
	watch(t, t.Context(), s.URL, "{ "+step20+" }", func(e checks.Event) {
		switch e := e.(type) {
		case checks.Loading:
			live = append(live, e)
			if server.allow(30); !e.Warm && e.Good >= 10 {
				server.allow(1 << 30)
			}
		case checks.Stretched:
			ended = append(ended, e)
		}
	})
	if len(ended) != 1 || len(live) == 0 {
		t.Fatalf("%d snapshots, %d ends", len(live), len(ended))
	}
	e := ended[0]
	if most := int(e.Took/showEvery) + 1; len(live) > most {
		t.Errorf("%d snapshots in %v", len(live), e.Took)
	}
	told := 0 // of the measurement, with answers
	for i, l := range live {
		if l.Elapsed < time.Second && !l.Warm || i > 0 && live[i-1].Warm != l.Warm && l.Warm {
			t.Errorf("snapshot %d, after %v: start-up is %v", i, l.Elapsed, l.Warm)
		}
		if l.Sends != "GET /x" || l.Users != 20 || l.Title != "20 users" || l.Item != "I-A" || l.InFlight > 20 || l.Bad != 0 {
			t.Errorf("%+v", l)
		}
		if l.Good > 0 && (l.P50 < 10*time.Millisecond || l.P50 > l.P90 || l.P90 > l.P99) || l.Answers < l.Good {
			t.Errorf("in the last %v: %d of %d good, %v %v %v", l.Span, l.Good, l.Answers, l.P50, l.P90, l.P99)
		}
		if u := l.Used; u.Requests < int64(l.Answers+gateRequests) || u.MostRequests != usual.Near || u.Spent < l.Elapsed || u.MostTime != 3*time.Minute {
			t.Errorf("used %+v", u)
		}
		if !l.Warm && l.Good >= 10 {
			told++
		}
	}
	if told == 0 {
		t.Errorf("no snapshot told of the measurement: %+v", live[len(live)-1])
	}
	if e.Verdict == "" || e.Answers < leastAnswers || e.Failed != 0 || e.Good <= 0 || e.P50 < 10*time.Millisecond || e.Took < 1300*time.Millisecond || e.Cut != "" || e.Used.Requests < int64(e.Answers) || e.Used.MostRequests != usual.Near {
		t.Errorf("%+v", e)
	}
	n := uint32(0)
	for _, c := range e.Spread {
		n += c
	}
	if int(n) != e.Answers {
		t.Errorf("%d of %d answers are in the spread", n, e.Answers)
	}
}

// TestStreamTellsSilence: while nothing comes back, snapshots do, and say since when.
func TestStreamTellsSilence(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Hang") == "" && time.Now().UnixMilli()%1000 < 500 {
			return
		}
		pause(r.Context(), time.Second)
	})
	d := driverTo(t, t.Context(), s.URL, 3, usual)
	var silent, oldest time.Duration
	empty := 0
	d.run(t.Context(), phase{Users: 3, Measure: 1800 * time.Millisecond, Pass: passWithin, Fail: failBeyond, Show: func(_ time.Time, g *glance) {
		silent, oldest = max(silent, g.silent), max(oldest, g.oldest)
		if g.latency.n == 0 {
			empty++
		}
	}})
	if silent < 500*time.Millisecond || oldest < silent || oldest > 1500*time.Millisecond {
		t.Errorf("silent for %v, the oldest open %v; %d empty", silent, oldest, empty)
	}
}

// TestStop: Esc in a step leaves what was measured as the item's evidence, within a second.
func TestStop(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"step":     `{ kind = "load.steps", path = "/x", users = 30, measure = "8s" }, { kind = "load.steps", path = "/x", users = 40, measure = "8s" }`,
		"burst":    `{ kind = "load.burst", path = "/x", users = 50, rounds = 20 }`,
		"pool":     `{ kind = "load.pool", path = "/x", users = 30, before = "5s" }`,
		"recovery": `{ kind = "load.recovery", path = "/x", users = 20 }`,
		"steady":   `{ kind = "load.sustained", path = "/x", rate = 100.0 }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) { pause(r.Context(), 60*time.Millisecond) })
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var stopped time.Time
			seen := 0
			events := watch(t, ctx, s.URL, list, func(e checks.Event) {
				if _, ok := e.(checks.Loading); ok {
					if seen++; seen == 2 {
						stopped = time.Now()
						cancel()
					}
				}
			})
			if took := time.Since(stopped); took > time.Second {
				t.Errorf("stopping took %v", took)
			}
			var o *checks.Outcome
			for _, e := range events {
				if f, ok := e.(checks.Finished); ok {
					o = &f.Outcome
				}
			}
			if o == nil {
				t.Fatal("the item has no outcome")
			}
			if o.Verdict != checks.Inconclusive || !strings.Contains(string(o.Reason), "stopped by hand") {
				t.Errorf("%s: %s", o.Verdict, o.Reason)
			}
			if len(o.Evidence) != 1 {
				t.Fatalf("%d pieces of evidence", len(o.Evidence))
			}
			_, stretches := Read(string(o.Evidence[0].Body))
			if len(stretches) != 1 || stretches[0].Cut == "" {
				t.Errorf("evidence tells %+v", stretches)
			}
			if end, ok := events[len(events)-1].(checks.RunEnded); !ok || !end.Interrupted {
				t.Errorf("it ended with %+v", events[len(events)-1])
			}
		})
	}
}

// TestEvidenceIsRead: what a stretch brought is read back from its evidence.
func TestEvidenceIsRead(t *testing.T) {
	f := measured(50, 2000, 7, 142*time.Millisecond, 8*time.Second)
	f.Began, f.Took = time.Date(2025, 1, 17, 15, 2, 11, 250e6, time.UTC), 9012*time.Millisecond
	f.Latency.add(12 * time.Second)
	f.Silence = 900 * time.Millisecond
	f.Seconds = []second{{latency: f.Latency, bad: 3}, {bad: 4}}
	f.Cut, f.Why, f.Sick = failing, "stopped after 100 answers", "busy"
	s := f.stretched(checks.Stretch{Title: "50 users", Users: 50})
	s.Used = checks.Used{MostUsers: 200, MostRate: 500, Requests: 7000, MostRequests: 50_000, Bytes: 35 << 20, MostBytes: 512 << 20, Spent: 61500 * time.Millisecond, MostTime: 3 * time.Minute, Left: 90 * time.Second}
	s.Part, s.Knee, s.Saturated = 1, "about 30 users = 352 good/s × 84 ms", "from 100 users: 2 times"
	sends, got := Read("GET /x\n\n" + table("step of 50 users, one user alone took 84 ms", &f, &s) + "\n" + recovered{Probes: []string{"0.1 s: good", "0.2 s: good"}}.table())
	if sends != "GET /x" || len(got) != 1 {
		t.Fatalf("%q, %d stretches", sends, len(got))
	}
	for _, hostile := range []string{"", "1 of 0 requests", strings.Replace(usedWords(s.Used), "200 users", "-200 users", 1), strings.Replace(usedWords(s.Used), "500 requests/s", "NaN requests/s", 1), strings.Replace(usedWords(s.Used), "180000", "9223372036854775807", 1)} {
		if got := readUsed(hostile); got != (checks.Used{}) {
			t.Errorf("%q is read as %+v", hostile, got)
		}
	}
	want := Record{all: 2007, bad: 7, Stretched: s, Seconds: []Second{
		{Good: 2001, Failed: 3, P50: s.P50.Round(time.Millisecond), P90: s.P90.Round(time.Millisecond), P99: s.P99.Round(time.Millisecond)}, {Failed: 4}}}
	want.P50, want.P90, want.P99 = want.Seconds[0].P50, want.Seconds[0].P90, want.Seconds[0].P99
	want.Good = 250 // rounded to a tenth
	got[0].Good = float64(int(got[0].Good))
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("read\n%+v, want\n%+v", got[0], want)
	}
	for _, other := range []string{"", "GET /x", "GET /x\n\n", "POST /y\n\n  stretch  1, a\n", "GET /x\n\n  nonsense\n       0: 1, 2\n  stretch                1, a\n  users  x\n"} {
		Read(other) // whatever it is, it is no reason to panic
	}
}

func FuzzRead(f *testing.F) {
	m := measured(50, 2000, 7, 142*time.Millisecond, 8*time.Second)
	s := m.stretched(checks.Stretch{Title: "50 users"})
	f.Add("GET /x\n\n" + table("step", &m, &s))
	f.Fuzz(func(_ *testing.T, text string) { Read(text) })
}

// TestLook: a glance covers the last second and nothing before.
func TestLook(t *testing.T) {
	now := time.Date(2025, 1, 17, 15, 0, 0, 0, time.UTC)
	ta := newTally(2, passWithin, failBeyond, now, now)
	var g glance
	for i := range 8 {
		ta.begin(0, now)
		ta.end(0, now, answer{}, time.Duration(i+1)*100*time.Millisecond, false)
		now = now.Add(showEvery)
		ta.look(now, &g)
	}
	if g.latency.n != 4 || g.latency.max != 800*time.Millisecond || g.latency.quantile(0.01) < 490*time.Millisecond || g.span != time.Second {
		t.Errorf("%d good up to %v in %v", g.latency.n, g.latency.max, g.span)
	}
	ta.begin(1, now)
	now = now.Add(3400 * time.Millisecond)
	ta.look(now, &g)
	if g.inFlight != 1 || g.oldest != 3400*time.Millisecond || g.silent != g.oldest {
		t.Errorf("%d in flight, the oldest %v, silent for %v", g.inFlight, g.oldest, g.silent)
	}
}

// TestSnapshotIsSmall: under 1 KiB, in memory and written out; workers allocate nothing.
func TestSnapshotIsSmall(t *testing.T) {
	l := checks.Loading{Item: "P5-SCA-LOD-05", Sends: "GET /api/v1/reports/daily", Stretch: checks.Stretch{Title: "200 users"}, At: time.Now()}
	text, err := json.Marshal(l)
	if err != nil || unsafe.Sizeof(l) >= 1024 || len(text) >= 1500 {
		t.Errorf("%d bytes, %d as JSON; %v", unsafe.Sizeof(l), len(text), err)
	}
	now := time.Now()
	ta := newTally(1, passWithin, failBeyond, now, now)
	ta.end(0, now, answer{}, time.Millisecond, false) // the second's place is made once
	if n := testing.AllocsPerRun(100, func() {
		ta.begin(0, now)
		ta.end(0, now, answer{}, time.Millisecond, false)
	}); n > 0 {
		t.Errorf("a request allocates %.0f times in the tally", n)
	}
}

func TestSpread(t *testing.T) {
	var h histogram
	for _, d := range []time.Duration{0, 99 * time.Microsecond, 100 * time.Microsecond, 84 * time.Millisecond, 8 * time.Second, time.Minute} {
		h.add(d)
	}
	s := h.spread()
	if s[0] != 2 || s[1] != 1 || s[len(s)-1] != 2 {
		t.Errorf("%v", s)
	}
	if got := spreadWords(&s); got != "under 100µs: 2, under 150µs: 1, under 100ms: 1, longer: 2" || readSpread(got) != s {
		t.Errorf("%s, read back as %v", got, readSpread(got))
	}
}

// Without a good answer there is no latency to name: 0.0 ms would read as very fast.
func TestProgressNamesNoLatencyOfNothing(t *testing.T) {
	l := checks.Loading{Stretch: checks.Stretch{Title: "200 users"}, Span: time.Second, Answers: 40, Failed: 40}
	if got := progress(&l); got != "200 users, 40 answers, 40 failed, 0 good/s" {
		t.Error(got)
	}
	l.Good, l.Failed, l.P90 = 30, 10, 12*time.Millisecond
	if got := progress(&l); got != "200 users, 40 answers, 10 failed, 30 good/s, p90 12 ms" {
		t.Error(got)
	}
}

// BenchmarkLook is the cost of a snapshot: what workers wait for, and all of it.
func BenchmarkLook(b *testing.B) {
	now := time.Now()
	ta := newTally(200, passWithin, failBeyond, now, now)
	for i := range 20000 {
		ta.begin(i%200, now)
		ta.end(i%200, now, answer{}, time.Duration(i)*37*time.Microsecond, false)
	}
	full := ta.recent
	for i := range full.window {
		full.window[i], full.began[i] = full.window[0], now
	}
	t := &trial{driver: &driver{campaign: newCampaign(usual)}, p: &checks.Probe{Target: &checks.Target{}}, label: "GET /x"}
	b.Run("held", func(b *testing.B) {
		var g glance
		for b.Loop() {
			ta.recent = full
			ta.look(now, &g)
		}
	})
	b.Run("whole", func(b *testing.B) {
		var g glance
		for b.Loop() {
			ta.recent = full
			ta.look(now, &g)
			l := t.loading(now, &g)
			_ = l
		}
	})
}

func BenchmarkTally(b *testing.B) {
	now := time.Now()
	ta := newTally(1, passWithin, failBeyond, now, now)
	b.ReportAllocs()
	for b.Loop() {
		ta.begin(0, now)
		ta.end(0, now, answer{}, 12*time.Millisecond, false)
	}
}
