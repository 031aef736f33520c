package observe

import (
	"mime"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What Same calls alike.
const (
	alike     = 0.90      // share of word triples that two bodies have in common
	comparing = 256 << 10 // bytes of a body that are compared
)

// Same reports whether a and b look like one answer given to two paths: status, media type
// and Location agree, and the bodies do, with the paths themselves, numbers, long hex and
// random strings left out of account. An answer that is Same as its Control proves nothing
// about its path.
func Same(a, b *Exchange) bool {
	if a == nil || b == nil || a.Status != b.Status || mediaType(a) != mediaType(b) {
		return false
	}
	// Both paths are taken out of both answers: a page that says "health" whatever it is
	// asked must not look different because one of the paths is /health.
	paths := newEraser(append(ownNames(a), ownNames(b)...))
	if location(a, paths) != location(b, paths) {
		return false
	}
	one, two := normal(a.Body, paths), normal(b.Body, paths)
	return one == two || jaccard(triples(one), triples(two)) >= alike
}

func mediaType(x *Exchange) string {
	t, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	if err != nil {
		t, _, _ = strings.Cut(x.Header.Get("Content-Type"), ";")
	}
	return strings.ToLower(strings.TrimSpace(t))
}

// The marks that stand for what may differ between two equal answers. Numbers, hex and
// random strings have one: a nanosecond count is now seven digits long, now nine, and the
// latter is hex as well.
const (
	pathMark   = "\x01"
	randomMark = "\x02"
)

// ownNames are the forms in which an answer may repeat the path it was asked for.
func ownNames(x *Exchange) []string {
	u, err := url.Parse(x.URL)
	if err != nil {
		return nil
	}
	escaped := u.EscapedPath()
	last := path.Base(strings.TrimSuffix(escaped, "/"))
	plain, _ := url.PathUnescape(last)
	var names []string
	for _, name := range []string{
		u.RequestURI(), url.QueryEscape(u.RequestURI()), escaped, url.QueryEscape(escaped), url.PathEscape(escaped), u.Path, last, plain,
	} {
		if name = strings.Trim(name, "/"); name != "" && name != "." {
			names = append(names, name)
		}
	}
	return names
}

// eraser replaces paths by pathMark.
type eraser struct {
	long  *strings.Replacer
	short *regexp.Regexp // names that random strings may hold by chance: whole words only
}

func newEraser(names []string) eraser {
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	var pairs, short []string
	for _, n := range names {
		if len(n) < 4 {
			short = append(short, regexp.QuoteMeta(n))
		} else {
			pairs = append(pairs, n, pathMark)
		}
	}
	e := eraser{long: strings.NewReplacer(pairs...)}
	if short != nil {
		e.short = regexp.MustCompile(`\b(?:` + strings.Join(short, "|") + `)\b`)
	}
	return e
}

func (e eraser) erase(s string) string {
	s = e.long.Replace(s)
	if e.short != nil {
		s = e.short.ReplaceAllString(s, pathMark)
	}
	return s
}

// location is where a redirect leads: host and path, without the query (which often
// carries the way back).
func location(x *Exchange, paths eraser) string {
	raw := x.Header.Get("Location")
	if raw == "" {
		return ""
	}
	base, err := url.Parse(x.URL)
	if err != nil {
		return raw
	}
	u, err := base.Parse(raw)
	if err != nil {
		return raw
	}
	return strings.ToLower(u.Host) + paths.erase(u.EscapedPath())
}

var (
	randomRun = regexp.MustCompile(`[A-Za-z0-9_-]{16,}`)
	hexRun    = regexp.MustCompile(`[0-9A-Fa-f]{8,}`)
	digitRun  = regexp.MustCompile(`[0-9]+`)
)

// normal is a body without what differs from request to request.
func normal(body []byte, paths eraser) string {
	s := paths.erase(string(body[:min(len(body), comparing)]))
	s = randomRun.ReplaceAllString(s, randomMark)
	s = hexRun.ReplaceAllString(s, randomMark)
	s = digitRun.ReplaceAllString(s, randomMark)
	return strings.Join(strings.Fields(s), " ")
}

// triples is the set of three-word sequences of s; of a shorter text, the text.
func triples(s string) map[string]bool {
	words := strings.FieldsFunc(s, func(r rune) bool {
		isMark := r == '\x01' || r == '\x02'
		return !isMark && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	set := map[string]bool{}
	if len(words) < 3 {
		set[strings.Join(words, " ")] = true
		return set
	}
	for i := range len(words) - 2 {
		set[strings.Join(words[i:i+3], " ")] = true
	}
	return set
}

// jaccard is the share of what two sets have together that they have in common.
func jaccard(a, b map[string]bool) float64 {
	common := 0
	for k := range a {
		if b[k] {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}
