package deploy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"assess/gonogo/checks/secrets"
)

// leak is one secret by rule and place; the value stays behind.
type leak struct {
	Rule      string
	Path      string
	Line      int
	Specific  bool
	Throwaway bool // a well-known password of test databases
	Allowed   bool // a comment beside it tells scanners to be silent
	Untracked bool // neither tracked nor ignored
	Copies    int  // places where the same value stands
}

// foundLeak is a leak with what tells its value from others.
type foundLeak struct {
	leak
	sum        [sha256.Size]byte
	start, end int
}

var (
	jwtSecret = regexp.MustCompile(`(?i)\bJWT_SECRET(?:_KEY)?["']?\s*[:=]\s*(?:["']([^"'\s]{3,})["']|([^"'\s(){}$]{6,})\s*$)`)
	lockName  = regexp.MustCompile(`(?i)(lock|\.sum|\.svg|\.map)$|-lock\.(json|yaml)$|shrinkwrap`)
	repeats   = regexp.MustCompile(`(?i)(xxxx|0000000|1234567890|abcdefgh|\.\.\.|…)`)
)

// allowMark is the comment by which gitleaks is told to be silent.
const allowMark = "gitleaks:allow"

// search collects the secrets of one file that are neither placeholders nor noise.
type search struct {
	name  string
	src   []byte
	found []foundLeak
}

// findLeaks looks through one file: first with the forms that the redactor knows, among
// them three that gitleaks lacks (a password in a URL, Django's generated key, a JWT
// secret), then with gitleaks. Of two rules for one place, the one that is sure counts.
func findLeaks(ctx context.Context, e *engine, name string, src []byte) []foundLeak {
	matches := slices.Concat(secrets.Find(src), findJWT(src), e.find(ctx, name, src))
	slices.SortStableFunc(matches, func(a, b secrets.Match) int { return rank(a.Specific) - rank(b.Specific) })
	s := &search{name: name, src: src}
	for _, m := range matches {
		s.add(m)
	}
	return s.found
}

func rank(specific bool) int {
	if specific {
		return 0
	}
	return 1
}

// findJWT finds the literals that a JWT secret is set to.
func findJWT(src []byte) (found []secrets.Match) {
	if !bytes.Contains(bytes.ToLower(src), []byte("jwt_secret")) {
		return nil
	}
	offset := 0
	for line := range bytes.Lines(src) {
		if m := jwtSecret.FindSubmatchIndex(line); m != nil {
			group := 2
			if m[group] < 0 {
				group = 4
			}
			found = append(found, secrets.Match{Rule: "jwt-secret", Specific: true, Start: offset + m[group], End: offset + m[group+1]})
		}
		offset += len(line)
	}
	return found
}

// add takes a match unless it is no secret, or one that is known already.
func (s *search) add(m secrets.Match) {
	value := string(s.src[m.Start:m.End])
	if secrets.Placeholder(value) || repeats.MatchString(value) || refers(value) || slices.Contains(samples, value) {
		return
	}
	weak := lockName.MatchString(path.Base(s.name)) || samplePath.MatchString(s.name) ||
		!slices.Contains(choiceRules, m.Rule) && !looksRandom(value) && !chosen(s.name, s.src[:m.Start], value)
	if !m.Specific && weak {
		return
	}
	if slices.ContainsFunc(s.found, func(f foundLeak) bool { return m.Start < f.end && f.start < m.End }) {
		return // two rules, one secret
	}
	l := leak{Rule: m.Rule, Path: s.name, Line: 1 + bytes.Count(s.src[:m.Start], []byte("\n")), Specific: m.Specific}
	l.Throwaway = m.Rule == "url-password" && slices.Contains(throwawayURL, strings.ToLower(value))
	l.Allowed = bytes.Contains(linesOf(s.src, m.Start, m.End), []byte(allowMark))
	s.found = append(s.found, foundLeak{l, sha256.Sum256([]byte(value)), m.Start, m.End})
}

// linesOf are the whole lines around a stretch.
func linesOf(src []byte, start, end int) []byte {
	from := bytes.LastIndexByte(src[:start], '\n') + 1
	if to := bytes.IndexByte(src[end:], '\n'); to >= 0 {
		return src[from : end+to]
	}
	return src[from:]
}

// readable is a text that Windows tools wrote in UTF-16, as UTF-8, and a text with zeros in
// it without them: one zero byte would make it binary, and so would an encoding that does
// not say its name. Anything else is left as it is.
func readable(src []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(src, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return withoutZeros(src)
	}
	units := make([]uint16, 0, len(src)/2)
	for at := 2; at+1 < len(src); at += 2 {
		units = append(units, order.Uint16(src[at:]))
	}
	return withoutZeros([]byte(string(utf16.Decode(units)))) // UTF-32 begins alike
}

// withoutZeros takes zero bytes out of what is text but for them.
func withoutZeros(src []byte) []byte {
	if bytes.IndexByte(src[:min(len(src), scanBinary)], 0) < 0 {
		return src
	}
	text := bytes.ReplaceAll(src, []byte{0}, nil)
	head := text[:min(len(text), scanBinary)]
	for cut := 0; len(text) > scanBinary && cut < utf8.UTFMax-1 && !utf8.Valid(head); cut++ {
		head = head[:len(head)-1] // a character that the limit goes through
	}
	if !utf8.Valid(head) || bytes.ContainsFunc(head, isControl) {
		return src
	}
	return text
}

// isControl reports whether a character stands in no text.
func isControl(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\f\r\x1b", r) }

// throwawayURL are passwords that documentation and test databases use in URLs.
var throwawayURL = append([]string{"pass", "pw", "pwd", "user", "db", "app", "default", "example"}, throwaway...)

var holeStart = regexp.MustCompile(`^(\$|%\(|\{|<|process\.|os\.|env[.(]|settings\.|config\.|self\.)`)

// refers tells code that fetches a secret from one that is it.
func refers(value string) bool { return holeStart.MatchString(value) }

// settingsFile are files that hold values, not code; passwordKey is what stands before a
// value that somebody chose as a password.
var (
	settingsFile = regexp.MustCompile(`(?i)\.(env|ya?ml|toml|json|ini|cfg|conf|properties)$|(^|/)\.env(\.|$)`)
	passwordKey  = regexp.MustCompile(`(?i)(pass(word|wd|phrase)?|pwd|secret(_key)?|credentials?)["']?\s*[:=]\s*["']?$`)
)

// chosen reports whether a value too short or too regular to look random stands where a
// password stands: people choose "Tr0ub4dor", and the scan must not call that nothing.
func chosen(name string, before []byte, value string) bool {
	if !settingsFile.MatchString(name) || !passwordKey.Match(before[max(0, len(before)-80):]) {
		return false
	}
	hasLetter := strings.ToLower(value) != strings.ToUpper(value)
	return len(value) >= 8 && hasLetter && strings.ContainsAny(value, "0123456789") &&
		!codeLike.MatchString(value) && !strings.ContainsAny(value, "/\\") && !slices.Contains(throwaway, strings.ToLower(value))
}

var codeLike = regexp.MustCompile(`[(){}\[\]\s;]|::|->|\w\.\w+\.\w`)

// looksRandom keeps, of what stands after a word like password, only what a generator
// makes: long, letters and digits mixed, no code.
func looksRandom(value string) bool {
	hasDigit := strings.ContainsAny(value, "0123456789")
	hasLetter := strings.ToLower(value) != strings.ToUpper(value)
	return len(value) >= 16 && hasDigit && hasLetter && entropy(value) >= 3.5 && !codeLike.MatchString(value) && !readsLikeWords(value)
}

var samplePath = regexp.MustCompile(`(?i)(^|/)(tests?|__tests__|test[-_]?data|spec|fixtures?|examples?|samples?|mocks?|demo)/|(_test|_test_data|\.test|\.spec|_spec)\.[a-z]+$|(^|/)test_[^/]*$|\.(example|sample|template|dist)(\.[a-z]+)?$`)
