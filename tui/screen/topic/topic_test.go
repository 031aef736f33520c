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
	w.Has("target.toml", "line 1 of", "# Targets", "  name = \"x\"   # kept as it is")
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
