package walk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/browser"
	"assess/gonogo/tui/clipboard"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// attach asks for a file of the person's and keeps it as evidence of the targets.
func (s *walk) attach() tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 {
		return nil
	}
	f := form.New(form.Line("file", attachFile, attachHint).Must())
	d := form.NewDialog(s.env, fmt.Sprintf(attachTitle, names(ids)), "attach:"+ids[0], attachYes, f)
	d.Note = fmt.Sprintf(attachSays, strings.Replace(screen.Bytes(sessions.MaxAttached), ".0", "", 1))
	if s.review().Session.Foreign() {
		d.Note += " " + attachForeign
	}
	d.Save = func() tea.Cmd { return s.review().AttachFile(ids, strings.TrimSpace(f.Value("file"))) }
	return screen.Ask(d)
}

// pasted keeps a text that is too long for a field as evidence instead.
func (s *walk) pasted(ids []string) func(string) tea.Cmd {
	return func(text string) tea.Cmd {
		what := screen.PastedText(utf8.RuneCountInString(text))
		return s.review().AttachText(ids, what, text)
	}
}

// attached says what was kept, and shows it.
func (s *walk) attached(a sessions.EvidenceAttached, err error) tea.Cmd {
	if err != nil {
		return nil // the root says why
	}
	if it := s.item(); it != nil && len(it.Attached) > 0 && it.Planned.Item.ID == a.Items[0] {
		s.ev.of, s.ev.piece, s.ev.side, s.ev.scroll = a.Items[0], len(pieces(it))-1, 0, 0
	}
	return screen.Tell(screen.Good, s.undoable(fmt.Sprintf(attachedSaved, a.Evidence.What, names(a.Items), s.review().WaitsWords())))
}

// address is what a browser can open of the marked item: the request that is read, else the
// first reference that is an address. Only a GET to the target's own origin is opened.
func (s *walk) address() (address, whyNot string) {
	it := s.item()
	if it == nil {
		return "", markFirst
	}
	if list := pieces(it); s.ev.piece < len(list) {
		lines := s.ev.texts[list[s.ev.piece].SHA256].lines
		if to := requested(s.review().State.Target.BaseURL, lines); to != "" {
			return to, ""
		}
	}
	for _, ref := range s.refs(it) {
		for _, word := range strings.Fields(ref) {
			if u, err := url.Parse(word); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
				return u.String(), ""
			}
		}
	}
	return "", noAddress
}

// requested is the address of a transcript's GET, or empty where the lines are none, or
// ask another origin than the target's.
func requested(base string, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	words := strings.Fields(lines[0])
	if len(words) < 3 || words[0] != ">" || words[1] != "GET" {
		return ""
	}
	home, err := url.Parse(base)
	if err != nil || home.Host == "" {
		return ""
	}
	to, err := home.Parse(words[2])
	if err != nil || to.Scheme != home.Scheme || to.Host != home.Host || to.User != nil || strings.Contains(words[2], "[redacted:") {
		return ""
	}
	for _, l := range lines[1:] {
		head, ok := strings.CutPrefix(l, "> ")
		if !ok {
			break
		}
		if name, value, _ := strings.Cut(head, ":"); strings.EqualFold(name, "host") && strings.TrimSpace(value) != home.Host {
			return "" // it was another host's answer
		}
	}
	return to.String()
}

// browse opens the address; where no browser is, it is copied.
func (s *walk) browse() tea.Cmd {
	to, why := s.address()
	if why != "" {
		return nil
	}
	ctx := s.env.Ctx
	return func() tea.Msg { return opened(ctx, to) }
}

// openURL and copyText are replaced by tests.
var (
	openURL  = browser.Open
	copyText = clipboard.Copy
)

func opened(ctx context.Context, to string) tea.Msg {
	_, err := openURL(ctx, to)
	switch {
	case errors.Is(err, browser.ErrNone):
		return screen.ToastMsg{Kind: screen.Note, Text: fmt.Sprintf(openedNowhere, to, copyText(to))}
	case err != nil:
		return screen.ToastMsg{Kind: screen.Alert, Text: fmt.Sprintf(openedNot, err)}
	}
	return screen.ToastMsg{Kind: screen.Good, Text: fmt.Sprintf(openedWhat, to)}
}
