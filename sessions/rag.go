package sessions

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

// The colours of a RAG status.
const (
	Red   = "red"
	Amber = "amber"
	Green = "green"
)

// ragRank orders colours, worst first.
var ragRank = map[string]int{Red: 0, Amber: 1, Green: 2}

// colour gives every category its colour and word, and the whole its colour.
func (v *view) colour(a *Assessment) {
	rag := v.st.Profile.RAG
	for n := range a.Categories {
		c := &a.Categories[n]
		v.tallyOpen(c, a.Open)
		c.ComputedRAG = categoryRAG(c, rag)
		c.ComputedHealth = health(c, rag, c.ComputedRAG)
		c.RAG, c.Health = c.ComputedRAG, c.ComputedHealth
		if d, ok := v.st.Colours[c.Category.ID]; ok && colourStands(c, d.ColourDeclared) {
			v.declareColour(c, d.ColourDeclared)
		}
	}
	a.RAG = overallRAG(a)
}

// tallyOpen counts what is open in a category.
func (v *view) tallyOpen(c *CategoryScore, open []OpenItem) {
	for _, o := range open {
		if o.Category != c.Category.ID {
			continue
		}
		decided := o.Verdict.Decided()
		c.unsure = c.unsure || o.Gate == checks.Blocker && (o.Waived || !decided)
		c.amber = c.amber || slices.Contains(v.st.Profile.RAG.AmberOn, o.Severity)
		if o.Waived {
			continue
		}
		switch {
		case o.Gate == checks.Blocker && decided:
			c.OpenBlockers++
		case o.Gate == checks.Condition:
			c.OpenConditions++
			c.minor = c.minor || o.Severity == checks.Medium && o.Verdict == checks.Fail
		}
		if o.Severity == checks.Critical && decided {
			c.OpenCrit++
		}
	}
}

// categoryRAG: red is an open blocker, as many open criticals as the profile names, or a
// score under the amber mark; amber is incomplete, a blocker waived or not known, an open
// item of a severity the profile names (where it names none: an open condition), or a
// score under the green mark.
func categoryRAG(c *CategoryScore, rag checks.RAG) string {
	conditions := c.OpenConditions > 0
	if len(rag.AmberOn) > 0 {
		conditions = c.amber
	}
	switch {
	case c.OpenBlockers > 0, rag.RedCriticals > 0 && c.OpenCrit >= rag.RedCriticals:
		return Red
	case c.Incomplete:
		return Amber
	case !c.Empty && c.Score < rag.Amber-tolerance:
		return Red
	case c.unsure, conditions, !c.Empty && c.Score < rag.Green-tolerance:
		return Amber
	}
	return Green
}

// health is a category's word: its own word for the colour, else the best word whose
// lowest score is reached. A red category never gets a word above the amber mark.
func health(c *CategoryScore, rag checks.RAG, colour string) string {
	if w := c.Category.Words[colour]; w != "" {
		return w
	}
	words := slices.SortedFunc(maps.Keys(rag.Words), func(a, b string) int {
		return cmp.Or(cmp.Compare(rag.Words[b], rag.Words[a]), cmp.Compare(a, b))
	})
	switch {
	case c.Empty:
		return "Nothing applies"
	case c.Incomplete:
		return inCaseOf("Incomplete", words)
	}
	for n, w := range words {
		least := rag.Words[w]
		if c.Score < least-tolerance || colour == Red && least >= rag.Amber && n < len(words)-1 {
			continue
		}
		if rag.Gaps && n < len(words)/2 {
			w += gaps(c, colour)
		}
		return w
	}
	return ""
}

// gaps is what the better half of the words adds when something is open.
func gaps(c *CategoryScore, colour string) string {
	switch {
	case colour != Green && c.OpenCrit > 0:
		return " with Critical Gaps"
	case colour == Green && c.minor:
		return " with Minor Issues"
	}
	return ""
}

// inCaseOf writes a word in capitals where the profile's words are.
func inCaseOf(word string, words []string) string {
	if len(words) > 0 && words[0] == strings.ToUpper(words[0]) {
		return strings.ToUpper(word)
	}
	return word
}

// colourStands reports whether a declared colour may be printed: stricter always, milder
// with a reason, and never green over an open blocker.
func colourStands(c *CategoryScore, d ColourDeclared) bool {
	if d.RAG == Green && c.OpenBlockers > 0 {
		return false
	}
	milder := ragRank[d.RAG] > ragRank[c.ComputedRAG]
	return d.Reason != "" || d.RAG != "" && !milder && d.Health == ""
}

func (v *view) declareColour(c *CategoryScore, d ColourDeclared) {
	if d.RAG != "" {
		c.RAG = d.RAG
		c.Health = health(c, v.st.Profile.RAG, d.RAG)
	}
	if d.Health != "" {
		c.Health = string(d.Health)
	}
}

// overallRAG: red with NO-GO, green when every category is, else amber.
func overallRAG(a *Assessment) string {
	if a.Computed == NoGo || a.Decision == NoGo {
		return Red
	}
	for _, c := range a.Categories {
		if c.ComputedRAG != Green {
			return Amber
		}
	}
	if a.Computed == Incomplete {
		return Amber
	}
	return Green
}
