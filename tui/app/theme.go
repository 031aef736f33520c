package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// painted answers a request for a theme.
type painted struct {
	palette *paint.Palette
	err     error
	again   bool // its file changed; nobody chose it now
	quiet   bool // the terminal chose it
}

// filesMsg says that a theme file of the person's own changed.
type filesMsg struct{}

// LightBackground says that the terminal told its background after the first frame had to be
// painted, and that it is light. It chooses the theme where nobody else has.
type LightBackground struct{}

// lighten paints with the light theme where the dark one was a guess.
func (m *Model) lighten() tea.Cmd {
	load := m.o.Themes
	if load == nil || m.o.Theme != "" || m.theme != "dark" {
		return nil
	}
	return func() tea.Msg {
		p, err := load("light")
		return painted{palette: p, err: err, quiet: true}
	}
}

// ThemeFileChanged is that message, for tests: they have no folder to watch.
var ThemeFileChanged tea.Msg = filesMsg{}

// nextTheme paints with the theme after this one, built-in or the person's own; Settings
// keeps one for good.
func (m *Model) nextTheme() tea.Cmd {
	now, read, load := m.env.Paint.Theme.Name, m.env.ThemeNames, m.o.Themes
	return func() tea.Msg {
		names := read()
		p, err := load(names[(slices.Index(names, now)+1)%len(names)])
		return painted{palette: p, err: err}
	}
}

// paintWith paints with another theme for this sitting.
func (m *Model) paintWith(name string) tea.Cmd {
	load := m.o.Themes
	if load == nil {
		return screen.Tell(screen.Note, screen.NotNow(m.why(action.Theme)))
	}
	m.theme = name
	return func() tea.Msg {
		p, err := load(name)
		return painted{palette: p, err: err}
	}
}

// watch waits, without waking up, until a theme file changes.
func (m *Model) watch() tea.Cmd {
	files, ctx := m.o.ThemeFiles, m.ctx
	if files == nil || m.o.Themes == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case _, ok := <-files:
			if ok {
				return filesMsg{}
			}
		case <-ctx.Done():
		}
		return nil
	}
}

// reload reads the theme that is wanted again, because a file changed.
func (m *Model) reload() tea.Cmd {
	load, name := m.o.Themes, m.theme
	return tea.Batch(m.watch(), func() tea.Msg {
		p, err := load(name)
		return painted{palette: p, err: err, again: true}
	})
}

// repaint paints with what was read. Where that is no theme, the one before stays and the
// status line says what is wrong with it.
func (m *Model) repaint(msg painted) {
	switch {
	case msg.again && errors.Is(msg.err, themes.ErrUnknown): // it is being written anew, or is gone
		return
	case msg.err != nil:
		where := filepath.Join(m.o.ConfigDir, "themes") + string(filepath.Separator)
		m.tell(screen.Alert, fmt.Sprintf(themeStays, m.env.Paint.Theme.Name, strings.TrimPrefix(msg.err.Error(), where)))
		return
	case msg.again && reflect.DeepEqual(msg.palette.Theme, m.env.Paint.Theme):
		return
	}
	msg.palette.ASCII = m.env.Paint.ASCII
	m.env.Paint = msg.palette
	m.theme = msg.palette.Theme.Name
	m.frame.dirty()
	switch {
	case msg.quiet:
	case msg.again:
		m.tell(screen.Note, fmt.Sprintf(themeReread, m.theme))
	default:
		m.tell(screen.Note, fmt.Sprintf(themeIs, m.theme))
	}
}
