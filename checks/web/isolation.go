package web

import (
	"strings"

	"github.com/dunglas/httpsfv"

	"assess/gonogo/checks"
)

// IsolationParams are the parameters of security.headers.isolation.
type IsolationParams struct {
	Required checks.Strings `toml:"required" doc:"headers that must be there, such as Cross-Origin-Opener-Policy and Permissions-Policy; default none"`
}

var headerIsolation = headerKindWith(checks.Kind{
	ID: "security.headers.isolation", Title: "Cross-origin isolation and permissions headers", Severity: checks.Info,
	Rule: "PASS: the headers COOP, COEP, CORP and Permissions-Policy are absent or have values that browsers know. WARN: a value they can't read; a required one is absent, empty or unsafe-none. FAIL: never. na: no document.",
	Fix:  "Cross-Origin-Opener-Policy: same-origin; Cross-Origin-Resource-Policy: same-origin unless assets are shared; Embedder-Policy only when needed.",
	Refs: []string{"ASVS 3.4.8"},
}, judgeIsolation)

// isolationValues are the values browsers know, by header.
var isolationValues = []struct {
	Header string
	Known  []string
}{
	{"Cross-Origin-Opener-Policy", []string{"same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"}},
	{"Cross-Origin-Embedder-Policy", []string{"require-corp", "credentialless", "unsafe-none"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin", "same-site", "cross-origin"}},
}

func judgeIsolation(s sample, params IsolationParams) opinion {
	if s.Doc == nil {
		return na("there is no document: the headers concern pages only")
	}
	var set []string
	for _, h := range isolationValues {
		value := fieldValue(s.Doc.Header, h.Header)
		if value == "" {
			continue
		}
		word, _, _ := strings.Cut(value, ";")
		if !contains(h.Known, strings.TrimSpace(word)) {
			return warn(h.Header + " is " + quoteShort(value) + ": browsers don't know it")
		}
		set = append(set, h.Header)
	}
	if lines := s.Doc.Header.Values("Permissions-Policy"); len(lines) > 0 {
		if _, err := httpsfv.UnmarshalDictionary(lines); err != nil {
			return warn("Permissions-Policy can't be read: " + quoteShort(strings.Join(lines, ", ")))
		}
		set = append(set, "Permissions-Policy")
	}
	for _, name := range params.Required {
		value := strings.ToLower(strings.TrimSpace(fieldValue(s.Doc.Header, name)))
		if word, _, _ := strings.Cut(value, ";"); value == "" || strings.TrimSpace(word) == "unsafe-none" {
			return warn(name + " is " + orNone(value))
		}
	}
	if len(set) == 0 {
		return pass("none of the isolation headers is sent; none is required")
	}
	return pass("sent and readable: " + list(set))
}
