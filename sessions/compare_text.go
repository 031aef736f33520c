package sessions

import (
	"cmp"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Text is the comparison as lines for a terminal: the two decisions and scores, what the
// difference is made of, then the groups, worst first. Items that are the same are only
// counted.
func (c Comparison) Text() string {
	var b strings.Builder
	for _, s := range []struct {
		word string
		side ComparisonSide
	}{{"old", c.Old}, {"new", c.New}} {
		fmt.Fprintf(&b, "%s  %s  %s %s  %s\n", s.word, s.side.ID, clean.Line(s.side.Target), clean.Line(s.side.Version), clean.Line(s.side.Profile))
	}
	fmt.Fprintf(&b, "\n%s → %s   %.1f → %.1f %%, %s\n", c.Old.Decision.Words(), c.New.Decision.Words(), Rounded(c.Old.Score, 1), Rounded(c.New.Score, 1), points(c.New.Score-c.Old.Score))
	var parts []string
	for _, p := range c.Split {
		parts = append(parts, p.Title+" "+points(p.Points))
	}
	fmt.Fprintf(&b, "%s\n", strings.Join(parts, "   "))
	for _, g := range c.Groups {
		fmt.Fprintf(&b, "\n%d %s\n", len(g.Items), g.Title)
		if g.Kind == Same {
			continue
		}
		for _, i := range g.Items {
			fmt.Fprintf(&b, "  %s  %s → %s  %s", i.Item, word(i.Old), word(i.New), clean.Line(i.Title))
			if i.Gate == checks.Blocker || i.Gate == checks.Condition {
				fmt.Fprintf(&b, "  (%s)", i.Gate)
			}
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "\n%d items, %d comparable\n", c.Items, c.Comparable)
	return b.String()
}

// points prints a difference with its sign and one decimal.
func points(v float64) string {
	if v > -0.05 && v < 0.05 {
		return "±0.0"
	}
	return strings.Replace(fmt.Sprintf("%+.1f", v), "-", "−", 1)
}

func word(v checks.Verdict) string { return cmp.Or(string(v), "not asked") }
