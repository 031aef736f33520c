package sessions_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

// dying is a store whose process ends before one of its writes.
type dying struct {
	*filestore.Store
	left int // writes until then
}

var errDead = errors.New("the process is gone")

func (d *dying) dead() bool { d.left--; return d.left < 0 }

func (d *dying) Create(ctx context.Context, id string, first []byte) (sessions.Head, error) {
	if d.dead() {
		return sessions.Head{}, errDead
	}
	return d.Store.Create(ctx, id, first)
}

func (d *dying) Import(ctx context.Context, id string, lines ...[]byte) (sessions.Head, error) {
	if d.dead() {
		return sessions.Head{}, errDead
	}
	return d.Store.Import(ctx, id, lines...)
}

func (d *dying) Append(ctx context.Context, id string, at sessions.Head, lines ...[]byte) (sessions.Head, error) {
	if d.dead() {
		return sessions.Head{}, errDead
	}
	return d.Store.Append(ctx, id, at, lines...)
}

func (d *dying) PutBlob(ctx context.Context, id string, sum [sha256.Size]byte, r io.Reader) error {
	if d.dead() {
		return errDead
	}
	return d.Store.PutBlob(ctx, id, sum, r)
}

func (d *dying) Lock(ctx context.Context, id string) (io.Closer, error) {
	if d.dead() {
		return nil, errDead
	}
	return d.Store.Lock(ctx, id)
}

// Whatever moment a re-test's beginning ends at, no session is left that lacks the findings
// and conditions of the one before: its decision would be milder without anybody's word.
func TestRetestIsWholeOrNotThere(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	reg, home := f.registry(t), t.TempDir()
	st := open(t, home)
	old := create(t, st, newSession(t, reg))
	shot, err := old.PutEvidence(ctx, []byte("a picture"))
	if err != nil {
		t.Fatal(err)
	}
	record(t, old,
		sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "open one", Severity: checks.Critical, Evidence: []string{shot}}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-1", Text: "mend it", Owner: "o", Due: "24h after", VerifiedBy: []string{"F-1"}}},
	)
	for writes, began := 0, false; !began; writes++ {
		if writes > 20 {
			t.Fatal("the re-test never begins")
		}
		s, err := sessions.Retest(ctx, &dying{st, writes}, old, newSession(t, reg))
		if began = err == nil; began {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		} else if !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		list, err := sessions.List(ctx, st, reg)
		if err != nil {
			t.Fatal(err)
		}
		for _, sum := range list {
			if sum.ID == old.ID() {
				continue
			}
			left, err := sessions.View(ctx, st, reg, sum.ID)
			if err != nil {
				t.Fatal(err)
			}
			if now := left.State(); len(now.Findings) != 1 || len(now.Conditions) != 1 || now.Earlier == nil {
				t.Errorf("ended before write %d: a session is left with %d findings, %d conditions, earlier %v", writes+1, len(now.Findings), len(now.Conditions), now.Earlier != nil)
			}
		}
	}
}
