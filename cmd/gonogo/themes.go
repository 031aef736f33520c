package main

import (
	"cmp"
	"errors"
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
	"assess/gonogo/tui/screen"
)

func (a *app) themesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "themes",
		Short: "List the themes, built-in and your own, each with its colours where colour is on",
		Long: "List the themes, built-in and your own (themes/NAME.toml in the configuration folder), each with\n" +
			"its colours where colour is on. theme = \"NAME\" in config.toml chooses one; \"auto\" goes by the\n" +
			"terminal's background.",
		Args: exactly(),
		RunE: func(*cobra.Command, []string) error { return a.listThemes() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "show NAME",
			Short: "Print a theme's TOML, to begin one of your own from",
			Args:  exactly("NAME"),
			RunE:  func(_ *cobra.Command, args []string) error { return a.showTheme(args[0]) },
		},
		&cobra.Command{
			Use:   "check NAME",
			Short: "Say what makes a theme hard to read: too little contrast, states that look alike",
			Args:  exactly("NAME"),
			RunE:  func(_ *cobra.Command, args []string) error { return a.checkTheme(args[0]) },
		})
	return cmd
}

// themeDir is where themes of the person's own are.
func themeDir() string { return filepath.Join(configDir(), "themes") }

func (a *app) showTheme(name string) error {
	src, err := themes.Source(name, themeDir())
	if err != nil {
		return themeError(err)
	}
	fmt.Fprintf(a.out, "# Save it as %s and choose it in the settings;\n# whenever the file changes, what is open is painted anew.\n", filepath.Join(themeDir(), "NAME.toml"))
	_, err = a.out.Write(src)
	return err
}

func (a *app) checkTheme(name string) error {
	t, err := themes.Load(name, themeDir())
	if err != nil {
		return themeError(err)
	}
	problems := t.Problems()
	for _, p := range problems {
		fmt.Fprintln(a.out, clean.Line(p))
	}
	if len(problems) > 0 {
		return fmt.Errorf("theme %s: %s", t.Name, screen.Count(len(problems), "pair of colours is", "pairs of colours are")+" hard to read")
	}
	if len(t.On) == 0 {
		fmt.Fprintf(a.out, "theme %s: its colours are the terminal's own\n", t.Name)
		return nil
	}
	fmt.Fprintf(a.out, "theme %s: text has a contrast of %.1f or more, and no two states look alike\n", t.Name, t.Contrast)
	return nil
}

// themeError adds what to do: a wrong name is wrong usage.
func themeError(err error) error {
	if errors.Is(err, themes.ErrUnknown) {
		return usage(hint(err, "gonogo themes lists them"))
	}
	return err
}

func (a *app) listThemes() error {
	c, err := a.config()
	if err != nil {
		return err
	}
	dir := themeDir()
	own, names := themes.User(dir), themes.All(dir)
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
