// Package finding is the screen that writes down one finding, or one strength: what is
// wrong, how bad, who mends it, and the evidence that shows it. Half of it is a draft of
// the review at every moment.
//
// It imports no other screen.
package finding

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// draftPrefix names drafts: "finding:F-3", "finding:REL-01 REL-02", "finding:new".
const draftPrefix = "finding:"

// strengthDraft begins what the draft of a new strength is about.
const strengthDraft = "strength"

type finding struct {
	env    *screen.Env
	was    sessions.Finding // what was recorded, or what a new one begins with
	edits  bool             // was is recorded
	gone   string           // why there is nothing to edit
	key    string           // draftPrefix and what it is about
	form   *form.Form
	causes []sessions.Cause // as offered
	pieces []piece
	begun  string // the draft of a form nobody typed into
	saving bool
	picks  picking
	heard  heard
}

// New makes the screen.
func New(env *screen.Env) screen.Screen {
	return &finding{env: env, form: form.New(form.Line("title", titleLabel, ""))}
}

// Open begins a new finding on the items, edits the one named, or goes on with a draft.
func (s *finding) Open(args screen.Args) tea.Cmd {
	r := s.env.Review
	if r == nil {
		s.gone = screen.NoReview
		return nil
	}
	about := s.about(args)
	s.key, s.saving, s.gone, s.edits, s.was = draftPrefix+about, false, "", false, sessions.Finding{}
	if strings.HasPrefix(about, "F-") {
		i := slices.IndexFunc(r.State.Findings, func(f sessions.Finding) bool { return f.ID == about })
		if i < 0 {
			s.gone = fmt.Sprintf(noFinding, about)
			return nil
		}
		s.was, s.edits = r.State.Findings[i], true
	} else if about != "new" {
		s.was = begin(r.State, strings.Fields(about))
	}
	if first, _, _ := strings.Cut(about, " "); first == strengthDraft {
		s.was.Strength, s.was.Severity = true, checks.Info
		s.was.Horizon, s.was.Impact = usual(checks.Info)
	}
	s.causes = r.State.Causes
	s.pieces = pieces(r.State, s.was)
	s.form = fields(s.was, s.causes, s.pieces)
	s.takePastes()
	s.begun = s.text()
	s.picks, s.heard = picking{wrote: s.form.Values()}, heard{}
	s.restore(r.DraftOf(s.key))
	if args.Kept["about"] == about {
		if n, err := strconv.Atoi(args.Kept["field"]); err == nil && n >= 0 && n < len(s.form.Fields) {
			s.form.At = n
		}
	}
	return readLibrary(s.env.ConfigDir)
}

// about is what the draft is named by: a finding's id, the items of a new one, or new.
func (s *finding) about(args screen.Args) string {
	if args.Strength && args.Draft == "" {
		items := args.Items
		if len(items) == 0 && args.Item != "" {
			items = []string{args.Item}
		}
		return strings.TrimSpace(strengthDraft + " " + strings.Join(items, " "))
	}
	switch {
	case strings.HasPrefix(args.Draft, draftPrefix):
		return strings.TrimPrefix(args.Draft, draftPrefix)
	case args.Finding != "":
		return args.Finding
	case len(args.Items) > 0:
		return strings.Join(args.Items, " ")
	case args.Item != "":
		return args.Item
	case args.Kept["about"] != "":
		return args.Kept["about"]
	}
	return "new"
}

// text is all that was typed, for drafts.
func (s *finding) text() string {
	values := s.form.Values()
	values["evidence"], values["cause"] = leftOut(s.pieces), s.causeKey()
	text, err := json.Marshal(values)
	if err != nil {
		return "" // strings by strings always have a JSON form
	}
	return string(text)
}

func (s *finding) restore(draft string) {
	var values map[string]string
	if draft == "" || json.Unmarshal([]byte(draft), &values) != nil {
		return
	}
	left := strings.Fields(values["evidence"])
	s.chooseCause(values["cause"])
	delete(values, "evidence")
	delete(values, "cause")
	s.form.Fill(values)
	for i := range s.pieces {
		s.pieces[i].out = slices.Contains(left, s.pieces[i].SHA256)
	}
	s.retell()
}

// keep writes what is typed to the drafts; what was only looked at is none.
func (s *finding) keep() tea.Cmd {
	if s.env.Review == nil || s.gone != "" {
		return nil
	}
	text := s.text()
	if text == s.begun {
		text = ""
	}
	return s.env.Review.Draft(s.key, text)
}

// off says why nothing can be written, or is empty.
func (s *finding) off() string {
	if s.gone != "" || s.env.Review == nil {
		return s.gone
	}
	return s.env.Review.ReadOnly()
}

func (s *finding) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *form.Editor:
		return msg.Exec()
	case form.Edited:
		return s.edited(msg)
	case libraryRead:
		s.picks.all = msg.all
		if msg.err != nil {
			return screen.Tell(screen.Note, houseMistakes)
		}
	case screen.StateChanged:
		return s.saved(msg)
	}
	return nil
}

// edited takes what the editor left, or says why it does not.
func (s *finding) edited(msg form.Edited) tea.Cmd {
	if msg.Err != nil {
		return screen.Fail(msg.Err)
	}
	s.form.Fill(map[string]string{msg.Field: msg.Text})
	return s.keep()
}

// saved leaves once the finding is on disk; until then it stays, and so does the draft.
func (s *finding) saved(msg screen.StateChanged) tea.Cmd {
	if !msg.Recorded() || len(msg.Data) == 0 {
		return nil
	}
	if a, ok := msg.Data[0].(sessions.EvidenceAttached); ok {
		return s.attached(a, msg)
	}
	if !s.saving {
		return nil
	}
	if _, ours := msg.Data[len(msg.Data)-1].(sessions.FindingRecorded); !ours {
		return nil
	}
	s.saving = false
	if msg.Err != nil {
		return nil // the root says why
	}
	name := anyFinding
	if n := len(msg.State.Findings); !s.edits && n > 0 {
		name = msg.State.Findings[n-1].ID
	} else if s.edits {
		name = s.was.ID
	}
	return tea.Batch(s.env.Review.Draft(s.key, ""), screen.Leave(),
		screen.Tell(screen.Good, fmt.Sprintf(savedText, name, s.env.Review.Landed(), s.env.Key(action.Undo))))
}

// takePastes keeps a text that is too long for a field as evidence of the finding's items.
func (s *finding) takePastes() {
	if items := s.was.Items; len(items) > 0 {
		large := func(text string) tea.Cmd {
			return s.env.Review.AttachText(items, screen.PastedText(utf8.RuneCountInString(text)), text)
		}
		s.field("description").Text.Large, s.field("recommendation").Text.Large = large, large
	}
}

// attached takes a new piece among those of the form.
func (s *finding) attached(a sessions.EvidenceAttached, msg screen.StateChanged) tea.Cmd {
	if msg.Err != nil || !slices.Equal(a.Items, s.was.Items) {
		return nil // the root says why
	}
	left := strings.Fields(leftOut(s.pieces))
	s.pieces = pieces(msg.State, s.was)
	for i := range s.pieces {
		p := &s.pieces[i]
		p.out = slices.Contains(left, p.SHA256)
	}
	s.retell()
	return tea.Batch(s.keep(), screen.Tell(screen.Good, fmt.Sprintf(evidenceTaken, a.Evidence.What)))
}

func (s *finding) Do(id action.ID) (tea.Cmd, bool) {
	if s.off() != "" {
		return nil, s.look(id)
	}
	switch id {
	case action.FieldSave:
		return s.save(), true
	case action.FieldEditor:
		x := s.form.Marked()
		if x.Text == nil || !x.Text.Multi {
			return screen.Tell(screen.Note, screen.NotNow(editorFor)), true
		}
		return form.StartEditor(s.env.Config, x.Name, x.Value()), true
	case action.FieldPick:
		return s.pick(), true
	case action.FieldLeave, action.Back:
		return screen.Leave(), true
	case action.Enter:
		return nil, s.form.Do(action.FieldNext)
	case action.ItemTick:
		if s.form.Marked().Name == "evidence" {
			return s.tick(), true
		}
	}
	if !s.form.Do(id) {
		return nil, false
	}
	return s.keep(), true
}

// look moves where nothing can be changed: between fields and through the evidence.
func (s *finding) look(id action.ID) bool {
	switch id {
	case action.Left, action.Right:
		if s.form.Marked().Name != "evidence" {
			return false
		}
	case action.Down, action.Up, action.NextPane, action.PrevPane, action.FieldNext, action.FieldPrev:
	default:
		return false
	}
	return s.form.Do(id)
}

// tick takes the shown piece of evidence in, or leaves it out.
func (s *finding) tick() tea.Cmd {
	i := s.form.Marked().Choice.At
	if i >= len(s.pieces) {
		return nil
	}
	s.pieces[i].out = !s.pieces[i].out
	s.retell()
	return s.keep()
}

// retell writes the lines of the evidence anew.
func (s *finding) retell() {
	s.field("evidence").Choice.Options = lines(s.pieces)
}

func (s *finding) save() tea.Cmd {
	if s.saving || s.form.Missing() {
		return nil
	}
	data := s.build()
	s.saving = true
	return s.env.Review.Record(data...)
}

func (s *finding) Type(k tea.KeyMsg) tea.Cmd {
	cmd, _ := s.form.Type(k)
	return tea.Batch(cmd, s.keep())
}

func (s *finding) TextFocus() bool { return s.off() == "" && s.form.TextFocus() }

func (s *finding) Keep() screen.Kept {
	return screen.Kept{"about": strings.TrimPrefix(s.key, draftPrefix), "field": strconv.Itoa(s.form.At)}
}

func (s *finding) Heading() string { return heading }

func (s *finding) Actions() []action.State {
	why := s.off()
	x := s.form.Marked()
	editor := action.When(x.Text != nil && x.Text.Multi, action.FieldEditor, editorFor)
	save := action.On(action.FieldSave)
	if why != "" {
		editor, save = action.Off(action.FieldEditor, why), action.Off(action.FieldSave, why)
	}
	out := []action.State{action.On(action.FieldNext), save, editor}
	if x.Choice != nil {
		out = append(out, action.When(why == "" || x.Name == "evidence", action.Left, why).And(action.Right).Say(choose))
	}
	if x.Name == "evidence" && len(s.pieces) > 0 {
		out = append(out, action.When(why == "", action.ItemTick, why).Say(tickWords))
	}
	leave := action.On(action.FieldLeave).Say(screen.BackDraftKept)
	if why != "" || s.env.Review.DraftOf(s.key) == "" {
		leave = leave.Say(back)
	}
	pick := action.When(len(s.fitting()) > 0, action.FieldPick, noReadyText)
	if why != "" {
		pick = action.Off(action.FieldPick, why)
	}
	return append(out, leave, pick, action.On(action.FieldPrev).Hide())
}
