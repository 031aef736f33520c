package handover

import (
	"context"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/signing"
)

// A file of a session that others go on writing is of the moment when it was opened to look
// at: documents, journal and evidence agree.
func TestContentsOfOneMoment(t *testing.T) {
	ctx := context.Background()
	store, s, _ := seededIn(t)
	key, signers := signer(t)
	seen, err := sessions.View(ctx, store, kinds.Registry(), s.ID())
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	if _, err := s.Record(ctx, "Somebody", sessions.Noted{Item: "P5-SEC-AUT-01", Text: "written meanwhile"}); err != nil {
		t.Fatal(err)
	}
	c, f, err := Contents(ctx, seen, "test")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(c.Journal), "written meanwhile") || f.JournalHead != seen.State().Head {
		t.Error("the file has events that its documents do not know")
	}
	f.Signer, f.SignedAt = "alice@example.com", seen.State().LastAt.UTC().Truncate(time.Second)
	file, err := signing.Sign(c, f, key)
	if err != nil {
		t.Fatal(err)
	}
	v := signing.Verify(file, signing.Options{Signers: signers, Now: f.SignedAt.Add(time.Hour), Replay: Replay(ctx, kinds.Registry(), file, "test")})
	if !v.Good || v.Replay != "same" {
		t.Errorf("%s, replay %q", v.Sentence, v.Replay)
	}
}

// While this program itself goes on recording, as during a run, a file is of one moment too.
func TestContentsDuringARun(t *testing.T) {
	ctx := context.Background()
	s, _ := seeded(t)
	stop, done := make(chan struct{}), make(chan struct{})
	defer func() { close(stop); <-done }()
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := s.Record(ctx, "Somebody", sessions.Noted{Item: "P5-SEC-AUT-01", Text: "meanwhile"}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for range 5 {
		c, f, err := Contents(ctx, s, "test")
		if err != nil {
			t.Fatal(err)
		}
		again, facts, err := Replay(ctx, kinds.Registry(), signing.Pack(c, f), "test")(signing.Container{"MANIFEST": []byte("# tool: gonogo test\n")})
		if err != nil {
			t.Fatal(err)
		}
		if facts.JournalHead != f.JournalHead || string(again.JSON) != string(c.JSON) || string(again.Markdown) != string(c.Markdown) || string(again.Journal) != string(c.Journal) {
			t.Error("a file of two moments")
		}
	}
}
