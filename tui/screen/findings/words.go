package findings

// The title, and a list with nothing in it.
const (
	heading     = "Findings"
	noFindings  = "No findings. %s writes one."
	noStrengths = "%s writes a strength."
)

// What a row says where there is no finding's own word.
const (
	draftWord    = "draft"
	strengthWord = "strength"
	noTitle      = "no title yet"
	noOwner      = "not named"
	findingRow   = "Finding: %s" // for those who hear the list
)

// What the list can be sorted by.
const (
	asWritten  = "as written"
	worstFirst = "worst first"
	sorted     = "sorted %s"
)

// Below the list.
const draftKept = "a draft is kept; %s goes on with it"

// Removing one.
const (
	askRemoveDraft   = "Remove this draft?"
	removeDraft      = "%s. It was never saved, so nothing brings it back."
	askRemoveFinding = "Remove this finding?"
	removeFinding    = "%s %s. %s brings it back." // id, title, the key
)

// The footer, and why something can't be done now.
const (
	newFinding   = "new finding"
	open         = "open"
	remove       = "remove"
	copyMarkdown = "copy as Markdown"
	noneMarked   = "no finding is marked"
)
