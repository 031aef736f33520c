package live

import (
	"fmt"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/themes"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// spread draws how the latencies of the marked step are spread, h lines of it.
func (s *live) spread(l *screen.Load, w, h int) []string {
	head := s.env.Paint.Line(w)
	head.Gap(1)
	if s.list.At >= len(l.Rows) {
		return []string{head.String()}
	}
	r := &l.Rows[s.list.At]
	counts, total := r.Spread, 0
	if r.Running && l.Now != nil {
		counts = l.Now.Spread
	}
	first, last := -1, -1
	for i, n := range counts {
		if n > 0 {
			if first < 0 {
				first = i
			}
			last = i
			total += int(n)
		}
	}
	head.Add(themes.Text, fmt.Sprintf(spreadHead, s.list.At+1, r.Title))
	if total == 0 {
		head.Add(themes.Muted, spreadNone)
		return []string{head.String()}
	}
	head.Add(themes.Muted, fmt.Sprintf(spreadOf, screen.Number(total)))
	out := []string{head.String()}
	bars := merged(&counts, first, last, max(h-1, 1))
	most := 0
	for _, b := range bars {
		most = max(most, b.n)
	}
	for _, b := range bars {
		line := s.env.Paint.Line(w)
		line.Right(themes.Muted, b.label, 19).Gap(1)
		full, _ := widget.Meter(float64(b.n)/float64(most), max(w-19-22, 1))
		if b.n == 0 {
			full = ""
		}
		line.Fit(themes.P50, full, max(w-19-22, 1))
		line.Right(themes.Text, screen.Number(b.n), 9).Right(themes.Muted, screen.Percent(100*float64(b.n)/float64(total), 1), 9)
		out = append(out, line.String())
	}
	return out
}

// bar is one row of the histogram.
type bar struct {
	label string
	n     int
}

// merged are the counts from first to last as at most h bars: neighbours together where
// there are more.
func merged(counts *checks.Spread, first, last, h int) []bar {
	per := (last - first + h) / h
	var out []bar
	for i := first; i <= last; i += per {
		b := bar{}
		to := min(i+per-1, last)
		for j := i; j <= to; j++ {
			b.n += int(counts[j])
		}
		var low time.Duration
		if i > 0 {
			low = checks.SpreadEdges[i-1]
		}
		b.label = fmt.Sprintf(fromOn, latency(low))
		if to < len(checks.SpreadEdges) {
			b.label = edge(low) + " " + themes.SignRange + " " + latency(checks.SpreadEdges[to])
		}
		out = append(out, b)
	}
	return out
}

// edge is the lower end of a range.
func edge(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	return latency(d)
}
