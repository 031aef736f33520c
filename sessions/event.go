package sessions

import (
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Event is one line of a journal: who did what, when. Everything a session is follows
// from its events; nothing writes state any other way.
type Event struct {
	Seq  uint64    // 1 for the first; the journal's line number
	At   time.Time // UTC, millisecond precision
	By   clean.Text
	Data Payload    // Unknown for types of a newer gonogo
	Role clean.Text // the store's account that wrote it, where the store knows; not in the line
}

// Payload is what an event says. Its Type is the word in the journal. To add one: a
// struct here, a line in payloads (codec.go), a method on State (fold.go).
type Payload interface{ Type() string }

// Opened is the first event: what is reviewed, against which profile. Target and profile
// bytes are evidence, so that a session is complete in itself. Its line stays under 800
// bytes: long names are cut here (the whole ones are in the evidence), and a long folder
// or selection goes into a piece of evidence of its own.
type Opened struct {
	Format      int        `json:"format"` // 1
	Session     string     `json:"session"`
	Target      clean.Text `json:"target"`
	Version     clean.Text `json:"version"`
	Environment clean.Text `json:"environment"`
	Profile     string     `json:"profile"`
	ProfileVer  int        `json:"profile_version"`
	TargetSHA   string     `json:"target_sha256"`
	ProfileSHA  string     `json:"profile_sha256"`
	Categories  []string   `json:"categories,omitempty"` // --category
	Items       []string   `json:"items,omitempty"`      // --item
	From        string     `json:"from,omitempty"`       // the session this re-tests
	Tool        string     `json:"tool"`
	Dir         string     `json:"dir,omitempty"`         // the target file's folder, for runs after a resume
	File        string     `json:"file,omitempty"`        // the target file's name in that folder, for re-tests
	MoreSHA     string     `json:"more_sha256,omitempty"` // evidence with what did not fit: Dir, File, Categories, Items
}

// RunStarted opens a run of the machine.
type RunStarted struct {
	Run     string         `json:"run"`
	Items   []string       `json:"items"`
	Allowed []checks.Class `json:"allowed"`
	Vantage clean.Text     `json:"vantage"`
}

// RunEnded closes it.
type RunEnded struct {
	Run          string `json:"run"`
	RequestsSent int    `json:"requests_sent"`
	Interrupted  bool   `json:"interrupted"`
	Reached      bool   `json:"reached"`
}

// Consented records consent to a class of checks: who, for which host, for which items.
type Consented struct {
	Class checks.Class `json:"class"`
	Host  clean.Text   `json:"host"`
	Items []string     `json:"items"`
}

// Checked is the machine's outcome of one item.
type Checked struct {
	Item         string                `json:"item"`
	Run          string                `json:"run"`
	Verdict      checks.Verdict        `json:"verdict"`
	Today        checks.Verdict        `json:"today"`
	Changed      string                `json:"changed,omitempty"`
	Reason       clean.Text            `json:"reason"`
	Strength     checks.Strength       `json:"strength"`
	Vantage      clean.Text            `json:"vantage"`
	Checks       []checks.CheckOutcome `json:"checks"`
	Evidence     []checks.Evidence     `json:"evidence"`
	Measurements []checks.Measurement  `json:"measurements"`
	ElapsedMS    int64                 `json:"elapsed_ms"`
}

// Judged is a reviewer's verdict on one or several items; an empty Verdict takes it back.
type Judged struct {
	Items    []string        `json:"items"`
	Verdict  checks.Verdict  `json:"verdict"`
	Reason   clean.Text      `json:"reason"`
	Strength checks.Strength `json:"strength"`
	By       clean.Text      `json:"by,omitempty"`      // who said it, when not the actor (answers files)
	Expires  string          `json:"expires,omitempty"` // YYYY-MM-DD
	Carried  bool            `json:"carried,omitempty"` // from the session this one re-tests
	// On is the machine's verdict that was judged, of every item that Saw does not name;
	// empty: the one at this moment. Record fills what its caller leaves out.
	On  checks.Verdict            `json:"on,omitempty"`
	Saw map[string]checks.Verdict `json:"saw,omitempty"` // by item
}

// Noted keeps a note on an item; empty text removes it.
type Noted struct {
	Item string     `json:"item"`
	Text clean.Text `json:"text"`
}

// Marked marks an item to come back to, or unmarks it.
type Marked struct {
	Items []string `json:"items"`
	On    bool     `json:"on"`
}

// FindingRecorded creates or replaces a finding (or a strength).
type FindingRecorded struct {
	Finding Finding `json:"finding"`
}

// FindingRemoved takes a finding away.
type FindingRemoved struct {
	ID string `json:"id"`
}

// CauseLinked says that items share a root cause; it replaces the cause's items. Empty Items
// removes the cause.
type CauseLinked struct {
	ID    string     `json:"id"`
	Title clean.Text `json:"title"`
	Items []string   `json:"items"`
}

// Waived accepts the risk of one item; Remove takes the waiver back.
type Waived struct {
	Waiver Waiver `json:"waiver"`
	Remove bool   `json:"remove,omitempty"`
}

// ConditionRecorded creates or replaces a condition of the decision.
type ConditionRecorded struct {
	Condition Condition `json:"condition"`
}

// ConditionRemoved takes a condition away.
type ConditionRemoved struct {
	ID string `json:"id"`
}

// Declared is the assessor's decision. Milder than computed needs Lead and Reason.
type Declared struct {
	Decision Decision   `json:"decision"` // empty: as computed
	Reason   clean.Text `json:"reason"`
	Lead     clean.Text `json:"lead,omitempty"`
	// Computed is what the gates said then; Record fills it. A milder decision lapses when
	// they say something stricter later.
	Computed Decision `json:"computed,omitempty"`
}

// ColourDeclared replaces a category's colour or health word; a milder one needs a reason.
type ColourDeclared struct {
	Category string     `json:"category"`
	RAG      string     `json:"rag"` // "" takes it back
	Health   clean.Text `json:"health"`
	Reason   clean.Text `json:"reason"`
}

// TextEdited replaces a drafted text of the report (summary, rationale, closing, or
// category:<id>, a category's recommendation); empty restores the draft.
type TextEdited struct {
	Section string     `json:"section"`
	Text    clean.Text `json:"text"`
	// Over is the SHA-256 of the draft that the text was written over, so that a report can
	// say when the facts would draft another one now; empty where nobody said.
	Over string `json:"over,omitempty"`
}

// Ticked ticks a line of the checklist by hand.
type Ticked struct {
	Line string `json:"line"`
	On   bool   `json:"on"`
}

// Promoted lifts an item into the critical issues, or takes it back.
type Promoted struct {
	Item string `json:"item"`
	On   bool   `json:"on"`
}

// SignedOff moves the review between draft, submitted, accepted and returned.
type SignedOff struct {
	State   string     `json:"state"` // submitted, accepted, returned
	Comment clean.Text `json:"comment"`
}

// BaselineSet pins the session as the baseline of its target and profile, or takes the pin
// away: what later sessions are compared with. It says nothing about what was found, so it
// leaves a submitted or accepted session as it is.
type BaselineSet struct {
	On bool `json:"on"`
}

// Undone takes an event back; Redone takes an Undone back. Both name the event by its Seq.
type Undone struct {
	Seq uint64 `json:"seq"`
}

// Redone brings an undone event back.
type Redone struct {
	Seq uint64 `json:"seq"`
}

// EvidenceRedacted records that a piece of evidence lost its bytes.
type EvidenceRedacted struct {
	SHA256 string     `json:"sha256"`
	Reason clean.Text `json:"reason"`
}

// Unknown is an event type of a newer gonogo: kept, shown, never interpreted.
type Unknown struct {
	Name string
	Raw  []byte
}

func (Opened) Type() string            { return "opened" }
func (RunStarted) Type() string        { return "run.started" }
func (RunEnded) Type() string          { return "run.ended" }
func (Consented) Type() string         { return "consent" }
func (Checked) Type() string           { return "item.checked" }
func (Judged) Type() string            { return "item.judged" }
func (Noted) Type() string             { return "item.noted" }
func (Marked) Type() string            { return "item.marked" }
func (FindingRecorded) Type() string   { return "finding.recorded" }
func (FindingRemoved) Type() string    { return "finding.removed" }
func (CauseLinked) Type() string       { return "cause.linked" }
func (Waived) Type() string            { return "waiver" }
func (ConditionRecorded) Type() string { return "condition.recorded" }
func (ConditionRemoved) Type() string  { return "condition.removed" }
func (Declared) Type() string          { return "decision.declared" }
func (ColourDeclared) Type() string    { return "colour.declared" }
func (TextEdited) Type() string        { return "text.edited" }
func (Ticked) Type() string            { return "line.ticked" }
func (Promoted) Type() string          { return "item.promoted" }
func (SignedOff) Type() string         { return "signoff" }
func (BaselineSet) Type() string       { return "baseline.set" }
func (Undone) Type() string            { return "undone" }
func (Redone) Type() string            { return "redone" }
func (EvidenceRedacted) Type() string  { return "evidence.redacted" }
func (u Unknown) Type() string         { return u.Name }
