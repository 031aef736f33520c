package sessions_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"assess/gonogo/sessions"
)

// emptied is a store whose journals are gone from the second reading on.
type emptied struct {
	sessions.Store
	read int
}

func (e *emptied) Read(ctx context.Context, id string, after uint64) iter.Seq2[sessions.Entry, error] {
	if e.read++; e.read > 1 {
		return func(func(sessions.Entry, error) bool) {}
	}
	return e.Store.Read(ctx, id, after)
}

// In a shared store somebody may take a journal away between two readings.
func TestViewAtOfAJournalThatIsReplaced(t *testing.T) {
	_, st, reg, id := savedSession(t)
	_, err := sessions.ViewAt(ctx, &emptied{Store: st}, reg, id, sessions.Moment{Seq: 1})
	if err == nil || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("got %v", err)
	}
}
