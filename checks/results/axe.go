package results

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type axeParams struct {
	Files    checks.Strings `toml:"files" doc:"names of axe-core JSON files; default: all declared ones, else the usual names"`
	MinRules *int           `toml:"min_rules" doc:"least number of rules that must have been tried on a page; default 20"`
	MaxAge   time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build    bool           `toml:"build" doc:"the file must name the assessed build, which axe-core does not; default false"`
}

var importAxe = checks.Define(checks.Kind{
	ID:       "import.axe",
	Title:    "axe-core found no serious accessibility barrier",
	Class:    checks.Local,
	Severity: checks.Medium,
	Sends:    "nothing; reads the results of axe-core, of one page or a list of them",
	Rule: "FAIL: a violation of impact critical or serious. WARN: moderate or minor. PASS: no violation; what axe-core leaves to a person (incomplete) is listed. Inconclusive: a page without passed rules and violations, " +
		"fewer than min_rules rules tried (a run of chosen rules is no baseline), a page that is not the target's or in its scope, results of another tool: Lighthouse's accessibility score is none of axe-core's results." + ageRule,
	Fix:  "Run axe-core on the pages of the main journey (in the end-to-end tests: await new AxeBuilder({ page }).analyze()) and keep the results with the build.",
	Refs: []string{"WCAG 2.2 AA"},
}, func(ctx context.Context, p *checks.Probe, params axeParams) checks.Result {
	least := 20
	if params.MinRules != nil {
		least = *params.MinRules
	}
	return judged(ctx, p, axePlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readAxe,
		func(files []imported[[]axePage]) finding {
			return judgeAxe(files, least, func(url string) bool { return ofTarget(p.Target, url) })
		})
})

var axePlace = place{
	key: "axe", noun: "axe-core result", named: func(r checks.Results) checks.Strings { return r.Axe },
	usual: []string{"axe.json", "axe-results.json", "reports/axe.json", "frontend/axe.json"},
}

// axePage is the result of one page (axe-core's API, "results object").
type axePage struct {
	Engine struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"testEngine"`
	Timestamp    string    `json:"timestamp"`
	URL          string    `json:"url"`
	Lighthouse   string    `json:"lighthouseVersion"`
	Violations   []axeRule `json:"violations"`
	Passes       []axeRule `json:"passes"`
	Incomplete   []axeRule `json:"incomplete"`
	Inapplicable []axeRule `json:"inapplicable"`
}

type axeRule struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Nodes  []struct {
		Impact string `json:"impact"`
	} `json:"nodes"`
}

// readAxe reads one page or a list of them. The oldest page dates the file.
func readAxe(_ string, src []byte) (pages []axePage, from origin, err error) {
	if isList(src) {
		err = decode(src, &pages)
	} else {
		pages = make([]axePage, 1)
		err = decode(src, &pages[0])
	}
	if err != nil {
		return nil, from, err
	}
	for _, p := range pages {
		switch {
		case p.Lighthouse != "":
			return nil, from, errors.New("Lighthouse's report, whose accessibility score is no result of axe-core")
		case p.Engine.Name != "axe-core":
			return nil, from, errNone("a result of axe-core")
		}
		from.tool = "axe-core " + p.Engine.Version
		if made := parseDate(p.Timestamp); from.made.IsZero() || !made.IsZero() && made.Before(from.made) {
			from.made = made
		}
	}
	if len(pages) == 0 {
		return nil, from, errors.New("no page in it")
	}
	return pages, from, nil
}

// impacts of a violation, worst first.
var impacts = []string{"critical", "serious", "moderate", "minor"}

// worst is the impact of a rule: its own, else that of its worst node. Without any it
// counts as serious: nobody said that it is less.
func (r axeRule) worst() string {
	worst := len(impacts)
	if i := slices.Index(impacts, r.Impact); i >= 0 {
		worst = i
	}
	for _, n := range r.Nodes {
		if i := slices.Index(impacts, n.Impact); i >= 0 {
			worst = min(worst, i)
		}
	}
	if worst == len(impacts) {
		return "serious"
	}
	return impacts[worst]
}

// judgeAxe applies the rule to every page.
func judgeAxe(files []imported[[]axePage], least int, ours func(string) bool) finding {
	var f finding
	counts := map[string]int{}
	pages, passed, incomplete := 0, 0, 0
	for _, file := range files {
		for _, p := range file.facts {
			if trouble := p.trouble(least, ours); trouble != "" {
				f.see(checks.Inconclusive, file.name, "page", "%s: %s", shownURL(cmp.Or(p.URL, "a page without URL")), trouble)
				if !ours(p.URL) {
					continue
				}
			}
			pages++
			passed += len(p.Passes)
			for _, r := range p.Violations {
				impact := r.worst()
				counts[impact]++
				v := checks.Warn
				if impact == "critical" || impact == "serious" {
					v = checks.Fail
				}
				f.see(v, file.name, impact, "%s on %s, %s", r.ID, shownURL(p.URL), local.Count(max(len(r.Nodes), 1), "element"))
			}
			for _, r := range p.Incomplete {
				incomplete++
				f.see(checks.NA, file.name, "incomplete", "%s on %s is left to a person", r.ID, shownURL(p.URL))
			}
		}
	}
	for _, impact := range impacts {
		f.measure(impact, float64(counts[impact]), "violations")
	}
	f.said = fmt.Sprintf("no violation on %s: %d rules passed, %d left to a person", local.Count(pages, "page"), passed, incomplete)
	if v := f.Verdict(); v == checks.Pending || v == checks.NA {
		f.see(checks.Pass, files[0].name, "axe", "%s", f.said)
	}
	return f
}

// trouble says why a page proves nothing, or "".
func (p axePage) trouble(least int, ours func(string) bool) string {
	tried := len(p.Violations) + len(p.Passes) + len(p.Incomplete) + len(p.Inapplicable)
	switch {
	case !ours(p.URL):
		return "not of the target or its scope"
	case len(p.Passes)+len(p.Violations) == 0:
		return "neither a passed rule nor a violation: nothing was tried"
	case tried < least:
		return fmt.Sprintf("only %s tried, %d asked", local.Count(tried, "rule"), least)
	}
	return ""
}
