package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/themes"
	"assess/gonogo/tui"
	"assess/gonogo/tui/paint"
)

func (a *app) themesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "themes",
		Short: "List the themes, built-in and your own, each with its colours where colour is on",
		Long: "List the themes, built-in and your own (themes/NAME.toml in the configuration folder), each with\n" +
			"its colours where colour is on. theme = \"NAME\" in config.toml chooses one; \"auto\" goes by the\n" +
			"terminal's background.",
		Args: exactly(),
		RunE: func(*cobra.Command, []string) error { return a.listThemes() },
	}
}

func (a *app) listThemes() error {
	c, err := a.config()
	if err != nil {
		return err
	}
	dir := filepath.Join(configDir(), "themes")
	own, names := themes.User(dir), themes.Names()
	for _, n := range own {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	chosen := cmp.Or(c.Theme, "auto")
	for _, n := range names {
		mark, about := " ", ""
		if n == chosen {
			mark = "*"
		}
		t, err := themes.Load(n, dir)
		switch {
		case err != nil:
			about = "can't be used: " + err.Error()
			fmt.Fprintln(a.errOut, "gonogo:", clean.Line(err.Error()))
		case slices.Contains(own, n):
			about = t.About + " (yours: " + filepath.Join(dir, n+".toml") + ")"
		default:
			about = t.About
		}
		fmt.Fprintf(a.out, "%s %-*s  %s\n", mark, width, clean.Line(n), clean.Line(about))
		if err == nil && a.colour() {
			fmt.Fprintf(a.out, "    %s\n", swatch(paint.New(t, c.ASCII || !tui.UTF8(), nil)))
		}
	}
	fmt.Fprintf(a.out, "\nnow: theme = %q in config.toml; the reviewer's settings try others\n", chosen)
	return nil
}

// colour reports whether what is printed may have colours.
func (a *app) colour() bool {
	return !a.plain && terminal() && lipgloss.ColorProfile() != termenv.Ascii
}

// swatch shows the signs of a theme in their colours.
func swatch(p *paint.Palette) string {
	out := ""
	for _, s := range []struct {
		token      themes.Token
		sign, word string
	}{
		{themes.Pass, themes.SignPass, "pass"}, {themes.Warn, themes.SignWarn, "warn"}, {themes.Fail, themes.SignFail, "fail"},
		{themes.Unknown, themes.SignInconclusive, "inconclusive"}, {themes.Consent, themes.SignConsent, "consent"},
		{themes.Blocker, "B", "blocker"}, {themes.Muted, themes.SignPending, "pending"},
	} {
		out += p.Paint(s.token, p.Sign(s.sign)+" "+s.word) + "  "
	}
	return out
}
