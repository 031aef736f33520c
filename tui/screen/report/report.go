// Package report is the preview of the report: its sections at the left, the marked
// one's text at the right, and from there the file that is handed on.
//
// It imports no other screen.
package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

type preview struct {
	env      *screen.Env
	sections []section
	list     widget.List
	marked   string // title of the section that comes back under the cursor
	top      int    // first line of the text in sight
	laid     laid   // the marked section as it was laid out last
	height   int    // lines of text in sight when last shown
	lines    int    // lines of the marked section when last shown
	text     bool   // the text has the focus, not the sections
	left     int    // cells of the sections' pane when last shown; 0: it is not there
	json     bool
	asked    uint64
	seq      uint64 // the event the text was made at
	err      error
	drafts   map[string]string // what the facts say in the sections that a person may write
	titles   map[string]string // of the categories, by id
	order    []string          // the categories' ids
	edits    map[string]report.EditedText
	edit     *widget.Field // the text being edited, or nil
	editing  string        // which one
	goOn     string        // the text whose draft is gone on with once it is rendered
	before   string        // the session it is compared with; empty: the one it tests again
}

// laid is a section laid out at a width. It is kept: the whole document has thousands of
// lines, and a key moves one.
type laid struct {
	of    *section
	w     int
	lines []painted
}

// rendered answers a request for the report's text.
type rendered struct {
	request  uint64
	sections []section
	drafts   map[string]string
	doc      *report.Document
	seq      uint64
	err      error
}

// written answers a request to write the report to a file.
type written struct {
	name string
	err  error
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &preview{env: env} }

func (s *preview) Open(args screen.Args) tea.Cmd {
	s.before, s.goOn = "", ""
	if name, ok := strings.CutPrefix(args.Draft, "text:"); ok {
		s.goOn = name
	}
	if r := s.env.Review; r != nil && len(args.Sessions) == 2 {
		if s.before = args.Sessions[0]; s.before == r.ID() {
			s.before = args.Sessions[1]
		}
	}
	if k := args.Kept; k != nil {
		s.marked, s.json = k["section"], k["format"] == "json"
		s.top, _ = strconv.Atoi(k["line"])
	}
	if args.Draft == exportDraft && s.env.Review != nil {
		return tea.Batch(s.render(), screen.Ask(s.exporting()))
	}
	return s.render()
}

// previous is the session that the report's changes are told from: the one named, else the
// one that this session tests again unless it remembers that one itself; nil where there is
// none any more. Commands call it.
func previous(env *screen.Env, named string, st *sessions.State) *sessions.State {
	id := cmp.Or(named, st.Opened.From)
	if id == "" || named == "" && st.Earlier != nil {
		return nil
	}
	old, err := sessions.View(env.Ctx, env.Store, env.Registry, id)
	if err != nil {
		return nil
	}
	return old.State()
}

// render makes the text anew from the review as it is now.
func (s *preview) render() tea.Cmd {
	r := s.env.Review
	if r == nil {
		return nil
	}
	s.asked++
	request, st, as, version, asJSON := s.asked, r.State, r.Assessment, s.env.Version, s.json
	env, before := s.env, s.before
	return func() tea.Msg {
		doc := report.Build(st, *as, previous(env, before, st), version)
		out := rendered{request: request, seq: st.Seq, drafts: report.Drafts(st, *as), doc: doc}
		if asJSON {
			text, err := report.JSON(doc)
			out.sections, out.err = []section{{title: jsonSection, lines: splitLines(string(text))}}, err
			return out
		}
		out.sections = split(string(report.Markdown(doc)))
		return out
	}
}

func (s *preview) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case rendered:
		if msg.request != s.asked {
			return nil
		}
		s.sections, s.drafts, s.seq, s.err = msg.sections, msg.drafts, msg.seq, msg.err
		s.learn(msg.doc)
		s.list.Resize(len(s.sections))
		for i, sec := range s.sections {
			if sec.title == s.marked || s.goOn != "" && slices.Contains(s.texts(sec.title), s.goOn) {
				s.list.At, s.marked = i, sec.title
			}
		}
		if sec := s.section(); s.goOn != "" && sec != nil && slices.Contains(s.texts(sec.title), s.goOn) {
			name := s.goOn
			s.goOn = ""
			s.startEdit(name)
		}
	case written:
		if msg.err != nil {
			return screen.Fail(msg.err)
		}
		return screen.Tell(screen.Good, fmt.Sprintf(wroteFile, msg.name))
	case screen.StateChanged:
		if len(msg.Data) > 0 {
			if _, ok := msg.Data[0].(sessions.TextEdited); ok && msg.Err == nil {
				return s.render()
			}
		}
	}
	return nil
}

func (s *preview) section() *section {
	if s.list.At < len(s.sections) {
		return &s.sections[s.list.At]
	}
	return nil
}

// stale reports whether something was recorded since the text was made.
func (s *preview) stale() bool {
	r := s.env.Review
	return r != nil && s.seq > 0 && r.State.Seq > s.seq
}

func (s *preview) Do(id action.ID) (tea.Cmd, bool) {
	if s.edit != nil {
		return s.doEdit(id)
	}
	switch id {
	case action.NextPane, action.PrevPane:
		s.text = !s.text
		return nil, true
	case action.Left, action.Right, action.Enter:
		s.text = id != action.Left
		return nil, true
	case action.Turn:
		if !s.stale() {
			s.json = !s.json
		}
		return s.render(), true
	case action.Edit:
		return s.chooseText(), true
	case action.Create:
		return screen.Ask(s.exporting()), true
	}
	if s.text {
		return nil, s.scroll(id)
	}
	at := s.list.At
	if !s.list.Do(id) {
		return nil, false
	}
	if sec := s.section(); sec != nil {
		s.marked = sec.title
	}
	if s.list.At != at {
		s.top = 0
	}
	return nil, true
}

// Click marks the section under the mouse, or gives the text the focus.
func (s *preview) Click(x, y int) tea.Cmd {
	const rowsFrom = 2
	i, ok := s.list.Row(y - rowsFrom)
	switch {
	case s.edit != nil || y < rowsFrom:
	case x > s.left+1:
		s.text = true
	case ok:
		s.text = false
		if s.list.At != i {
			s.list.At, s.marked, s.top = i, s.sections[i].title, 0
		}
	}
	return nil
}

// scroll moves the text; it stops at its ends.
func (s *preview) scroll(id action.ID) bool {
	half := max(s.height/2, 1)
	switch id {
	case action.Down:
		s.top++
	case action.Up:
		s.top--
	case action.PageDown:
		s.top += half
	case action.PageUp:
		s.top -= half
	case action.Top:
		s.top = 0
	case action.Bottom:
		s.top = s.lines
	default:
		return false
	}
	s.top = max(min(s.top, s.lines-s.height), 0)
	return true
}

func (s *preview) TextFocus() bool { return s.edit != nil }

func (s *preview) Keep() screen.Kept {
	k := screen.Kept{"section": s.marked, "line": strconv.Itoa(s.top)}
	if s.json {
		k["format"] = "json"
	}
	return k
}

func (s *preview) Actions() []action.State {
	if s.edit != nil {
		return []action.State{action.On(action.FieldSave), action.On(action.FieldLeave).Say(screen.BackDraftKept)}
	}
	sec := s.section()
	canEdit := sec != nil && len(s.texts(sec.title)) > 0 && !s.json
	edit := action.When(canEdit, action.Edit, notWritten)
	if r := s.env.Review; r != nil && r.ReadOnly() != "" {
		edit = action.Off(action.Edit, r.ReadOnly())
	}
	turn := otherFormat
	if s.stale() {
		turn = renewWord
	}
	return []action.State{
		action.On(action.Down).And(action.Up).Say(scrollWord),
		action.On(action.NextPane).Say(sectionsText),
		edit,
		action.On(action.Turn).Say(turn),
		action.When(len(s.sections) > 0, action.Create, noneRendered).Say(exportWord),
	}
}
