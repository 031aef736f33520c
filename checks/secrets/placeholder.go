package secrets

import (
	"regexp"
	"slices"
	"strings"
)

// hole is a reference to a value kept elsewhere: ${NAME}, $(command), {{ name }}, <name>,
// %(name)s, $NAME.
var hole = regexp.MustCompile(`^(?:\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|<[^<>]*>|%\([^)]*\)s|\$[A-Z_][A-Z0-9_]*|process\.env\..*|os\.environ.*|os\.getenv.*)$`)

// fillers are what people write where a secret will be, with everything but letters and
// digits taken out.
var (
	fillers = []string{
		"changeme", "changethis", "changeit", "replaceme", "replacethis", "replacewith", "placeholder",
		"example", "dummy", "redacted", "notasecret", "insertyour", "enteryour", "putyour",
		"yoursecret", "yourpassword", "yourtoken", "yourapikey", "youraccess", "yourkey",
	}
	wholeFillers = []string{
		"test", "todo", "tbd", "fixme", "none", "null", "nil", "undefined", "unset", "sample", "foo", "bar", "foobar",
	}
)

var notAlnum = regexp.MustCompile(`[^a-z0-9]+`)

// Placeholder reports whether value stands for a secret that is yet to be filled in, or
// refers to one kept elsewhere: "", changeme, your-key-here, xxxx, <token>, ${TOKEN},
// anything that calls itself an example, one character repeated.
func Placeholder(value string) bool {
	value = strings.TrimSpace(value)
	if value == "" || oneCharacter(value) || hole.MatchString(value) || marked.FindString(value) == value {
		return true
	}
	bare := notAlnum.ReplaceAllString(strings.ToLower(value), "")
	switch {
	case bare == "" || oneCharacter(bare):
		return true
	case strings.HasPrefix(bare, "xxx"), strings.HasPrefix(bare, "your") && strings.HasSuffix(bare, "here"):
		return true
	case slices.Contains(wholeFillers, bare):
		return true
	}
	return slices.ContainsFunc(fillers, func(f string) bool { return strings.Contains(bare, f) })
}

// reference reports whether value names a secret instead of being one. Such text stays:
// that a file says ${DB_PASSWORD} is the evidence.
func reference(value []byte) bool { return hole.Match(value) }
