package topic_test

import (
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

func TestTopicScrolls(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Targets\n\nA target is the system under review, as target.toml declares it, with every key that it may have.\n```\n  name = \"x\"   # kept as it is\n```\n")
	for i := range 60 {
		fmt.Fprintf(&b, "Paragraph %d.\n\n", i)
	}
	w := drive.NewWorld(t, drive.Options{W: 60, H: 20, Change: func(o *app.Options) {
		o.Topics = []screen.Topic{{Name: "target", Title: "target.toml", Text: b.String()}}
	}})
	w.Keys(":target.toml")
	w.Press("enter")
	w.Has("target.toml", "line 1 of", "A target is the system under review, as target.toml", "declares it,", "  name = \"x\"   # kept as it is")
	w.Lacks("# Targets")
	w.Keys("G")
	w.Has("Paragraph 59.")
	w.Keys("jjk")
	w.Lacks("Paragraph 59.")
	w.Keys("gk")
	w.Has("line 1 of")
	w.Sweep(100, 20)
	w.Press("esc")
	w.Has("No reviews yet.")
}

// shown is what a reader sees of a page, line by line.
func shown(t *testing.T, markdown string, w, h int) string {
	t.Helper()
	d := drive.NewWorld(t, drive.Options{W: w, H: h, Change: func(o *app.Options) {
		o.Topics = []screen.Topic{{Name: "page", Title: "The page", Text: markdown}}
	}})
	d.Keys(":The page")
	d.Press("enter")
	lines := strings.Split(d.Screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// TestMarkdownIsLaidOut: nobody reads marks; prose is filled, tables are lined up, a comment
// behind a key stays behind it.
func TestMarkdownIsLaidOut(t *testing.T) {
	got := shown(t, "# The page\n\nShort\nlines of `code` are\nfilled.\n\n## Part\n\n- one that\n  goes on and on until the line is full here\n- two\n\n"+
		"| what | how |\n| --- | --- |\n| **a** | `b \\| c` |\n| long | a text that has to go on in the line below it, in its column |\n\n"+
		"    key = 1      # says what it is for, and goes on below itself\n", 54, 26)
	for _, want := range []string{
		" Short lines of code are filled.\n\n Part\n\n - one that goes on and on until the line is full\n   here\n - two\n\n",
		" what   how\n a      b | c\n\n long   a text that has to go on in the line below\n        it, in its column\n",
		"     key = 1      # says what it is for, and goes on\n                  # below itself\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks\n%s\nin\n%s", want, got)
		}
	}
}
