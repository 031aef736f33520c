package logs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"assess/gonogo/checks"
)

// Bounds of a sample: the newest files, of each its end.
const (
	maxFiles = 10
	maxBytes = 256 << 10 // of each file
	maxLines = 5000      // of each file
)

// line is one line of a log.
type line struct {
	File   string
	Number int    // from 1; counted from the start of the sample where the file is longer
	Text   string // as the program wrote it, without what a collector put around it
	Time   string // the time a collector put before it
}

// sampled is what is looked at.
type sampled struct {
	Lines  []line
	Files  []string // name and how much of it
	Unread []string
}

func (s sampled) table() string {
	return strings.Join(append(append([]string{}, s.Files...), s.Unread...), "\n") + "\n"
}

// takeSample reads the end of the newest declared files. Where none is declared or none
// holds a line, the second value is the kind's answer.
func takeSample(p *checks.Probe) (sampled, *checks.Result) {
	stop := func(v checks.Verdict, reason string) (sampled, *checks.Result) {
		r := checks.NewResult(v, checks.Configuration, reason)
		return sampled{}, &r
	}
	if len(p.Target.Logs.Files) == 0 {
		return stop(checks.Pending, "not declared: [logs] files")
	}
	files, err := p.Declared(p.Target.Logs.Files...)
	if err != nil {
		return stop(checks.Inconclusive, "the declared logs can't be found: "+err.Error())
	}
	if len(files) == 0 {
		return stop(checks.Inconclusive, "[logs] files matches no file")
	}
	for _, pattern := range p.Target.Logs.Files {
		if some, err := p.Declared(pattern); err == nil && len(some) == 0 {
			return stop(checks.Inconclusive, "[logs] files: "+pattern+" matches no file")
		}
	}
	var s sampled
	for _, f := range files[:min(len(files), maxFiles)] {
		whole, err := f.Tail(maxBytes)
		src := bytes.ReplaceAll(whole, []byte{0}, nil) // a crash or a rotation leaves zeros between lines
		switch {
		case err != nil:
			s.Unread = append(s.Unread, f.Name+": can't be read")
			continue
		case 2*len(src) < len(whole) || !mostlyText(src):
			s.Unread = append(s.Unread, f.Name+": not text; give logs unpacked")
			continue
		}
		lines := readLines(f.Name, src, f.Size > int64(len(whole)))
		s.Lines = append(s.Lines, lines...)
		s.Files = append(s.Files, fmt.Sprintf("%s: %d lines of the last %d of %d bytes", f.Name, len(lines), len(whole), f.Size))
	}
	if len(s.Lines) == 0 {
		return stop(checks.Inconclusive, "the declared logs hold no line that can be read")
	}
	return s, nil
}

// mostlyText reports whether less than a tenth of the bytes are no UTF-8.
func mostlyText(src []byte) bool {
	bad := 0
	for rest := src; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			bad++
		}
		rest = rest[size:]
	}
	return bad*10 <= len(src)
}

// readLines splits a sample; where the file began before it, the first line is cut and left
// out. Empty lines are nobody's.
func readLines(file string, src []byte, cut bool) []line {
	if cut {
		_, src, _ = bytes.Cut(src, []byte("\n"))
	}
	var out []line
	number := 0
	for text := range strings.Lines(string(src)) {
		number++
		text = strings.TrimRight(text, "\r\n")
		if strings.TrimSpace(text) == "" {
			continue
		}
		inner, at := unwrap(text)
		out = append(out, line{File: file, Number: number, Text: inner, Time: at})
	}
	return out[max(0, len(out)-maxLines):]
}

// criLine is the form of the Kubernetes container runtime interface: time, stream, tag.
var criLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\S+) (?:stdout|stderr) [FP] (.*)$`)

// unwrap takes off what a collector put around a line: that the collector writes JSON with
// times says nothing about the program.
func unwrap(text string) (inner, at string) {
	if m := criLine.FindStringSubmatch(text); m != nil {
		return m[2], m[1]
	}
	var docker struct {
		Log    *string `json:"log"`
		Stream *string `json:"stream"`
		Time   string  `json:"time"`
	}
	if strings.HasPrefix(text, `{"`) && json.Unmarshal([]byte(text), &docker) == nil && docker.Log != nil && docker.Stream != nil {
		return strings.TrimRight(*docker.Log, "\r\n"), docker.Time
	}
	var journal struct {
		Message *string `json:"MESSAGE"`
		Cursor  *string `json:"__CURSOR"`
	}
	if strings.HasPrefix(text, `{`) && json.Unmarshal([]byte(text), &journal) == nil && journal.Message != nil && journal.Cursor != nil {
		return *journal.Message, ""
	}
	return text, ""
}
