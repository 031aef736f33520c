package results

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type scorecardParams struct {
	Files  checks.Strings `toml:"files" doc:"names of Scorecard JSON files; default: all declared ones, else the usual names"`
	Checks checks.Strings `toml:"checks" doc:"names of Scorecard's checks that count, such as Branch-Protection; required"`
	Score  *float64       `toml:"score" doc:"least score of each, 0 to 10; default 8"`
	Warn   *float64       `toml:"warn" doc:"score from which a lower one only warns; default: none, it fails"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed commit; default false"`
}

var importScorecard = checks.Define(checks.Kind{
	ID:       "import.scorecard",
	Title:    "OpenSSF Scorecard rates the named practices well",
	Class:    checks.Local,
	Severity: checks.Medium,
	Sends:    "nothing; reads the JSON that scorecard --format json left",
	Rule: "PASS: each named check has at least the least score (8 of 10). WARN: one has less, but at least warn. FAIL: less. " +
		"Inconclusive: a named check is missing, has score -1 (Scorecard could not tell), or a number that is none of Scorecard's; of several reports the worst decides." + ageRule,
	Fix:  "Run scorecard --repo=… --format=json with a token that may read the branch protection, and keep the file with the build.",
	Refs: []string{"OpenSSF Scorecard"},
}, func(ctx context.Context, p *checks.Probe, params scorecardParams) checks.Result {
	if len(params.Checks) == 0 {
		return *local.Pending("not declared: which of Scorecard's checks count")
	}
	score := value(params.Score, 8)
	warn := value(params.Warn, score)
	return judged(ctx, p, scorecardPlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readScorecard,
		func(files []imported[scorecardReport]) finding {
			return judgeScorecard(files, params.Checks, score, warn)
		})
})

var scorecardPlace = place{
	key: "scorecard", noun: "Scorecard report", named: func(r checks.Results) checks.Strings { return r.Scorecard },
	usual: []string{"scorecard.json", "scorecard-results.json", "reports/scorecard.json"},
}

// scorecardReport is what Scorecard says of one repository.
type scorecardReport struct {
	repo   string
	scores map[string]scorecardCheck // by name in lower case
}

type scorecardCheck struct {
	Name   string   `json:"name"`
	Score  *float64 `json:"score"`
	Reason string   `json:"reason"`
}

func readScorecard(_ string, src []byte) (r scorecardReport, from origin, err error) {
	var report struct {
		Date string `json:"date"`
		Repo struct {
			Name   string `json:"name"`
			Commit string `json:"commit"`
		} `json:"repo"`
		Scorecard struct {
			Version string `json:"version"`
		} `json:"scorecard"`
		Checks []scorecardCheck `json:"checks"`
	}
	if err := decode(src, &report); err != nil {
		return r, from, err
	}
	if report.Checks == nil || report.Repo.Name == "" {
		return r, from, errNone("a report of OpenSSF Scorecard")
	}
	from = origin{tool: strings.TrimSpace("Scorecard " + report.Scorecard.Version), made: parseDate(report.Date)}
	if report.Repo.Commit != "" {
		from.builds = []stated{{"repo.commit", report.Repo.Commit}}
	}
	r = scorecardReport{repo: report.Repo.Name, scores: map[string]scorecardCheck{}}
	for _, c := range report.Checks {
		key := strings.ToLower(c.Name)
		if _, twice := r.scores[key]; twice {
			return r, from, fmt.Errorf("check %s twice", c.Name)
		}
		r.scores[key] = c
	}
	return r, from, nil
}

// judgeScorecard applies the rule to the named checks of every report.
func judgeScorecard(files []imported[scorecardReport], names []string, least, warn float64) finding {
	var f finding
	var said []string
	for _, file := range files {
		for _, name := range names {
			c, there := file.facts.scores[strings.ToLower(name)]
			switch {
			case !there:
				f.see(checks.Inconclusive, file.name, "missing", "holds no check %s", name)
				continue
			case c.Score == nil || *c.Score < 0 || *c.Score > 10:
				f.see(checks.Inconclusive, file.name, "unknown", "Scorecard could not tell %s: %s", name, c.Reason)
				continue
			}
			v := checks.Fail
			switch {
			case *c.Score >= least:
				v = checks.Pass
			case *c.Score >= warn:
				v = checks.Warn
			}
			f.see(v, file.name, name, "%s of %s: %g of 10, %g asked: %s", name, file.facts.repo, *c.Score, least, c.Reason)
			f.measure(name, *c.Score, "of 10")
			said = append(said, fmt.Sprintf("%s %g", name, *c.Score))
		}
	}
	f.said = strings.Join(said, ", ")
	return f
}
