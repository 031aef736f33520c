package walk

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

// copy copies the request that is read as a curl command, else what the item says.
func (s *walk) copy() tea.Cmd {
	it := s.item()
	if it == nil {
		return nil
	}
	item := it.Planned.Item
	what := item.ID
	text := item.ID + " " + item.Title + ": " + string(it.Counts())
	if it.Machine != nil && it.Machine.Reason != "" {
		text += "\n" + it.Machine.Reason.String()
	}
	if (s.focus == detailPane || s.page) && s.ev.view == historyView {
		what, text = copiedHistory, strings.Join(s.reading(it), "\n")
	} else if curl := s.curl(it); curl != "" {
		what, text = copiedCurl, curl
	} else if (s.focus == detailPane || s.page) && s.ev.piece < len(pieces(it)) {
		if lines := s.reading(it); len(lines) > 0 {
			what, text = copiedPiece, strings.Join(lines, "\n")
		}
	}
	return func() tea.Msg {
		took := copyText(text)
		return screen.ToastMsg{Kind: screen.Good, Text: fmt.Sprintf(copiedWhat, what, took)}
	}
}

// curl is the request of the exchange that is read, as a curl command; empty where another
// pane has the focus or what is read is no exchange.
func (s *walk) curl(it *sessions.ItemState) string {
	if s.focus != detailPane && !s.page || s.ev.view == historyView {
		return ""
	}
	list := pieces(it)
	if s.ev.piece >= len(list) {
		return ""
	}
	return Curl(s.review().State.Target.BaseURL, s.ev.texts[list[s.ev.piece].SHA256].lines)
}

// Curl writes the request of a transcript as a curl command; empty where the lines are no
// exchange. Redacted values stay redacted: the reader puts his own.
func Curl(base string, lines []string) string {
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "> ") {
		return ""
	}
	first := strings.Fields(strings.TrimPrefix(lines[0], "> "))
	if len(first) < 2 {
		return ""
	}
	method, path := first[0], first[1]
	var args []string
	host := ""
	for _, l := range lines[1:] {
		head, ok := strings.CutPrefix(l, "> ")
		if !ok {
			break
		}
		name, value, ok := strings.Cut(head, ":")
		if !ok {
			continue
		}
		if strings.EqualFold(name, "host") {
			host = strings.TrimSpace(value)
			continue
		}
		args = append(args, "-H "+quote(head))
	}
	target := path
	if !strings.Contains(path, "://") {
		target = strings.TrimRight(origin(base), "/") + path
		if host != "" && !strings.Contains(origin(base), host) {
			args = append(args, "-H "+quote("Host: "+host))
		}
	}
	out := "curl -i"
	if method != "GET" {
		out += " -X " + quote(method)
	}
	return strings.Join(append([]string{out, quote(target)}, args...), " ")
}

// origin is a URL without path.
func origin(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return raw
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// quote makes a text one word of a POSIX shell.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
