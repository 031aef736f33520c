package logs

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// FormatParams are the parameters of ops.logs.format.
type FormatParams struct {
	IDs   checks.Strings `toml:"ids" doc:"names of the field that holds the request's or trace's id; default request_id, trace_id, correlation_id and their spellings"`
	Share *float64       `toml:"share" doc:"percent of the lines that must have such an id, because not every line is about a request; default 50"`
}

var logsFormat = checks.Define(checks.Kind{
	ID: "ops.logs.format", Title: "Logs are structured, with zoned times and a request id", Class: checks.Local, Severity: checks.Medium, Needs: []string{},
	Sends: "nothing; reads the end of the newest ten files that [logs] declares",
	Rule: "PASS: 95 % of the lines are JSON or logfmt, 95 % carry a time with its zone, half an id of the request or trace. WARN: one of these is missing. " +
		"FAIL: fewer than half of the lines are structured. Pending: no [logs] files. inconclusive: fewer than 20 lines, or none can be read. " +
		"What a container runtime puts around a line doesn't count as its form. Whether the id goes through all services is not judged.",
	Fix:  "Log JSON with time (UTC), level, service and request id, from one logger.",
	Refs: []string{"ASVS 16.2.1", "ASVS 16.2.2", "ASVS 16.2.4", "RFC 3339"},
}, func(_ context.Context, p *checks.Probe, params FormatParams) checks.Result {
	s, stop := takeSample(p)
	if stop != nil {
		return *stop
	}
	share := 50.0
	if params.Share != nil {
		share = *params.Share
	}
	facts := readForm(s.Lines, params.IDs)
	v, reason := judgeForm(facts, share)
	r := checks.NewResult(v, checks.Configuration, reason, p.Note("form of the log samples", s.table()+facts.table()))
	if v.Decided() {
		r.Measurements = []checks.Measurement{{Name: "structured lines", Value: percent(facts.Structured, facts.Lines), Unit: "%"},
			{Name: "lines with a zoned time", Value: percent(facts.Zoned, facts.Lines), Unit: "%"},
			{Name: "lines with an id", Value: percent(facts.IDs, facts.Lines), Unit: "%"}}
	}
	return r
})

// formFacts count lines.
type formFacts struct{ Lines, Structured, Timed, Zoned, IDs int }

func (f formFacts) table() string {
	return fmt.Sprintf("lines looked at: %d\nstructured: %d\nwith a time: %d\nwith a time and its zone: %d\nwith an id: %d\n",
		f.Lines, f.Structured, f.Timed, f.Zoned, f.IDs)
}

// readForm counts what the lines have.
func readForm(lines []line, ids []string) formFacts {
	var f formFacts
	for _, l := range lines {
		f.Lines++
		fields, ok := fieldsOf(l.Text)
		if ok {
			f.Structured++
		}
		at := l.Time
		if at == "" {
			at = timeOf(fields, l.Text)
		}
		timed, zoned := readTime(at)
		if timed {
			f.Timed++
		}
		if zoned {
			f.Zoned++
		}
		if hasID(fields, ids) {
			f.IDs++
		}
	}
	return f
}

// fieldsOf reads a line as one JSON object or as logfmt: nothing but key=value, at least
// two of them. Keys of nested objects are joined with dots.
func fieldsOf(text string) (map[string]string, bool) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		var object map[string]any
		if json.Unmarshal([]byte(text), &object) != nil || len(object) == 0 {
			return nil, false
		}
		fields := map[string]string{}
		flatten(fields, "", object, 0)
		return fields, true
	}
	return logfmt(text)
}

// flatten bounds how deep it looks: ids and times are near the top.
func flatten(into map[string]string, before string, object map[string]any, depth int) {
	for key, value := range object {
		key = before + strings.ToLower(key)
		switch v := value.(type) {
		case map[string]any:
			if depth < 3 {
				flatten(into, key+".", v, depth+1)
			}
		case string:
			into[key] = v
		case float64:
			into[key] = fmt.Sprintf("%.3f", v)
		case bool:
			into[key] = fmt.Sprint(v)
		}
	}
}

var pair = regexp.MustCompile(`^([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(\s+|$)`)

func logfmt(text string) (map[string]string, bool) {
	fields := map[string]string{}
	for text != "" {
		m := pair.FindStringSubmatch(text)
		if m == nil {
			return nil, false
		}
		fields[strings.ToLower(m[1])] = strings.Trim(m[2], `"`)
		text = text[len(m[0]):]
	}
	return fields, len(fields) >= 2
}

var timeKeys = []string{"time", "ts", "timestamp", "@timestamp", "datetime", "date", "t", "asctime", "eventtime", "event.created", "log.time"}

// leading is a time at the start of a line of free text.
var leading = regexp.MustCompile(`^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)`)

// access is the time of the combined log format of web servers.
var access = regexp.MustCompile(`\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]`)

func timeOf(fields map[string]string, text string) string {
	for _, key := range timeKeys {
		if at := fields[key]; at != "" {
			return at
		}
	}
	if m := leading.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if m := access.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// Forms of time that carry a zone, and ones that leave it open.
var (
	zonedForms = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700",
		"2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05 GMT", "02/Jan/2006:15:04:05 -0700", time.RFC1123, time.RFC1123Z}
	openForms = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"}
	sinceUnix = regexp.MustCompile(`^1\d{9}(\d{3}|\d{6}|\d{9})?([.,]\d+)?$`)
)

// readTime reports whether a text is a time, and whether it says its zone. Seconds since
// 1970 are in UTC by definition.
func readTime(text string) (timed, zoned bool) {
	text = strings.TrimSpace(strings.Replace(text, ",", ".", 1))
	if sinceUnix.MatchString(text) {
		return true, true
	}
	for _, form := range zonedForms {
		at := text
		if form == time.RFC1123 || form == time.RFC1123Z {
			at = strings.Replace(text, ". ", ", ", 1) // the comma above
		}
		if _, err := time.Parse(form, at); err == nil {
			return true, true
		}
	}
	for _, form := range openForms {
		if _, err := time.Parse(form, text); err == nil {
			return true, false
		}
	}
	return false, false
}

// idKeys match the names of ids that tie lines together.
var idKeys = regexp.MustCompile(`^(.*\.)?(x[-_])?(request|req|trace|correlation|transaction)[-_.]?id$|^(.*\.)?traceparent$|^(.*\.)?dd\.trace_id$`)

func hasID(fields map[string]string, ids []string) bool {
	for key, value := range fields {
		if strings.Trim(value, "0-. ") == "" || value == "null" {
			continue // none yet: all zeros
		}
		if len(ids) == 0 && idKeys.MatchString(key) {
			return true
		}
		for _, id := range ids {
			if strings.EqualFold(key, id) {
				return true
			}
		}
	}
	return false
}

// The shares of lines, in percent, and how few lines are no sample.
const (
	nearlyAll = 95
	halfOf    = 50
	fewLines  = 20
)

func judgeForm(f formFacts, ids float64) (checks.Verdict, string) {
	structured, zoned, tied := percent(f.Structured, f.Lines), percent(f.Zoned, f.Lines), percent(f.IDs, f.Lines)
	if f.Lines < fewLines {
		return checks.Inconclusive, fmt.Sprintf("the sample has %d lines only: give %d or more", f.Lines, fewLines)
	}
	if structured < halfOf {
		return checks.Fail, fmt.Sprintf("of %d lines %.0f %% are JSON or key=value: free text", f.Lines, structured)
	}
	var weak []string
	if structured < nearlyAll {
		weak = append(weak, fmt.Sprintf("%.0f %% are JSON or key=value", structured))
	}
	if zoned < nearlyAll {
		weak = append(weak, fmt.Sprintf("%.0f %% have a time with its zone", zoned))
	}
	if tied < ids {
		weak = append(weak, fmt.Sprintf("%.0f %% have an id of the request", tied))
	}
	if len(weak) > 0 {
		return checks.Warn, fmt.Sprintf("of %d lines %s", f.Lines, strings.Join(weak, ", "))
	}
	return checks.Pass, fmt.Sprintf("of %d lines %.0f %% are structured, %.0f %% have a zoned time, %.0f %% an id; whether it goes through all services is not judged", f.Lines, structured, zoned, tied)
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(1, whole)) }
