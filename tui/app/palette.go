package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
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
	p := &menu{env: m.env, title: ":", always: true, paint: paintPalette, rows: m.commands(), typed: typedFile}
	p.chosen = func(r row) tea.Cmd {
		if r.open != nil {
			return screen.Close(r.open)
		}
		m.remembers(r.id)
		return screen.Close(screen.Run(r.id))
	}
	id := m.ask(p.init(), false)
	env := m.env
	return address(id, func() tea.Msg { return append(savedReviews(env), filesHere()...) })
}

// openWord may stand before what the palette is to open: a review's id or a file's path.
const openWord = "open"

// reportFile is the ending of a report file's name.
const reportFile = ".gonogo"

// typedFile is the row of a report file whose path was typed.
func typedFile(text string) []row {
	path := strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(path, openWord+" "); ok {
		path = strings.TrimSpace(rest)
	}
	if !strings.HasSuffix(path, reportFile) {
		return nil
	}
	return []row{fileRow(path)}
}

func fileRow(path string) row {
	return entryRow(screen.Entry{Words: path, Kind: "file", Open: screen.Go(screen.Verify, screen.Args{File: inHome(path)})})
}

// inHome is a path whose ~ is the person's home folder.
func inHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// mostFiles is how many report files of this folder the palette lists.
const mostFiles = 100

// filesHere lists the report files of the folder that gonogo was started in. It reads the
// folder, so it runs in a command.
func filesHere() moreRows {
	names, _ := filepath.Glob("*" + reportFile) // the pattern is sound, and that is all it can say
	var rows moreRows
	for _, name := range names[:min(len(names), mostFiles)] {
		if name == clean.Line(name).String() { // else it would open another one than it names
			rows = append(rows, fileRow(name))
		}
	}
	return rows
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
		seek: strings.ToLower(e.Words + " " + e.ID + " " + e.Kind + " " + openWord)}
}

// savedReviews lists the saved sessions for the palette. It reads the store, so it runs in
// a command.
func savedReviews(env *screen.Env) moreRows {
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
		tok, hint, gap = themes.Muted, screen.NotNow(r.off), 3
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
