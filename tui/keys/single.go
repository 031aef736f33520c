package keys

import tea "github.com/charmbracelet/bubbletea"

// Single parts what Bubble Tea reports of one read into the keys that are meant: several
// letters are keys of their own, a letter with Alt is Esc and that letter, since a read may
// hold both. In a text field runs of letters stay together and a paste goes through as it
// is; outside a field a paste is never keys and is dropped.
func Single(k tea.KeyMsg, field bool) []tea.KeyMsg {
	switch {
	case k.Paste && !field:
		return nil
	case k.Paste:
		return []tea.KeyMsg{k}
	case k.Alt && k.Type == tea.KeyRunes:
		k.Alt = false
		return append([]tea.KeyMsg{{Type: tea.KeyEsc}}, Single(k, field)...)
	case k.Type == tea.KeyCtrlH:
		k.Type = tea.KeyBackspace
	}
	if k.Type != tea.KeyRunes || field || len(k.Runes) < 2 {
		return []tea.KeyMsg{k}
	}
	out := make([]tea.KeyMsg, len(k.Runes))
	for i, c := range k.Runes {
		out[i] = tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}}
		if c == ' ' {
			out[i].Type = tea.KeySpace
		}
	}
	return out
}
