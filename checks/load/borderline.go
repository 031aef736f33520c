package load

import (
	"fmt"

	"assess/gonogo/checks"
)

// unclear reports whether k failed of n leaves it open on which side of the budget or the
// limit the target is.
func unclear(k, n int) bool { return proportion(k, n) == checks.Warn }

// straddles reports whether the limit of latencies runs through the 95 % interval of the
// share that decides slowness.
func straddles(overPass, overFail, n int) bool {
	around := func(k int) bool {
		low, high := wilson(k, n)
		return low <= slowShare && slowShare < high
	}
	switch slowness(overPass, overFail, n) {
	case checks.Pass:
		return around(overPass)
	case checks.Warn:
		return around(overPass) || around(overFail)
	case checks.Fail:
		return around(overFail)
	}
	return false
}

// borderline reports whether more answers may turn what was measured so far. The lock is
// held.
func (t *tally) borderline() bool {
	n, bad := 0, 0
	for what, c := range t.count {
		if trouble(what) == ownSide {
			continue
		}
		n += c
		if trouble(what) != good {
			bad += c
		}
	}
	return n > 0 && (unclear(bad, n) || straddles(t.overPass, t.overFail, t.count[good]))
}

// extended says that a phase was, and whether that settled it.
func (f *facts) extended() opinion {
	if f.Extended == 0 {
		return opinion{}
	}
	text := fmt.Sprintf("extended once by %s, as it was borderline", words(f.Extended))
	if unclear(f.failed()-f.Count[ownSide], f.answers()) || straddles(f.OverPass, f.OverFail, f.Timed) {
		text += ", and still is"
	}
	return opinion{reason: text}
}
