package demo_test

import (
	"context"
	"fmt"
	"maps"
	"os"
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

// review is a run of a profile on a demo: the outcomes by item, and the items that this
// test leaves out, since they put load on the demo or no check of them can run here.
type review struct {
	profile  *checks.Profile
	answers  string // the demo's own answers, for items without a check
	outcomes map[string]checks.Outcome
	left     []string
}

// runReview serves a demo and runs a profile on it.
func runReview(t *testing.T, o demo.Options, profile string) review {
	t.Helper()
	var r review
	serving(t, o, func(ctx context.Context, info demo.Info) {
		r = review{outcomes: map[string]checks.Outcome{}}
		var target *checks.Target
		target, r.profile = load(t, info, profile)
		if info.Answers != "" {
			r.answers = read(t, info.Answers)
		}
		r.run(ctx, t, target)
	})
	return r
}

// serving serves a demo while f runs.
func serving(t *testing.T, o demo.Options, f func(context.Context, demo.Info)) {
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
	select {
	case info := <-infos:
		f(ctx, info)
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
}

// load reads the demo's target and a built-in profile.
func load(t *testing.T, info demo.Info, name string) (*checks.Target, *checks.Profile) {
	t.Helper()
	target, err := checks.LoadTarget(info.TargetFile)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := profiles.Load(name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return target, profile
}

func read(t *testing.T, file string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// run plans and runs the review.
func (r *review) run(ctx context.Context, t *testing.T, target *checks.Target) {
	t.Helper()
	plan, err := checks.NewPlan(target, r.profile, kinds.Registry(), checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plan.Items {
		if len(p.Checks) == 0 || p.Class == checks.Load {
			r.left = append(r.left, p.Item.ID)
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
}

// needs reports items that were left out for another reason than the load on them.
func (r review) needs(t *testing.T) {
	t.Helper()
	for _, id := range r.left {
		if !slices.ContainsFunc(loaded, func(start string) bool { return strings.HasPrefix(id, start) }) {
			t.Errorf("%s is left out: no check of it can run here", id)
		}
	}
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
			r := runReview(t, demo.Options{Fix: fix}, "phase5")
			r.needs(t)
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
			r := runReview(t, o, "phase5")
			r.needs(t)
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
