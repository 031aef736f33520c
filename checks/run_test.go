package checks

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// answering is a fake kind that gives a verdict with evidence.
func answering(id string, class Class, v, today Verdict) Kind {
	k := fake(id, class, func(_ context.Context, p *Probe, _ answerParams) Result {
		r := NewResult(v, "", id+" says "+string(v), p.Note("note", "the same bytes"))
		r.Today = today
		return r
	})
	k.Needs = []string{}
	return k
}

// itemsProfile is a profile of items with the given checks and extra lines, ids C-1, C-2 …
func itemsProfile(head string, items ...string) string {
	var b strings.Builder
	b.WriteString("id=\"p\"\ntitle=\"P\"\nversion=1\n" + head + "\n[[category]]\nid=\"c\"\ntitle=\"C\"\n")
	for i, item := range items {
		fmt.Fprintf(&b, "[[category.item]]\nid=\"C-%d\"\ntitle=\"T\"\nseverity=\"high\"\n%s\n", i+1, item)
	}
	return b.String()
}

func checksOf(kinds ...string) string {
	return "checks = [{ kind = \"" + strings.Join(kinds, "\" }, { kind = \"") + "\" }]"
}

func mustPlan(t *testing.T, target, profile string, kinds ...Kind) *Plan {
	t.Helper()
	pl, err := NewPlan(mustTarget(t, target), mustProfile(t, profile), mustRegistry(t, kinds...), Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return pl
}

// play runs a plan and returns its events; a run of over ten seconds is a failure.
func play(t *testing.T, ctx context.Context, pl *Plan, o RunOptions) []Event {
	t.Helper()
	var events []Event
	done := make(chan struct{})
	go func() {
		defer close(done)
		pl.Run(ctx, o, func(e Event) { events = append(events, e) })
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the run does not end")
	}
	return events
}

func outcomes(events []Event) map[string]Outcome {
	m := map[string]Outcome{}
	for _, e := range events {
		if f, ok := e.(Finished); ok {
			m[f.Outcome.Item] = f.Outcome
		}
	}
	return m
}

func ending(t *testing.T, events []Event) RunEnded {
	t.Helper()
	if len(events) == 0 {
		t.Fatal("no events")
	}
	end, ok := events[len(events)-1].(RunEnded)
	if !ok {
		t.Fatalf("the last event is %T", events[len(events)-1])
	}
	return end
}

const localhost = "name = \"x\"\nbase_url = \"http://127.0.0.1:9\"\n"

// TestOutcomes holds how an item's verdict comes from its checks.
func TestOutcomes(t *testing.T) {
	kinds := []Kind{
		answering("pass", Local, Pass, ""), answering("warn", Local, Warn, ""), answering("fail", Local, Fail, ""),
		answering("na", Local, NA, ""), answering("unsure", Local, Inconclusive, ""),
		answering("push", Intrusive, Pass, ""), answering("legacy", Local, Fail, Pass), answering("odd", Local, "great", ""),
		fake("bare", Local, func(context.Context, *Probe, answerParams) Result { return NewResult(Pass, "", "trust me") }),
		fake("panics", Local, func(context.Context, *Probe, answerParams) Result { panic("secret stack") }),
		fake("silent", Local, func(context.Context, *Probe, answerParams) Result { return Result{} }),
	}
	for _, c := range []struct {
		item           string
		verdict, today Verdict
		changed        string
		reason         string
	}{
		{checksOf("pass"), Pass, Pass, "", "pass says pass"},
		{checksOf("pass", "na"), Pass, Pass, "", "pass says pass"},
		{checksOf("na"), NA, NA, "", "na says na"},
		{checksOf("pass", "warn"), Warn, Warn, "", "warn says warn"},
		{checksOf("pass", "push"), Pending, Pending, "", "push waits: waits for consent to intrusive checks"},
		{checksOf("warn", "push"), Pending, Pending, "", "push waits: waits for consent to intrusive checks; warning: warn says warn"},
		{checksOf("unsure", "push"), Inconclusive, Inconclusive, "", "unsure says inconclusive"},
		{checksOf("fail", "unsure", "warn"), Fail, Fail, "", "fail says fail"},
		{checksOf("warn") + "\nread = { warn = \"fail\" }", Fail, Warn, "read.warn", "warn says warn"},
		{checksOf("fail") + "\nread = { fail = \"warn\" }", Warn, Fail, "read.fail", "fail says fail"},
		{checksOf("na") + "\nread = { na = \"warn\" }", Warn, NA, "read.na", "na says na"},
		{checksOf("pass") + "\nread = { fail = \"warn\" }", Pass, Pass, "", "pass says pass"},
		{checksOf("legacy"), Fail, Pass, `rules = "seed-legacy"`, "legacy says fail"},
		{checksOf("legacy") + "\nread = { fail = \"warn\" }", Warn, Pass, `rules = "seed-legacy", read.fail`, "legacy says fail"},
		{checksOf("fail", "legacy"), Fail, Fail, "", "fail says fail; legacy says fail"},
		{"checks = [{ kind = \"pass\" }, { kind = \"fail\", hint = true }]", Pass, Pass, "", "pass says pass"},
		{"checks = [{ kind = \"fail\", hint = true }]\nquestion = \"?\"", Pending, Pending, "", "hint: fail says fail"},
		{checksOf("panics"), Inconclusive, Inconclusive, "", "gonogo's own mistake in panics: it broke off; please report it"},
		{checksOf("silent"), Inconclusive, Inconclusive, "", `gonogo's own mistake in silent: "" is no verdict; please report it`},
		{checksOf("odd"), Inconclusive, Inconclusive, "", `gonogo's own mistake in odd: "great" is no verdict; please report it`},
		{checksOf("bare"), Inconclusive, Inconclusive, "", "gonogo's own mistake in bare: it says pass without evidence; please report it"},
	} {
		pl := mustPlan(t, localhost, itemsProfile("[scoring]\nrules = \"seed-legacy\"", c.item), kinds...)
		got, ok := outcomes(play(t, t.Context(), pl, RunOptions{}))["C-1"]
		if !ok {
			t.Errorf("%s: not finished", c.item)
			continue
		}
		if got.Verdict != c.verdict || got.Today != c.today || got.Changed != c.changed || string(got.Reason) != c.reason {
			t.Errorf("%s:\n%s, today %s, changed %q, %q\nwant %s, today %s, changed %q, %q", c.item, got.Verdict, got.Today,
				got.Changed, got.Reason, c.verdict, c.today, c.changed, c.reason)
		}
	}
}

// TestOutcomeFacts holds what else an outcome carries.
func TestOutcomeFacts(t *testing.T) {
	live := fake("live", Safe, func(_ context.Context, p *Probe, _ answerParams) Result {
		r := NewResult(Pass, ObservedLive, "saw it \x1b[31m", p.Note("table", "other bytes"))
		r.Measurements = []Measurement{{Name: "first byte", Value: 2, Unit: "ms"}}
		return r
	})
	live.Needs = []string{}
	pl := mustPlan(t, localhost, itemsProfile("", checksOf("pass", "again", "live")),
		answering("pass", Local, Pass, ""), answering("again", Local, Pass, ""), live)
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	got := outcomes(play(t, t.Context(), pl, RunOptions{Now: func() time.Time { return noon }}))["C-1"]
	if got.Strength != Configuration {
		t.Errorf("strength %q, want the weakest of the passes", got.Strength)
	}
	if len(got.Evidence) != 2 || got.Evidence[0].SHA256 == got.Evidence[1].SHA256 || got.Evidence[0].Bytes != 14 || got.Evidence[0].Strength != Configuration {
		t.Errorf("evidence %+v", got.Evidence)
	}
	if !reflect.DeepEqual(got.Kinds, []string{"pass", "again", "live"}) || len(got.Checks) != 3 || len(got.Measurements) != 1 {
		t.Errorf("kinds %v, checks %v, measurements %v", got.Kinds, got.Checks, got.Measurements)
	}
	if got.Vantage == "" || !got.Started.Equal(noon) || got.Started.Location() != time.UTC {
		t.Errorf("vantage %q, started %v", got.Vantage, got.Started)
	}
	if strings.Contains(string(got.Checks[2].Reason), "\x1b") {
		t.Errorf("the reason is not cleaned: %q", got.Checks[2].Reason)
	}
}

// TestOrder holds the order of classes, that bursts come last, and that checks which need
// consent run one at a time.
func TestOrder(t *testing.T) {
	var mu sync.Mutex
	var order []string
	var active, most atomic.Int32
	spy := func(id string, class Class, last bool) Kind {
		k := fake(id, class, func(_ context.Context, p *Probe, _ answerParams) Result {
			if class == Intrusive {
				most.Store(max(most.Load(), active.Add(1)))
				defer active.Add(-1)
			}
			mu.Lock()
			order = append(order, id)
			mu.Unlock()
			return NewResult(Pass, "", id, p.Note("n", id))
		})
		k.Needs, k.Last = []string{}, last
		return k
	}
	pl := mustPlan(t, localhost, itemsProfile("", checksOf("burst", "push"), checksOf("end", "ask"), checksOf("push2"), checksOf("read")),
		spy("burst", Intrusive, true), spy("push", Intrusive, false), spy("push2", Intrusive, false),
		spy("end", Safe, true), spy("ask", Safe, false), spy("read", Local, false))
	events := play(t, t.Context(), pl, RunOptions{Allow: []Class{Intrusive}})
	if got := strings.Join(order, " "); got != "read ask end push push2 burst" {
		t.Errorf("order: %s", got)
	}
	if most.Load() != 1 {
		t.Errorf("%d intrusive checks at the same time", most.Load())
	}
	began := map[string]int{}
	for i, e := range events {
		switch e := e.(type) {
		case Started:
			if _, twice := began[e.Item]; twice {
				t.Errorf("%s started twice", e.Item)
			}
			began[e.Item] = i
		case Finished:
			if _, ok := began[e.Outcome.Item]; !ok {
				t.Errorf("%s finished before it started", e.Outcome.Item)
			}
		}
	}
	if end := ending(t, events); end.Interrupted || !end.Reached || len(events) != 9 {
		t.Errorf("%d events, end %+v", len(events), end)
	}
}

// TestParallel holds that local checks run side by side, up to the limit.
func TestParallel(t *testing.T) {
	for target, limit := range map[string]int{localhost: parallelLoopback, "name = \"x\"\nbase_url = \"https://pay.example\"\n": parallelElsewhere} {
		gate, waiting := make(chan struct{}), make(chan struct{}, 100)
		k := fake("meet", Local, func(_ context.Context, p *Probe, _ answerParams) Result {
			waiting <- struct{}{}
			<-gate
			return NewResult(Pass, "", "met", p.Note("n", "n"))
		})
		items := slices.Repeat([]string{checksOf("meet")}, limit+3)
		pl := mustPlan(t, target, itemsProfile("", items...), k)
		go func() {
			for range limit {
				<-waiting
			}
			select {
			case <-waiting:
				t.Errorf("more than %d at the same time", limit)
			case <-time.After(50 * time.Millisecond):
			}
			close(gate)
		}()
		if got := len(outcomes(play(t, t.Context(), pl, RunOptions{}))); got != limit+3 {
			t.Errorf("%d finished", got)
		}
	}
}

// TestStop holds that a run ends within a second of its context, even over a kind that does
// not listen, and that what was cut off has no outcome.
func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release, talked := make(chan struct{}), make(chan struct{})
	deaf := fake("deaf", Local, func(_ context.Context, p *Probe, _ answerParams) Result {
		cancel()
		<-release
		p.Progress("too late")
		close(talked)
		return NewResult(Pass, "", "too late", p.Note("n", "n"))
	})
	pl := mustPlan(t, localhost, itemsProfile("", checksOf("deaf"), checksOf("later")), deaf, answering("later", Safe, Pass, ""))
	started := time.Now()
	var events []Event
	pl.Run(ctx, RunOptions{}, func(e Event) { events = append(events, e) })
	if took := time.Since(started); took > time.Second {
		t.Errorf("stopping took %v", took)
	}
	if end := ending(t, events); !end.Interrupted {
		t.Errorf("end %+v, want interrupted", end)
	}
	if got := outcomes(events); len(got) != 0 || len(events) != 2 {
		t.Errorf("outcomes of a stopped run: %+v", got)
	}
	close(release)
	<-talked
	ending(t, events)
}

// TestStopKeepsLoad holds that an item which was putting load on the target when the run was
// stopped ends as inconclusive with what was measured, and that one which was not stays.
func TestStopKeepsLoad(t *testing.T) {
	for _, measured := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		loads := fake("loads", Load, func(_ context.Context, p *Probe, _ answerParams) Result {
			p.Stretched(Stretched{Stretch: Stretch{Title: "10 users"}})
			cancel()
			r := NewResult(Pass, "", "all well")
			if measured {
				r.Evidence = []Evidence{p.Note("load", "10 users: 12 answers")}
			}
			return r
		})
		loads.Needs = []string{}
		pl := mustPlan(t, localhost, itemsProfile("", checksOf("safe", "loads", "more")+"\nlevel = \"C\""), loads,
			answering("safe", Safe, Pass, ""), answering("more", Load, Pass, ""))
		events := play(t, ctx, pl, RunOptions{Allow: []Class{Load}})
		got := outcomes(events)
		if !measured {
			if len(got) != 0 {
				t.Errorf("an item without a measurement ended: %+v", got)
			}
			continue
		}
		if len(got) != 1 || got["C-1"].Verdict != Inconclusive || len(got["C-1"].Checks) != 3 || got["C-1"].Checks[0].Verdict != Pass ||
			got["C-1"].Checks[1].Verdict != Inconclusive || got["C-1"].Checks[2].Verdict != Inconclusive {
			t.Fatalf("outcomes %+v", got)
		}
		if !slices.ContainsFunc(got["C-1"].Evidence, func(e Evidence) bool { return string(e.Body) == "10 users: 12 answers" }) {
			t.Errorf("evidence %+v", got["C-1"].Evidence)
		}
		if !slices.ContainsFunc(events, func(e Event) bool { s, ok := e.(Stretched); return ok && s.Check == 1 && s.Item == got["C-1"].Item }) {
			t.Error("nobody heard of the stretch")
		}
	}
}

// TestLimits holds that a check ends with its kind's limit or its category's time.
func TestLimits(t *testing.T) {
	slow := func(id string, class Class) Kind {
		k := fake(id, class, func(ctx context.Context, p *Probe, _ answerParams) Result {
			<-ctx.Done()
			return NewResult(Pass, "", "no answer means fine", p.Note("n", "seen so far"))
		})
		k.Needs = []string{}
		return k
	}
	limited := slow("limited", Local)
	limited.Limit = 20 * time.Millisecond
	pl := mustPlan(t, localhost, itemsProfile("", checksOf("limited")), limited)
	got := outcomes(play(t, t.Context(), pl, RunOptions{}))["C-1"]
	if got.Verdict != Inconclusive || got.Today != Inconclusive || got.Reason != "stopped after 20ms: the time limit of a check" || len(got.Evidence) != 1 {
		t.Errorf("limit of a kind: %s %q %d", got.Verdict, got.Reason, len(got.Evidence))
	}

	profile := itemsProfile("", checksOf("slow"), checksOf("next"))
	pl = mustPlan(t, localhost+"[seconds]\nc = 1\n", profile, slow("slow", Intrusive), answering("next", Intrusive, Pass, ""))
	results := outcomes(play(t, t.Context(), pl, RunOptions{Allow: []Class{Intrusive}}))
	if got := results["C-1"].Reason; got != "stopped after 1s: the rest of the category's time" {
		t.Errorf("a category's time: %q", got)
	}
	if got := results["C-2"]; got.Verdict != Inconclusive || got.Reason != "not run: the category's time of 1s is used up" {
		t.Errorf("after a category's time: %s %q", got.Verdict, got.Reason)
	}
}

func TestBudgetRunsOnce(t *testing.T) {
	now := time.Unix(0, 0)
	b := &budget{left: 10 * time.Second, now: func() time.Time { return now }}
	pass := func(d time.Duration) { now = now.Add(d) }
	pass(time.Hour) // nothing runs
	b.start()
	pass(2 * time.Second)
	if left := b.start(); left != 8*time.Second {
		t.Errorf("left %v, want 8s", left)
	}
	pass(2 * time.Second) // two run side by side
	b.stop()
	b.stop()
	pass(time.Hour)
	if left := b.start(); left != 6*time.Second || b.whole() != 10*time.Second {
		t.Errorf("left %v of %v, want 6s of 10s", left, b.whole())
	}
}

// TestWhatRuns holds which items a run takes up.
func TestWhatRuns(t *testing.T) {
	needy := answering("needy", Local, Pass, "")
	needy.Needs = []string{"repository"}
	pl := mustPlan(t, localhost+"[not_applicable]\n\"C-4\" = \"no\"\n", itemsProfile("",
		checksOf("pass"), checksOf("push"), checksOf("needy"), checksOf("pass"), "question = \"?\"", checksOf("pass", "needy")),
		answering("pass", Local, Pass, ""), answering("push", Intrusive, Pass, ""), needy)
	for _, c := range []struct {
		o    RunOptions
		want string
	}{
		{RunOptions{}, "C-1 C-6"},
		{RunOptions{Allow: []Class{Intrusive}}, "C-1 C-2 C-6"},
		{RunOptions{Items: []string{"C-1", "C-2"}}, "C-1"},
		{RunOptions{Items: []string{"C-5"}}, ""},
	} {
		got := slices.Sorted(func(yield func(string) bool) {
			for id := range outcomes(play(t, t.Context(), pl, c.o)) {
				yield(id)
			}
		})
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.o, got, c.want)
		}
	}
	mixed := outcomes(play(t, t.Context(), pl, RunOptions{}))["C-6"]
	if mixed.Verdict != Pending || !strings.HasPrefix(string(mixed.Reason), "needy waits: not declared: repository in target.toml") {
		t.Errorf("an item that waits in part: %s %q", mixed.Verdict, mixed.Reason)
	}
}
