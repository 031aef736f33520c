package sign

import (
	"fmt"

	"assess/gonogo/tui/screen"
)

// The titles, of the screen and of its box.
const (
	title       = "Sign"
	titleChoose = "Sign the report"
	titleSigned = "Signed"
)

// The head of the box: what is signed.

// eventsTo says up to which event the journal is signed.
func eventsTo(events int, head string) string {
	return fmt.Sprintf("%s to %.12s", screen.Count(events, "event", "events"), head)
}

func piecesOfEvidence(n int) string {
	return screen.Count(n, "piece of evidence", "pieces of evidence")
}

// The rows, with the hints where nothing was typed.
const (
	keyLabel = "Key"
	looking  = "looking in ~/.ssh and asking the agent"
	moreKeys = "%d more"

	asLabel = "As"

	intoLabel = "Into"
	intoHint  = "the file to write"

	thenLabel    = "Then"
	thenSubmit   = "submit the review"
	thenStays    = "leave the review as it is"
	cannotSubmit = "submit: %s"
	isAlready    = "it is %s already"
)

// What is wrong with a row, or with all of it.
const (
	needsInto   = "name the file to write"
	fileExists  = "%s; name another file"
	cannotSign  = "this review can't be signed here"
	laterDrafts = "A later edit makes a draft, which this signature no longer covers."
)

// unjudgedItems warns of items that nobody and nothing has judged.
func unjudgedItems(n int) string {
	return screen.Count(n, "item is unjudged; the report says so.", "items are unjudged; the report says so.")
}

// What was signed, on the screen and line by line.
const (
	signedAs     = "signed as %s with %s"
	saysSignedAs = "as %s with %s"
	stays        = "the review stays %s"
	submitting   = "submitting"
	submitted    = "submitted"
	verifiesToo  = "gonogo verify %s checks it too"
	verifyDoes   = "checks the file that was written"
)

// What the keys do now.
const (
	toSign   = "sign"
	toGiveUp = "give up"
	toVerify = "verify it"
	toKey    = "key"
	toLeave  = "not now"
)
