package handover

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"assess/gonogo/sessions"
)

func TestFreeName(t *testing.T) {
	st := &sessions.State{Opened: sessions.Opened{Target: "Pay ments"}, LastAt: time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		there  []string
		free   string
		signed []string
	}{
		{nil, "pay-ments-2026-11-22.gonogo", nil},
		{[]string{"pay-ments-2026-11-22.gonogo"}, "pay-ments-2026-11-22-2.gonogo", []string{"pay-ments-2026-11-22.gonogo"}},
		{[]string{"pay-ments-2026-11-22-9.gonogo", "pay-ments-2026-11-22-10.gonogo"}, "pay-ments-2026-11-22-11.gonogo",
			[]string{"pay-ments-2026-11-22-10.gonogo", "pay-ments-2026-11-22-9.gonogo"}},
		{[]string{"pay-ments-2026-11-22.md", "pay-ments-2026-11-22-02.gonogo", "pay-ments-2026-11-22-x.gonogo", "pay-ments-2026-11-22-1.gonogo",
			"pay-ments-2026-11-22--3.gonogo", "pay-ments-2026-11-21.gonogo"}, "pay-ments-2026-11-22.gonogo", nil},
	} {
		dir := t.TempDir()
		for _, name := range c.there {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := FreeName(dir, st); got != c.free {
			t.Errorf("beside %v: %s, want %s", c.there, got, c.free)
		}
		var signed []string
		for _, name := range Signed(dir, st) {
			signed = append(signed, filepath.Base(name))
		}
		if !slices.Equal(signed, c.signed) {
			t.Errorf("of %v: %v, want %v", c.there, signed, c.signed)
		}
	}
}
