package live_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/load"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// profile has an item a step, as a ladder has them, and one that is no load.
func profile() string {
	var b strings.Builder
	b.WriteString("id = \"load\"\ntitle = \"Load\"\nversion = 1\n[scoring]\nmethod = \"weighted\"\n[[category]]\nid = \"scalability\"\ntitle = \"Scalability\"\n")
	for i, users := range []int{10, 25, 50, 100, 200} {
		fmt.Fprintf(&b, "[[category.item]]\nid = \"SCA-0%d\"\ntitle = \"%d users are served\"\nseverity = \"high\"\nlevel = \"C\"\nchecks = [{ kind = \"load.steps\", path = \"/api/strategies\", users = %d, measure = \"8s\" }]\n", i+1, users, users)
	}
	b.WriteString("[[category.item]]\nid = \"SCA-06\"\ntitle = \"A question\"\nseverity = \"low\"\nquestion = \"Is it?\"\n")
	return b.String()
}

var start = time.Date(2025, 1, 17, 15, 2, 11, 0, time.UTC)

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	o.Session, o.Profile, o.Kinds = true, profile(), load.Kinds()
	o.Record = append(o.Record, sessions.Consented{Class: checks.Load, Host: "127.0.0.1:1", Items: []string{"SCA-01"}})
	w := drive.NewWorld(t, o)
	return w
}

// send gives the review events of its run, as the root gets them.
func send(w *drive.World, events ...checks.Event) {
	w.Send(screen.StateChanged{Review: w.Review(), Events: events})
}

// steps are what the first steps of the ladder bring: median, answers a second.
var steps = []struct {
	users  int
	median time.Duration
	good   float64
}{{10, 84 * time.Millisecond, 119}, {25, 88 * time.Millisecond, 280}, {50, 142 * time.Millisecond, 352}, {100, 287 * time.Millisecond, 349}}

// at is one snapshot of a step, so long after its begin.
func at(step int, elapsed time.Duration) checks.Loading {
	s := steps[step]
	begin := time.Duration(step) * 9500 * time.Millisecond
	wave := 1 + 0.04*math.Sin(elapsed.Seconds()*3)
	l := checks.Loading{
		Item: fmt.Sprintf("SCA-0%d", step+1), At: start.Add(begin + elapsed), Sends: "GET /api/strategies", Elapsed: elapsed,
		Stretch: checks.Stretch{Title: fmt.Sprintf("%d users", s.users), Users: s.users, Time: 9 * time.Second, Limit: 500 * time.Millisecond},
		Warm:    elapsed < time.Second, Busy: 0.22, Late: 1400 * time.Microsecond, InFlight: s.users, Oldest: 600 * time.Millisecond,
		Span: time.Second, Good: int(s.good), Answers: int(s.good * elapsed.Seconds()),
		P50: time.Duration(float64(s.median) * wave), P90: time.Duration(1.4 * float64(s.median) * wave), P99: time.Duration(2.8 * float64(s.median) * wave),
		Used: checks.Used{MostUsers: 200, MostRate: 500, Requests: 7108 + int64(s.good*elapsed.Seconds()), MostRequests: 50000,
			Bytes: 35 << 20, MostBytes: 512 << 20, Spent: begin + elapsed, MostTime: 3 * time.Minute},
	}
	l.Spread[20], l.Spread[21], l.Spread[22] = 120, 1204, 386
	return l
}

// ended is what a whole step brought.
func ended(step int) checks.Stretched {
	s := steps[step]
	l := at(step, 9*time.Second)
	e := checks.Stretched{Stretch: l.Stretch, Item: l.Item, Began: l.At.Add(-9 * time.Second), Took: 9 * time.Second, Answers: int(8 * s.good), Good: s.good,
		P50: s.median, P90: s.median * 14 / 10, P99: s.median * 28 / 10, Spread: l.Spread, Verdict: checks.Pass}
	if step > 0 {
		e.Knee = "none up to 25 users"
	}
	if step > 1 {
		e.Knee = "about 30 users = 352 good/s × 84 ms"
	}
	return e
}

// play runs the ladder up to its fourth step, with a gap in the third.
func play(w *drive.World) {
	r := w.Review()
	r.Running = &screen.Running{Classes: []checks.Class{checks.Load}, Started: w.Now(), Now: map[string]time.Time{}, Says: map[string]clean.Text{}}
	r.Load = screen.NewLoad(r.State.Plan, nil)
	for step := range steps {
		item := fmt.Sprintf("SCA-0%d", step+1)
		send(w, checks.Started{Item: item, At: start})
		last := 9 * time.Second
		if step == 3 {
			last = 5 * time.Second
		}
		for e := 250 * time.Millisecond; e <= last; e += 250 * time.Millisecond {
			l := at(step, e)
			if step == 2 && e >= 3*time.Second && e < 4*time.Second {
				l.Silent = e - 3*time.Second + 100*time.Millisecond
				l.Oldest = l.Silent + 100*time.Millisecond
			}
			send(w, l)
		}
		if step < 3 {
			send(w, ended(step), checks.Finished{Outcome: checks.Outcome{Item: item, Verdict: checks.Pass, Reason: "all well", Started: start, Elapsed: time.Duration(step+1) * 9500 * time.Millisecond,
				Checks: []checks.CheckOutcome{{Kind: "load.steps", Verdict: checks.Pass, Reason: "all well"}}}})
		}
	}
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme, keys string
		w, h              int
		ascii             bool
	}{
		{name: "wide mono", w: 120, h: 40}, {name: "wide dark", theme: "dark", w: 120, h: 40}, {name: "wide ascii", w: 120, h: 40, ascii: true},
		{name: "mono", w: 80, h: 24}, {name: "dark", theme: "dark", w: 80, h: 24}, {name: "ascii", w: 80, h: 24, ascii: true},
		{name: "histogram", w: 80, h: 24, keys: "t"}, {name: "table", w: 80, h: 24, keys: "tt"}, {name: "low", w: 80, h: 16}, {name: "small", w: 46, h: 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, ASCII: c.ascii})
			play(w)
			w.Keys("L" + c.keys)
			frame := w.Frame()
			for _, when := range []string{w.Review().State.Consents[0].At.UTC().Format("15:04:05"), w.Review().State.Consents[0].At.UTC().Format("15:04")} {
				frame = strings.Replace(frame, "R. Okafor "+when, "R. Okafor 15:02:11"[:10+len(when)], 1)
			}
			golden.RequireEqual(t, frame)
		})
	}
}

func TestEverySizeHolds(t *testing.T) {
	for _, keys := range []string{"L", "Lt", "Ltt"} {
		for _, ascii := range []bool{false, true} {
			w := world(t, drive.Options{W: 80, H: 24, ASCII: ascii})
			play(w)
			w.Keys(keys)
			w.Sweep(124, 18)
			for _, width := range []int{40, 59, 60, 79, 99, 100, 119, 160, 240} {
				for h := 12; h < 60; h += 3 {
					w.Resize(width, h)
					w.Frame()
				}
			}
		}
	}
}

// The parts of the screen that tell what happens.
func TestWhatItTells(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Keys("L")
	w.Has("not now: no load was sent yet; s in the walk asks first")
	play(w)
	w.Keys("L")
	w.Has("GET /api/strategies   step 4 of 5, 100 users   349 good/s   0.0 % failed", "Esc stops everything", "allowed by R. Okafor",
		"p99 ", "95 % must be", "850 ms nothing finished", "about 30 users = 352 good/s × 84 ms", "load running, 0:34 of 3:00, about 0:13 left",
		"50 000", "512 MiB", "3:00", "CPU 22 %, timer 1.4 ms late: fit to judge", "knee")
	l := at(3, 8*time.Second)
	l.Good, l.Bad, l.P50, l.P90, l.P99, l.Silent, l.Oldest, l.Failed = 0, 12, 0, 0, 0, 3400*time.Millisecond, 3400*time.Millisecond, 12
	send(w, l)
	w.Advance(time.Second)
	w.Has("oldest open 3.4 s", "0 good/s", "nothing finished for 3.4 s")
	w.Lacks("p99 8", "failed  none so far")
	w.Keys("t")
	w.Has("Latency of good answers in step 4, 100 users: 1 710", "70.4 %")
	w.Keys("t")
	w.Lacks("Latency of good answers")
	w.Keys("t")
	w.Has("Latency of good answers, last second")
	w.Keys("kk")
	w.Has("▸✓     2")
	w.Press("enter")
	w.Has("SCA-02")
	w.Lacks("Esc stops everything")
}

// Esc stops load from any screen, dialog and field, before it does anything else.
func TestEscComesFirst(t *testing.T) {
	for _, keys := range []string{"L", "D", "W", "?", ":", "W/text", "Wm"} {
		w := world(t, drive.Options{W: 80, H: 24})
		play(w)
		w.Keys(keys)
		before := w.Screen()
		w.Press("esc")
		if toasts := w.Model.Env().Toasts; len(toasts) == 0 || toasts[len(toasts)-1].Text != "stopping" {
			t.Errorf("%q: Esc did not stop the load", keys)
		}
		if keys == "?" || keys == ":" { // the dialog is still there
			if strings.Count(before, "│") != strings.Count(w.Screen(), "│") {
				t.Errorf("%q: Esc closed the dialog, too", keys)
			}
		}
	}
}

// While load runs, ten frames a second are painted at most.
func TestFewFrames(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	play(w)
	w.Keys("L")
	w.Advance(time.Second)
	w.Frame()
	before := w.Model.Painted()
	for i := range 100 {
		w.Advance(10 * time.Millisecond)
		send(w, at(3, 5*time.Second+time.Duration(i)*10*time.Millisecond))
		w.Frame()
	}
	if n := w.Model.Painted() - before; n < 8 || n > 11 {
		t.Errorf("%d frames in a second", n)
	}
}

// A finished run shows its result, with its end's words.
func TestResult(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	play(w)
	w.Keys("L")
	send(w, checks.Finished{Outcome: checks.Outcome{Item: "SCA-04", Verdict: checks.Inconclusive, Reason: "100 users: stopped by hand after 1745 answers",
		Checks: []checks.CheckOutcome{{Kind: "load.steps", Verdict: checks.Inconclusive, Reason: "100 users: stopped by hand after 1745 answers"}}}},
		checks.RunEnded{Interrupted: true, Reached: true})
	w.Has("stopped, what was measured is kept: 3 of 5 steps", "6 008 answers", "stopped by hand after 1745")
	w.Lacks("Esc stops everything")
}

// Evidence alone is enough to show the result again.
func TestReopened(t *testing.T) {
	text := "GET /api/strategies\n\nstep of 10 users, one user alone took 84 ms\n" +
		"  stretch                1, 10 users\n  began                  2025-01-17T15:02:11.000Z, and took 9.002s\n  users                  10 (most in flight 10)\n" +
		"  measured               8 s, 952 answers, 952 good, 119.0 good a second\n  failed                 0 \n" +
		"  good answers           mean 85 ms, p50 84 ms, p90 112 ms, p99 190 ms, max 236 ms\n  spread                 under 100ms: 800, under 150ms: 152\n" +
		"  knee                   about 30 users = 352 good/s × 84 ms\n" +
		"  ceilings               1034 of 50000 requests, 2097152 of 536870912 bytes, 21500 of 180000 ms, 90000 ms left; at most 200 users, 0 requests/s\n  second: good, failed, p50, p90, p99\n" +
		"       0: 119, 0, 84 ms, 112 ms, 190 ms\n       1: 119, 0, 85 ms, 112 ms, 190 ms\n"
	w := world(t, drive.Options{W: 120, H: 40})
	sha, err := w.Review().Session.PutEvidence(context.Background(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	st, err := w.Review().Session.Record(context.Background(), "R. Okafor", sessions.Checked{Item: "SCA-01", Run: "r", Verdict: checks.Pass, Today: checks.Pass, Reason: "10 users: 0 of 952 failed",
		Strength: checks.ObservedLive, Checks: []checks.CheckOutcome{{Kind: "load.steps", Verdict: checks.Pass, Today: checks.Pass, Reason: "10 users: 0 of 952 failed"}},
		Evidence: []checks.Evidence{{SHA256: sha, What: "load", Bytes: int64(len(text)), Media: "txt", Strength: checks.ObservedLive}}, Measurements: []checks.Measurement{}})
	if err != nil {
		t.Fatal(err)
	}
	w.Send(screen.StateChanged{Review: w.Review(), State: st, Assessment: w.Review().Assessment})
	w.Keys("L")
	w.Has("over: 1 of 1 step   952 answers   0.0 % failed", "✓     1     10     952     119   0.0 %    84 ms   112 ms   190 ms", "about 30 users = 352 good/s × 84 ms",
		"Ceilings       reached", "users               10       200", "requests/s         119  no limit", "bytes          2.0 MiB   512 MiB")
	w.Keys("t")
	w.Has("70 ms – 100 ms", "84.0 %")
}

// Consent to load leads here, also where nothing answers.
func TestConsentLeadsHere(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Keys("sy")
	w.Has("Live   load on 127.0.0.1:1", "over: 0 of 5 steps", "?     1     10   target not reached")
	if w.Review().Item("SCA-05").Machine == nil {
		t.Error("the run did not end")
	}
}
