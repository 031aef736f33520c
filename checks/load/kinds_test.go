package load

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// run runs checks, one an item, from end to end, with consent to load.
func run(t *testing.T, url string, c ceilings, seconds string, list ...string) []checks.Outcome {
	t.Helper()
	return runOn(t, &checks.Target{Name: "t", BaseURL: url}, c, seconds, list...)
}

// runOn is run on a target that declares more than its address.
func runOn(t *testing.T, target *checks.Target, c ceilings, seconds string, list ...string) []checks.Outcome {
	t.Helper()
	src := "id = \"test\"\ntitle = \"t\"\nversion = 1\n[scoring]\nmethod = \"weighted\"\n[[category]]\nid = \"c\"\ntitle = \"c\"\nweight = 1\n" + seconds + "\n"
	ids := "ABCDEFGH"
	for i, check := range list {
		src += "[[category.item]]\nid = \"I-" + ids[i:i+1] + "\"\ntitle = \"i\"\nseverity = \"high\"\nlevel = \"C\"\nchecks = [{ " + check + " }]\n"
	}
	profile, err := checks.ParseProfile("test.toml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := checks.NewRegistry(kindsWithin(c)...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(target, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []checks.Outcome
	plan.Run(t.Context(), checks.RunOptions{Allow: []checks.Class{checks.Load}}, func(e checks.Event) {
		if f, ok := e.(checks.Finished); ok {
			outcomes = append(outcomes, f.Outcome)
		}
	})
	if len(outcomes) != len(list) {
		t.Fatalf("%d outcomes of %d checks", len(outcomes), len(list))
	}
	return outcomes
}

const (
	step20 = `kind = "load.steps", path = "/x", users = 20, measure = "300ms"`
	step30 = `kind = "load.steps", path = "/x", users = 30, measure = "300ms"`
	burst  = `kind = "load.burst", path = "/x", users = 50, rounds = 3`
	pool   = `kind = "load.pool", path = "/x", users = 20, before = "300ms", during = "400ms"`
)

// beyond is a handler that misbehaves beyond so many requests at once; alone it is well.
func beyond(limit int64, fault http.HandlerFunc) http.HandlerFunc {
	var inside atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		n := inside.Add(1)
		defer inside.Add(-1)
		pause(r.Context(), 10*time.Millisecond)
		if n > limit && r.URL.Path == "/x" {
			fault(w, r)
		}
	}
}

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func sheds(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }

func limits(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }

func drips(w http.ResponseWriter, r *http.Request) {
	for pause(r.Context(), 20*time.Millisecond) {
		if _, err := io.WriteString(w, "."); err != nil {
			return
		}
		w.(http.Flusher).Flush()
	}
}

var noise = make([]byte, 64<<10)

func endless(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := w.Write(noise); err != nil {
			return
		}
	}
}

func moves(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere", http.StatusFound)
}

// TestFaults puts load on targets that go wrong in one way each.
func TestFaults(t *testing.T) {
	const pass, warn, fail, unsure = checks.Pass, checks.Warn, checks.Fail, checks.Inconclusive
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		check   string
		want    checks.Verdict
		reason  string // a part of it
	}{
		{"well, step", beyond(1000, nil), step20, pass, "20 users: 0 of"},
		{"well, burst", beyond(1000, nil), burst, pass, "50 at once: 0 of 150 failed"},
		{"well, pool", beyond(1000, nil), pool, pass, "one user afterwards: as before"},
		{"well, baseline", beyond(1000, nil), `kind = "load.baseline", path = "/x"`, pass, "0 of 100 failed"},
		{"sheds, step", beyond(5, sheds), step20, fail, "5xx"},
		{"sheds, burst", beyond(5, sheds), burst, fail, "5xx"},
		{"sheds, pool", beyond(5, sheds), pool, fail, "5xx"},
		{"sheds above what is required", beyond(55, sheds), `kind = "load.steps", path = "/x", users = 80, measure = "300ms"`, warn, "5xx"},
		{"resets", beyond(5, func(w http.ResponseWriter, _ *http.Request) { resets(w) }), step20, fail, "connections reset"},
		{"hangs under load", beyond(5, hangs), step20, fail, ""},
		{"stalls, burst", beyond(5, hangs), burst, fail, "timed out"},
		{"limits", beyond(5, limits), step20, unsure, "a rate limiter answered 429"},
		{"limits a burst", beyond(5, limits), burst, unsure, "a rate limiter answered 429"},
		{"drips from the start", drips, step20, unsure, "no load was sent: for one user GET /x answers with trouble (timed out; 2 of 2"},
		{"drips under load", beyond(5, drips), step20, fail, ""},
		{"endless from the start", endless, pool, unsure, "no load was sent: for one user GET /x answers with trouble (answers longer than the limit"},
		{"endless under load", beyond(5, endless), step20, fail, "answers longer than the limit"},
		{"moves", moves, burst, unsure, "no load was sent: for one user GET /x answers with trouble (302"},
		{"is not there", http.NotFound, burst, unsure, "(404"},
		{"too many users", beyond(1000, nil), `kind = "load.burst", path = "/x", users = 201`, unsure, "not run: 201 users; gonogo puts 1 to 200 on a target"},
		{"too many rounds", beyond(1000, nil), `kind = "load.burst", path = "/x", rounds = 21`, unsure, "not run: 21 rounds"},
		{"too high a rate", beyond(1000, nil), `kind = "load.sustained", path = "/x", rate = 2001`, unsure, "not run: a rate of 2001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			var elsewhere atomic.Int64
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					elsewhere.Add(1)
				}
				if r.URL.Path != "/" {
					c.handler(w, r)
				}
			})
			o := run(t, s.URL, quick, "", c.check)[0]
			busy := c.want == pass && o.Verdict == unsure && strings.Contains(string(o.Reason), "so this is no measurement") // this machine is
			if !busy && (o.Verdict != c.want || !strings.Contains(string(o.Reason), c.reason)) {
				t.Errorf("%s, want %s: %s", o.Verdict, c.want, o.Reason)
			}
			if o.Verdict.Decided() && len(o.Evidence) != 1 {
				t.Errorf("%d pieces of evidence", len(o.Evidence))
			}
			if elsewhere.Load() > 0 {
				t.Error("a redirect was followed")
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestStall: once nothing comes back any more, a step ends and fails.
func TestStall(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/x" && n.Add(1) > 60 {
			hangs(w, r)
		}
	})
	c := quick
	c.Deadline = 5 * time.Second
	o := run(t, s.URL, c, "", step20, step30)
	if o[0].Verdict != checks.Fail || !strings.Contains(string(o[0].Reason), "no good answer for 300 ms while ") {
		t.Errorf("%s: %s", o[0].Verdict, o[0].Reason)
	}
	if o[1].Verdict != checks.Inconclusive || !strings.Contains(string(o[1].Reason), "not run: the step of 20 users ended it") {
		t.Errorf("%s: %s", o[1].Verdict, o[1].Reason)
	}
}

// TestDeath: the target stops listening half-way.
func TestDeath(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var s *http.Server
	s = &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/x" && n.Add(1) == 200 {
			go s.Close()
		}
		pause(r.Context(), 5*time.Millisecond)
	})}
	go func() { _ = s.Serve(listener) }()
	o := run(t, "http://"+listener.Addr().String(), quick, "", step20, burst)
	if o[0].Verdict != checks.Fail || !strings.Contains(string(o[0].Reason), "refused five connections") {
		t.Errorf("%s: %s", o[0].Verdict, o[0].Reason)
	}
	if o[1].Verdict != checks.Inconclusive || !strings.Contains(string(o[1].Reason), "connections refused") {
		t.Errorf("%s: %s", o[1].Verdict, o[1].Reason)
	}
}

// TestLadder: the category's time cuts the first step, and the others are not run; an equal
// step is climbed once.
func TestLadder(t *testing.T) {
	t.Parallel()
	slow := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/x" {
			pause(r.Context(), 100*time.Millisecond)
		}
	})
	o := run(t, slow.URL, usual, "seconds = 3", `kind = "load.steps", path = "/x", users = 2, measure = "1s"`, step20)
	if o[0].Verdict != checks.Inconclusive || !strings.Contains(string(o[0].Reason), "2 users: the time budget of 3 s ran out after ") {
		t.Errorf("%s: %s", o[0].Verdict, o[0].Reason)
	}
	if o[1].Verdict != checks.Inconclusive || o[1].Reason != "not run: the time budget of 3 s is used up" {
		t.Errorf("%s: %s", o[1].Verdict, o[1].Reason)
	}
	var n atomic.Int64
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/x" {
			n.Add(1)
			pause(r.Context(), 10*time.Millisecond)
		}
	})
	run(t, s.URL, quick, "", step20)
	once := n.Swap(0)
	both := run(t, s.URL, quick, "", step20, step20)
	if twice := n.Load(); twice > once*3/2 || both[0].Reason != both[1].Reason {
		t.Errorf("%d requests for one step, %d for it twice; %q and %q", once, twice, both[0].Reason, both[1].Reason)
	}
}

// TestRecovery: a target that is not well for a while after a burst.
func TestRecovery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		down   time.Duration
		want   checks.Verdict
		reason string
	}{
		{"soon", 300 * time.Millisecond, checks.Pass, "well again"},
		{"later", 1200 * time.Millisecond, checks.Warn, "well again"},
		{"never", time.Hour, checks.Fail, "not well again"},
		{"flaps", time.Millisecond, checks.Fail, "not well again"}, // every third request fails after the burst
		{"undisturbed", 0, checks.Pass, "it did not need to recover"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var until, inside, asked atomic.Int64
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				n := inside.Add(1)
				defer inside.Add(-1)
				now := time.Now()
				if n > 5 && c.down > 0 {
					until.Store(now.Add(c.down).UnixNano())
				}
				flap := c.name == "flaps" && until.Load() > 0 && asked.Add(1)%3 == 0
				if flap || now.UnixNano() < until.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
				pause(r.Context(), 10*time.Millisecond)
			})
			o := run(t, s.URL, usual, "", `kind = "load.recovery", path = "/x", users = 20, burst = "500ms", pass = "800ms", warn = "1800ms", give_up = "2s"`)[0]
			if o.Verdict != c.want || !strings.Contains(string(o.Reason), c.reason) {
				t.Errorf("%s, want %s: %s", o.Verdict, c.want, o.Reason)
			}
		})
	}
}

// TestConsent: without consent nothing is sent.
func TestConsent(t *testing.T) {
	for _, k := range Kinds() {
		if k.Class != checks.Load || k.Sends == "" || k.Rule == "" {
			t.Errorf("%s: class %s", k.ID, k.Class)
		}
	}
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n.Add(1) }))
	defer s.Close()
	profile, err := checks.ParseProfile("test.toml", []byte("id = \"test\"\ntitle = \"t\"\nversion = 1\n[scoring]\nmethod = \"weighted\"\n[[category]]\nid = \"c\"\ntitle = \"c\"\nweight = 1\n"+
		"[[category.item]]\nid = \"I-A\"\ntitle = \"i\"\nseverity = \"high\"\nchecks = [{ "+burst+" }]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := checks.NewRegistry(Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(&checks.Target{Name: "t", BaseURL: s.URL}, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	plan.Run(t.Context(), checks.RunOptions{}, func(e checks.Event) {
		if f, ok := e.(checks.Finished); ok {
			t.Errorf("finished: %+v", f.Outcome)
		}
	})
	if n.Load() > 0 {
		t.Errorf("%d requests were sent", n.Load())
	}
}
