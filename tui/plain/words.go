package plain

import (
	"fmt"
	"strings"

	"assess/gonogo/tui/screen"
)

// Lines begin with what they are.
const (
	roleError     = "Error: %s"
	roleNote      = "Note: %s"
	roleDone      = "Done: %s"
	roleCommands  = "Commands: %s"
	roleElsewhere = "Elsewhere: %s"
)

// signs are what screens write for the eye, in characters that are heard, or passed over.
var signs = strings.NewReplacer(" · ", ", ", " → ", " to ", "→", "to", "•", "*", "…", "...", "’", "'", "‘", "'", "“", `"`, "”", `"`,
	"−", "-", "–", "-", "good/s", "good a second", "requests/s", "requests a second", "✓", "pass", "✘", "fail", "×", "x")

// Of every place.
const (
	untold  = "there are no words for this yet; going back"
	tooLong = "over %d KiB in one line; nothing of it was taken"
	parting = "Left. All is saved."
)

// heldBack says that a long telling goes on.
func heldBack(lines int) string {
	return fmt.Sprintf("Held back: %s; more says them", screen.Count(lines, "line", "lines"))
}

// What can be said where a command is asked for.
const (
	askCommand = "Command?"
	byNumber   = "a number takes that one"
	byRow      = "a command and a number, such as %s 1, is for that one"
	byItem     = "an item’s id goes to it"
	byText     = "/text filters"
)

// always can be said; alwaysExplained are those of it that need more words.
var (
	always          = []string{"? repeats", "b back", "help explains", "quit saves and leaves"}
	alwaysExplained = []string{"cancel: the same as back", "save: nothing to do, all is saved as it is said", "quit: saves and leaves"}
)

// helpPages names the pages of the documentation.
const helpPages = "help and a name: a page of the documentation; %s"

// What comes of a command that can't be done.
const (
	nothingHeld   = "nothing is held back"
	nothingToSave = "all is saved as it is said; quit leaves"
	atHome        = "this is home; quit leaves"
	forElsewhere  = "%s is for another place, or you are there; ? says what there is"
	noList        = "there is no list here to filter"
	noSuchName    = "nothing of that name here"
)

// noNumber says that no row has a number, as it was said, and what numbers there are.
func noNumber(said string, rows int) string {
	if rows == 0 {
		return fmt.Sprintf("there is no number %s here; nothing here is chosen by number", said)
	}
	return fmt.Sprintf("there is no number %s here; say 1 to %d", said, rows)
}

// noCommand says that a text is none, and the nearest that is, where there is one.
func noCommand(text, near string) string {
	if near == "" {
		return fmt.Sprintf("%q is no command here; ? says what there is", text)
	}
	return fmt.Sprintf("%q is no command here; did you mean %s; ? says what there is", text, near)
}

// Questions that a yes answers, and a form's last.
const (
	askYes      = "%s? y or n:"
	yesOrNo     = "say y or n; ? repeats what is asked, quit saves and leaves"
	yesOrNoForm = "say y or n; ? repeats what was answered, cancel leaves"
	notYet      = "not yet; the fields follow again, b at the first one leaves"
)

// How the fields of a form are answered.
const (
	oneAnswer    = "Answers: %s? repeats; b or cancel leaves" // with the keepings below
	manyAnswers  = "Answers to %d fields: %sb the field before; ? repeats; cancel leaves; save leaves the rest as it is and saves"
	asBefore     = "Answers to %d fields; b, cancel and save as before, ? says how"
	keepsAny     = "Enter keeps what stands there; "
	keepsText    = "+ and a text adds to it, - empties it, a text replaces it; "
	takesAnother = "where there are numbers, a number or a word takes another; "
)

// A field, what stands in it, and what is wrong with an answer.
const (
	labelPrompt = "Answer" // of a prompt of one line
	askField    = "%s?"
	fieldHint   = "%s, hint: %s"
	mayBeEmpty  = "may stay empty" // hints may end with it too
	choiceNow   = "%s: %s; Enter keeps it"
	textNow     = `Now: "%s"; Enter keeps it`

	needed      = "%s is needed"
	noOption    = "there is no number %d; say 1 to %d"
	manyOptions = "%q is the beginning of more than one; say its number"
	noneOfThese = "%q is none of these; say a number, 1 to %d, or cancel"
	notSavedYet = "not saved yet: %s"

	leftUnsaved = "left, not saved"
	draftIsKept = "what was typed is kept as a draft, and is there the next time"
)

// A passphrase.
const (
	secretAsk        = "%s %s; an empty line goes back" // the label, and what unlocks it
	secretNoTerminal = "a passphrase is asked on a terminal only; ssh-add loads the key into the agent"
)

// A run.
const (
	runByTerminal = "Running: %s; Ctrl+C stops, Enter says how far it is"
	runByPipe     = "Running: %s; what fails is said at the end"
	runSoFar      = "Running: %d of %d"
	runCounts     = "%s: %s"
	runSays       = "%s; now %s"
	runStops      = "Stopping: what ran is saved"
	runHeldBack   = "Held back: %d more that fail; failure goes from one to the next"
	runResult     = "%s %s, %s: %s" // the verdict, the item, its title, and why
	noResults     = "nothing"
	decisionIs    = "Decision: %s"
)

// runOver says how a run ended.
func runOver(items int, counts string, requests int) string {
	return fmt.Sprintf("Run over: %s: %s; %s sent in this review", itemCount(items), counts, screen.Count(requests, "request", "requests"))
}

func itemCount(n int) string { return screen.Count(n, "item", "items") }
