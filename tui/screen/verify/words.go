package verify

import (
	"fmt"

	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
)

// The title, and what stands there while there is no file to show.
const (
	title      = "Verify"
	titleFile  = "Verify %s"
	readOnly   = "read-only"
	noFile     = "No file. %s open takes a signed report somebody sent you."
	saysNoFile = "no file is open; open takes a signed report somebody sent you"
	cannotOpen = "can't open %s: %s"
	noSuchFile = "there is no such file"
)

// What goes on, for the status line.
var stageWords = map[stage]string{
	idle:      screen.NothingRuns,
	reading:   "reading the file",
	checking:  "checking signature, parts and journal",
	replaying: rendersAgain,
}

const rendersAgain = "rendering the report again"

// The headline, and what leads said.
const (
	good             = "GOOD"
	notGood          = "NOT GOOD"
	countersignedBy  = "countersigned by %s, %s: %s"
	notCountersigned = "not countersigned"
)

// The steps as their rows begin.
var stepNames = [...]string{
	archiveStep:     "archive",
	signatureStep:   "signature",
	keyStep:         "key",
	contentsStep:    "contents",
	journalStep:     "journal",
	evidenceStep:    "evidence",
	countersignStep: "lead",
	replayStep:      "replay",
}

// What else there is to know, as its rows begin.
const (
	signersRow = "signers"
	hintRow    = "hint"
	noteRow    = "note"
)

// The signs of the steps in words, for people who hear them.
var stateWords = map[state]string{works: "running", holds: "good", fails: "wrong", notes: "note"}

// What was found of a step. {run.start} stands for the key of that action.
const (
	notLookedAt    = "not looked at"
	signatureText  = "%s, %s; covers %s by digest"
	allMatch       = "%d of %d parts match, none added"
	matchUnread    = "%d of %d parts match, not read: nobody vouches for the key"
	chainWhole     = "%s to %.12s, the chain whole"
	evidenceLess   = "%s; %d withheld, digests kept"
	statementText  = "%s, %s: %s"
	unreadable     = "an unreadable statement"
	leadsKey       = "key %s"
	sameReport     = "the journal gives the report that was signed, byte for byte"
	replayNotAsked = "not asked: {run.start} renders the report again and compares"
	noTime         = "no time"
)

func partsOnly(n int) string {
	return screen.Count(n, "part, nothing outside it", "parts, nothing outside them")
}

func parts(n int) string  { return screen.Count(n, "part", "parts") }
func events(n int) string { return screen.Count(n, "event", "events") }

func piecesAsNamed(n int) string {
	return screen.Count(n, "piece has the digest it is named by", "pieces have the digests they are named by")
}

// keyAndLine is a key with the line of the signers file that vouches for it, 0 for none.
func keyAndLine(fingerprint string, line int) string {
	if line == 0 {
		return unlock.Short(fingerprint)
	}
	return fmt.Sprintf("%s, line %d of the signers file", unlock.Short(fingerprint), line)
}

// How sentences of package signing begin, where the headline says that part already.
const (
	beginsGood    = "GOOD "
	beginsNotGood = "NOT GOOD: "
	beginsSigned  = "signed by %s, but "
	beginsReplay  = "replay: "
)

// The signers file, and the session in the file.
const (
	noSigners      = "there is no signers file: %s names whose keys count"
	signersRefused = "the signers file is refused: %s"
	cannotRead     = "it can't be read: %s"
)

// The foot of rows that don't fit.
const theEnd = "the end"

// What the keys do.
const (
	toOpen        = "open"
	toReplay      = "replay"
	toCopy        = "copy"
	toCountersign = "countersign, as a lead"
	toVerifyAgain = "verify again"
	copied        = "copied what was found: %s"
	countersignAs = "countersigned as %s: %s"
)

// Why a key does nothing now.
const (
	offNoFile    = "no file is open"
	offUnread    = "the file can't be read"
	offChecking  = "it is still being checked"
	offReplaying = "the report is being rendered again"
	offNoReport  = "it is no report file"
	offReplayed  = "done"
	offNotGood   = "it is not good"
	offOnlyGood  = "only a good report is countersigned"
)

// The question before a file that is not good is read.
const (
	askRead     = "Read it all the same?"
	readWarning = "It is not good: %s It opens read-only; nobody vouches for what it says."
	readYes     = "read it"
)

// The dialog in which a lead accepts the file or returns it.
const (
	countersignTitle = "Countersign"
	countersignWords = "Your statement goes into the file, signed with your key: over the report and its signature, so that neither can change under it."
	decisionLabel    = "Decision"
	commentLabel     = "Comment"
	commentHint      = "one line; needed to return it"
	commentNeeded    = "say why it goes back"
	keyLabel         = "Key"
	asLabel          = "As"
	countersignYes   = "countersign"
	toGiveUp         = "give up"
	toChoose         = "choose"
)
