package web

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var exposureFiles = checks.Define(checks.Kind{
	ID: "security.exposure.files", Title: "No source control, env or backup file is served", Class: checks.Safe, Severity: checks.Critical,
	Sends: "one GET for each of a dozen well-known file names, and random names of the same shape",
	Rule: "FAIL: 2xx with the content such a file has, unlike the answer for a random name. WARN: 401 or 403 where a random name gets 404. PASS: otherwise. " +
		"inconclusive: no answer, 429 or 5xx, a redirect to the same file elsewhere, a body in an encoding that can't be read, 403 for everything down to the base page.",
	Fix:  "Deploy a build artefact, not a checkout; deny dot files at the edge; rotate whatever was readable.",
	Refs: []string{"CWE-538", "CWE-527", "CWE-530", "ASVS 13.4.1", "WSTG-CONF-04"},
}, runExposureFiles)

// lurkingFiles are names that must not be served, with what their content looks like.
var lurkingFiles = []struct {
	Path string
	Is   *regexp.Regexp
}{
	{"/.git/config", regexp.MustCompile(`(?m)^\[core\]`)},
	{"/.git/HEAD", regexp.MustCompile(`^(ref: refs/|[0-9a-f]{40}\s*$)`)},
	{"/.svn/wc.db", regexp.MustCompile(`^SQLite format 3\x00`)},
	{"/.env", envLines},
	{"/.env.production", envLines},
	{"/docker-compose.yml", regexp.MustCompile(`(?m)^services:\s*$`)},
	{"/config.json", regexp.MustCompile(`(?i)"[^"]*(password|secret|token|api_?key|dsn)[^"]*"\s*:\s*"[^"]+"`)},
	{"/backup.sql", sqlDump},
	{"/dump.sql", sqlDump},
	{"/.aws/credentials", regexp.MustCompile(`(?m)^aws_access_key_id\s*=`)},
	{"/id_rsa", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
	{"/.DS_Store", regexp.MustCompile(`^\x00\x00\x00\x01Bud1`)},
}

// envLines matches two assignments or more, sqlDump how dumps begin.
var (
	envLines = regexp.MustCompile(`(?ms)^(export )?[A-Z][A-Z0-9_]*=[^\n]*$.*^(export )?[A-Z][A-Z0-9_]*=`)
	sqlDump  = regexp.MustCompile(`(?im)^-- (PostgreSQL database dump|MySQL dump|MariaDB dump|Dump )|^(CREATE TABLE|INSERT INTO) `)
)

// markupStart matches bodies that are pages, whatever they mention.
var markupStart = regexp.MustCompile(`(?is)^\s*<(!doctype|html|head|body|\?xml)`)

func runExposureFiles(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	for _, file := range lurkingFiles {
		r := observe.Request{URL: file.Path}
		x, err := p.Do(ctx, r)
		if err != nil {
			verdict, reason := answer.Missing("GET "+file.Path, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		facts := fileFacts{Status: x.Status, Moved: movedTo(x), Encoded: answer.Success(x) && x.Encoded, Content: file.Is.Match(x.Body) && !markupStart.Match(bytes.TrimLeft(x.Body, "\xef\xbb\xbf"))}
		if facts.Content || refusedStatus(x.Status) {
			control, err := p.Control(ctx, r)
			if err != nil {
				verdict, reason := answer.Missing("a random name beside "+file.Path, err)
				parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
				continue
			}
			facts.LikeOther, facts.ControlGone = observe.Same(x, control), control.Status == 404 || control.Status == 410
			facts.ShutOut = x.Status == 403 && !facts.ControlGone && answer.ShutOut(ctx, p)
		}
		o := judgeFile(facts)
		parts = append(parts, answer.Part{What: file.Path, Verdict: o.Verdict, Reason: o.Reason})
		if o.Verdict != checks.Pass {
			evidence = append(evidence, p.Exchange(headOf(x)))
		}
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass {
		reason = "none of " + plural(len(parts), "well-known file") + " is served"
	}
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("files asked for", answer.Table(parts)))...)
}

// fileFacts is what asking for one file brought.
type fileFacts struct {
	Status      int
	Content     bool   // the body looks like such a file
	Moved       string // the origin that the same path is redirected to
	Encoded     bool   // the body is still in its encoding
	LikeOther   bool   // random names get the same
	ControlGone bool   // random names get 404
	ShutOut     bool   // 403 here, for random names and for the base page
}

func judgeFile(f fileFacts) opinion {
	switch {
	case f.Status >= 200 && f.Status < 300 && f.Content && !f.LikeOther:
		return fail("is served")
	case f.Status >= 200 && f.Status < 300 && f.Content:
		return unsure("gets such content, but random names do too")
	case f.Encoded:
		return unsure("is answered in an encoding that can't be read")
	case f.Moved != "":
		return unsure("is redirected to " + f.Moved + ", where it was not asked for: declare that as base_url")
	case f.Status == 429 || f.Status >= 500:
		return unsure("is answered " + statusText(f.Status) + ": whether it is served can't be told")
	case f.ShutOut:
		return unsure("is refused with 403, as even the base page is: gonogo may be blocked")
	case refusedStatus(f.Status) && f.ControlGone:
		return warn("is refused while random names are not found: it is there")
	}
	return pass("is not served (" + statusText(f.Status) + ")")
}

// movedTo is the origin that a redirect sends the same path to: plain HTTP to HTTPS, or one
// name of the host to another. "" for other answers.
func movedTo(x *observe.Exchange) string {
	to := answer.Location(x)
	from, err := url.Parse(x.URL)
	if to == nil || err != nil || to.Path != from.Path || answer.SameOrigin(from, to) {
		return ""
	}
	return to.Scheme + "://" + to.Host
}

// headOf keeps of an exposed file only its first line, with values taken out: evidence
// must prove that it is served, not pass it on.
func headOf(x *observe.Exchange) *observe.Exchange {
	short := *x
	line, _, _ := strings.Cut(string(x.Body), "\n")
	if name, _, ok := strings.Cut(line, "="); ok {
		line = name + "=[left out]"
	}
	if len(line) > 100 {
		line = line[:100]
	}
	short.Body, short.Truncated = []byte(line+"\n"), true
	return &short
}
