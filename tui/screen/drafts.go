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

// drafts holds half-typed texts by name, and which of them are not on disk yet.
type drafts struct {
	texts map[string]string
	dirty map[string]bool
	due   bool // a flush is on its way
	at    time.Time
}

// FlushMsg is the root's: drafts are due to be written.
type FlushMsg struct{ Review *Review }

// FlushedMsg is the root's: how writing them went.
type FlushedMsg struct {
	Review *Review
	Names  []string
	Err    error
}

func (r *Review) load(texts map[string]string) {
	r.drafts = drafts{texts: map[string]string{}, dirty: map[string]bool{}}
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

// Draft keeps half-typed text under a name, such as "reason:REL-07"; an empty text removes
// it. It is on disk a moment after typing pauses.
func (r *Review) Draft(name, text string) tea.Cmd {
	if r.drafts.texts[name] == text {
		return nil
	}
	if text == "" {
		delete(r.drafts.texts, name)
	} else {
		r.drafts.texts[name] = text
	}
	return r.mark(name)
}

func (r *Review) mark(name string) tea.Cmd {
	r.drafts.dirty[name] = true
	if r.drafts.due {
		return nil
	}
	r.drafts.due = true
	return r.env.After(draftPause, FlushMsg{r})
}

// DraftOf is the draft of a name, or empty.
func (r *Review) DraftOf(name string) string { return r.drafts.texts[name] }

// Drafts lists the names of all drafts there are.
func (r *Review) Drafts() map[string]string { return maps.Clone(r.drafts.texts) }

// DraftSaved is when drafts were last written.
func (r *Review) DraftSaved() time.Time { return r.drafts.at }

// KeepPlace keeps a screen's place, as a draft that no screen shows.
func (r *Review) KeepPlace(name Name, k Kept) tea.Cmd {
	if maps.Equal(r.Places[string(name)], k) {
		return nil
	}
	r.Places[string(name)] = k
	return r.mark(placePrefix + string(name))
}

// Flush writes every draft that is not on disk yet. Only the root calls it.
func (r *Review) Flush() tea.Cmd {
	r.drafts.due = false
	write := r.unwritten()
	if write == nil {
		return nil
	}
	return func() tea.Msg { return write() }
}

// unwritten takes the drafts that are not on disk and returns what writes them, or nil.
func (r *Review) unwritten() func() FlushedMsg {
	if len(r.drafts.dirty) == 0 {
		return nil
	}
	todo := make(map[string]string, len(r.drafts.dirty))
	for name := range r.drafts.dirty {
		todo[name] = r.drafts.texts[name]
		if place, ok := strings.CutPrefix(name, placePrefix); ok {
			text, err := json.Marshal(r.Places[place])
			if err != nil {
				continue
			}
			todo[name] = string(text)
		}
	}
	clear(r.drafts.dirty)
	env, id := r.env, r.ID()
	return func() FlushedMsg {
		m := FlushedMsg{Review: r}
		for name, text := range todo {
			if err := env.Store.PutDraft(context.WithoutCancel(env.Ctx), id, name, text); err != nil {
				m.Err = err
				m.Names = append(m.Names, name)
			}
		}
		return m
	}
}

// Closing returns what closes the review in good order: what was recorded is journalled,
// drafts are written, the session is let go. The root calls it, and runs it in a command.
func (r *Review) Closing() func() error {
	write := r.unwritten()
	return func() error {
		for r.queue.next() != nil {
		}
		var err error
		if write != nil {
			err = write().Err
		}
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

// Flushed takes in how writing went; what failed is written again with the next change.
// Only the root calls it.
func (r *Review) Flushed(m FlushedMsg, now time.Time) {
	if m.Err == nil {
		r.drafts.at = now
		return
	}
	for _, n := range m.Names {
		r.drafts.dirty[n] = true
	}
}
