package build

import (
	"fmt"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

// judge applies the rule. Where several stamps are shown, as of several header lines or
// series, the worst counts.
func judge(want identity, s seen) (checks.Verdict, string) {
	switch {
	case s.Denied:
		return checks.Inconclusive, s.What + " turns us away: declare a token that may see it"
	case s.Status >= 500 || s.Status == 429:
		return checks.Inconclusive, fmt.Sprintf("%s answers %d", s.What, s.Status)
	case s.Alike:
		return checks.Inconclusive, s.What + " is answered as unknown paths are"
	case len(s.Stamps) == 0:
		return checks.Fail, s.What + " " + s.Why + ": nothing says which build runs"
	}
	var parts []answer.Part
	for _, st := range s.Stamps {
		v, reason := compare(want, st)
		parts = append(parts, answer.Part{Verdict: v, Reason: reason})
	}
	return answer.Combine(parts)
}

// compare holds one stamp against the assessed build. A value that stands where a version
// is expected may be a commit all the same, or hold one.
func compare(want identity, st stamp) (checks.Verdict, string) {
	shown, dirty := st.commit(want.Commit)
	version, dirtyVersion := clean(st.Version)
	switch {
	case want.Commit != "" && shown != "" && !sameCommit(shown, want.Commit):
		return checks.Fail, fmt.Sprintf("the running build is of commit %s, the assessed one of %s (%s)", brief(shown), brief(want.Commit), want.From)
	case want.Commit != "" && shown != "" && (dirty || dirtyVersion):
		return checks.Warn, "the running build is of the assessed commit " + brief(shown) + ", with changes that no commit has (dirty)"
	case want.Commit != "" && shown != "":
		return checks.Pass, "the running build is of the assessed commit " + brief(shown) + " (" + want.From + ")"
	case st.Version == "":
		return checks.Inconclusive, "the running build shows " + st.String() + ", which can't be compared with version " + want.Version
	case want.Version == "":
		return checks.Inconclusive, "the running build shows " + st.String() + ", but not its commit"
	case !sameVersion(version, want.Version):
		return checks.Fail, fmt.Sprintf("the running build is version %s, the assessed one %s", cut(st.Version), want.Version)
	case dirty || dirtyVersion:
		return checks.Warn, "the running build is the assessed version " + want.Version + ", with changes that no commit has (dirty)"
	case want.Commit != "":
		return checks.Warn, "the version equals, " + want.Version + ", but the commit is not shown"
	}
	return checks.Pass, "the running build is the assessed version " + want.Version + "; no commit is known to compare"
}

var (
	dirtyMark = regexp.MustCompile(`(?i)[-+._ (]*(?:dirty|modified|uncommitted)\)?$`)
	// trailing is a commit at the end of a longer name: "v2.3.1-5-gabc1234" of git describe,
	// "2.3.1+abc1234" of semantic versions, "sha-abc1234" of image tags.
	trailing = regexp.MustCompile(`(?i)(?:^|[^0-9a-z])g?([0-9a-f]{7,64})$`)
	digits   = regexp.MustCompile(`^[0-9]+$`)
)

// clean takes the mark of changed files off a name.
func clean(text string) (string, bool) {
	bare := dirtyMark.ReplaceAllString(text, "")
	return bare, bare != text
}

// commit is the commit that the stamp shows, "" where it shows none. Digits alone may as
// well be a date: where a version is expected they count as a commit only if they begin
// the wanted one.
func (s stamp) commit(want string) (commit string, dirty bool) {
	for _, text := range []string{s.Commit, s.Version} {
		bare, marked := clean(text)
		m := trailing.FindStringSubmatch(bare)
		if m == nil {
			continue
		}
		found := strings.ToLower(m[1])
		if text == s.Version && digits.MatchString(found) && !sameCommit(found, want) {
			continue
		}
		return found, marked
	}
	return "", false
}

// sameCommit reports whether one id begins the other, with 7 digits at least.
func sameCommit(a, b string) bool {
	return min(len(a), len(b)) >= 7 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// sameVersion compares versions; a leading v and build metadata after + say nothing of it
// (Semantic Versioning 2.0.0 section 10).
func sameVersion(shown, want string) bool {
	bare := func(s string) string {
		s, _, _ = strings.Cut(strings.TrimSpace(s), "+")
		if len(s) > 1 && (s[0] == 'v' || s[0] == 'V') && s[1] >= '0' && s[1] <= '9' {
			s = s[1:]
		}
		return s
	}
	return shown == want || bare(shown) == bare(want)
}

func brief(commit string) string { return commit[:min(len(commit), 12)] }
