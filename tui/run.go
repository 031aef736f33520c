// Package tui is the reviewer's one door: Run opens it on a terminal, KeyHelp prints its
// keys. It wires themes, keys and configuration to the root in tui/app.
//
// It may import everything below it, themes, sessions and checks; only cmd imports it.
package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/vouched"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/background"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/input"
	"assess/gonogo/tui/keys"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/wire"
)

// Options are what Run needs. Store and Registry have to be given.
type Options struct {
	Store     sessions.Store
	Vouched   *vouched.List    // whose targets may be run from here; nil: nobody's but those named in this sitting
	Desk      screen.DeskStore // keeps half-typed text that belongs to no session; nil: nothing does
	Registry  *checks.Registry
	ConfigDir string // holds config.toml, keys.toml, themes and profiles; may be empty
	Version   string
	By        string // who acts
	Named     bool   // By was given or configured; else the first review asks
	Theme     string // a theme's name; empty or "auto": by the terminal's background

	Open       string          // id of a saved session to open at once
	At         sessions.Moment // how Open is shown: as it was then; zero: as it is
	OpenFile   string          // or the report file whose session to look at
	NewTarget  string          // target file of a new review
	NewProfile string          // its profile
	Start      bool            // begin that review, or the saved session's first run, without asking

	Plain bool // talk line by line, on In and Out
	Calm  bool // nothing counts on while something runs
	In    *os.File
	Out   io.Writer
	// Terminal says that In and Out are a terminal; only then a passphrase can be asked.
	Terminal bool

	Topics    []screen.Topic // the documentation, for the palette
	StartDemo func(ctx context.Context) (target, profile string, err error)
}

// ErrNoTerminal says that there is no terminal to draw on.
var ErrNoTerminal = errors.New("the full screen needs a terminal that can be painted on; gonogo --plain talks line by line")

// Run shows the reviewer until the person leaves. It returns an error when the terminal
// can't be used or when something could not be written at the end.
func Run(ctx context.Context, o Options) error {
	if o.Plain {
		return runPlain(ctx, o)
	}
	if os.Getenv("TERM") == "dumb" {
		return ErrNoTerminal
	}
	out := wire.New(os.Stdout)
	model, program := start(ctx, o, out)
	_, err := program.Run()
	saved := errors.Join(model.Err(), model.Abandon())
	_ = out.Close() // after saving: it may have to wait
	if err != nil && ctx.Err() == nil {
		return errors.Join(fmt.Errorf("the screen broke off: %w", err), saved)
	}
	if err := saved; err != nil {
		return fmt.Errorf("not everything could be saved: %w", err)
	}
	return ctx.Err()
}

func start(ctx context.Context, o Options, out *wire.Terminal) (*app.Model, *tea.Program) {
	model := root(ctx, o, nil)
	in := input.New(os.Stdin)
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithInput(in), tea.WithAltScreen(), tea.WithoutSignalHandler()}
	if model.Env().Config.Mouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	program := newProgram(model, out, options...)
	in.Answer = func(reply []byte) {
		if parseReply(string(reply)) == background.Light {
			go program.Send(app.LightBackground{}) // it is told while reading, which must not wait
		}
	}
	in.Cut = func() { go program.Send(app.PasteCut{Most: input.PasteMost}) }
	return model, program
}

// root wires themes, keys and configuration to the root model. after is what a front
// without frames does with what is to be heard later.
func root(ctx context.Context, o Options, after func(time.Duration, tea.Msg) tea.Cmd) *app.Model {
	cfg, notes, err := config.Load(o.ConfigDir)
	if err != nil {
		notes = append(notes, err.Error())
	}
	cfg.Plain, cfg.ReduceMotion = o.Plain, cfg.ReduceMotion || o.Calm
	cfg.Me.Name = ""
	if o.Named {
		cfg.Me.Name = clean.Line(o.By).String()
	}
	bindings, err := keys.Load(filepath.Join(o.ConfigDir, "keys.toml"))
	if err != nil {
		notes = append(notes, err.Error())
	}
	own := filepath.Join(o.ConfigDir, "themes")
	palettes := func(name string) (*paint.Palette, error) {
		t, err := themes.Load(name, own)
		if err != nil {
			return nil, err
		}
		return paint.New(t, cfg.ASCII || !UTF8(), lipgloss.DefaultRenderer()), nil
	}
	wanted := chosen(o.Theme, cfg.Theme)
	palette, err := pick(palettes, wanted)
	if err != nil {
		notes = append(notes, err.Error())
	}
	changing, files := palettes, (<-chan struct{})(nil)
	if o.Plain || lipgloss.ColorProfile() == termenv.Ascii { // waiting for files would keep a plain sitting from ever settling
		changing = nil
	} else {
		files = config.WatchThemes(ctx, o.ConfigDir)
	}
	return app.New(ctx, app.Options{
		After: after,
		Store: o.Store, Vouched: o.Vouched, Desk: o.Desk, Registry: o.Registry, Config: cfg, ConfigDir: o.ConfigDir, Version: o.Version,
		Paint: palette, Themes: changing, Theme: wanted, ThemeFiles: files, ThemeNames: func() []string { return themes.All(own) }, Keys: bindings, Topics: o.Topics, Notes: notes, Login: o.By,
		Open: o.Open, At: o.At, OpenFile: o.OpenFile, NewTarget: o.NewTarget, NewProfile: o.NewProfile, Begin: o.Start, StartDemo: o.StartDemo,
	})
}

// chosen is the first theme that somebody named: the flag's, else the configuration's.
// Empty: nobody did.
func chosen(names ...string) string {
	for _, name := range names {
		if name != "" && name != "auto" {
			return name
		}
	}
	return ""
}

// pick reads the theme that is wanted, or finds one by the background. A theme that can't
// be read is told, and the default stands in.
func pick(palettes func(string) (*paint.Palette, error), wanted string) (*paint.Palette, error) {
	var wrong error
	if wanted != "" {
		p, err := palettes(wanted)
		if err == nil {
			return p, nil
		}
		wrong = err
	}
	name := "dark"
	switch {
	case lipgloss.ColorProfile() == termenv.Ascii:
		name = "mono"
	case shade(os.Stdin, os.Stdout) == background.Light:
		name = "light"
	}
	p, err := palettes(name)
	if err != nil { // a file of that name in the person's folder is broken
		wrong = errors.Join(wrong, err)
		t, err := themes.Load(name, "")
		if err != nil {
			panic("themes: " + err.Error()) // embedded and tested
		}
		p = paint.New(t, !UTF8(), lipgloss.DefaultRenderer())
	}
	return p, wrong
}

// UTF8 reports whether the terminal takes UTF-8, as the locale says. Without any
// locale it is taken to: containers rarely set one.
func UTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// KeyHelp lists every action with the keys that hold, those of dir/keys.toml too, by group,
// for `gonogo help keys`. What is wrong with that file stands first; gonogo's own keys hold
// then.
func KeyHelp(dir string) string {
	bindings, err := keys.Load(filepath.Join(dir, "keys.toml"))
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, keysWrong, clean.Line(err.Error()))
	}
	own := bindings.Changed()
	for _, group := range action.Groups {
		fmt.Fprintf(&b, "%s\n", group)
		for _, a := range action.Table {
			if a.Group != group {
				continue
			}
			mark := " "
			if slices.Contains(own, a.ID) {
				mark = "*"
			}
			fmt.Fprintf(&b, "%s %-18s %-16s %s (%s)\n", mark, cmp.Or(labels(bindings.Keys(a.ID)), keysPalette), a.Words, a.Hint, a.ID)
		}
		b.WriteByte('\n')
	}
	if len(own) > 0 {
		b.WriteString(keysYours)
	}
	b.WriteString(keysChange)
	return b.String()
}

// labels are keys as people read them.
func labels(ks []string) string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = keys.Label(k)
	}
	return strings.Join(out, " ")
}
