package sessions

import (
	"fmt"
	"strings"
)

// Text tells a comparison in plain lines: both decisions and scores, why the score
// moved, then every group of changes but the unchanged, worst first.
func (c Comparison) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s → %s  %s → %s\n", whose(c.Old), whose(c.New), c.Old.At, c.New.At)
	fmt.Fprintf(&b, "%s → %s  %.1f → %.1f %%, %+.1f\n", c.Old.Decision.Words(), c.New.Decision.Words(), c.Old.Score, c.New.Score, c.New.Score-c.Old.Score)
	for _, p := range c.Split {
		fmt.Fprintf(&b, "  %-24s %+.1f\n", p.Title, p.Points)
	}
	for _, g := range c.Groups {
		fmt.Fprintf(&b, "\n%d %s\n", len(g.Items), g.Title)
		if g.Kind == Same {
			continue
		}
		for _, i := range g.Items {
			note := ""
			if i.Note != "" {
				note = " (" + i.Note + ")"
			}
			fmt.Fprintf(&b, "  %-16s %s → %s  %s%s\n", i.Item, word(string(i.Old)), word(string(i.New)), i.Title, note)
		}
	}
	fmt.Fprintf(&b, "\n%d items, %d comparable\n", c.Items, c.Comparable)
	return b.String()
}

func whose(s ComparisonSide) string { return strings.TrimSpace(s.Target + " " + s.Version) }

// word stands for a verdict of an item that one side does not have.
func word(v string) string {
	if v == "" {
		return "not there"
	}
	return v
}
