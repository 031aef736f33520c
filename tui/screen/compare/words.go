package compare

import (
	"fmt"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

const heading = "Compare"

// The two reviews at the top, and what the difference of their scores is made of.
const (
	readOnly    = "read-only"
	reading     = "reading both reviews"
	goesBack    = "! %s. %s goes back."
	unchanged   = "unchanged"
	cameAndWent = "newly or no longer known"
	onlyWent    = "no longer known"
)

// The groups, or the table of all items.
const (
	keyOpens       = "%s opens"
	itemColumn     = "Item"
	verdictsColumn = "old new"
	becameColumn   = "became"
	seenColumn     = "seen now"
	notAsked       = "not asked"
)

// became are the groups in a word, for the table.
var became = map[string]string{
	sessions.Regressed: "regressed", sessions.NewFailure: "new failure", sessions.NoLongerKnown: "not known",
	sessions.Fixed: "fixed", sessions.NewlyKnown: "newly known", sessions.StillOpen: "still open",
	sessions.ObservationChanged: "looks changed", sessions.DefinitionChanged: "rule changed", sessions.Same: "the same",
}

// The bottom line: how much could be compared, and why with that review.
const (
	comparedWith  = "%s; compared with %s"
	sortedByItem  = "sorted by item"
	sortedAsGiven = "sorted by the profile’s order"
)

func itemsCompared(items, comparable int) string {
	return fmt.Sprintf("%s, %d comparable", screen.Count(items, "item", "items"), comparable)
}

// What the actions do here, and why not.
const (
	notYet       = "nothing is compared yet"
	noGroups     = "the table has no groups"
	openGroup    = "open"
	openItem     = "both sides"
	openClose    = "open, close"
	toTable      = "table"
	toGroups     = "groups"
	newersReport = "the newer one’s report"
)

// One item in both reviews.
const (
	beforeLabel  = "before"
	nowLabel     = "now"
	versionOfDay = "%s of %s"
	machineLabel = "machine"
	personLabel  = "reviewer"
	personSaid   = "%s: %s (%s)"
	countsWhen   = "%s; counts when the machine says %s again"
	countsNoMore = "%s; counts no more, the machine’s verdict changed since"
	waivedLabel  = "waived"
	waivedUntil  = "until %s: %s (%s)"
	scrollWord   = "scroll"
	backWord     = "back"
)

// The screen told line by line.
const (
	toldReading   = "Reading both reviews."
	toldDecision  = "%s to %s, %.1f to %s"
	toldGroup     = "Group: %s, %s"
	toldGroupOpen = "Group: %s, %s, open, its items follow"
	rowsHint      = "a group’s number opens or closes it, an item’s says both sides"
	toldChange    = "%s, from %s to %s"
	noVerdict     = "nothing"
	toldBefore    = "Before"
	toldNow       = "Now"
	countsAs      = "counts as %s"
)
