package home

import (
	"fmt"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// The title's right end.
const (
	oneNeedsYou = "1 needs you"
	needYou     = "%d need you"
	saved       = "saved"
)

// The first start.
const noReviews = "No reviews yet."

var offers = []offer{
	{action.Create, action.Create, "new review", "of a target file, a repository or a URL"},
	{action.Demo, action.Commands, "demo", "a flawed system here; nothing leaves the machine"},
	{action.OpenFile, action.Commands, "open", "a signed report somebody sent you; read-only"},
}

// What is overdue, over the list and below it.
const (
	overdueLabel = "Overdue"
	noOwner      = "no owner"
	overdueText  = "%s (%s, since %s)" // the condition, its owner, a date
)

// The list.
const (
	unreadable     = "the saved reviews can't be read: %v"
	nothingMatches = "Nothing here matches “%s”. %s looks in the journals of all reviews, %s clears."
	moreBelow      = "%d more ↓"
	damaged        = "damaged"
)

// The orders of the list, as "sorted by …" says them.
const (
	sortedBy    = "sorted by %s"
	byAge       = "age, newest first"
	byDecision  = "decision, worst first"
	byTarget    = "target, then profile"
	byScore     = "score, lowest first"
	byWhatWaits = "what waits for you"
)

// Below the list: the marked review.
const (
	noBlockers      = "No open blockers"
	openBlockerOne  = "open blocker"
	openBlockerMany = "open blockers"
	waitingForYou   = "Waiting for you"
	nothingWaits    = "nothing"
	draftKept       = "%s; a draft is kept at %s" // what else waits, where
	comparedLabel   = "Compared"
	comparedFrom    = "others of its target and profile, with this one: the baseline since %s"
	comparedWith    = "with %s, %s"     // which review that is, when it was made
	comparedShort   = "with that of %s" // where the row lacks room
	comparesOn      = "%s; %s opens"    // the comparison, its key
	journalLabel    = "Journal"
	journalDamaged  = "! %s; opens read-only, nothing was deleted"
)

func journalOf(events int, touched string) string {
	return fmt.Sprintf("%s, last touched %s", screen.Count(events, "event", "events"), touched)
}

// Comparing, and the baseline.
const (
	tickTwo       = "tick two reviews with %s"
	nothingBefore = "nothing of its kind before it; %s" // how to compare all the same
	baselineGone  = "no baseline for %s, %s any more"
	baselineSet   = "reviews of %s, %s are compared with this one now"
)

// Removing a review, and a re-test of it.
const (
	askRemove    = "Remove this review?"
	removeText   = "%s, %s, of %s. After that %s." // target, profile, date, what becomes of it
	removeFailed = "can't remove it: %v"
	readFailed   = "can't read it: %v"
)

// The footer, and why something can't be done now.
const (
	newReview     = "new review"
	tickToCompare = "tick two, {go.compare} compare"
	unpin         = "no baseline any more"
	noneMarked    = "no review is marked"
	nonePinnable  = "no review is marked that can be the baseline"
	itRuns        = "it is running"
)

// For those who hear the list.
const (
	searchesJournals = "looks for it in the journals of all reviews"
	markedIs         = "%s, %s; re-test, remove and the like are for it" // target, id
	toCompareLabel   = "To compare"
	howToCompare     = "tick two by their numbers, such as tick 1 2, then say compare"
	profileOf        = "profile %s"
	touchedNow       = "touched just now"
	touchedAgo       = "touched %s ago"
	waitingFor       = "waiting for you: %s"
)
