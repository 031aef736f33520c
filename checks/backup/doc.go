// Package backup holds the kinds about backups: whether the newest file is young, whole and
// kept as it should be, and what the team states of the last restore. They send nothing and
// restore nothing.
//
// What is read of a file is bounded, and nothing of its content is kept. zstd is unpacked by
// klauspost/compress, because Go's own library has none.
//
// It may import checks.
package backup

import (
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind { return []checks.Kind{evidence, restore} }

// hours prints a span for people: hours below two days, else days.
func hours(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}
