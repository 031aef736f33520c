package monitoring

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
)

func TestTargetsRule(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	target := func(job, health string, ago time.Duration) scraped {
		return scraped{Labels: map[string]string{"job": job}, URL: "http://" + job + ":80/metrics", Health: health, Last: now.Add(-ago), Interval: "15s"}
	}
	for name, c := range map[string]struct {
		jobs    []string
		targets []scraped
		want    checks.Verdict
	}{
		"up":                {[]string{"app"}, []scraped{target("app", "up", time.Second), target("db", "down", time.Hour)}, checks.Pass},
		"one down":          {[]string{"app"}, []scraped{target("app", "up", 0), target("app", "down", 0)}, checks.Warn},
		"one not scraped":   {[]string{"app"}, []scraped{target("app", "up", 0), target("app", "unknown", 0)}, checks.Inconclusive},
		"none scraped yet":  {[]string{"app"}, []scraped{target("app", "unknown", 0)}, checks.Inconclusive},
		"stale":             {[]string{"app"}, []scraped{target("app", "up", 46*time.Second)}, checks.Warn},
		"not yet stale":     {[]string{"app"}, []scraped{target("app", "up", 45*time.Second)}, checks.Pass},
		"down":              {[]string{"app"}, []scraped{target("app", "down", 0)}, checks.Fail},
		"absent":            {[]string{"app"}, []scraped{target("db", "up", 0)}, checks.Fail},
		"one job absent":    {[]string{"app", "worker"}, []scraped{target("app", "up", 0)}, checks.Fail},
		"no target":         {[]string{"app"}, nil, checks.Fail},
		"no job is known":   {nil, []scraped{target("db", "up", 0)}, checks.Inconclusive},
		"no target, no job": {nil, nil, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgeTargets(c.jobs, c.targets, now), c.want) })
	}
	targets := []scraped{target("app", "up", 0), target("db", "up", 0), target("app", "up", 0)}
	if got := fmt.Sprint(jobsOf("http://APP/x", targets)); got != "[app]" {
		t.Errorf("jobs of the base URL: %s", got)
	}
	if got := jobsOf("", targets); got != nil {
		t.Errorf("jobs of no base URL: %v", got)
	}
}

func rule(name, query, health string) alertRule {
	return alertRule{Name: name, Query: query, Health: health, State: "inactive", Type: "alerting"}
}

func TestRulesRule(t *testing.T) {
	watchdog, plain := rule("Watchdog", "vector(1)", "ok"), rule("HighErrors", "rate(errors[5m]) > 1", "ok")
	named := rule("Watchdog", "up == 1", "ok")
	firing := named
	firing.State = "firing"
	for name, c := range map[string]struct {
		rules    []alertRule
		managers int
		want     checks.Verdict
	}{
		"complete":              {[]alertRule{plain, watchdog}, 1, checks.Pass},
		"absence is watched":    {[]alertRule{plain, rule("Gone", `absent_over_time(up{job="app"}[5m])`, "ok")}, 1, checks.Pass},
		"nothing watches":       {[]alertRule{plain}, 1, checks.Warn},
		"only a name":           {[]alertRule{plain, named}, 1, checks.Warn},
		"a name that fires":     {[]alertRule{plain, firing}, 1, checks.Pass},
		"never holds":           {[]alertRule{plain, rule("Off", "vector(0) > 1", "ok")}, 1, checks.Warn},
		"the watcher is broken": {[]alertRule{plain, rule("Watchdog", "vector(1)", "err")}, 1, checks.Warn},
		"no alert manager":      {[]alertRule{plain, watchdog}, 0, checks.Warn},
		"not evaluated yet":     {[]alertRule{plain, rule("Watchdog", "vector(1)", "unknown")}, 1, checks.Inconclusive},
		"health is not told":    {[]alertRule{rule("Watchdog", "vector(1)", "")}, 1, checks.Inconclusive},
		"all broken":            {[]alertRule{rule("a", "x", "err")}, 1, checks.Fail},
		"none":                  {nil, 1, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgeRules(c.rules, c.managers), c.want) })
	}
}

func TestConstant(t *testing.T) {
	for query, want := range map[string][2]bool{
		"vector(1)": {true, true}, " ( vector( 1 ) ) ": {true, true}, "vector(1) > 0": {true, true}, "vector(1) == 0": {true, false},
		"vector(0) > 0": {true, false}, "vector(1) < bool 0": {true, true}, "vector(time()) > 0": {true, true}, "vector(0)": {true, true},
		"up": {}, "up == 1": {}, "vector(up)": {}, "vector(1) and up": {}, "": {}, "(vector(1)) or (up)": {}, "vector(1) > up": {},
	} {
		if is, holds := constantly(query); is != want[0] || holds != want[1] {
			t.Errorf("%q: constant %t, holds %t", query, is, holds)
		}
	}
}

func TestWatchdogRule(t *testing.T) {
	as := func(name, query, health, state string) []alertRule {
		r := rule(name, query, health)
		r.State = state
		return []alertRule{rule("AppDown", "up == 0", "ok"), r}
	}
	wantVerdict(t, judgeWatchdog(as("Heartbeat", "vector(1)", "ok", "firing")), checks.Pass)
	wantVerdict(t, judgeWatchdog(as("Heartbeat", "vector(1)", "ok", "pending")), checks.Warn)
	wantVerdict(t, judgeWatchdog(as("Heartbeat", "vector(1)", "unknown", "inactive")), checks.Inconclusive)
	wantVerdict(t, judgeWatchdog(as("Heartbeat", "vector(1)", "err", "firing")), checks.Fail)
	wantVerdict(t, judgeWatchdog(as("Never", "vector(0) > 0", "ok", "inactive")), checks.Fail)
	wantVerdict(t, judgeWatchdog(as("DeadMansSwitch", "up == 1", "ok", "firing")), checks.Warn)
	wantVerdict(t, judgeWatchdog(as("Watchdog", "up == 1", "ok", "inactive")), checks.Fail)
	// An outage fires too: it is no watchdog.
	wantVerdict(t, judgeWatchdog(as("DiskFull", "disk > 1", "ok", "firing")), checks.Fail)
	wantVerdict(t, judgeWatchdog(nil), checks.Fail)
}

func coverageOf(t *testing.T, params CoverageParams, rules ...alertRule) checks.Result {
	t.Helper()
	areas, err := areasOf(params, nil)
	if err != nil {
		t.Fatal(err)
	}
	return judgeCoverage(cover(areas, rules), len(rules))
}

func TestCoverageRule(t *testing.T) {
	down := rule("AppDown", `up{job="app"} == 0`, "ok")
	errs := rule("HighErrorRate", `sum(rate(http_requests_total{status=~"5.."}[5m])) > 1`, "ok")
	slow := rule("SlowP99", `histogram_quantile(0.99, sum by (le) (rate(http_seconds_bucket[5m]))) > 1`, "ok")
	full := rule("Full", `node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1`, "ok")
	with := func(r alertRule, change func(*alertRule)) alertRule { change(&r); return r }
	broken := func(r alertRule) alertRule { return with(r, func(r *alertRule) { r.Health = "err" }) }
	fresh := func(r alertRule) alertRule { return with(r, func(r *alertRule) { r.Health = "unknown" }) }
	labelled := with(rule("A1", "app_budget > 1", "ok"), func(r *alertRule) { r.Labels = map[string]string{"area": "latency"} })
	for name, c := range map[string]struct {
		rules []alertRule
		want  checks.Verdict
		says  string
	}{
		"all four":            {[]alertRule{down, errs, slow, full}, checks.Pass, "errors by HighErrorRate"},
		"by a label":          {[]alertRule{down, errs, labelled, full}, checks.Pass, "latency by A1"},
		"one missing":         {[]alertRule{down, errs, full}, checks.Warn, "covers latency"},
		"one broken":          {[]alertRule{down, errs, broken(slow), full}, checks.Warn, "SlowP99 fails to evaluate"},
		"a broken twin":       {[]alertRule{down, errs, broken(slow), slow, full}, checks.Pass, ""},
		"two missing":         {[]alertRule{down, full}, checks.Fail, "errors, latency"},
		"all broken":          {[]alertRule{broken(down), broken(errs), broken(slow), broken(full)}, checks.Fail, ""},
		"one not evaluated":   {[]alertRule{down, errs, fresh(slow), full}, checks.Inconclusive, "not evaluated yet: latency"},
		"numbers, named well": {[]alertRule{rule("AppDownErrorLatencyCPU", "vector(1)", "ok")}, checks.Fail, ""},
		"the platform's errors and delays": {[]alertRule{down, full, rule("NodeNetworkErrors", "rate(node_network_receive_errs_total[5m]) > 1", "ok"),
			rule("ApiserverLatency", "cluster_quantile:apiserver_request_duration_seconds:histogram_quantile > 1", "ok"),
			rule("PrometheusFailed", `rate(prometheus_rule_evaluation_failures_total{a="b_c"}[5m]) / on(x_y) group_left() node_x > 0`, "ok")}, checks.Fail, "errors (NodeNetworkErrors is about the platform alone), latency"},
		"none": {nil, checks.Fail, "no alert rule"},
	} {
		t.Run(name, func(t *testing.T) {
			r := coverageOf(t, CoverageParams{}, c.rules...)
			wantVerdict(t, r, c.want)
			says(t, string(r.Reason), c.says)
		})
	}
	// Where the monitoring itself is the target, its errors and delays are what is meant.
	itself := []alertRule{down, full, rule("HighErrorRate", `sum(rate(prometheus_http_requests_total{code=~"5.."}[5m])) > 1`, "ok"),
		rule("SlowQueries", "histogram_quantile(0.95, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket[5m]))) > 1", "ok")}
	for name, want := range map[string]checks.Verdict{"prometheus": checks.Pass, "Prometheus-eu": checks.Pass, "payments": checks.Fail, "my-prometheus": checks.Fail, "node": checks.Fail, "": checks.Fail} {
		areas, err := areasOf(CoverageParams{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range areas {
			areas[i].Product = monitoringProduct(name)
		}
		r := judgeCoverage(cover(areas, itself), len(itself))
		wantVerdict(t, r, want)
		if want == checks.Fail {
			says(t, string(r.Reason), "errors (HighErrorRate is about the platform alone)")
		}
	}
	certificate := rule("TLSEndsSoon", "probe_ssl_earliest_cert_expiry - time() < 86400 * 21", "ok")
	wantVerdict(t, coverageOf(t, CoverageParams{Areas: checks.Strings{"certificate"}}, down, certificate), checks.Pass)
	wantVerdict(t, coverageOf(t, CoverageParams{Areas: checks.Strings{"certificate"}}, down), checks.Fail)
	own := CoverageParams{Areas: checks.Strings{"errors"}, Errors: checks.Strings{"^Budget"}}
	wantVerdict(t, coverageOf(t, own, rule("BudgetBurn", "node_x > 1", "ok")), checks.Pass)
	wantVerdict(t, coverageOf(t, own, errs), checks.Fail)
	roles, err := areasOf(CoverageParams{Areas: checks.Strings{"latency"}}, map[string]checks.Strings{"alerts_latency": {"^Budget"}})
	if err != nil || len(roles[0].Patterns) != 1 || roles[0].Patterns[0].String() != "^Budget" {
		t.Errorf("the target's own patterns: %v %v", roles, err)
	}
	for _, bad := range []CoverageParams{{Areas: checks.Strings{"weather"}}, {Errors: checks.Strings{"("}}, {Errors: checks.Strings{""}}, {Errors: checks.Strings{".*"}}} {
		if _, err := areasOf(bad, nil); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestAreas holds the patterns to rules as people write them, and to ones that only look
// like them.
func TestAreas(t *testing.T) {
	areas, err := areasOf(CoverageParams{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query, want string
	}{
		"InstanceDown":            {`up == 0`, "availability"},
		"Probe":                   {`probe_success{job="blackbox"} < 1`, "availability"},
		"Gone":                    {`absent(app_info)`, "availability"},
		"TooMany5xx":              {`sum(rate(requests_total{code=~"5.."}[5m])) > 1`, "errors"},
		"Exceptions":              {`increase(app_exceptions_total[5m]) > 3`, "errors"},
		"ApiLatencyHigh":          {`api_p > 1`, "latency"},
		"Apdex":                   {`app_apdex < 0.8`, "latency"},
		"HighCPU":                 {`instance:cpu:rate > 0.9`, "saturation"},
		"QueueBacklog":            {`jobs_waiting > 100`, "saturation"},
		"DatabaseConnectionsHigh": {`pg_stat_activity_count > 80`, "saturation"},
		"SetupChanged":            {`changes(app_setup[5m]) > 0`, ""},
		"Deploys":                 {`app_deploys > 10`, ""},
		"SignupsLow":              {`rate(signups_total[1h]) < 1`, ""},
		"IsUp":                    {`up == 1`, ""},
	} {
		var got []string
		for _, a := range areas {
			if _, ok := a.about(rule(name, c.query, "ok")); ok {
				got = append(got, a.Name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s (%s) is about %v, want %s", name, c.query, got, c.want)
		}
	}
}

func TestRunbooksRule(t *testing.T) {
	paging := func(link string) alertRule {
		return alertRule{Name: "R", Query: "up == 0", Labels: map[string]string{"severity": "Page"}, Annotations: map[string]string{"runbook_url": link}}
	}
	good := paging("https://wiki.atlas.internal/runbooks#{{ $labels.alertname }}")
	info := alertRule{Name: "I", Query: "up", Labels: map[string]string{"severity": "info"}}
	watchdog := alertRule{Name: "W", Query: "vector(1)", Labels: map[string]string{"severity": "critical"}}
	for name, c := range map[string]struct {
		rules []alertRule
		want  checks.Verdict
	}{
		"all":            {[]alertRule{good, good, info, watchdog}, checks.Pass},
		"most":           {[]alertRule{good, good, paging("")}, checks.Warn},
		"half":           {[]alertRule{good, paging("")}, checks.Fail},
		"none":           {[]alertRule{paging("")}, checks.Fail},
		"no rule":        {nil, checks.Fail},
		"none that page": {[]alertRule{info}, checks.Inconclusive},
		"watchdog only":  {[]alertRule{watchdog}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgeRunbooks(RunbooksParams{}.complete(), c.rules), c.want) })
	}
	for link, want := range map[string]bool{
		"https://wiki.atlas.internal/x": true, "http://10.0.0.3:8080/r": true, " https://a.io/{{ $labels.x }} ": true, "https://runbooks.prometheus-operator.dev/runbooks/general/targetdown": true,
		"docs/runbook.md#errors": false, "/runbook": false, "": false, "//wiki/x": false, "https://": false, "ftp://a.io/x": false, "javascript:alert(1)": false,
		"https://example.com/runbook": false, "https://wiki.example.org/x": false, "https://your-company.com/x": false, "https://{{ $labels.host }}": false, "https://runbooks.example/x": false,
		"todo": false, "https://%zz": false, "https://testing.io/x": true,
	} {
		if isLink(link) != want {
			t.Errorf("%q: link %t, want %t", link, !want, want)
		}
	}
	own := RunbooksParams{Label: "team", Severities: checks.Strings{"night"}, Annotation: "doc"}.complete()
	night := alertRule{Name: "N", Query: "up", Labels: map[string]string{"team": "night"}, Annotations: map[string]string{"doc": "https://wiki.atlas.internal"}}
	wantVerdict(t, judgeRunbooks(own, []alertRule{night}), checks.Pass)
	wantVerdict(t, judgeRunbooks(own, []alertRule{good}), checks.Inconclusive)
}

func TestQueryRule(t *testing.T) {
	limits := func(params QueryParams) queryLimits {
		l, err := limitsOf(params)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	below := limits(QueryParams{Warn: new(80.0), Fail: new(95.0)})
	for v, want := range map[float64]checks.Verdict{-1: checks.Pass, 79.9: checks.Pass, 80: checks.Warn, 94: checks.Warn, 95: checks.Fail, 1e300: checks.Fail} {
		wantVerdict(t, judgeQuery(below, []float64{1, v}), want)
	}
	above := limits(QueryParams{Is: "above", Warn: new(20.0), Fail: new(5.0)})
	for v, want := range map[float64]checks.Verdict{21: checks.Pass, 20: checks.Warn, 6: checks.Warn, 5: checks.Fail, -1: checks.Fail} {
		wantVerdict(t, judgeQuery(above, []float64{100, v}), want)
	}
	wantVerdict(t, judgeQuery(limits(QueryParams{Fail: new(5.0)}), []float64{5}), checks.Fail)
	wantVerdict(t, judgeQuery(limits(QueryParams{Warn: new(5.0)}), []float64{7}), checks.Warn)
	wantVerdict(t, judgeQuery(limits(QueryParams{Is: "above", Warn: new(5.0)}), []float64{3}), checks.Warn)
	for _, bad := range []QueryParams{{Is: "near", Fail: new(1.0)}, {Warn: new(2.0), Fail: new(1.0)}, {Is: "above", Warn: new(1.0), Fail: new(2.0)}, {Fail: new(math.NaN())}} {
		if _, err := limitsOf(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	for text, want := range map[string]int{ // how many figures, 0: none can be told
		`{"resultType":"vector","result":[{"metric":{},"value":[1,"1.5"]},{"metric":{},"value":[1,"2"]}]}`: 2,
		`{"resultType":"scalar","result":[1,"7"]}`:                                                         1,
		`{"resultType":"vector","result":[]}`:                                                              0,
		`{"resultType":"vector","result":null}`:                                                            0,
		`{"resultType":"vector","result":[{"value":[1,"NaN"]}]}`:                                           0,
		`{"resultType":"vector","result":[{"value":[1,"2"]},{"value":[1,"NaN"]}]}`:                         0,
		`{"resultType":"vector","result":[{"value":[1,"+Inf"]}]}`:                                          0,
		`{"resultType":"vector","result":[{"value":[1,2]}]}`:                                               0,
		`{"resultType":"vector","result":[{"histogram":[1,{}]}]}`:                                          0,
		`{"resultType":"vector","result":[{}]}`:                                                            0,
		`{"resultType":"vector","result":{}}`:                                                              0,
		`{"resultType":"matrix","result":[{"values":[[1,"1"]]}]}`:                                          0,
		`{"resultType":"string","result":[1,"1"]}`:                                                         0,
		`{"resultType":"scalar"}`:                                                                          0,
		`{"resultType":"vector","result":[{"value":[1,"1e999999"]}]}`:                                      0,
	} {
		var q queried
		if err := json.Unmarshal([]byte(text), &q); err != nil {
			t.Fatal(err)
		}
		if got, err := q.figures(); len(got) != want || (err == nil) != (want > 0) {
			t.Errorf("%s: %v %v, want %d", text, got, err, want)
		}
	}
}

func TestGrafanaRules(t *testing.T) {
	up := grafanaFacts{Status: 200, Database: "ok", Version: "11.4.0"}
	with := func(change func(*grafanaFacts)) grafanaFacts { f := up; change(&f); return f }
	wantVerdict(t, judgeGrafana(up), checks.Pass)
	wantVerdict(t, judgeGrafana(with(func(f *grafanaFacts) { f.Version = "" })), checks.Warn)
	wantVerdict(t, judgeGrafana(with(func(f *grafanaFacts) { f.Version = "9.5.21" })), checks.Warn)
	wantVerdict(t, judgeGrafana(with(func(f *grafanaFacts) { f.Version = "latest" })), checks.Warn)
	wantVerdict(t, judgeGrafana(with(func(f *grafanaFacts) { f.Open = true })), checks.Warn)
	wantVerdict(t, judgeGrafana(with(func(f *grafanaFacts) { f.Alike = true })), checks.Inconclusive)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 404, OnlyAlive: true}), checks.Warn)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 503, Database: "failing"}), checks.Fail)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 200, Database: "failing"}), checks.Fail)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 200}), checks.Fail)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 401}), checks.Warn)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 302}), checks.Fail)
	wantVerdict(t, judgeGrafana(grafanaFacts{Status: 502}), checks.Fail)

	wantVerdict(t, judgeDashboards(dashboardFacts{Status: 200, Read: true, Dashboards: 2}), checks.Pass)
	wantVerdict(t, judgeDashboards(dashboardFacts{Status: 200, Read: true}), checks.Fail)
	wantVerdict(t, judgeDashboards(dashboardFacts{Status: 200, Read: true, Alike: true}), checks.Inconclusive)
	wantVerdict(t, judgeDashboards(dashboardFacts{Status: 200, Read: true, Other: 3}), checks.Inconclusive)
	wantVerdict(t, judgeDashboards(dashboardFacts{Status: 200}), checks.Inconclusive)
	wantVerdict(t, judgeDashboards(dashboardFacts{Status: 401, Refused: true}), checks.Inconclusive)
}
