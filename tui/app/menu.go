package app

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// menu is a dialog of rows that can be searched; Enter does the marked one. Help and
// palette are menus.
type menu struct {
	env    *screen.Env
	title  string
	idle   string // shown instead of the search text while nothing is searched
	always bool   // letters are always a search
	rows   []row
	typed  func(text string) []row // rows that the text itself makes; nil: none
	made   []row                   // those that it made, after the others
	find   widget.Field
	seeks  bool // a search is being typed
	list   widget.List
	widest int   // cells of the longest words of a row
	shown  []int // rows that match, as indexes, or apart; headings go with their rows
	paint  func(m *menu, r row, w int, marked bool) string
	chosen func(row) tea.Cmd
}

// row is one line of a menu.
type row struct {
	entry
	heading string // a group's heading, not a row to choose
	hint    string
	kind    string
	open    tea.Cmd
	seek    string // what a search looks in, lower case
}

func (m *menu) init() *menu {
	m.seeks = m.always
	for _, r := range m.rows {
		m.widest = max(m.widest, paint.Width(r.words))
	}
	m.match()
	return m
}

// match finds the rows with every word that was typed; where there are none, those that
// have its letters in this order.
func (m *menu) match() {
	words := strings.Fields(strings.ToLower(m.find.Text()))
	m.shown, m.made = m.shown[:0], nil
	if m.typed != nil {
		m.made = m.typed(m.find.Text())
	}
	for i := range m.made {
		m.shown = append(m.shown, len(m.rows)+i)
	}
	for _, fuzzy := range []bool{false, true} {
		heading := -1
		for i, r := range m.rows {
			if r.heading != "" {
				heading = i
				continue
			}
			if !matches(r.seek, words, fuzzy) || slices.ContainsFunc(m.made, func(x row) bool { return x.kind == r.kind && x.words == r.words }) {
				continue
			}
			if heading >= 0 {
				if len(m.shown) > 0 {
					m.shown = append(m.shown, apart)
				}
				m.shown = append(m.shown, heading)
				heading = -1
			}
			m.shown = append(m.shown, i)
		}
		if len(m.shown) > 0 {
			break
		}
	}
	if m.always && len(words) > 0 {
		m.rank(words)
	}
	m.list.Resize(len(m.shown))
	m.skip(1)
}

// rank puts what is called as was typed before what only tells of it.
func (m *menu) rank(words []string) {
	slices.SortStableFunc(m.shown, func(a, b int) int { return m.farness(a, words) - m.farness(b, words) })
}

// farness is how far a row's name is from what was typed: made of it, beginning with it,
// having it, or not.
func (m *menu) farness(i int, words []string) int {
	if i >= len(m.rows) {
		return 0
	}
	r := m.rows[i]
	name := strings.ToLower(r.words)
	switch {
	case r.off != "":
		return 4
	case strings.HasPrefix(name, words[0]) && matches(name, words, false):
		return 1
	case matches(name, words, false):
		return 2
	}
	return 3
}

// apart stands in shown for the empty row before a group.
const apart = -1

// at is the row that is shown at place i.
func (m *menu) at(i int) row {
	if m.shown[i] == apart {
		return row{heading: " "}
	}
	if n := m.shown[i]; n >= len(m.rows) {
		return m.made[n-len(m.rows)]
	}
	return m.rows[m.shown[i]]
}

func matches(text string, words []string, fuzzy bool) bool {
	for _, w := range words {
		if !fuzzy && !strings.Contains(text, w) {
			return false
		}
		if fuzzy {
			rest := text
			for _, r := range w {
				i := strings.IndexRune(rest, r)
				if i < 0 {
					return false
				}
				rest = rest[i+1:]
			}
		}
	}
	return true
}

// skip moves the cursor off a heading.
func (m *menu) skip(by int) {
	for m.list.At < len(m.shown) && m.at(m.list.At).heading != "" {
		if m.list.At+by < 0 || m.list.At+by >= len(m.shown) {
			by = -by
		}
		m.list.At += by
	}
}

func (m *menu) Update(msg tea.Msg) tea.Cmd {
	if more, ok := msg.(moreRows); ok {
		m.rows = append(m.rows, more...)
		m.match()
	}
	return nil
}

// moreRows are rows that took a while to find.
type moreRows []row

func (m *menu) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Enter, action.DialogChoose:
		return m.choose(), true
	case action.Filter:
		m.seeks = true
		return nil, true
	case action.FieldLeave:
		if m.always || !m.seeks {
			return nil, false
		}
		m.seeks = false
		m.find.Set("")
		m.match()
		return nil, true
	}
	if m.list.Do(id) {
		by := 1
		if id == action.Up || id == action.PageUp || id == action.Bottom {
			by = -1
		}
		m.skip(by)
		return nil, true
	}
	return nil, false
}

func (m *menu) choose() tea.Cmd {
	if m.list.At >= len(m.shown) {
		return nil
	}
	r := m.at(m.list.At)
	if r.heading != "" {
		return nil
	}
	if r.off != "" {
		return screen.Tell(screen.Note, screen.NotNow(r.off))
	}
	return m.chosen(r)
}

func (m *menu) Type(k tea.KeyMsg) tea.Cmd {
	switch k.Type {
	case tea.KeyEnter:
		return m.choose()
	case tea.KeyUp:
		m.Do(action.Up)
	case tea.KeyDown:
		m.Do(action.Down)
	case tea.KeyPgUp:
		m.Do(action.PageUp)
	case tea.KeyPgDown:
		m.Do(action.PageDown)
	default:
		cmd, _ := m.find.Type(k)
		m.match()
		return cmd
	}
	return nil
}

func (m *menu) TextFocus() bool { return m.seeks }

func (m *menu) Actions() []action.State {
	out := []action.State{action.On(action.DialogChoose).Say(menuRun), action.On(action.DialogNo).Say(menuBack)}
	if !m.seeks {
		out = append(out, action.On(action.Filter).Say(menuFind))
	}
	return out
}

func (m *menu) View(w, h int) []string {
	inner := w - 4
	rows := max(min(h-5, 18), 1)
	first := m.env.Paint.Line(inner)
	first.Gap(2)
	if m.seeks {
		first.Splice(m.find.Lines(m.env.Paint, themes.Text, inner-4, 1, true)[0], inner-4)
	} else {
		first.Add(themes.Muted, m.idle)
	}
	lines := []string{first.String()}
	if !m.always {
		lines = append(lines, paint.Blank(inner))
		rows--
	}
	from, to := m.list.Window(min(rows, max(len(m.shown), 1)))
	for i := from; i < to; i++ {
		r := m.at(i)
		if r.heading != "" {
			l := m.env.Paint.Line(inner)
			if i == to-1 && to < len(m.shown) { // what it heads is further down
				lines = append(lines, l.String())
				continue
			}
			lines = append(lines, l.Gap(2).Add(themes.Focus, strings.TrimSpace(r.heading)).String())
			continue
		}
		lines = append(lines, m.paint(m, r, inner, i == m.list.At))
	}
	if len(m.shown) == 0 {
		l := m.env.Paint.Line(inner)
		lines = append(lines, l.Gap(2).Add(themes.Muted, fmt.Sprintf(menuNothing, m.find.Text())).String())
	}
	foot := m.env.Paint.Line(inner)
	foot.Gap(2).Add(themes.Muted, m.env.Key(action.DialogNo)+" "+menuBack)
	n := 0
	for i := to; i < len(m.shown); i++ {
		if m.at(i).heading == "" {
			n++
		}
	}
	if n > 0 {
		foot.End(themes.Muted, fmt.Sprintf(menuMore, screen.Number(n)))
	}
	return m.env.Paint.Box(w, m.title, append(lines, foot.String()))
}
