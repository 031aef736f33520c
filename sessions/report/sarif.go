package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks"
)

// SARIF renders the items that checks judge as a SARIF 2.1.0 log (OASIS Standard, errata
// 01): a rule an item, a result an item. A fail or warning that a person set aside is there
// still, suppressed with the reason.
func SARIF(d *Document) ([]byte, error) {
	d, err := plain(d)
	if err != nil {
		return nil, err
	}
	run := sarifRun{
		Automation: sarifID{ID: sarifSegment(d.Target.Name) + "/" + sarifSegment(d.Profile.ID) + "/" + d.Session.ID},
		Columns:    "unicodeCodePoints",
		Invocations: []sarifInvocation{{Successful: true, Start: d.Session.Created.UTC().Format(sarifTime),
			End: d.Report.CompletedAt.UTC().Format(sarifTime)}},
		Results: []sarifResult{},
		Properties: map[string]any{"session": d.Session.ID, "head": d.Session.Head, "decision": d.Decision.Stands, "score": d.Score.Overall,
			"target": join(" ", d.Target.Name, d.Target.Version, d.Target.Environment)},
	}
	run.Tool.Driver = sarifDriver{Name: "gonogo", Version: d.Tool.Version, FullName: "gonogo, profile " + d.Profile.ID, Rules: []sarifRule{}}
	for i, it := range byMachine(d) {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(it))
		run.Results = append(run.Results, sarifResultOf(d, it, i))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}); err != nil {
		return nil, fmt.Errorf("render session %s as SARIF: %w", d.Session.ID, err)
	}
	return b.Bytes(), nil
}

func sarifSegment(s string) string { return strings.ReplaceAll(line(s), "/", "-") }

// sarifBrackets would begin a link, sarifHole a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).
var (
	sarifBrackets = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)
	sarifHole     = regexp.MustCompile(`\{(\d+)\}`)
)

// sarifText makes foreign text inert in a message.
func sarifText(s string) sarifMessage {
	if strings.TrimSpace(s) == "" {
		s = "none"
	}
	return sarifMessage{Text: sarifHole.ReplaceAllString(sarifBrackets.Replace(s), "{{$1}}")}
}

// sarifScores order the severities as code-scanning pages do: over 9 is critical, over 7
// high, over 4 medium.
var sarifScores = map[checks.Severity]string{checks.Critical: "9.5", checks.High: "8.0", checks.Medium: "5.5", checks.Low: "3.0", checks.Info: "0.0"}

// sarifLevels are the levels of an item that fails.
var sarifLevels = map[checks.Severity]string{checks.Critical: "error", checks.High: "error", checks.Medium: "warning", checks.Low: "note", checks.Info: "note"}

func sarifRuleOf(it Item) sarifRule {
	r := sarifRule{ID: it.ID, Short: sarifText(it.Title), Full: sarifText(orTitle(it.Why, it)), Help: sarifText(orTitle(it.Fix, it)),
		Default: sarifDefault{Level: sarifLevels[it.Severity]}}
	r.Properties.Tags = []string{it.Category}
	if it.Category == "security" {
		r.Properties.Score = sarifScores[it.Severity]
	}
	r.Properties.Severity, r.Properties.Gate, r.Properties.Refs, r.Properties.Checks = string(it.Severity), string(it.Gate), it.Refs, it.Kinds
	return r
}

func orTitle(s string, it Item) string {
	if s == "" {
		return it.Title
	}
	return s
}

// sarifVerdict is what the result tells: the verdict that counts, or the machine's where a
// person is milder, which is a suppression then.
func sarifVerdict(it Item) (v checks.Verdict, milder bool) {
	m := it.Machine.Verdict
	if it.Verdict != m && (m == checks.Fail || m == checks.Warn) && checks.Worst(m, it.Verdict) == m {
		return m, true
	}
	return it.Verdict, false
}

func sarifResultOf(d *Document, it Item, index int) sarifResult {
	v, milder := sarifVerdict(it)
	print := sha256.Sum256([]byte("gonogo\x00" + d.Target.Name + "\x00" + it.ID))
	r := sarifResult{RuleID: it.ID, RuleIndex: index, Locations: []sarifLocation{sarifLocationOf(it)},
		Fingerprints: map[string]string{"gonogoItem/v1": hex.EncodeToString(print[:16])}}
	switch v {
	case checks.Pass:
		r.Kind, r.Level = "pass", "none"
	case checks.Fail:
		r.Kind, r.Level = "fail", sarifLevels[it.Severity]
	case checks.Warn:
		r.Kind, r.Level = "fail", "warning"
		if sarifLevels[it.Severity] == "note" {
			r.Level = "note"
		}
	case checks.NA:
		r.Kind, r.Level = "notApplicable", "none"
	default: // inconclusive or pending: nobody knows yet
		r.Kind, r.Level = "open", "none"
	}
	text := it.Summary
	if milder {
		text = it.Machine.Reason
	}
	r.Message = sarifText(join("\n", text, strings.Join(said(d, it), "\n")))
	r.Suppressions = sarifSuppressions(d, it, milder)
	r.Properties.Verdict = string(v)
	r.Properties.Evidence = []string{}
	for _, e := range it.Evidence {
		r.Properties.Evidence = append(r.Properties.Evidence, "sha256:"+e.SHA256)
	}
	return r
}

// sarifSuppressions are a reviewer's milder verdict and the waivers that hold.
func sarifSuppressions(d *Document, it Item, milder bool) []sarifSuppression {
	var out []sarifSuppression
	if milder && it.Reviewer != nil {
		out = append(out, sarifSuppression{Kind: "external", Status: "underReview",
			Justification: join(": ", "judged "+string(it.Reviewer.Verdict)+" by "+it.Reviewer.By, it.Reviewer.Reason)})
	}
	for _, w := range d.Waivers {
		if w.Item == it.ID && !w.Expired {
			out = append(out, sarifSuppression{Kind: "external", Status: "accepted", Justification: waived(w)})
		}
	}
	return out
}

// sarifPath is what looks like a file of the repository in what a check read.
var sarifPath = regexp.MustCompile(`^[\pL\pN_.@+-][\pL\pN_.@+ -]*(?:/[\pL\pN_.@+ -]+)*$`)

// sarifLocationOf is the file that a local check read, else the target file: code-scanning
// pages show no result without a place.
func sarifLocationOf(it Item) sarifLocation {
	path := "target.toml"
	for _, e := range it.Evidence {
		if w := string(e.What); e.Strength == checks.Configuration && sarifPath.MatchString(w) && strings.ContainsAny(w, "./") && !strings.Contains("/"+w+"/", "/../") {
			path = w
			break
		}
	}
	segments := strings.Split(path, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	l := sarifLocation{Logical: []sarifLogical{{Name: it.ID, Full: it.Category + "/" + it.ID, Kind: "member"}}}
	l.Physical.Artifact.URI, l.Physical.Region.Line = strings.Join(segments, "/"), 1
	return l
}
