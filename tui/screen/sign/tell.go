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
	t := screen.Telling{Title: titleChoose}
	if s.env.Review == nil {
		t.Say("Error", screen.NoReview)
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
		t.Title = titleSigned
		t.Say("File", s.file)
		t.Say("Signed", fmt.Sprintf(saysSignedAs, as, unlock.Label(s.keys[s.list.At])))
		t.Say("Sign-off", s.env.Review.State.SignOff.State)
		t.Say("Note", fmt.Sprintf(verifiesToo, filepath.Base(s.file)))
		t.Way("verify", verifyDoes, func() tea.Cmd { return screen.Go(screen.Verify, screen.Args{File: s.file}) })
		return t
	}
	t.Say("Note", s.note)
	switch why := s.off(); why {
	case screen.NoKey:
		t.Say("Error", screen.NoKeyMakeOne)
	default:
		t.Say("Error", why)
	}
	if n := s.unjudged(); n > 0 {
		t.Say("Note", unjudgedItems(n))
	}
	t.Say("Note", laterDrafts)
	return t
}

// Asks asks key, name, file and what follows, then the passphrase of a locked key.
func (s *sign) Asks() *form.Asking {
	switch {
	case s.step == locked:
		f := form.New(form.Field{Name: "passphrase", Label: screen.AskPassphrase, Hint: screen.PassphraseHint(string(s.keys[s.list.At].Name)), Text: &widget.Field{}})
		f.Err = s.err
		return &form.Asking{Form: f, Secret: func(b []byte) tea.Cmd { return s.run(b) }}
	case s.step != choosing || s.off() != "":
		return nil
	}
	var keys []string
	for _, k := range s.keys {
		keys = append(keys, fmt.Sprintf("%s, %s", unlock.Label(k), k.Fingerprint))
	}
	then := []string{thenStays}
	if s.offSubmit() == "" {
		then = append(then, thenSubmit)
	}
	at := 0
	if s.submit {
		at = len(then) - 1
	}
	f := form.New(
		form.Field{Name: "key", Label: keyLabel, Choice: &widget.Choice{Options: keys, At: s.list.At}},
		form.Field{Name: "as", Label: asLabel, Hint: screen.AsHint, Needed: true, Text: &s.as},
		form.Field{Name: "into", Label: intoLabel, Hint: intoHint, Needed: true, Text: &s.into},
		form.Field{Name: "then", Label: thenLabel, Choice: &widget.Choice{Options: then, At: at}},
	)
	if s.err != "" {
		f.Refuse(map[place]string{atKey: "key", atAs: "as", atInto: "into", atSubmit: "then"}[s.bad], s.err)
	}
	return &form.Asking{Form: f, Sure: toSign, Draft: s.keepTyped, Changed: func() tea.Cmd {
		s.list.At, s.submit, s.err = f.Fields[0].Choice.At, f.Value("then") == thenSubmit, ""
		return nil
	}, Save: func() tea.Cmd { cmd, _ := s.choose(action.DialogYes); return cmd }}
}
