package plain

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/screen"
)

// howOften is how often a run says something at most: a voice needs that long for a line.
const howOften = 5 * time.Second

// fewResults is how many results are said one by one while a run goes on, and of a run
// that had no more; atEnd is how many failures are named when it is over.
const (
	fewResults = 3
	atEnd      = 20
)

// progress is a run as it was said so far.
type progress struct {
	total  int
	counts map[checks.Verdict]int
	done   int
	unsaid []checks.Outcome // results that were not said
	says   clean.Text       // what a long check says of itself
	at     time.Time        // when something was said last
}

// sayProgress says what a run brought: now and then how far it is, and at its end what
// failed.
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
		begins := runByTerminal
		if !f.terminal {
			begins = runByPipe
		}
		f.out.line(fmt.Sprintf(begins, itemCount(p.total)))
		p.at = f.now()
	}
	for _, e := range m.Events {
		switch e := e.(type) {
		case checks.Finished:
			p.done++
			if p.counts == nil {
				p.counts = map[checks.Verdict]int{}
			}
			p.counts[e.Outcome.Verdict]++
			p.unsaid = append(p.unsaid, e.Outcome)
		case checks.Progressed:
			p.says = e.Text
		}
	}
	switch {
	case m.Ended:
		f.sayOver(r)
	case !f.calm && f.now().Sub(p.at) >= howOften:
		f.sayHowFar()
	}
}

// sayHowFar says the results that came where they are few, else how many of how many.
func (f *front) sayHowFar() {
	p := &f.progress
	if p.total == 0 {
		return
	}
	p.at = f.now()
	if r := f.model.Env().Review; r != nil && len(p.unsaid) > 0 && len(p.unsaid) <= fewResults {
		for _, o := range p.unsaid {
			f.out.line(resultWords(r, o))
		}
		p.unsaid = nil
		return
	}
	text := fmt.Sprintf(runSoFar, p.done, max(p.total, p.done))
	if p.done > 0 {
		text = fmt.Sprintf(runCounts, text, countWords(p.counts))
	}
	if p.says != "" {
		text = fmt.Sprintf(runSays, text, p.says)
	}
	f.out.line(text)
}

// sayOver says how a run ended, where the review stands by it, and what fails that was not
// said yet; of a run of few items every result.
func (f *front) sayOver(r *screen.Review) {
	p := f.progress
	if f.progress = (progress{}); p.total == 0 && p.done == 0 {
		return // a review of questions
	}
	f.out.line(runOver(p.done, countWords(p.counts), r.State.RequestsSent))
	f.out.line(fmt.Sprintf(decisionIs, screen.DecisionWords(r.Assessment)))
	said, more := 0, 0
	for _, o := range p.unsaid {
		switch {
		case o.Verdict != checks.Fail && p.done > fewResults:
		case said < atEnd:
			said++
			f.out.line(resultWords(r, o))
		default:
			more++
		}
	}
	if more > 0 {
		f.out.line(fmt.Sprintf(runHeldBack, more))
	}
}

// countWords says how many there are of each verdict: "20 pass, 3 fail".
func countWords(n map[checks.Verdict]int) string {
	var parts []string
	for _, v := range checks.Verdicts {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	if len(parts) == 0 {
		return noResults
	}
	return strings.Join(parts, ", ")
}

// resultWords is a result in a line: "fail SEC-02, title: why".
func resultWords(r *screen.Review, o checks.Outcome) string {
	title := ""
	if it := r.Item(o.Item); it != nil {
		title = it.Planned.Item.Title
	}
	return strings.TrimSpace(fmt.Sprintf(runResult, o.Verdict, o.Item, title, screen.OneLine(o.Reason.String())))
}
