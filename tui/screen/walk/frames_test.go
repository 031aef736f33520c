package walk_test

import (
	"regexp"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/tui/drive"
)

var (
	clock = regexp.MustCompile(`\d\d:\d\d(:\d\d)?|│:\d\d`)
	host  = regexp.MustCompile(`from host [^\n]*`)
)

// steady takes out of a frame what no two machines and moments share.
func steady(frame string) string {
	frame = clock.ReplaceAllStringFunc(frame, func(s string) string {
		if s[0] > '9' { // what a dialog left of a time of day
			return "│:51"
		}
		return "14:51:00"[:len(s)]
	})
	return host.ReplaceAllString(frame, "from host HOST")
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
		ascii       bool
		keys        script
	}{
		{name: "three mono", w: 120, h: 40, keys: script{"j"}},
		{name: "three dark", theme: "dark", w: 120, h: 40, keys: script{"j"}},
		{name: "two mono", w: 80, h: 24, keys: script{"j"}},
		{name: "two dark", theme: "dark", w: 80, h: 24, keys: script{"j"}},
		{name: "four mono", w: 200, h: 24, keys: script{"j"}},
		{name: "one mono", w: 50, h: 16, keys: script{"j"}},
		{name: "ascii", w: 120, h: 24, ascii: true},
		{name: "sheet", w: 80, h: 24, keys: script{"jpBecause"}},
		{name: "sheet low", w: 80, h: 13, keys: script{"jpBecause"}},
		{name: "ticked", w: 120, h: 24, keys: script{" j ", "w"}},
		{name: "category", w: 80, h: 24, keys: script{"h"}},
		{name: "filter", w: 120, h: 24, keys: script{"/cross", "+enter"}},
		{name: "consent", w: 80, h: 24, keys: script{"s"}},
		{name: "cause", w: 80, h: 24, keys: script{"jxopen"}},
		{name: "waiver", w: 80, h: 24, keys: script{"jv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, ASCII: c.ascii})
			c.keys.play(w)
			golden.RequireEqual(t, steady(w.Frame()))
		})
	}
}

func TestEverySizeHolds(t *testing.T) {
	for name, keys := range map[string]script{
		"panes": {"j"}, "sheet": {"jpA reason that is long enough to be wrapped once or twice, perhaps"},
		"page": {"j", "+enter"}, "raw": {"jtt"}, "consent": {"s"}, "cause": {"jx"}, "filter": {"/nothing has this", "+enter"},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t, drive.Options{W: 80, H: 24})
			keys.play(w)
			w.Sweep(104, 16)
			for _, width := range []int{119, 159, 160, 199, 240} {
				for _, h := range []int{12, 33, 34, 50} {
					w.Resize(width, h)
					w.Frame()
				}
			}
		})
	}
}
