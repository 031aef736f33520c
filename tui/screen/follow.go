package screen

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
)

// Follower is a Session that others may write to as well.
type Follower interface {
	Follow(ctx context.Context) <-chan sessions.Update
	Waiting() int
}

// Following tells of what others write to the review, as StateChanged; the root asks for it
// once, when a review begins. It is nil where nobody else can write.
func (r *Review) Following() tea.Cmd {
	if r.updates == nil {
		return nil
	}
	return say(WaitMsg{r.followed})
}

// followed waits for the next change of somebody else's.
func (r *Review) followed() tea.Msg {
	u, open := <-r.updates
	if !open {
		return nil
	}
	m := StateChanged{Review: r, State: u.State, Refused: u.Refused, Unkept: u.Unkept, offline: u.Offline, present: u.Present, followed: true}
	m.Assessment, m.Needs = r.env.Judge(u.State)
	return m
}

// unsent is how many changes wait for the store to come back.
func (r *Review) unsent() int {
	if f, ok := r.Session.(Follower); ok {
		return f.Waiting()
	}
	return 0
}

// WaitsWords is what a sentence on something recorded adds where it is not saved yet.
func (r *Review) WaitsWords() string {
	if r.unsent() > 0 || r.offline != nil {
		return addNotSaved
	}
	return ""
}

// Landed is the word for what was just recorded: saved, or kept until it can be.
func (r *Review) Landed() string {
	if r.unsent() > 0 || r.offline != nil {
		return landedUnsaved
	}
	return landed
}
