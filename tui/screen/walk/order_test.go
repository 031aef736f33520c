package walk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/walk"
)

// list is the middle pane: one line a row, without what stands beside it.
func list(w *drive.World) []string {
	var out []string
	for _, l := range strings.Split(w.Screen(), "\n")[3:36] {
		r := []rune(l)
		if len(r) > 74 {
			l = string(r[31:74])
		}
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, strings.Join(strings.Fields(l), " "))
		}
	}
	return out
}

func TestOrders(t *testing.T) {
	w := world(t, drive.Options{Record: []sessions.Payload{
		sessions.CauseLinked{ID: "C-1", Title: "open to all", Items: []string{"SEC-02", "REL-02"}},
	}})
	w.Keys("j")
	for _, c := range []struct {
		head string
		want []string // how the rows begin
	}{
		{"by severity", []string{"critical 2", "✓ SEC-01", "! REL-01", "high 3", "▸✘ SEC-02", "= REL-02", "· REL-03", "medium 1", "· SEC-03"}},
		{"by verdict", []string{"fail 1", "▸✘ SEC-02", "warn 1", "! REL-01", "pending 3", "· SEC-03", "= REL-02", "· REL-03", "pass 1", "✓ SEC-01"}},
		{"by root cause", []string{"open to all 2", "▸✘ SEC-02", "= REL-02", "open, without a cause 1", "! REL-01", "nothing to explain 3", "✓ SEC-01", "· SEC-03", "· REL-03"}},
		{"shortest path to a decision", []string{"conditions, open 2", "▸✘ SEC-02", "! REL-01", "conditions, not known yet 2", "= REL-02", "· REL-03", "others, not known yet 1", "· SEC-03", "decided 1", "✓ SEC-01"}},
	} {
		w.Keys("o")
		w.Has("All items", c.head)
		got := list(w)
		if len(got) != len(c.want) {
			t.Fatalf("%s:\n%s", c.head, strings.Join(got, "\n"))
		}
		for i := range c.want {
			if !strings.HasPrefix(got[i], c.want[i]) && !strings.HasSuffix(c.want[i], got[i]) {
				t.Errorf("%s: row %d is %q, not %q", c.head, i, got[i], c.want[i])
			}
		}
	}
	w.Keys("o")
	w.Has("Security", "1 of 3")
	if got := marked(w); got != "SEC-02" {
		t.Errorf("back in the category the cursor is on %q", got)
	}
}

// Rows are sorted when one asks for it or comes back, never under the eye.
func TestAVerdictMovesNoRow(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("joo")
	before := list(w)
	w.Keys("wHalf of it")
	w.Press("ctrl+s")
	after := list(w)
	if slices.Index(before, "fail 1") != slices.Index(after, "fail 1") || !strings.Contains(strings.Join(after, "\n"), "▸✘! SEC-02") || len(before) != len(after) {
		t.Errorf("the rows were\n%s\nand are\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	w.Keys("H")
	w.Press("enter")
	if got := list(w); slices.Contains(got, "fail 1") || !slices.Contains(got, "warn 2") {
		t.Errorf("coming back did not sort:\n%s", strings.Join(got, "\n"))
	}
}

func TestTheOrderAndItsPlaceComeBack(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("2ooo")
	w.Keys("D")
	w.Send(screen.OpenMsg{Name: screen.Walk})
	w.Has("by root cause")
	w.Keys("oo")
	w.Has("Reliability", "0 of 3")
}

func TestACategoryStaysGrouped(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("o2")
	w.Has("Reliability", "by severity")
	if got := list(w); len(got) != 5 || got[0] != "critical 1" {
		t.Errorf("%q", got)
	}
}

func TestFromFailureToFailure(t *testing.T) {
	w := world(t, drive.Options{})
	for _, c := range []struct{ key, want string }{{".", "SEC-02"}, {".", "REL-01"}, {".", "SEC-02"}, {",", "REL-01"}, {",", "SEC-02"}} {
		w.Keys(c.key)
		if got := marked(w); got != c.want {
			t.Fatalf("%s went to %q, not %s", c.key, got, c.want)
		}
	}
	w = world(t, drive.Options{W: 80, H: 24})
	w.Keys(".")
	w.Press("enter")
	w.Keys(".")
	w.Has("REL-01  The health endpoint")
}

func TestAllRowsAreTicked(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("*")
	w.Has("3 items ticked")
	w.Keys("wAll of it")
	w.Press("ctrl+s")
	for _, id := range []string{"SEC-01", "SEC-02", "SEC-03"} {
		if verdict(w, id) != "warn" {
			t.Errorf("%s is %q", id, verdict(w, id))
		}
	}
	if verdict(w, "REL-02") != "" {
		t.Error("what only waits elsewhere was judged too")
	}
	w.Keys("z**")
	w.Lacks("ticked")
}

func TestSharedIsSaidOnce(t *testing.T) {
	for _, c := range []struct {
		ids  string
		want string
	}{
		{"P5-SEC-AUT-01 P5-SEC-HDR-02", "P5-SEC-"}, {"P5-SEC-AUT-01 P5-REL-DBH-01", "P5-"}, {"P5-SEC-AUT-01", "P5-SEC-"},
		{"SEC-01 SEC-02", ""}, {"S2-FE-01 S2-FE-02", "S2-"}, {"P5-SEC-AUT-01 SEC-02", ""}, {"A B", ""}, {"", ""}, {"P5-SEC-AUT-01 Q5-SEC-AUT-01", ""},
	} {
		if got := walk.Shared(strings.Fields(c.ids)); got != c.want {
			t.Errorf("%s share %q, not %q", c.ids, got, c.want)
		}
	}
	profile := strings.NewReplacer(`"SEC-0`, `"P5-SEC-AUT-0`, `"REL-0`, `"P5-REL-DBH-0`).Replace(drive.Profile)
	for _, c := range []struct {
		w, h int
		has  []string
	}{
		{120, 40, []string{"Security P5-SEC-   ", "✓   AUT-01 HTTPS", "Needs you P5-REL-", "DBH-03 Shutdown", "P5-SEC-AUT-01        "}},
		{80, 24, []string{"·   P5-SEC-", "✓   AUT-01 HTTPS", "P5-SEC-AUT-01  "}},
	} {
		w := world(t, drive.Options{W: c.w, H: c.h, Profile: profile})
		w.Frame()
		w.Has(c.has...)
	}
}

func TestGroupedFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
		keys        string
	}{
		{"severity mono", "mono", 120, 40, "o"}, {"path dark", "dark", 120, 40, "oooo"}, {"severity narrow", "mono", 80, 24, "o"},
		{"path narrow dark", "dark", 80, 24, "oooo"}, {"history", "mono", 120, 40, "jttt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme})
			w.Frame()
			w.Keys(c.keys)
			w.Advance(5 * time.Second)
			golden.RequireEqual(t, steady(w.Frame()))
		})
	}
}

func TestGroupedEverySize(t *testing.T) {
	w := world(t, drive.Options{Theme: "dark"})
	for range 4 {
		w.Keys("oj")
		w.Sweep(125, 12)
	}
}

func TestTheFirstHeadingIsInSight(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 12})
	w.Frame()
	w.Keys("jjjooG")
	w.Lacks("fail    ")
	w.Keys("oo")
	w.Has("conditions, open")
	w.Keys("Gg")
	w.Has("conditions, open")
}
