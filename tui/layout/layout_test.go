package layout

import (
	"strings"
	"testing"
)

// draw shows panes as letters, so that a wrong column is seen.
func draw(w int, panes []Span) string {
	row := []byte(strings.Repeat(".", w))
	for i, p := range panes {
		for x := p.X; x < p.X+p.W; x++ {
			row[x] = "OLDE"[i]
		}
	}
	return string(row)
}

func run(c string, n int) string { return strings.Repeat(c, n) }

func TestPanes(t *testing.T) {
	cases := []struct {
		w    int
		want string
	}{
		{40, "." + run("O", 38) + "."},
		{59, "." + run("O", 57) + "."},
		{60, "." + run("O", 28) + "..." + run("L", 27) + "."},
		{80, "." + run("O", 38) + "..." + run("L", 37) + "."},
		{100, "." + run("O", 28) + "..." + run("L", 32) + "..." + run("D", 32) + "."},
		{120, "." + run("O", 28) + "..." + run("L", 42) + "..." + run("D", 42) + "."},
		{160, "." + run("O", 28) + "..." + run("L", 46) + "..." + run("D", 36) + "..." + run("E", 39) + "."},
		{200, "." + run("O", 28) + "..." + run("L", 62) + "..." + run("D", 48) + "..." + run("E", 51) + "."},
		{240, "." + run("O", 28) + "..." + run("L", 82) + "..." + run("D", 68) + "..." + run("E", 51) + "."},
	}
	for _, c := range cases {
		if got := draw(c.w, Panes(c.w)); got != c.want {
			t.Errorf("%d columns\n got %s\nwant %s", c.w, got, c.want)
		}
	}
}

// At every width the panes, their gutters and the margins fill the row exactly.
func TestPanesFillTheRow(t *testing.T) {
	for w := MinWidth; w <= 400; w++ {
		panes := Panes(w)
		last := panes[len(panes)-1]
		if last.X+last.W != w-1 || panes[0].X != 1 {
			t.Fatalf("%d columns: %v", w, panes)
		}
		for i := 1; i < len(panes); i++ {
			if panes[i].X != panes[i-1].X+panes[i-1].W+3 || panes[i].W < 24 {
				t.Fatalf("%d columns: %v", w, panes)
			}
		}
	}
}

func TestWindow(t *testing.T) {
	for _, c := range []struct{ top, at, n, h, want int }{
		{0, 0, 3, 10, 0}, {0, 9, 20, 10, 0}, {0, 10, 20, 10, 1}, {5, 2, 20, 10, 2},
		{15, 19, 20, 10, 10}, {9, 3, 5, 10, 0}, {3, 3, 10, 0, 0},
	} {
		if got := Window(c.top, c.at, c.n, c.h); got != c.want {
			t.Errorf("Window%v = %d", c, got)
		}
	}
}
