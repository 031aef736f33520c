package conditions

const heading = "Conditions and waivers"

// Where there is none yet: the two keys, then what either is.
const (
	noneYet         = "No conditions, no waivers. %s writes a condition, %s waives an item."
	whatConditionIs = "A condition is what a CONDITIONAL GO hangs on: what is done, by whom, until when, and the item that proves it."
	whatWaiverIs    = "A waiver accepts the risk of one item until a day; the item keeps its verdict."
)

// The two lists.
const (
	countOverdue    = "%d overdue"
	conditionColumn = "Condition"
	ownerColumn     = "Owner"
	dueColumn       = "Due"
	proofColumn     = "Proof"
	noOwner         = "not named"
	noDue           = "not said"
	noProof         = "none"
	isOverdue       = "overdue"
	waiverColumn    = "Waiver"
	untilColumn     = "until"
	approvedColumn  = "approved by"
	isLapsed        = "expired"
	nobody          = "nobody"
	reasonLabel     = "reason"
	controlLabel    = "control"
)

// The bottom line: what is wrong with the marked one, and what waivers make of the score.
const (
	overdueCarried = "overdue since the decision that it was made for; met once its proof passes"
	overdueSince   = "overdue since %s"
	brokenSays     = "%s, so the gate says NO-GO"
	metByProof     = "met: its proof passes"
	onlyComplete   = "complete; met once its proof passes"
	lapsedLine     = "expired: the gates count the item in full; %s gives it another day"
	waivedScores   = "waived: raw %s, adjusted %s"
	noItemProves   = "no item proves it yet; %s names one"
)

// What the actions do here, and why not.
const (
	newCondition = "new condition"
	removeWord   = "remove"
	toDecision   = "decision"
	itsItem      = "its item"
)

// The question before a condition is removed: what it is, and the key that brings it back.
const (
	removeTitle = "Remove this condition?"
	removeText  = "%s. %s brings it back."
)

// The dialog of a condition.
const (
	newTitle       = "New condition"
	changeTitle    = "Condition"
	saveWord       = "save"
	conditionNote  = "A condition without owner, deadline or proof is broken: the gate says NO-GO."
	textLabel      = "Condition"
	textHint       = "what has to be done"
	ownerLabel     = "Owner"
	ownerHint      = "who does it"
	dueLabel       = "Due"
	dueHint        = "before deploy, or 24h after"
	notBeforeLabel = "Deploy not before"
	notBeforeHint  = "48h after it is met; may stay empty"
	proofLabel     = "Proof"
	proofHint      = "items that pass once it is done: SEC-02 REL-01"
	noSuchItem     = "the review has no item %s"
	severalItems   = "which %s: %s or %s?" // what was typed, and two items that end so
)

// The dialog of a waiver, beside what package waiver says.
const (
	waiveTitle  = "Waive an item"
	itemLabel   = "Item"
	itemHint    = "SEC-02"
	oneItemOnly = "a waiver is for one item"
)

// The screen told line by line.
const (
	toldNone      = "No conditions, no waivers."
	toldMarked    = "%s, a number marks another; edit and remove are for it"
	toldCondition = "Condition %s: %s, owner %s, due %s, proof %s"
	toldBroken    = "%s, broken: %s"
	toldWaiver    = "Waiver of %s%s, until %s, approved by %s, reason %s, control %s"
)
