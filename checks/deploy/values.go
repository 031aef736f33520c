package deploy

import (
	"math"
	"regexp"
	"strings"

	"assess/gonogo/checks/secrets"
)

// Class says what kind of value a variable has; it is all that a report learns of it.
type class string

const (
	classSet         class = "set"
	classEmpty       class = "empty"
	classPlaceholder class = "placeholder"
	classExample     class = "same as the example file"
)

// classify tells the class of a variable's value. example is what the example file gives
// the same name, empty when it gives nothing.
func classify(name, value, example string) class {
	switch {
	case isEmpty(value):
		return classEmpty
	case isPlaceholder(name, value):
		return classPlaceholder
	case value == example && !isOrdinary(value):
		return classExample
	}
	return classSet
}

// isEmpty tells a value that sets nothing. The comment of `NAME=   # note`, which dotenv
// parsers hand over as the value, is already gone when source has read the file.
func isEmpty(value string) bool { return strings.TrimSpace(value) == "" }

var (
	// partPlaceholder adds to secrets.Placeholder what stands inside addresses and names.
	partPlaceholder = regexp.MustCompile(`(?i)((^|[/@:.=<])your[-_ ]|-here$|_here$|\.invalid($|[:/]))`)
	ordinary        = regexp.MustCompile(`(?i)^(-?[0-9.]+[a-z%]{0,3}|true|false|yes|no|on|off|none|prod(uction)?|staging|` +
		`dev(elopment)?|test(ing)?|local|debug|info|notice|warn(ing)?|error|json|text|utc|/)$`)
	secretName = regexp.MustCompile(`(?i)(secret|passw(or)?d|pwd|token|api_?key|private_?key|access_?key|signing_?key|encryption_?key|_key$|^key$|dsn|credential)`)
	publicName = regexp.MustCompile(`(?i)(public|publishable|expir|ttl|_url$|_file$|_path$|_length$|_header$|_name$|algorithm|max_|min_)`)
)

// isPlaceholder recognises values that stand where a real one belongs, the names that
// RFC 2606 reserves for documentation among them.
func isPlaceholder(name, value string) bool {
	v := strings.Trim(strings.TrimSpace(value), `"'`)
	switch {
	case v == "":
		return false
	case strings.EqualFold(v, name), partPlaceholder.MatchString(v):
		return true
	case isSecretName(name):
		return secrets.Placeholder(v)
	}
	// *, / and 8888 are placeholders for a password, but values of their own elsewhere.
	return len(v) > 2 && !isOrdinary(v) && secrets.Placeholder(v)
}

// isOrdinary tells values that an example file gives rightly: numbers, switches, modes and
// log levels.
func isOrdinary(value string) bool { return ordinary.MatchString(strings.TrimSpace(value)) }

// isSecretName tells names whose value is a secret.
func isSecretName(name string) bool {
	return secretName.MatchString(name) && !publicName.MatchString(name)
}

// lengthClass says how long a value is without saying how long exactly.
func lengthClass(value string) string {
	switch n := len(value); {
	case n == 0:
		return "0"
	case n < 8:
		return "1-7"
	case n < 16:
		return "8-15"
	case n < 32:
		return "16-31"
	case n < 64:
		return "32-63"
	}
	return "64 or more"
}

func uniqueBytes(s string) int {
	var seen [256]bool
	n := 0
	for i := range len(s) {
		if !seen[s[i]] {
			seen[s[i]] = true
			n++
		}
	}
	return n
}

// entropy is Shannon's, in bits a byte of s.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
