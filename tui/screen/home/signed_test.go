package home_test

import (
	"os"
	"testing"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// S on a review that was handed on verifies its own newest file, not the first of the day,
// and not another review's of the same name.
func TestTheNewestFileIsVerified(t *testing.T) {
	t.Chdir(t.TempDir())
	verify := &drive.Stub{}
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Session: true, Run: true,
		Record: []sessions.Payload{sessions.SignedOff{State: sessions.Submitted}}, Screens: verify.Table(screen.Verify)})
	write := func(id string) {
		t.Helper()
		s, err := sessions.View(t.Context(), w.Store, w.Registry, id)
		if err != nil {
			t.Fatal(err)
		}
		c, f, err := handover.Contents(t.Context(), s, "test")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(handover.FreeName(".", s.State()), signing.Pack(c, f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(w.ID)
	write(w.ID)
	s, err := sessions.View(t.Context(), w.Store, w.Registry, w.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := handover.Signed(".", s.State())[0]
	write(w.Again())
	w.Keys("H")
	w.Keys("S")
	if verify.Args.File != want {
		t.Errorf("verified is %q, want %q", verify.Args.File, want)
	}
}
