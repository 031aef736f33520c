package app

import (
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// entry is one key with what it does, for footer and help.
type entry struct {
	id    action.ID
	group string
	keys  string
	words string
	off   string
	own   bool // the words are the screen's
}

func (e entry) width() int { return paint.Width(e.keys) + 1 + paint.Width(e.words) }

// footer shows the keys of the focus, most used first; entries that don't fit are left
// out whole, from the right, and the way to all keys stays.
func (m *Model) footer() string {
	l := m.env.Paint.Line(m.w)
	l.Gap(1)
	help := entry{keys: m.env.Key(action.Help), words: allKeys}
	inner := m.w - 2
	var entries []entry
	if f, _ := m.focus(); f != nil {
		entries = m.entries(f.Actions(), false)
	}
	if m.filter != nil {
		entries = []entry{{keys: "Enter", words: filterKeep}, {keys: "Esc", words: filterClear}}
		if m.looks() != nil {
			entries[0].words = screen.LookInJournals
		}
	}
	room := inner
	if !m.typing() {
		room -= help.width() + 2
	}
	gap := 3
	if total(entries, gap) > room {
		gap = 2
	}
	for len(entries) > 0 && total(entries, gap) > room {
		entries = entries[:len(entries)-1]
	}
	for i, e := range entries {
		if i > 0 {
			l.Gap(between(entries[i-1], e, gap))
		}
		paintEntry(&l, e)
	}
	if !m.typing() {
		l.To(m.w - 1 - help.width())
		paintEntry(&l, help)
	}
	return l.String()
}

func paintEntry(l *paint.Line, e entry) {
	if e.off != "" {
		l.Add(themes.Muted, e.keys+" "+e.words)
		return
	}
	l.Add(themes.Strong, e.keys).Gap(1).Add(themes.Muted, e.words)
}

// between keeps verdicts close together, and other entries gap blanks apart.
func between(a, b entry, gap int) int {
	if a.group == "Judge" && b.group == "Judge" {
		return 2
	}
	return gap
}

func total(entries []entry, gap int) int {
	n := 0
	for i, e := range entries {
		if i > 0 {
			n += between(entries[i-1], e, gap)
		}
		n += e.width()
	}
	return n
}

// entries turns states into keys and words. An action without a key is left out unless
// all are wanted.
func (m *Model) entries(states []action.State, all bool) []entry {
	out := make([]entry, 0, len(states))
	for _, s := range states {
		if s.Quiet && !all {
			continue
		}
		e := entry{id: s.ID, words: m.expand(s.Label()), off: s.Off, keys: m.env.Keys.Key(s.ID), own: s.Words != ""}
		if a, ok := action.Find(s.ID); ok {
			e.group = a.Group
		}
		for _, id := range s.With {
			if k := m.env.Keys.Key(id); k != "" {
				e.keys += " " + k
			}
		}
		if e.keys == "" && !all {
			continue
		}
		out = append(out, e)
	}
	return out
}

// expand replaces {action.id} in words by the action's key, so that a rebound key is told
// right.
func (m *Model) expand(words string) string {
	for {
		before, rest, ok := strings.Cut(words, "{")
		if !ok {
			return words
		}
		id, after, ok := strings.Cut(rest, "}")
		if !ok {
			return words
		}
		words = before + m.env.Key(action.ID(id)) + after
	}
}
