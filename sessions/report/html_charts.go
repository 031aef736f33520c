package report

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// svg renders one chart. Charts have a title and a description for those who do not see
// them, colours from the page's own style, and no number without a table that has it too.
func svg(name string, data any) template.HTML {
	var b bytes.Buffer
	if err := charts().ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Sprintf("report: chart %s: %v", name, err)) // its data is numbers and text of this package
	}
	return template.HTML(b.String())
}

var charts = sync.OnceValue(func() *template.Template {
	number := func(x float64) string { return strconv.FormatFloat(sessions.Rounded(x, 2), 'f', -1, 64) }
	return template.Must(template.New("charts").Funcs(template.FuncMap{"f": number}).Parse(chartTemplates))
})

const chartTemplates = `
{{define "bar"}}<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-labelledby="bar-{{.ID}}-t bar-{{.ID}}-d"><title id="bar-{{.ID}}-t">{{.Title}}: {{.Score}}</title><desc id="bar-{{.ID}}-d">{{.Text}}</desc><rect class="track" width="100" height="8"/><rect class="range {{.Class}}" x="{{f .Low}}" width="{{f .Wide}}" height="8"/><rect class="{{.Class}}" width="{{f .At}}" height="8"/></svg>{{end}}
{{define "trend"}}<svg viewBox="0 0 520 {{.Tall}}" width="520" height="{{.Tall}}" role="img" aria-labelledby="trend-t trend-d"><title id="trend-t">Score of each review, oldest first</title><desc id="trend-d">{{.Text}}</desc>{{range .Bars}}<text x="0" y="{{.TextY}}" class="small">{{.Label}}</text><rect class="track" x="110" y="{{.Y}}" width="320" height="16" rx="3"/><rect class="{{.Class}}" x="110" y="{{.Y}}" width="{{f .Width}}" height="16" rx="3"/><text x="440" y="{{.TextY}}" class="on">{{.Score}}</text>{{end}}</svg>{{end}}
{{define "risk"}}<svg viewBox="0 0 560 274" width="560" height="274" role="img" aria-labelledby="risk-t risk-d"><title id="risk-t">Risks by impact and probability</title><desc id="risk-d">{{.Text}}</desc>{{range .Cells}}<rect class="{{.Class}}" x="{{.X}}" y="{{.Y}}" width="108" height="66" rx="4"/><text x="{{.TextX}}" y="{{.TextY}}" text-anchor="middle" class="on">{{.Numbers}}</text>{{end}}{{range .Rows}}<text x="100" y="{{.Y}}" text-anchor="end">{{.Label}}</text>{{end}}{{range .Columns}}<text x="{{.X}}" y="246" text-anchor="middle">{{.Label}}</text>{{end}}<text x="100" y="14" text-anchor="end" class="small">impact</text><text x="336" y="266" text-anchor="middle" class="small">probability</text></svg>{{end}}
{{define "latency"}}<svg viewBox="0 0 560 260" width="560" height="260" role="img" aria-labelledby="lat-{{.ID}}-t lat-{{.ID}}-d"><title id="lat-{{.ID}}-t">Latency by number of users, {{.Title}}</title><desc id="lat-{{.ID}}-d">{{.Text}}</desc>{{range .Grid}}<line class="axis" x1="70" x2="540" y1="{{f .Y}}" y2="{{f .Y}}"/><text class="small" x="62" y="{{f .TextY}}" text-anchor="end">{{.Label}}</text>{{end}}{{range .Ticks}}<text class="small" x="{{f .X}}" y="228" text-anchor="middle">{{.Label}}</text>{{end}}{{range .Lines}}<polyline class="{{.Class}}" points="{{.Points}}"/>{{$dot := .Dot}}{{range .Dots}}<circle class="{{$dot}}" cx="{{f .X}}" cy="{{f .Y}}" r="4"/>{{end}}<text x="{{f .EndX}}" y="{{f .EndY}}" text-anchor="end" class="on">{{.Name}}</text>{{end}}<text class="small" x="305" y="252" text-anchor="middle">users</text><text class="small" x="62" y="14" text-anchor="end">ms</text></svg>{{end}}`

// colourClass is a colour's class in a chart.
func colourClass(rag string) string {
	if colourWords[rag] == "" {
		return "grey"
	}
	return rag
}

func within100(x float64) float64 { return math.Max(0, math.Min(100, x)) }

// scoreBar is a score on its range, out of 100.
func scoreBar(id, title, rag string, score, low, high float64) template.HTML {
	low, high = within100(low), within100(high)
	return svg("bar", map[string]any{"ID": token(id), "Title": title, "Score": percent1(score), "Class": colourClass(rag), "At": within100(score),
		"Low": low, "Wide": math.Max(0, high-low), "Text": "Between " + percent1(low) + " and " + percent1(high) + " of 100 %, depending on what is not known yet."})
}

// trend draws the scores of the reviews that led to this one; empty without an earlier one.
func trend(d *Document) template.HTML {
	type bar struct {
		Label, Score, Class string
		Y, TextY            int
		Width               float64
	}
	var bars []bar
	var told []string
	for i, s := range alike(d) {
		class := map[sessions.Decision]string{sessions.Go: "green", sessions.ConditionalGo: "amber", sessions.NoGo: "red"}[s.Decision]
		bars = append(bars, bar{Label: reviewDay(s), Score: percent1(s.Score), Class: cmp.Or(class, "grey"), Y: 8 + 32*i, TextY: 21 + 32*i, Width: within100(s.Score) * 3.2})
		told = append(told, fmt.Sprintf("%s: %s, %s", reviewDay(s), percent1(s.Score), s.Decision.Words()))
	}
	if len(bars) < 2 {
		return ""
	}
	return svg("trend", map[string]any{"Bars": bars, "Tall": 32 * len(bars), "Text": strings.Join(told, "; ") + "."})
}

// alike are the reviews of the trend whose scores compare: those of this profile.
func alike(d *Document) []sessions.ComparisonSide {
	return slices.DeleteFunc(slices.Clone(d.Trend), func(s sessions.ComparisonSide) bool { return s.Profile != d.Profile.ID })
}

// reviewDay is the day of a review's last event.
func reviewDay(s sessions.ComparisonSide) string {
	day, _, _ := strings.Cut(line(s.At), "T")
	return day
}

// riskChart places each risk's number by impact and probability.
func riskChart(risks []Risk) template.HTML {
	type at struct {
		X, Y, TextX, TextY int
		Class, Label       string
		Numbers            string
	}
	impact := []string{"HIGH", "MEDIUM", "LOW"}
	probability := []string{"LOW", "MEDIUM", "LIKELY", "CERTAIN"}
	var cells, rows, columns []at
	var told []string
	for y, i := range impact {
		rows = append(rows, at{Y: 20 + y*70 + 38, Label: i})
		for x, p := range probability {
			c := at{X: 112 + x*112, Y: 20 + y*70, TextX: 166 + x*112, TextY: 20 + y*70 + 38}
			product := impacts[i] * probabilities[p]
			c.Class = "cell" + strconv.Itoa(map[string]int{"LOW": 0, "MEDIUM": 1}[riskLevel(product)])
			if l := riskLevel(product); l != "LOW" && l != "MEDIUM" {
				c.Class = "cell2"
			}
			var here []string
			for n, r := range risks {
				if r.Impact == i && r.Probability == p {
					here = append(here, strconv.Itoa(n+1))
				}
			}
			if len(here) > 0 {
				told = append(told, fmt.Sprintf("impact %s, probability %s: %s", strings.ToLower(i), strings.ToLower(p), strings.Join(here, " and ")))
			}
			if len(here) > 5 {
				here = append(here[:4], fmt.Sprintf("+%d", len(here)-4))
			}
			c.Numbers = strings.Join(here, " ")
			cells = append(cells, c)
		}
	}
	for x, p := range probability {
		columns = append(columns, at{X: 166 + x*112, Label: p})
	}
	return svg("risk", map[string]any{"Cells": cells, "Rows": rows, "Columns": columns, "Text": orNone(strings.Join(told, "; ")) + ". The numbers are those of the table."})
}

// latencyChart is what a ladder of load steps measured.
type latencyChart struct {
	Title string
	SVG   template.HTML
	Head  []string
	Rows  []latencyRow
}

type latencyRow struct {
	Users int
	Cells []string
}

// stepName is how the load kinds name what one step of users measured.
var stepName = regexp.MustCompile(`^(\d{1,6}) users? (p50|p95|failed|rate)$`)

var stepHead = []string{"p50", "p95", "failed", "rate"}

// latencies are the ladders of the session: an item that climbs has its own, items of one
// step each are joined by category.
func latencies(d *Document) []latencyChart {
	var out []latencyChart
	for _, c := range d.Score.Categories {
		shared := map[int]map[string]float64{}
		for _, it := range d.Items {
			if it.Category != c.ID {
				continue
			}
			own := steps(it.Measurements)
			if len(own) > 1 {
				out = append(out, newLatency(len(out), it.Title, own))
				continue
			}
			for users, m := range own {
				if shared[users] == nil || m["p50"] > shared[users]["p50"] {
					shared[users] = m
				}
			}
		}
		if len(shared) > 1 {
			out = append(out, newLatency(len(out), c.Title, shared))
		}
	}
	return out
}

func steps(ms []checks.Measurement) map[int]map[string]float64 {
	out := map[int]map[string]float64{}
	for _, m := range ms {
		s := stepName.FindStringSubmatch(m.Name)
		if s == nil {
			continue
		}
		users, err := strconv.Atoi(s[1])
		if err != nil {
			continue
		}
		if out[users] == nil {
			out[users] = map[string]float64{}
		}
		out[users][s[2]] = m.Value
	}
	return out
}

func newLatency(n int, title string, steps map[int]map[string]float64) latencyChart {
	c := latencyChart{Title: title, Head: []string{"p50 (ms)", "p95 (ms)", "failed (%)", "rate (/s)"}}
	users := slices.Sorted(maps.Keys(steps))
	for _, u := range users {
		r := latencyRow{Users: u}
		for _, h := range stepHead {
			cell := "–"
			if x, ok := steps[u][h]; ok {
				cell = strconv.FormatFloat(sessions.Rounded(x, 1), 'f', -1, 64)
			}
			r.Cells = append(r.Cells, cell)
		}
		c.Rows = append(c.Rows, r)
	}
	c.SVG = latencySVG(n, title, users, steps)
	return c
}

type point struct{ X, Y float64 }

// latencySVG draws both percentiles over evenly spaced steps, from zero.
func latencySVG(n int, title string, users []int, steps map[int]map[string]float64) template.HTML {
	top := 1.0
	for _, u := range users {
		top = max(top, steps[u]["p50"], steps[u]["p95"])
	}
	top = niceTop(top)
	y := func(ms float64) float64 { return 208 - 178*ms/top }
	x := func(i int) float64 { return 90 + 430*float64(i)/float64(max(1, len(users)-1)) }
	type mark struct {
		X, Y, TextY float64
		Label       string
	}
	type series struct {
		Class, Dot, Name, Points string
		Dots                     []point
		EndX, EndY               float64
	}
	var grid, ticks []mark
	for i := range 5 {
		ms := top * float64(i) / 4
		grid = append(grid, mark{Y: y(ms), TextY: y(ms) + 4, Label: trimFloat(ms)})
	}
	var told []string
	for i, u := range users {
		ticks = append(ticks, mark{X: x(i), Label: strconv.Itoa(u)})
	}
	var lines []series
	for _, s := range []series{{Class: "line50", Dot: "dot50", Name: "p50"}, {Class: "line95", Dot: "dot95", Name: "p95"}} {
		var points []string
		for i, u := range users {
			if ms, ok := steps[u][s.Name]; ok {
				p := point{x(i), y(ms)}
				s.Dots = append(s.Dots, p)
				points = append(points, fmt.Sprintf("%.1f,%.1f", p.X, p.Y))
				s.EndX, s.EndY = p.X, p.Y-9
				told = append(told, fmt.Sprintf("%s at %s: %.0f ms", s.Name, plural(u, "user"), ms))
			}
		}
		if s.Points = strings.Join(points, " "); len(points) > 0 {
			lines = append(lines, s)
		}
	}
	if len(lines) == 2 && math.Abs(lines[0].EndY-lines[1].EndY) < 16 && lines[0].EndX == lines[1].EndX {
		lines[0].EndY = max(lines[0].EndY, lines[1].EndY) + 26 // under its line, so that the names part
	}
	return svg("latency", map[string]any{"ID": strconv.Itoa(n), "Title": title, "Text": strings.Join(told, "; "), "Grid": grid, "Ticks": ticks, "Lines": lines})
}

// niceTop is the least of 1, 2, 4, 6, 8 times a power of ten that is not under x: it can be
// quartered without odd numbers.
func niceTop(x float64) float64 {
	for p := math.Pow(10, math.Floor(math.Log10(x))); ; p *= 10 {
		for _, n := range []float64{1, 2, 4, 6, 8} {
			if n*p >= x {
				return n * p
			}
		}
	}
}
