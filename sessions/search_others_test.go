package sessions_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"assess/gonogo/sessions"
)

// flooded is a store one of whose journals is too long to read.
type flooded struct {
	sessions.Store
	long string
}

func (f flooded) Read(ctx context.Context, id string, after uint64) iter.Seq2[sessions.Entry, error] {
	if id == f.long {
		return func(yield func(sessions.Entry, error) bool) { yield(sessions.Entry{}, sessions.ErrTooLarge) }
	}
	return f.Store.Read(ctx, id, after)
}

// In a shared store a session may go between listing and reading, or be filled up by
// somebody: the others are searched all the same.
func TestOneJournalDoesNotHideTheOthers(t *testing.T) {
	_, st, _, id := savedSession(t)
	list := []sessions.Summary{{ID: "20200101-000000-gone-aaaa"}, {ID: "20200101-000000-long-aaaa"}, {ID: id}}
	hits, err := sessions.Search(ctx, flooded{st, list[1].ID}, list, "ann")
	if len(hits) == 0 || hits[0].Session != id || !errors.Is(err, sessions.ErrTooLarge) {
		t.Errorf("%d hits, %v", len(hits), err)
	}
	if hits, err := sessions.Search(ctx, st, []sessions.Summary{list[0], list[2]}, "ann"); len(hits) == 0 || err != nil {
		t.Errorf("%d hits, %v", len(hits), err)
	}
}
