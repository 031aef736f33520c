package setup

import (
	"encoding/json"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/screen"
)

// keep keeps what was typed and chosen until the review begins: it belongs to none yet.
func (s *setup) keep() tea.Cmd {
	if !s.touched {
		return s.env.Desk.Keep(screen.DeskSetup, "")
	}
	k := s.Keep()
	k["target"] = bare(k["target"])
	text, err := json.Marshal(k)
	if err != nil {
		return nil // strings by strings always have a JSON form
	}
	return s.env.Desk.Keep(screen.DeskSetup, string(text))
}

// typed keeps what is typed in the middle of a word.
func (s *setup) typed() tea.Cmd {
	s.changed()
	return s.keep()
}

// bare is a target without secrets: a URL that names who logs in, or has a query, is not
// kept; nor is one that may come to, as after its first colon stands no port.
func bare(target string) string {
	_, rest, isURL := strings.Cut(target, "://")
	host, _, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndex(host, "]")+1:] // colons before it part an IPv6 address
	_, port, _ := strings.Cut(host, ":")
	if isURL && (strings.ContainsAny(target, "@?#") || strings.Trim(port, "0123456789") != "") {
		return ""
	}
	return target
}

// left is what an earlier sitting kept, or nothing.
func (s *setup) left() screen.Kept {
	var k screen.Kept
	if json.Unmarshal([]byte(s.env.Desk.Of(screen.DeskSetup)), &k) != nil {
		return nil
	}
	return k
}

// drop begins the form anew.
func (s *setup) drop() tea.Cmd {
	*s = setup{env: s.env, asked: s.asked}
	s.assessor.Limit = 100
	return tea.Batch(s.env.Desk.Keep(screen.DeskSetup, ""), s.Open(screen.Args{}))
}
