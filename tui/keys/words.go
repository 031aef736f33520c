package keys

// Never lists keys that can't be bound, with the reason: a terminal does not tell them
// from others, or a multiplexer takes them.
var Never = map[string]string{
	"ctrl+i": "is Tab to a terminal",
	"ctrl+m": "is Enter to a terminal",
	"ctrl+h": "is Backspace to some terminals",
	"ctrl+@": "is typed as Ctrl+Space, which input methods take",
	"ctrl+a": "is taken by terminal multiplexers",
	"ctrl+b": "is taken by terminal multiplexers",
}

// What is wrong with a person's bindings: where it stands, then what.
const (
	noAction   = "%s: no action %q; did you mean %q?"
	noKey      = "%s: %s: %s %s" // where, the action, the key, and why of Never
	twoActions = "%s means both %s and %s"
)
