package consent

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// Tell says what is asked for: the bounds first, then each check.
func (d *Dialog) Tell() screen.Telling {
	t := screen.Telling{Title: fmt.Sprintf(toldTitle, d.class)}
	t.Say(askedRole, waiting(len(d.asks)))
	for _, f := range d.facts() {
		t.Say(f[0], f[1])
	}
	for i, a := range d.asks {
		if a.Runs != "" { // every character of it: it is what gets executed
			t.Say(fmt.Sprintf(startsRole, a.Item), a.Runs)
			continue
		}
		words := strings.Join(a.Paths, " ")
		if i+1 == len(d.asks) || d.asks[i+1].Sends != a.Sends {
			words = strings.TrimPrefix(words+"; "+a.Sends, "; ")
		}
		t.Say(fmt.Sprintf(sendsRole, a.Item), words)
	}
	if d.local {
		t.Lines, t.Question = append(t.Lines, d.here()), allowOnce
	}
	return t
}

// Asks asks for the host, where it is not this machine; y stands for that.
func (d *Dialog) Asks() *form.Asking {
	if d.local {
		return nil
	}
	f := form.New(form.Field{Name: "host", Label: hostLabel, Hint: fmt.Sprintf(hostHint, d.host), Needed: true, Text: &d.typed})
	f.Err = d.err
	return &form.Asking{Form: f, Changed: func() tea.Cmd { d.err = ""; return nil }, Save: func() tea.Cmd {
		cmd, _ := d.Do(action.Enter)
		return cmd
	}}
}
