package app

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// remembered is how many commands the palette shows first.
const remembered = 5

// askPalette opens the palette: actions, items, reviews and help by name.
func (m *Model) askPalette() tea.Cmd {
	if m.top() == nil {
		return nil
	}
	p := &menu{env: m.env, title: ":", always: true, paint: paintPalette, rows: m.commands()}
	p.chosen = func(r row) tea.Cmd {
		if r.open != nil {
			return screen.Close(r.open)
		}
		m.remembers(r.id)
		return screen.Close(screen.Run(r.id))
	}
	id := m.ask(p.init(), false)
	env := m.env
	return address(id, func() tea.Msg { return savedReviews(env) })
}

func (m *Model) remembers(id action.ID) {
	recent := []action.ID{id}
	for _, r := range m.recent {
		if r != id && len(recent) < remembered {
			recent = append(recent, r)
		}
	}
	m.recent = recent
}

// commands are the rows that are known at once, the last commands first.
func (m *Model) commands() []row {
	states := m.top().s.Actions()
	entries := m.entries(append(states, m.missing(states)...), true)
	var first, rows, off []row
	for _, e := range entries {
		form := e.group == "Field" || e.group == "Dialog"
		if e.group == "Move" || form && !e.own || e.id == action.Commands {
			continue
		}
		r := row{entry: e, kind: "action"}
		if a, ok := action.Find(e.id); ok {
			r.hint = a.Hint
		}
		r.seek = strings.ToLower(e.words + " " + r.hint + " " + string(e.id))
		switch {
		case e.off != "":
			off = append(off, r)
		case slices.Contains(m.recent, e.id):
			first = append(first, r)
		default:
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(first, func(a, b row) int {
		return slices.Index(m.recent, a.id) - slices.Index(m.recent, b.id)
	})
	rows = append(append(first, rows...), off...)
	rows = append(rows, m.items()...)
	for _, t := range m.env.Topics {
		rows = append(rows, entryRow(screen.Entry{ID: t.Name, Words: t.Title, Kind: "help",
			Open: screen.Go(screen.HelpText, screen.Args{Topic: t.Name})}))
	}
	return rows
}

// items are the open review's items.
func (m *Model) items() []row {
	r := m.env.Review
	if r == nil || r.State.Plan == nil {
		return nil
	}
	var rows []row
	for _, p := range r.State.Plan.Items {
		if p.Observe {
			continue
		}
		rows = append(rows, entryRow(screen.Entry{ID: p.Item.ID, Words: p.Item.ID + " " + p.Item.Title, Kind: "item",
			Open: screen.Go(screen.Walk, screen.Args{Item: p.Item.ID})}))
	}
	return rows
}

func entryRow(e screen.Entry) row {
	return row{entry: entry{words: e.Words}, kind: e.Kind, open: e.Open,
		seek: strings.ToLower(e.Words + " " + e.ID + " " + e.Kind)}
}

// savedReviews lists the saved sessions for the palette. It reads the store, so it runs in
// a command.
func savedReviews(env *screen.Env) tea.Msg {
	list, err := sessions.List(env.Ctx, env.Store, env.Registry)
	if err != nil {
		return nil // Home says what is wrong with the store
	}
	rows := make(moreRows, 0, len(list))
	for _, s := range list {
		words := strings.TrimSpace(s.Target+" "+s.Version) + ", " + s.Profile + ", " + s.Created.Local().Format("2 Jan 15:04")
		rows = append(rows, entryRow(screen.Entry{ID: s.ID, Words: words, Kind: "review", Open: screen.Resume(s.ID, "", screen.Args{})}))
	}
	return rows
}

func paintPalette(m *menu, r row, w int, marked bool) string {
	l := m.env.Paint.Row(w, marked)
	l.Add(themes.Focus, cursor(marked)).Gap(1)
	end := w - 17 // what is left for keys and kind
	tok, hint, gap := themes.Text, r.hint, 2
	if r.off != "" {
		tok, hint, gap = themes.Muted, "not now: "+r.off, 3
	}
	l.Fit(tok, r.words, min(paint.Width(r.words), end-l.Used()))
	if hint != "" && l.Used()+gap+8 < end {
		l.Gap(gap).Fit(themes.Muted, hint, end-l.Used())
	}
	l.To(end).Gap(1).Right(keyToken(r), r.keys, 7).Gap(2).Add(themes.Muted, r.kind)
	return l.String()
}

func keyToken(r row) themes.Token {
	if r.off != "" {
		return themes.Muted
	}
	return themes.Strong
}
