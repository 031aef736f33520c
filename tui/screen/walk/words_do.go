package walk

import "assess/gonogo/tui/screen"

// The footer's words, where an action is called otherwise than elsewhere.
const (
	runAsksFirst = "run, asks first"
	doFinding    = "finding"
	doJudge      = "judge"
	doEvidence   = "evidence"
	doNext       = "next"
	orderNext    = "order: %s"
	runAgainOf   = "re-run %s" // a category's or a group's name
)

func failedWords(n int) string { return screen.Count(n, "failed item", "failed items") }

// Why something can't be done now.
const (
	markFirst       = "no item is marked"
	isRunning       = "a run is going on; %s stops it"
	nothingToRun    = "nothing waits to be run; %s runs an item again"
	nothingHereRuns = "nothing here can be run"
	noFailureRuns   = "nothing failed that can be run"
	applyNot        = "does not apply: %s"
	isQuestion      = "a question; there is nothing to run"
	isWaiting       = "waits: %s"
	noVerdictYet    = "the machine has no verdict yet"
	noneOfYours     = "none of yours here"
	nothingToAccept = "nothing to accept: it is %s" // a verdict
	nothingWaits    = "nothing waits for you"
	noOtherFails    = "no other item fails"
	nothingIsListed = "nothing is listed"
	noAddress       = "neither a request nor a reference here has an address"
	noMoreEvidence  = "no more evidence"
)

// What a dialog's footer says beside its own word.
const (
	backWord = "%s back" // a key
)

// The note's dialog.
const (
	noteTitle = "Note on %s"
	noteYes   = "save"
	noteSays  = "The report prints it with the item. An empty note removes it."
)

// What was recorded of a waiver.
const (
	waivedIsSaved = "%s waived until %s"
)

// The assignment's dialog.
const (
	assignTitle   = "Assign %s"
	assignYes     = "assign"
	assignTo      = "To"
	assignNobody  = "nobody"
	assignSays    = "A note for those who work on this review: anybody’s judgement counts."
	assignEmpty   = "An empty name takes it back."
	assignYours   = "Left empty, it is yours: %s."
	assignOthers  = "Also on this review: %s."
	assignedSaved = "%s assigned to %s%s" // items, whom, and that it waits to be saved
)

// The dialog that brings evidence.
const (
	attachTitle   = "Attach to %s"
	attachYes     = "attach"
	attachFile    = "File"
	attachHint    = "./restart.log or ~/notes/db.txt"
	attachSays    = "Text of at most %s. What looks like a secret is taken out before it is kept; the report lists it as stated by a person."
	attachForeign = "The target came with the review: its own tokens and passwords are not known here, so take them out yourself."
	attachedSaved = "%s attached to %s%s" // what, items, and that it waits to be saved
)

// The root cause's dialog.
const (
	causeTitle      = "Root cause of %s"
	causeNew        = "new: “%s”"
	causesNone      = "None yet. Type what they have in common."
	causeWillTake   = "It will explain %s; each keeps its verdict, and one finding covers them all."
	causeHasAlready = "It explains %s already. Enter takes that back."
	causeLink       = "link"
	causeTakeOut    = "take out"
	causeSaved      = "cause %s explains %s" // its title, how many items
)

func itemsWords(n int) string { return screen.Count(n, "item", "items") }

// What was recorded, the key that takes it back, and where one is now.
const (
	agreed       = "agreed"
	asMachine    = "as the machine says" // the reason of an agreement where it gave none
	keyUndoes    = "%s · %s undoes"
	thenNext     = " · next %s"
	thenNoneLeft = " · nothing else waits for you"
)

// Copying and opening.
const (
	copiedWhat    = "copied %s: %s" // what, and what took it
	copiedHistory = "its history"
	copiedCurl    = "the request as curl"
	copyAsCurl    = "copy as curl"
	copiedPiece   = "the evidence"
	openedWhat    = "opened %s"
	openedNowhere = "no browser here; copied %s: %s"
	openedNot     = "can't open it: %v"
)

// Running.
const (
	runAfterThis = "allowed; begins when the run that is going on has ended"
	loadBegins   = "load begins; %s shows it"
)
