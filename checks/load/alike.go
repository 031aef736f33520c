package load

import (
	"fmt"
	"net/http"
	"strings"

	"assess/gonogo/checks"
)

// alone is what the answers to one user look like, before any load: under load a target may
// answer 200 with something else. It is learned by one goroutine, and looked at by all
// afterwards. Of several requests each has its own.
type alone struct {
	looks []look
	known bool
}

// look is what the answers of one request have in common.
type look struct {
	types       []string // media types, without parameters
	empty       bool     // some had no body
	least, most int64    // bytes of their bodies
	seen        int
}

// leastLooks is how many answers make a look.
const leastLooks = 2

func mediaType(h http.Header) string {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// learn takes a good answer of one user.
func (o *alone) learn(a answer) {
	for len(o.looks) <= a.shot {
		o.looks = append(o.looks, look{})
	}
	l := &o.looks[a.shot]
	if l.seen == 0 {
		l.least, l.most = a.bytes, a.bytes
	}
	l.seen++
	l.empty = l.empty || a.bytes == 0
	l.least, l.most = min(l.least, a.bytes), max(l.most, a.bytes)
	if !l.of(a.kind) {
		l.types = append(l.types, a.kind)
	}
}

func (l *look) of(kind string) bool {
	for _, known := range l.types {
		if known == kind {
			return true
		}
	}
	return false
}

// compare tells an answer that is of another kind than all of one user's, or empty where none
// of them was, from one that is as they were; and whether it is of quite another length
// where theirs were alike.
func (o *alone) compare(a answer) (unlike, odd bool) {
	if !o.known || a.shot >= len(o.looks) || o.looks[a.shot].seen < leastLooks {
		return false, false
	}
	l := &o.looks[a.shot]
	if !l.of(a.kind) || a.bytes == 0 && !l.empty {
		return true, false
	}
	steady := l.most-l.least <= l.least/10
	return false, steady && (a.bytes < l.least/2 || a.bytes > 2*l.most+lengthSlack)
}

// lengthSlack is by how many bytes a short answer may grow without being another.
const lengthSlack = 64

// odd warns where good answers are of quite another length than one user's.
func (f *facts) odd() opinion {
	if n := f.Count[good]; proportion(f.Odd, n) == checks.Pass || f.Odd == 0 {
		return opinion{}
	}
	return opinion{checks.Warn, fmt.Sprintf("%d of %d good answers are of another length than one user's, under half or over twice: see what they say", f.Odd, f.Count[good])}
}

// stored reports whether an answer came from a cache (RFC 9111 section 5.1, RFC 9211, and what
// caches said before it).
func stored(h http.Header) bool {
	if age := h.Get("Age"); age != "" && strings.Trim(age, "0") != "" {
		return true
	}
	for _, name := range []string{"Cache-Status", "X-Cache", "X-Cache-Status", "Cf-Cache-Status", "X-Proxy-Cache"} {
		for _, value := range h[name] {
			for word := range strings.FieldsFuncSeq(strings.ToLower(value), notWord) {
				if word == "hit" {
					return true
				}
			}
		}
	}
	return false
}

func notWord(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '_' }

// cached says how many good answers came from a cache; needed by a check of what is behind it,
// which then has nothing to judge.
func (f *facts) cached(behind bool) opinion {
	switch {
	case f.Cached == 0:
		return opinion{}
	case behind && 20*f.Cached > f.Count[good]:
		return unsure("%d of %d good answers came from a cache: name a route that always uses the database", f.Cached, f.Count[good])
	}
	return opinion{reason: fmt.Sprintf("%d of %d good answers from a cache", f.Cached, f.Count[good])}
}
