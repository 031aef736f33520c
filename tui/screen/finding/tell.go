package finding

import (
	"fmt"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// Tell says what the finding is about; choosing a piece of evidence leaves it out, or takes
// it in again.
func (s *finding) Tell() screen.Telling {
	t := screen.Telling{Title: newFinding}
	switch {
	case s.gone != "":
		t.Say("Error", s.gone)
		return t
	case s.edits:
		t.Title = fmt.Sprintf(findingOf, s.was.ID)
	}
	t.Say("Items", strings.Join(s.was.Items, " "))
	t.Say("Read-only", s.off())
	for i, l := range lines(s.pieces) {
		if len(s.pieces) > 0 {
			t.Say(fmt.Sprintf(evidenceOf, i+1), screen.OneLine(l))
		}
	}
	return t
}

// heard is what the form asks for in words only.
type heard struct {
	text int          // of the library, from 1; 0: none
	out  widget.Field // numbers of evidence to leave out
}

// The names of the fields that only those who hear the form are asked for.
const (
	libraryField = "library"
	leaveField   = "leave"
)

// Asks goes through the fields: first for a text of the library where some fit, last for
// the evidence that is left out.
func (s *finding) Asks() *form.Asking {
	if s.off() != "" || s.saving {
		return nil
	}
	var fields []form.Field
	if fits := s.fitting(); len(fits) > 0 {
		options := []string{noLibraryText}
		for _, e := range fits {
			options = append(options, e.Title+", "+e.ID)
		}
		fields = append(fields, form.Field{Name: libraryField, Label: libraryLabel, Hint: libraryHint,
			Choice: &widget.Choice{Options: options, At: s.heard.text}})
	}
	fields = append(fields, s.form.Fields[:len(s.form.Fields)-1]...)
	if len(s.pieces) > 0 {
		fields = append(fields, form.Field{Name: leaveField, Label: leaveLabel, Hint: leaveHint, Text: &s.heard.out})
		s.heard.out.Set(s.leftOutNumbers())
	}
	f := form.New(fields...)
	for i := range f.Fields {
		switch f.Fields[i].Name {
		case "probability":
			f.Fields[i].Label = probabilityLabel
		case "impact":
			f.Fields[i].Label = impactLabel
		case "recommendation":
			f.Fields[i].Label = recommendation
		}
	}
	if s.form.Err != "" {
		f.Refuse(s.form.Marked().Name, s.form.Err)
	}
	return &form.Asking{Form: f, Draft: s.keep, Changed: func() tea.Cmd { return s.answered(f) }, Save: func() tea.Cmd {
		f.Err = ""
		return s.save()
	}, Sure: sureSave}
}

// answered takes what was said to the fields that the painted form has not.
func (s *finding) answered(f *form.Form) tea.Cmd {
	s.form.Err = ""
	switch x := f.Marked(); x.Name {
	case libraryField:
		if x.Choice.At == s.heard.text {
			return nil
		}
		if s.heard.text = x.Choice.At; s.heard.text > 0 {
			s.picks.next = s.heard.text - 1
			return s.pick()
		}
	case leaveField:
		out := map[int]bool{}
		for _, w := range strings.FieldsFunc(x.Value(), func(r rune) bool { return r == ' ' || r == ',' }) {
			n, err := strconv.Atoi(w)
			if err != nil || n < 1 || n > len(s.pieces) {
				f.Refuse(leaveField, fmt.Sprintf(noPiece, w, len(s.pieces)))
				return nil
			}
			out[n-1] = true
		}
		for i := range s.pieces {
			s.pieces[i].out = out[i]
		}
		s.retell()
		return s.keep()
	}
	return nil
}

// leftOutNumbers are the numbers of the evidence that is left out, from 1.
func (s *finding) leftOutNumbers() string {
	var out []string
	for i, p := range s.pieces {
		if p.out {
			out = append(out, strconv.Itoa(i+1))
		}
	}
	return strings.Join(out, " ")
}
