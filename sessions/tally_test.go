package sessions

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// slowly is the path's end as it is defined: every step assessed from the whole state.
func slowly(v *view, steps []PathStep) []PathStep {
	pass := map[string]bool{}
	var out []PathStep
	for _, s := range steps {
		for _, id := range s.Items {
			pass[id] = true
		}
		after := (&view{st: v.st, pass: pass}).assess()
		out = append(out, PathStep{Title: s.Title, Items: s.Items, Score: after.Score.Overall, Decision: after.Computed})
	}
	return out
}

// Whatever was judged, waived and found, the path says of each step what assessing all
// anew says.
func TestThePathIsWhatEachStepComesTo(t *testing.T) {
	for _, id := range []string{"phase5", "full-stack", "production"} {
		b := testBasis(t, builtin(t, id), testTarget)
		stricter, decided := 0, map[Decision]int{}
		for seed := range uint64(40) {
			r := rand.New(rand.NewPCG(seed, 7))
			st := b.fold(random(r, b.empty()))
			v := &view{st: st}
			path := v.path(v.assess())
			if want := slowly(v, path); !reflect.DeepEqual(path, want) {
				for n := range path {
					if !reflect.DeepEqual(path[n], want[n]) {
						t.Fatalf("%s, seed %d: step %d of %d is %+v, want %+v", id, seed, n, len(path), path[n], want[n])
					}
				}
			}
			for n := range path {
				decided[path[n].Decision]++
				if n > 0 && strictness[path[n].Decision] > strictness[path[n-1].Decision] {
					stricter++
				}
			}
		}
		if len(decided) < 2 || decided[NoGo] == 0 {
			t.Errorf("%s: the paths come to %v alone", id, decided)
		}
		t.Logf("%s: %v, %d steps made it stricter", id, decided, stricter)
	}
}

// random is what a hasty reviewer may record: most items pass, some waivers, some findings.
func random(r *rand.Rand, st *State) []Event {
	verdicts := []checks.Verdict{checks.Pass, checks.Pass, checks.Pass, checks.Pass, checks.Warn, checks.Fail, checks.Inconclusive, checks.NA}
	clearer := r.IntN(2) * 60
	var data []Payload
	for i := range st.planned {
		id := i.Planned.Item.ID
		if r.IntN(10) > 0 {
			v := verdicts[r.IntN(len(verdicts))]
			if r.IntN(100) < clearer {
				v = checks.Pass
			}
			data = append(data, Judged{Items: []string{id}, Verdict: v, Strength: checks.Stated, Reason: "so it is"})
			if v == checks.Fail && r.IntN(2) == 0 {
				data = append(data, Waived{Waiver: Waiver{Item: id, Reason: "r", Compensating: "c", ApprovedBy: "Lena", Expires: "2031-01-01"}})
			}
			if v == checks.Fail && r.IntN(2) == 0 {
				f := Finding{ID: fmt.Sprintf("F-%d", len(data)), Title: clean.Line("of " + id), Severity: checks.Severities[r.IntN(len(checks.Severities))], Items: []string{id}}
				data = append(data, FindingRecorded{Finding: f})
			}
		}
	}
	events := make([]Event, len(data))
	for n, p := range data {
		events[n] = Event{Seq: uint64(n + 2), At: start, By: "ann", Data: p}
	}
	return events
}

func BenchmarkAssess(b *testing.B) {
	basis := testBasis(b, builtin(b, "production"), testTarget)
	var events []Event
	for n := range 1000 {
		events = append(events, Event{Seq: uint64(n + 2), At: start, By: "ann", Data: FindingRecorded{Finding: Finding{ID: fmt.Sprintf("F-%d", n+1), Title: "f", Severity: checks.High}}})
	}
	st := basis.fold(events)
	b.ReportAllocs()
	for b.Loop() {
		Assess(st)
	}
}
