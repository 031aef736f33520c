// Package secrets finds secrets in bytes and takes them out before anything is stored.
// It imports nothing of ours.
//
// Exact values (what the target file and the env files hold) are found first, in every
// encoding they travel in; then header names, then the shapes of well-known tokens.
package secrets

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// MinExact is the length, in bytes, under which an exact value is not searched for: a
// three-letter password would blacken half of every page, an empty one all of it.
const MinExact = 8

// Redactor replaces secrets by `[redacted:RULE#n]`. One value has one mark within one
// Redactor, so that two pieces of evidence can be compared; the number counts values and
// says nothing about them. It is safe for concurrent use.
type Redactor struct {
	mu      sync.RWMutex
	marks   map[string]string // value → its mark
	needles []needle          // replaced, never changed in place
}

// NewRedactor makes a Redactor that knows exact secret values, each with the rule word
// that its mark shows.
func NewRedactor(exact map[string]string) *Redactor {
	r := &Redactor{marks: map[string]string{}}
	values := make([]string, 0, len(exact))
	for v := range exact {
		values = append(values, v)
	}
	// Numbers must not depend on the map's order.
	slices.SortFunc(values, func(a, b string) int {
		if c := strings.Compare(exact[a], exact[b]); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for _, v := range values {
		r.Add(exact[v], v)
	}
	return r
}

// Add makes value known as a secret from now on, and with a URL also its password.
// Values shorter than MinExact, those of one repeated character, and the word "password",
// which would black out sentences and hide nothing, are ignored.
func (r *Redactor) Add(rule, value string) {
	value = strings.TrimSpace(value)
	if strings.Contains(value, "://") {
		if u, err := url.Parse(value); err == nil && u.User != nil {
			password, _ := u.User.Password()
			r.add(rule, password)
		}
	}
	r.add(rule, value)
}

func (r *Redactor) add(rule, value string) {
	if len(value) < MinExact || oneCharacter(value) || strings.EqualFold(value, "password") {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.needles, func(n needle) bool { return n.value == value }) {
		return
	}
	r.needles = append(slices.Clip(r.needles), forms(value)...)
	r.number(rule, value)
}

// mark returns the mark of value, which shows rule if the value is new.
func (r *Redactor) mark(rule, value string) string {
	r.mu.RLock()
	m, ok := r.marks[value]
	r.mu.RUnlock()
	if ok {
		return m
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.number(rule, value)
}

// number is mark for callers that hold the lock.
func (r *Redactor) number(rule, value string) string {
	if m, ok := r.marks[value]; ok {
		return m
	}
	m := "[redacted:" + ruleWord(rule) + "#" + strconv.Itoa(len(r.marks)+1) + "]"
	r.marks[value] = m
	return m
}

var notRuleWord = regexp.MustCompile(`[^a-z0-9_.-]+`)

func ruleWord(rule string) string {
	word := strings.Trim(notRuleWord.ReplaceAllString(strings.ToLower(rule), "-"), "-")
	if word == "" {
		return "secret"
	}
	return word
}

// Redact returns b without secrets; b itself stays as it is. What is redacted already
// stays the same.
func (r *Redactor) Redact(b []byte) []byte {
	r.mu.RLock()
	needles := r.needles
	r.mu.RUnlock()
	spans := findExact(b, needles)
	for _, m := range Find(b) {
		if value := b[m.Start:m.End]; !reference(value) {
			spans = append(spans, span{start: m.Start, end: m.End, rule: m.Rule})
		}
	}
	spans = withoutMarked(b, merge(spans))
	if len(spans) == 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	at := 0
	for _, s := range spans {
		value := s.value
		if value == "" {
			value = string(b[s.start:s.end])
		}
		out = append(out, b[at:s.start]...)
		out = append(out, r.mark(s.rule, value)...)
		at = s.end
	}
	return append(out, b[at:]...)
}

// Text is Redact for strings.
func (r *Redactor) Text(s string) string { return string(r.Redact([]byte(s))) }

// span is a stretch of text that must go. value is set where the stretch is a form of an
// exact value.
type span struct {
	start, end  int
	rule, value string
}

// merge joins overlapping spans; of two, the exact value gives the mark, then the longer.
func merge(spans []span) []span {
	slices.SortStableFunc(spans, func(a, b span) int { return a.start - b.start })
	var out []span
	for _, s := range spans {
		last := len(out) - 1
		if last < 0 || s.start >= out[last].end {
			out = append(out, s)
			continue
		}
		if stronger(s, out[last]) {
			out[last].rule, out[last].value = s.rule, s.value
		}
		out[last].end = max(out[last].end, s.end)
	}
	return out
}

func stronger(a, b span) bool {
	if (a.value != "") != (b.value != "") {
		return a.value != ""
	}
	if a.value != "" {
		return len(a.value) > len(b.value)
	}
	return a.end-a.start > b.end-b.start
}

var marked = regexp.MustCompile(`\[redacted:[a-z0-9_.-]+#[0-9]+\]`)

// withoutMarked leaves out the spans that lie in a mark, or hold nothing but marks.
func withoutMarked(b []byte, spans []span) []span {
	marks := marked.FindAllIndex(b, -1)
	if len(marks) == 0 {
		return spans
	}
	return slices.DeleteFunc(spans, func(s span) bool {
		rest := 0
		for i := s.start; i < s.end; i++ {
			if isWord(b[i]) && !slices.ContainsFunc(marks, func(m []int) bool { return i >= m[0] && i < m[1] }) {
				rest++
			}
		}
		return rest == 0
	})
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func oneCharacter(s string) bool { return strings.Trim(s, s[:1]) == "" }
