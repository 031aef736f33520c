package plain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// asks is what the focus asks for, or nil. A prompt of one line is a form of one field.
func asks(focus any) *form.Asking {
	switch x := focus.(type) {
	case *screen.Prompt:
		f := form.New(form.Field{Name: "text", Label: labelPrompt, Needed: true, Text: x.Field()})
		return &form.Asking{Form: f, Save: x.Answer}
	case form.Asker:
		return x.Asks()
	}
	return nil
}

// ask goes through the fields, then saves. b goes to the field before, and from the first
// one leaves; what was typed stays a draft. What is wrong is said and asked again.
func (f *front) ask(focus any, a *form.Asking) {
	if a.Secret != nil {
		f.askSecret(a)
		return
	}
	f.explainOnce("form "+kindOf(focus, f.last.telling), a)
	at, touched := 0, false
	if a.Err != "" {
		if l := fmt.Sprintf(roleError, a.Err); !slices.Contains(f.last.telling.Lines, l) {
			f.out.line(l)
		}
		at, a.Form.Err = a.At, ""
	}
	for at < len(a.Fields) {
		a.At = at
		before := a.Fields[at].Value()
		how := f.field(a, &a.Fields[at])
		touched = touched || a.Fields[at].Value() != before
		switch how {
		case saves:
			if again := asks(f.model.Focus()); again != nil {
				a = again
			}
			if at = f.missing(a, at); at < len(a.Fields) {
				continue
			}
		case cancels:
			f.cancel(a.Draft != nil && touched)
			return
		case answered:
			a.Form.Err = ""
			f.perform(f.changed(a))
			f.settle()
			if f.sayToasts(); a.Err == "" || a.At != at { // what is refused is of this form
				if again := asks(f.model.Focus()); f.model.Focus() == focus && again != nil {
					a = again
				}
			}
			if a.Err != "" && at == a.At {
				f.out.wrong(a.Err)
				continue
			}
			f.tell(focus, focus.(screen.Told).Tell(), false)
			at++
		case backwards:
			if at--; at < 0 {
				f.perform(f.model.Leave())
				return
			}
		default:
			return
		}
	}
	if a.Sure != "" && !f.sure(a) {
		return
	}
	f.perform(f.model.Asks(a.Save()))
}

// cancel leaves a form; kept says that something was typed into a draft.
func (f *front) cancel(kept bool) {
	if f.out.note(leftUnsaved); kept {
		f.out.note(draftIsKept)
	}
	f.perform(f.model.Leave())
}

// explainOnce says how to answer a kind of form the first time, at length only once.
func (f *front) explainOnce(kind string, a *form.Asking) {
	if f.heard[kind] {
		return
	}
	f.sayAnswers(a, len(a.Fields) > 1 && f.heard["a form"])
	f.heard[kind], f.heard["a form"] = true, f.heard["a form"] || len(a.Fields) > 1
}

// sayAnswers says what can be said at every field; in short where it was said before.
func (f *front) sayAnswers(a *form.Asking, short bool) {
	n := len(a.Fields)
	switch {
	case n == 1:
		f.out.line(fmt.Sprintf(oneAnswer, keeps(a)))
	case short:
		f.out.line(fmt.Sprintf(asBefore, n))
	default:
		f.out.line(fmt.Sprintf(manyAnswers, n, keeps(a)))
	}
}

// keeps says what is done to what stands in a field, as far as there are such fields.
func keeps(a *form.Asking) string {
	choice, text := false, false
	for _, x := range a.Fields {
		choice = choice || x.Choice != nil
		text = text || x.Choice == nil && (len(a.Fields) > 1 || x.Value() != "")
	}
	out := ""
	if choice || text {
		out = keepsAny
	}
	if text {
		out += keepsText
	}
	if choice {
		out += takesAnother
	}
	return out
}

// missing is the field that is wrong, or the first from here on that is needed and empty,
// which is said; else what comes after the last.
func (f *front) missing(a *form.Asking, at int) int {
	if a.Err != "" {
		f.out.wrong(fmt.Sprintf(notSavedYet, a.Err))
		return a.At
	}
	for ; at < len(a.Fields); at++ {
		if x := a.Fields[at]; x.Needed && strings.TrimSpace(x.Value()) == "" {
			f.out.wrong(fmt.Sprintf(notSavedYet, fmt.Sprintf(needed, x.Label)))
			return at
		}
	}
	return at
}

// changed tells the screen that a field was answered.
func (f *front) changed(a *form.Asking) tea.Cmd {
	var cmds []tea.Cmd
	for _, do := range []func() tea.Cmd{a.Draft, a.Changed} {
		if do != nil {
			cmds = append(cmds, f.model.Asks(do()))
		}
	}
	return tea.Batch(cmds...)
}

// move is where an answer leads.
type move int

const (
	answered move = iota
	backwards
	saves   // the rest of the fields stays as it is
	cancels // the form is left
	away    // the person leaves
)

// field asks for one field until the answer is one.
func (f *front) field(a *form.Asking, x *form.Field) move {
	f.sayField(x)
	for {
		text, how := f.read(fmt.Sprintf(askField, x.Label), false, f.drafts(a, x))
		if how != entered {
			return away
		}
		switch text {
		case "?":
			f.again(f.last.telling)
			f.sayAnswers(a, false)
			f.sayField(x)
			continue
		case "b", "back":
			return backwards
		case "cancel":
			return cancels
		case "save":
			return saves
		}
		wrong := take(x, text)
		if wrong == "" {
			return answered
		}
		f.out.wrong(wrong)
	}
}

// sayField says what a field is for, what stands in it and what can be chosen.
func (f *front) sayField(x *form.Field) {
	if x.Choice != nil {
		head := fmt.Sprintf(choiceNow, x.Label, x.Value())
		if x.Hint != "" {
			head += "; " + x.Hint
		}
		f.out.line(head)
		for i, o := range x.Choice.Options {
			f.out.line(strconv.Itoa(i+1) + ". " + o)
		}
		return
	}
	text := x.Label
	if x.Hint != "" {
		text = fmt.Sprintf(fieldHint, text, x.Hint)
	}
	if !x.Needed && !strings.HasSuffix(x.Hint, mayBeEmpty) {
		text += "; " + mayBeEmpty
	}
	if text != x.Label { // which the prompt says anyway
		f.out.line(text)
	}
	if v := x.Value(); v != "" {
		f.out.line(fmt.Sprintf(textNow, screen.OneLine(v)))
	}
}

// take puts an answer into a field and says what is wrong with it, or nothing.
func take(x *form.Field, text string) string {
	if x.Choice != nil {
		return choose(x, text)
	}
	switch {
	case text == "" && x.Needed && x.Value() == "":
		return fmt.Sprintf(needed, x.Label)
	case text == "":
	case text == "-":
		if x.Needed {
			return fmt.Sprintf(needed, x.Label)
		}
		x.Text.Set("")
	default:
		x.Text.Set(joined(x, x.Value(), text))
	}
	return ""
}

// joined is what an answer makes of the text before: in its place, or after a + behind it.
func joined(x *form.Field, before, text string) string {
	if more, ok := strings.CutPrefix(text+" ", "+ "); ok {
		text = strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(more))
	}
	if !x.Text.Multi {
		return clean.Line(text).String()
	}
	return clean.Block(text).String()
}

// choose takes an option by its number, its word, or the beginning of only one.
func choose(x *form.Field, text string) string {
	options := x.Choice.Options
	if text == "" {
		return ""
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > len(options) {
			return fmt.Sprintf(noOption, n, len(options))
		}
		x.Choice.At = n - 1
		return ""
	}
	at := -1
	for i, o := range options {
		switch low := strings.ToLower(o); {
		case low == strings.ToLower(text):
			x.Choice.At = i
			return ""
		case strings.HasPrefix(low, strings.ToLower(text)) && at >= 0:
			return fmt.Sprintf(manyOptions, screen.OneLine(text))
		case strings.HasPrefix(low, strings.ToLower(text)):
			at = i
		}
	}
	if at < 0 {
		return fmt.Sprintf(noneOfThese, screen.OneLine(text), len(options))
	}
	x.Choice.At = at
	return ""
}

// drafts keeps what is typed into a text while it is typed. What stood there before stays
// until something was typed.
func (f *front) drafts(a *form.Asking, x *form.Field) func(string) {
	if x.Text == nil || a.Draft == nil {
		return nil
	}
	before := x.Value()
	return func(text string) {
		switch strings.TrimSpace(text) {
		case "", "b", "back", "?", "-", "+", "save", "cancel":
			x.Text.Set(before)
		default:
			x.Text.Set(joined(x, before, text))
		}
		f.perform(f.model.Asks(a.Draft()))
	}
}

// sure asks for the yes that a form needs before it is saved.
func (f *front) sure(a *form.Asking) bool {
	for {
		text, how := f.read(fmt.Sprintf(askYes, capital(a.Sure)), false, nil)
		if how != entered {
			return false
		}
		switch strings.ToLower(text) {
		case "y", "yes":
			return true
		case "cancel":
			f.perform(f.model.Leave())
			return false
		case "n", "no", "b", "back":
			f.out.note(notYet)
			f.last = said{}
			return false
		case "?":
			f.again(f.last.telling)
			for i := range a.Fields {
				f.out.line(a.Fields[i].Label + ": " + screen.OneLine(a.Fields[i].Value()))
			}
		default:
			f.out.wrong(yesOrNoForm)
		}
	}
}

// askSecret asks for a passphrase, which needs a terminal that can hide it.
func (f *front) askSecret(a *form.Asking) {
	if a.Err != "" {
		f.out.wrong(a.Err)
	}
	x := a.Fields[0]
	if !f.terminal {
		f.out.wrong(secretNoTerminal)
		f.perform(f.model.Leave())
		return
	}
	f.out.line(fmt.Sprintf(secretAsk, x.Label, x.Hint))
	text, how := f.read(fmt.Sprintf(askField, x.Label), true, nil)
	switch {
	case how != entered:
	case text == "":
		f.perform(f.model.Leave())
	default:
		f.perform(f.model.Asks(a.Secret([]byte(text))))
	}
}
