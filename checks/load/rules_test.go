package load

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// measured are facts of so many good answers of one latency, and so many failures.
func measured(users, good, failed int, latency, elapsed time.Duration) facts {
	f := facts{Users: users, Elapsed: elapsed, Timed: good, All: good + failed, Bad: failed}
	for range good {
		f.Latency.add(latency)
	}
	f.Count[0], f.Count[serverError], f.BadCount[serverError] = good, failed, failed
	if latency > passWithin {
		f.OverPass = good
	}
	if latency > failBeyond {
		f.OverFail = good
	}
	return f
}

func expect(t *testing.T, name string, o opinion, want checks.Verdict, reason string) {
	t.Helper()
	if o.verdict != want || !strings.Contains(o.reason, reason) {
		t.Errorf("%s: %s, want %s with %q: %s", name, o.verdict, want, reason, o.reason)
	}
}

func TestStepRules(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	low := measured(10, 1000, 0, 20*ms, 2*s) // 500 a second: the knee is at 10
	low.Own = 45                             // what gonogo used in a lower step excuses nothing in this one
	for _, c := range []struct {
		name   string
		f      facts
		change func(*facts)
		want   checks.Verdict
		reason string
	}{
		{"queueing", measured(50, 1000, 0, 100*ms, 2*s), nil, checks.Pass, "knee at or below 10 users"},
		{"queueing from 20 on", measured(50, 2000, 0, 50*ms, 2*s), nil, checks.Pass, "knee near 20 users"},
		{"grows", measured(50, 4900, 0, 20*ms, 2*s), nil, checks.Pass, "no knee up to 50 users"},
		{"few", measured(50, 72, 0, 20*ms, s/8), nil, checks.Inconclusive, "0 of 72 failed"},
		{"failures", measured(50, 980, 20, 100*ms, 2*s), nil, checks.Fail, "20 of 1000 failed (20 5xx)"},
		{"failures above what is required", measured(51, 980, 20, 100*ms, 2*s), nil, checks.Warn, "20 of 1000 failed"},
		{"slow", measured(50, 1000, 0, 600*ms, 2*s), nil, checks.Warn, "p95 "},
		{"very slow", measured(50, 1000, 0, 2100*ms, 2*s), nil, checks.Fail, "p95 2.1 s"},
		{"tail", measured(50, 1000, 0, 100*ms, 2*s), func(f *facts) { f.OverPass, f.OverFail = 6, 6 }, checks.Warn, "6 of 1000 took over 2 s"},
		{"loses throughput", measured(50, 800, 0, 100*ms, 2*s), nil, checks.Warn, "only 80 % of the 500 a second"},
		{"collapses beside gonogo", measured(50, 300, 0, 150*ms, 2*s), func(f *facts) { f.Own = 25 }, checks.Pass, "30 % of the 500 a second of a lower step, which need not be the target's doing: gonogo itself used 25 %"},
		{"collapses beside little of gonogo", measured(50, 300, 0, 150*ms, 2*s), func(f *facts) { f.Own = 24 }, checks.Fail, "only 30 %"},
		{"collapses", measured(50, 300, 0, 150*ms, 2*s), nil, checks.Fail, "only 30 %"},
		{"contention", measured(50, 1000, 0, 200*ms, 2*s), nil, checks.Warn, "2.0 times what queueing explains"},
		{"sick", measured(50, 1000, 0, 2100*ms, 2*s), func(f *facts) { f.Sick = "busy" }, checks.Inconclusive, "busy, so this is no measurement"},
		{"sick, but failing", measured(50, 900, 100, 100*ms, 2*s), func(f *facts) { f.Sick = "busy" }, checks.Fail, "100 of 1000 failed"},
		{"out of time", measured(50, 58, 0, 3*s, 9*s), func(f *facts) { f.Cut = outOfTime }, checks.Inconclusive, "B ran out after 58 of 100 answers"},
		{"ceiling", measured(50, 1000, 0, 100*ms, 2*s), func(f *facts) { f.Cut, f.Why = ceiling, "C" }, checks.Inconclusive, "C, after 1000 answers"},
		{"ceiling, failing", measured(50, 900, 100, 100*ms, 2*s), func(f *facts) { f.Cut = ceiling }, checks.Fail, "100 of 1000"},
		{"limited", measured(50, 900, 0, 100*ms, 2*s), func(f *facts) { f.BadCount[limited] = 100 }, checks.Inconclusive, "429"},
		{"given up", measured(50, 500, 0, 100*ms, 2*s), func(f *facts) { f.Timed, f.OverPass, f.OverFail = 550, 50, 50 }, checks.Fail, ""},
	} {
		if c.change != nil {
			c.change(&c.f)
		}
		expect(t, c.name, judgeStep(&c.f, &ladder{steps: []facts{low, c.f}}, 50, "B"), c.want, c.reason)
	}
}

func TestPoolRules(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	one := measured(1, 100, 0, 20*ms, 2*s)
	for _, c := range []struct {
		name                  string
		before, during, after facts
		want                  checks.Verdict
		reason                string
	}{
		{"well", one, measured(50, 2000, 0, 25*ms, 5*s), one, checks.Pass, "as before"},
		{"fails", one, measured(50, 1000, 1000, 25*ms, 5*s), one, checks.Fail, "1000 of 2000"},
		{"slower", one, measured(50, 2000, 0, 250*ms, 5*s), one, checks.Warn, "p95 25"},
		{"kept", one, measured(50, 2000, 0, 25*ms, 5*s), measured(1, 50, 0, 40*ms, 2*s), checks.Warn, "not given back"},
		{"dead", one, measured(50, 2000, 0, 25*ms, 5*s), measured(1, 1, 5, 20*ms, 2*s), checks.Fail, "one user afterwards: 5 of 6 failed"},
		{"not alone", measured(1, 10, 10, 20*ms, 2*s), measured(50, 2000, 0, 25*ms, 5*s), one, checks.Inconclusive, "10 of 20 failed"},
	} {
		expect(t, c.name, judgePool(&c.before, &c.during, &c.after, "B"), c.want, c.reason)
	}
}

// sustained are the facts of seconds with these medians, in ms.
func sustained(medians ...int) facts {
	f := facts{Elapsed: time.Duration(len(medians)) * time.Second}
	for _, m := range medians {
		var s second
		for range 50 {
			s.latency.add(time.Duration(m) * time.Millisecond)
			f.Latency.add(time.Duration(m) * time.Millisecond)
		}
		f.Seconds = append(f.Seconds, s)
	}
	f.Count[good], f.Timed, f.All = f.Latency.n, f.Latency.n, f.Latency.n
	return f
}

func TestSustainedRules(t *testing.T) {
	level := []int{20, 21, 20, 22, 20, 21, 20, 22, 20, 21, 20, 22}
	silent := sustained(level...)
	silent.Silence = 1500 * time.Millisecond
	mute := sustained(level...)
	mute.Silence = 5100 * time.Millisecond
	for _, c := range []struct {
		name   string
		f      facts
		want   checks.Verdict
		reason string
	}{
		{"level", sustained(level...), checks.Pass, "the median is level"},
		{"grows", sustained(20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75), checks.Fail, "the median grew by"},
		{"grows a little", sustained(30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41), checks.Warn, "the median grew by"},
		{"shrinks", sustained(75, 70, 65, 60, 55, 50, 45, 40, 35, 30, 25, 20), checks.Pass, "level"},
		{"uneven", sustained(20, 20, 200, 20, 20, 20, 200, 20, 20, 200, 20, 20), checks.Fail, "slow seconds"},
		{"short", sustained(20, 20, 20), checks.Inconclusive, "only 3 seconds"},
		{"silent", silent, checks.Warn, "longest silence 1.5 s"},
		{"mute", mute, checks.Fail, "longest silence 5.1 s"},
	} {
		expect(t, c.name, judgeSustained(&c.f, len(c.f.Seconds), 600, "B"), c.want, c.reason)
	}
}

func TestRecoveryRules(t *testing.T) {
	const s = time.Second
	w := waiting{Pass: 5 * s, Warn: 30 * s, GiveUp: 60 * s}
	disturbed, calm := measured(50, 100, 400, 20*time.Millisecond, 5*s), measured(50, 500, 0, 20*time.Millisecond, 5*s)
	few := measured(50, 20, 0, 20*time.Millisecond, 5*s)
	for _, c := range []struct {
		name string
		f    facts
		r    recovered
		want checks.Verdict
	}{
		{"soon", disturbed, recovered{Well: true, After: 4 * s, Last: "503"}, checks.Pass},
		{"late", disturbed, recovered{Well: true, After: 6 * s, Last: "503"}, checks.Warn},
		{"too late", disturbed, recovered{Well: true, After: 31 * s, Last: "503"}, checks.Fail},
		{"never", disturbed, recovered{After: 60 * s, Last: "503"}, checks.Fail},
		{"out of time", disturbed, recovered{After: 20 * s, Cut: true, Last: "503"}, checks.Inconclusive},
		{"out of time, but too late", disturbed, recovered{After: 31 * s, Cut: true, Last: "503"}, checks.Fail},
		{"calm", calm, recovered{Well: true}, checks.Pass},
		{"calm, without load", few, recovered{Well: true}, checks.Inconclusive},
	} {
		expect(t, c.name, judgeRecovery(&c.f, c.r, w, "B"), c.want, "")
	}
}

// A rate that the places can't carry would be gonogo's own bound, told as the target's.
func TestSteadyRateIsWhatThePlacesCarry(t *testing.T) {
	step := func(users, answers int) facts {
		return measured(users, answers, 0, 20*time.Millisecond, 10*time.Second)
	}
	for _, c := range []struct {
		name  string
		steps []facts
		want  float64
	}{
		{"no step", nil, 0},
		{"steps within the places count as they are", []facts{step(10, 1000), step(50, 5000)}, 500},
		{"a step of four times the users carries a quarter", []facts{step(200, 20_000)}, 500},
		{"the better of both", []facts{step(50, 3000), step(200, 20_000)}, 500},
		{"a knee below", []facts{step(25, 4000), step(200, 4000)}, 400},
	} {
		if got := (&ladder{steps: c.steps}).carried(50); got != c.want {
			t.Errorf("%s: %g a second, want %g", c.name, got, c.want)
		}
	}
}
