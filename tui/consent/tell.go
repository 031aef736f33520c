package consent

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// Tell says what is asked for: the bounds first, then each check.
func (d *Dialog) Tell() screen.Telling {
	t := screen.Telling{Title: "Consent, allow " + string(d.class) + "?"}
	t.Say("Asked", d.count())
	for _, f := range d.facts() {
		t.Say(f[0], f[1])
	}
	for i, a := range d.asks {
		if a.Runs != "" { // every character of it: it is what gets executed
			t.Say(a.Item+" starts", a.Runs)
			continue
		}
		words := strings.Join(a.Paths, " ")
		if i+1 == len(d.asks) || d.asks[i+1].Sends != a.Sends {
			words = strings.TrimPrefix(words+"; "+a.Sends, "; ")
		}
		t.Say(a.Item+" sends", words)
	}
	switch {
	case d.runs:
		t.Lines = append(t.Lines, "It starts on this machine, as you.")
	case d.local:
		t.Lines = append(t.Lines, d.host+" is this machine.")
	}
	if d.local {
		t.Question = "allow once"
	}
	return t
}

// Asks asks for the host, where it is not this machine; y stands for that.
func (d *Dialog) Asks() *form.Asking {
	if d.local {
		return nil
	}
	f := form.New(form.Field{Name: "host", Label: "Host", Hint: "type the host " + d.host + " to allow it once; b is not now", Needed: true, Text: &d.typed})
	f.Err = d.err
	return &form.Asking{Form: f, Changed: func() tea.Cmd { d.err = ""; return nil }, Save: func() tea.Cmd {
		cmd, _ := d.Do(action.Enter)
		return cmd
	}}
}
