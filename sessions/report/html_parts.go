package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// paragraph is a paragraph's lines, or a list.
type paragraph struct {
	Lines, List []string
}

// prose parts text into paragraphs; lines that begin with "- " are a list.
func prose(s string) []paragraph {
	var out []paragraph
	fresh := true
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimSpace(l)
		item, listed := strings.CutPrefix(l, "- ")
		last := len(out) - 1
		switch {
		case l == "":
			fresh = true
			continue
		case fresh || last < 0 || listed != (out[last].List != nil):
			out = append(out, paragraph{})
			last++
		}
		if listed {
			out[last].List = append(out[last].List, item)
		} else {
			out[last].Lines = append(out[last].Lines, l)
		}
		fresh = false
	}
	return out
}

func actionNotes(a Action) []string {
	var out []string
	if list := listWords[a.List]; list != "" {
		out = append(out, list)
	}
	if a.DaysHigh > 0 {
		out = append(out, dayRange(a.DaysLow, a.DaysHigh))
	}
	if a.Effort != "" {
		out = append(out, a.Effort)
	}
	if a.Owner != "" {
		out = append(out, "owner "+a.Owner)
	}
	return out
}

// shortMax is how much of a request line a page shows: some probes are thousands of
// characters long.
const shortMax = 100

// short is a text's beginning; the whole of it is in the JSON document.
func short(v any) string {
	s := []rune(line(fmt.Sprint(v)))
	if len(s) <= shortMax {
		return string(s)
	}
	return string(s[:shortMax]) + "…"
}

// measured is an item's measurements in one line.
func measured(ms []checks.Measurement) string {
	var out []string
	for _, m := range ms {
		out = append(out, line(m.Name)+" "+trimFloat(m.Value)+suffix(" ", m.Unit))
	}
	return strings.Join(out, " · ")
}

// pageChecklist is one list of the readiness checklist.
type pageChecklist struct {
	Title  string
	Groups []pageGroup
}

type pageGroup struct {
	Title string
	Lines []ChecklistLine
}

func checklists(all []ChecklistLine) []pageChecklist {
	var out []pageChecklist
	for _, l := range [][2]string{{"must", "Must fix"}, {"should", "Should fix"}, {"before deploy", "Before deployment"}} {
		list := pageChecklist{Title: l[1]}
		for _, c := range all {
			if c.List != l[0] {
				continue
			}
			if l[0] == "before deploy" {
				c.Group = ""
			}
			if n := len(list.Groups); n == 0 || list.Groups[n-1].Title != c.Group {
				list.Groups = append(list.Groups, pageGroup{Title: c.Group})
			}
			g := &list.Groups[len(list.Groups)-1]
			g.Lines = append(g.Lines, c)
		}
		out = append(out, list)
	}
	return out
}

// Limits of what a page shows of evidence: of one piece, and of all. The rest is in the
// signed file and in the evidence format.
const (
	pagePieceMax   = 16 << 10
	pagePictureMax = 512 << 10
	pageAllMax     = 6 << 20
)

// pagePiece is one piece of evidence in the index, once for all items it speaks of.
type pagePiece struct {
	SHA256, What string
	For          []string
	At           time.Time
	Bytes        int64
	Strength     checks.Strength
	Text, Note   string
	Image        template.URL
	Missing      string
}

func pieces(d *Document, bodies Bodies) ([]pagePiece, error) {
	var out []pagePiece
	at := map[string]int{}
	left := pageAllMax
	for _, it := range d.Items {
		for _, e := range it.Evidence {
			if i, ok := at[e.SHA256]; ok {
				if !slices.Contains(out[i].For, it.ID) {
					out[i].For = append(out[i].For, it.ID)
				}
				continue
			}
			p := pagePiece{SHA256: e.SHA256, What: line(string(e.What)), For: []string{it.ID}, At: e.At, Bytes: e.Bytes, Strength: e.Strength}
			data, state, err := body(bodies, e)
			if err != nil {
				return nil, err
			}
			p.show(data, state, e.Media, &left)
			at[e.SHA256] = len(out)
			out = append(out, p)
		}
	}
	return out, nil
}

// show puts as much of the bytes on the page as the limits allow.
func (p *pagePiece) show(data []byte, state, media string, left *int) {
	picture := media == "png" && bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n"))
	size := min(len(data), pagePieceMax)
	if picture {
		size = len(data)
	}
	switch {
	case state != included:
		p.Note, p.Missing = state, "The bytes are not here: "+state+"."
	case size > *left || picture && size > pagePictureMax:
		p.Missing = "Too large for a page: it is in the signed file and in the evidence format."
	case picture:
		p.Image = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data))
		*left -= size
	case len(data) == 0:
		p.Missing = "Empty."
	case media == "bin" || media == "png":
		p.Missing = "Not text: it is in the signed file and in the evidence format."
	default:
		p.Text = string(clean.Block(string(data[:size])))
		if size < len(data) {
			p.Text += fmt.Sprintf("\n… the first %d of %d bytes", size, len(data))
		}
		*left -= size
	}
}

// Scores are the reviews of the trend that compare, where there are more than two: of two
// the comparison says it all.
func (p *page) Scores() []sessions.ComparisonSide {
	if list := alike(p.Document); len(list) > 2 {
		return list
	}
	return nil
}

// Anchor is where a finding or a condition stands. What names items may name these too and
// leads to the same place, unless an item has that very id.
func (p *page) Anchor(id string) string {
	if slices.ContainsFunc(p.Items, func(it Item) bool { return it.ID == id }) {
		return "other-" + id
	}
	return "item-" + id
}

// Reasons are the first things that hold the decision where it is.
func (p *page) Reasons() []Reason { return p.Report.Why[:min(len(p.Report.Why), mostReasons)] }

// Steps are the first things to do next.
func (p *page) Steps() []NextStep { return p.Report.Next[:min(len(p.Report.Next), mostSteps)] }

// Compliant lists the technology compliance of one side.
func (p *page) Compliant(good bool) []Compliance {
	var out []Compliance
	for _, c := range p.Report.Compliance {
		if c.Good == good {
			out = append(out, c)
		}
	}
	return out
}
