// Package background settles whether the terminal is dark before Bubble Tea does.
//
// Linking Bubble Tea v1 asks the terminal for its background in a package's init and
// waits up to five seconds where no answer comes: serial consoles, recorders, expect
// scripts. Go initialises packages in the order of their import paths as soon as what they
// import is ready, so this one, whose path sorts before github.com, gets there first and
// gives the answer. It must import nothing but Lip Gloss and the standard library, and
// main has to import it.
package background

import (
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

func init() { lipgloss.SetHasDarkBackground(Guess(os.Getenv("COLORFGBG")) != Light) }

// Shade is what is known of a terminal's background.
type Shade int

// The shades. Unknown is taken for dark.
const (
	Unknown Shade = iota
	Dark
	Light
)

// Guess reads COLORFGBG, "foreground;background" in colours of the sixteen: 0 to 6 and 8
// are dark.
func Guess(colorfgbg string) Shade {
	parts := strings.Split(colorfgbg, ";")
	n, err := strconv.Atoi(parts[len(parts)-1])
	switch {
	case err != nil || n < 0 || n > 15:
		return Unknown
	case n < 7 || n == 8:
		return Dark
	}
	return Light
}
