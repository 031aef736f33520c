package themes

// Token is what a piece of text means. Screens name tokens, never colours.
type Token uint8

// The tokens. Colour is never the only sign of a state: each of the verdict tokens paints
// a sign and its word, never a row.
const (
	Text   Token = iota // plain text
	Muted               // labels, units, pending, na
	Strong              // a screen's one headline, chosen values
	Rule                // the thin rule
	Focus               // the heavy rule and the cursor
	Select              // background of the cursor's row, the only fill
	Match               // filter hits, also underlined
	Pass
	Warn
	Fail
	Unknown // inconclusive
	Consent // needs consent
	Running
	Blocker // the letter B, open blockers
	Added
	Removed
	Changed
	Redacted
	Evidence // foreign text
	Info     // toasts
	Error    // toasts
	P50
	P90
	P99
	tokens // how many there are
)

// Count is the number of tokens, for tables indexed by Token.
const Count = int(tokens)

var tokenNames = [Count]string{
	"text", "muted", "strong", "rule", "focus", "select", "match",
	"pass", "warn", "fail", "unknown", "consent", "running", "blocker",
	"added", "removed", "changed", "redacted", "evidence", "info", "error",
	"p50", "p90", "p99",
}

// String is the token's name in theme files.
func (t Token) String() string { return tokenNames[t] }

// Readable reports whether the token paints text that people read, and so has to keep a
// contrast of 4.5:1 (WCAG 2.2, success criterion 1.4.3). Rules and the fill are not text.
func (t Token) Readable() bool { return t != Rule && t != Select }

// tokenNamed finds a token by its name in theme files.
func tokenNamed(name string) (Token, bool) {
	for i, n := range tokenNames {
		if n == name {
			return Token(i), true
		}
	}
	return 0, false
}
