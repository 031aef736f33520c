package results

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// k6 makes handleSummary's data, as k6 1.3 writes it.
func k6(count, failed int, p95 float64, more string) map[string]string {
	return file("k6.json", fmt.Sprintf(`{"root_group":{"name":"","groups":[],"checks":[]},"options":{"summaryTrendStats":["avg","p(95)"],"noColor":false},
"state":{"isStdOutTTY":false,"testRunDurationMs":60000},"metrics":{
"http_reqs":{"type":"counter","contains":"default","values":{"count":%d,"rate":16.6}},
"http_req_failed":{"type":"rate","contains":"default","values":{"passes":%d,"fails":%d,"rate":%g}},
"http_req_duration":{"type":"trend","contains":"time","values":{"avg":20,"p(95)":%g,"p(99)":900}%s},
"vus":{"type":"gauge","contains":"default","values":{"value":1,"min":1,"max":50}},
"vus_max":{"type":"gauge","contains":"default","values":{"value":200,"min":200,"max":200}}}}`, count, failed, count-failed, float64(failed)/float64(count), p95, more))
}

func edited(files map[string]string, old, new string) map[string]string {
	out := map[string]string{}
	for name, src := range files {
		out[name] = strings.ReplaceAll(src, old, new)
	}
	return out
}

func TestLoad(t *testing.T) {
	exported := func(crossed string) map[string]string {
		return file("k6.json", `{"root_group":{},"metrics":{"http_reqs":{"count":1000,"rate":16.6},"http_req_failed":{"passes":0,"fails":1000,"value":0,"thresholds":{"rate<0.01":`+crossed+`}},
"http_req_duration":{"avg":20,"p(95)":300},"vus":{"value":1,"min":1,"max":50}}}`)
	}
	runFiles(t, importLoad, []fileCase{
		{"good", k6(1000, 0, 300, ""), "", checks.Pass, "1000 requests, 0 failed, p95 300 ms, up to 50 users"},
		{"errors at the budget", k6(1000, 10, 300, ""), "", checks.Pass, ""},
		{"errors above the budget", k6(1000, 14, 300, ""), "", checks.Warn, "1.40 %"},
		{"errors clearly above", k6(1000, 30, 300, ""), "", checks.Fail, "3.00 %"},
		{"a milder budget", k6(1000, 30, 300, ""), "error_rate = 0.05", checks.Pass, ""},
		{"slow", k6(1000, 0, 1900, ""), "", checks.Warn, "p95 1900 ms"},
		{"too slow", k6(1000, 0, 2001, ""), "", checks.Fail, "p95 2001 ms"},
		{"few requests", k6(99, 0, 300, ""), "", checks.Inconclusive, "only 99 requests"},
		{"few requests, allowed, prove nothing", k6(50, 0, 300, ""), "min_requests = 10", checks.Inconclusive, "too few requests to tell"},
		{"users active", k6(1000, 0, 300, ""), "min_users = 50", checks.Pass, "50 users active"},
		{"users only stood ready", k6(1000, 0, 300, ""), "min_users = 100", checks.Inconclusive, "only 50 users"},
		{"users not stated", edited(k6(1000, 0, 300, ""), `"vus":`, `"vu":`), "min_users = 10", checks.Inconclusive, "does not say"},
		{"own threshold kept", k6(1000, 0, 300, `,"thresholds":{"p(95)<400":{"ok":true}}`), "", checks.Pass, ""},
		{"own threshold crossed", k6(1000, 0, 300, `,"thresholds":{"p(95)<200":{"ok":false}}`), "", checks.Fail, "p(95)<200"},
		{"own threshold unclear", k6(1000, 0, 300, `,"thresholds":{"p(95)<200":{}}`), "", checks.Inconclusive, "neither kept nor crossed"},
		{"own threshold null", k6(1000, 0, 300, `,"thresholds":{"p(95)<200":null}`), "", checks.Inconclusive, "neither kept nor crossed"},
		{"exported, threshold kept is false", exported("false"), "", checks.Pass, ""},
		{"exported, threshold crossed is true", exported("true"), "", checks.Fail, "rate<0.01"},
		{"exported, threshold null", exported("null"), "", checks.Inconclusive, "neither kept"},
		{"no http_req_failed", edited(k6(1000, 0, 300, ""), "http_req_failed", "http_failed"), "", checks.Inconclusive, "http_req_failed is missing"},
		{"no p95", edited(k6(1000, 0, 300, ""), "p(95)\":3", "p(90)\":3"), "", checks.Inconclusive, "95th percentile"},
		{"no http_reqs", edited(k6(1000, 0, 300, ""), "http_reqs", "HTTP_REQS"), "", checks.Inconclusive, "http_reqs is missing"},
		{"rate and count disagree", edited(k6(1000, 500, 300, ""), `"passes":500`, `"passes":0`), "", checks.Inconclusive, "contradict"},
		{"failed more than all", edited(k6(1000, 500, 300, ""), `"count":1000`, `"count":300`), "", checks.Inconclusive, "contradict"},
		{"numbers as texts", edited(k6(1000, 0, 300, ""), `"count":1000`, `"count":"1000"`), "", checks.Inconclusive, "http_reqs is missing"},
		{"metric twice", edited(k6(1000, 999, 300, ""), `"vus":`, `"http_req_failed":{"values":{"passes":0,"rate":0}},"vus":`), "", checks.Inconclusive, "duplicate"},
		{"machine-readable", file("k6.json", `{"version":"1.0.0","config":{"duration":60,"execution":"local"},"metadata":{"k6Version":"1.8.1","generatedAt":"2999-01-01T00:00:00Z"},"results":{"metrics":[
{"name":"http_reqs","type":"counter","values":{"count":1000}},{"name":"http_req_failed","type":"rate","values":{"matches":0,"total":1000,"rate":0}},{"name":"http_req_duration","type":"trend","values":{"p(95)":300}}]}}`), "", checks.Pass, "by k6 1.8.1"},
		{"names another build", edited(k6(1000, 0, 300, ""), `{"root_group"`, `{"build":"0123456abc","root_group"`), "build = true", checks.Inconclusive, "not known"},
		{"samples, no summary", file("k6.json", `{"type":"Metric","data":{},"metric":"vus"}`), "", checks.Inconclusive, "not a summary of k6"},
		{"empty", file("k6.json", `{}`), "", checks.Inconclusive, "not a summary of k6"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

// audited runs a kind on files of a target that is the site of the real reports.
func audited(t *testing.T, kind checks.Kind, cases []fileCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, evidence := kindtest.Run(t, kind, kindtest.Case{Files: c.files, Profile: c.params, Target: func(t *checks.Target) { t.BaseURL = "http://127.0.0.1:18999" }})
			if out.Verdict != c.verdict || !strings.Contains(string(out.Reason)+evidence, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
		})
	}
}

// TestPage reads reports that Lighthouse 12.8 wrote, shortened.
func TestPage(t *testing.T) {
	report := fixture(t, "lighthouse.json")
	now := time.Now().UTC().Format(time.RFC3339)
	report = strings.ReplaceAll(report, "2026-11-22T04:12:07.100Z", now)
	with := func(old, new string) map[string]string {
		if !strings.Contains(report, old) {
			t.Fatalf("the report does not hold %s", old)
		}
		return file("lighthouse.json", strings.ReplaceAll(report, old, new))
	}
	const lcp, bytes = `"numericValue": 750.8580999999999`, `"numericValue": 1256`
	three := func(a, b, c string) map[string]string {
		return map[string]string{"l1.json": with(lcp, `"numericValue": `+a)["lighthouse.json"], "l2.json": with(lcp, `"numericValue": `+b)["lighthouse.json"], "l3.json": with(lcp, `"numericValue": `+c)["lighthouse.json"]}
	}
	const names = `files = ["l1.json", "l2.json", "l3.json"]`
	audited(t, importPage, []fileCase{
		{"real and quick", file("lighthouse.json", report), "", checks.Pass, "largest contentful paint 751 ms"},
		{"slow", with(lcp, `"numericValue": 2501`), "", checks.Warn, "2501 ms"},
		{"too slow", with(lcp, `"numericValue": 4001`), "", checks.Fail, "4001 ms"},
		{"heavy", with(bytes, `"numericValue": 1700000`), "", checks.Warn, "1660 KiB"},
		{"too heavy", with(bytes, `"numericValue": 5200000`), "", checks.Fail, "5078 KiB"},
		{"own budget", with(bytes, `"numericValue": 1700000`), "bytes = 2000000", checks.Pass, ""},
		{"median of three", three("9000", "800", "2400"), names, checks.Pass, "(3 reports)"},
		{"median of three is slow", three("9000", "800", "4100"), names, checks.Fail, "4100 ms"},
		{"runtime error", file("lighthouse.json", strings.ReplaceAll(fixture(t, "lighthouse-error.json"), "2026-11-22T04:12:19.231Z", now)), "", checks.Inconclusive, "CHROME_INTERSTITIAL_ERROR"},
		{"of another page", with("http://127.0.0.1:18999/", "https://example.org/"), "", checks.Inconclusive, "not of the target"},
		{"redirected elsewhere", with(`"finalUrl": "http://127.0.0.1:18999/"`, `"finalUrl": "https://login.example/"`), "", checks.Inconclusive, "login.example"},
		{"desktop", with(`"formFactor": "mobile"`, `"formFactor": "desktop"`), "", checks.Inconclusive, "form factor"},
		{"desktop was asked", with(`"formFactor": "mobile"`, `"formFactor": "desktop"`), `form_factor = "desktop"`, checks.Pass, ""},
		{"network not slowed", with(`"throttlingMethod": "simulate"`, `"throttlingMethod": "provided"`), "", checks.Inconclusive, "slowed network"},
		{"a time span", with(`"gatherMode": "navigation"`, `"gatherMode": "timespan"`), "", checks.Inconclusive, "timespan"},
		{"an audit missing", with(`"total-byte-weight"`, `"total-bytes"`), "", checks.Inconclusive, "total-byte-weight is missing"},
		{"an audit broke", with(lcp, `"errorMessage": "NO_LCP"`), "", checks.Inconclusive, "NO_LCP"},
		{"an audit null", with(lcp, `"numericValue": null`), "", checks.Inconclusive, "no value"},
		{"a negative number", with(lcp, `"numericValue": -1`), "", checks.Inconclusive, "no value"},
		{"long ago", with(now, "2020-01-01T00:00:00.000Z"), "", checks.Inconclusive, "made 2020-01-01"},
		{"axe's result", file("lighthouse.json", fixture(t, "axe.json")), "", checks.Inconclusive, "not a Lighthouse report"},
		{"empty", file("lighthouse.json", `{}`), "", checks.Inconclusive, "not a Lighthouse report"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

// TestAxe reads what axe-core 4.14 found on a page, shortened.
func TestAxe(t *testing.T) {
	now := time.Now().UTC().Format(time.RFC3339)
	page := strings.ReplaceAll(fixture(t, "axe.json"), "2026-11-22T04:12:25.481Z", now)
	at := strings.Index(page, `"violations": [`)
	if at < 0 {
		t.Fatal("no violations in the fixture")
	}
	made := func(violations string, rules int) string {
		many := strings.TrimSuffix(strings.Repeat(`{"id":"x","impact":null,"nodes":[]},`, rules), ",")
		return `{"testEngine":{"name":"axe-core","version":"4.14.1"},"timestamp":"` + now + `","url":"http://127.0.0.1:18999/","violations":[` + violations + `],"passes":[` + many + `],"incomplete":[{"id":"color-contrast","nodes":[]}],"inapplicable":[]}`
	}
	audited(t, importAxe, []fileCase{
		{"real violations", file("axe.json", page), "", checks.Fail, "button-name on http://127.0.0.1:18999/, 1 element"},
		{"none", file("axe.json", made("", 30)), "", checks.Pass, "no violation on 1 page: 30 rules passed, 1 left to a person"},
		{"moderate", file("axe.json", made(`{"id":"region","impact":"moderate","nodes":[{"impact":"moderate"}]}`, 30)), "", checks.Warn, "region"},
		{"worse at one element", file("axe.json", made(`{"id":"region","impact":"minor","nodes":[{"impact":"serious"}]}`, 30)), "", checks.Fail, "region"},
		{"no impact stated", file("axe.json", made(`{"id":"region","impact":null,"nodes":[]}`, 30)), "", checks.Fail, "region"},
		{"two pages", file("axe.json", "["+made("", 30)+","+made(`{"id":"label","impact":"critical"}`, 30)+"]"), "", checks.Fail, "label"},
		{"two pages, one elsewhere", file("axe.json", "["+made("", 30)+","+strings.Replace(made("", 30), "18999", "18998", 1)+"]"), "", checks.Inconclusive, "not of the target"},
		{"nothing tried", file("axe.json", made("", 0)), "", checks.Inconclusive, "nothing was tried"},
		{"few rules tried", file("axe.json", made("", 2)), "", checks.Inconclusive, "only 3 rules tried"},
		{"few rules tried, with a violation", file("axe.json", made(`{"id":"label","impact":"critical"}`, 1)), "", checks.Fail, "label"},
		{"few rules are enough", file("axe.json", made("", 2)), "min_rules = 3", checks.Pass, ""},
		{"no page", file("axe.json", "[]"), "", checks.Inconclusive, "no page"},
		{"violations twice", file("axe.json", strings.Replace(made(`{"id":"label","impact":"critical"}`, 30), `"passes"`, `"violations":[],"passes"`, 1)), "", checks.Inconclusive, "duplicate"},
		{"Lighthouse is not axe", file("axe.json", fixture(t, "lighthouse.json")), "", checks.Inconclusive, "no result of axe-core"},
		{"another engine", file("axe.json", strings.Replace(made("", 30), "axe-core", "pa11y", 1)), "", checks.Inconclusive, "not a result of axe-core"},
		{"empty", file("axe.json", "{}"), "", checks.Inconclusive, "not a result"},
		{"not there", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

func TestScorecard(t *testing.T) {
	card := func(scores string) map[string]string {
		return file("scorecard.json", `{"date":"`+time.Now().UTC().Format(time.DateOnly)+`","repo":{"name":"github.com/o/r","commit":"0123456789abcdef0123456789abcdef01234567"},"scorecard":{"version":"v5.1.1"},"score":7,"checks":[`+scores+`]}`)
	}
	both := func(a, b string) map[string]string {
		return card(`{"name":"Branch-Protection","score":` + a + `,"reason":"r","details":null},{"name":"CI-Tests","score":` + b + `,"reason":"29 out of 30"}`)
	}
	const asked = `checks = ["Branch-Protection", "CI-Tests"]`
	runFiles(t, importScorecard, []fileCase{
		{"both", both("8", "10"), asked, checks.Pass, "Branch-Protection 8, CI-Tests 10"},
		{"one is low", both("7", "10"), asked, checks.Fail, "Branch-Protection of github.com/o/r: 7 of 10, 8 asked"},
		{"one is low, warned", both("7", "10"), asked + ", warn = 6", checks.Warn, ""},
		{"lower than that", both("5", "10"), asked + ", warn = 6", checks.Fail, ""},
		{"could not tell", both("-1", "10"), asked, checks.Inconclusive, "could not tell Branch-Protection"},
		{"no score", both("null", "10"), asked, checks.Inconclusive, "could not tell"},
		{"above its range", both("100", "10"), asked, checks.Inconclusive, "could not tell"},
		{"missing", card(`{"name":"CI-Tests","score":10}`), asked, checks.Inconclusive, "holds no check Branch-Protection"},
		{"twice", card(`{"name":"CI-Tests","score":1},{"name":"ci-tests","score":10}`), asked, checks.Inconclusive, "twice"},
		{"nothing asked", both("8", "10"), "", checks.Pending, "which of Scorecard's checks"},
		{"whose repository it is", both("8", "10"), asked + ", build = true", checks.Inconclusive, "not known"},
		{"long ago", edited(both("8", "10"), time.Now().UTC().Format(time.DateOnly), "2020-05-05"), asked, checks.Inconclusive, "made 2020-05-05"},
		{"no list", file("scorecard.json", `{"repo":{"name":"x"},"score":10}`), asked, checks.Inconclusive, "not a report"},
		{"none", file("README.md", "x"), asked, checks.Pending, "not declared"},
	})
}

// TestJUnitShapes reads what runners write, and files that are not whole.
func TestJUnitShapes(t *testing.T) {
	suite := func(attr, cases string) map[string]string {
		return file("junit.xml", `<testsuites><testsuite `+attr+`>`+cases+`</testsuite></testsuites>`)
	}
	const ok = `<testcase name="ok" classname="c"/>`
	now := time.Now().UTC().Format("2006-01-02T15:04:05")
	runFiles(t, importJUnit, []fileCase{
		{"pytest", file("pytest.xml", strings.ReplaceAll(fixture(t, "pytest.xml"), "2026-11-22T04:32:05", now)), "", checks.Fail, "test_broken failed: it broke"},
		{"jest-junit", file("jest.xml", strings.ReplaceAll(fixture(t, "jest.xml"), "2026-11-22T04:32:07", now)), "", checks.Fail, "bad failed"},
		{"counts failures that it does not hold", suite(`tests="1" failures="1"`, ok), "", checks.Inconclusive, "counts 1 failures and errors, but holds 0"},
		{"counts errors that it does not hold", suite(`tests="1" errors="2"`, ok), "", checks.Inconclusive, "counts 2"},
		{"counts tests that it does not hold", suite(`tests="40"`, ok), "", checks.Inconclusive, "counts 40 tests, but holds 1"},
		{"the outer suite counts more", file("junit.xml", `<testsuites failures="1"><testsuite>`+ok+`</testsuite></testsuites>`), "", checks.Inconclusive, "counts 1"},
		{"a count that is none", suite(`failures="one"`, ok), "", checks.Inconclusive, "does not parse"},
		{"failed and skipped is failed", suite("", `<testcase name="a"><skipped/><failure/></testcase>`), "", checks.Fail, "a failed"},
		{"failed by its status", suite(`failures="1"`, `<testcase name="a" status="failed"/>`), "", checks.Fail, "a failed"},
		{"timed out by its status", suite("", ok+`<testcase name="a" status="timedOut"/>`), "", checks.Inconclusive, `ended as "timedout"`},
		{"ran, and its result is no success", suite("", ok+`<testcase name="a" status="run" result="aborted"/>`), "", checks.Inconclusive, `ended as "aborted"`},
		{"ran, and its result is a failure", suite("", ok+`<testcase name="a" status="run" result="failed"/>`), "", checks.Fail, "a failed"},
		{"GoogleTest", suite("", `<testcase name="a" status="run" result="completed"/>`), "", checks.Pass, "1 test passed"},
		{"not run by its status", suite("", ok+`<testcase name="a" status="notrun"/>`), "", checks.Warn, "1 skipped"},
		{"the suite itself broke", suite(`errors="1"`, ok+`<error message="set-up"/>`), "", checks.Fail, "the suite itself"},
		{"passed when repeated", suite("", ok+`<testcase name="a"><flakyFailure message="m"/></testcase>`), "", checks.Warn, "1 of them only when repeated"},
		{"failed whenever repeated", suite("", `<testcase name="a"><failure/><rerunFailure/></testcase>`), "", checks.Fail, ""},
		{"suites in suites", file("junit.xml", `<testsuite tests="2" failures="0"><testsuite tests="1">`+ok+`</testsuite><testsuite tests="1">`+ok+`</testsuite></testsuite>`), "", checks.Pass, "2 tests passed"},
		{"enough ran", suite("", ok+ok), "ran_min = 2", checks.Pass, ""},
		{"too few ran", suite("", ok+ok), "ran_min = 3", checks.Inconclusive, "only 2 tests ran, 3 asked"},
		{"a second root", file("junit.xml", `<testsuite><testcase name="a"><failure/></testcase></testsuite><testsuite>`+ok+`</testsuite>`), "", checks.Inconclusive, "2 root elements"},
		{"an attribute twice", suite("", `<testcase name="a" status="failed" status="passed"/>`), "", checks.Inconclusive, "twice"},
		{"an entity bomb", file("junit.xml", `<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>`), "", checks.Inconclusive, "does not parse"},
		{"deep", file("junit.xml", strings.Repeat("<testsuite>", 20000)), "", checks.Inconclusive, "levels deep"},
		{"another encoding", file("junit.xml", `<?xml version="1.0" encoding="UTF-16"?><testsuite>`+ok+`</testsuite>`), "", checks.Inconclusive, "does not parse"},
		{"a test within a test", suite("", `<testcase name="a"><testcase name="b"/></testcase>`), "", checks.Inconclusive, "within a testcase"},
		{"empty", file("junit.xml", ""), "", checks.Inconclusive, "does not parse"},
	})
}

func TestCoverageIsNotTakenOnTrust(t *testing.T) {
	cobertura := func(rate, lines string) map[string]string {
		return file("coverage.xml", `<coverage line-rate="`+rate+`"><packages><package><classes><class filename="a.py"><lines>`+lines+`</lines></class></classes></package></packages></coverage>`)
	}
	const hit, miss = `<line number="1" hits="1"/>`, `<line number="2" hits="0"/>`
	runFiles(t, coverage, []fileCase{
		{"a rate without lines", cobertura("1.0", ""), "", checks.Inconclusive, "claims 100.0 %, but holds no line"},
		{"a rate above its lines", cobertura("0.95", hit+miss), "", checks.Inconclusive, "claims 95.0 %, but its lines give 50.0 %"},
		{"a rate below its lines", cobertura("0.1", hit), "", checks.Inconclusive, "claims 10.0 %"},
		{"a rate that is none", cobertura("NaN", hit), "", checks.Pass, ""},
		{"lines of methods do not count twice", file("coverage.xml", `<coverage><packages><package><classes><class filename="a.py"><methods><method><lines>`+hit+`</lines></method></methods><lines>`+hit+miss+`</lines></class></classes></package></packages></coverage>`), "", checks.Fail, "50.0 % of 2"},
		{"a line reported twice", cobertura("", hit+hit+hit+hit+miss), "", checks.Fail, "50.0 % of 2"},
		{"hits that are none", cobertura("", `<line number="1" hits="many"/>`), "", checks.Inconclusive, "does not parse"},
		{"lcov with checksums", file("lcov.info", "TN:\nSF:a.py\nDA:1,1,6EqV\nDA:2,1,UKUV\nLF:2\nLH:2\nend_of_record\n"), "", checks.Pass, "100.0 % of 2"},
		{"lcov cut off", file("lcov.info", "SF:a.py\nDA:1,1\n"), "", checks.Inconclusive, "cut off"},
		{"lcov cut off behind a record", file("lcov.info", "SF:a.py\nDA:1,1\nend_of_record\nS"), "", checks.Inconclusive, "cut off"},
		{"go, cut off in a count", file("cover.out", "mode: count\na.go:1.1,2.2 3 1"), "", checks.Inconclusive, "cut off"},
		{"lcov, two records of one file", file("lcov.info", "SF:a\nDA:1,1\nDA:2,0\nend_of_record\nSF:a\nDA:1,0\nDA:2,0\nend_of_record\n"), "", checks.Fail, "50.0 % of 2"},
		{"lcov of counts only", file("lcov.info", "SF:a\nLF:10\nLH:10\nend_of_record\n"), "", checks.Inconclusive, "claims 100.0 %"},
		{"lcov counts more than it holds", file("lcov.info", "SF:a\nDA:1,1\nLF:10\nLH:1\nend_of_record\n"), "", checks.Inconclusive, "claims 10.0 %"},
		{"go, huge counts", file("cover.out", "mode: set\na.go:1.1,2.2 99999999999 1\n"), "", checks.Inconclusive, "is no block"},
		{"go, nothing measured", file("cover.out", "mode: set\n"), "", checks.Inconclusive, "no line"},
		{"of two the worse", map[string]string{"coverage.xml": cobertura("", hit)["coverage.xml"], "lcov.info": "SF:a\nDA:1,0\nend_of_record\n"}, "", checks.Fail, "lcov.info"},
	})
}
