package app

import (
	"cmp"
	"fmt"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// A window that is too small.
const (
	tooSmall      = "gonogo needs %dx%d, this is %dx%d."
	enlarge       = "Enlarge the window, or %s leaves." // the key
	wholeSaved    = "Everything is saved."
	notWholeSaved = "Not everything is saved yet."
)

// The status line, and the footer under it.
const (
	filterHolds = "“%s”, %s clears · %s" // what it looks for, the key, and what is said anyway
	allKeys     = "keys"
	filterKeep  = "keep"
	filterClear = "clear"
)

// screen.NotNow says why what was asked for isn't done.
// Why something can't be done now.
const (
	noSuchScreen  = "this build has no such screen"
	allSaved      = "everything is saved"
	noColour      = "this terminal shows no colour"
	noDemo        = "started with gonogo demo"
	noList        = "no list here"
	stillRunning  = "%s is still running; %s in its walk stops it" // the target, the key
	noScreenNamed = "this build has no screen %s"
)

// What the mouse does, and how what runs is painted.
const (
	mouseMarks   = "the mouse marks rows; hold Shift to select text"
	mouseSelects = "the mouse selects text"
	motionCalm   = "calm: what runs is painted once a second at most, without a clock"
	motionFull   = "what runs is painted as it comes"
)

// Themes.
const (
	themeStays  = "theme %s stays: %s"
	themeIs     = "theme %s"
	themeReread = "theme %s, as its file says now"
)

// Opening, running and saving.
const (
	readOnly         = "read-only: %s"
	cantOpen         = "can't open %s: %v"
	cantDemo         = "can't start the demo: %v"
	pasteCut         = "what was pasted is longer than %d KB: only its beginning was taken"
	cantKeep         = "can't keep the draft: %v"
	stopsNow         = "stopping"
	endedEarly       = "the run ended early: %v"
	notSaved         = "not saved: %v"
	notSavedConflict = "not saved: somebody else wrote to this review; what you typed is kept"
	waitsInMemory    = "what waits to be saved is in memory alone: %v"
)

// The dialog that asks for a report file.
const (
	fileTitle = "Open a signed report"
	fileAsk   = "The path of a .gonogo file. It is verified first, and opens read-only."
	fileOpen  = "open"
)

// Help, the palette, and the list of messages.
const (
	helpTitle     = "Keys here: %s" // the screen
	helpIdle      = "%s finds, %s runs the marked one"
	menuRun       = "run"
	menuBack      = "back"
	menuFind      = "find"
	menuNothing   = "Nothing matches “%s”."
	menuMore      = "%s more below"
	messagesTitle = "Messages"
	messagesNone  = "No messages yet. %s goes back."
)

func messageCount(n int) string { return screen.Count(n, "message", "messages") }

// Leaving.
const (
	loseTitle  = "Leave and lose it?"
	loseYes    = "leave and lose it"
	leaveTitle = "Leave now?"
	leaveRun   = "A run is going on; leaving cuts it off. What ran is saved."
	leaveYes   = "leave"
	leavesRun  = "stopping, then leaving; again leaves at once"
)

// loseAsk says what leaving would lose; commands is the palette's key.
func loseAsk(n int, commands string) string {
	return fmt.Sprintf("%s in memory only. Not now, then %s %s keeps the whole review in another folder.", changesAre(n), commands, saveElsewhere)
}

// loseWarning says it to who left without being asked.
func loseWarning(n int, commands string) string {
	if n == 1 {
		return fmt.Sprintf("1 change is in memory only; again loses it, %s %s keeps it", commands, saveElsewhere)
	}
	return fmt.Sprintf("%s in memory only; again loses them, %s %s keeps them", changesAre(n), commands, saveElsewhere)
}

func changesAre(n int) string { return screen.Count(n, "change is", "changes are") }

// saveElsewhere is the action's name, for sentences.
var saveElsewhere = func() string { a, _ := action.Find(action.Elsewhere); return a.Words }()

// A review that can't be saved where it is.
const (
	rescueTitle = "This review can't be saved where it is"
	rescueYes   = "keep it there"
	rescueFails = "not kept in %s: %v. %s %s takes another folder" // the palette's key, and the action
	rescueDone  = "the whole review is kept in %[1]s. Leave, then: gonogo --home %[1]s resume %[2]s"
)

// rescueAsk asks for the folder.
func rescueAsk(n int) string {
	return changesAre(n) + " in memory only. A folder on a disk with room takes the whole review, evidence and drafts too."
}

// What was half-typed in an earlier sitting and belongs to no review.
const (
	deskTitle       = "Half-typed"
	deskIntro       = "Typed in an earlier sitting, and not used yet. It is kept on this machine until it is used or dropped."
	deskReview      = "New review"
	deskReviewOf    = "%s, by %s" // the target, and the assessor
	deskCountersign = "Countersign %s"
	deskGoOn        = "go on"
	deskDrop        = "drop it"
	deskChoose      = "choose"
	deskLater       = "later"
	dropTitle       = "Drop what was typed?"
	dropAsk         = "%s: “%s”. Nothing brings it back."
)

// A sitting that ended without closing.
const (
	welcomeTitle  = "Welcome back"
	welcomeEnded  = "The last sitting ended at %s without closing."
	nothingLost   = "Nothing you typed is lost. Nothing has been sent since."
	welcomeGoOn   = "go on"
	welcomeDraft  = "go on at %s, draft open" // the item
	welcomeHome   = "home"
	welcomeSpoken = "y goes on there; n goes home, to all reviews."

	labelSaved  = "Saved"
	labelLast   = "Last"
	labelDraft  = "Draft"
	labelCutOff = "Cut off"
	cutOffRun   = "run %s; what it found is kept, what it had not found keeps its verdict"
)

func savedEvents(n int) string { return screen.Count(n, "event", "events") + ", the journal is whole" }

// draftWords say what a draft is of, how long it is, and how it begins.
func draftWords(of, text string) string {
	return fmt.Sprintf("%s, %s: “%s”", of, screen.Count(len([]rune(text)), "character", "characters"), text)
}

// What a re-test begins with.
const (
	retestTitle  = "Re-test"
	retestIntro  = "The checks run again. What failed comes first."
	retestMore   = "%d more, on the screen of conditions"
	retestGoOn   = "go on with what failed"
	retestClose  = "close"
	retestSpoken = "y goes to the first of them; n begins with all categories."

	labelOverdue = "Overdue"
	labelLapsed  = "Expired"
	labelDue     = "Still due"
	labelFailed  = "Failed"
	labelCarried = "Carried"
	overdueWhen  = "due %s"
	lapsedItems  = "%s: waiver or answer counts no more"
)

func failedIn(n int, session string) string {
	return fmt.Sprintf("%s in %s", screen.Count(n, "item", "items"), session)
}

func carriedOver(answers, findings int) string {
	return screen.Count(answers, "answer", "answers") + ", " + screen.Count(findings, "open finding", "open findings")
}

// conditionWords say when and by whom first: what is cut is the prose.
func conditionWords(c sessions.Condition) string {
	return fmt.Sprintf("%s, %s: %s", cmp.Or(c.Due, "no day said"), cmp.Or(c.Owner, "no owner"), c.Text)
}
