package report

import (
	"strings"
	"testing"
)

// Whatever a template does, it ends, and its output has a bound. The clock of this test
// is over after so many beats.
func TestTemplatesEnd(t *testing.T) {
	long := strings.Repeat("x", 1<<10)
	for name, c := range map[string]struct{ source, want string }{
		"a long loop":         {"{{range 2000000000}}{{end}}", "house.md: it takes longer"},
		"a loop in a loop":    {"{{if true}}{{range 60000}}{{with 1}}{{range 60000}}{{end}}{{end}}{{end}}{{end}}", "house.md: it takes longer"},
		"a loop in an else":   {"{{range first 0 .items}}{{else}}{{range 2000000000}}{{end}}{{end}}", "house.md: it takes longer"},
		"a loop that goes on": {"{{range 2000000000}}{{continue}}{{end}}", "house.md: it takes longer"},
		"output":              {"{{range 2000000000}}" + long + "{{end}}", "it writes more than 32 MiB"},
		"recursion":           {`{{define "a"}}{{template "a" .}}{{template "a" .}}{{end}}{{template "a" .}}`, "house.md: templates call each other more than 500 deep"},
		"recursion in a loop": {`{{define "a"}}{{range 2}}{{template "a" .}}{{template "a" .}}{{end}}{{end}}{{template "a" .}}`, "house.md: templates call each other"},
		"two by turns":        {`{{define "a"}}{{template "b" .}}{{end}}{{define "b"}}{{with 1}}{{template "a" .}}{{end}}{{end}}{{template "a" .}}`, "house.md: templates call each other"},
		"a growing text":      {`{{$x := "xxxxxxxxxxxxxxxx"}}{{range 60}}{{$x = printf "%s%s" $x $x}}{{end}}`, "a text of more than 1024 KiB"},
		"a growing escape":    {`{{$x := "<"}}{{range 60}}{{$x = html $x $x}}{{end}}`, "a text of more than 1024 KiB"},
	} {
		beats := 0
		over := func() bool { beats++; return beats > 50000 }
		if _, err := renderTemplate("house.md", []byte(c.source), &Document{}, over); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Templates that call each other and end are fine, as often as they like.
func TestTemplatesMayCallEachOther(t *testing.T) {
	source := `{{define "b"}}.{{end}}{{define "a"}}{{range 2}}{{template "b" .}}{{end}}{{end}}{{range 600}}{{template "a" .}}{{break}}{{end}}{{range 600}}{{template "a" .}}{{end}}`
	out, err := renderTemplate("house.md", []byte(source), &Document{}, func() bool { return false })
	if err != nil || len(out) != 1202 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}
