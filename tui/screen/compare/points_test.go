package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"assess/gonogo/sessions"
)

// The parts that are shown add up to the change that is shown, and none is further than a
// tenth from what it is.
func TestThePartsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		parts := make([]sessions.SplitPart, 4)
		total := 0.0
		for i := range parts {
			parts[i].Points = (rng.Float64() - 0.5) * 40
			total += parts[i].Points
		}
		sum := 0
		for i, v := range tenths(parts, int(math.Round(total*10))) {
			sum += v
			if d := math.Abs(float64(v) - parts[i].Points*10); d > 1 {
				t.Fatalf("%v is shown as %d tenths", parts[i].Points, v)
			}
		}
		if want := int(math.Round(total * 10)); sum != want {
			t.Fatalf("%v adds up to %d, want %d", parts, sum, want)
		}
	}
	if got := tenths([]sessions.SplitPart{{Points: 0.04}, {Points: 0.04}, {Points: 0.04}}, 1); got[0]+got[1]+got[2] != 1 {
		t.Errorf("%v", got)
	}
}

// What is no longer known is not called newly known.
func TestWhatBecameKnownOrUnknown(t *testing.T) {
	one := []sessions.ItemChange{{Item: "SEC-01"}}
	came, went := sessions.ComparisonGroup{Kind: sessions.NewlyKnown, Items: one}, sessions.ComparisonGroup{Kind: sessions.NoLongerKnown, Items: one}
	part := sessions.SplitPart{Kind: "coverage", Title: "newly known"}
	for want, groups := range map[string][]sessions.ComparisonGroup{
		"newly known": {came, {Kind: sessions.NoLongerKnown}}, "no longer known": {went}, "newly or no longer known": {came, went},
	} {
		if got := partTitle(sessions.Comparison{Groups: groups}, part); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := partTitle(sessions.Comparison{Groups: []sessions.ComparisonGroup{went}}, sessions.SplitPart{Kind: "fixed", Title: "fixed"}); got != "fixed" {
		t.Errorf("fixed is called %q", got)
	}
}
