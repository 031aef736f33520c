package report

import (
	"runtime"
	"strings"
	"testing"
)

// A text that gets too long is refused before it is made: a short line must not ask for
// gigabytes.
func TestTemplatesAskForLittleMemory(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 200) }
	for name, source := range map[string]string{
		"widths":            `{{printf "` + many("%999999[1]d") + `" 1}}`,
		"widths of numbers": `{{printf "` + many("%[2]*[1]d") + `" 1 999999}}`,
		"precisions":        `{{printf "` + many("%.999999[1]f") + `" 1.5}}`,
		"the same again":    `{{$x := printf "%900000d" 1}}{{printf "` + many("%[1]s") + `" $x}}`,
		"what is no text":   `{{print ` + many(".session ") + `}}`,
		"a long comma":      `{{join (printf "%900000d" 1) .session.assessors}}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := &Document{}
		d.Session.Assessors, d.Session.Comment = strings.Fields(many("a ")), strings.Repeat("x", 500_000)
		_, err := Template("house.md", []byte(source), d)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "a text of more than 1024 KiB") {
			t.Errorf("%s: %v", name, err)
		}
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 50 {
			t.Errorf("%s: it took %d MiB", name, took)
		}
	}
	for source, want := range map[string]string{
		`{{printf "%-6s|%05.1f|%d%%" "ab" 2.25 7}}`: "ab    |002.2|7%",
		`{{print 1 "a" true}}`:                      "1atrue",
	} {
		if out, err := Template("house.md", []byte(source), &Document{}); err != nil || string(out) != want {
			t.Errorf("%s: %q, %v", source, out, err)
		}
	}
}
