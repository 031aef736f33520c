package deploy

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

// Lengths of the secret key rule, in bytes after decoding.
const (
	weakKey   = 16 // below: fail
	strongKey = 32 // below: warn; RFC 7518 §3.2 asks 256 bits for HS256
)

// keyFacts is what is known of one secret key without its value.
type keyFacts struct {
	Name     string
	File     string
	Line     int
	Class    class
	Encoding string // hex, base64 or text
	Bytes    int    // after decoding
	Unique   int    // different bytes of the text
	Entropy  float64
	Known    bool     // a default that tutorials and frameworks ship
	Words    bool     // reads like words
	Insecure bool     // begins with django-insecure-
	SameAs   []string // other keys, or the same key of another environment's file
	Tracked  []string // tracked files in which the value stands
}

// knownKeys are values that documentation prints or frameworks ship.
var knownKeys = []string{
	"secret", "secretkey", "secret-key", "secret_key", "supersecret", "super-secret", "super-secret-key",
	"supersecretkey", "my-secret-key", "mysecretkey", "changeme", "your-secret-key", "dev", "development", "test",
	"insecure", "default", "password", "admin", "jwt_secret", "jwtsecret", "my_precious", "thisisasecret",
	"thisissecret", "shhhhh", "shhhhhhared-secret", "keyboard cat", "keyboardcat", "your-256-bit-secret",
	"your-384-bit-secret", "your-512-bit-secret", "a-string-secret-at-least-256-bits-long",
	"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", // FastAPI's security tutorial
	"192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf", // Flask's configuration page
	`_5#y2l"f4q8z\n\xec]/`, // Flask's quick start
}

var (
	spokenWords = regexp.MustCompile(`(?i)(secret|passw|change|example|default|please|insecure|production|develop|company|application)`)
	wordParts   = regexp.MustCompile(`[-_ .]+`)
	letters     = regexp.MustCompile(`^[A-Za-z]{2,12}$`)
)

// describeKey takes a key's value apart; the value is not kept.
func describeKey(name, value string) keyFacts {
	value = strings.TrimPrefix(strings.TrimSpace(value), "base64:") // Laravel's notation
	k := keyFacts{Name: name, Class: classify(name, value, "")}
	if k.Class == classEmpty {
		return k
	}
	k.Encoding, k.Bytes = decodedLength(value)
	k.Unique, k.Entropy = uniqueBytes(value), entropy(value)
	k.Known = slices.Contains(knownKeys, strings.ToLower(value))
	k.Insecure = strings.HasPrefix(strings.ToLower(value), "django-insecure-")
	k.Words = readsLikeWords(value)
	return k
}

func decodedLength(value string) (encoding string, n int) {
	if b, err := hex.DecodeString(value); err == nil && len(value) >= 16 {
		return "hex", len(b)
	}
	trimmed := strings.TrimRight(value, "=")
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := e.DecodeString(trimmed); err == nil && len(value) >= 16 && mixed(trimmed) {
			return "base64", len(b)
		}
	}
	return "text", len(value)
}

// mixed tells whether s has lower and upper case letters and digits, as base64 of random
// bytes has.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") && s != strings.ToLower(s) && s != strings.ToUpper(s)
}

// readsLikeWords recognises passphrases of the kind this-is-my-key, which measure as varied as random text.
func readsLikeWords(value string) bool {
	if spokenWords.MatchString(value) {
		return true
	}
	words := 0
	for _, part := range wordParts.Split(value, -1) {
		if letters.MatchString(part) {
			words++
		}
	}
	return words >= 3
}

// judgeKey applies the rule to one key that is present or missing. django asks for the
// 50 characters of that framework's own deployment check.
func judgeKey(k keyFacts, django bool) (checks.Verdict, string) {
	fails := []struct {
		when bool
		say  string
	}{
		{k.Class == classEmpty, k.Name + " is empty"},
		{k.Known, k.Name + " has a value that tutorials or frameworks ship"},
		{k.Insecure, k.Name + " begins with django-insecure-"},
		{k.Class == classPlaceholder, k.Name + " is a placeholder"},
		{k.Bytes < weakKey, fmt.Sprintf("%s is shorter than %d bytes (%s)", k.Name, weakKey, k.Encoding)},
		{k.Unique < 5, k.Name + " has fewer than 5 different characters"},
		{len(k.SameAs) > 0, k.Name + " has the same value as " + strings.Join(k.SameAs, ", ")},
		{len(k.Tracked) > 0, k.Name + " stands in tracked file " + strings.Join(k.Tracked, ", ")},
	}
	for _, f := range fails {
		if f.when {
			return checks.Fail, f.say
		}
	}
	switch {
	case k.Bytes < strongKey:
		return checks.Warn, fmt.Sprintf("%s has %d to %d bytes, below 256 bits (%s)", k.Name, weakKey, strongKey-1, k.Encoding)
	case k.Entropy < 3:
		return checks.Warn, k.Name + " is not random: under 3 bits a character"
	case k.Words && k.Encoding == "text":
		return checks.Warn, k.Name + " reads like words, not like random bytes"
	case django && k.Encoding == "text" && k.Bytes < 50:
		return checks.Warn, k.Name + " is shorter than the 50 characters Django asks for"
	}
	return checks.Pass, fmt.Sprintf("%s holds %d random-looking bytes or more (%s)", k.Name, strongKey, k.Encoding)
}

// twins names the keys that share the value of values[i]: another name with the same value,
// or the same name in the file of another environment.
func twins(values []keyValue, i int) []string {
	var same []string
	for j, o := range values {
		if j == i || o.value != values[i].value || isEmpty(o.value) {
			continue
		}
		switch {
		case o.name != values[i].name:
			same = append(same, o.name)
		case environmentOf(o.file) != "" && environmentOf(values[i].file) != "" && environmentOf(o.file) != environmentOf(values[i].file):
			same = append(same, o.name+" in "+o.file)
		}
	}
	slices.Sort(same)
	return slices.Compact(same)
}

// keyValue is a key with its value on the way to the rule; it never leaves the package.
type keyValue struct{ name, file, value string }

var environmentPart = regexp.MustCompile(`(?i)(prod|stag|dev|test|ci)`)

// environmentOf names the environment an env file is for, by its name: ".env.staging" is "stag".
func environmentOf(file string) string {
	return strings.ToLower(environmentPart.FindString(file[strings.LastIndexByte(file, '/')+1:]))
}
