package sessions

import (
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// State is a session at one moment: the fold of its events. It is immutable once handed
// out; a later event makes a new one.
type State struct {
	Opened    Opened
	CreatedAt time.Time
	By        clean.Text // who opened it
	Target    *checks.Target
	Profile   *checks.Profile
	Plan      *checks.Plan
	Registry  *checks.Registry

	Items map[string]*ItemState // every planned item, by id

	Findings   []Finding // in order of creation, strengths among them
	Causes     []Cause
	Waivers    map[string]Waiver
	Conditions []Condition     // recorded by people; see Assessment.Conditions for all
	Dropped    map[string]bool // the profile's conditions that a person took away
	Declared   *Declaration
	Colours    map[string]ColourDeclaration
	Texts      map[string]clean.Text // edited sections
	Edits      map[string]TextEdit   // who edited each of them, and when
	Ticks      map[string]bool
	Promoted   map[string]bool

	Consents     []Consent
	Runs         []Run
	RequestsSent int
	Redacted     map[string]clean.Text // evidence that lost its bytes → why

	Earlier   *Earlier // what is remembered of the session this one tests again; nil: nothing
	SignOff   SignOff
	Baseline  time.Time    // when it was pinned as its target's baseline; zero: it is not
	Assessors []clean.Text // every actor who judged or wrote something
	Unknown   int          // events of a newer gonogo

	Seq    uint64 // of the last event
	Head   string // hex hash of the last line
	LastAt time.Time
	Undo   []uint64 // events that can be undone, oldest first
	Redo   []uint64 // events that can be redone
}

// ItemState is one item of the plan: the machine's side and the reviewer's side by side.
type ItemState struct {
	Planned  *checks.Planned
	Machine  *Checked // nil until its checks ran
	At       time.Time
	Reviewer *Judgement
	Note     clean.Text
	Marked   bool
	Running  bool // between run.started and its result
	History  []Checked
	Attached []checks.Evidence // brought by people
	Assigned clean.Text        // who is to look at it; empty: nobody in particular
}

// Verdict is the one that counts: the reviewer's, else the machine's, else na or pending
// as the plan says. See ItemState.Counts for how a changed machine verdict matters.
type Verdict = checks.Verdict

// Cause is a root cause with the items it explains.
type Cause struct {
	ID    string     `json:"id"`
	Title clean.Text `json:"title"`
	Items []string   `json:"items"`
}

// TextEdit tells where an edited text comes from. Over is the SHA-256 of the draft it was
// written over, or empty.
type TextEdit struct {
	By   clean.Text
	At   time.Time
	Over string
}

// Declaration is what the assessor declared, by whom and when.
type Declaration struct {
	Declared
	By clean.Text
	At time.Time
}

// ColourDeclaration is a declared colour with its author.
type ColourDeclaration struct {
	ColourDeclared
	By clean.Text
	At time.Time
}

// Consent is a recorded consent with its author.
type Consent struct {
	Consented
	By clean.Text
	At time.Time
}

// Run is one run of the machine.
type Run struct {
	RunStarted
	Ended        bool
	RequestsSent int
	Interrupted  bool
	Reached      bool
	StartedAt    time.Time
	EndedAt      time.Time
	By           clean.Text
}

// SignOff is the state of sign-off: draft, submitted, accepted or returned.
type SignOff struct {
	State   string
	Comment clean.Text
	By      clean.Text
	At      time.Time
}
