package live

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/themes"
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
	text := "No review is open."
	if r := s.env.Review; r != nil {
		text = "Reading the evidence."
		if why := r.HasLoad(); why != "" {
			text = strings.ToUpper(why[:1]) + why[1:] + "."
		} else if s.of == r.State && s.recorded == nil {
			text = "Load was sent, but its evidence holds no table. The walk shows it."
		}
	}
	lines := []string{s.env.Paint.Title(w, "Live", ""), s.env.Paint.Across(w, false)}
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
	left := "Live   load on " + host
	right := ""
	for _, c := range st.Consents {
		if c.Class == checks.Load {
			format := "15:04"
			if s.wide() {
				format = "15:04:05"
			}
			right = "allowed by " + string(c.By) + " " + c.At.Local().Format(format)
		}
	}
	if room := w - 4 - paint.Width(right) - paint.Width(left); !s.wide() && room > 12 {
		if l := s.load(); l != nil && l.Sends != "" {
			left += paint.Middle(", "+string(l.Sends), min(room, paint.Width(string(l.Sends))+2))
		}
	}
	return s.env.Paint.Title(w, left, right)
}

// headline is the line that is read first: what is sent, how much of it, how it fares.
func (s *live) headline(l *screen.Load, w int) string {
	line := s.env.Paint.Line(w)
	line.Gap(1)
	end, tok := "Esc stops everything", themes.Strong
	r := s.env.Review
	if !s.wide() {
		end = "Esc stops"
	}
	switch {
	case r.Running == nil || l.Ended:
		end = ""
	case r.Running.Stopped:
		end, tok = "stopping", themes.Warn
	}
	s.says(&line, l, w-2-paint.Width(end)-2)
	if end != "" {
		line.To(w-1-paint.Width(end)).Add(tok, end)
	}
	return line.String()
}

// says adds the headline's parts that fit.
func (s *live) says(line *paint.Line, l *screen.Load, room int) {
	type part struct {
		token themes.Token
		text  string
	}
	var parts []part
	add := func(token themes.Token, format string, args ...any) {
		parts = append(parts, part{token, fmt.Sprintf(format, args...)})
	}
	at := l.Current()
	switch {
	case at >= 0 && l.Now != nil:
		row, n := &l.Rows[at], l.Now
		f := figuresOf(l, row)
		if s.wide() {
			add(themes.Strong, "%s", n.Sends)
			add(themes.Strong, "step %d of %d, %s", at+1, len(l.Rows), row.Title)
		} else {
			add(themes.Strong, "%s, step %d of %d", row.Title, at+1, len(l.Rows))
		}
		add(themes.Text, "%s good/s", perSecond(f.good))
		failed := themes.Text
		if n.Failed > 0 {
			failed = themes.Fail
		}
		add(failed, "%s failed", cmp.Or(share(f.failed, f.sent), "none"))
		oldest := themes.Text
		if n.Silent >= screen.GapAfter {
			oldest = themes.Warn
		}
		add(oldest, "%s %s", map[bool]string{true: "oldest open", false: "oldest"}[s.wide()], latency(n.Oldest))
		if n.Warm {
			add(themes.Muted, "starting up")
		}
	case !l.Ended:
		s.between(l, add)
	default:
		s.result(l, add)
	}
	for i, p := range parts {
		if gap := 3; i > 0 {
			if line.Used()+gap+paint.Width(p.text) > room+1 {
				return
			}
			line.Gap(gap)
		}
		line.Add(p.token, p.text)
	}
}

// between says what is waited for while no load is on the target.
func (s *live) between(l *screen.Load, add func(themes.Token, string, ...any)) {
	run := s.env.Review.Running
	next := -1
	for i := range l.Rows {
		if !l.Rows[i].Over && !l.Rows[i].Skipped {
			next = i
			break
		}
	}
	if run == nil || next < 0 {
		add(themes.Strong, "all steps are done")
		return
	}
	row := &l.Rows[next]
	if _, now := run.Now[row.Item]; now {
		words := string(run.Says[row.Item])
		if words == "" || !l.Began.IsZero() {
			words = "first one user alone"
		}
		add(themes.Strong, "step %d of %d comes, %s", next+1, len(l.Rows), row.Title)
		add(themes.Text, "%s", words)
		return
	}
	add(themes.Strong, "begins when the other checks have ended")
	add(themes.Text, "%s done", screen.Count(run.Done, "item", "items"))
}

// result says what it all came to.
func (s *live) result(l *screen.Load, add func(themes.Token, string, ...any)) {
	over, sent, failed := 0, 0, 0
	for i := range l.Rows {
		if r := &l.Rows[i]; r.Over {
			over, sent, failed = over+1, sent+r.Answers, failed+r.Failed
		}
	}
	word := "over"
	if l.Cut {
		word = "stopped, what was measured is kept"
	}
	add(themes.Strong, "%s: %d of %s", word, over, screen.Count(len(l.Rows), "step", "steps"))
	add(themes.Text, "%s", screen.Count(sent, "answer", "answers"))
	if sent > 0 {
		add(themes.Text, "%s failed", share(failed, sent))
	}
}

// viewWide lays the screen out from 100 columns on: chart, table with ceilings, knee, notes.
func (s *live) viewWide(l *screen.Load, w, h int) []string {
	const tableHead, kneeRows, chartFrame = 2, 4, 7
	rows := len(l.Rows)
	sideRows := 5
	room := h - tableHead - max(rows, sideRows)
	knee := room >= kneeRows
	if knee {
		room -= kneeRows
	}
	above := 0
	if s.view != table && h >= tableHead+5+chartFrame+1+leastChart {
		above = min(max(room, leastChart+chartFrame+1), mostChart+chartFrame+1)
		if left := h - above - tableHead; left < max(rows, sideRows)+kneeRows { // the table scrolls
			knee = left >= sideRows+kneeRows
		}
	}
	notes := 0
	if room-above >= 3 {
		notes = room - above
	} else if above-3 >= leastChart+chartFrame+1 {
		above, notes = above-3, 3
	}
	var out []string
	if above > 0 {
		out = append(out, paint.Blank(w))
		out = append(out, s.above(l, w, above-1)...)
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
