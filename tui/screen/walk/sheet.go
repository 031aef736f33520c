package walk

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// The fields of the sheet, in the order in which Tab goes through them.
const (
	verdictField = iota
	reasonField
	strengthField
	sheetFields
)

// strengths are how a person may know something, weakest first.
var strengths = []string{string(checks.Stated), string(checks.Configuration), string(checks.ObservedLive)}

// sheet asks the reason of a verdict, at the bottom of the screen.
type sheet struct {
	items    []string
	verdict  checks.Verdict
	saw      map[string]checks.Verdict // the machine's verdicts that are judged
	reason   widget.Field
	strength widget.Choice
	field    int
	err      string
}

// draft is the name under which the reason is kept.
func (h *sheet) draft() string { return reasonDraft(h.items[0]) }

func reasonDraft(id string) string { return "reason:" + id }

func (s *walk) openSheet(ids []string, v checks.Verdict) {
	h := &sheet{items: ids, verdict: v, saw: s.saw(ids), field: reasonField, reason: widget.Field{Multi: true, Limit: 2000},
		strength: widget.Choice{Options: strengths}}
	h.reason.Large = s.pasted(ids)
	if it := s.review().Item(ids[0]); len(ids) == 1 {
		if it.Reviewer != nil && it.Reviewer.Verdict == v {
			h.reason.Set(it.Reviewer.Reason.String())
			h.strength.Choose(string(it.Reviewer.Strength))
		}
	}
	if text := s.review().DraftOf(h.draft()); text != "" {
		h.reason.Set(text)
	}
	s.sheet, s.drafted = h, v
}

// goOn opens what a draft of a sitting that was cut off is of: the sheet with its verdict,
// or the dialog.
func (s *walk) goOn(draft string) tea.Cmd {
	what, id, _ := strings.Cut(draft, ":")
	if draft == causeDraft && s.review().ReadOnly() == "" {
		return s.linkCause()
	}
	if s.review().Item(id) == nil || s.review().ReadOnly() != "" {
		return nil
	}
	switch what {
	case "reason":
		ids := s.targets()
		if !slices.Contains(ids, id) {
			ids = []string{id}
		}
		v := s.drafted
		if !slices.Contains(checks.Verdicts[:5], v) {
			v = checks.Inconclusive
		}
		s.openSheet(ids, v)
	case "note":
		return s.note()
	case "attach":
		return s.attach()
	case "waiver":
		return s.waive()
	}
	return nil
}

// typeReason types into the reason; Enter saves and goes on.
func (s *walk) typeReason(k tea.KeyMsg) tea.Cmd {
	h := s.sheet
	if k.Type == tea.KeyEnter && !k.Alt && !k.Paste {
		return s.saveSheet(true)
	}
	h.err = ""
	cmd, _ := h.reason.Type(k)
	return tea.Batch(cmd, s.review().Draft(h.draft(), h.reason.Text()))
}

func (s *walk) saveSheet(on bool) tea.Cmd {
	h := s.sheet
	reason := strings.TrimSpace(h.reason.Text())
	if reason == "" {
		h.err, h.field = reasonNeeded, reasonField
		return nil
	}
	s.sheet = nil
	return tea.Batch(
		s.review().Draft(h.draft(), clean.Block(reason).String()), // kept until the reason is on disk
		s.save(sessions.Judged{Items: h.items, Verdict: h.verdict, Reason: clean.Block(reason),
			Strength: checks.Strength(h.strength.Value()), Saw: h.saw}, on),
		s.load())
}

// doSheet carries out intents while the sheet is open: nothing else acts.
func (s *walk) doSheet(id action.ID) (tea.Cmd, bool) {
	h := s.sheet
	if v, ok := verdicts[id]; ok {
		h.verdict = v
		return nil, true
	}
	switch id {
	case action.FieldSave:
		return s.saveSheet(false), true
	case action.Enter:
		return s.saveSheet(true), true
	case action.FieldNext, action.NextPane:
		h.field = (h.field + 1) % sheetFields
	case action.FieldPrev, action.PrevPane:
		h.field = (h.field + sheetFields - 1) % sheetFields
	case action.FieldLeave, action.Back:
		s.sheet = nil
		if h.reason.Text() != "" {
			return screen.Tell(screen.Note, fmt.Sprintf(reasonDrafted, names(h.items))), true
		}
	case action.Left, action.Right, action.ItemTick:
		h.turn(id)
	case action.FieldEditor:
		return form.StartEditor(s.env.Config, "reason", h.reason.Text()), true
	default:
		a, ok := action.Find(id)
		return nil, ok && a.Scope == action.Screen
	}
	return nil, true
}

// edited takes what the editor left, or says why it does not.
func (s *walk) edited(msg form.Edited) tea.Cmd {
	if s.sheet == nil || msg.Field != "reason" {
		return nil
	}
	if msg.Err != nil {
		return screen.Fail(msg.Err)
	}
	s.sheet.reason.Set(msg.Text)
	return s.review().Draft(s.sheet.draft(), msg.Text)
}

// turn changes the marked choice.
func (h *sheet) turn(id action.ID) {
	if h.field == strengthField {
		h.strength.Do(id)
		return
	}
	c := widget.Choice{At: int(0)}
	for i, v := range checks.Verdicts[:5] {
		c.Options = append(c.Options, string(v))
		if v == h.verdict {
			c.At = i
		}
	}
	c.Do(id)
	h.verdict = checks.Verdict(c.Value())
}

func (s *walk) sheetActions() []action.State {
	return []action.State{
		action.On(action.Enter).Say(saveNext), action.On(action.FieldSave).Say(saveStay), action.On(action.FieldEditor),
		action.On(action.FieldLeave).Say(goBack), action.On(action.FieldPrev).Say(fieldVerdict), action.On(action.FieldNext).Say(fieldStrength),
	}
}

// sheetLines are the lines of the sheet's question and of its reason: fewer where the
// window is low, so that the evidence above stays readable.
func (s *walk) sheetLines(w, h int) (question []string, reason int) {
	if h < 14 {
		return nil, 1
	}
	question = paint.Wrap(s.sheetQuestion(), max(min(w-2, 80), 1))
	most := 1
	if h >= 34 {
		most = 3
	}
	if len(question) > most {
		question = question[:most]
		question[most-1] += " " + themes.SignCut
	}
	return question, most
}

// viewSheet paints the sheet as lines of w cells, for a screen of h lines.
func (s *walk) viewSheet(w, h int) []string {
	p, sh := s.env.Paint, s.sheet
	question, most := s.sheetLines(w, h)
	out := []string{s.sheetHead(w)}
	for _, text := range question {
		l := p.Line(w)
		out = append(out, l.Gap(1).Add(themes.Text, text).String())
	}
	if question != nil {
		out = append(out, paint.Blank(w))
	}
	room := max(w-12, 1)
	for i, text := range sh.reason.Lines(p, themes.Text, room, most, sh.field == reasonField) {
		l := p.Line(w)
		s.label(&l, labelReason, i == 0, sh.field == reasonField)
		out = append(out, l.Splice(text, room).String())
	}
	if question == nil {
		return out[:min(len(out), h)]
	}
	hint := p.Line(w)
	hint.Gap(11)
	if sh.err != "" {
		hint.Add(themes.Error, "! "+sh.err)
	} else {
		hint.Add(themes.Muted, fmt.Sprintf(reasonFor, sh.verdict))
	}
	last := p.Line(w)
	s.label(&last, labelStrength, true, sh.field == strengthField)
	gap := 3
	if w < 76 {
		gap = 1
	}
	sh.strength.Paint(&last, gap)
	return append(out, hint.String(), last.String())
}

// sheetHead is the sheet's rule with what is judged and how.
func (s *walk) sheetHead(w int) string {
	sign, token := screen.VerdictSign(s.sheet.verdict)
	l := s.env.Paint.Line(w)
	l.Gap(1).Add(themes.Focus, themes.SignRule+" ").Add(themes.Strong, s.sheetTitle()).Gap(2)
	words := sign + " " + string(s.sheet.verdict)
	if s.sheet.field == verdictField {
		words = "[" + words + "]"
	}
	l.Add(token, words)
	return l.Gap(1).Add(themes.Focus, strings.Repeat(themes.SignRule, max(l.Room()-1, 0))).String()
}

func (s *walk) label(l *paint.Line, text string, first, focused bool) {
	sign := " "
	if !first {
		text = ""
	} else if focused {
		sign = themes.SignCursor
	}
	l.Add(themes.Focus, sign).Fit(themes.Muted, text, 10)
}

func (s *walk) sheetTitle() string {
	if len(s.sheet.items) == 1 {
		return s.sheet.items[0]
	}
	return tickedItems(len(s.sheet.items))
}

// sheetQuestion is what is judged: the question, else the title; of several their ids.
func (s *walk) sheetQuestion() string {
	h := s.sheet
	if len(h.items) > 1 {
		return strings.Join(h.items, " ")
	}
	item := s.review().Item(h.items[0]).Planned.Item
	if item.Question != "" {
		return item.Question
	}
	return item.Title
}
