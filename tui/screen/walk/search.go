package walk

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// The bounds of what is read to find a text in the evidence.
const (
	maxSought  = 256 << 10 // bytes of one piece
	maxReading = 16 << 20  // bytes in all
	leastFind  = 2         // letters; fewer are found everywhere
)

// finds is the text of evidence by hash, in lower case.
type finds struct {
	texts map[string]string
	busy  bool
}

// sought answers Seek.
type sought map[string]string

func (f *finds) take(m sought) {
	f.busy = false
	if f.texts == nil {
		f.texts = map[string]string{}
	}
	for sha, text := range m {
		f.texts[sha] = text
	}
}

// Seek reads the evidence that was not read yet, so that a filter finds what is in it, and
// what the marked item shows.
func (s *walk) Seek() tea.Cmd {
	if s.review() == nil {
		return nil
	}
	return tea.Batch(s.load(), s.readAll())
}

// readAll reads all evidence that was not read yet, where a filter wants it.
func (s *walk) readAll() tea.Cmd {
	if s.review() == nil || len(s.filter) < leastFind || s.found.busy {
		return nil
	}
	var todo []string
	for it := range s.items() {
		for _, e := range it.Evidence() {
			if _, there := s.found.texts[e.SHA256]; !there && !slices.Contains(todo, e.SHA256) {
				todo = append(todo, e.SHA256)
			}
		}
	}
	if len(todo) == 0 {
		return nil
	}
	s.found.busy = true
	session, ctx := s.review().Session, s.env.Ctx
	return func() tea.Msg {
		out, total := sought{}, 0
		for _, sha := range todo {
			body, err := session.Evidence(ctx, sha)
			if _, isPicture := pictured(body); err != nil || isPicture || total > maxReading {
				body = nil
			}
			body = body[:min(len(body), maxSought)]
			total += len(body)
			out[sha] = strings.ToLower(clean.Block(string(body)).String())
		}
		return out
	}
}

// hit says whether an item has what is searched for, and in what beside its id and title:
// "reason", "assigned", "note", "evidence"…
func (s *walk) hit(it *sessions.ItemState) (where string, ok bool) {
	f := strings.ToLower(s.filter)
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return contains(t, f) })
	}
	item := it.Planned.Item
	if has(item.ID, item.Title) {
		return "", true
	}
	if it.Machine != nil && has(it.Machine.Reason.String()) || it.Reviewer != nil && has(it.Reviewer.Reason.String()) {
		return inReason, true
	}
	if has(it.Assigned.String()) || f == mineWord && s.mine(it) {
		return inAssignment, true
	}
	if has(it.Note.String()) {
		return inNote, true
	}
	for _, x := range s.review().State.Findings {
		if slices.Contains(x.Items, item.ID) && has(x.ID, x.Title.String(), x.Description.String(), x.Recommendation.String(), x.Owner.String()) {
			return inFinding, true
		}
	}
	for _, c := range s.review().State.Causes {
		if slices.Contains(c.Items, item.ID) && has(c.Title.String()) {
			return inCause, true
		}
	}
	if has(item.Question, item.Guide) {
		return inQuestion, true
	}
	if s.hitPiece(it) >= 0 {
		return inEvidence, true
	}
	if has(item.Why, item.Fix) || has(item.Refs...) {
		return inAdvice, true
	}
	return "", false
}

// contains reports whether a text has another one, which is in lower case, in any case. Ten
// thousand items are asked at every letter, so plain texts are not copied for it.
func contains(text, lower string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(text), lower)
		}
	}
	if lower == "" {
		return true
	}
	for i := 0; i+len(lower) <= len(text); i++ {
		if c := text[i]; (c == lower[0] || c >= 'A' && c <= 'Z' && c+'a'-'A' == lower[0]) && strings.EqualFold(text[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}

// hitPiece is the first piece of an item's evidence with what is searched for in it, or -1.
func (s *walk) hitPiece(it *sessions.ItemState) int {
	f := strings.ToLower(s.filter)
	if len(f) < leastFind {
		return -1
	}
	for i, e := range it.Evidence() {
		_, gone := s.review().State.Redacted[e.SHA256]
		if !gone && (strings.Contains(s.found.texts[e.SHA256], f) || strings.Contains(strings.ToLower(e.What.String()), f)) {
			return i
		}
	}
	return -1
}

// showHit turns to the piece and the line in which the filter was found, where the item is
// in the list because of its evidence. It is asked for when the cursor comes to an item.
func (s *walk) showHit() {
	it := s.item()
	if it == nil || s.filter == "" {
		return
	}
	if where, ok := s.hit(it); !ok || where != inEvidence {
		return
	}
	if n := s.hitPiece(it); n >= 0 {
		s.ev.piece, s.ev.wanted = n, strings.ToLower(s.filter)
	}
}

// scrollToHit scrolls to the line that is wanted, once its piece is read. What the exchange
// leaves out is shown raw.
func (s *walk) scrollToHit() {
	it := s.item()
	if it == nil || s.ev.wanted == "" || s.ev.piece >= len(pieces(it)) {
		return
	}
	if _, read := s.ev.texts[pieces(it)[s.ev.piece].SHA256]; !read {
		return
	}
	line := func() int {
		return slices.IndexFunc(s.ev.lines(s.review().State, it), func(l string) bool {
			return strings.Contains(strings.ToLower(l), s.ev.wanted)
		})
	}
	if s.ev.view == summaryView || s.ev.view == historyView {
		s.ev.view = exchangeView
	}
	at := line()
	if at < 0 {
		s.ev.view = rawView
		at = line()
	}
	if s.ev.scroll = max(at-2, 0); at < 3 {
		s.ev.scroll = 0
	}
	s.ev.wanted = ""
}
