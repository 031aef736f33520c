package walk

// The walk line by line. Roles begin a line; what has a label on the screen keeps it here.

// The review and its categories.
const (
	tellReviewOf   = "Review of %s, profile %s"
	roleDecision   = "Decision"
	roleItems      = "Items"
	roleWaiting    = "Waiting"
	roleReadOnly   = "Read-only"
	tellItems      = "%d: %s" // how many, and the counts
	tellFailed     = "Failed before: %s"
	tellCategory   = "%s: %s" // its title, the counts
	tellCategories = "all categories"
)

// The items of a category.
const (
	roleFilter    = "Filter"
	rowJudgedBy   = "judged by %s"
	rowConsent    = "needs consent"
	rowWaived     = "waived"
	rowMarked     = "marked"
	rowOpen       = "open %s" // its gate class
	tellNext      = "the next item"
	tellPrevious  = "the item before"
	tellFailure   = "the next item that fails"
	noItemThere   = "there is no item on that side"
	noFailureElse = "nothing else fails"
)

// One item.
const (
	tellItemIs    = "Item %s, %s"
	roleCategory  = "Category"
	tellItemPlace = "%s, %s, item %d of %d" // category, weight, place
	roleQuestion  = "Question"
	nothingYet    = "nothing yet"
	tellWaived    = "until %s, approved by %s"
	tellMarked    = "to come back to"
	roleAssigned  = "Assigned"
	tellAssigned  = "to %s"
	tellWhy       = "why it matters, how to mend it, what is linked"
)

// The evidence of an item.
const (
	tellEvidenceRow  = "Evidence: %s, %s" // what, its size
	tellEvidenceNone = "Evidence: none"
	tellEvidenceOf   = "Evidence %d of %d, %s: %s" // which, of how many, view, what
	tellEvidenceLine = "Evidence: %s"
)

// What is asked for.
const (
	askStrength   = "how you know it"
	askCause      = "Root cause"
	askCauseHow   = "a number takes that cause, a title makes a new one"
	tellCause     = "Cause %d: %s, explains %d"
	tellCauseThis = "%s, this too: its number takes that back"
	noSuchCause   = "there is no cause %d"
)
