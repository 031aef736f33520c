package keys

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// EscWait is how long Esc waits for the rest of an arrow key that a slow line split.
const EscWait = 50 * time.Millisecond

// maxReply bounds how much of a terminal's late reply is swallowed.
const maxReply = 64

// Resolver turns what Bubble Tea reports into single keys. It undoes what terminals and
// slow lines do to them: several letters in one read, an arrow key split after its Esc, a
// letter glued to Esc, a terminal's late answer about its colours.
type Resolver struct {
	held     bool // an Esc waits
	bracket  bool // an alt+[ or alt+O waits: a sequence split one byte later
	since    uint64
	swallow  int  // runes of a reply still to be dropped
	swallows bool // within a reply
}

// Feed takes one key. Out are the keys that are meant now; where wait is not zero the
// caller has to call Due with the same ticket after EscWait. In a text field runs of
// letters stay together and a paste goes through as it is; outside a field a paste is
// never keys and is dropped.
func (r *Resolver) Feed(k tea.KeyMsg, field bool) (out []tea.KeyMsg, ticket uint64) {
	if r.swallows && r.reply(k) {
		return nil, 0
	}
	if k.Paste {
		out = r.release()
		if field {
			out = append(out, k)
		}
		return out, 0
	}
	if r.held || r.bracket {
		if arrow, ok := r.rest(k); ok {
			return arrow, 0
		}
		out = r.release()
	}
	switch {
	case k.Type == tea.KeyEsc && !k.Alt:
		r.held = true
		r.since++
		return out, r.since
	case k.Alt && k.Type == tea.KeyRunes && len(k.Runes) == 1:
		return r.alt(k, out, field)
	case k.Type == tea.KeyCtrlH:
		k.Type = tea.KeyBackspace
	}
	return append(out, single(k, field)...), 0
}

// Due releases an Esc that nothing followed; tickets of older ones do nothing.
func (r *Resolver) Due(ticket uint64) []tea.KeyMsg {
	if ticket != r.since {
		return nil
	}
	return r.release()
}

// release gives out what waits: an Esc, for a split sequence that never came as well.
func (r *Resolver) release() []tea.KeyMsg {
	if !r.held && !r.bracket {
		return nil
	}
	r.held, r.bracket = false, false
	return []tea.KeyMsg{{Type: tea.KeyEsc}}
}

// alt handles Esc and a letter that came in one read.
func (r *Resolver) alt(k tea.KeyMsg, out []tea.KeyMsg, field bool) ([]tea.KeyMsg, uint64) {
	switch k.Runes[0] {
	case ']': // a reply to a question about colours: alt+] text alt+\
		r.swallows, r.swallow = true, maxReply
		return out, 0
	case '[', 'O':
		r.bracket = true
		r.since++
		return out, r.since
	}
	k.Alt = false
	out = append(out, tea.KeyMsg{Type: tea.KeyEsc})
	return append(out, single(k, field)...), 0
}

// reply swallows the rest of a terminal's reply and reports whether k was part of it.
func (r *Resolver) reply(k tea.KeyMsg) bool {
	end := k.Alt && string(k.Runes) == `\` || k.Type == tea.KeyCtrlG || k.Type == tea.KeyCtrlBackslash
	if end {
		r.swallows = false
		return true
	}
	if k.Type != tea.KeyRunes || k.Alt || r.swallow <= 0 || strings.Trim(string(k.Runes), "0123456789abcdefABCDEFrgb:;/") != "" {
		r.swallows = false
		return false
	}
	r.swallow -= len(k.Runes)
	return true
}

var sequences = map[string]tea.KeyType{
	"A": tea.KeyUp, "B": tea.KeyDown, "C": tea.KeyRight, "D": tea.KeyLeft, "H": tea.KeyHome, "F": tea.KeyEnd,
	"Z": tea.KeyShiftTab, "5~": tea.KeyPgUp, "6~": tea.KeyPgDown, "3~": tea.KeyDelete, "1~": tea.KeyHome, "4~": tea.KeyEnd,
}

// rest recognises the remainder of a split sequence after an Esc or an alt+[ that waits.
// One that no key of ours has is dropped whole.
func (r *Resolver) rest(k tea.KeyMsg) ([]tea.KeyMsg, bool) {
	if k.Type != tea.KeyRunes || k.Alt {
		return nil, false
	}
	s := string(k.Runes)
	if r.held {
		if s[0] != '[' && s[0] != 'O' || len(s) < 2 {
			return nil, false
		}
		s = s[1:]
	}
	t, known := sequences[s]
	if !known && r.bracket && len(s) > 3 {
		return nil, false
	}
	r.held, r.bracket = false, false
	if !known {
		return nil, true
	}
	return []tea.KeyMsg{{Type: t}}, true
}

// single splits letters that came in one read into keys, outside text fields.
func single(k tea.KeyMsg, field bool) []tea.KeyMsg {
	if k.Type != tea.KeyRunes || field || len(k.Runes) < 2 {
		return []tea.KeyMsg{k}
	}
	out := make([]tea.KeyMsg, len(k.Runes))
	for i, c := range k.Runes {
		out[i] = tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{c}, Alt: k.Alt}
		if c == ' ' {
			out[i].Type = tea.KeySpace
		}
	}
	return out
}
