package sessions

import "time"

// Why a session is the one that another is compared with.
const (
	BeforeBaseline = "the baseline"
	BeforeRetested = "the one it tests again"
	BeforeEarlier  = "the newest earlier one"
)

// Baseline finds the session that is pinned as the baseline of a target and a profile, of
// several the one pinned last.
func Baseline(list []Summary, target, profile string) (Summary, bool) {
	var found Summary
	for _, s := range list {
		if s.Target == target && s.Profile == profile && s.Baseline.After(found.Baseline) {
			found = s
		}
	}
	return found, !found.Baseline.IsZero()
}

// Before finds what a session is compared with unless somebody names another: the baseline
// of its target and profile, else the session that it tests again, else the newest that was
// begun earlier on the same target and profile; and why that one. Of another profile, or
// damaged, it is none.
func Before(list []Summary, of Summary) (found Summary, why string) {
	if s, ok := Baseline(list, of.Target, of.Profile); ok && s.ID != of.ID && s.Damaged == "" {
		return s, BeforeBaseline
	}
	var newest time.Time
	for _, s := range list {
		switch {
		case s.ID == of.ID || s.Damaged != "":
		case of.From != "" && s.ID == of.From && s.Profile == of.Profile:
			return s, BeforeRetested
		case s.Target == of.Target && s.Profile == of.Profile && s.Created.Before(of.Created) && s.Created.After(newest):
			found, newest, why = s, s.Created, BeforeEarlier
		}
	}
	return found, why
}
