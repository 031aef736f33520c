package backup

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// checksum is what became of the checksum beside a file.
type checksum string

// What becomes of one.
const (
	noChecksum checksum = "none"
	matches    checksum = "matches"
	differs    checksum = "differs"
	unusable   checksum = "names no SHA-256 of this file"
	unchecked  checksum = "not verified: the file is too large"
)

// facts is what was seen of the newest backup file.
type facts struct {
	Now      time.Time
	RPO      time.Duration
	Name     string // without its folder
	Size     int64
	Modified time.Time
	Before   []int64 // sizes of the ones before, newest first

	Format   format
	Inside   format // of what is packed; empty: not packed, or not known
	Whole    bool   // read to its end, packed or not
	Broken   error  // it is cut off or damaged
	Unread   error  // it can't be read
	Checksum checksum

	Offsite bool // a copy elsewhere is stated
	Kept    bool // its place is stated to be encrypted
}

// The bounds of a file's size and time.
const (
	least  = 1 << 10         // bytes: less holds no backup
	ahead  = 5 * time.Minute // clocks may differ so much
	inName = 48 * time.Hour  // how far the day in a name may lie before the file's own time
)

// judge applies the rule: failures first, then what can't be told, then flaws.
func judge(f facts) (checks.Verdict, string) {
	age := f.age()
	switch {
	case f.Size < least:
		return checks.Fail, fmt.Sprintf("the newest backup file, %s, has %d bytes: too few to hold a backup", f.Name, f.Size)
	case f.Unread != nil:
		return checks.Inconclusive, "the newest backup file, " + f.Name + ", can't be read"
	case f.Broken != nil:
		return checks.Fail, "the newest backup file, " + f.Name + ", is cut off or damaged"
	case f.Checksum == differs:
		return checks.Fail, "the newest backup file, " + f.Name + ", does not match its checksum"
	case f.Format == zeros:
		return checks.Fail, "the newest backup file, " + f.Name + ", is " + string(zeros)
	case age < -ahead:
		return checks.Inconclusive, "the time of the newest backup file, " + f.Name + ", lies ahead: it says nothing of its age"
	case age > 2*f.RPO:
		return checks.Fail, fmt.Sprintf("the newest backup file is %s old, the objective is %s", hours(age), hours(f.RPO))
	}
	if flaws := f.flaws(); len(flaws) > 0 {
		return checks.Warn, "a backup file exists, " + hours(max(0, age)) + " old, but " + strings.Join(flaws, "; ")
	}
	return checks.Pass, fmt.Sprintf("a backup file exists, %s old (objective %s), of a usual size, and a copy elsewhere is stated; restoring it was not tried", hours(max(0, age)), hours(f.RPO))
}

// flaws are what keeps a young and sound file from a pass.
func (f facts) flaws() []string {
	var flaws []string
	flaw := func(is bool, text string) {
		if is {
			flaws = append(flaws, text)
		}
	}
	flaw(f.age() > f.RPO, "the objective is "+hours(f.RPO))
	flaw(len(f.Before) == 0, "no earlier one is there to compare with")
	flaw(len(f.Before) > 0 && f.Size*2 < median(f.Before), fmt.Sprintf("with %d bytes less than half as large as usual (%d)", f.Size, median(f.Before)))
	flaw(f.Format == unknown, "it is of a format that is not known here")
	flaw(f.Format == text || f.Inside == text, "it is text without the beginning of a dump")
	flaw(f.Inside == zeros || f.Inside == unknown, "what is packed in it is "+string(f.Inside))
	flaw(!f.Whole && f.Format != sealed, "it is too large to be read to its end")
	flaw(f.Checksum == unusable || f.Checksum == unchecked, "its checksum "+string(f.Checksum))
	flaw(f.Format != sealed && !f.Kept, "it is not encrypted")
	flaw(!f.Offsite, "no copy outside the host is stated")
	return flaws
}

// age is how old the file is by its own time, or by the day in its name where that lies
// well before: copying gives an old file a new time.
func (f facts) age() time.Duration {
	age := f.Now.Sub(f.Modified)
	if named, ok := dayIn(f.Name); ok {
		if byName := f.Now.Sub(named.Add(24 * time.Hour)); byName > age+inName {
			return byName
		}
	}
	return age
}

var nameDay = regexp.MustCompile(`(?:^|[^0-9])(20[0-9]{2})([-_.]?)(0[1-9]|1[0-2])([-_.]?)(0[1-9]|[12][0-9]|3[01])(?:[^0-9]|$|[0-9]{4,6}(?:[^0-9]|$))`)

// dayIn is the last day that a file's name tells.
func dayIn(name string) (day time.Time, ok bool) {
	for {
		m := nameDay.FindStringSubmatchIndex(name)
		if m == nil {
			return day, ok
		}
		part := func(i int) string { return name[m[2*i]:m[2*i+1]] }
		if named, err := time.Parse(time.DateOnly, part(1)+"-"+part(3)+"-"+part(5)); err == nil && part(2) == part(4) {
			day, ok = named, true
		}
		name = name[m[2*5+1]:]
	}
}

// median is the middle of some sizes, of two middles the larger: a drop is told sooner.
func median(sizes []int64) int64 {
	sorted := slices.Sorted(slices.Values(sizes))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}
