package sessions

import (
	"errors"
	"testing"
)

// A slow receiver misses states, but never that a change of theirs was refused.
func TestLatestUpdateTellsWhatWasRefused(t *testing.T) {
	out, one, two := make(chan Update, 1), errors.New("one"), errors.New("two")
	for _, u := range []Update{{Refused: one}, {}, {Refused: two}, {State: &State{Seq: 4}}} {
		latest(out, u)
	}
	u := <-out
	if !errors.Is(u.Refused, one) || !errors.Is(u.Refused, two) || u.State == nil {
		t.Errorf("%+v", u)
	}
	if latest(out, Update{}); (<-out).Refused != nil {
		t.Error("what was told is told again")
	}
}
