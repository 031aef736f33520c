package walk

import (
	"context"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
)

// view is how evidence is shown.
type view int

const (
	exchangeView view = iota // what was asked and answered, bodies cut
	summaryView              // each check's own verdict and what was measured
	rawView                  // every byte that is kept
	historyView              // what happened to the item
)

// The bounds of what is kept in memory and shown of evidence.
const (
	maxPieces    = 64
	maxLines     = 2000
	exchangeBody = 12 // lines of an answer's body in the exchange view
)

// evidence is the piece that is read, and the texts that were loaded.
type evidence struct {
	of     string // item whose evidence it is
	piece  int
	view   view
	side   int    // cells scrolled to the right
	scroll int    // lines scrolled down
	width  int    // of the widest line shown last
	most   int    // how far scroll may go, as shown last
	wanted string // the filter, while its line is to be scrolled to

	past   []string // the history of pastOf as pastAt has it
	pastOf string
	pastAt *sessions.State

	texts   map[string]text // by hash
	loading map[string]bool
}

// text is a transcript as lines, or why there is none.
type text struct {
	lines []string
	whole bool
	err   string
}

// loaded answers a request for a piece.
type loaded struct {
	sha  string
	text text
}

func newEvidence() evidence {
	return evidence{texts: map[string]text{}, loading: map[string]bool{}}
}

// pieces are the pieces of an item's evidence.
func pieces(it *sessions.ItemState) []checks.Evidence {
	if it == nil {
		return nil
	}
	return it.Evidence()
}

// load asks for the piece that is looked at, where it is not there yet.
func (s *walk) load() tea.Cmd {
	it := s.item()
	if it == nil {
		return nil
	}
	if s.ev.of != it.Planned.Item.ID {
		s.ev.of, s.ev.piece, s.ev.side, s.ev.scroll, s.ev.wanted = it.Planned.Item.ID, 0, 0, 0, ""
		s.showHit()
	}
	list := pieces(it)
	if len(list) == 0 {
		s.ev.piece = 0
		return nil
	}
	s.ev.piece = max(min(s.ev.piece, len(list)-1), 0)
	sha := list[s.ev.piece].SHA256
	if _, ok := s.ev.texts[sha]; ok || s.ev.loading[sha] {
		s.scrollToHit()
		return nil
	}
	s.ev.loading[sha] = true
	session, ctx := s.review().Session, s.env.Ctx
	return func() tea.Msg { return loaded{sha, read(ctx, session.Evidence, sha)} }
}

func read(ctx context.Context, get func(context.Context, string) ([]byte, error), sha string) text {
	body, err := get(ctx, sha)
	if err != nil {
		return text{err: clean.Line(err.Error()).String()}
	}
	if t, ok := pictured(body); ok {
		return t
	}
	lines := strings.Split(strings.TrimRight(clean.Block(string(body)).String(), "\n"), "\n")
	t := text{lines: lines, whole: len(lines) <= maxLines}
	if !t.whole {
		t.lines = lines[:maxLines]
	}
	return t
}

func (e *evidence) take(m loaded) {
	delete(e.loading, m.sha)
	if len(e.texts) >= maxPieces {
		clear(e.texts)
	}
	e.texts[m.sha] = m.text
}

// turn shows the next view; an item without evidence has but its history.
func (e *evidence) turn(it *sessions.ItemState) {
	e.view = (e.view + 1) % view(len(viewNames))
	if len(pieces(it)) == 0 && e.view != exchangeView {
		e.view = historyView
	}
	e.side, e.scroll, e.wanted = 0, 0, ""
}

// reading are the lines that the detail shows under the facts, uncut.
func (s *walk) reading(it *sessions.ItemState) []string {
	if s.ev.view == historyView {
		return s.happenings(it)
	}
	return s.ev.lines(s.review().State, it)
}

// step goes to another piece. False: there is none on that side.
func (e *evidence) step(by int, it *sessions.ItemState) bool {
	n := e.piece + by
	if n < 0 || n >= len(pieces(it)) {
		return false
	}
	e.piece, e.side, e.scroll = n, 0, 0
	return true
}

// move scrolls.
func (e *evidence) move(id action.ID) bool {
	switch id {
	case action.Down:
		e.scroll++
	case action.Up:
		e.scroll--
	case action.PageDown:
		e.scroll += 8
	case action.PageUp:
		e.scroll -= 8
	case action.Top:
		e.scroll = 0
	case action.Bottom:
		e.scroll = e.most
	default:
		return false
	}
	e.scroll = max(min(e.scroll, e.most), 0)
	return true
}

// lines are the lines of the piece in the view that is on, uncut.
func (e *evidence) lines(st *sessions.State, it *sessions.ItemState) []string {
	if e.view == summaryView {
		return summary(it)
	}
	list := pieces(it)
	if e.piece >= len(list) {
		return nil
	}
	p := list[e.piece]
	if why, gone := st.Redacted[p.SHA256]; gone {
		return []string{fmt.Sprintf(evidenceGone, why)}
	}
	t, ok := e.texts[p.SHA256]
	switch {
	case !ok:
		return []string{evidenceComes}
	case t.err != "":
		return []string{fmt.Sprintf(evidenceBroken, t.err)}
	case e.view == rawView:
		return t.lines
	}
	return exchange(t.lines)
}

// exchange shortens bodies: heads are whole, of each body the first lines.
func exchange(lines []string) []string {
	var out []string
	body := 0
	for _, l := range lines {
		if l == "" {
			continue
		}
		if strings.HasPrefix(l, "> ") || strings.HasPrefix(l, "< ") || strings.HasPrefix(l, "* ") {
			body = 0
		} else if body++; body == exchangeBody+1 {
			out = append(out, "…")
			continue
		} else if body > exchangeBody {
			continue
		}
		out = append(out, l)
	}
	return out
}

// summary is each check's verdict with its reason, and what was measured.
func summary(it *sessions.ItemState) []string {
	if it.Machine == nil {
		return nil
	}
	var out []string
	for _, c := range it.Machine.Checks {
		what := string(c.Verdict) + "  " + c.Kind
		if c.Hint {
			what = fmt.Sprintf(hintOnly, what)
		}
		out = append(out, what, "  "+c.Reason.String())
	}
	for _, m := range it.Machine.Measurements {
		out = append(out, m.Name+"  "+number(m.Value)+" "+m.Unit)
	}
	return out
}

// widest measures lines, for scrolling sideways.
func widest(lines []string) int {
	n := 0
	for _, l := range lines {
		n = max(n, paint.Width(l))
	}
	return n
}
