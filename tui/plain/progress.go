package plain

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/screen"
)

// howOften is how often a run that brings no results says how far it is.
const howOften = 5 * time.Second

// progress is a run as it was said so far.
type progress struct {
	done, total int
	says        clean.Text // what a long check says of itself
	at          time.Time  // when something was said last
}

// sayProgress says what a run brought: a line each result, and now and then how far it is.
func (f *front) sayProgress(m screen.StateChanged) {
	r := m.Review
	if m.Recorded() {
		return
	}
	p := &f.progress
	if r.Running != nil && p.total == 0 {
		items := r.Running.Items
		if len(items) == 0 {
			items = r.State.Plan.Runnable(r.Running.Classes)
		}
		p.total = len(items)
		f.out.line("Running: " + screen.Count(p.total, "item", "items") + "; Ctrl+C stops")
		p.at = time.Now()
	}
	for _, e := range m.Events {
		switch e := e.(type) {
		case checks.Finished:
			p.done++
			f.out.line(resultWords(r, e.Outcome))
			p.at = time.Now()
		case checks.Progressed:
			p.says = e.Text
		}
	}
	switch {
	case m.Ended:
		f.out.line(fmt.Sprintf("Run over: %s, %s sent in this review. Decision: %s", screen.Count(p.done, "item", "items"),
			screen.Count(r.State.RequestsSent, "request", "requests"), screen.DecisionWords(r.Assessment)))
		*p = progress{}
	case !f.calm && time.Since(p.at) >= howOften:
		f.sayHowFar()
	}
}

// sayHowFar says how many items are done of how many.
func (f *front) sayHowFar() {
	p := &f.progress
	if p.total == 0 {
		return
	}
	text := fmt.Sprintf("Running: %d of %d", p.done, max(p.total, p.done))
	if p.says != "" {
		text += ", " + p.says.String()
	}
	f.out.line(text)
	p.at = time.Now()
}

// resultWords is a result in a line: "fail SEC-02, title: why".
func resultWords(r *screen.Review, o checks.Outcome) string {
	title := ""
	if it := r.Item(o.Item); it != nil {
		title = it.Planned.Item.Title
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s, %s: %s", o.Verdict, o.Item, title, screen.OneLine(o.Reason.String())))
}
