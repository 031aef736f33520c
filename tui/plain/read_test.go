package plain

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A line without an end is not kept without end, and what was not taken is said.
func TestALineThatIsTooLong(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		in := make(chan keys)
		go func() {
			part := []byte(strings.Repeat("x", maxAnswer))
			for range 3 * maxText / maxAnswer {
				in <- keys{bytes: part}
			}
			in <- keys{bytes: []byte("\r\n")}
			in <- keys{bytes: []byte("pass")}
			in <- keys{bytes: []byte("\r\n")}
		}()
		var out strings.Builder
		longest := 0
		f := &front{ctx: context.Background(), in: in, terminal: terminal, out: &speaker{w: &out}}
		began := time.Now()
		text, how := f.read("Command?", false, func(text string) { longest = max(longest, len(text)) })
		if text != "pass" || how != entered {
			t.Errorf("terminal %v: %.20q of %d, ending %v", terminal, text, len(text), how)
		}
		if longest > maxText {
			t.Errorf("terminal %v: %d bytes were kept", terminal, longest)
		}
		if !strings.Contains(out.String(), "Error: over 1024 KiB in one line; nothing of it was taken") {
			t.Errorf("terminal %v: nothing was said", terminal)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("terminal %v: it took %v", terminal, took)
		}
	}
}
