package live

import (
	"math"
	"time"

	"assess/gonogo/themes"
	"assess/gonogo/tui/screen"
)

// plot is a chart of latencies over time on a logarithmic scale.
type plot struct {
	w, h      int           // cells
	span      time.Duration // that the first used cells are wide
	used      int
	low, high time.Duration
	ascii     bool

	dots  [][]uint8 // braille dots a cell
	marks [][]themes.Token
	drawn [][]bool
}

// tail is how many cells at the right of a plot stay free for the curves' labels.
const tail = 13

// newPlot makes an empty one of w×h cells that holds all points.
func newPlot(points []screen.LoadPoint, span time.Duration, w, h int, ascii bool) *plot {
	p := &plot{w: w, h: h, span: max(span, time.Second), used: max(w-tail, 1), ascii: ascii}
	if n := len(points); n > 0 {
		p.span = max(p.span, points[n-1].At)
	}
	p.low, p.high = bounds(points)
	p.dots, p.marks, p.drawn = make([][]uint8, h), make([][]themes.Token, h), make([][]bool, h)
	for y := range h {
		p.dots[y], p.marks[y], p.drawn[y] = make([]uint8, w), make([]themes.Token, w), make([]bool, w)
	}
	return p
}

// bounds are 1, 2 or 5 times a power of ten around all points, with the limits of 500 ms
// and 2 s in them. As points come they only ever grow.
func bounds(points []screen.LoadPoint) (low, high time.Duration) {
	low, high = 50*time.Millisecond, 2*time.Second
	for _, p := range points {
		if p.P50 > 0 {
			low, high = min(low, p.P50), max(high, p.P99)
		}
	}
	return round(low, false), round(min(high, time.Minute), true)
}

// round gives the next of 1, 2, 5, 10, … times 0.1 ms, up or down.
func round(d time.Duration, up bool) time.Duration {
	unit := 100 * time.Microsecond
	last := unit
	for {
		for _, n := range []time.Duration{1, 2, 5} {
			if edge := n * unit; edge >= d {
				if up || edge == d {
					return edge
				}
				return last
			} else {
				last = edge
			}
		}
		unit *= 10
	}
}

// level is how high a latency stands, in steps of the given count from the bottom.
func (p *plot) level(d time.Duration, steps int) int {
	share := math.Log(float64(max(d, 1))/float64(p.low)) / math.Log(float64(p.high)/float64(p.low))
	return max(0, min(int(share*float64(steps)), steps-1))
}

// column is where a moment stands, in steps of the given count to a cell.
func (p *plot) column(at time.Duration, steps int) int {
	return max(0, min(int(float64(at)/float64(p.span)*float64(p.used*steps)), p.w*steps-1))
}

// row is the cell row of a latency, from the top.
func (p *plot) row(d time.Duration) int { return p.h - 1 - p.level(d, p.h) }

// curve is one of the three.
type curve struct {
	token themes.Token
	name  string
	mark  byte // where only ASCII can be shown
	of    func(screen.LoadPoint) time.Duration
}

// curves from the one that is drawn first.
var curves = []curve{
	{themes.P50, "p50", '5', func(p screen.LoadPoint) time.Duration { return p.P50 }},
	{themes.P90, "p90", '9', func(p screen.LoadPoint) time.Duration { return p.P90 }},
	{themes.P99, "p99", '#', func(p screen.LoadPoint) time.Duration { return p.P99 }},
}

// joined is how far apart points of one curve may be.
const joined = 1600 * time.Millisecond

// draw draws a curve. Where nothing finished it has a gap, and nothing joins what stands at
// its sides.
func (p *plot) draw(points []screen.LoadPoint, c curve) {
	before := -1
	for i, point := range points {
		if c.of(point) == 0 || point.Gap {
			before = -1
			continue
		}
		if before >= 0 && (point.At-points[before].At > joined || point.Row != points[before].Row) {
			before = -1
		}
		if before < 0 {
			before = i
		}
		p.line(points[before], point, c)
		before = i
	}
}

// line joins two points of a curve.
func (p *plot) line(a, b screen.LoadPoint, c curve) {
	across, up := 2, 4
	if p.ascii {
		across, up = 1, 1
	}
	x0, y0 := p.column(a.At, across), p.level(c.of(a), p.h*up)
	x1, y1 := p.column(b.At, across), p.level(c.of(b), p.h*up)
	steps := max(abs(x1-x0), abs(y1-y0), 1)
	for i := range steps + 1 {
		x := x0 + int(math.Round(float64(i*(x1-x0))/float64(steps)))
		y := y0 + int(math.Round(float64(i*(y1-y0))/float64(steps)))
		p.dot(x, p.h*up-1-y, across, up, c)
	}
}

// braille are the bits of a cell's dots, by row and column.
var braille = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func (p *plot) dot(x, y, across, up int, c curve) {
	cx, cy := x/across, y/up
	if cx < 0 || cx >= p.w || cy < 0 || cy >= p.h {
		return
	}
	if p.ascii {
		p.dots[cy][cx] = c.mark
	} else {
		p.dots[cy][cx] |= braille[y%up][x%across]
	}
	p.marks[cy][cx], p.drawn[cy][cx] = c.token, true
}

// cell is what stands in a cell, with its token; false where nothing does.
func (p *plot) cell(x, y int) (rune, themes.Token, bool) {
	if !p.drawn[y][x] {
		return ' ', themes.Text, false
	}
	if p.ascii {
		return rune(p.dots[y][x]), p.marks[y][x], true
	}
	return 0x2800 + rune(p.dots[y][x]), p.marks[y][x], true
}

// ticks are the latencies that the axis names, by row: every row's middle, or what is 1, 2
// or 5 times a power of ten.
func (p *plot) ticks(every bool) map[int]string {
	out := map[int]string{}
	if every {
		for y := range p.h {
			share := (float64(p.h-1-y) + 0.5) / float64(p.h)
			d := time.Duration(float64(p.low) * math.Pow(float64(p.high)/float64(p.low), share))
			out[y] = latency(digits(d))
		}
		return out
	}
	for d := p.high; d >= p.low; d = round(d-1, false) {
		y := p.row(d)
		if _, taken := out[y]; !taken {
			out[y] = latency(d)
		}
		if d <= 100*time.Microsecond {
			break
		}
	}
	return out
}

// digits rounds a latency to two digits.
func digits(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 100 {
		unit *= 10
	}
	return (d + unit/2) / unit * unit
}

// labels are where the curves' ends are named: rows from the top, none twice, for p50, p90
// and p99.
func (p *plot) labels(last screen.LoadPoint) [3]int {
	at := [3]int{p.row(last.P50), p.row(last.P90), p.row(last.P99)}
	if at[1] >= at[0] {
		at[1] = at[0] - 1
	}
	if at[2] >= at[1] {
		at[2] = at[1] - 1
	}
	if at[2] < 0 {
		at[2] = 0
		at[1] = max(at[1], 1)
		at[0] = max(at[0], 2)
	}
	return at
}

func abs(n int) int { return max(n, -n) }
