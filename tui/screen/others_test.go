package screen

import (
	"context"
	"errors"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/config"
)

// team is a session that others write to.
type team struct {
	Session
	events []sessions.Event
	saved  uint64
	waits  int
	known  uint64
}

func (s *team) Events() []sessions.Event                      { return s.events }
func (s *team) Head() sessions.Head                           { return sessions.Head{Seq: s.saved} }
func (s *team) Known() uint64                                 { return s.known }
func (s *team) Waiting() int                                  { return s.waits }
func (s *team) ReadOnly() string                              { return "" }
func (s *team) Follow(context.Context) <-chan sessions.Update { return nil }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func (s *team) write(by clean.Text, at time.Time, data sessions.Payload) {
	s.events = append(s.events, sessions.Event{Seq: uint64(len(s.events) + 1), At: at, By: by, Data: data})
	s.saved = uint64(len(s.events))
}

func shared() (*Review, *team) {
	time.Local = time.UTC
	s := &team{}
	env := &Env{Config: &config.Config{Me: config.Me{Name: "ann"}}, Now: func() time.Time { return noon }}
	r := &Review{Session: s, env: env, State: &sessions.State{}, updates: make(chan sessions.Update)}
	return r, s
}

func TestCompany(t *testing.T) {
	r, s := shared()
	note := func(by clean.Text, ago time.Duration) {
		s.write(by, noon.Add(-ago), sessions.Noted{Item: "A-01", Text: "x"})
		r.State = &sessions.State{}
	}
	note("long ago", time.Hour)
	note("ann", 3*time.Minute)
	if got := r.company(noon); got != "" {
		t.Errorf("alone: %q", got)
	}
	note("bo", 2*time.Minute)
	note("bo", time.Minute)
	if got := r.company(noon); got != "bo wrote at 11:59" {
		t.Error(got)
	}
	note("cy", 0)
	if got := r.company(noon); got != "cy and bo wrote at 12:00" {
		t.Error(got)
	}
	note("di", 0)
	if got := r.company(noon); got != "3 others wrote, last at 12:00" {
		t.Error(got)
	}
	if got := r.company(noon.Add(time.Hour)); got != "" {
		t.Errorf("an hour later: %q", got)
	}
	sit := func(names ...clean.Text) {
		r.present = nil
		for _, name := range names {
			r.present = append(r.present, sessions.Seat{By: name, Since: noon})
		}
	}
	later := noon.Add(time.Hour)
	for want, names := range map[string][]clean.Text{
		"bo is here":                {"bo"},
		"bo and cy are here":        {"bo", "cy", "bo"},
		"3 others are here":         {"bo", "cy", "ed"},
		"your other window is here": {"ann"},
		"somebody is here":          {""},
	} {
		sit(names...)
		if got := r.company(later); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	sit("cy")
	if got := r.company(noon); got != "cy is here · di and bo wrote lately" {
		t.Error(got)
	}
	sit()
	r.updates, r.State = nil, &sessions.State{}
	if got := r.company(noon); got != "" {
		t.Errorf("nobody else can write: %q", got)
	}
}

func news(r *Review) string {
	text, _ := r.News(r.State)
	return text
}

func TestNews(t *testing.T) {
	r, s := shared()
	r.State.Items = map[string]*sessions.ItemState{"A-01": {Reviewer: &sessions.Judgement{By: "ann", Verdict: checks.Pass}}}
	s.write("ann", noon, sessions.Noted{Item: "A-01", Text: "mine"})
	s.write("bo", noon, sessions.Checked{Item: "A-01", Verdict: checks.Fail})
	if got := news(r); got != "" {
		t.Errorf("told %q", got)
	}
	s.write("bo", noon, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Fail, Reason: "seen"})
	theirs := &sessions.State{Items: map[string]*sessions.ItemState{"A-01": {Reviewer: &sessions.Judgement{By: "bo", Verdict: checks.Fail, Seq: 3}}}}
	text, lost := r.News(theirs)
	if want := "bo’s fail replaces your pass on A-01: seen"; text != want || !lost {
		t.Errorf("%q, %v, want %q", text, lost, want)
	}
	// Said first, but written down after theirs: one's own counts.
	s.write("bo", noon, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Fail, Reason: "seen"})
	mine := &sessions.State{Items: map[string]*sessions.ItemState{"A-01": {Reviewer: &sessions.Judgement{By: "ann", Verdict: checks.Pass, Seq: 5}}}}
	text, lost = r.News(mine)
	if want := "your pass on A-01 stands, written after bo’s fail: seen"; text != want || lost {
		t.Errorf("%q, %v, want %q", text, lost, want)
	}
	// What was lost is said before what else there is.
	s.write("bo", noon, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Fail, Reason: "seen"})
	s.write("bo", noon, sessions.Marked{Items: []string{"A-02"}, On: true})
	text, lost = r.News(theirs)
	if want := "bo’s fail replaces your pass on A-01: seen · and 1 more"; text != want || !lost {
		t.Errorf("%q, %v, want %q", text, lost, want)
	}
	s.write("bo", noon, sessions.Noted{Item: "A-02", Text: "one"})
	s.write("cy", noon, sessions.Noted{Item: "A-02", Text: "two"})
	if got, want := news(r), "cy: A-02 noted: two · and 1 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := news(r); got != "" {
		t.Errorf("told again: %q", got)
	}
	// What waits here stands behind what is saved, and moves up when others' events come.
	s.write("ann", noon, sessions.Noted{Item: "A-01", Text: "waits"})
	s.saved, s.waits = s.saved-1, 1
	if got := news(r); got != "" {
		t.Errorf("one's own: %q", got)
	}
	s.events = s.events[:len(s.events)-1]
	s.write("bo", noon, sessions.Marked{Items: []string{"A-02"}, On: true})
	s.events = append(s.events, sessions.Event{Seq: s.saved + 1, By: "ann", Data: sessions.Noted{Item: "A-01", Text: "waits"}})
	if got, want := news(r), "bo: A-02 marked"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A change that waits for its turn to be kept is counted with those that are.
func TestWaitingCounts(t *testing.T) {
	r, s := shared()
	s.waits, r.offline, r.savedAt = 1, errors.New("gone"), noon
	if got := r.Saved(); got != "NOT SAVED: no connection, 1 change waits" {
		t.Error(got)
	}
	r.pending = 1
	if got := r.Saved(); got != "NOT SAVED: no connection, 2 changes wait" {
		t.Error(got)
	}
	r.Apply(StateChanged{Review: r, recorded: true}, noon.Add(time.Hour))
	s.waits, r.offline = 0, errors.New("gone")
	if got := r.Saved(); got != "no connection · saved 12:00" {
		t.Errorf("what only waited counts as saved: %q", got)
	}
	if s.waits = 1; r.Landed() == "saved" || r.WaitsWords() == "" {
		t.Errorf("%q %q", r.Landed(), r.WaitsWords())
	}
}

// What the last sitting could not save was put after what another wrote meanwhile: whoever
// opens the review again is told, in the words of a sitting that went on.
func TestNewsOfWhileChangesWaited(t *testing.T) {
	r, s := shared()
	s.write("bo", noon, sessions.Noted{Item: "A-01", Text: "before"})
	s.write("bo", noon, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Fail, Reason: "seen"})
	s.write("ann", noon, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "mine"})
	r.State.Items = map[string]*sessions.ItemState{"A-01": {Reviewer: &sessions.Judgement{By: "ann", Verdict: checks.Pass, Seq: 3}}}
	r.heard = heardOf(s)
	if got := news(r); got != "" {
		t.Errorf("nothing waited: told %q", got)
	}
	s.known = 1
	r.heard = heardOf(s)
	if got, want := news(r), "your pass on A-01 stands, written after bo’s fail: seen"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}
