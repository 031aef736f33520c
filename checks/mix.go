package checks

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// MixRequest is one of the requests that load consists of, where a target declares several.
type MixRequest struct {
	Path        string            `toml:"path"`
	Method      string            `toml:"method"` // GET when empty; others than GET and HEAD only with a body
	Weight      int               `toml:"weight"` // how often it is sent beside the others; 1 when 0
	Body        string            `toml:"body"`
	ContentType string            `toml:"content_type"` // of the body; application/json when empty
	Headers     map[string]string `toml:"headers"`      // secrets are holes
	As          string            `toml:"as"`           // user or admin
}

// Label names the request as evidence and consent do: "POST /api/orders".
func (m MixRequest) Label() string { return cmp.Or(m.Method, http.MethodGet) + " " + m.Path }

// Share is the request's weight, 1 where none is declared.
func (m MixRequest) Share() int { return max(1, m.Weight) }

// The limits of a mix: requests, weight of one, bytes of a body.
const (
	maxMix       = 50
	maxMixWeight = 100
	maxMixBody   = 64 << 10
)

var (
	mixMethods   = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	headerName   = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // RFC 9110 5.6.2
	secretInJSON = regexp.MustCompile(`(?i)"[a-z_-]*(?:password|passwd|pwd|secret|token|api_?key)"\s*:\s*"([^"]*)"`)
	// framing are headers that the driver sets, or that would change to whom it speaks.
	framing = []string{"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "content-type"}
)

// checkLoad notes what is wrong in [load]. Where a mix but no path is declared, the paths are
// those of the mix.
func (t *Target) checkLoad(f *file) {
	if t.Load.Users < 0 || t.Load.Seconds < 0 {
		f.wrong("load", "load: users and seconds must not be negative")
	}
	if len(t.Load.Mix) > maxMix {
		f.wrong("load.mix", "load.mix: %d requests; a mix has up to %d", len(t.Load.Mix), maxMix)
		return
	}
	for i, m := range t.Load.Mix {
		m.check(f, indexed("load.mix", i))
	}
	if len(t.Load.Path) == 0 {
		for _, m := range t.Load.Mix {
			t.Load.Path = append(t.Load.Path, m.Path)
		}
	}
}

// check notes what is wrong with one request.
func (m MixRequest) check(f *file, at string) {
	name := plainKey(at)
	switch {
	case !strings.HasPrefix(m.Path, "/"):
		f.wrong(at, "%s: path %q must start with /: load goes to base_url only", name, short(m.Path))
	case holePattern.MatchString(m.Path) || secretInText.MatchString(m.Path):
		f.wrong(at, "%s: a secret has no place in a path, which evidence shows: use headers with ${env:NAME}", name)
	}
	if m.Method != "" {
		oneOf(f, at, name+".method", m.Method, mixMethods)
	}
	readOnly := slices.Contains([]string{"", http.MethodGet, http.MethodHead}, m.Method)
	switch {
	case readOnly && m.Body != "":
		f.wrong(at, "%s: a %s has no body", name, cmp.Or(m.Method, http.MethodGet))
	case !readOnly && m.Body == "":
		f.wrong(at, "%s: %s is only sent with a body that is declared here", name, short(m.Method))
	case m.Body == "" && m.ContentType != "":
		f.wrong(at, "%s: content_type without a body", name)
	case len(m.Body) > maxMixBody:
		f.wrong(at, "%s: a body of up to %d KiB is sent", name, maxMixBody>>10)
	}
	if m.Weight < 0 || m.Weight > maxMixWeight {
		f.wrong(at, "%s: weight %d: want 1 to %d", name, m.Weight, maxMixWeight)
	}
	if m.As != "" {
		oneOf(f, at, name+".as", m.As, []string{"user", "admin"})
	}
	m.checkSecrets(f, at, name)
}

// checkSecrets notes secrets in clear: the file travels inside reports.
func (m MixRequest) checkSecrets(f *file, at, name string) {
	plain := holePattern.ReplaceAllString(m.Body, holeMark)
	for _, form := range []*regexp.Regexp{secretInJSON, secretInText} {
		for _, found := range form.FindAllStringSubmatch(plain, -1) {
			if found[1] != holeMark && found[1] != "" {
				f.wrong(at, "%s: a secret has no place in a body: use ${env:NAME} or ${file:PATH}", name)
				return
			}
		}
	}
	for _, header := range slices.Sorted(maps.Keys(m.Headers)) {
		switch {
		case !headerName.MatchString(header) || slices.Contains(framing, strings.ToLower(header)):
			f.wrong(at, "%s: header %q can't be set here", name, short(header))
		case strings.ContainsAny(m.Headers[header], "\r\n"):
			f.wrong(at, "%s: header %s holds a line break", name, short(header))
		case secretHeaders.MatchString(header) && !holePattern.MatchString(m.Headers[header]):
			f.wrong(at, "%s: header %s: a secret has no place in this file: use ${env:NAME} or ${file:PATH}", name, short(header))
		}
	}
	if strings.ContainsAny(m.ContentType, "\r\n") {
		f.wrong(at, "%s: content_type holds a line break", name)
	}
}
