package live

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/clipboard"
	"assess/gonogo/tui/screen"
)

// latency is a short time with two digits at least: "4.2 ms", "84 ms", "1.9 s".
func latency(d time.Duration) string {
	if d > 0 && d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	if d >= time.Second && d < 10*time.Second {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
	}
	return screen.Seconds(d)
}

// clock is a time against a budget: "0:34".
func clock(d time.Duration) string {
	s := int(max(d, 0).Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// share is the failed part of answers.
func share(failed, answers int) string {
	if answers == 0 {
		return ""
	}
	return screen.Percent(100*float64(failed)/float64(answers), 1)
}

// perSecond is a rate: "349", "12.5" where it is small.
func perSecond(rate float64) string {
	if rate > 0 && rate < 20 {
		return fmt.Sprintf("%.1f", rate)
	}
	return screen.Number(int(rate + 0.5))
}

// figures are what a row of the table says.
type figures struct {
	sent, failed  int
	good          float64
	p50, p90, p99 time.Duration
	some          bool
}

// figuresOf are a row's numbers: of the last second while it runs, of all of it after that.
func figuresOf(l *screen.Load, r *screen.LoadRow) figures {
	switch {
	case r.Over:
		return figures{r.Answers, r.Failed, r.Good, r.P50, r.P90, r.P99, true}
	case r.Running && l.Now != nil:
		n := l.Now
		f := figures{sent: n.Answers, failed: n.Failed, p50: n.P50, p90: n.P90, p99: n.P99, some: true}
		if n.Span > 0 {
			f.good = float64(n.Good) / n.Span.Seconds()
		}
		return f
	}
	return figures{}
}

// copy copies the table as Markdown.
func (s *live) copy(l *screen.Load) tea.Cmd {
	var b strings.Builder
	b.WriteString(copiedHead)
	for i := range l.Rows {
		r := &l.Rows[i]
		f := figuresOf(l, r)
		verdict := string(r.Verdict)
		switch {
		case r.Skipped:
			verdict += ": " + string(r.Reason)
		case r.Running:
			verdict = copiedRunning
		}
		if !f.some {
			fmt.Fprintf(&b, "| %d | %s | %s | | | | | | | %s |\n", i+1, r.Title, r.Item, verdict)
			continue
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", i+1, r.Title, r.Item, screen.Number(f.sent), perSecond(f.good),
			share(f.failed, f.sent), latency(f.p50), latency(f.p90), latency(f.p99), verdict)
	}
	if knee, saturated := bends(l); knee != "" {
		fmt.Fprintf(&b, copiedKnee, knee)
		if saturated != "" {
			fmt.Fprintf(&b, copiedSaturated, saturated)
		}
	}
	text := b.String()
	return func() tea.Msg {
		took := clipboard.Copy(text)
		return screen.ToastMsg{Kind: screen.Good, Text: fmt.Sprintf(copiedSteps, took)}
	}
}
