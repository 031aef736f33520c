package setup

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	forms "assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// Tell says what is known of the target, and what is wrong with it.
func (s *setup) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	if s.err != nil {
		t.Say("Error", s.err.Error())
	}
	if s.read.err != nil {
		t.Say("Error", s.read.err.Error())
	}
	if s.read.look != nil {
		t.Say(targetLabel, fmt.Sprintf(gonogoDoes, s.read.look.what(), s.read.look.does()))
	}
	if s.surveying {
		t.Say("Running", s.Status().Left)
	}
	if x := s.read.target; x != nil {
		t.Say(targetLabel, strings.Join(nonEmpty(strings.TrimSpace(x.Name+" "+x.Version), x.Environment, x.BaseURL), ", "))
		t.Say(targetLabel, strings.Join(nonEmpty(services(x), envFiles(x, s.read.envFiles), tokens(x), waiting(s.read.waiting)), ", "))
		t.Say(levelLabel, levelWords(x))
		t.Say("Note", s.Status().Left)
	}
	if s.read.planErr != nil {
		t.Say("Error", s.read.planErr.Error())
	}
	return t
}

// Asks goes through the fields of the screen. What a choice says is set when it changed.
func (s *setup) Asks() *forms.Asking {
	if s.read.look != nil { // the rest follows when there is a target file
		f := forms.New(s.targetAsk())
		if s.err != nil {
			f.Refuse("target", s.err.Error())
		}
		return &forms.Asking{Form: f, Draft: s.typed, Changed: func() tea.Cmd { return s.answered(f) }, Save: s.survey, Sure: sureLook}
	}
	f := forms.New(s.targetAsk(), s.profileAsk())
	if s.read.counts[checks.Intrusive] > 0 {
		f.Fields = append(f.Fields, s.sendAsk("intrusive", intrusiveLabel, checks.Intrusive, s.intrusive))
	}
	if s.read.counts[checks.Load] > 0 {
		f.Fields = append(f.Fields, s.sendAsk("load", loadLabel, checks.Load, s.load))
	}
	f.Fields = append(f.Fields,
		forms.Field{Name: "assessor", Label: assessorLabel, Hint: assessorEmpty, Needed: true, Text: &s.assessor})
	if len(s.earlier) > 0 {
		options := []string{fromNothing}
		for _, e := range s.earlier {
			options = append(options, e.words)
		}
		f.Fields = append(f.Fields, forms.Field{Name: "from", Label: fromLabel, Choice: &widget.Choice{Options: options, At: s.from}})
	}
	if s.read.err != nil {
		f.Refuse("target", s.read.err.Error())
	} else if s.read.planErr != nil {
		f.Refuse("profile", s.read.planErr.Error())
	}
	return &forms.Asking{Form: f, Draft: s.typed, Changed: func() tea.Cmd { return s.answered(f) }, Save: s.start, Sure: sureBegin}
}

func (s *setup) targetAsk() forms.Field {
	return forms.Field{Name: "target", Label: targetLabel, Hint: targetHint, Needed: true, Text: &s.target}
}

func (s *setup) profileAsk() forms.Field {
	var options []string
	for _, r := range s.profiles {
		if r.err != nil {
			options = append(options, fmt.Sprintf(profileUnreadable, r.name, r.err))
			continue
		}
		options = append(options, fmt.Sprintf(profileIs, r.name, screen.Count(r.items, "item", "items"), about(r.profile)))
	}
	return forms.Field{Name: "profile", Label: profileLabel, Choice: &widget.Choice{Options: options, At: s.profile}}
}

func (s *setup) sendAsk(name, label string, class checks.Class, on bool) forms.Field {
	at := 0
	if on {
		at = 1
	}
	return forms.Field{Name: name, Label: label, Hint: checksWords(s.read.counts[class]),
		Choice: &widget.Choice{Options: []string{sendLater, sendAsk}, At: at}}
}

// answered takes the choices and reads the target again where what is asked for changed.
func (s *setup) answered(f *forms.Form) tea.Cmd {
	s.changed()
	for i := range f.Fields {
		x := &f.Fields[i]
		if x.Choice == nil {
			continue
		}
		switch x.Name {
		case "profile":
			s.profile = x.Choice.At
		case "intrusive":
			s.intrusive = x.Choice.At == 1
		case "load":
			s.load = x.Choice.At == 1
		case "from":
			s.from = x.Choice.At
		}
	}
	if f.Marked().Name == "target" || s.read.target == nil {
		s.read = reading{}
		return tea.Batch(s.readTarget(), s.keep())
	}
	return tea.Batch(s.replan(), s.keep())
}
