package walk

import (
	"assess/gonogo/checks"
	"assess/gonogo/tui/screen"
)

// The title, and the status line where the walk has something to say there.
const (
	heading     = "Walk" // in help and where the screen is told
	titleSpan   = " (%s)"
	titleWide   = " (%s, coverage %.0f %%)"
	whereInList = "%s · %d of %d in %s" // an item's weight, its place, its category
	escKeeps    = "Esc keeps what is typed as a draft"
	draftKeptAt = "• draft kept %s"
	asItWas     = "%s is as it was before"
	asTheyWere  = "%d items are as they were before"
)

func tickedWords(n int) string {
	return screen.Count(n, "item ticked: a verdict goes to it", "items ticked: a verdict goes to all of them")
}

// The outline, from its head to its last line.
const (
	headCategories  = "Category"
	headOutline     = "Outline" // where the items stand in it
	allCounted      = "All %d"
	allBrief        = "All"
	keyWhy          = "%s why"
	outlineCoverage = "coverage"
	headCauses      = "Root causes"
	headFindings    = "Findings"
	headSent        = "Sent"
	sentLater       = "counted at the end"
)

// findingGroups are the lines under Findings: the horizons, as findings name them, and what
// is done well.
var findingGroups = []string{"immediate", "short term", "long term", "strengths"}

func openBlockersWords(n int) string { return screen.Count(n, "open blocker", "open blockers") }
func blockersWords(n int) string     { return screen.Count(n, "blocker", "blockers") } // beside the label Open
func requestsWords(n int) string     { return screen.Count(n, "request", "requests") }

func gatesWords(n int) string {
	if n == 0 {
		return "no gate says NO-GO"
	}
	return screen.Count(n, "gate says NO-GO", "gates say NO-GO")
}

// The list: what it can be of, its head, and what stands in it beside items.
const (
	listOfFailures = "Failed before"
	listOfAll      = "All items"
	listOfBlockers = "Open blockers"
	listOfACause   = "Root cause"
	passOf         = "%d of %d"
	passNow        = "%d of %d pass now"
	explainsMany   = "explains %d"
	needsYou       = "Needs you" // heads what waits for the person elsewhere
	elsewhereHead  = "Elsewhere" // heads what the filter finds in other places
	moreRows       = "%d more %s"
	nothingHere    = "Nothing here."
)

// orderWords say how the list is grouped.
var orderWords = [orderCount]string{"by category", "by severity", "by verdict", "by root cause", "by assessor", "shortest path to a decision"}

// Headings of groups.
const (
	openWithoutCause = "open, without a cause"
	nothingToExplain = "nothing to explain"
	assignedToNobody = "assigned to nobody"
	assignedToYou    = "%s (you)"
)

// decisionGroups are the groups of the shortest path to a decision: what says NO-GO by
// itself, what may, what makes it conditional, what is needed for coverage, and what changes
// nothing any more.
var decisionGroups = []string{"blockers, open", "blockers, not known yet", "conditions, open", "conditions, not known yet", "others, not known yet", "decided"}

// knownShort is how a verdict is known, in the few cells of a row.
var knownShort = map[checks.Strength]string{checks.ObservedLive: "live", checks.Configuration: "config",
	checks.Stated: "stated", checks.Inferred: "infer"}

// severityShort are the severities that a row has a shorter word for.
var severityShort = map[checks.Severity]string{checks.Critical: "crit", checks.Medium: "med"}

// looseWords lead to what follows: a title that is cut does not end in one.
var looseWords = []string{" &", " and", " of", " the"}

// mineWord is what finds the person's own items in the list's filter.
const mineWord = "mine"

// What the filter was found in, beside id and title.
const (
	inReason     = "reason"
	inAssignment = "assigned"
	inNote       = "note"
	inFinding    = "finding"
	inCause      = "cause"
	inQuestion   = "question"
	inEvidence   = "evidence"
	inAdvice     = "advice"
)

// The labels of what is said of an item or of a category.
const (
	labelMachine  = "Machine"
	labelYou      = "You"
	labelCounts   = "Counts"
	labelReason   = "Reason"
	labelStrength = "Strength"
	labelFor      = "For"
	labelGuide    = "Guide"
	labelWhy      = "Why"
	labelFix      = "Fix"
	labelRefs     = "Refs"
	labelCause    = "Cause"
	labelFinding  = "Finding"
	labelBefore   = "Before"
	labelNote     = "Note"
	labelWaived   = "Waived"
	labelMarked   = "Marked"
	labelScore    = "Score"
	labelRange    = "Range"
	labelKnown    = "Known"
	labelOpen     = "Open"
)

// Beside the verdicts: how the machine knows, what the person said, what counts.
const (
	needsConsent  = "needs consent, %s asks"
	noCheckTells  = "no check can tell"
	waitsBrief    = "waits"
	runsNow       = "running"
	notRunYet     = "not run yet"
	knownFrom     = "%s, from %s" // how, and the host it was seen from
	judgedBy      = "by %s, %s"   // who, and when
	strengthBy    = "%s by %s"
	readOnly      = "read-only"
	keysAgree     = "%s, %s agrees" // the keys of verdicts, and that of agreeing
	countsOnPage  = "counts"
	yoursExpired  = "yours expired %s"
	yoursCarried  = "from before, on the machine’s %s: counts when it says so again"
	yoursOutdated = "changed since you judged"
)

// The reasons.
const (
	doesNotApply = "Does not apply: %s"
	waitsFor     = "Waits: %s"
	byToday      = "By today’s rules %s %s; this profile decides otherwise (%s)."
	quoted       = "“%s”"
	draftOf      = "• draft: %s"
)

// What is linked to an item.
const (
	you          = "you"
	causeOfMany  = "%s (%d)"
	noCauseYet   = "none, %s links one"
	waivedWords  = "%s Control: %s Approved by %s, until %s."
	toComeBackTo = "to come back to, %s unmarks"
	earlierRun   = "earlier"
	enterOpensIt = "Enter opens it."
)

// What is out of sight, and how one comes to it: said after it, where there is room.
const (
	enterOpens   = "Enter opens"
	thenOpens    = ", Enter opens"
	thenReadsOn  = ", Enter reads on"
	thenKeyReads = ", %s reads on"
)

func belowWords(n int) string { return screen.Count(n, "line more below", "lines more below") }

// The evidence.
const (
	evidenceCount  = "Evidence %d"
	evidenceOf     = "Evidence %d of %d"
	keyTurns       = "%s turns"
	viewKeyTurns   = "%s, %s turns" // the view that is on
	keyNextPiece   = "%s next, %s"  // the next piece's key, and how the view turns
	noEvidence     = "No evidence yet."
	evidenceGone   = "taken out: %s"
	evidenceComes  = "reading it"
	evidenceBroken = "can't be read: %s"
	hintOnly       = "%s (a hint, never counts)"
	keptAs         = "sha256 %s · %s" // its hash and its size
	keptAttached   = "%s · attached"
	keptFrom       = "%s · from host %s"
	pictureSize    = "picture, %d×%d, %d KB"
	pictureHow     = "to look at it: gonogo pack, unzip the file, open the evidence’s .png"
)

// viewNames are the views of the evidence.
var viewNames = []string{"exchange", "summary", "raw", "history"}

// The history.
const (
	historyHead   = "History"
	historyOpens  = "%s goes back in time, %s"
	historyUndone = "%s (undone)"
	historyEmpty  = "nothing has happened to it yet"
)

// The sheet that asks for a reason, and its footer.
const (
	reasonFor     = "required for %s; the report prints it"
	reasonNeeded  = "a reason is needed"
	reasonDrafted = "the reason for %s is kept as a draft"
	saveNext      = "save, next"
	saveStay      = "save, stay"
	goBack        = "back"
	fieldVerdict  = "verdict"
	fieldStrength = "strength"
)

func tickedItems(n int) string { return screen.Count(n, "ticked item", "ticked items") }
