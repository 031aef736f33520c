package screen

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
)

// draftPause is how long typing pauses before a draft is written to disk.
const draftPause = 250 * time.Millisecond

// placePrefix marks drafts that hold a screen's place instead of typed text.
const placePrefix = "place:"

// sitting is the draft that says that somebody has the review open: what is left of it
// the next time tells that the last sitting did not end by closing.
const sitting = "sitting"

// Drafts are half-typed texts by name. What is typed is on disk a moment after typing
// pauses. Nil keeps nothing.
type Drafts struct {
	texts map[string]string
	dirty map[string]string // what to write, by name; an empty one is taken away
	due   bool              // a flush is on its way
	at    time.Time
	after func(time.Duration, tea.Msg) tea.Cmd
	put   func(name, text string) error
}

// FlushMsg is the root's: drafts are due to be written.
type FlushMsg struct{ Drafts *Drafts }

// FlushedMsg is the root's: how writing them went.
type FlushedMsg struct {
	Drafts *Drafts
	Failed map[string]string // what could not be written, by name
	Err    error
}

func newDrafts(env *Env, texts map[string]string, put func(name, text string) error) *Drafts {
	return &Drafts{texts: texts, dirty: map[string]string{}, after: env.After, put: put}
}

// Keep keeps a text under a name, such as "reason:REL-07"; an empty one takes it away. Only
// what a person may read again is kept: a passphrase or a token never is.
func (d *Drafts) Keep(name, text string) tea.Cmd {
	if d == nil || d.texts[name] == text {
		return nil
	}
	if text == "" {
		delete(d.texts, name)
	} else {
		d.texts[name] = text
	}
	return d.mark(name, text)
}

func (d *Drafts) mark(name, text string) tea.Cmd {
	d.dirty[name] = text
	if d.due {
		return nil
	}
	d.due = true
	return d.after(draftPause, FlushMsg{d})
}

// Of is the text of a name, or empty.
func (d *Drafts) Of(name string) string {
	if d == nil {
		return ""
	}
	return d.texts[name]
}

// All are all texts by name.
func (d *Drafts) All() map[string]string {
	if d == nil {
		return nil
	}
	return maps.Clone(d.texts)
}

// Flush writes every draft that is not on disk yet. Only the root calls it.
func (d *Drafts) Flush() tea.Cmd {
	d.due = false
	if len(d.dirty) == 0 {
		return nil
	}
	write := d.unwritten()
	return func() tea.Msg { return write() }
}

// unwritten takes the drafts that are not on disk and returns what writes them.
func (d *Drafts) unwritten() func() FlushedMsg {
	todo := maps.Clone(d.dirty)
	clear(d.dirty)
	return func() FlushedMsg {
		m := FlushedMsg{Drafts: d, Failed: map[string]string{}}
		for name, text := range todo {
			if err := d.put(name, text); err != nil {
				m.Err = err
				m.Failed[name] = text
			}
		}
		return m
	}
}

// Closing returns what writes what is not on disk yet. The root calls it, and runs it in a
// command.
func (d *Drafts) Closing() func() error {
	if d == nil || len(d.dirty) == 0 {
		return func() error { return nil }
	}
	write := d.unwritten()
	return func() error { return write().Err }
}

// Flushed takes in how writing went; what failed is written again with the next change.
// Only the root calls it.
func (d *Drafts) Flushed(m FlushedMsg, now time.Time) {
	if m.Err == nil {
		d.at = now
		return
	}
	for name, text := range m.Failed {
		if _, newer := d.dirty[name]; !newer {
			d.dirty[name] = text
		}
	}
}

func (r *Review) load(texts map[string]string) {
	env, id := r.env, r.ID()
	r.drafts = newDrafts(env, map[string]string{}, func(name, text string) error {
		return env.Store.PutDraft(context.WithoutCancel(env.Ctx), id, name, text)
	})
	r.Places = map[string]Kept{}
	for name, text := range texts {
		if place, ok := strings.CutPrefix(name, placePrefix); ok {
			var k Kept
			if json.Unmarshal([]byte(text), &k) == nil {
				r.Places[place] = k
			}
			continue
		}
		switch name {
		case sitting:
			r.CutOff = true
			continue
		case sessions.UnsentDraft:
			continue
		}
		r.drafts.texts[name] = text
	}
}

// Draft keeps half-typed text of the review; an empty one takes it away.
func (r *Review) Draft(name, text string) tea.Cmd { return r.drafts.Keep(name, text) }

// DraftOf is the draft of a name, or empty.
func (r *Review) DraftOf(name string) string { return r.drafts.Of(name) }

// Drafts are all drafts there are, by name.
func (r *Review) Drafts() map[string]string { return r.drafts.All() }

// DraftSaved is when drafts were last written.
func (r *Review) DraftSaved() time.Time { return r.drafts.at }

// KeepPlace keeps a screen's place, as a draft that no screen shows.
func (r *Review) KeepPlace(name Name, k Kept) tea.Cmd {
	if maps.Equal(r.Places[string(name)], k) {
		return nil
	}
	text, err := json.Marshal(k)
	if err != nil {
		return nil // strings by strings always have a JSON form
	}
	r.Places[string(name)] = k
	return r.drafts.mark(placePrefix+string(name), string(text))
}

// Closing returns what closes the review in good order: what was recorded is journalled,
// drafts are written, the session is let go. The root calls it, and runs it in a command.
func (r *Review) Closing() func() error {
	write := r.drafts.Closing()
	return func() error {
		for r.queue.next() != nil {
		}
		err := write()
		if r.seated {
			err = errors.Join(err, r.env.Store.PutDraft(context.WithoutCancel(r.env.Ctx), r.ID(), sitting, ""))
		}
		return errors.Join(err, r.Session.Close())
	}
}

// abandonTime is how long a run may take to end when the program is taken away.
const abandonTime = time.Second

// Abandon saves what can be saved when the program ends without being asked: the terminal
// is gone, or the process is told to end. The sitting stays open in the drafts, so that the
// next one says what happened.
func (r *Review) Abandon() error {
	r.Stop()
	if s := r.stream; s != nil && r.Running != nil {
		timeout := time.After(abandonTime)
		for open := true; open; {
			select {
			case _, open = <-s.events:
			case <-timeout:
				open = false
			}
		}
	}
	r.seated = false
	return r.Closing()()
}
