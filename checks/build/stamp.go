package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// stamp is how one place names the running build: a commit, a version or both, as written.
type stamp struct{ Commit, Version string }

// String prints the stamp for people, cut to what a name may be long.
func (s stamp) String() string {
	switch {
	case s.Version == "":
		return "commit " + cut(s.Commit)
	case s.Commit == "":
		return "version " + cut(s.Version)
	}
	return "version " + cut(s.Version) + ", commit " + cut(s.Commit)
}

// maxStamp is how long the name of a build may be, in bytes.
const maxStamp = 200

func cut(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// The usual names of what is looked for where no pointer is declared.
var (
	commitNames  = []string{"commit", "git_commit", "gitCommit", "revision", "sha", "git_sha", "vcs_revision"}
	versionNames = []string{"version", "build_version", "buildVersion"}
)

// inBody reads a route's answer: JSON by the declared pointer or the usual members, else
// one line of text.
func inBody(x *observe.Exchange, pointer string) ([]stamp, string) {
	if x.Truncated || answer.HTML(x) {
		return nil, "is answered with a page"
	}
	decoder := json.NewDecoder(bytes.NewReader(x.Body))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil || decoder.More() {
		if line := strings.TrimSpace(string(x.Body)); pointer == "" && !answer.JSON(x) && isName(line) {
			return []stamp{{Version: line}}, ""
		}
		return nil, "is answered with neither JSON nor one line"
	}
	if pointer != "" {
		value, ok := at(document, pointer)
		if !ok {
			return nil, "has nothing at " + pointer
		}
		return []stamp{{Version: value}}, ""
	}
	if value, ok := scalar(document); ok {
		return []stamp{{Version: value}}, ""
	}
	st := stamp{Commit: first(document, commitNames), Version: first(document, versionNames)}
	if st == (stamp{}) {
		return nil, "has neither commit nor version: name its place with json"
	}
	return []stamp{st}, ""
}

// first is the first of some members of an object.
func first(document any, names []string) string {
	for _, name := range names {
		if value, ok := at(document, "/"+name); ok {
			return value
		}
	}
	return ""
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// at follows a JSON pointer (RFC 6901) to a scalar.
func at(value any, pointer string) (string, bool) {
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[unescape.Replace(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(inner) {
				return "", false
			}
			value = inner[i]
		default:
			return "", false
		}
	}
	return scalar(value)
}

// scalar is a string or number that may name a build.
func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		v = strings.TrimSpace(v)
		return v, isName(v)
	case json.Number:
		return v.String(), isName(v.String())
	}
	return "", false
}

// name matches what names a build: one line of printable ASCII.
var name = regexp.MustCompile(`^[!-~](?:[ -~]*[!-~])?$`)

func isName(s string) bool { return len(s) <= maxStamp && name.MatchString(s) }

// inHeader reads a header's lines; several must agree.
func inHeader(h http.Header, field string) ([]stamp, string) {
	var stamps []stamp
	for _, value := range h.Values(field) {
		if value = strings.TrimSpace(value); isName(value) {
			stamps = append(stamps, stamp{Version: value})
		}
	}
	if len(stamps) == 0 {
		return nil, "is not there"
	}
	return stamps, ""
}

// inMetrics reads the labels of a sample. Exposition parsers have panicked on hostile text
// before: that counts as unreadable.
func inMetrics(x *observe.Exchange, metric string) (stamps []stamp, why string) {
	defer func() {
		if recover() != nil {
			stamps, why = nil, "is not in exposition text that can be read"
		}
	}()
	if x.Truncated {
		return nil, "can't be looked for: the metrics are too long to be read"
	}
	body, _, _ := bytes.Cut(x.Body, []byte("\n# EOF"))
	body = append(bytes.TrimRight(bytes.Clone(body), "\n"), '\n')
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return nil, "is not in exposition text that can be read"
	}
	family := families[metric]
	if family == nil {
		return nil, "is not there"
	}
	for _, sample := range family.GetMetric() {
		labels := map[string]any{}
		for _, l := range sample.GetLabel() {
			labels[l.GetName()] = l.GetValue()
		}
		if st := (stamp{Commit: first(labels, commitNames), Version: first(labels, versionNames)}); st != (stamp{}) {
			stamps = append(stamps, st)
		}
	}
	if len(stamps) == 0 {
		return nil, fmt.Sprintf("has no label %s or %s", commitNames[0], versionNames[0])
	}
	return stamps, ""
}
