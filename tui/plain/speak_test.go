package plain

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// Every message is said once, also in a sitting that had more than are kept.
func TestMessagesAreSaidInALongSitting(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{})
	var out strings.Builder
	f := &front{model: w.Model, out: &speaker{w: &out}}
	for n := range 700 {
		out.Reset()
		w.Advance(time.Millisecond)
		w.Send(screen.ToastMsg{Kind: screen.Alert, Text: fmt.Sprintf("not saved %d", n)})
		f.sayToasts()
		if want := fmt.Sprintf("Error: not saved %d\n", n); out.String() != want {
			t.Fatalf("message %d was said as %q", n, out.String())
		}
	}
	out.Reset()
	if f.sayToasts(); out.String() != "" {
		t.Errorf("said again: %q", out.String())
	}
}
