// Package form is a column of labelled fields: texts of one line, texts of several, and
// one-of-several choices. Screens and dialogs that write something down share it, so that
// every form looks and moves alike.
//
// It imports action, config, paint, screen, widget, themes, sessions and checks/clean.
package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/widget"
)

// Field is one labelled field. Exactly one of Text and Choice is set.
type Field struct {
	Name   string // by which its value is asked for and its draft is kept
	Label  string
	Word   string // stands before the value: "impact"
	Hint   string // shown in an empty text
	Needed bool   // an empty one is named by Missing
	Lines  int    // height of a text of several lines
	Gap    int    // blanks between the options of a choice
	Turn   bool   // of a choice only the option that is chosen is shown
	Beside bool   // stands in the row of the field before, where there is room
	Apart  bool   // an empty row stands before it
	Text   *widget.Field
	Choice *widget.Choice
}

// Line makes a text field of one line.
func Line(name, label, hint string) Field {
	return Field{Name: name, Label: label, Hint: hint, Text: &widget.Field{Limit: 400}}
}

// Block makes a text field of several lines.
func Block(name, label, hint string, lines int) Field {
	return Field{Name: name, Label: label, Hint: hint, Lines: lines, Text: &widget.Field{Multi: true, Limit: 8000}}
}

// OneOf makes a choice; the first option is chosen.
func OneOf(name, label string, options ...string) Field {
	return Field{Name: name, Label: label, Gap: 2, Choice: &widget.Choice{Options: options}}
}

// Must marks a field as needed.
func (f Field) Must() Field { f.Needed = true; return f }

// With fills a field in. A value that a choice does not offer becomes one of its options:
// what somebody recorded is not changed by looking at it.
func (f Field) With(value string) Field {
	if f.Choice == nil {
		f.Text.Set(value)
		return f
	}
	if value != "" && !slices.Contains(f.Choice.Options, value) && !f.Turn {
		f.Choice.Options = append(f.Choice.Options, value)
	}
	f.Choice.Choose(value)
	return f
}

// Value is what the field holds.
func (f Field) Value() string {
	if f.Choice != nil {
		return f.Choice.Value()
	}
	return f.Text.Text()
}

// Form is the column.
type Form struct {
	Fields []Field
	At     int
	Err    string // what is wrong, shown under the marked field
	label  int    // width of the label column
	begun  map[string]string
}

// New makes a form with the cursor in its first field.
func New(fields ...Field) *Form {
	f := &Form{Fields: fields}
	for _, x := range fields {
		if !x.Beside {
			f.label = max(f.label, paint.Width(x.Label)+3)
		}
	}
	f.begun = f.Values()
	return f
}

// Value is the value of the field of that name.
func (f *Form) Value(name string) string {
	for _, x := range f.Fields {
		if x.Name == name {
			return x.Value()
		}
	}
	return ""
}

// Marked is the field with the cursor.
func (f *Form) Marked() *Field { return &f.Fields[f.At] }

// Values are all values by name, for drafts.
func (f *Form) Values() map[string]string {
	out := map[string]string{}
	for _, x := range f.Fields {
		out[x.Name] = x.Value()
	}
	return out
}

// Fill puts values back.
func (f *Form) Fill(values map[string]string) {
	for i, x := range f.Fields {
		if v, ok := values[x.Name]; ok {
			f.Fields[i] = x.With(v)
		}
	}
}

// Draft is what was typed, as one text to keep; empty while nothing was.
func (f *Form) Draft() string {
	values := f.Values()
	if maps.Equal(values, f.begun) {
		return ""
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "" // strings by strings always have a JSON form
	}
	return string(text)
}

// Restore puts a draft back and reports whether there was one.
func (f *Form) Restore(draft string) bool {
	var values map[string]string
	if draft == "" || json.Unmarshal([]byte(draft), &values) != nil {
		return false
	}
	f.Fill(values)
	return true
}

// Missing goes to the first needed field that is empty, says so under it, and reports
// whether there was one.
func (f *Form) Missing() bool {
	for i, x := range f.Fields {
		if x.Needed && x.Value() == "" {
			f.At, f.Err = i, fmt.Sprintf(isNeeded, x.Label)
			return true
		}
	}
	f.Err = ""
	return false
}

// Refuse says what is wrong with a field and goes to it.
func (f *Form) Refuse(name, why string) {
	for i, x := range f.Fields {
		if x.Name == name {
			f.At = i
		}
	}
	f.Err = why
}

// TextFocus reports whether letters are letters.
func (f *Form) TextFocus() bool { return f.Fields[f.At].Text != nil }

// Do moves between fields and within choices.
func (f *Form) Do(id action.ID) bool {
	switch id {
	case action.FieldNext, action.NextPane:
		f.At = (f.At + 1) % len(f.Fields)
	case action.FieldPrev, action.PrevPane:
		f.At = (f.At + len(f.Fields) - 1) % len(f.Fields)
	case action.Down:
		f.At = min(f.At+1, len(f.Fields)-1)
	case action.Up:
		f.At = max(f.At-1, 0)
	default:
		c := f.Fields[f.At].Choice
		return c != nil && c.Do(id)
	}
	f.Err = ""
	return true
}

// Type types into the marked field. Enter in a text of one line goes to the next field;
// where that is the last, it is the caller's: false.
func (f *Form) Type(k tea.KeyMsg) (tea.Cmd, bool) {
	x := f.Fields[f.At]
	if x.Text == nil {
		return nil, false
	}
	if k.Type == tea.KeyEnter && !x.Text.Multi {
		if f.At == len(f.Fields)-1 {
			return nil, false
		}
		f.At++
		return nil, true
	}
	if k.Type == tea.KeyUp || k.Type == tea.KeyDown {
		if !x.Text.Multi {
			f.Do(map[tea.KeyType]action.ID{tea.KeyUp: action.Up, tea.KeyDown: action.Down}[k.Type])
			return nil, true
		}
	}
	f.Err = ""
	return x.Text.Type(k)
}

// Words is what a person typed of a draft: of a form its title, text, reason or comment, else its
// longest value; of any other draft all of it.
func Words(draft string) string {
	var values map[string]string
	if json.Unmarshal([]byte(draft), &values) != nil {
		return draft
	}
	for _, name := range []string{"title", "text", "reason", "description", "comment"} {
		if values[name] != "" {
			return values[name]
		}
	}
	longest := ""
	for _, v := range values {
		if len(v) > len(longest) || len(v) == len(longest) && v < longest {
			longest = v
		}
	}
	return longest
}
