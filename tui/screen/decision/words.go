package decision

import (
	"fmt"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

const heading = "Decision"

// The bottom line: where sign-off is, and the key that moves it along.
const (
	draftLine     = "a draft: %s submits it to a lead"
	submittedLine = "submitted: %s for a lead to accept or return it"
	acceptedLine  = "accepted: %s returns it with a comment"
	returnedLine  = "returned: %s submits it again"
)

// The decision at the top: how many gates say it, and what was declared.
const (
	firstDecides   = "%s, the first decides"
	soFar          = "%s so far"
	scoreRange     = "(%.1f–%.1f %%)"
	coverageOf     = "coverage %.0f %%"
	declaredLabel  = "declared"
	noneDeclared   = "nothing yet"
	asComputed     = "as computed"
	onWordOf       = "%s, on the word of %s"
	noLongerStands = "no longer stands: %s"
)

// gatesMatch says how many gates match.
func gatesMatch(n int) string {
	if n == 0 {
		return "no gate matches"
	}
	return screen.Count(n, "gate matches", "gates match")
}

// stillRun says how many items of a run are still to come.
func stillRun(n int) string { return screen.Count(n, "item still runs", "items still run") }

// Under the declaration: why, where sign-off is, and what the decision stands on.
const (
	becauseLabel  = "because"
	signOffLabel  = "sign-off"
	standsOnLabel = "stands on"
	signedOffBy   = "%s by %s %s"
	overdueCount  = "%d overdue"
)

func conditionCount(n, broken int) string {
	out := screen.Count(n, "condition", "conditions")
	if broken > 0 {
		out += fmt.Sprintf(", %d broken", broken)
	}
	return out
}

func waiverCount(n int, adjusted float64) string {
	return fmt.Sprintf("%s, adjusted %s", screen.Count(n, "waiver", "waivers"), screen.Percent(adjusted, 1))
}

func overrideCount(n int) string { return screen.Count(n, "override", "overrides") }

// The gates, and what they match by.
const (
	gateColumn  = "Gate"
	saysColumn  = "says"
	byColumn    = "by"
	gateIsQuiet = "no match"

	noGateHolds      = "No gate matches: it is GO."
	isIncomplete     = "incomplete"
	titledIncomplete = "%s (incomplete)"
)

// moreQuiet counts the gates that match nothing and are not listed.
func moreQuiet(n int) string { return screen.Count(n, "more does not match", "more do not match") }

// gatesFolded counts the gates that are not listed; the key lists them.
func gatesFolded(match, quiet int, key string) string {
	return fmt.Sprintf("%s, %s; %s lists them", screen.Count(match, "more matches", "more match"), screen.Count(quiet, "does not", "do not"), key)
}

// The path to GO.
const (
	pathHead      = "Path to GO, the fewest causes to mend"
	pathHeadShort = "Path to GO"
	itemsColumn   = "items"
	thenColumn    = "then"
	moreSteps     = "%d more %s"
)

// noPath says why there is no path to GO.
func noPath(computed sessions.Decision) string {
	switch computed {
	case sessions.Go:
		return "Nothing stands in the way of GO."
	case sessions.Incomplete:
		return "Nothing is judged yet: the path to GO shows as soon as something is."
	}
	return "No set of items alone leads to GO: the gates above say what is missing."
}

// ifPassed asks what would be if the ticked items passed.
func ifPassed(items int) string {
	if items == 1 {
		return "What if the ticked item passed"
	}
	return fmt.Sprintf("What if the %d ticked items passed", items)
}

// What the actions do here, and why not.
const (
	stepsItems   = "its items"
	heldItem     = "its item"
	toConditions = "conditions"
	toGates      = "gates"
	toPath       = "path"
	noStep       = "nothing stands on the path"
	onlyOnPath   = "the path to GO has the what-if"
	submitWord   = "submit"
	acceptWord   = "accept"
	returnWord   = "return"
	acceptReturn = "accept, return"
)

// choices are the words of the declaration, with what they stand for.
var choices = []choice{
	{asComputed, ""}, {"GO", sessions.Go}, {"CONDITIONAL GO", sessions.ConditionalGo}, {"NO-GO", sessions.NoGo},
}

// The dialog that declares.
const (
	declareTitle  = "Declare the decision"
	declareNote   = "Computed: %s. You may always be stricter; being milder takes a lead’s name and a reason. The report prints both."
	declareWord   = "declare"
	decisionLabel = "Decision"
	reasonLabel   = "Reason"
	reasonHint    = "why; the report prints it"
	leadLabel     = "Lead"
	leadHint      = "who answers for a milder decision"
	otherNeedsWhy = "another than the computed one needs its reason"
	milderNeeds   = "milder than %s takes a lead’s name"
)

// The dialogs of sign-off: submitting, a lead's word, and returning.
const (
	submitTitle    = "Submit the review?"
	submitNote     = "The review goes to a lead as %s, %s, to be accepted or returned. A later edit makes it a draft again."
	leadTitle      = "Accept or return"
	leadNote       = "Your word is kept in this review, under your name. Elsewhere only a countersignature holds: %s on the signed file."
	leadSave       = "save"
	asLeadLabel    = "As a lead"
	commentLabel   = "Comment"
	commentHint    = "needed to return it; the report prints it"
	commentMissing = "say what has to be done first"
	returnTitle    = "Return the review"
	returnHint     = "what has to be done first"
	returnYes      = "return it"
)

// itemsWait says before submitting how many items wait for the reviewer.
func itemsWait(n int) string {
	return screen.Count(n, "item still waits for you.", "items still wait for you.")
}

// The screen told line by line.
const (
	toldGate    = "%s, says %s"
	toldGateBy  = "%s, says %s, by %s"
	toldHeld    = "%s, holds: %s"
	toldStep    = "Path: %s, %s, then %s %s"
	toldTicked  = "%s, ticked"
	tickHint    = "the fewest causes to mend; a number ticks one and says what if"
	whatIfLabel = "What if"
	toldWhatIf  = "with the ticked causes mended, %s becomes %s and %.1f becomes %s"
	condsHint   = "conditions and waivers"
	acceptHint  = "as a lead, accepts it or returns it"
	leadReturns = "as a lead, returns it with a comment"
	submitsIt   = "submits the review for acceptance"
)

func stepItems(n int) string { return screen.Count(n, "item", "items") }

func deadlinesOver(n int) string {
	return screen.Count(n, "deadline is over; conditions says which", "deadlines are over; conditions says which")
}

func thingsHold(n int) string {
	return screen.Count(n, "thing; a number goes to it", "things; a number goes to it")
}
