package report

const heading = "Report"

// The top line: in which format the text is.
const (
	inMarkdown = "Markdown"
	inJSON     = "JSON"
)

// Sections as the report's Markdown titles them, in which a person may write; what stands
// before the first title is the header, and JSON is one section.
const (
	headerSection   = "Header"
	summarySection  = "Executive summary"
	decisionSection = "Decision"
	byCategory      = "Assessment by category" // whose texts are the categories' recommendations
	emptySection    = ": None"                 // after the title of one that holds nothing
	jsonSection     = "JSON document"
)

// What is a person's: a section is marked by it, ! where the facts changed since.
const (
	writtenMark = "e"
	changedMark = "e!"
)

// A text that a person may write, and whose it is.
const (
	summaryText        = "executive summary"
	recommendationText = "recommendation of %s" // a category
	asDrafted          = "as drafted from the facts"
	writtenBy          = "written by %s"
	writtenByChanged   = "written by %s; the facts changed since"
	wouldWriteNow      = "The facts changed since; gonogo would write now: %s"
)

// The bottom line.
const (
	cannotMake    = "! the report can't be made: %s"
	changedSince  = "changed since; %s renews"
	whileEditing  = "the report prints your text; an empty one brings the draft back"
	wholeDocument = "the whole document, for programs"
	whoseSections = "drafted from the facts; e beside a section: a person wrote in it"
)

// What the actions do here, and why not.
const (
	notWritten   = "this section follows from the facts"
	otherFormat  = "format"
	renewWord    = "renew"
	scrollWord   = "scroll"
	sectionsText = "sections, text"
	exportWord   = "export"
	noneRendered = "nothing is rendered yet"
)

// The dialogs: which of several texts, and the export.
const (
	whichText     = "Which text?"
	textLabel     = "Text"
	editWord      = "edit"
	exportTitle   = "Export the report"
	formatLabel   = "Format"
	intoLabel     = "Into"
	intoHint      = "a path; may stay empty"
	formatBecomes = "%s: %s. Without a path it becomes %s here, or the next free name."
	wroteFile     = "wrote %s"
)

// The screen told line by line.
const (
	toldStale       = "something was recorded since the text was made; %s renews it"
	toldSection     = "Section: %s"
	editHint        = "the report prints it; an empty text brings the draft back"
	editHintChanged = "the report prints it; an empty text brings the draft back; the facts changed since it was written, the draft is now: %s"
)
