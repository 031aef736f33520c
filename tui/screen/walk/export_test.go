package walk

import "context"

// Openers are replaced by tests: no browser is started, and no clipboard is touched.
func Openers(open func(context.Context, string) (string, error), take func(string) string) (restore func()) {
	o, c := openURL, copyText
	openURL, copyText = open, take
	return func() { openURL, copyText = o, c }
}

// Shared and Requested are tested by themselves.
var (
	Shared    = shared
	Requested = requested
)
