package walk

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/consent"
	"assess/gonogo/tui/screen"
)

// pending is a run that begins as soon as the one that is going on has ended.
type pending struct {
	items   []string
	classes []checks.Class
	host    string
}

// free are the classes that need no consent.
var free = []checks.Class{checks.Local, checks.Safe}

// fresh lists the items that have not run yet and could at once.
func (s *walk) fresh() []string {
	return s.figures().fresh
}

// whyNoRun says why nothing can be run, or is empty.
func (s *walk) whyNoRun() string {
	switch {
	case s.review().Running != nil:
		return s.isRunning()
	case len(s.consent) == 0 && len(s.fresh()) == 0:
		return fmt.Sprintf(nothingToRun, s.env.Key(action.RunItem))
	}
	return ""
}

// runWaiting runs what has not run, and asks consent for what needs it.
func (s *walk) runWaiting() tea.Cmd {
	if s.whyNoRun() != "" {
		return nil
	}
	if len(s.consent) == 0 {
		return s.review().Run(s.fresh(), free, "")
	}
	return s.askConsent([]checks.Class{checks.Intrusive, checks.Load}, s.waiting(), false)
}

// waiting are the items that wait for consent, and those that have not run.
func (s *walk) waiting() []string {
	out := s.fresh()
	for it := range s.items() {
		if id := it.Planned.Item.ID; s.consent[id] && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// whyNoRerun says why the targets can't be run again, or is empty.
func (s *walk) whyNoRerun(it *sessions.ItemState) string {
	if it == nil {
		return markFirst
	}
	if s.review().Running != nil {
		return s.isRunning()
	}
	if len(s.ticked) > 0 {
		return ""
	}
	p := it.Planned
	switch {
	case p.NA != "":
		return fmt.Sprintf(applyNot, p.NA)
	case len(p.Checks) == 0:
		return isQuestion
	case p.Waits != "":
		return fmt.Sprintf(isWaiting, p.Waits)
	}
	return ""
}

// rerun runs the marked item again, or the ticked ones; what needs consent asks it.
func (s *walk) rerun() tea.Cmd {
	it := s.item()
	if s.whyNoRerun(it) != "" {
		return nil
	}
	return s.runAgain(s.targets())
}

// asksOf lists the checks of a class among some items; none given means all that wait.
func (s *walk) asksOf(class checks.Class, ids []string) []checks.Ask {
	return slices.DeleteFunc(s.review().State.Plan.Asks(class), func(a checks.Ask) bool {
		if ids == nil {
			return !s.consent[a.Item]
		}
		return !slices.Contains(ids, a.Item)
	})
}

// askConsent asks for one class after the other, then runs what was allowed.
func (s *walk) askConsent(classes []checks.Class, ids []string, byItself bool) tea.Cmd {
	p := pending{}
	if ids != nil {
		p.items, p.classes = s.withoutConsent(ids), slices.Clone(free)
	}
	return s.ask(classes, ids, p, byItself)
}

// withoutConsent keeps the items that have a check which needs no consent.
func (s *walk) withoutConsent(ids []string) []string {
	runnable := s.review().State.Plan.Runnable(nil)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(runnable, id) })
}

// ask opens the dialog of the first class that waits for something. Each answer opens the
// next; the run starts after the last.
func (s *walk) ask(classes []checks.Class, ids []string, p pending, byItself bool) tea.Cmd {
	for i, class := range classes {
		asks := s.asksOf(class, ids)
		if len(asks) == 0 {
			continue
		}
		rest := classes[i+1:]
		d := consent.New(s.env, class, asks, func(allowed bool, host string) tea.Cmd {
			next := p
			if allowed {
				if host != "" { // consent to start something here names none
					next.host = host
				}
				next.classes = append(slices.Clone(next.classes), class)
				for _, a := range asks {
					if !slices.Contains(next.items, a.Item) {
						next.items = append(slices.Clone(next.items), a.Item)
					}
				}
			}
			return s.ask(rest, ids, next, false)
		})
		if byItself {
			return screen.Interrupt(d)
		}
		return screen.Ask(d)
	}
	if len(p.items) == 0 {
		return nil
	}
	return s.start(p)
}

// start runs, or remembers to run when the run that is going on has ended.
func (s *walk) start(p pending) tea.Cmd {
	if s.review().Running != nil {
		s.wants = &p
		return screen.Tell(screen.Note, runAfterThis)
	}
	clear(s.ticked)
	p.classes = s.withFree(p.classes)
	run := s.review().Run(p.items, p.classes, p.host)
	if slices.Contains(p.classes, checks.Load) {
		return tea.Batch(run, screen.Go(screen.Live, screen.Args{}))
	}
	return run
}

// withFree are classes and those that need no consent.
func (s *walk) withFree(classes []checks.Class) []checks.Class {
	out := slices.Clone(classes)
	for _, c := range free {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// runWanted starts what was waiting for a run to end.
func (s *walk) runWanted() tea.Cmd {
	if s.wants == nil || s.review().Running != nil {
		return nil
	}
	p := *s.wants
	s.wants = nil
	if slices.Contains(p.classes, checks.Load) { // the person is elsewhere by now
		return tea.Batch(s.review().Run(p.items, s.withFree(p.classes), p.host),
			screen.Tell(screen.Note, fmt.Sprintf(loadBegins, s.env.Key(action.GoLive))))
	}
	return s.start(p)
}
