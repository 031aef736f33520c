package app

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// askHelp opens the keys that hold here.
func (m *Model) askHelp() tea.Cmd {
	f, _ := m.focus()
	if f == nil {
		return nil
	}
	entries := m.entries(append(f.Actions(), m.missing(f.Actions())...), true)
	rows := make([]row, 0, len(entries)+len(action.Groups))
	for _, g := range action.Groups {
		headed := false
		for _, e := range entries {
			if e.group != g || e.keys == "" {
				continue
			}
			if !headed {
				rows = append(rows, row{heading: g})
				headed = true
			}
			rows = append(rows, helpRow(e))
		}
	}
	menu := &menu{env: m.env, title: fmt.Sprintf(helpTitle, m.heading()), paint: paintHelp, rows: rows,
		idle: fmt.Sprintf(helpIdle, m.env.Key(action.Filter), m.env.Key(action.Enter))}
	menu.chosen = func(r row) tea.Cmd { return screen.Close(screen.Run(r.id)) }
	m.ask(menu.init(), false)
	return nil
}

// general are the actions whose hint says little beside a screen's own words for them.
var general = map[action.ID]bool{action.Create: true, action.Turn: true, action.RunItem: true, action.ItemTick: true}

func helpRow(e entry) row {
	r := row{entry: e}
	if a, ok := action.Find(e.id); ok && !(e.own && general[e.id]) {
		r.hint = a.Hint
	}
	if e.off != "" {
		r.hint = screen.NotNow(e.off)
	}
	r.seek = strings.ToLower(e.keys + " " + e.words + " " + r.hint + " " + string(e.id))
	return r
}

func paintHelp(m *menu, r row, w int, marked bool) string {
	l := m.env.Paint.Row(w, marked)
	l.Add(themes.Focus, cursor(marked)).Gap(1)
	words := themes.Text
	if r.off != "" {
		words = themes.Muted
	}
	l.Fit(keyToken(r), r.keys, max(8, min(12, w/5))).Gap(1)
	if r.hint == "" {
		return l.Add(words, r.words).String()
	}
	l.Fit(words, r.words, min(m.widest, max(17, w/4))).Gap(2)
	l.Add(themes.Muted, r.hint)
	return l.String()
}

func cursor(marked bool) string {
	if marked {
		return themes.SignCursor
	}
	return " "
}

// missing are the root's actions that the focus does not list itself.
func (m *Model) missing(states []action.State) []action.State {
	if len(m.dialogs) > 0 {
		return nil
	}
	var out []action.State
	for _, s := range m.globals() {
		if _, ok := find(states, s.ID); !ok {
			out = append(out, s)
		}
	}
	return out
}

func (m *Model) heading() string {
	t := m.top()
	if t == nil {
		return ""
	}
	if n, ok := t.s.(screen.Namer); ok {
		return n.Heading()
	}
	name := string(t.name)
	return strings.ToUpper(name[:1]) + name[1:]
}
