package results

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type zapParams struct {
	Files  checks.Strings `toml:"files" doc:"names of ZAP's JSON reports; default: all declared ones, else the usual names"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed build, which ZAP's report does not; default false"`
}

var importZAP = checks.Define(checks.Kind{
	ID:       "import.zap",
	Title:    "A ZAP scan of the target found nothing serious",
	Class:    checks.Local,
	Severity: checks.High,
	Sends:    "nothing; reads ZAP's traditional JSON report",
	Rule: "FAIL: an alert of high risk on a site of the target. WARN: of medium risk. PASS: only low and informational ones, which are listed and show that pages were asked for. " +
		"Alerts that somebody marked as false positives are listed and do not count; alerts of other sites neither. Inconclusive: no site in the report, none that is the target's host or in its scope, " +
		"a site without any alert (nothing shows that a page was asked for), a risk that is no number from 0 to 3." + ageRule,
	Fix:  "Run ZAP's baseline or full scan against the target and keep the JSON report (-J).",
	Refs: []string{"OWASP WSTG", "NIST SSDF PW.8"},
}, func(ctx context.Context, p *checks.Probe, params zapParams) checks.Result {
	return judged(ctx, p, zapPlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readZAP,
		func(files []imported[[]zapSite]) (f finding) {
			for _, file := range files {
				f.seeZAP(file.name, file.facts, func(url string) bool { return ofTarget(p.Target, url) })
			}
			return f
		})
})

var zapPlace = place{
	key: "zap", noun: "ZAP report", named: func(r checks.Results) checks.Strings { return r.ZAP },
	usual: []string{"zap.json", "zap-report.json", "report_json.json", "reports/zap.json", "reports/zap-report.json"},
}

// zapSite is one site of a report. ZAP writes all numbers as texts.
type zapSite struct {
	Name   string     `json:"@name"`
	Alerts []zapAlert `json:"alerts"`
}

type zapAlert struct {
	Plugin     loose      `json:"pluginid"`
	Name       string     `json:"name"`
	Alert      string     `json:"alert"`
	Risk       loose      `json:"riskcode"`
	Confidence loose      `json:"confidence"`
	Count      loose      `json:"count"`
	Instances  []struct{} `json:"instances"`
}

// readZAP reads the sites; a single one may stand without a list.
func readZAP(_ string, src []byte) (sites []zapSite, from origin, err error) {
	var report struct {
		Program   string         `json:"@programName"`
		Version   string         `json:"@version"`
		Generated string         `json:"@generated"`
		Created   string         `json:"created"`
		Site      jsontext.Value `json:"site"`
	}
	if err := decode(src, &report); err != nil {
		return nil, from, err
	}
	if report.Version == "" && report.Generated == "" || report.Site == nil {
		return nil, from, errNone("a traditional JSON report of ZAP")
	}
	from.tool = strings.TrimSpace("ZAP " + report.Version)
	if from.made = parseDate(report.Created); from.made.IsZero() {
		from.made = parseDate(report.Generated)
	}
	if report.Site.Kind() == '{' {
		sites = make([]zapSite, 1)
		err = json.Unmarshal(report.Site, &sites[0])
	} else {
		err = json.Unmarshal(report.Site, &sites)
	}
	return sites, from, err
}

// falsePositive is the confidence that a person gives an alert that is none.
const falsePositive = "0"

var zapRisks = []string{"informational", "low", "medium", "high"}

// seeZAP judges one report.
func (f *finding) seeZAP(file string, sites []zapSite, ours func(url string) bool) {
	var counts [4]int
	judged, alerts := []string{}, 0
	for _, s := range sites {
		if !ours(s.Name) {
			f.see(checks.NA, file, "other site", "%s is not of the target: %s left out", shownURL(s.Name), local.Count(len(s.Alerts), "alert"))
			continue
		}
		judged = append(judged, shownURL(s.Name))
		if len(s.Alerts) == 0 {
			f.see(checks.Inconclusive, file, "empty", "holds no alert of %s, not even an informational one: nothing shows that a page was asked for", shownURL(s.Name))
		}
		for _, a := range s.Alerts {
			alerts++
			f.seeAlert(file, a, &counts)
		}
	}
	for i, n := range counts {
		f.measure(zapRisks[i], float64(n), "alerts")
	}
	switch {
	case len(sites) == 0:
		f.see(checks.Inconclusive, file, "empty", "holds no site")
	case len(judged) == 0:
		f.see(checks.Inconclusive, file, "other site", "is of another site (%s), not of the target or its scope", shownURL(sites[0].Name))
	case counts[2]+counts[3] == 0 && alerts > 0:
		f.said = fmt.Sprintf("no alert of high or medium risk on %s; %d low, %d informational", strings.Join(judged, ", "), counts[1], counts[0])
		f.see(checks.Pass, file, "scan", "%s", f.said)
	}
}

// seeAlert judges one alert.
func (f *finding) seeAlert(file string, a zapAlert, counts *[4]int) {
	name := a.Name
	if name == "" {
		name = a.Alert
	}
	risk, err := strconv.Atoi(string(a.Risk))
	switch {
	case err != nil || risk < 0 || risk > 3:
		f.see(checks.Inconclusive, file, "risk", "%s: risk %q is none that ZAP has", name, string(a.Risk))
		return
	case a.Confidence == falsePositive:
		f.see(checks.NA, file, "false positive", "%s (%s risk) was marked as a false positive", name, zapRisks[risk])
		return
	}
	counts[risk]++
	verdict := []checks.Verdict{checks.NA, checks.NA, checks.Warn, checks.Fail}[risk]
	f.see(verdict, file, zapRisks[risk], "%s (%s), %s", name, string(a.Plugin), local.Count(max(len(a.Instances), 1), "place"))
}
