// Package findings is the list of what was written down: findings, strengths, and those
// that are half written yet.
//
// It imports no other screen.
package findings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// draftPrefix names the drafts of findings: what follows is a finding's id, the items of
// a new one, or new.
const draftPrefix = "finding:"

// strengthDraft begins what the draft of a strength is about.
const strengthDraft = "strength"

// orders are what the list can be sorted by; places keep them by their words.
var orders = []string{asWritten, worstFirst}

type findings struct {
	env    *screen.Env
	rows   []row
	list   widget.List
	marked string // key of the row that keeps the cursor
	filter string
	order  int
	total  int
	texts  []string        // what the findings of a state say, in lower case, for the filter
	of     *sessions.State // that state
}

// row is a finding, or the draft of one that is not written yet.
type row struct {
	sessions.Finding
	draft string // the draft's name
}

func (r row) key() string { return cmp.Or(r.ID, r.draft) }

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &findings{env: env} }

func (s *findings) Open(args screen.Args) tea.Cmd {
	if k := args.Kept; k != nil {
		s.marked, s.filter = k["marked"], k["filter"]
		s.order = max(slices.Index(orders, k["order"]), 0)
	}
	s.refresh()
	return nil
}

func (s *findings) Update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case screen.StateChanged, screen.BackMsg:
		s.refresh()
	}
	return nil
}

// refresh makes the rows anew and keeps the cursor on its finding.
func (s *findings) refresh() {
	r := s.env.Review
	if r == nil {
		return
	}
	s.read(r.State)
	filter := strings.ToLower(s.filter)
	drafts := drafts(r.Drafts())
	s.total = len(r.State.Findings) + len(drafts)
	var all []row
	for i, f := range r.State.Findings {
		if !strings.Contains(s.texts[i], filter) {
			continue
		}
		x := row{Finding: f}
		if r.DraftOf(draftPrefix+f.ID) != "" {
			x.draft = draftPrefix + f.ID
		}
		all = append(all, x)
	}
	if orders[s.order] == worstFirst {
		slices.SortStableFunc(all, func(a, b row) int { return cmp.Compare(rank(a), rank(b)) })
	}
	for _, x := range drafts {
		if strings.Contains(text(x), filter) {
			all = append(all, x)
		}
	}
	s.rows = all
	s.list.Resize(len(s.rows))
	if i := slices.IndexFunc(s.rows, func(x row) bool { return x.key() == s.marked }); i >= 0 {
		s.list.At = i
	}
	s.mark()
}

// mark remembers which finding has the cursor.
func (s *findings) mark() {
	if x := s.at(); x != nil {
		s.marked = x.key()
	}
}

// drafts are the findings that are begun and not written yet.
func drafts(texts map[string]string) []row {
	var out []row
	for name, text := range texts {
		about, ok := strings.CutPrefix(name, draftPrefix)
		if !ok || strings.HasPrefix(about, "F-") {
			continue
		}
		var values map[string]string
		if json.Unmarshal([]byte(text), &values) != nil {
			continue
		}
		x := row{draft: name}
		x.Title, x.Severity, x.Horizon = clean.Line(values["title"]), checks.Severity(values["severity"]), values["horizon"]
		x.Owner = clean.Line(values["owner"])
		if about != "new" && strings.TrimSpace(about) != "" {
			items := strings.Fields(about)
			if x.Strength = items[0] == strengthDraft; x.Strength {
				items = items[1:]
			}
			x.Items = items
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b row) int { return cmp.Compare(a.draft, b.draft) })
	return out
}

// rank sorts the worst first, strengths last.
func rank(x row) int {
	if x.Strength {
		return 9
	}
	return slices.Index([]checks.Severity{checks.Critical, checks.High, checks.Medium, checks.Low, checks.Info}, x.Severity)
}

// read writes down what the findings say, once per state.
func (s *findings) read(st *sessions.State) {
	if s.of == st {
		return
	}
	s.of, s.texts = st, make([]string, len(st.Findings))
	for i, f := range st.Findings {
		s.texts[i] = text(row{Finding: f})
	}
}

// text is what a filter looks in.
func text(x row) string {
	return strings.ToLower(strings.Join(append([]string{x.ID, string(x.Title), words(x), x.Horizon, string(x.Owner), string(x.Description), string(x.Recommendation), string(x.Effort)}, x.Items...), "\n"))
}

// words is the severity as the list says it.
func words(x row) string {
	switch {
	case x.ID == "":
		return draftWord
	case x.Strength:
		return strengthWord
	}
	return string(x.Severity)
}

func (s *findings) at() *row {
	if s.list.At < len(s.rows) {
		return &s.rows[s.list.At]
	}
	return nil
}

func (s *findings) Do(id action.ID) (tea.Cmd, bool) {
	if s.env.Review == nil {
		return nil, false
	}
	x := s.at()
	switch id {
	case action.Create:
		return screen.Go(screen.Finding, screen.Args{Finding: "new"}), true
	case action.Praise:
		return screen.Go(screen.Finding, screen.Args{Finding: "new", Strength: true}), true
	case action.Copy:
		if x != nil {
			return copied(s.env.Review.State, x.Finding), true
		}
		return nil, true
	case action.Enter, action.Edit:
		if x == nil {
			return nil, true
		}
		if x.ID == "" {
			return screen.Go(screen.Finding, screen.Args{Draft: x.draft}), true
		}
		return screen.Go(screen.Finding, screen.Args{Finding: x.ID}), true
	case action.Remove:
		if x == nil || s.env.Review.ReadOnly() != "" {
			return nil, true
		}
		return s.remove(*x), true
	case action.Order:
		s.order = (s.order + 1) % len(orders)
		s.refresh()
		return screen.Tell(screen.Note, fmt.Sprintf(sorted, orders[s.order])), true
	}
	ok := s.list.Do(id)
	s.mark()
	return nil, ok
}

// remove asks, then takes the finding, or the draft of one, away.
func (s *findings) remove(x row) tea.Cmd {
	r := s.env.Review
	if x.ID == "" {
		return screen.Ask(screen.NewConfirm(s.env, askRemoveDraft, fmt.Sprintf(removeDraft, title(x)), remove, func() tea.Cmd {
			cmd := r.Draft(x.draft, "")
			s.refresh()
			return cmd
		}))
	}
	text := fmt.Sprintf(removeFinding, x.ID, title(x), s.env.Key(action.Undo))
	return screen.Ask(screen.NewConfirm(s.env, askRemoveFinding, text, remove, func() tea.Cmd {
		return r.Record(sessions.FindingRemoved{ID: x.ID})
	}))
}

func (s *findings) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *findings) TextFocus() bool         { return false }
func (s *findings) Filtered() string        { return s.filter }

// Filter shows the findings whose title, severity, horizon, owner or items have the text.
func (s *findings) Filter(text string) {
	s.filter = text
	s.refresh()
}

func (s *findings) Keep() screen.Kept {
	return screen.Kept{"marked": s.marked, "filter": s.filter, "order": orders[s.order]}
}

func (s *findings) Actions() []action.State {
	r := s.env.Review
	if r == nil {
		return nil
	}
	create, opening := action.On(action.Create).Say(newFinding), action.On(action.Enter).Say(open)
	edit, removing := action.On(action.Edit), action.On(action.Remove)
	praise, copying := action.On(action.Praise), action.On(action.Copy).Say(copyMarkdown)
	if s.at() == nil {
		opening, edit, removing = action.Off(action.Enter, noneMarked), action.Off(action.Edit, noneMarked), action.Off(action.Remove, noneMarked)
		copying = action.Off(action.Copy, noneMarked)
	}
	if why := r.ReadOnly(); why != "" {
		create, edit, removing = action.Off(action.Create, why), action.Off(action.Edit, why), action.Off(action.Remove, why)
		praise = action.Off(action.Praise, why)
	}
	return []action.State{create, praise, opening, edit, removing.Say(remove), copying, action.On(action.Order), action.On(action.Filter)}
}
