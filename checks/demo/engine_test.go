package demo_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/demo"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
)

// failing are the items that fail on the demo as it is; the others that a switch mends
// warn, and all others pass.
var failing = []string{
	"P5-REL-DBH-01", "P5-REL-POO-01", "P5-REL-REC-01", "P5-REL-CON-01", "P5-DEP-ENV-01", "P5-DEP-SEC-01",
	"P5-QUA-INT-01", "P5-QUA-INT-02", "P5-QUA-INT-03", "P5-QUA-PRF-01", "P5-QUA-PRF-02", "P5-QUA-SEC-01", "P5-QUA-SEC-02",
}

// loaded are the items that may be left out: load is put on them, or the load run's
// sources judge them.
var loaded = []string{"P5-REL-POO-", "P5-REL-REC-01", "P5-REL-CON-", "P5-SCA-"}

// wanted are the verdicts that must come out with these switches on, by item.
func wanted(p *checks.Profile, fix []string) map[string]checks.Verdict {
	want := map[string]checks.Verdict{}
	for _, c := range p.Categories {
		for _, i := range c.Items {
			want[i.ID] = checks.Pass
		}
	}
	for _, w := range demo.Switches {
		if slices.Contains(fix, w.Name) {
			continue
		}
		for _, id := range w.Items {
			want[id] = checks.Warn
			if slices.Contains(failing, id) {
				want[id] = checks.Fail
			}
		}
	}
	return want
}

// review is a run of the phase5 profile on a demo: the outcomes by item, and the items
// that this test leaves out, since they put load on the demo or have no kind yet.
type review struct {
	profile  *checks.Profile
	outcomes map[string]checks.Outcome
	left     []string
}

func runReview(t *testing.T, o demo.Options) review {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	infos, ended := make(chan demo.Info, 1), make(chan error, 1)
	go func() { ended <- demo.Serve(ctx, o, func(i demo.Info) { infos <- i }) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	}()
	var info demo.Info
	select {
	case info = <-infos:
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
	target, err := checks.LoadTarget(info.TargetFile)
	if err != nil {
		t.Fatal(err)
	}
	r := review{outcomes: map[string]checks.Outcome{}}
	if r.profile, err = profiles.Load("phase5", t.TempDir()); err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(target, r.profile, kinds.Registry(), checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plan.Items {
		if len(p.Checks) == 0 || p.Class == checks.Load {
			r.left = append(r.left, p.Item.ID)
			if !slices.ContainsFunc(loaded, func(start string) bool { return strings.HasPrefix(p.Item.ID, start) }) {
				t.Errorf("%s is left out: no check of it can run here", p.Item.ID)
			}
		} else if p.Waits != "" {
			t.Errorf("%s waits: %s", p.Item.ID, p.Waits)
		}
	}
	var last checks.Event
	plan.Run(ctx, checks.RunOptions{Allow: []checks.Class{checks.Intrusive}}, func(e checks.Event) {
		if f, ok := e.(checks.Finished); ok {
			r.outcomes[f.Outcome.Item] = f.Outcome
		}
		last = e
	})
	if end, ok := last.(checks.RunEnded); !ok || end.Interrupted || !end.Reached {
		t.Errorf("the run ended with %+v", last)
	}
	return r
}

// compare reports every item whose verdict is not the wanted one.
func (r review) compare(t *testing.T, want map[string]checks.Verdict) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		got, ran := r.outcomes[id]
		switch {
		case slices.Contains(r.left, id):
		case !ran:
			t.Errorf("%s did not finish", id)
		case got.Verdict != want[id]:
			t.Errorf("%s is %s, want %s: %s", id, got.Verdict, want[id], got.Reason)
		}
	}
}

// TestEngine reviews the demo as it is and with each switch on: exactly the items that
// the table lists change.
func TestEngine(t *testing.T) {
	for _, fix := range append([][]string{nil}, switchSets()...) {
		t.Run(strings.Join(append([]string{"phase5"}, fix...), "+"), func(t *testing.T) {
			t.Parallel()
			r := runReview(t, demo.Options{Fix: fix})
			r.compare(t, wanted(r.profile, fix))
			if fix == nil {
				r.compareToday(t)
				t.Logf("left out: %v", r.left)
			}
		})
	}
}

func switchSets() (sets [][]string) {
	for _, w := range demo.Switches {
		sets = append(sets, []string{w.Name})
	}
	return sets
}

// compareToday counts the rules' own verdicts of the categories without load: pass, warn,
// fail, na.
func (r review) compareToday(t *testing.T) {
	t.Helper()
	for _, c := range r.profile.Categories {
		want, ok := map[string]string{"security": "9 7 3 1", "deployment": "19 5 7 1", "quality": "6 0 9 0", "documentation": "4 0 0 0"}[c.ID]
		if !ok {
			continue
		}
		n := map[checks.Verdict]int{}
		for _, i := range c.Items {
			n[r.outcomes[i.ID].Today]++
		}
		if got := fmt.Sprint(n[checks.Pass], n[checks.Warn], n[checks.Fail], n[checks.NA]); got != want {
			t.Errorf("%s: today's verdicts are %s, want %s", c.ID, got, want)
		}
	}
}

// TestEngineAllMended reviews the demo with everything mended, one header apart: phase5
// follows an older list there, and says so.
func TestEngineAllMended(t *testing.T) {
	t.Parallel()
	var all []string
	for _, w := range demo.Switches {
		all = append(all, w.Name)
	}
	const header = "P5-SEC-HDR-04"
	for name, o := range map[string]demo.Options{"all switches": {Fix: all}, "healthy": {Scenario: "healthy"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runReview(t, o)
			want := wanted(r.profile, all)
			today := checks.Warn
			if o.Scenario == "healthy" {
				want[header], today = checks.Warn, checks.Pass
			}
			r.compare(t, want)
			for id, o := range r.outcomes {
				switch {
				case id == header && o.Today != today:
					t.Errorf("%s: today's verdict is %s, want %s", id, o.Today, today)
				case id != header && o.Today != checks.Pass && !slices.Contains(r.left, id):
					t.Errorf("%s: today's verdict is %s: %s", id, o.Today, o.Reason)
				}
			}
		})
	}
}
