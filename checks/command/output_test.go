package command

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/checks/secrets"
)

const canary = "canary-of-the-command"

// kept writes parts and returns what is kept of them.
func kept(parts ...string) string {
	o := newOutput(func(string) {})
	for _, p := range parts {
		_, _ = o.Write([]byte(p))
	}
	return o.text(secrets.NewRedactor(map[string]string{canary: "env"}).Redact)
}

func TestOutputKeepsBothEnds(t *testing.T) {
	if got := kept(); got != "\nno output\n" {
		t.Errorf("nothing: %q", got)
	}
	if got := kept("a ", "b\n"); got != "\noutput\na b\n" {
		t.Errorf("short: %q", got)
	}
	for _, lines := range []int{100, 5000, 7000, 9000, 100_000} {
		var parts []string
		for i := range lines {
			parts = append(parts, fmt.Sprintf("line %06d\n", i))
		}
		got := kept(parts...)
		if len(got) > 60<<10 || !strings.Contains(got, "line 000000\n") || !strings.HasSuffix(got, fmt.Sprintf("line %06d\n", lines-1)) {
			t.Errorf("%d lines: %d bytes, ends %q", lines, len(got), got[len(got)-20:])
		}
		if cut := strings.Contains(got, "the middle is left out"); cut != (lines >= 5000 && lines*12 > 56<<10) {
			t.Errorf("%d lines: cut %v", lines, cut)
		}
	}
}

// TestNoHalfSecret lays a secret over every place near which the output could be cut.
func TestNoHalfSecret(t *testing.T) {
	total := 4 * readEnd
	for _, around := range []int{shownEnd, readEnd - margin, readEnd, 2 * readEnd, total - readEnd, total - shownEnd, total - readEnd + margin} {
		for at := around - len(canary) - 1; at <= around+1; at++ {
			text := bytes.Repeat([]byte("."), total)
			copy(text[at:], canary)
			got := kept(string(text))
			for _, half := range []string{canary[:8], canary[len(canary)-8:]} {
				if strings.Contains(got, half) {
					t.Fatalf("a secret at %d (near %d) shows %q", at, around, half)
				}
			}
		}
	}
}

// TestNoHalfSecretWhereRedactingShortens lays a secret over the ends of what is read, where
// marks made so much room that those ends would be shown.
func TestNoHalfSecretWhereRedactingShortens(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 2<<10)
	text := bytes.Repeat([]byte("."), 5*readEnd)
	copy(text, long)
	copy(text[readEnd-len(canary)/2:], canary)
	copy(text[len(text)-readEnd-len(canary)/2:], canary)
	copy(text[len(text)-len(long):], long)
	o := newOutput(func(string) {})
	_, _ = o.Write(text)
	got := o.text(secrets.NewRedactor(map[string]string{canary: "env", long: "env"}).Redact)
	for _, half := range []string{canary[:8], canary[len(canary)-8:]} {
		if strings.Contains(got, half) {
			t.Errorf("shows %q", half)
		}
	}
}

func TestProgressOfEndlessLines(t *testing.T) {
	var told []string
	o := newOutput(func(s string) { told = append(told, s) })
	for range 1000 {
		_, _ = o.Write(bytes.Repeat([]byte("x"), 1000))
	}
	if len(o.line) > 3*lastLine || len(told) > 0 {
		t.Errorf("keeps %d bytes, told %d", len(o.line), len(told))
	}
	_, _ = o.Write([]byte("y\nshort\r"))
	if len(told) != 1 || told[0] != "short" {
		t.Errorf("told %q", told)
	}
}
