package results

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type pageParams struct {
	Files  checks.Strings `toml:"files" doc:"names of Lighthouse JSON reports; default: all declared ones, else the usual names"`
	LCP    *float64       `toml:"lcp" doc:"largest contentful paint that passes, in ms; default 2500 (1.6 times that fails beyond)"`
	CLS    *float64       `toml:"cls" doc:"cumulative layout shift that passes; default 0.1 (2.5 times that fails beyond)"`
	Bytes  *float64       `toml:"bytes" doc:"transfer size that passes, in bytes; default 1638400 (3.125 times that, 5000 KiB, fails beyond)"`
	Form   string         `toml:"form_factor" doc:"mobile or desktop; default mobile"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed build, which Lighthouse does not; default false"`
}

var importPage = checks.Define(checks.Kind{
	ID:       "import.page",
	Title:    "Transfer size and load time of the pages are within budget",
	Class:    checks.Local,
	Severity: checks.Medium,
	Sends:    "nothing; reads Lighthouse JSON reports",
	Rule: "Per page the median of its reports. PASS: largest contentful paint up to 2.5 s, layout shift up to 0.1, transfer size up to 1600 KiB. WARN: up to 4 s, 0.25, 5000 KiB. FAIL: beyond. " +
		"Inconclusive: Lighthouse reports a runtime error, one of the three audits is missing or broke, the page is not the target's or in its scope (before or after redirects), " +
		"the report is no page load, was made on another form factor, or without a slowed network (throttlingMethod provided)." + ageRule,
	Fix:  "Audit the main page three times on a slowed network: lighthouse URL --output=json; keep the reports with the build.",
	Refs: []string{"Web Vitals"},
}, func(ctx context.Context, p *checks.Probe, params pageParams) checks.Result {
	return judged(ctx, p, pagePlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readLighthouse,
		func(files []imported[pageAudit]) finding {
			return judgePages(files, params, func(url string) bool { return ofTarget(p.Target, url) })
		})
})

var pagePlace = place{
	key: "page", noun: "page audit", named: func(r checks.Results) checks.Strings { return r.Page },
	usual: []string{"lighthouse.json", "lighthouse-report.json", "lighthouse.report.json", "reports/lighthouse.json", "frontend/lighthouse.json"},
}

// pageMetric is one of the three audits, its budget and where it fails.
type pageMetric struct {
	id     string
	name   string
	unit   string
	factor float64 // of the budget, beyond which it fails
}

var pageMetrics = []pageMetric{
	{"largest-contentful-paint", "largest contentful paint", "ms", 1.6},
	{"cumulative-layout-shift", "layout shift", "", 2.5},
	{"total-byte-weight", "transfer size", "bytes", 3.125},
}

// pageAudit is one report.
type pageAudit struct {
	asked  string   // the URL
	urls   []string // all that it names, before and after redirects
	error  string   // Lighthouse's runtime error
	mode   string   // navigation
	form   string
	slowed string             // how the network was slowed
	values map[string]float64 // of the three audits, by id
	broken map[string]string  // id → why there is no value
}

func readLighthouse(_ string, src []byte) (a pageAudit, from origin, err error) {
	var report struct {
		Version   string `json:"lighthouseVersion"`
		Requested string `json:"requestedUrl"`
		Final     string `json:"finalUrl"`
		Displayed string `json:"finalDisplayedUrl"`
		Main      string `json:"mainDocumentUrl"`
		Fetched   string `json:"fetchTime"`
		Mode      string `json:"gatherMode"`
		Error     *struct {
			Code string `json:"code"`
		} `json:"runtimeError"`
		Settings struct {
			Form    string `json:"formFactor"`
			Emulate string `json:"emulatedFormFactor"`
			Slowed  string `json:"throttlingMethod"`
		} `json:"configSettings"`
		Audits map[string]struct {
			Mode    string   `json:"scoreDisplayMode"`
			Value   *float64 `json:"numericValue"`
			Message string   `json:"errorMessage"`
		} `json:"audits"`
	}
	if err := decode(src, &report); err != nil {
		return a, from, err
	}
	if report.Version == "" || report.Audits == nil {
		return a, from, errNone("a Lighthouse report")
	}
	from.tool, from.made = "Lighthouse "+report.Version, parseDate(report.Fetched)
	a = pageAudit{asked: report.Requested, mode: report.Mode, slowed: report.Settings.Slowed, values: map[string]float64{}, broken: map[string]string{}}
	if a.form = report.Settings.Form; a.form == "" {
		a.form = report.Settings.Emulate
	}
	if report.Error != nil && report.Error.Code != "NO_ERROR" {
		a.error = report.Error.Code + " "
	}
	for _, url := range []string{report.Requested, report.Final, report.Displayed, report.Main} {
		if url != "" {
			a.urls = append(a.urls, url)
		}
	}
	for _, m := range pageMetrics {
		audit, there := report.Audits[m.id]
		switch {
		case !there:
			a.broken[m.id] = "is missing"
		case audit.Value == nil || audit.Mode == "error" || audit.Mode == "notApplicable" || *audit.Value < 0:
			a.broken[m.id] = strings.TrimSpace("has no value " + audit.Message)
		default:
			a.values[m.id] = *audit.Value
		}
	}
	return a, from, nil
}

// trouble says why a report proves nothing, or "".
func (a pageAudit) trouble(form string, ours func(string) bool) string {
	if a.error != "" {
		return "the audit failed: " + a.error
	}
	for _, url := range a.urls {
		if !ours(url) {
			return fmt.Sprintf("is of %s, not of the target or its scope", shownURL(url))
		}
	}
	switch {
	case len(a.urls) == 0:
		return "does not say of which page it is"
	case a.mode != "" && a.mode != "navigation":
		return fmt.Sprintf("is no page load but a %s", a.mode)
	case a.form != form:
		return fmt.Sprintf("was made on form factor %q, not %q", a.form, form)
	case a.slowed == "provided", a.slowed == "":
		return "was made without a slowed network"
	}
	for _, m := range pageMetrics {
		if why := a.broken[m.id]; why != "" {
			return fmt.Sprintf("%s %s", m.id, why)
		}
	}
	return ""
}

// judgePages applies the rule to the median of every page's reports.
func judgePages(files []imported[pageAudit], params pageParams, ours func(string) bool) finding {
	var f finding
	form := params.Form
	if form == "" {
		form = "mobile"
	}
	budgets := map[string]float64{pageMetrics[0].id: value(params.LCP, 2500), pageMetrics[1].id: value(params.CLS, 0.1), pageMetrics[2].id: value(params.Bytes, 1600<<10)}
	pages := map[string][]imported[pageAudit]{}
	for _, file := range files {
		if trouble := file.facts.trouble(form, ours); trouble != "" {
			f.see(checks.Inconclusive, file.name, "audit", "%s", trouble)
			continue
		}
		pages[file.facts.asked] = append(pages[file.facts.asked], file)
	}
	var said []string
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		reports := pages[page]
		words := fmt.Sprintf("%s (%s):", shownURL(page), local.Count(len(reports), "report"))
		for _, m := range pageMetrics {
			var values []float64
			for _, r := range reports {
				values = append(values, r.facts.values[m.id])
			}
			v, say := m.judge(median(values), budgets[m.id])
			f.see(v, reports[0].name, m.id, "%s: %s", shownURL(page), say)
			f.measure(m.name, median(values), m.unit)
			words += " " + say + ","
		}
		said = append(said, strings.TrimSuffix(words, ","))
	}
	f.said = strings.Join(said, "; ")
	return f
}

// judge holds one number against its budget.
func (m pageMetric) judge(value, budget float64) (checks.Verdict, string) {
	say := fmt.Sprintf("%s %s, %s allowed", m.name, m.show(value), m.show(budget))
	switch {
	case value <= budget:
		return checks.Pass, say
	case value <= m.factor*budget:
		return checks.Warn, say
	}
	return checks.Fail, say
}

func (m pageMetric) show(v float64) string {
	switch m.unit {
	case "ms":
		return fmt.Sprintf("%.0f ms", v)
	case "bytes":
		return fmt.Sprintf("%.0f KiB", v/1024)
	}
	return fmt.Sprintf("%.3f", v)
}

// median is the middle one; of an even number the worse of the two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
