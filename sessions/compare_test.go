package sessions

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// kindIn finds the groups that an item stands in.
func kindIn(c Comparison, id string) []string {
	var out []string
	for _, g := range c.Groups {
		if slices.ContainsFunc(g.Items, func(i ItemChange) bool { return i.Item == id }) {
			out = append(out, g.Kind)
		}
	}
	return out
}

func TestCompareKinds(t *testing.T) {
	for step, want := range map[string]string{
		"PP": Same, "PW": Regressed, "PF": Regressed, "WF": Regressed,
		"WP": Fixed, "FP": Fixed, "FW": StillOpen, "FF": StillOpen, "WW": StillOpen,
		"P?": NoLongerKnown, "F?": NoLongerKnown, "N.": NoLongerKnown,
		"?F": NewFailure, ".W": NewFailure, "NF": NewFailure,
		"?P": NewlyKnown, ".N": NewlyKnown, "??": StillOpen, "?.": StillOpen,
		"NN": Same, "PN": DefinitionChanged, "NP": DefinitionChanged, "FN": DefinitionChanged,
	} {
		old, now := small(t, step[:1]+"PPPP"), small(t, step[1:]+"PPPP")
		c := Compare(old, now)
		if got := kindIn(c, "A-01"); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", step, got, want)
		}
		if c.Items != 5 || c.Regressed() != (want == Regressed || want == NewFailure) {
			t.Errorf("%s: %d items, regressed %v", step, c.Items, c.Regressed())
		}
	}
}

func TestCompareObservation(t *testing.T) {
	see := func(v checks.Verdict, reason string) *State {
		c := checked("A-01", v, v)
		c.Reason = lineText(reason)
		return small(t, ".PPPP", c)
	}
	for _, c := range []struct{ old, now, want string }{
		{"answered 404 in 12 ms", "answered 404 in 13.5 ms", StillOpen},
		{"answered 404 in 12 ms", "answered 500 in 12 ms", ObservationChanged},
		{"3 of 50 failed, 6 %", "3 of 50 failed, 7 %", StillOpen},
		{"3 of 50 failed", "4 of 50 failed", ObservationChanged},
	} {
		if got := kindIn(Compare(see(checks.Fail, c.old), see(checks.Fail, c.now)), "A-01"); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%q, %q: %v, want %s", c.old, c.now, got, c.want)
		}
	}
}

func TestCompareDefinitionsAndPlans(t *testing.T) {
	other := strings.Replace(smallProfile, `title = "a blocker"`, `title = "another blocker"`, 1)
	other = strings.Replace(other, `id = "B-01"`, `id = "B-02"`, 1)
	b := testBasis(t, testProfile(t, "small.toml", []byte(other)), testTarget)
	now := b.fold(script(b, checked("A-01", checks.Fail, checks.Fail), checked("B-02", checks.Fail, checks.Fail)))
	c := Compare(small(t, "PPPPP"), now)
	for id, want := range map[string]string{"A-01": DefinitionChanged, "B-01": DefinitionChanged, "B-02": NewFailure, "A-02": NoLongerKnown} {
		if got := kindIn(c, id); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", id, got, want)
		}
	}
	if c.Items != 6 || c.Comparable != 4 {
		t.Errorf("%d items, %d comparable", c.Items, c.Comparable)
	}
}

func TestCompareWaivers(t *testing.T) {
	w := Waived{Waiver: Waiver{Item: "A-01", Reason: "r", ApprovedBy: "lena", Expires: "2026-12-31"}}
	plain, waived := small(t, "FPPPP"), small(t, "FPPPP", w)
	if got := kindIn(Compare(plain, waived), "A-01"); !slices.Equal(got, []string{WaiverAdded, StillOpen}) {
		t.Errorf("added: %v", got)
	}
	if got := kindIn(Compare(waived, plain), "A-01"); !slices.Equal(got, []string{WaiverExpired, StillOpen}) {
		t.Errorf("expired: %v", got)
	}
}

// TestSplitAddsUp: whatever changed, the parts are the whole.
func TestSplitAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() string {
		b := make([]byte, 5)
		for n := range b {
			b[n] = "PWF?N."[r.IntN(6)]
		}
		return string(b)
	}
	for range 500 {
		from, to := random(), random()
		c := Compare(small(t, from), small(t, to))
		var sum float64
		for _, p := range c.Split {
			sum += p.Points
		}
		near(t, from+" → "+to, sum, c.New.Score-c.Old.Score, 1e-9)
	}
}

func TestSplitNamesTheCause(t *testing.T) {
	for _, c := range []struct{ from, to, only string }{
		{"FPPPP", "PPPPP", "fixed"}, {"PPPPP", "PFPPP", "regressed"}, {"P?PPP", "PFPPP", "coverage"}, {"PPPPP", "PPPPP", ""},
	} {
		for _, p := range Compare(small(t, c.from), small(t, c.to)).Split {
			if (p.Points != 0) != (p.Kind == c.only) {
				t.Errorf("%s → %s: %s %v", c.from, c.to, p.Kind, p.Points)
			}
		}
	}
	// Another profile for the same verdicts: all of the change is the rules'.
	b := testBasis(t, testProfile(t, "small.toml", []byte(strings.Replace(smallProfile, `"weighted"`, `"passrate"`, 1))), testTarget)
	var data []Payload
	for id, v := range map[string]checks.Verdict{"A-01": checks.Warn, "A-02": checks.Pass, "A-03": checks.Pass, "A-04": checks.Pass, "B-01": checks.Pass} {
		data = append(data, checked(id, v, v))
	}
	c := Compare(small(t, "WPPPP"), b.fold(script(b, data...)))
	for _, p := range c.Split {
		if (p.Points != 0) != (p.Kind == "profile") {
			t.Errorf("another method: %s %v", p.Kind, p.Points)
		}
	}
}

func TestSplitOfAChangedDefinition(t *testing.T) {
	other := strings.Replace(smallProfile, `title = "a blocker"`, `title = "another blocker"`, 1)
	b := testBasis(t, testProfile(t, "small.toml", []byte(other)), testTarget)
	var data []Payload
	for n, id := range []string{"A-01", "A-02", "A-03", "A-04", "B-01"} {
		v := letters["FPPPP"[n]]
		data = append(data, checked(id, v, v))
	}
	for _, p := range Compare(small(t, "PPPPP"), b.fold(script(b, data...))).Split {
		if (p.Points != 0) != (p.Kind == "profile") {
			t.Errorf("%s %v", p.Kind, p.Points)
		}
	}
}

func TestCompareText(t *testing.T) {
	text := Compare(small(t, "FP?PP"), small(t, "PFPPP")).Text()
	for _, want := range []string{"NO-GO → CONDITIONAL GO", "1 regressed\n  A-02  pass → fail  a condition  (condition)", "1 fixed\n  A-01  fail → pass", "5 items, 5 comparable"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
