package load

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// TestTake: each check gets its part of what is left, and nothing is given out twice.
func TestTake(t *testing.T) {
	c := newCampaign(usual)
	c.due = []string{"load.burst", "load.steps", "load.steps", "load.sustained"}
	for _, x := range []struct {
		kind string
		sent int64
		want int64
	}{
		{"load.burst", 510, 5000},
		{"load.steps", 12000, 11135},
		{"load.steps", 100, 11247}, // it left most of its part
		{"load.sustained", 0, 33651},
		{"load.steps", 0, 33651}, // not on the plan
	} {
		if got, _ := c.take(x.kind); got != x.want {
			t.Errorf("%s may send %d, want %d", x.kind, got, x.want)
		}
		c.requests.Add(x.sent)
	}
	c.requests.Store(c.Requests + 5)
	if got, _ := c.take("load.steps"); got != 0 {
		t.Errorf("%d, and nothing is left", got)
	}
}

func TestWithin(t *testing.T) {
	ph := phase{Users: 50, Warm: time.Second, Least: 100}
	if got := ph.within(8000); got.Most != 6000 || !got.Shared || got.StartRate != 2000 {
		t.Errorf("of 8000: %+v", got)
	}
	if got := ph.within(4000); got.Most != 3000 || !got.Shared || got.StartRate != 1000 {
		t.Errorf("of 4000: %+v", got)
	}
	if got := ph.within(0); got.Most != 100 || !got.Shared || got.StartRate != 100 {
		t.Errorf("of nothing: %+v", got)
	}
}

// TestShares: a target that answers at once does not use up the run's requests in the first
// step: every check measures, and says that its share bounded it.
func TestShares(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) { n.Add(1) })
	c := usual
	c.Requests, c.Near = 12_000, 0
	step := func(users string) string {
		return `kind = "load.steps", path = "/x", users = ` + users + `, measure = "1s"`
	}
	o := run(t, s.URL, c, "", step("5"), step("10"), step("20"), step("40"), pool,
		`kind = "load.recovery", path = "/x", users = 20, burst = "1s"`, `kind = "load.burst", path = "/x"`)
	for i, o := range o {
		if reason := string(o.Reason); strings.Contains(reason, "ceiling") || strings.Contains(reason, "not run") {
			t.Errorf("check %d, %s: %s", i, o.Verdict, reason)
		}
		if i < 4 && !strings.Contains(string(o.Reason), "ended by gonogo with its share of the run's requests, ") {
			t.Errorf("check %d, %s: %s", i, o.Verdict, o.Reason)
		}
		if i < 5 && len(o.Evidence) == 1 && !strings.Contains(string(o.Evidence[0].Body), "\n  bounded ") {
			t.Errorf("check %d: the evidence does not say what bounded it:\n%s", i, o.Evidence[0].Body)
		}
	}
	if got := n.Load(); got > c.Requests || got < c.Requests/4 {
		t.Errorf("%d requests of %d", got, c.Requests)
	}
	if !strings.Contains(string(o[5].Reason), "gonogo held the burst to ") {
		t.Errorf("%s: %s", o[5].Verdict, o[5].Reason)
	}
}

// TestQuickStepsAreNotCompared: what took a moment says nothing of how many answers a second
// there are.
func TestQuickStepsAreNotCompared(t *testing.T) {
	low, high := measured(10, 5000, 0, time.Millisecond, 120*time.Millisecond), measured(50, 4700, 0, time.Millisecond, 216*time.Millisecond)
	l := &ladder{steps: []facts{low, high}}
	expect(t, "quick", judgeStep(&l.steps[1], l, 50, "B"), checks.Pass, "measured for too short a time to compare its rate")
	if got := l.saturated(); got != "" {
		t.Error(got)
	}
	l.steps[0].Elapsed, l.steps[1].Elapsed = 1200*time.Millisecond, 2160*time.Millisecond
	expect(t, "as quick, for longer", judgeStep(&l.steps[1], l, 50, "B"), checks.Fail, "only 52 % of the 4167 a second")
}

// TestSlowTargetIsNotBounded: where the target sets the pace, no share is spoken of.
func TestSlowTargetIsNotBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, slowly)
	o := run(t, s.URL, usual, "", step20, pool)
	if text := string(o[0].Reason + o[1].Reason); strings.Contains(text, "share") {
		t.Error(text)
	}
}

// TestSteadyRateIsShared: a rate that gonogo derives is one that the run's requests allow. The
// server ends the test soon, by going wrong after the step.
func TestSteadyRateIsShared(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 1700 {
			sheds(w, r)
		}
	})
	c := usual
	c.Requests, c.Near, c.Settle = 6000, 0, time.Second
	o := run(t, s.URL, c, "", `kind = "load.steps", path = "/x", users = 5, measure = "500ms"`, `kind = "load.sustained", path = "/x", time = "15s"`, burst)
	if reason := string(o[1].Reason); o[1].Verdict != checks.Fail || !strings.Contains(reason, "a second (all that its share of the run's requests allows): ") || !strings.Contains(reason, "5xx") {
		t.Errorf("%s: %s", o[1].Verdict, reason)
	}
	share := &trial{share: 6100, driver: &driver{}}
	if got := share.affords(30 * time.Second); got != 203 {
		t.Errorf("6100 requests afford %g a second for 30 s", got)
	}
	if !share.hold(10*time.Second) || share.held != 610 || share.hold(time.Second) || share.held != 610 {
		t.Errorf("held to %g", share.held)
	}
}

// TestBytesAreShared: a target with large answers does not use up the run's bytes in the first
// step.
func TestBytesAreShared(t *testing.T) {
	t.Parallel()
	page := make([]byte, 60<<10)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) })
	c := usual
	c.Bytes = 128 << 20
	step := func(users string) string {
		return `kind = "load.steps", path = "/x", users = ` + users + `, measure = "400ms"`
	}
	for i, o := range run(t, s.URL, c, "", step("5"), step("10"), step("20"), burst) {
		if reason := string(o.Reason); strings.Contains(reason, "ceiling") || strings.Contains(reason, "not run") {
			t.Errorf("check %d, %s: %s", i, o.Verdict, reason)
		}
	}
}

// TestNear: more requests only where all of the scope is this machine.
func TestNear(t *testing.T) {
	for _, x := range []struct {
		base  string
		hosts []string
		want  int64
	}{
		{"http://127.0.0.1:8000", nil, usual.Near},
		{"http://localhost:8000/api", []string{"[::1]:9100", "127.0.0.1"}, usual.Near},
		{"http://localhost:8000", []string{"https://auth.example.com"}, usual.Requests},
		{"http://localhost:8000", []string{"auth.example.com:443"}, usual.Requests},
		{"http://localhost.example.com", nil, usual.Requests},
		{"https://shop.example.com", []string{"127.0.0.1"}, usual.Requests},
		{"", nil, usual.Requests},
		{"127.0.0.1", nil, usual.Requests},
	} {
		target := &checks.Target{BaseURL: x.base, Scope: checks.Scope{Hosts: x.hosts}}
		if got := usual.on(target).Requests; got != x.want {
			t.Errorf("%q with %q: %d requests, want %d", x.base, x.hosts, got, x.want)
		}
		if want := thousands(x.want) + " requests"; !strings.Contains(Bounds(target), want) {
			t.Errorf("%q: told %q, want %q", x.base, Bounds(target), want)
		}
	}
	// No less is consented to than any profile can ask for.
	for base, want := range map[string]string{"https://shop.example.com": "· 2 000 requests/s ·", "http://127.0.0.1:8000": "· as fast as it answers ·"} {
		if told := Bounds(&checks.Target{BaseURL: base}); !strings.Contains(told, want) {
			t.Errorf("%q: told %q, want %q", base, told, want)
		}
	}
}

// TestQuickTargetHasItsKnee: eight places of a millisecond are used up by eight users, and a
// step on them is measured for long enough to say so.
func TestQuickTargetHasItsKnee(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: takes six seconds")
	}
	t.Parallel()
	places := make(chan struct{}, 8)
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		places <- struct{}{}
		defer func() { <-places }()
		pause(r.Context(), time.Millisecond)
	})
	step := func(users string) string { return `kind = "load.steps", path = "/x", users = ` + users }
	o := run(t, s.URL, usual, "", step("2"), step("50"))
	for i, o := range o[1:] {
		if reason := string(o.Reason); strings.Contains(reason, "too short a time") || strings.Contains(reason, "share of the run") {
			t.Errorf("check %d, %s: %s", i+1, o.Verdict, reason)
		}
	}
	reason := string(o[1].Reason)
	if both := string(o[0].Reason) + "; " + reason; strings.Contains(both, "so this is no measurement") {
		t.Skip("skipped: this machine is too busy: " + both)
	}
	var users float64
	_, after, ok := strings.Cut(reason, "knee near ")
	if _, err := fmt.Sscanf(after, "%f", &users); !ok || err != nil || users < 5 || users > 11 {
		t.Errorf("a knee near %g, and it is 8: %s: %s", users, o[1].Verdict, reason)
	}
}
