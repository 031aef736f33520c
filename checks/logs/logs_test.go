package logs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// look runs a kind on log files.
func look(t *testing.T, k checks.Kind, want checks.Verdict, params string, files map[string]string) (checks.Outcome, string) {
	t.Helper()
	target := &checks.Target{Name: "t", Environment: "production", Dir: t.TempDir(), Logs: checks.Logs{Files: checks.Strings{"*.log"}}}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(target.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o, evidence := kindtest.Plan(t, k, target, params)
	if o.Verdict != want {
		t.Errorf("%s: %s, want %s: %s\n%s", k.ID, o.Verdict, want, o.Reason, evidence)
	}
	if o.Verdict.Decided() && evidence == "" {
		t.Errorf("%s: %s without evidence", k.ID, o.Verdict)
	}
	return o, evidence
}

func log(lines ...string) map[string]string {
	return map[string]string{"app.log": strings.Join(lines, "\n") + "\n"}
}

// times is a line often.
func times(n int, line string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = line
	}
	return out
}

const (
	good    = `{"time":"2026-11-22T04:00:00.123Z","level":"info","request_id":"9f8b","msg":"served"}`
	noID    = `{"time":"2026-11-22T04:00:00Z","level":"info","msg":"started"}`
	noZone  = `{"time":"2026-11-22 04:00:00,123","level":"info","trace_id":"9f8b","msg":"served"}`
	asPairs = `ts=2026-11-22T04:00:00Z level=info trace_id=9f8b msg="it is served"`
	prose   = `2026-11-22 04:00:00 INFO served /x in 3 ms`
)

func TestFormat(t *testing.T) {
	docker := func(inner string) string {
		return fmt.Sprintf(`{"log":%q,"stream":"stdout","time":"2026-11-22T04:00:00.1Z"}`, inner+"\n")
	}
	for name, c := range map[string]struct {
		lines []string
		want  checks.Verdict
	}{
		"JSON":                      {times(40, good), checks.Pass},
		"logfmt":                    {times(40, asPairs), checks.Pass},
		"half without id":           {append(times(20, good), times(20, noID)...), checks.Pass},
		"most without id":           {append(times(10, good), times(30, noID)...), checks.Warn},
		"no zone":                   {times(40, noZone), checks.Warn},
		"a tenth is prose":          {append(times(36, good), times(4, prose)...), checks.Warn},
		"prose":                     {times(40, prose), checks.Fail},
		"one pair is prose":         {times(40, "x=1"), checks.Fail},
		"prose with pairs":          {times(40, `INFO served a=1 b=2`), checks.Fail},
		"broken JSON":               {times(40, `{"time":"2026`), checks.Fail},
		"JSON, not objects":         {times(40, `[1]`), checks.Fail},
		"prose, wrapped by docker":  {times(40, docker(prose)), checks.Fail},
		"JSON, wrapped by docker":   {times(40, docker(good)), checks.Pass},
		"prose, wrapped by cri":     {times(40, "2026-11-22T04:00:00.1Z stdout F "+prose), checks.Fail},
		"JSON, wrapped by cri":      {times(40, "2026-11-22T04:00:00.1Z stdout F "+good), checks.Pass},
		"prose, from the journal":   {times(40, `{"__CURSOR":"x","MESSAGE":"it is served","PRIORITY":"6"}`), checks.Fail},
		"seconds since 1970":        {times(40, `{"ts":1763784000.123,"trace.id":"9f8b","a":1}`), checks.Pass},
		"an id of zeros":            {times(40, `{"ts":1763784000.123,"trace_id":"0000000000000000"}`), checks.Warn},
		"too few":                   {times(19, good), checks.Inconclusive},
		"deep":                      {times(40, `{"a":`+strings.Repeat(`{"a":`, 200)+`1`+strings.Repeat(`}`, 201)), checks.Warn},
		"deeper than can be parsed": {times(20, strings.Repeat(`{"a":`, 12000)), checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { look(t, logsFormat, c.want, "", log(c.lines...)) })
	}
	look(t, logsFormat, checks.Pass, `ids = "order"`, log(times(30, `{"ts":1763784000,"order":"9f8b"}`)...))
	look(t, logsFormat, checks.Warn, `ids = "order"`, log(times(30, good)...))
	look(t, logsFormat, checks.Pass, `share = 0`, log(times(30, noID)...))
	look(t, logsFormat, checks.Inconclusive, "", nil)
	look(t, logsFormat, checks.Inconclusive, "", map[string]string{"app.log": "\n\n"})
	o, _ := look(t, logsFormat, checks.Inconclusive, "", map[string]string{"app.log": "\x1f\x8b\x00\x01binary"})
	if !strings.Contains(string(o.Reason), "no line") {
		t.Error(o.Reason)
	}
	for _, k := range []checks.Kind{logsFormat, logsSecrets} {
		target := &checks.Target{Name: "t", Dir: t.TempDir()}
		if o, waits := kindtest.Plan(t, k, target, ""); o.Verdict != checks.Pending || !strings.Contains(waits+string(o.Reason), "[logs]") {
			t.Errorf("%s without logs: %s %s", k.ID, o.Verdict, o.Reason)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string][2]bool{
		"2026-11-22T04:00:00Z": {true, true}, "2026-11-22T04:00:00+01:00": {true, true}, "2026-11-22 04:00:00,123+0100": {true, true},
		"2026-11-22 04:00:00 UTC": {true, true}, "22/Nov/2026:04:00:00 +0000": {true, true}, "Sun, 22 Nov 2026 04:00:00 GMT": {true, true},
		"1763784000": {true, true}, "1763784000123": {true, true}, "1763784000.5": {true, true},
		"2026-11-22T04:00:00": {true, false}, "2026-11-22 04:00:00,123": {true, false}, "": {}, "now": {}, "17": {}, "04:00:00": {}, "2026-13-45T04:00:00Z": {},
	} {
		if timed, zoned := readTime(text); timed != want[0] || zoned != want[1] {
			t.Errorf("%q: a time %t, zoned %t", text, timed, zoned)
		}
	}
}

// TestLongFile holds that only whole lines of the end are looked at.
func TestLongFile(t *testing.T) {
	long := strings.Repeat(prose+"\n", 20_000) + strings.Repeat(good+"\n", 4000)
	look(t, logsFormat, checks.Pass, "", map[string]string{"app.log": long})
}

func TestSecrets(t *testing.T) {
	const token = "ghp_Zq7Canary9Zq7Canary9Zq7Canary9Zq7Can"
	filler := times(30, good)
	for name, c := range map[string]struct {
		line string
		rule string // empty: nothing is found
		want checks.Verdict
	}{
		"nothing":            {good, "", checks.Pass},
		"a token":            {"pushed with " + token, "github-token", checks.Fail},
		"a URL's password":   {"connecting to postgres://app:q7canaryPw@db/x", "url-password", checks.Fail},
		"a JWT":              {`{"auth":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlc2lnbmF0dXJl"}`, "jwt", checks.Fail},
		"a bearer":           {"Authorization: Bearer Zq7CanaryZq7Canary", "authorization", checks.Fail},
		"a cookie":           {"Cookie: session=Zq7CanaryZq7", "cookie", checks.Fail},
		"a password":         {`{"password":"q7canaryPw"}`, "json-value", checks.Warn},
		"JSON in JSON":       {`{"body":"{\"password\":\"q7canaryPw\"}"}`, "json-value", checks.Warn},
		"a masked password":  {`{"password":"********","token":"[FILTERED]"}`, "", checks.Pass},
		"a card":             {"paid with 4111 1111 1111 1111 today", "card-number", checks.Fail},
		"a card, bare":       {`{"pan":"5555555555554444"}`, "card-number", checks.Fail},
		"amex":               {"378282246310005", "card-number", checks.Fail},
		"no card":            {"order 4111111111111112 of 4000000000", "", checks.Pass},
		"a number's part":    {"id=94111111111111111999", "", checks.Pass},
		"an IBAN":            {"to DE89370400440532013000 sent", "iban", checks.Fail},
		"an IBAN in print":   {"to GB82 WEST 1234 5698 7654 32 on Monday", "iban", checks.Fail},
		"no IBAN":            {"to DE89370400440532013001 sent", "", checks.Pass},
		"a mail address":     {"user ada@lovelace.io logged in", "mail-address", checks.Warn},
		"one in a URL":       {"GET /u?mail=ada%40lovelace.io", "mail-address", checks.Warn},
		"one out of a book":  {"user ada@example.org logged in", "", checks.Pass},
		"a unit":             {"started user@1000.service", "", checks.Pass},
		"hex ids":            {"trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7", "", checks.Pass},
		"in a docker's line": {`{"log":"token ` + token + `\n","stream":"stdout","time":"2026-11-22T04:00:00Z"}`, "github-token", checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			o, evidence := look(t, logsSecrets, c.want, "", log(append([]string{c.line}, filler...)...))
			said := string(o.Reason) + evidence
			if c.rule != "" && (!strings.Contains(string(o.Reason), c.rule) || !strings.Contains(evidence, "app.log:1")) {
				t.Errorf("%s is not told: %s\n%s", c.rule, o.Reason, evidence)
			}
			for _, value := range []string{"Canary", "canary", "4111", "5555", "8931", "8937", "WEST", "lovelace", "eyJ"} {
				if strings.Contains(said, value) {
					t.Errorf("a value shows: %s\n%s", o.Reason, evidence)
				}
			}
			if c.want == checks.Pass && o.Strength != checks.Inferred {
				t.Errorf("a pass of strength %s", o.Strength)
			}
		})
	}
	look(t, logsSecrets, checks.Inconclusive, "", log(good))
	look(t, logsSecrets, checks.Fail, "", log("pushed with "+token))
	look(t, logsSecrets, checks.Inconclusive, "", map[string]string{"a.log": strings.Join(filler, "\n"), "b.log": "\x00", "c.log": "\x00"})
}

// TestNothingHidesALine holds that what a crash, a rotation or a long line does to a file
// does not take a secret out of sight.
func TestNothingHidesALine(t *testing.T) {
	const token = "ghp_Zq7Canary9Zq7Canary9Zq7Canary9Zq7Can"
	filler := strings.Join(times(30, good), "\n") + "\n"
	look(t, logsSecrets, checks.Fail, "", map[string]string{"a.log": filler, "b.log": filler + "\x00\npushed with " + token + "\n"})
	look(t, logsSecrets, checks.Fail, "", map[string]string{"a.log": filler + strings.Repeat("x ", 40<<10) + token + "\n"})
	o, _ := look(t, logsSecrets, checks.Pass, "", map[string]string{"a.log": filler, "b.log": "\x1f\x8b\xff\xfe\xff\xfebinary"})
	if !strings.Contains(string(o.Reason), "1 more can't be read") {
		t.Errorf("an unread file is not told: %s", o.Reason)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte(filler), 0o600); err != nil {
		t.Fatal(err)
	}
	target := &checks.Target{Name: "t", Environment: "production", Dir: dir, Logs: checks.Logs{Files: checks.Strings{"a.log", "worker.log"}}}
	if o, _ := kindtest.Plan(t, logsSecrets, target, ""); o.Verdict != checks.Inconclusive || !strings.Contains(string(o.Reason), "worker.log matches no file") {
		t.Errorf("a declared log that is not there: %s %s", o.Verdict, o.Reason)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 500e6, time.UTC)
	header := func(off time.Duration, more ...string) http.Header {
		h := http.Header{"Date": {now.Add(off).Format(http.TimeFormat)}}
		for i := 0; i+1 < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	for name, c := range map[string]struct {
		header http.Header
		took   time.Duration
		want   checks.Verdict
	}{
		"same":             {header(0), 100 * time.Millisecond, checks.Pass},
		"a second behind":  {header(-time.Second), 0, checks.Pass},
		"2 s behind":       {header(-2 * time.Second), 0, checks.Pass}, // the Date may be almost a second older than it says
		"3 s behind":       {header(-3 * time.Second), 0, checks.Warn},
		"5 s behind":       {header(-5 * time.Second), 0, checks.Warn},
		"5 s ahead":        {header(5 * time.Second), 0, checks.Warn},
		"a minute behind":  {header(-time.Minute), 0, checks.Fail},
		"an hour ahead":    {header(time.Hour), time.Second, checks.Fail},
		"out of a cache":   {header(-time.Minute, "Age", "60"), 0, checks.Inconclusive},
		"a cache's hit":    {header(-time.Minute, "X-Cache", "HIT from edge"), 0, checks.Inconclusive},
		"Age of 0":         {header(0, "Age", "0"), 0, checks.Pass},
		"too slow":         {header(0), 3 * time.Second, checks.Inconclusive},
		"no date":          {http.Header{}, 0, checks.Inconclusive},
		"not a date":       {http.Header{"Date": {"yesterday"}}, 0, checks.Inconclusive},
		"the year 9999":    {http.Header{"Date": {"Fri, 31 Dec 9999 23:59:59 GMT"}}, 0, checks.Fail},
		"before the epoch": {http.Header{"Date": {"Mon, 01 Jan 0001 00:00:00 GMT"}}, 0, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			if v, reason, _ := judgeClock(c.header, now, c.took); v != c.want {
				t.Errorf("%s, want %s: %s", v, c.want, reason)
			}
		})
	}
	here := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(here.Close)
	if o, _ := kindtest.Plan(t, clock, &checks.Target{Name: "t", BaseURL: here.URL, Dir: t.TempDir()}, ""); o.Verdict != checks.NA {
		t.Errorf("this machine's own clock: %s %s", o.Verdict, o.Reason)
	}
}

func TestTrace(t *testing.T) {
	dir := t.TempDir()
	run := func(h http.HandlerFunc) checks.Outcome {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		o, _ := kindtest.Plan(t, trace, &checks.Target{Name: "t", BaseURL: s.URL, Dir: dir, Logs: checks.Logs{Files: checks.Strings{"*.log"}}}, "")
		return o
	}
	idOf := func(r *http.Request) string { return strings.Split(r.Header.Get("Traceparent")+"---", "-")[1] }
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want checks.Verdict
	}{
		"sent back": {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Trace-Id", strings.ToUpper(idOf(r))) }, checks.Pass},
		"another's id": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Trace-Id", "4bf92f3577b34da6a3ce929d0e0e4736")
		}, checks.Inconclusive},
		"nothing":       {func(http.ResponseWriter, *http.Request) {}, checks.Inconclusive},
		"in the body":   {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, idOf(r)) }, checks.Inconclusive},
		"a mirror":      {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-All", fmt.Sprint(r.Header)) }, checks.Inconclusive},
		"a dump of all": {func(w http.ResponseWriter, r *http.Request) { writeLog(t, dir, fmt.Sprint(r.Header)) }, checks.Inconclusive},
		"in the log":    {func(w http.ResponseWriter, r *http.Request) { writeLog(t, dir, `{"trace_id":"`+idOf(r)+`"}`) }, checks.Pass},
	} {
		if o := run(c.h); o.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %s", name, o.Verdict, c.want, o.Reason)
		}
	}
}

func writeLog(t *testing.T, dir, line string) {
	if err := os.WriteFile(filepath.Join(dir, "app.log"), []byte(line+"\n"), 0o600); err != nil {
		t.Error(err)
	}
}
