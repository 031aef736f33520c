package results

import (
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// part makes the summary of one part of a run by a script that gonogo wrote: so many good
// answers of up to 100 ms, of 501 to 700 ms and of more than 2 s.
func part(name, plan, ended string, users, quick, slow, verySlow, failed int) map[string]string {
	return file(name, fmt.Sprintf(`{"root_group":{"name":""},"state":{"testRunDurationMs":60000},"metrics":{
"http_reqs":{"values":{"count":99999}},"http_req_failed":{"values":{"passes":0,"rate":0}},"http_req_duration":{"values":{"p(95)":1}},
"vus":{"values":{"min":1,"max":%d}},"gonogo_requests":{"values":{"count":%d,"rate":1}},"gonogo_failed":{"values":{"count":%d}},
"gonogo_lat_le_100":{"values":{"count":%d}},"gonogo_lat_le_700":{"values":{"count":%d}},"gonogo_lat_le_inf":{"values":{"count":%d}},
"gonogo_lat_le_100{scenario:x}":{"values":{"count":7}}},
"gonogo":{"plan":%q,"users":100,"ended":%q}}`, users, quick+slow+verySlow+failed, failed, quick, slow, verySlow, plan, ended))
}

func both(parts ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, p := range parts {
		for name, src := range p {
			out[name] = src
		}
	}
	return out
}

func TestLoadParts(t *testing.T) {
	const at, later, late = "2999-01-01T00:00:00Z", "2999-01-01T00:05:00Z", "2999-01-01T00:11:00Z"
	const two = `files = ["a.json", "b.json"]`
	well := part("b.json", "p1", later, 50, 1000, 0, 0, 0)
	renamed := file("b.json", part("a.json", "p1", at, 50, 1000, 0, 0, 0)["a.json"])
	runFiles(t, importLoad, []fileCase{
		{"one of one", part("gonogo-k6.json", "p1", at, 100, 1000, 10, 0, 5), "", checks.Pass, "1015 requests, 5 failed, 10 over 500 ms"},
		{"two add up", both(part("a.json", "p1", at, 50, 1000, 10, 0, 0), well), two, checks.Pass, "2010 requests in 2 parts, 0 failed, 10 over 500 ms"},
		{"a part is missing", part("a.json", "p1", at, 50, 1000, 0, 0, 0), `files = "a.json"`, checks.Inconclusive, "only 50 users at once where the plan has 100"},
		{"one part twice", both(part("a.json", "p1", at, 50, 1000, 0, 0, 0), renamed), two, checks.Inconclusive, "only 50 users"},
		{"slow in one part, not in all", both(part("a.json", "p1", at, 50, 960, 90, 0, 0), well), two, checks.Pass, "90 of 2050 good answers took over 500 ms"},
		{"slow in all", both(part("a.json", "p1", at, 50, 800, 200, 0, 0), well), two, checks.Warn, "200 of 2000 good answers took over 500 ms"},
		{"too slow", both(part("a.json", "p1", at, 50, 800, 0, 200, 0), well), two, checks.Fail, "200 over 2000 ms"},
		{"failing", both(part("a.json", "p1", at, 50, 800, 0, 0, 200), well), two, checks.Fail, "200 of 2000 requests failed"},
		{"two runs of a plan", both(part("a.json", "p1", late, 50, 1000, 0, 0, 0), part("b.json", "p1", at, 50, 1000, 0, 0, 0)), two, checks.Inconclusive, "they ended 11m0s apart"},
		{"two plans", both(part("a.json", "p1", at, 100, 1000, 0, 0, 0), part("b.json", "p2", at, 100, 800, 0, 0, 200)), two, checks.Fail, "200 of 1000 requests failed"},
		{"beside another tool's", both(part("a.json", "p1", at, 100, 1000, 0, 0, 0), file("b.json", k6(1000, 100, 300, "")["k6.json"])), two, checks.Fail, "100 of 1000 requests failed"},
		{"nothing was asked", part("a.json", "p1", at, 100, 0, 0, 0, 0), `files = "a.json", min_requests = 0`, checks.Inconclusive, "only 0 requests"},
		{"few", part("a.json", "p1", at, 100, 99, 0, 0, 0), `files = "a.json"`, checks.Inconclusive, "only 99 requests"},
		{"another limit", part("a.json", "p1", at, 100, 1000, 100, 0, 0), `files = "a.json", p95 = 700`, checks.Pass, "0 of 1100 good answers took over 700 ms"},
		{"a limit within a bucket", part("a.json", "p1", at, 100, 1000, 100, 0, 0), `files = "a.json", p95 = 600`, checks.Warn, "100 of 1100 good answers took over 600 ms"},
		{"a threshold crossed in a part", both(edited(part("a.json", "p1", at, 50, 1000, 0, 0, 0), `"vus":{`, `"vus":{"thresholds":{"max<1":{"ok":false}},`), well), two, checks.Fail, "max<1"},
		{"latencies of failed ones", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 5), `"gonogo_failed":{"values":{"count":5}}`, `"gonogo_failed":{"values":{"count":6}}`), `files = "a.json"`, checks.Inconclusive, "contradict"},
		{"negative", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), `"gonogo_failed":{"values":{"count":0}}`, `"gonogo_failed":{"values":{"count":-1}}`), `files = "a.json"`, checks.Inconclusive, "is no count"},
		{"huge", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), `"gonogo_failed":{"values":{"count":0}}`, `"gonogo_failed":{"values":{"count":1e300}}`), `files = "a.json"`, checks.Inconclusive, "is no count"},
		{"a bucket of no edge", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), `gonogo_lat_le_700"`, `gonogo_lat_le_0x7"`), `files = "a.json"`, checks.Inconclusive, "is no bucket"},
		{"no time", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), at, "x"), `files = "a.json"`, checks.Inconclusive, "lacks the plan"},
		{"no plan", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), `"p1"`, `""`), `files = "a.json"`, checks.Inconclusive, "lacks the plan"},
		{"users not told", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), `"vus":`, `"vu":`), `files = "a.json"`, checks.Inconclusive, "a part is missing"},
		{"old", part("a.json", "p1", "2020-01-01T00:00:00Z", 100, 1000, 0, 0, 0), `files = "a.json"`, checks.Inconclusive, ""},
	})
	var edges []string
	for i := range maxEdges + 1 {
		edges = append(edges, fmt.Sprintf(`"gonogo_lat_le_%d":{"values":{"count":0}},`, 1000+i))
	}
	runFiles(t, importLoad, []fileCase{{"too many buckets", edited(part("a.json", "p1", at, 100, 1000, 0, 0, 0), `"vus":`, strings.Join(edges, "")+`"vus":`), `files = "a.json"`, checks.Inconclusive, "is no bucket"}})
}
