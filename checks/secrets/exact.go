package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strings"
)

// needle is one encoded form of an exact value.
type needle struct {
	form   []byte // without line breaks: texts are searched without theirs
	value  string
	base64 bool // a match is widened to the whole base64 run around it
	word   bool // only letters: matches whole words only
}

// forms are the encodings in which value may appear in a request, an answer or a file.
func forms(value string) []needle {
	seen := map[string]bool{}
	var out []needle
	add := func(form string, isBase64 bool) {
		form = withoutBreaks(form)
		if len(form) < MinExact || seen[form] {
			return
		}
		seen[form] = true
		out = append(out, needle{
			form: []byte(form), value: value, base64: isBase64, word: onlyLetters(form),
		})
	}
	add(value, false)
	for _, escaped := range []string{url.QueryEscape(value), url.PathEscape(value), userinfo(value)} {
		add(escaped, false)
		add(lowerPercent(escaped), false)
	}
	for _, safe := range []bool{true, false} {
		escaped := jsonEscape(value, safe)
		add(escaped, false)
		add(strings.ReplaceAll(escaped, "/", `\/`), false)
	}
	add(html.EscapeString(value), false)
	for shift := range 3 {
		core := base64Core(value, shift)
		add(core, true)
		add(strings.NewReplacer("+", "-", "/", "_").Replace(core), true)
	}
	return out
}

// base64Core is the part of value's base64 that does not depend on what stands before
// and after it, when shift bytes (mod 3) stand before.
func base64Core(value string, shift int) string {
	encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + value))
	first := []int{0, 2, 3}[shift] // characters that also carry bits of what precedes
	last := len(encoded)
	if (shift+len(value))%3 != 0 {
		last-- // carries bits of what follows
	}
	return encoded[first:last]
}

func userinfo(value string) string {
	s := url.UserPassword("", value).String()
	return strings.TrimPrefix(s, ":")
}

// lowerPercent turns %2F into %2f.
func lowerPercent(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i:], bytes.ToLower(b[i:i+3]))
		}
	}
	return string(b)
}

func jsonEscape(value string, htmlSafe bool) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(htmlSafe)
	if enc.Encode(value) != nil {
		return value
	}
	return strings.Trim(strings.TrimSpace(buf.String()), `"`)
}

func onlyLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// findExact finds every needle, also where a line break (and the indentation after it)
// splits it.
func findExact(b []byte, needles []needle) []span {
	if len(needles) == 0 {
		return nil
	}
	text, origin := unbroken(b)
	at := func(i int) int {
		if origin == nil {
			return i
		}
		return int(origin[i])
	}
	var out []span
	for _, n := range needles {
		for from := 0; ; {
			i := bytes.Index(text[from:], n.form)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(n.form)
			from = end
			s := span{start: at(start), end: at(end-1) + 1, value: n.value}
			if n.base64 {
				s.start, s.end = widen(b, s.start, s.end)
			}
			if n.word && (s.start > 0 && letter(b[s.start-1]) || s.end < len(b) && letter(b[s.end])) {
				continue
			}
			out = append(out, s)
		}
	}
	return out
}

// unbroken is b without line breaks and the blanks after them, with the place in b of each
// of its bytes; nil where nothing was left out.
func unbroken(b []byte) (text []byte, origin []int32) {
	if bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\r') < 0 {
		return b, nil
	}
	text = make([]byte, 0, len(b))
	origin = make([]int32, 0, len(b))
	indent := false
	for i, c := range b {
		switch {
		case c == '\n' || c == '\r':
			indent = true
			continue
		case indent && (c == ' ' || c == '\t'):
			continue
		}
		indent = false
		text = append(text, c)
		origin = append(origin, int32(i))
	}
	return text, origin
}

func withoutBreaks(s string) string {
	text, _ := unbroken([]byte(s))
	return string(text)
}

// widen stretches a match over the base64 characters around it on its lines: the first
// and the last of them may carry bits of the value.
func widen(text []byte, start, end int) (int, int) {
	for start > 0 && base64Char(text[start-1]) {
		start--
	}
	for end < len(text) && base64Char(text[end]) {
		end++
	}
	return start, end
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func base64Char(c byte) bool {
	return letter(c) || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
}
