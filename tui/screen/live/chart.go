package live

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// axisAt is the column of the chart's axis; limitWide the cells at its right that name the
// limit, where there is width.
const (
	axisAt    = 9
	limitWide = 15
)

// chart draws the curves, and below them when what was sent, the gaps and the failures.
func (s *live) chart(l *screen.Load, w, h int) []string {
	var out []string
	wide := s.wide()
	width, rows := w-axisAt-6, h-3
	if wide {
		width, rows = w-axisAt-1-limitWide, h-6
		head := s.env.Paint.Line(w)
		head.Gap(1).Add(themes.Text, chartHead)
		if words := legend(l); words != "" {
			head.Gap(3).Add(themes.Muted, words)
		}
		out = append(out, head.String())
	}
	if width < tail+8 || rows < 1 {
		return out
	}
	p := newPlot(l.Points, l.Span, width, rows, s.env.Paint.ASCII)
	for i := len(curves) - 1; i >= 0; i-- { // where they meet, the lowest is seen
		p.draw(l.Points, curves[i])
	}
	out = append(out, s.curves(l, p, w)...)
	out = append(out, s.axis(l, p, w))
	if wide {
		out = append(out, s.under(w, "", s.times(l, p)))
	}
	out = append(out, s.under(w, usersLabel, s.users(l, p)))
	gaps, whole := s.gaps(l, p)
	failed, well := s.failed(l, p)
	switch {
	case wide:
		out = append(out, s.under(w, gapsLabel, gaps), s.underWith(w, failedLabel, failed, well))
	case whole && !well:
		out = append(out, s.underWith(w, failedLabel, failed, well))
	default:
		out = append(out, s.under(w, gapsLabel, gaps))
	}
	return out
}

// curves paints the rows of the plot, with the axis at the left and labels at the ends.
func (s *live) curves(l *screen.Load, p *plot, w int) []string {
	ticks := p.ticks(!s.wide())
	var at [3]int
	end := -1
	var last screen.LoadPoint
	if n := len(l.Points); n > 0 {
		last = l.Points[n-1]
		if last.P50 > 0 && !last.Gap {
			at, end = p.labels(last), p.column(last.At, 1)+2
		}
	}
	limit := s.limit(l, p)
	var out []string
	for y := range p.h {
		line := s.env.Paint.Line(w)
		tick, side := ticks[y], themes.SignBoxSide
		if tick != "" && s.wide() {
			side = themes.SignAxisTick
		}
		line.Right(themes.Muted, tick, axisAt-1).Gap(1).Add(themes.Rule, side)
		label := -1
		for i := range at {
			if end >= 0 && at[i] == y {
				label = i
			}
		}
		stop := p.w
		if label >= 0 {
			stop = min(end, p.w)
		}
		p.paint(&line, y, stop)
		if label >= 0 {
			c := curves[label]
			text := c.name + " " + latency(c.of(last))
			if p.ascii {
				text = string(c.mark) + " " + text
			}
			line.To(axisAt+1+stop).Add(c.token, text)
		}
		if words, ok := limit[y]; ok && s.wide() {
			line.To(w-limitWide).Add(themes.Muted, words)
		}
		out = append(out, line.String())
	}
	return out
}

// paint appends a row's cells up to a column, those of one curve together.
func (p *plot) paint(line *paint.Line, y, stop int) {
	var run strings.Builder
	token := themes.Text
	flush := func() {
		line.Fit(token, run.String(), utf8.RuneCountInString(run.String()))
		run.Reset()
	}
	for x := range stop {
		sign, t, _ := p.cell(x, y)
		if t != token && run.Len() > 0 {
			flush()
		}
		token = t
		run.WriteRune(sign)
	}
	if run.Len() > 0 {
		flush()
	}
}

// limit is the words at the right of the limit that holds now, by row.
func (s *live) limit(l *screen.Load, p *plot) map[int]string {
	at := s.current(l)
	if at < 0 || l.Rows[at].Limit == 0 || p.h < 3 {
		return nil
	}
	y := min(p.row(l.Rows[at].Limit), p.h-2)
	return map[int]string{y: limitMost, y + 1: fmt.Sprintf(limitUnder, latency(l.Rows[at].Limit))}
}

// legend says what marks on the axis mean, where there are any.
func legend(l *screen.Load) string {
	warm, unfit := false, false
	for i := range l.Points {
		warm, unfit = warm || l.Points[i].Warm, unfit || l.Points[i].Unfit
	}
	var parts []string
	if warm {
		parts = append(parts, themes.SignSeparator+" "+startUp)
	}
	if unfit {
		parts = append(parts, themes.SignInconclusive+" "+tooBusyToMeasure)
	}
	return strings.Join(parts, "   ")
}

// axis is the line under the plot; it marks start-ups and moments in which this machine was
// too busy to measure.
func (s *live) axis(l *screen.Load, p *plot, w int) string {
	cells := []rune(strings.Repeat(themes.SignRule, p.w))
	for i := range l.Points {
		x := p.column(l.Points[i].At, 1)
		switch {
		case l.Points[i].Unfit:
			cells[x] = []rune(themes.SignInconclusive)[0]
		case l.Points[i].Warm && string(cells[x]) == themes.SignRule:
			cells[x] = []rune(themes.SignSeparator)[0]
		}
	}
	line := s.env.Paint.Line(w)
	return line.Gap(axisAt).Add(themes.Rule, themes.SignAxisCorner).Add(themes.Rule, string(cells)).String()
}

// under is a labelled row below the plot.
func (s *live) under(w int, label, text string) string { return s.underWith(w, label, text, true) }

func (s *live) underWith(w int, label, text string, well bool) string {
	token := themes.Text
	if !well {
		token = themes.Fail
	}
	line := s.env.Paint.Line(w)
	return line.Gap(1).Fit(themes.Muted, label, axisAt).Add(token, text).String()
}

// placed puts texts at columns of a row of cells; what would run into another is left out,
// its sign stays.
func placed(w int, texts map[int]string, sign string) string {
	cells := []rune(strings.Repeat(" ", w))
	free := 0
	for x := range w {
		text, ok := texts[x]
		if !ok {
			continue
		}
		full := []rune(sign + text)
		room := w - x
		for next := x + 1; next <= x+len(full) && next < w; next++ {
			if _, taken := texts[next]; taken {
				room = next - x - 1
				break
			}
		}
		if x < free {
			continue
		}
		if len(full) > room {
			full = []rune(sign)
		}
		if len(full) > 0 && x+len(full) <= w {
			copy(cells[x:], full)
			free = x + len(full)
		}
	}
	return strings.TrimRight(string(cells), " ")
}

// begins are the columns at which steps begin, with the step's index. Where several begin in
// one column the last counts.
func begins(l *screen.Load, p *plot) map[int]int {
	out := map[int]int{}
	for i := range l.Rows {
		if r := &l.Rows[i]; !r.Skipped && (!r.Over || r.Took > 0) {
			out[p.column(r.At, 1)] = i
		}
	}
	return out
}

// times are the moments at which steps begin, and that at which the plan ends.
func (s *live) times(l *screen.Load, p *plot) string {
	texts := map[int]string{}
	for x, i := range begins(l, p) {
		texts[x] = clock(l.Rows[i].At)
	}
	texts[p.column(p.span, 1)] = clock(p.span)
	return placed(p.w, texts, "")
}

// users are the steps' users under the curves.
func (s *live) users(l *screen.Load, p *plot) string {
	texts := map[int]string{}
	for x, i := range begins(l, p) {
		r := &l.Rows[i]
		texts[x] = fmt.Sprint(r.Users)
		if r.Rate > 0 {
			texts[x] = fmt.Sprintf("%g/s", r.Rate)
		}
	}
	return placed(p.w, texts, themes.SignStep)
}

// gaps are the times in which something waited and nothing came.
func (s *live) gaps(l *screen.Load, p *plot) (text string, none bool) {
	texts := map[int]string{}
	var longest time.Duration
	at := 0
	tell := func() {
		if longest > 0 {
			text := fmt.Sprintf(nothingFinished, latency(longest))
			texts[max(0, min(at, p.w-len(text)))] = text
		}
		longest = 0
	}
	for i := range l.Points {
		point := &l.Points[i]
		if !point.Gap {
			tell()
			continue
		}
		if longest == 0 {
			at = p.column(point.At-point.Silent, 1)
		}
		longest = point.Silent
	}
	tell()
	if len(texts) == 0 {
		return soFar(l), true
	}
	return placed(p.w, texts, ""), false
}

// soFar says that there were none of something.
func soFar(l *screen.Load) string {
	if l.Ended {
		return none
	}
	return noneSoFar
}

// failed is a strip of the failed share, column by column.
func (s *live) failed(l *screen.Load, p *plot) (text string, well bool) {
	worst := make([]float64, p.w)
	well = true
	for i := range l.Points {
		point := &l.Points[i]
		if point.Bad == 0 {
			continue
		}
		well = false
		x := p.column(point.At, 1)
		worst[x] = max(worst[x], float64(point.Bad)/float64(point.Bad+point.Good))
	}
	if well {
		return soFar(l), true
	}
	var b strings.Builder
	for _, share := range worst {
		if share == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteString(widget.Spark([]float64{share}, 0, 1))
	}
	return strings.TrimRight(b.String(), " "), false
}
