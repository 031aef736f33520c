package results

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"assess/gonogo/checks/local"
)

// week is how old a result file may be where the profile says nothing.
const week = 7 * 24 * time.Hour

// clock is what the age of a result file is measured against.
type clock struct {
	now    time.Time
	source time.Time     // of the newest source file; zero where none is known
	limit  time.Duration // 0: a week
}

// tooOld says why a file counts no more, or "". A file's own date counts where it is
// older than its time on disk, which a copy or a checkout renews.
func (c clock) tooOld(modified, stated time.Time) string {
	made := modified
	if !stated.IsZero() && stated.Before(made) {
		made = stated
	}
	limit := c.limit
	if limit == 0 {
		limit = week
	}
	switch {
	case c.source.IsZero() && c.now.Sub(made) > limit:
		return fmt.Sprintf("is more than %s old: made %s", span(limit), made.UTC().Format(time.DateOnly))
	case !c.source.IsZero() && c.source.Sub(made) > limit:
		return fmt.Sprintf("is more than %s older than the newest source file", span(limit))
	}
	return ""
}

// span says a duration in days where it is whole ones.
func span(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return local.Count(int(d/(24*time.Hour)), "day")
	}
	return d.String()
}

// assessed is the build under review, as far as it is known.
type assessed struct {
	commit  string // 7 to 64 hex digits
	version string // of the target
}

// stated is how a result file names the build that it was made for.
type stated struct {
	name  string // of the field: "revisionId"
	value string
}

var (
	hexForm     = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	digitsForm  = regexp.MustCompile(`^[0-9]+$`)
	versionForm = regexp.MustCompile(`^v?[0-9]+\.[0-9]+`)
)

// agreement is what a file's build says about the assessed one.
type agreement int

const (
	unnamed  agreement = iota // the file names no build that can be compared
	agrees                    // it names the assessed one
	differs                   // it names another
	unsettle                  // it names one; the assessed one is not known
)

// compare holds what a file says against the assessed build; say is the field that
// decided. One that differs decides over one that agrees.
func (a assessed) compare(names []stated) (result agreement, say string) {
	for _, s := range names {
		value := strings.ToLower(strings.TrimSpace(s.value))
		var one agreement
		switch {
		case hexForm.MatchString(value) && !isNumber(s.name, value):
			one = against(a.commit, sameCommit(value, strings.ToLower(a.commit)))
		case versionForm.MatchString(value) || a.version != "" && strings.EqualFold(value, a.version):
			one = against(a.version, strings.TrimPrefix(value, "v") == strings.TrimPrefix(strings.ToLower(a.version), "v"))
		default:
			continue
		}
		if one == differs || result == unnamed || one == agrees && result == unsettle {
			result, say = one, s.value
		}
	}
	return result, say
}

// against is what equality with something known, or not known, comes to.
func against(known string, equal bool) agreement {
	switch {
	case known == "":
		return unsettle
	case equal:
		return agrees
	}
	return differs
}

// isNumber reports whether a value that could be a commit is a build's running number.
func isNumber(name, value string) bool {
	return digitsForm.MatchString(value) && len(value) < 40 && !strings.Contains(strings.ToLower(name), "commit") &&
		!strings.Contains(strings.ToLower(name), "revision") && !strings.Contains(strings.ToLower(name), "sha")
}

// sameCommit compares two commits of which either may be abbreviated.
func sameCommit(a, b string) bool {
	n := min(len(a), len(b))
	return n >= 7 && a[:n] == b[:n]
}

// String names the assessed build for people.
func (a assessed) String() string {
	switch {
	case a.commit != "" && a.version != "":
		return fmt.Sprintf("%.12s (%s)", a.commit, a.version)
	case a.commit != "":
		return fmt.Sprintf("%.12s", a.commit)
	}
	return a.version
}
