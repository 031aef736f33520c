package decision

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// moving is what moves the review along now: submitting it, or a lead's word on it.
func (s *decision) moving() action.State {
	r := s.env.Review
	words := submitWord
	switch r.State.SignOff.State {
	case sessions.Submitted:
		words = acceptReturn
	case sessions.Accepted:
		words = returnWord
	}
	out := action.On(action.Create).Say(words)
	out.Off = s.whyNot()
	return out
}

// whyNot says why the review can't be moved along, or is empty.
func (s *decision) whyNot() string {
	r := s.env.Review
	switch {
	case r.ReadOnly() != "":
		return r.ReadOnly()
	case r.Running != nil:
		return screen.RunGoesOn
	}
	return ""
}

// whereItIs says where sign-off is and what moves it along.
func (s *decision) whereItIs() string {
	r := s.env.Review
	if why := s.whyNot(); why != "" {
		return why
	}
	key := s.env.Key(action.Create)
	switch r.State.SignOff.State {
	case sessions.Submitted:
		return fmt.Sprintf(submittedLine, key)
	case sessions.Accepted:
		return fmt.Sprintf(acceptedLine, key)
	case sessions.Returned:
		return fmt.Sprintf(returnedLine, key)
	}
	return fmt.Sprintf(draftLine, key)
}

// stillRuns says how many items of a run are still to come, or is empty: the decision may
// be another when they are there.
func (s *decision) stillRuns() string {
	run := s.env.Review.Running
	if run == nil {
		return ""
	}
	if n := len(run.Items) - run.Done; n > 0 {
		return stillRun(n)
	}
	return screen.RunGoesOn
}

// moveOn asks for what moves the review along.
func (s *decision) moveOn() tea.Cmd {
	r := s.env.Review
	if s.whyNot() != "" {
		return nil
	}
	switch r.State.SignOff.State {
	case sessions.Submitted:
		return screen.Ask(s.accepting())
	case sessions.Accepted:
		return screen.Ask(s.returning())
	}
	text := fmt.Sprintf(submitNote, r.Assessment.Decision.Words(), screen.Percent(r.Assessment.Score.Overall, 1))
	if n := len(r.Needs); n > 0 {
		text = itemsWait(n) + " " + text
	}
	return screen.Ask(screen.NewConfirm(s.env, submitTitle, text, submitWord, func() tea.Cmd {
		return r.Record(sessions.SignedOff{State: sessions.Submitted})
	}))
}

// accepting is a lead's word on a submitted review: accepted, or returned with a comment.
func (s *decision) accepting() screen.Dialog {
	f := form.New(
		form.OneOf("decision", asLeadLabel, acceptWord, returnWord),
		form.Block("comment", commentLabel, commentHint, 4),
	)
	d := form.NewDialog(s.env, leadTitle, "signoff", leadSave, f)
	d.Note = fmt.Sprintf(leadNote, s.env.Key(action.GoSign))
	d.Save = func() tea.Cmd {
		state := sessions.Accepted
		if f.Value("decision") == returnWord {
			if state = sessions.Returned; strings.TrimSpace(f.Value("comment")) == "" {
				f.Refuse("comment", commentMissing)
				return nil
			}
		}
		return s.env.Review.Record(sessions.SignedOff{State: state, Comment: clean.Block(f.Value("comment"))})
	}
	return d
}

// standing are the lines under the declaration: why it was declared, where sign-off is, and
// what the decision stands on. Only what there is.
func (s *decision) standing(w int) []string {
	r := s.env.Review
	st, a := r.State, r.Assessment
	var out []string
	say := func(label string, token themes.Token, text string) {
		l := s.env.Paint.Line(w)
		l.Gap(3).Fit(themes.Muted, label, 15)
		out = append(out, l.Fit(token, screen.OneLine(text), l.Room()-1).String())
	}
	if d := st.Declared; d != nil && d.Reason != "" {
		say(becauseLabel, themes.Text, string(d.Reason))
	}
	if o := st.SignOff; o.State != sessions.Draft && o.State != "" {
		say(signOffLabel, themes.Text, signOffWords(o))
	}
	var parts []string
	if n := len(a.Conditions); n > 0 {
		broken := 0
		for _, c := range a.Conditions {
			if !c.Complete() && !sessions.Met(st, c) {
				broken++
			}
		}
		parts = append(parts, conditionCount(n, broken))
	}
	if n := len(st.Waivers); n > 0 {
		parts = append(parts, waiverCount(n, a.Score.Adjusted))
	}
	if n := len(a.Overrides); n > 0 {
		parts = append(parts, overrideCount(n))
	}
	token := themes.Text
	if late := sessions.Overdue(sessions.Deadlines(st), s.env.Now()); len(late) > 0 {
		parts, token = append([]string{fmt.Sprintf(overdueCount, len(late))}, parts...), themes.Error
	}
	if len(parts) > 0 {
		say(standsOnLabel, token, strings.Join(parts, " · "))
	}
	return out
}
