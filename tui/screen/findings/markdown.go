package findings

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/clipboard"
	"assess/gonogo/tui/screen"
)

// copyText is replaced by tests.
var copyText = clipboard.Copy

// copied puts a finding on the clipboard, as Markdown for an issue or a chat.
func copied(st *sessions.State, f sessions.Finding) tea.Cmd {
	text := Markdown(st, f)
	return func() tea.Msg {
		return screen.ToastMsg{Kind: screen.Good, Text: strings.TrimSpace("copied "+f.ID) + ": " + copyText(text)}
	}
}

// Markdown is a finding as one piece of text that stands by itself.
func Markdown(st *sessions.State, f sessions.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", strings.TrimSpace(f.ID+" "+f.Title.String()))
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- **%s**: %s\n", label, value)
		}
	}
	if f.Strength {
		line("Strength", "yes")
	} else {
		line("Severity", string(f.Severity))
	}
	line("Horizon", f.Horizon)
	line("Owner", f.Owner.String())
	line("Effort", f.Effort.String())
	for _, id := range f.Items {
		if it := st.Items[id]; it != nil {
			line(id, it.Planned.Item.Title+" ("+string(it.Counts())+")")
		}
	}
	line("Target", strings.TrimSpace(st.Opened.Target.String()+" "+st.Opened.Version.String()))
	for _, part := range []struct{ head, text string }{{"", f.Description.String()}, {"Recommendation", f.Recommendation.String()}} {
		if part.text != "" {
			if part.head != "" {
				fmt.Fprintf(&b, "\n### %s\n", part.head)
			}
			fmt.Fprintf(&b, "\n%s\n", part.text)
		}
	}
	if len(f.Evidence) > 0 {
		b.WriteString("\n### Evidence\n\n")
		for _, sha := range f.Evidence {
			fmt.Fprintf(&b, "- `%s`\n", sha)
		}
	}
	return b.String()
}
