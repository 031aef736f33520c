package deploy

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"

	"assess/gonogo/checks"
)

//go:embed support.toml
var supportTable []byte

// product is a line of the support table.
type product struct {
	ID, Title, Source string
	Images            []string
	Cycles            map[string]string // release line → end of support, "" for none announced
	Names             map[string]string // code name → release line
}

// support is the table of end-of-life dates.
type support struct {
	Dated    string
	Products []product `toml:"product"`
}

// supportDates reads the embedded table; a mistake in it is one of this program's and is
// found by the first test.
var supportDates = sync.OnceValue(func() support {
	var s support
	if _, err := toml.Decode(string(supportTable), &s); err != nil {
		panic(err)
	}
	return s
})

// Limits of the rule for supported versions.
const (
	endsSoon   = 90 * 24 * time.Hour  // before the end: a warning
	openKnown  = 180 * 24 * time.Hour // how long "no end announced" is taken as true
	tableFresh = 365 * 24 * time.Hour // after that the table itself is a warning
)

func (s support) find(id string) (product, bool) {
	i := slices.IndexFunc(s.Products, func(p product) bool { return p.ID == id })
	if i < 0 {
		return product{}, false
	}
	return s.Products[i], true
}

// use is one version of a product that the repository names.
type use struct {
	Product, Version string
	Least            bool // only the least version that would do
	Path             string
	Line             int
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)*`)

// cycle finds the release line of a version: the longest line that the version begins with.
// past says that the version is older than every line of the table.
func (p product) cycle(version string) (line string, past bool) {
	if named, ok := p.Names[version]; ok {
		return named, false
	}
	version = versionNumber.FindString(version)
	parts := strings.Split(version, ".")
	if p.ID == "java" && len(parts) > 1 && parts[0] == "1" {
		parts = parts[1:] // 1.8 is 8
	}
	for n := len(parts); n > 0; n-- {
		line := strings.Join(parts[:n], ".")
		if _, ok := p.Cycles[line]; ok {
			return line, false
		}
	}
	// 5 says nothing of 5.0 and 5.2; only a version that is older whatever follows is past.
	return "", version != "" && !slices.ContainsFunc(sortedKeys(p.Cycles), func(line string) bool { return !older(version, line) })
}

// older compares versions part by part; one that is the beginning of the other is not older.
func older(a, b string) bool {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(left), len(right)) {
		x, _ := strconv.Atoi(left[i])
		y, _ := strconv.Atoi(right[i])
		if x != y {
			return x < y
		}
	}
	return false
}

// judgeUse applies the rule for supported versions to one use.
func judgeUse(s support, u use, now time.Time) (checks.Verdict, string) {
	p, ok := s.find(u.Product)
	if !ok {
		return checks.Inconclusive, u.Product + " is not in the table of end-of-life dates"
	}
	named := strings.TrimSpace(p.Title + " " + u.Version)
	gone := checks.Fail
	if u.Least {
		named, gone = p.Title+" "+u.Version+" or newer", checks.Warn
	}
	line, past := p.cycle(u.Version)
	switch {
	case past:
		return gone, named + " is older than every release that still gets fixes (" + p.Source + ")"
	case line == "":
		return checks.Inconclusive, fmt.Sprintf("%s: no release line of the table of %s; look up its end of support", named, s.Dated)
	}
	end, err := time.Parse(time.DateOnly, p.Cycles[line])
	dated, _ := time.Parse(time.DateOnly, s.Dated)
	switch {
	case err != nil && now.Sub(dated) > openKnown:
		return checks.Inconclusive, fmt.Sprintf("%s: no end was announced on %s; look it up again", named, s.Dated)
	case err != nil:
		return checks.Pass, named + " has no announced end"
	case !now.Before(end.AddDate(0, 0, 1)):
		return gone, fmt.Sprintf("%s: %s got its last fixes on %s (%s)", named, line, p.Cycles[line], p.Source)
	case end.Sub(now) < endsSoon:
		return checks.Warn, fmt.Sprintf("%s: support of %s ends on %s (%s)", named, line, p.Cycles[line], p.Source)
	}
	return checks.Pass, fmt.Sprintf("%s is supported until %s", named, p.Cycles[line])
}
