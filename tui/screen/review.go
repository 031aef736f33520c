package screen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
)

// Session is what a Review needs of *sessions.Session.
type Session interface {
	ID() string
	State() *sessions.State
	ReadOnly() string
	Events() []sessions.Event
	Record(ctx context.Context, by clean.Text, data ...sessions.Payload) (*sessions.State, error)
	Undo(ctx context.Context, by clean.Text) (*sessions.State, error)
	Redo(ctx context.Context, by clean.Text) (*sessions.State, error)
	Evidence(ctx context.Context, sha string) ([]byte, error)
	PutEvidence(ctx context.Context, body []byte) (string, error)
	Run(ctx context.Context, by clean.Text, o checks.RunOptions, listen func(checks.Event)) error
	Unsaved() []sessions.Event
	CopyTo(ctx context.Context, to sessions.Store) error
	Foreign() bool
	Vouch()
	Close() error
}

// Review is the session that is open, as every screen works on it: what it says now, and
// the commands that change it. Its fields are written by the root alone, when an answer
// arrives; commands do the work and never touch them. Scores are computed in commands.
type Review struct {
	Session    Session
	State      *sessions.State
	Assessment *sessions.Assessment
	Needs      []string // items that wait for the reviewer, in plan order
	Running    *Running // nil while nothing runs
	Load       *Load    // what was put on the target in this sitting, last; nil: nothing
	Places     map[string]Kept
	Carried    *sessions.CarriedOver // what a re-test took over; nil where it is none, or the one before is gone
	CutOff     bool                  // the last sitting ended without closing: a crash, a lost terminal
	At         sessions.Moment       // shown as it was then; zero: as it is
	Back       Name                  // where in the review as it is leaving that moment leads; empty: Home
	File       string                // the report file that it is in; empty: it is saved in the store

	seated   bool // this sitting is written down
	env      *Env
	pending  int
	savedAt  time.Time
	err      error
	drafts   *Drafts
	queue    queue
	stream   *stream
	updates  <-chan sessions.Update // what others write; nil where nobody else can
	offline  error                  // why the store can't be reached
	heard    int                    // events whose news was told
	present  []sessions.Seat        // who else has it open
	wrote    []other                // who else wrote lately
	othersOf *sessions.State        // that wrote is of
	counted  *sessions.State        // that judged and waiting are of
	judged   string
	waiting  string
}

// Judge computes what follows from a state: scores, gates and what needs the reviewer.
type Judge func(*sessions.State) (*sessions.Assessment, []string)

// StateChanged tells every open screen that the review is another now. Data is what was
// recorded, Events what a run brought; Err says that recording failed and nothing changed:
// what was typed is still a draft.
type StateChanged struct {
	Review     *Review
	State      *sessions.State
	Assessment *sessions.Assessment
	Needs      []string
	Data       []sessions.Payload
	Events     []checks.Event
	Ended      bool   // the run is over
	Turned     string // what Undo or Redo did, for the person
	Err        error
	Refused    error // what waited for the store, and makes no sense on top of what others wrote
	Unkept     error // why what waits for the store is in memory alone, once
	recorded   bool
	followed   bool  // somebody else's change, or the store went away or came back
	offline    error // why the store can't be reached, of a followed one
	present    []sessions.Seat
}

// Recorded reports whether this answers Record, Undo or Redo; else it is part of a run.
func (m StateChanged) Recorded() bool { return m.recorded }

// NewReview makes a review of an open session. It reads drafts and computes scores, so
// call it in a command.
func NewReview(env *Env, s Session) (*Review, error) {
	r := &Review{Session: s, env: env, State: s.State()}
	r.Assessment, r.Needs = env.Judge(r.State)
	r.savedAt = r.State.LastAt
	texts, err := env.Store.Drafts(env.Ctx, s.ID())
	if err != nil {
		return nil, fmt.Errorf("drafts of %s: %w", s.ID(), err)
	}
	r.load(texts)
	if from := r.State.Opened.From; from != "" {
		if old, err := sessions.View(env.Ctx, env.Store, env.Registry, from); err == nil {
			c := sessions.Carried(old.State(), r.State, env.Now())
			r.Carried = &c
		}
	}
	if r.ReadOnly() == "" {
		if err := env.Store.PutDraft(env.Ctx, s.ID(), sitting, "open"); err != nil {
			return nil, fmt.Errorf("drafts of %s: %w", s.ID(), err)
		}
		r.seated = true
		if f, ok := s.(Follower); ok {
			r.updates, r.heard = f.Follow(env.Ctx), heardOf(s)
		}
	}
	return r, nil
}

// BeforeGone says that the session which this one tests again can't be read any more, so
// that what failed before is not known; else it is empty.
func (r *Review) BeforeGone() string {
	from := r.State.Opened.From
	if from == "" || r.Carried != nil || r.File != "" {
		return ""
	}
	return fmt.Sprintf(beforeIsGone, from)
}

// ID is the session's id.
func (r *Review) ID() string { return r.Session.ID() }

// ReadOnly says why nothing can be changed, or is empty.
func (r *Review) ReadOnly() string { return r.Plainly(r.Session.ReadOnly()) }

// Plainly is text about what could not be saved without the path of the file, which is none
// that anybody named and leaves a line no room for the reason.
func (r *Review) Plainly(text string) string { return Pathless(text, r.err) }

// Pathless is text, which tells err, without the path that err names.
func Pathless(text string, err error) string {
	if err == nil || text == "" { // asked for every action at every key
		return text
	}
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return strings.ReplaceAll(text, at.Error(), at.Err.Error())
	}
	return text
}

// Item is an item's state, or nil.
func (r *Review) Item(id string) *sessions.ItemState { return r.State.Items[id] }

// Record journals what happened: on disk first, then StateChanged. Calls take effect in
// the order in which they were made.
func (r *Review) Record(data ...sessions.Payload) tea.Cmd {
	return r.change(func(ctx context.Context, by clean.Text) (*sessions.State, error) {
		return r.Session.Record(ctx, by, data...)
	}, data, "")
}

// Undo takes the last change back.
func (r *Review) Undo() tea.Cmd {
	return r.change(r.Session.Undo, nil, fmt.Sprintf(undone, r.env.Key(action.Redo)))
}

// Redo brings an undone change back.
func (r *Review) Redo() tea.Cmd {
	return r.change(r.Session.Redo, nil, fmt.Sprintf(redone, r.env.Key(action.Undo)))
}

func (r *Review) change(do func(context.Context, clean.Text) (*sessions.State, error), data []sessions.Payload, turned string) tea.Cmd {
	by, ctx := r.env.By(), r.env.Ctx
	r.pending++
	r.queue.add(func() tea.Msg {
		st, err := do(ctx, by)
		m := StateChanged{Review: r, Data: data, Turned: turned, Err: err, recorded: true}
		if err == nil {
			m.State = st
			m.Assessment, m.Needs = r.env.Judge(st)
		}
		return m
	})
	return r.queue.next
}

// Apply takes an answer in; only the root calls it. An answer older than what is known
// changes nothing.
func (r *Review) Apply(m StateChanged, now time.Time) {
	if m.recorded {
		r.pending--
		switch {
		case errors.Is(m.Err, sessions.ErrRefused):
			r.err = nil // it was no change to begin with, and nothing is lost
		case r.err == nil || !errors.Is(m.Err, sessions.ErrReadOnly):
			r.err = m.Err // else what came first says why nothing is written any more
		}
		if m.Err == nil && r.unsent() == 0 {
			r.savedAt = now
		}
	}
	if m.followed {
		if r.offline = m.offline; r.offline == nil {
			r.savedAt = now
		}
		r.present = m.present
	}
	if m.State != nil && (m.State.Seq >= r.State.Seq || m.Refused != nil) {
		r.State, r.Assessment, r.Needs = m.State, m.Assessment, m.Needs
	}
	if r.Running != nil {
		r.Running.take(m.Events)
		r.Running.Harsh = r.Running.Harsh || r.harsh()
		if r.Load != nil && slices.Contains(r.Running.Classes, checks.Load) {
			for _, e := range m.Events {
				r.Load.take(e)
			}
		}
		if m.Ended {
			r.Running = nil
		}
	}
}

// Saved is the save state for the title: "saving", "saved 14:51", "read-only" or what
// went wrong.
func (r *Review) Saved() string {
	switch {
	case r.err != nil:
		return fmt.Sprintf(notSaved, brief(r.err))
	case !r.At.IsNow():
		return fmt.Sprintf(asAfterEvent, r.State.Seq)
	case r.ReadOnly() != "":
		return readOnly
	case r.unsent() > 0: // and what is pending waits for its turn to be kept
		return fmt.Sprintf(notSaved, changesWait(r.unsent()+r.pending))
	case r.pending > 0:
		return saving
	case r.offline != nil:
		return fmt.Sprintf(offlineSince, r.savedAt.Local().Format("15:04"))
	}
	return fmt.Sprintf(savedClock, r.savedAt.Local().Format("15:04"))
}

// brief says why something could not be saved in the few words that a title has room for;
// the whole sentence is a message of its own.
func brief(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return mayNotWrite
	case errors.Is(err, sessions.ErrConflict):
		return othersFirst
	case errors.Is(err, sessions.ErrReadOnly):
		return readOnly
	}
	return diskFailed
}

// Status is what the status line says of the review: what runs, and what needs the
// reviewer. A nil review has nothing running.
func (r *Review) Status(now time.Time) Status {
	s := Status{Left: NothingRuns}
	if r == nil {
		return s
	}
	r.count()
	if r.judged != "" {
		s.Left = r.judged
	}
	if r.Running != nil {
		s.Sign, s.Token, s.Left = themes.SignRunning, themes.Running, r.Running.words(now)
	}
	if who := r.company(now); who != "" && r.Running == nil {
		s.Left = strings.TrimSuffix(s.Left, NothingRuns) + who // who is here says more
	}
	s.Right = r.waiting
	return s
}

// count says how much is judged, and what waits for the person: "1 question · 4 need
// consent · 1 marked". It does so once per state, not once per frame.
func (r *Review) count() {
	if r.counted == r.State {
		return
	}
	r.counted, r.judged = r.State, ""
	judged := 0
	for _, it := range r.State.Items {
		if v := it.Counts(); v.Decided() || v == checks.NA {
			judged++
		}
	}
	if n := len(r.State.Items); n > 0 {
		r.judged = fmt.Sprintf(judgedOf, judged, n) + " · " + NothingRuns
	}
	questions, consent := sessions.Waiting(r.State)
	var parts []string
	mine, by := 0, r.env.By()
	for _, id := range r.Needs {
		if it := r.State.Items[id]; it != nil && it.Assigned != "" && it.Assigned == by {
			mine++
		}
	}
	if mine > 0 {
		parts = append(parts, fmt.Sprintf(assignedToYou, Number(mine)))
	}
	if n := len(questions); n > 0 {
		parts = append(parts, questionsWait(n))
	}
	if n := len(consent); n > 0 {
		parts = append(parts, NeedConsent(n))
	}
	if n := len(r.Needs) - len(questions) - len(consent); n > 0 {
		parts = append(parts, fmt.Sprintf(markedToReturn, Number(n)))
	}
	r.waiting = strings.Join(parts, " · ")
}

// Unsaved reports whether something that was recorded is not on disk yet.
func (r *Review) Unsaved() bool { return r.pending > 0 || r.err != nil || r.unsent() > 0 }

// queue runs changes one after the other, in the order in which they were added, however
// their commands are scheduled.
type queue struct {
	jobs sync.Mutex // guards list
	list []func() tea.Msg
	work sync.Mutex // held while one runs
}

func (q *queue) add(job func() tea.Msg) {
	q.jobs.Lock()
	defer q.jobs.Unlock()
	q.list = append(q.list, job)
}

// next runs the oldest job.
func (q *queue) next() tea.Msg {
	q.work.Lock()
	defer q.work.Unlock()
	q.jobs.Lock()
	if len(q.list) == 0 {
		q.jobs.Unlock()
		return nil
	}
	job := q.list[0]
	q.list = q.list[1:]
	q.jobs.Unlock()
	return job()
}
