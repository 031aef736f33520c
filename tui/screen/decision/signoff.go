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
	words := "submit"
	switch r.State.SignOff.State {
	case sessions.Submitted:
		words = "accept, return"
	case sessions.Accepted:
		words = "return"
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
		return "a run is going on"
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
		return "submitted: " + key + " for a lead to accept or return it"
	case sessions.Accepted:
		return "accepted: " + key + " returns it with a comment"
	case sessions.Returned:
		return "returned: " + key + " submits it again"
	}
	return "a draft: " + key + " submits it to a lead"
}

// stillRuns says how many items of a run are still to come, or is empty: the decision may
// be another when they are there.
func (s *decision) stillRuns() string {
	run := s.env.Review.Running
	if run == nil {
		return ""
	}
	if n := len(run.Items) - run.Done; n > 0 {
		return screen.Count(n, "item still runs", "items still run")
	}
	return "a run is going on"
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
	text := fmt.Sprintf("The review goes to a lead as %s, %s, to be accepted or returned. A later edit makes it a draft again.", r.Assessment.Decision.Words(), screen.Percent(r.Assessment.Score.Overall, 1))
	if n := len(r.Needs); n > 0 {
		text = screen.Count(n, "item still waits", "items still wait") + " for you. " + text
	}
	return screen.Ask(screen.NewConfirm(s.env, "Submit the review?", text, "submit", func() tea.Cmd {
		return r.Record(sessions.SignedOff{State: sessions.Submitted})
	}))
}

// accepting is a lead's word on a submitted review: accepted, or returned with a comment.
func (s *decision) accepting() screen.Dialog {
	f := form.New(
		form.OneOf("decision", "As a lead", "accept", "return"),
		form.Block("comment", "Comment", "needed to return it; the report prints it", 4),
	)
	d := form.NewDialog(s.env, "Accept or return", "signoff", "save", f)
	d.Note = "Your word is kept in this review, under your name. Elsewhere only a countersignature holds: S on the signed file."
	d.Save = func() tea.Cmd {
		state := sessions.Accepted
		if f.Value("decision") == "return" {
			if state = sessions.Returned; strings.TrimSpace(f.Value("comment")) == "" {
				f.Refuse("comment", "say what has to be done first")
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
		say("because", themes.Text, string(d.Reason))
	}
	if o := st.SignOff; o.State != sessions.Draft && o.State != "" {
		text := o.State + " by " + string(o.By) + " " + o.At.Local().Format("2 Jan 15:04")
		if o.Comment != "" {
			text += ": " + string(o.Comment)
		}
		say("sign-off", themes.Text, text)
	}
	var parts []string
	if n := len(a.Conditions); n > 0 {
		broken := 0
		for _, c := range a.Conditions {
			if !c.Complete() && !sessions.Met(st, c) {
				broken++
			}
		}
		text := screen.Count(n, "condition", "conditions")
		if broken > 0 {
			text += fmt.Sprintf(", %d broken", broken)
		}
		parts = append(parts, text)
	}
	if n := len(st.Waivers); n > 0 {
		parts = append(parts, screen.Count(n, "waiver", "waivers")+", adjusted "+screen.Percent(a.Score.Adjusted, 1))
	}
	if n := len(a.Overrides); n > 0 {
		parts = append(parts, screen.Count(n, "override", "overrides"))
	}
	token := themes.Text
	if late := sessions.Overdue(sessions.Deadlines(st), s.env.Now()); len(late) > 0 {
		parts, token = append([]string{fmt.Sprintf("%d overdue", len(late))}, parts...), themes.Error
	}
	if len(parts) > 0 {
		say("stands on", token, strings.Join(parts, " · "))
	}
	return out
}
