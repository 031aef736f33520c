package screen

import (
	"context"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/secrets"
	"assess/gonogo/sessions"
)

// AttachFile keeps a file of the person's as evidence of items: its text without secrets.
// The answer is a StateChanged, as of Record.
func (r *Review) AttachFile(items []string, path string) tea.Cmd {
	return r.attach(items, filepath.Base(path), func() ([]byte, error) { return sessions.ReadAttachment(path) })
}

// AttachText keeps a text that was pasted as evidence of items.
func (r *Review) AttachText(items []string, what, text string) tea.Cmd {
	return r.attach(items, what, func() ([]byte, error) { return []byte(text), nil })
}

func (r *Review) attach(items []string, what string, read func() ([]byte, error)) tea.Cmd {
	now := r.env.Now()
	do := func(ctx context.Context, by clean.Text) (*sessions.State, error) {
		body, err := read()
		if err != nil {
			return nil, notKept{err}
		}
		e, err := sessions.Attachment(what, body, now, r.redactor())
		if err != nil {
			return nil, notKept{err}
		}
		if e.SHA256, err = r.Session.PutEvidence(ctx, e.Body); err != nil {
			return nil, err
		}
		return r.Session.Record(ctx, by, sessions.EvidenceAttached{Items: items, Evidence: e})
	}
	said := sessions.EvidenceAttached{Items: items, Evidence: checks.Evidence{What: clean.Line(what)}}
	return r.change(do, []sessions.Payload{said}, "")
}

// redactor takes out the target's secrets and whatever looks like one. Of a target from
// elsewhere it takes out only the latter: to know the others it would read the files and
// variables here that whoever wrote the target chose.
func (r *Review) redactor() *secrets.Redactor {
	if r.Session.Foreign() {
		return secrets.NewRedactor(nil)
	}
	return r.State.Target.Redactor()
}

// notKept says why a file is no evidence. Nothing that was recorded is lost by it.
type notKept struct{ error }

// Is makes it a refusal.
func (notKept) Is(target error) bool { return target == sessions.ErrRefused }

// Unwrap gives the reason.
func (n notKept) Unwrap() error { return n.error }
