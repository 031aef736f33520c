package main

import (
	"fmt"
	"os"
	"strings"

	"assess/gonogo/checks/clean"
	"assess/gonogo/tui"
	"assess/gonogo/tui/config"
)

// front is how the reviewer meets the person.
type front int

const (
	noFront     front = iota // nobody is there to answer
	screenFront              // a painted screen
	lineFront                // line by line
)

// front chooses: line by line where that is asked for, by --plain, GONOGO_PLAIN or plain
// in config.toml, and on a terminal that can't be painted on; then also over a pipe of
// answers. Without a terminal, and not asked for, there is none.
func (a *app) front() (front, error) {
	c, err := a.config()
	if err != nil {
		return noFront, err
	}
	switch {
	case a.plain || switched("GONOGO_PLAIN", c.Plain):
		return lineFront, nil
	case !interactive():
		return noFront, nil
	case !terminal():
		return lineFront, nil
	}
	return screenFront, nil
}

// calm reports whether nothing is to count on while something runs.
func (a *app) calm(c *config.Config) bool { return switched("GONOGO_NO_SPINNER", c.ReduceMotion) }

// switched is a switch of the environment, else what the configuration says. Any word but
// those for no switches it on.
func switched(name string, configured bool) bool {
	switch strings.ToLower(os.Getenv(name)) {
	case "":
		return configured
	case "0", "false", "no", "off":
		return false
	}
	return true
}

// interactive reports whether both ends are a terminal, whatever it can show.
func interactive() bool { return isTTY(os.Stdin) && isTTY(os.Stdout) }

// beginColours holds the program to the colours that GONOGO_COLORS names.
func beginColours() error {
	word := strings.ToLower(os.Getenv("GONOGO_COLORS"))
	if word == "" {
		return nil
	}
	if !tui.Colours(word) {
		return usage(hint(fmt.Errorf("GONOGO_COLORS=%s is no number of colours", clean.Line(word)), "say none, 16, 256 or full"))
	}
	return nil
}
