package results

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"assess/gonogo/checks"
)

type loadParams struct {
	Files       checks.Strings `toml:"files" doc:"names of k6 summaries; default: all declared ones, else the usual names"`
	ErrorRate   *float64       `toml:"error_rate" doc:"largest share of failed requests; default 0.01"`
	P95         *float64       `toml:"p95" doc:"95th percentile of the duration that passes, in ms; default 500 (four times that fails)"`
	MinRequests *float64       `toml:"min_requests" doc:"least number of requests; default 100"`
	MinUsers    float64        `toml:"min_users" doc:"least number of users that were active together; default: not asked"`
	MaxAge      time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build       bool           `toml:"build" doc:"the file must name the assessed build; default false"`
}

var importLoad = checks.Define(checks.Kind{
	ID:       "import.load",
	Title:    "An imported load test stayed within its budget",
	Class:    checks.Local,
	Severity: checks.High,
	Sends:    "nothing; reads a k6 summary: handleSummary's data, --summary-export, or the machine-readable form 1.0.0",
	Rule: "Failed requests by a Wilson 95 % interval: PASS up to error_rate (1 %), FAIL above five times that or clearly above it, else WARN. 95th percentile: PASS up to p95 (500 ms), " +
		"FAIL above four times that, else WARN; of summaries by a script of `gonogo load export` the share of good answers slower than that, 5 % allowed, counted over all parts of one run. FAIL: a threshold of the test's own was crossed. The worst decides; of several other summaries the worst, as percentiles can't be averaged. " +
		"Inconclusive: http_reqs, http_req_failed or http_req_duration p(95) is missing, or contradicts another; fewer than min_requests; fewer than min_users active together " +
		"(k6's vus, not vus_max, which counts users that only stood ready). A summary names neither the host nor the model of the load: the item's question has to say for what it stands." + ageRule,
	Fix: "Run the load test with k6 run --summary-export load.json (or write handleSummary's data to a file, with the commit under a key \"build\") and keep the file with the build. " +
		"`gonogo load export` writes such a script from the load plan.",
	Refs: []string{"SRE 27", "SRE App. E"},
}, func(ctx context.Context, p *checks.Probe, params loadParams) checks.Result {
	return judged(ctx, p, loadPlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readK6,
		func(files []imported[loadRun]) (f finding) {
			for _, file := range f.seeCounted(files, params) {
				f.seeLoad(file.name, file.facts, params)
			}
			return f
		})
})

var loadPlace = place{
	key: "load", noun: "load summary", named: func(r checks.Results) checks.Strings { return r.Load },
	usual: []string{"gonogo-k6.json", "k6.json", "k6-summary.json", "load.json", "reports/k6.json", "reports/k6-summary.json", "load/summary.json"},
}

// seeLoad judges one summary.
func (f *finding) seeLoad(file string, r loadRun, params loadParams) {
	rate, p95, least := value(params.ErrorRate, 0.01), value(params.P95, 500), value(params.MinRequests, 100)
	for _, name := range r.crossed {
		f.see(checks.Fail, file, "threshold", "the test's own threshold was crossed: %s", name)
	}
	switch {
	case r.requests < least:
		f.see(checks.Inconclusive, file, "requests", "only %.0f requests, %.0f asked", r.requests, least)
	case r.trouble() != "":
		f.see(checks.Inconclusive, file, "incomplete", "%s", r.trouble())
	default:
		v, say := judgeFailed(r.failed, r.requests, rate)
		f.see(v, file, "failed", "%s", say)
	}
	if params.MinUsers > 0 {
		f.seeUsers(file, r.users, params.MinUsers)
	}
	if !math.IsNaN(r.p95) {
		f.see(judgeP95(r.p95, p95), file, "p95", "p95 %.0f ms, %.0f asked", r.p95, p95)
	}
	for _, m := range []checks.Measurement{{Name: "requests", Value: r.requests, Unit: "requests"}, {Name: "failed", Value: r.failed, Unit: "requests"},
		{Name: "p95", Value: r.p95, Unit: "ms"}, {Name: "p99", Value: r.p99, Unit: "ms"}, {Name: "users", Value: r.users, Unit: "users"}} {
		if !math.IsNaN(m.Value) {
			f.measurements = append(f.measurements, m)
		}
	}
	said := fmt.Sprintf("%.0f requests, %.0f failed, p95 %.0f ms", r.requests, r.failed, r.p95)
	if !math.IsNaN(r.users) {
		said += fmt.Sprintf(", up to %.0f users", r.users)
	}
	f.said = strings.TrimPrefix(f.said+"; "+said, "; ")
}

// seeUsers judges how many users were active together.
func (f *finding) seeUsers(file string, users, least float64) {
	switch {
	case math.IsNaN(users):
		f.see(checks.Inconclusive, file, "users", "does not say how many users were active (vus)")
	case users < least:
		f.see(checks.Inconclusive, file, "users", "only %.0f users were active together, %.0f asked", users, least)
	default:
		f.see(checks.Pass, file, "users", "%.0f users active together, %.0f asked", users, least)
	}
}

func value(p *float64, otherwise float64) float64 {
	if p != nil {
		return *p
	}
	return otherwise
}

// failLimit is how many times the budget of failed requests is too many; slowLimit how many
// times the budget of the 95th percentile.
const (
	failLimit = 5
	slowLimit = 4
)

// judgeFailed judges k failed of n requests against a budget.
func judgeFailed(k, n, budget float64) (checks.Verdict, string) {
	low, top := wilson(k, n)
	share, limit := k/n, min(failLimit*budget, 1)
	say := fmt.Sprintf("%.0f of %.0f requests failed (%.2f %%), %.2f %% allowed", k, n, 100*share, 100*budget)
	_, none := wilson(0, n)
	switch {
	case share > limit || low > budget:
		return checks.Fail, say
	case none > limit && budget > 0:
		return checks.Inconclusive, say + ": too few requests to tell"
	case share <= budget && (top <= limit || budget == 0):
		return checks.Pass, say
	}
	return checks.Warn, say
}

func judgeP95(p95, budget float64) checks.Verdict {
	switch {
	case p95 <= budget:
		return checks.Pass
	case p95 <= slowLimit*budget:
		return checks.Warn
	}
	return checks.Fail
}

// z95 is the normal quantile of a two-sided 95 % interval.
const z95 = 1.959964

// wilson is the 95 % interval of a proportion of k in n (E. B. Wilson, 1927).
func wilson(k, n float64) (low, top float64) {
	p, z := k/n, z95*z95
	centre := (p + z/(2*n)) / (1 + z/n)
	half := z95 / (1 + z/n) * math.Sqrt(p*(1-p)/n+z/(4*n*n))
	return max(0, centre-half), min(1, centre+half)
}
