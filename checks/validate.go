package checks

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The words that profiles may use. An empty word stands for "not said".
var (
	idForm        = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	afterForm     = regexp.MustCompile(`^\d+[hd]$`)
	dueForm       = regexp.MustCompile(`^(before deploy|\d+[hd] after)$`)
	methods       = []string{"weighted", "passrate"}
	rules         = []string{"modern", "strict", "seed-legacy"}
	gates         = []Gate{Blocker, Condition, Advisory}
	whens         = []string{"unknown", "always"}
	horizons      = []string{"", "immediate", "short term", "long term"}
	lists         = []string{"", "must", "should"}
	impacts       = []string{"LOW", "MEDIUM", "HIGH"}
	probabilities = []string{"LOW", "MEDIUM", "LIKELY", "CERTAIN"}
	colours       = []string{"green", "amber", "red", "incomplete"}
	decisions     = []string{"go", "conditional-go", "no-go", "incomplete"}
	advices       = []string{"failed", "incomplete", "passed"}
	opening       = []Verdict{Fail, Warn}
)

// maxWeight bounds the weight of a category: sums of larger ones would end as infinite, and
// no floor holds against that.
const maxWeight = 1_000_000

// readings are the only ways in which a profile may read a rule's verdict: never towards
// pass, never to na.
var readings = map[Verdict][]Verdict{
	Fail: {Warn}, Warn: {Fail}, NA: {Warn, Fail}, Inconclusive: {Warn, Fail},
}

// validation is a profile under scrutiny, with the way back to the lines of its file.
type validation struct {
	*file
	p     *Profile
	items map[string]string // id → path in the file; absent for inherited ones
	known []string          // ids that patterns may name, dropped ones included
}

// validate notes everything that decoding does not see.
func (p *Profile) validate(f *file, raw map[string]any) {
	v := &validation{file: f, p: p, items: map[string]string{}, known: p.itemIDs()}
	for _, it := range p.Dropped {
		v.known = append(v.known, it.ID)
	}
	v.frame()
	v.ids(raw)
	for c := range p.Categories {
		v.category(&p.Categories[c], raw)
	}
	v.lists()
	v.phrases()
}

func (v *validation) frame() {
	p := v.p
	if p.ID == "" {
		v.wrong("id", `id is missing: give the profile one, id = "house"`)
	} else if !idForm.MatchString(p.ID) {
		v.wrong("id", "id: %q: give letters, digits, - _ and . only", short(p.ID))
	}
	if strings.TrimSpace(p.Title) == "" {
		v.wrong("title", "title is missing")
	}
	if p.Version < 1 {
		v.wrong("version", "version must be 1 or more")
	}
	oneOf(v.file, "scoring.method", "scoring.method", p.Scoring.Method, methods)
	oneOf(v.file, "scoring.rules", "scoring.rules", p.Scoring.Rules, rules)
	if p.Scoring.CompleteAt < 0 || p.Scoring.CompleteAt > 1 {
		v.wrong("scoring.complete_at", "scoring.complete_at: %v must be between 0 and 1", p.Scoring.CompleteAt)
	}
	for key, n := range map[string]float64{"gates.coverage_floor": p.Gates.CoverageFloor,
		"gates.category_floor": p.Gates.CategoryFloor, "gates.overall_floor": p.Gates.OverallFloor,
		"gates.go_mark": p.Gates.GoMark, "rag.green": p.RAG.Green, "rag.amber": p.RAG.Amber} {
		v.percent(key, n)
	}
	oneOf(v.file, "gates.critical", "gates.critical", p.Gates.Critical, gates)
	oneOf(v.file, "gates.high", "gates.high", p.Gates.High, gates)
	if p.RAG.Amber > p.RAG.Green {
		v.wrong("rag.amber", "rag.amber: %v is above rag.green, %v", p.RAG.Amber, p.RAG.Green)
	}
	if p.RAG.RedCriticals < 0 {
		v.wrong("rag.red_criticals", "rag.red_criticals: must be 0 or more")
	}
	for i, s := range p.RAG.AmberOn {
		oneOf(v.file, indexed("rag.amber_on", i), "rag.amber_on", s, Severities)
	}
	for _, word := range slices.Sorted(maps.Keys(p.RAG.Words)) {
		v.percent("rag.words."+word, p.RAG.Words[word])
	}
	if p.ReviewAfter != "" && !afterForm.MatchString(p.ReviewAfter) {
		v.wrong("review_after", `review_after: %q must be hours or days such as "7d"`, short(p.ReviewAfter))
	}
}

func (v *validation) percent(path string, n float64) {
	if n < 0 || n > 100 {
		v.wrong(path, "%s: %v must be between 0 and 100", path, n)
	}
}

// ids notes ids that the file gives twice, and remembers where its items stand.
func (v *validation) ids(raw map[string]any) {
	if len(v.p.Categories) == 0 {
		v.wrong("category", "no [[category]]: a profile needs one with items")
	} else if len(v.p.itemIDs()) == 0 {
		v.wrong("category", "no [[category.item]]: a profile needs at least one item")
	}
	seen := map[string]bool{}
	for c, category := range tables(raw["category"]) {
		id, _ := category["id"].(string)
		if seen["category "+id] {
			v.wrong(indexed("category", c)+".id", "category %q is there twice", id)
		}
		seen["category "+id] = true
		for i, item := range tables(category["item"]) {
			id, _ := item["id"].(string)
			if v.items[id] != "" {
				v.wrong(itemPath(c, i)+".id", "item %q is there twice", id)
				continue
			}
			v.items[id] = itemPath(c, i)
			if why, given := item["dropped"].(string); given && strings.TrimSpace(why) == "" {
				v.wrong(itemPath(c, i)+".dropped", "item %s: dropped: say why it is left out", id)
			}
		}
	}
	for i := range v.p.Dropped {
		// What the profile extends would have given it a title.
		if it := &v.p.Dropped[i]; it.Title == "" {
			v.wrong(v.items[it.ID]+".dropped", "item %s: dropped: there is no such item to leave out%s", it.ID, v.near(it.ID))
		}
	}
}

// near ends a mistake about an item that may be another's, mistyped.
func (v *validation) near(id string) string {
	others := slices.DeleteFunc(slices.Clone(v.known), func(k string) bool { return k == id })
	if near := Nearest(id, others); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ""
}

func (v *validation) category(c *Category, raw map[string]any) {
	at := "category"
	for i, t := range tables(raw["category"]) {
		if t["id"] == c.ID {
			at = indexed("category", i)
		}
	}
	if !idForm.MatchString(c.ID) {
		v.wrong(at+".id", "category id: %q: give letters, digits, - _ and . only", short(c.ID))
	}
	if strings.TrimSpace(c.Title) == "" {
		v.wrong(at, "category %s: title is missing", c.ID)
	}
	if c.Weight < 0 || c.Weight > maxWeight {
		v.wrong(at+".weight", "category %s: weight must be between 0 and %d", c.ID, maxWeight)
	}
	if c.Seconds < 0 {
		v.wrong(at+".seconds", "category %s: seconds must be 0 or more", c.ID)
	}
	v.keys(at+".words", c.Words, colours)
	v.keys(at+".status", c.Status, colours)
	v.keys(at+".advice", c.Advice, advices)
	for i := range c.Items {
		v.item(&c.Items[i])
	}
}

// item notes what is wrong with one item.
func (v *validation) item(it *Item) {
	at := v.items[it.ID]
	label := func(key string) string { return "item " + it.ID + ": " + key }
	if !idForm.MatchString(it.ID) {
		v.wrong(at+".id", "item id: %q: give letters, digits, - _ and . only", short(it.ID))
	}
	if strings.TrimSpace(it.Title) == "" {
		v.wrong(at+".title", "%s is missing%s", label("title"), v.near(it.ID))
	}
	if it.Severity == "" {
		v.wrong(at+".severity", "%s is missing: one of critical, high, medium, low, info", label("severity"))
	} else {
		oneOf(v.file, at+".severity", label("severity"), it.Severity, Severities)
	}
	if it.Gate != "" {
		oneOf(v.file, at+".gate", label("gate"), it.Gate, gates)
	}
	if it.Level != "" {
		oneOf(v.file, at+".level", label("level"), it.Level, levels)
	}
	if len(it.Checks) == 0 && it.Question == "" {
		v.wrong(at+".checks", "item %s: needs checks or a question", it.ID)
	}
	if len(it.Checks) > 0 && it.Question == "" && !slices.ContainsFunc(it.Checks, func(c Check) bool { return !c.Hint }) {
		v.wrong(at+".checks", "item %s: all its checks are hints, which never count: add a question, or a check that counts", it.ID)
	}
	oneOf(v.file, at+".when", label("when"), it.When, whens)
	if it.When == "always" && it.Question == "" {
		v.wrong(at+".when", "item %s: when = \"always\" needs a question: without one its checks alone would decide", it.ID)
	}
	oneOf(v.file, at+".horizon", label("horizon"), it.Horizon, horizons)
	for i, verdict := range it.OpenOn {
		oneOf(v.file, indexed(at+".open_on", i), label("open_on"), verdict, opening)
	}
	v.read(it, at)
}

// read notes readings that would make a verdict milder than a warning.
func (v *validation) read(it *Item, at string) {
	for _, key := range slices.Sorted(maps.Keys(it.Read)) {
		to, path := it.Read[key], at+".read."+key
		allowed, known := readings[Verdict(key)]
		switch {
		case !known && Verdict(key).Known():
			v.wrong(path, "item %s: read: a %s is read as it is", it.ID, key)
		case !known:
			v.wrong(path, "item %s: read: %q is no verdict%s", it.ID, key, suggest(key, []string{"fail", "warn", "na", "inconclusive"}))
		case !slices.Contains(allowed, to):
			v.wrong(path, "item %s: read: %s can't be read as %q, only as %s", it.ID, key, to, joinOr(allowed))
		}
	}
}

func joinOr(vs []Verdict) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = string(v)
	}
	return strings.Join(words, " or ")
}

// keys notes keys of a table of words that nothing would ever look up.
func (v *validation) keys(path string, table map[string]string, known []string) {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		oneOf(v.file, path+"."+key, plainKey(path), key, known)
	}
}

// patterns notes patterns that name no item.
func (v *validation) patterns(path, what string, patterns []string) {
	for i, pattern := range patterns {
		if !slices.ContainsFunc(v.known, func(id string) bool { return matchID(pattern, id) }) {
			hint := ""
			if near := Nearest(strings.TrimSuffix(pattern, "*"), v.known); near != "" {
				hint = fmt.Sprintf(": did you mean %q?", near)
			}
			v.wrong(indexed(path, i), "%s: no item %q%s", what, pattern, hint)
		}
	}
}

func (v *validation) lines(path string, lines []Line) {
	for i, line := range lines {
		at := indexed(path+".line", i)
		v.patterns(at+".items", "line "+fmt.Sprintf("%q", short(line.Text)), line.Items)
	}
}

// lists checks themes, causes, actions, conditions, risks, compliance and status lines.
func (v *validation) lists() {
	p := v.p
	for i, t := range p.Themes {
		at := indexed("theme", i)
		v.patterns(at+".items", "theme "+short(t.Title), t.Items)
		v.lines(at, t.Lines)
	}
	seen := map[string]bool{}
	for i, c := range p.Causes {
		at := indexed("cause", i)
		v.patterns(at+".items", "cause "+c.ID, c.Items)
		v.unique(seen, at, "cause", c.ID)
	}
	for i, a := range p.Actions {
		at := indexed("action", i)
		v.patterns(at+".items", "action "+short(a.Title), a.Items)
		v.lines(at, a.Lines)
		oneOf(v.file, at+".list", "action.list", a.List, lists)
		oneOf(v.file, at+".horizon", "action.horizon", a.Horizon, horizons)
		if a.Days[0] < 0 || a.Days[1] < a.Days[0] {
			v.wrong(at+".days", "action %s: days must be the least and the most", short(a.Title))
		}
	}
	for i, c := range p.Conditions {
		at := indexed("condition", i)
		v.patterns(at+".items", "condition "+c.ID, c.Items)
		v.unique(seen, at, "condition", c.ID)
		if c.Due != "" && !dueForm.MatchString(c.Due) {
			v.wrong(at+".due", `condition %s: due: %q must be "before deploy" or such as "24h after"`, c.ID, short(c.Due))
		}
		if c.DeployNotBefore != "" && !afterForm.MatchString(c.DeployNotBefore) {
			v.wrong(at+".deploy_not_before", `condition %s: deploy_not_before: %q must be such as "48h"`, c.ID, short(c.DeployNotBefore))
		}
	}
	for i, r := range p.Risks {
		at := indexed("risk", i)
		v.patterns(at+".items", "risk "+short(r.Component), r.Items)
		oneOf(v.file, at+".impact", "risk.impact", r.Impact, impacts)
		oneOf(v.file, at+".probability", "risk.probability", r.Probability, probabilities)
	}
	for i, c := range p.Compliance {
		v.patterns(indexed("compliance", i)+".items", "compliance "+short(c.Title), c.Items)
	}
	for i, s := range p.Status {
		at := indexed("status", i)
		v.patterns(at+".items", "status "+short(s.Title), s.Items)
		words := make([]string, len(Verdicts))
		for j, verdict := range Verdicts {
			words[j] = string(verdict)
		}
		v.keys(at+".words", s.Words, words)
	}
}

func (v *validation) unique(seen map[string]bool, at, what, id string) {
	switch {
	case !idForm.MatchString(id):
		v.wrong(at+".id", "%s id: %q: give letters, digits, - _ and . only", what, short(id))
	case seen[what+id]:
		v.wrong(at+".id", "%s %q is there twice", what, id)
	}
	seen[what+id] = true
}

func (v *validation) phrases() {
	v.keys("phrases.decision", v.p.Phrases.Decision, decisions)
	v.keys("phrases.overall", v.p.Phrases.Overall, colours)
	v.keys("phrases.closing", v.p.Phrases.Closing, decisions)
}
