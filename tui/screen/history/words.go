package history

import "assess/gonogo/tui/screen"

const (
	heading   = "History"
	headingOf = "History of %s" // an item
)

func eventCount(n int) string { return screen.Count(n, "event", "events") }

// The list, and the marked event under it.
const (
	reading     = "reading the journal"
	undoneWhat  = "undone: %s"
	asRole      = "as role %s: %s"
	undoneLater = "%s, undone later"
)

// What the actions do here, and why not.
const (
	asOfThen    = "see the review as of then"
	openAlready = "that is what is open"
)

// The screen told line by line.
const (
	toldNothing = "Nothing matches."
	toldEvent   = "Event %d: %s, %s, %s"
)
