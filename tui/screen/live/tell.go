package live

import (
	"fmt"
	"strings"

	"assess/gonogo/tui/screen"
)

// Tell says the headline and each step with its figures.
func (s *live) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	l := s.load()
	if l == nil {
		t.Lines = append(t.Lines, noLoadSent)
		return t
	}
	var parts []string
	for _, p := range s.says(l) {
		parts = append(parts, p.text)
	}
	t.Say("Load", strings.Join(parts, ", "))
	for i := range l.Rows {
		r := &l.Rows[i]
		words := []string{fmt.Sprintf(stepIs, i+1, r.Title, r.Item)}
		if f := figuresOf(l, r); f.some {
			words = append(words, screen.Count(f.sent, "answer", "answers"), fmt.Sprintf(goodASecond, perSecond(f.good)))
			if f.failed > 0 {
				words = append(words, fmt.Sprintf(failedShare, share(f.failed, f.sent)))
			}
			if f.good > 0 { // the figures are of good answers
				words = append(words, "p50 "+latency(f.p50), "p90 "+latency(f.p90), "p99 "+latency(f.p99))
			}
		}
		if r.Skipped {
			words = append(words, notRun+strings.TrimPrefix(r.Reason.String(), notRun))
		}
		if r.Verdict != "" {
			words = append(words, string(r.Verdict))
		}
		t.Rows = append(t.Rows, strings.Join(words, ", "))
	}
	return t
}
