package live

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// wideFrom is the width from which ceilings and notes stand beside and below the table.
const wideFrom = 100

// The chart's rows at most, and the fewest with which it is shown at all.
const (
	mostChart  = 16
	leastChart = 8
)

// View paints the screen. The table stays whatever the size; the chart shrinks, then goes.
func (s *live) View(w, h int) string {
	s.w, s.h = w, h
	if s.notes && !s.wide() {
		s.notes = false
	}
	r, l := s.env.Review, s.load()
	if r == nil || l == nil {
		return paint.Page(w, h, s.empty(w))
	}
	s.resize()
	lines := []string{s.title(w), s.env.Paint.Across(w, false), s.headline(l, w)}
	if s.wide() {
		lines = append(lines, s.viewWide(l, w, h-3)...)
	} else {
		lines = append(lines, s.viewNarrow(l, w, h-3)...)
	}
	return paint.Page(w, h, lines)
}

// empty says that there is no load, and how there will be.
func (s *live) empty(w int) []string {
	text := screen.NoReviewOpen
	if r := s.env.Review; r != nil {
		text = readingEvidence
		if why := r.HasLoad(); why != "" {
			text = strings.ToUpper(why[:1]) + why[1:] + "."
		} else if s.of == r.State && s.recorded == nil {
			text = fmt.Sprintf(noEvidence, s.env.Key(action.RunStart))
		}
	}
	lines := []string{s.env.Paint.Title(w, heading, ""), s.env.Paint.Across(w, false)}
	for _, part := range paint.Wrap(text, max(w-2, 1)) {
		l := s.env.Paint.Line(w)
		lines = append(lines, l.Gap(1).Add(themes.Text, part).String())
	}
	return lines
}

// title says on what load is put and who allowed it.
func (s *live) title(w int) string {
	st := s.env.Review.State
	host := st.Target.BaseURL
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		host = u.Host
	}
	left := heading + "   " + fmt.Sprintf(loadOn, host)
	right := ""
	for _, c := range st.Consents {
		if c.Class == checks.Load {
			format := "15:04"
			if s.wide() {
				format = "15:04:05"
			}
			right = fmt.Sprintf(allowedBy, c.By, c.At.Local().Format(format))
		}
	}
	if room := w - 4 - paint.Width(right) - paint.Width(left); !s.wide() && room > 12 {
		if l := s.load(); l != nil && l.Sends != "" {
			left += paint.Middle(", "+string(l.Sends), min(room, paint.Width(string(l.Sends))+2))
		}
	}
	return s.env.Paint.Title(w, left, right)
}

// headline is the line that is read first: what is sent, how much of it, how it fares. Its
// parts stand closer, and the way out in fewer words, where width lacks.
func (s *live) headline(l *screen.Load, w int) string {
	parts := s.says(l)
	r := s.env.Review
	ends, token := []string{escStopsEverything, escStops}, themes.Strong
	switch {
	case r.Running == nil || l.Ended:
		ends = []string{""}
	case r.Running.Stopped:
		ends, token = []string{stopping}, themes.Warn
	case !s.wide():
		ends = ends[1:]
	}
	gap, end := 3, ends[len(ends)-1]
	for _, e := range ends {
		if wide(parts, 3)+2+paint.Width(e)+2 <= w {
			end = e
			break
		}
	}
	if wide(parts, 3)+2+paint.Width(end)+2 > w {
		gap = 2
	}
	line := s.env.Paint.Line(w)
	line.Gap(1)
	for i, p := range parts {
		if i > 0 && line.Used()+gap+paint.Width(p.text) > w-1-paint.Width(end)-2 {
			break
		}
		if i > 0 {
			line.Gap(gap)
		}
		line.Add(p.token, p.text)
	}
	if end != "" {
		line.To(w-1-paint.Width(end)).Add(token, end)
	}
	return line.String()
}

// phrase is one part of the headline.
type phrase struct {
	token themes.Token
	text  string
}

func wide(parts []phrase, gap int) int {
	n := gap * (len(parts) - 1)
	for _, p := range parts {
		n += paint.Width(p.text)
	}
	return n
}

// says are the parts of the headline, most important first.
func (s *live) says(l *screen.Load) []phrase {
	at := l.Current()
	switch {
	case at >= 0 && l.Now != nil:
		return s.now(l, at)
	case !l.Ended:
		return s.between(l)
	}
	return s.result(l)
}

// now says what is on the target at this moment.
func (s *live) now(l *screen.Load, at int) []phrase {
	row, n := &l.Rows[at], l.Now
	f := figuresOf(l, row)
	step := fmt.Sprintf(stepOf, at+1, len(l.Rows))
	out := []phrase{{themes.Strong, row.Title + ", " + step}}
	oldest := oldestShort
	if s.wide() {
		out = []phrase{{themes.Strong, string(n.Sends)}, {themes.Strong, step + ", " + row.Title}}
		oldest = oldestOpen
	}
	failed, waits := themes.Text, themes.Text
	if n.Failed > 0 {
		failed = themes.Fail
	}
	if screen.Gap(n) {
		waits = themes.Warn
	}
	out = append(out, phrase{themes.Text, fmt.Sprintf(goodPerSecond, perSecond(f.good))},
		phrase{failed, fmt.Sprintf(failedShare, cmp.Or(share(f.failed, f.sent), none))}, phrase{waits, fmt.Sprintf(oldest, latency(n.Oldest))})
	if n.Warm {
		out = append(out, phrase{themes.Muted, startingUp})
	}
	return out
}

// between says what is waited for while no load is on the target.
func (s *live) between(l *screen.Load) []phrase {
	run := s.env.Review.Running
	next := -1
	for i := range l.Rows {
		if !l.Rows[i].Over && !l.Rows[i].Skipped {
			next = i
			break
		}
	}
	if run == nil || next < 0 {
		return []phrase{{themes.Strong, allDone}}
	}
	row := &l.Rows[next]
	if _, now := run.Now[row.Item]; now {
		words := string(run.Says[row.Item])
		if words == "" || !l.Began.IsZero() {
			words = oneUserFirst
		}
		return []phrase{{themes.Strong, fmt.Sprintf(nextStep, next+1, len(l.Rows), row.Title)}, {themes.Text, words}}
	}
	return []phrase{{themes.Strong, beginsAfter}, {themes.Text, fmt.Sprintf(itemsDone, screen.Count(run.Done, "item", "items"))}}
}

// result says what it all came to.
func (s *live) result(l *screen.Load) []phrase {
	over, sent, failed := 0, 0, 0
	for i := range l.Rows {
		if r := &l.Rows[i]; r.Over {
			over, sent, failed = over+1, sent+r.Answers, failed+r.Failed
		}
	}
	word := overWord
	if l.Cut {
		word = stoppedKept
	}
	out := []phrase{{themes.Strong, fmt.Sprintf(overAll, word, over, screen.Count(len(l.Rows), "step", "steps"))},
		{themes.Text, screen.Count(sent, "answer", "answers")}}
	if sent > 0 {
		out = append(out, phrase{themes.Text, fmt.Sprintf(failedShare, share(failed, sent))})
	}
	return out
}

// viewWide lays the screen out from 100 columns on: chart, table with ceilings, knee, notes.
func (s *live) viewWide(l *screen.Load, w, h int) []string {
	const tableHead, kneeRows, chartFrame = 2, 4, 8
	rows := len(l.Rows)
	sideRows := 5
	room := h - tableHead - max(rows, sideRows)
	knee := room >= kneeRows
	if knee {
		room -= kneeRows
	}
	above := 0
	if s.view != table && h >= tableHead+5+chartFrame+leastChart {
		above = min(max(room, leastChart+chartFrame), mostChart+chartFrame)
		if left := h - above - tableHead; left < max(rows, sideRows)+kneeRows { // the table scrolls
			knee = left >= sideRows+kneeRows
		}
	}
	notes := 0
	if room-above >= 3 {
		notes = room - above
	} else if above-3 >= leastChart+chartFrame {
		above, notes = above-3, 3
	}
	var out []string
	if above > 0 {
		out = append(out, paint.Blank(w))
		out = append(out, s.above(l, w, above-2)...)
		out = append(out, paint.Blank(w))
	}
	body := h - above - notes
	if knee {
		body -= kneeRows
	}
	out = append(out, s.tableWide(l, w, max(body, 0))...)
	if knee {
		out = append(out, s.knee(l, w)...)
	}
	if notes > 0 {
		out = append(out, s.log(l, w, notes)...)
	}
	return out
}

// viewNarrow lays it out below that: chart, table, one line for knee and ceilings.
func (s *live) viewNarrow(l *screen.Load, w, h int) []string {
	const frame, foot = 3, 1
	rows := len(l.Rows) + 1
	above := 0
	if s.view != table && h >= leastChart+frame+1+1+5+foot {
		above = min(max(h-rows-foot-1, leastChart+frame), mostChart+frame)
	}
	var out []string
	if above > 0 {
		out = append(out, s.above(l, w, above)...)
		out = append(out, paint.Blank(w))
		h -= above + 1
	}
	if h > 2 {
		out = append(out, s.tableNarrow(l, w, min(rows, h-foot))...)
		out = append(out, s.foot(l, w))
		return out
	}
	return append(out, s.tableNarrow(l, w, max(h, 0))...)
}

// above is what stands above the table, h lines of it.
func (s *live) above(l *screen.Load, w, h int) []string {
	if s.view == histogram {
		return paint.Pad(s.spread(l, w, h), w, h)
	}
	return paint.Pad(s.chart(l, w, h), w, h)
}
