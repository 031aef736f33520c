package sign

import (
	"fmt"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
	"assess/gonogo/tui/widget"
)

// Tell says what is signed, or what was.
func (s *sign) Tell() screen.Telling {
	t := screen.Telling{Title: "Sign the report"}
	if s.env.Review == nil {
		t.Say("Error", "no review is open")
		return t
	}
	what := s.covers
	if s.step != done {
		what = s.subject()
	}
	t.Say("Covers", strings.ReplaceAll(what[0], " · ", ", "))
	t.Say("Covers", what[1])
	if s.step == done {
		as, _ := s.signer()
		t.Title = "Signed"
		t.Say("File", s.file)
		t.Say("Signed", "as "+as+" with "+unlock.Label(s.keys[s.list.At]))
		t.Say("Sign-off", s.env.Review.State.SignOff.State)
		t.Say("Note", "gonogo verify "+filepath.Base(s.file)+" checks it too")
		t.Way("verify", "checks the file that was written", func() tea.Cmd { return screen.Go(screen.Verify, screen.Args{File: s.file}) })
		return t
	}
	t.Say("Note", s.note)
	if why := s.off(); why != "" {
		t.Say("Error", why+"; ssh-keygen makes a key")
	}
	if n := s.unjudged(); n > 0 {
		t.Say("Note", screen.Count(n, "item is", "items are")+" unjudged; the report says so.")
	}
	t.Say("Note", "A later edit makes a draft, which this signature no longer covers.")
	return t
}

// The words of what follows signing.
const (
	staysDraft = "leave the review as it is"
	submits    = "submit the review"
)

// Asks asks key, name, file and what follows, then the passphrase of a locked key.
func (s *sign) Asks() *form.Asking {
	switch {
	case s.step == locked:
		f := form.New(form.Field{Name: "passphrase", Label: "Passphrase", Hint: "of " + string(s.keys[s.list.At].Name) + "; it is not shown", Text: &widget.Field{}})
		f.Err = s.err
		return &form.Asking{Form: f, Secret: func(b []byte) tea.Cmd { return s.run(b) }}
	case s.step != choosing || s.off() != "":
		return nil
	}
	var keys []string
	for _, k := range s.keys {
		keys = append(keys, fmt.Sprintf("%s, %s", unlock.Label(k), k.Fingerprint))
	}
	then := []string{staysDraft}
	if s.offSubmit() == "" {
		then = append(then, submits)
	}
	at := 0
	if s.submit {
		at = len(then) - 1
	}
	f := form.New(
		form.Field{Name: "key", Label: "Key", Choice: &widget.Choice{Options: keys, At: s.list.At}},
		form.Field{Name: "as", Label: "As", Hint: asHint, Needed: true, Text: &s.as},
		form.Field{Name: "into", Label: "Into", Hint: "the file to write", Needed: true, Text: &s.into},
		form.Field{Name: "then", Label: "Then", Choice: &widget.Choice{Options: then, At: at}},
	)
	if s.err != "" {
		f.Refuse(map[place]string{atKey: "key", atAs: "as", atInto: "into", atSubmit: "then"}[s.bad], s.err)
	}
	return &form.Asking{Form: f, Sure: "sign", Draft: s.keepTyped, Changed: func() tea.Cmd {
		s.list.At, s.submit, s.err = f.Fields[0].Choice.At, f.Value("then") == submits, ""
		return nil
	}, Save: func() tea.Cmd { cmd, _ := s.choose(action.DialogYes); return cmd }}
}
