package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"reflect"
	"strings"
	"sync"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

//go:embed page
var pageFiles embed.FS

// pageTemplate is parsed once, when a page is first wanted: the files are part of the binary.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report.html.tmpl").Funcs(pageWords).ParseFS(pageFiles, "page/*.tmpl"))
})

// pageWords are what the templates call.
var pageWords = template.FuncMap{
	"sign": func(v checks.Verdict) string { return verdictSigns[v] },
	"word": func(v checks.Verdict) string { return strings.TrimPrefix(verdict(v), verdictSigns[v]+" ") },
	"colour": func(rag string) string {
		if w := colourWords[rag]; w != "" {
			return w
		}
		return "not known"
	},
	"capital": capital, "str": func(v any) string { return fmt.Sprint(v) }, "prose": prose, "percent": percent1, "span": span1,
	"percent0": func(x float64) string { return fmt.Sprintf("%.0f %%", x) }, "number": trimFloat, "stamp": stamp, "plural": plural,
	"inc": func(i int) int { return i + 1 }, "points": func(x float64) string { return fmt.Sprintf("%+.1f", x) }, "notes": actionNotes,
	"told": told, "were": were, "holds": Reason.holds, "noReason": noReason, "condition": conditionState,
	"few": func(items []string) []string {
		if len(items) <= fewItems+1 { // "and 1 more" would take as much room
			return items
		}
		return items[:fewItems]
	},
	"more":  func(all, shown any) int { return reflect.ValueOf(all).Len() - reflect.ValueOf(shown).Len() },
	"short": short, "day": reviewDay, "state": doneWords, "orNot": orNot,
	"written": func(n Narrative, section string) string {
		return writtenWords(n, section, func(s string) string { return s })
	},
	"decisionSign": func(d sessions.Decision) string {
		return map[sessions.Decision]string{sessions.Go: "✓", sessions.ConditionalGo: "!", sessions.NoGo: "✘"}[d]
	},
}

// HTML renders the document as one page that needs nothing else: no script, no font, no
// picture from anywhere. It follows the reader's light or dark scheme and prints on A4.
// Evidence that is text or a picture is in it, folded; bodies of nil leave it out.
func HTML(d *Document, bodies Bodies) ([]byte, error) {
	d, err := plain(d)
	if err != nil {
		return nil, err
	}
	p, err := newPage(d, bodies)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := pageTemplate().Execute(&b, p); err != nil {
		return nil, fmt.Errorf("render session %s as HTML: %w", d.Session.ID, err)
	}
	return b.Bytes(), nil
}

// page is what the template shows beside the document itself.
type page struct {
	*Document
	Title      string
	CSS        template.CSS
	Headline   string
	Known      bool // something is judged
	OverallBar template.HTML
	Contents   []pageLink
	Figures    []pageFigure
	Trend      template.HTML
	Latency    []latencyChart
	Chapters   []pageChapter
	Checklists []pageChecklist
	RiskChart  template.HTML
	Pieces     []pagePiece
	Withheld   string
}

type pageLink struct {
	ID, Title string
	Sub       []pageLink
}

// pageFigure is a category's line in the key figures.
type pageFigure struct {
	Category
	Bar          template.HTML
	Figure, Note string
}

// pageChapter is a category's chapter.
type pageChapter struct {
	Section
	Figures     pageFigure
	Word, Score string
	Lines       []pageItem
	Recommended []Action
}

// pageItem is one item's line in a chapter.
type pageItem struct {
	Item
	Said     []string
	Measured string
	Pieces   []checks.Evidence
}

func newPage(d *Document, bodies Bodies) (*page, error) {
	css, err := pageFiles.ReadFile("page/report.css")
	if err != nil {
		return nil, err
	}
	m := &markdown{d: d}
	p := &page{Document: d, CSS: template.CSS(css), Title: d.Target.Name + ": production readiness, " + d.Decision.Stands.Words(),
		Known: d.Decision.Computed != sessions.Incomplete, Checklists: checklists(d.Checklist), Latency: latencies(d), Trend: trend(d), RiskChart: riskChart(d.Risks)}
	if d.Decision.Stands != sessions.Incomplete {
		if p.Headline = d.Report.Headline; p.Headline == d.Decision.Stands.Words() {
			p.Headline = "" // the decision itself stands above it
		}
		if x := d.Decision; x.Declared != "" && x.Declared != x.Computed {
			p.Headline = join(" ", p.Headline, fmt.Sprintf("(declared by %s; computed: %s)", x.By, x.Computed.Words()))
		}
	}
	p.OverallBar = scoreBar("overall", "Overall score", d.Score.RAG, d.Score.Overall, d.Score.Low, d.Score.High)
	for i, c := range d.Score.Categories {
		f := pageFigure{Category: c, Figure: Figure(d, c), Note: countNote(c.Counts)}
		if i < len(d.Report.KeyFigures) {
			f.Figure, f.Note = d.Report.KeyFigures[i].Figure, d.Report.KeyFigures[i].Note
		}
		f.Bar = scoreBar(c.ID, c.Title, c.RAG, c.Score, c.Low, c.High)
		p.Figures = append(p.Figures, f)
		if i < len(d.Report.Sections) {
			p.Chapters = append(p.Chapters, chapter(d, d.Report.Sections[i], f, m))
		}
	}
	p.Contents = contents(p.Chapters)
	p.Pieces, err = pieces(d, bodies)
	if bodies == nil && len(p.Pieces) > 0 {
		p.Withheld = "The bytes of the evidence are withheld in this copy. Their digests are here: they can be compared with the whole session's at any time."
	}
	return p, err
}

func chapter(d *Document, s Section, f pageFigure, m *markdown) pageChapter {
	c := pageChapter{Section: s, Figures: f, Word: orNone(f.Health), Score: m.sectionScore(f.Category)}
	if f.Incomplete {
		c.Word = "INCOMPLETE"
	}
	rows := map[string]int{}
	for i, r := range s.Rows {
		for _, id := range r.Items {
			rows[id] = i
		}
	}
	lines := make([][]pageItem, len(s.Rows)+1)
	for _, it := range d.Items {
		if it.Category != s.Category {
			continue
		}
		at, ok := rows[it.ID]
		if !ok {
			at = len(s.Rows)
		}
		lines[at] = append(lines[at], pageItem{Item: it, Said: said(d, it), Measured: measured(it.Measurements), Pieces: it.Evidence})
	}
	for _, l := range lines {
		c.Lines = append(c.Lines, l...)
	}
	for _, g := range s.Recommendations {
		for _, a := range g.Actions {
			a.Horizon = g.Title
			c.Recommended = append(c.Recommended, a)
		}
	}
	return c
}

// contents is the table of contents, in the order of the page.
func contents(chapters []pageChapter) []pageLink {
	var out, sub []pageLink
	for _, c := range chapters {
		sub = append(sub, pageLink{ID: "category-" + c.Category, Title: c.Title})
	}
	for _, l := range [][2]string{{"summary", "Executive summary"}, {"figures", "Key figures"}, {"critical", "Critical issues"}, {"assessment", "Assessment by category"},
		{"checklist", "Readiness checklist"}, {"risks", "Risk matrix"}, {"plan", "Action plan"}, {"compliance", "Technology compliance"}, {"decision", "Decision"},
		{"next", "Next steps"}, {"findings", "Findings"}, {"overrides", "Overrides"}, {"waivers", "Waivers"}, {"consent", "Consent and requests"},
		{"changes", "Changes"}, {"evidence", "Evidence index"}, {"signoff", "Sign-off"}, {"scoring", "How the scores were computed"}} {
		x := pageLink{ID: l[0], Title: l[1]}
		if x.ID == "assessment" {
			x.Sub = sub
		}
		out = append(out, x)
	}
	return out
}
