package home

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// toCompare are the two reviews that C sets side by side, the older one first: those that
// are ticked, else the marked one with the one that it is compared with. Nil: there are no
// two.
func (s *home) toCompare() []string {
	if len(s.ticked) == 2 {
		var out []string
		for _, sum := range s.all {
			if s.ticked[sum.ID] {
				out = append(out, sum.ID)
			}
		}
		return out
	}
	sum, ok := s.at()
	if before, why := sessions.Before(s.all, sum); ok && len(s.ticked) == 0 && why != "" {
		return []string{before.ID, sum.ID}
	}
	return nil
}

// alone says why there is nothing to compare.
func (s *home) alone() string {
	tick := fmt.Sprintf(tickTwo, s.env.Key(action.ItemTick))
	if len(s.ticked) > 0 {
		return tick
	}
	return fmt.Sprintf(nothingBefore, tick)
}

// against says what the marked review is compared with, and how its score moved since. Where
// room lacks, how the other was chosen is left out before a number is cut.
func (s *home) against(sum sessions.Summary, room int) string {
	if !sum.Baseline.IsZero() {
		if base, _ := sessions.Baseline(s.all, sum.Target, sum.Profile); base.ID == sum.ID {
			return fmt.Sprintf(comparedFrom, sum.Baseline.Local().Format("2 Jan"))
		}
	}
	before, why := sessions.Before(s.all, sum)
	if why == "" {
		return ""
	}
	at := when(before.Created, s.env.Now())
	text := fmt.Sprintf(comparedWith, why, at)
	if undecided(sum) || undecided(before) {
		return fmt.Sprintf(comparesOn, text, s.env.Key(action.GoCompare))
	}
	moved := fmt.Sprintf(": %s %s %s, %.1f %s %s", decision(before).Words(), themes.SignArrow, decision(sum).Words(),
		sessions.Rounded(before.Score, 1), themes.SignArrow, screen.Percent(sum.Score, 1))
	if paint.Width(text+moved) > room {
		text = fmt.Sprintf(comparedShort, at)
	}
	return text + moved
}

// when is a moment near enough to tell reviews of one day apart, with the year where it is
// another than this one.
func when(t, now time.Time) string {
	if t = t.Local(); t.Year() != now.Local().Year() {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan 15:04")
}

// late is an overdue condition of a review.
type late struct {
	sum sessions.Summary
	due sessions.Deadline
}

// overdue lists what is overdue, longest first, in the newest review of every target and
// profile: what was begun later took the conditions over.
func (s *home) overdue() []late {
	newest := map[[2]string]sessions.Summary{}
	for _, sum := range s.all {
		k := [2]string{sum.Target, sum.Profile}
		if was, ok := newest[k]; !ok || sum.Created.After(was.Created) {
			newest[k] = sum
		}
	}
	var out []late
	for _, sum := range s.all {
		if newest[[2]string{sum.Target, sum.Profile}].ID != sum.ID {
			continue
		}
		for _, d := range sessions.Overdue(sum.Deadlines, s.env.Now()) {
			out = append(out, late{sum, d})
		}
	}
	return out
}

// mostOverdue is how many conditions stand over the list; the rest is counted.
const mostOverdue = 3

// overdueLines stand over the list while something is overdue.
func (s *home) overdueLines(w, h int) []string {
	all := s.overdue()
	show := mostOverdue
	if h < 16 {
		show = 1
	}
	var out []string
	for i, x := range all[:min(len(all), show)] {
		l := s.env.Paint.Line(w)
		l.Gap(1).Add(themes.Error, themes.SignWarn).Gap(2).Fit(themes.Error, overdueLabel, 9)
		text := strings.TrimSpace(x.sum.Target+" "+x.sum.Version) + ": " + overdueWords(x.due, 0)
		if more := len(all) - show; i == show-1 && more > 0 {
			text = fmt.Sprintf("+%d  %s", more, text)
		}
		out = append(out, l.Fit(themes.Text, text, l.Room()-1).String())
	}
	if len(out) > 0 && h >= 16 {
		out = append(out, paint.Blank(w))
	}
	return out
}

// overdueWords tells of a condition, and how many more there are.
func overdueWords(d sessions.Deadline, more int) string {
	text := fmt.Sprintf(overdueText, d.Text, cmp.Or(d.Owner, noOwner), d.Due.Local().Format("2 Jan 2006"))
	if more > 0 {
		text += fmt.Sprintf(" +%d", more)
	}
	return text
}

// pinned answers a request to pin a review as the baseline, or to take the pin away.
type pinned struct {
	sum sessions.Summary
	on  bool
	err error
}

// pin makes the marked review the baseline of its target and profile, or no longer. The
// pin is an event of the review's own journal, so that it moves with it.
func (s *home) pin() tea.Cmd {
	sum, ok := s.at()
	if !ok || sum.Damaged != "" {
		return nil
	}
	on := sum.Baseline.IsZero()
	change := map[string]bool{sum.ID: on}
	for _, other := range s.all {
		if other.Target == sum.Target && other.Profile == sum.Profile && !other.Baseline.IsZero() {
			change[other.ID] = other.ID == sum.ID && on
		}
	}
	env := s.env
	var open tea.Cmd
	if r := env.Review; r != nil && r.File == "" && r.ReadOnly() == "" {
		if to, ok := change[r.ID()]; ok {
			delete(change, r.ID())
			open = r.Record(sessions.BaselineSet{On: to})
		}
	}
	return tea.Batch(open, func() tea.Msg {
		m := pinned{sum: sum, on: on}
		for id, to := range change {
			m.err = errors.Join(m.err, setBaseline(env, id, to))
		}
		return m
	})
}

func setBaseline(env *screen.Env, id string, on bool) error {
	x, err := sessions.Open(env.Ctx, env.Store, env.Registry, id)
	if err != nil {
		return err
	}
	if why := x.ReadOnly(); why != "" {
		return errors.Join(fmt.Errorf("%s is read-only: %s", id, why), x.Close())
	}
	_, err = x.Record(env.Ctx, env.By(), sessions.BaselineSet{On: on})
	return errors.Join(err, x.Close())
}

// tell says how it went, and reads the list anew.
func (m pinned) tell(s *home) tea.Cmd {
	s.still = true
	if m.err != nil {
		return tea.Batch(screen.Fail(fmt.Errorf("the baseline stays as it was: %w", m.err)), s.load())
	}
	text := fmt.Sprintf(baselineGone, m.sum.Target, m.sum.Profile)
	if m.on {
		text = fmt.Sprintf(baselineSet, m.sum.Target, m.sum.Profile)
	}
	return tea.Batch(screen.Tell(screen.Good, text), s.load())
}

// retest opens New review on the marked review's target and profile, to begin from it.
func (s *home) retest() tea.Cmd {
	sum, ok := s.at()
	if !ok || sum.Damaged != "" {
		return nil
	}
	env := s.env
	return func() tea.Msg {
		old, err := sessions.View(env.Ctx, env.Store, env.Registry, sum.ID)
		if err != nil {
			return screen.ToastMsg{Kind: screen.Alert, Text: fmt.Sprintf(readFailed, err)}
		}
		o := old.State().Opened
		return screen.OpenMsg{Name: screen.Setup, Args: screen.Args{
			File: filepath.Join(o.Dir, cmp.Or(o.File, "target.toml")), Profile: o.Profile, Sessions: []string{sum.ID},
		}}
	}
}
