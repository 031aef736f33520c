package walk

import (
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// evidenceLines are the head of the evidence and its lines, painted for a pane of w cells.
func (s *walk) evidenceLines(it *sessions.ItemState, w int) (head, body []string) {
	list := pieces(it)
	if s.ev.view == historyView {
		return s.historyLines(it, w)
	}
	if len(list) == 0 {
		return nil, nil
	}
	l := s.env.Paint.Line(w + 1)
	l.Gap(1).Add(themes.Strong, fmt.Sprintf(evidenceOf, min(s.ev.piece, len(list)-1)+1, len(list)))
	turns := fmt.Sprintf(viewKeyTurns, viewNames[s.ev.view], s.env.Key(action.Turn))
	if paint.Width(turns)+2 > l.Room() {
		turns = fmt.Sprintf(keyTurns, s.env.Key(action.Turn))
	}
	if len(list) > 1 && (s.focus == detailPane || s.page) {
		turns = fmt.Sprintf(keyNextPiece, s.env.Key(action.NextPane), fmt.Sprintf(keyTurns, s.env.Key(action.Turn)))
	}
	head = []string{l.End(themes.Muted, turns).String()}
	piece := list[min(s.ev.piece, len(list)-1)]
	lines := s.ev.lines(s.review().State, it)
	s.ev.width = widest(lines)
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "> ") { // an exchange names itself
		l := s.env.Paint.Line(w + 1)
		head = append(head, l.Gap(1).Add(themes.Muted, piece.What.String()).String())
	}
	for i, text := range lines {
		l := s.env.Paint.Line(w + 1)
		l.Gap(1)
		stamp := ""
		if i == 0 && s.ev.side == 0 && s.ev.view != summaryView {
			stamp = piece.At.Local().Format("15:04:05")
		}
		s.foreign(&l, text, w-len(stamp)-min(len(stamp), 2))
		if stamp != "" && w > 30 {
			l.End(themes.Muted, stamp)
		}
		body = append(body, l.String())
	}
	if s.ev.view != summaryView {
		l := s.env.Paint.Line(w + 1)
		body = append(body, l.Gap(1).Add(themes.Muted, provenance(it, piece)).String())
	}
	return head, body
}

// historyLines are the history's head and its lines.
func (s *walk) historyLines(it *sessions.ItemState, w int) (head, body []string) {
	l := s.env.Paint.Line(w + 1)
	l.Gap(1).Add(themes.Strong, historyHead)
	hint := fmt.Sprintf(keyTurns, s.env.Key(action.Turn))
	if s.focus == detailPane || s.page {
		hint = fmt.Sprintf(historyOpens, s.env.Key(action.Enter), hint)
	}
	head = []string{l.End(themes.Muted, hint).String()}
	lines := s.happenings(it)
	s.ev.width, s.ev.side = 0, 0 // it is wrapped, so nothing scrolls sideways
	for _, text := range lines {
		for i, part := range paint.Wrap(text, max(min(w-7, 80), 1)) {
			l := s.env.Paint.Line(w + 1)
			if l.Gap(1); i > 0 {
				l.Gap(min(7, w))
			}
			s.sought(&l, part)
			body = append(body, l.String())
		}
	}
	return head, body
}

// provenance says by which hash a piece is kept, how long it is and where it was taken.
func provenance(it *sessions.ItemState, piece checks.Evidence) string {
	out := fmt.Sprintf(keptAs, piece.SHA256[:min(12, len(piece.SHA256))], screen.Bytes(piece.Bytes))
	if slices.ContainsFunc(it.Attached, func(a checks.Evidence) bool { return a.SHA256 == piece.SHA256 }) {
		return fmt.Sprintf(keptAttached, out)
	}
	if it.Machine != nil && it.Machine.Vantage != "" {
		out = fmt.Sprintf(keptFrom, out, it.Machine.Vantage)
	}
	return out
}

// foreign paints a line of evidence, scrolled sideways, with what was redacted set apart.
func (s *walk) foreign(l *paint.Line, text string, w int) {
	text = paint.Cut(text, s.ev.side, max(w, 0)+1)
	end := l.Room() - max(w, 0)
	if paint.Width(text) > w { // the sign of a cut has to come last
		text = paint.Fit(text, max(w, 0))
	}
	for text != "" && l.Room() > end {
		i := strings.Index(text, "[redacted:")
		j := -1
		if i >= 0 {
			j = strings.IndexByte(text[i:], ']')
		}
		if i < 0 || j < 0 {
			s.sought(l, text)
			return
		}
		s.sought(l, text[:i])
		l.Add(themes.Redacted, text[i:i+j+1])
		text = text[i+j+1:]
	}
}

// sought paints evidence with the filter's hits in it.
func (s *walk) sought(l *paint.Line, text string) {
	for {
		before, hit, after, ok := hitIn(text, s.filter)
		if !ok || len(s.filter) < leastFind {
			l.Add(themes.Evidence, text)
			return
		}
		l.Add(themes.Evidence, before).Add(themes.Match, hit)
		text = after
	}
}

// evidencePane is the fourth pane.
func (s *walk) evidencePane(w, h int) []string {
	it := s.item()
	focused := s.focus == detailPane && s.sheet == nil
	blank := s.env.Paint.Line(w + 1)
	if it == nil {
		return s.headed(w, h, blank.String(), focused, nil)
	}
	head, body := s.evidenceLines(it, w)
	if len(head) == 0 {
		blank.Gap(1).Add(themes.Muted, noEvidence)
		return s.headed(w, h, blank.String(), focused, nil)
	}
	room := max(h-2, 0)
	s.ev.most = max(len(body)+len(head)-1-room, 0)
	s.ev.scroll = max(min(s.ev.scroll, s.ev.most), 0)
	return s.headed(w, h, head[0], focused, append(head[1:], body[s.ev.scroll:]...))
}
