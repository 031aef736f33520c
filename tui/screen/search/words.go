package search

import (
	"fmt"

	"assess/gonogo/tui/screen"
)

const heading = "Search"

// How much was found.
const firstFound = "the first %s" // where there is more

func found(events, reviews int) string {
	return fmt.Sprintf("%s in %s", screen.Count(events, "event", "events"), screen.Count(reviews, "review", "reviews"))
}

// What stands there instead of a list.
const (
	cannotRead   = "! the journals can't be read: %s"
	notAsked     = "Nothing was searched for. %s asks for a text."
	reading      = "reading the journals"
	nothingFound = "No review says “%s”. %s searches for other words."
)

// The list, and where the marked one is from.
const (
	reviewColumn = "Review"
	whenColumn   = "When"
	byColumn     = "By"
	whatColumn   = "What happened"
	placeOf      = "%s, event %d, by %s, %s"
	notEvidence  = "evidence itself is not searched"
)

// What the actions do here, and why not.
const (
	otherWords   = "other words"
	noneToNarrow = "nothing was found"
	narrow       = "narrow"
)

// The screen told line by line.
const toldTitle = "Search for “%s”"
