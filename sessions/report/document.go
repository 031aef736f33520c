// Package report makes the one Document of a review from a session's state and renders
// it. A Document is a pure function of the state: it reads no clock and records nothing,
// so the same session always gives the same bytes.
//
// It may import sessions and checks (with checks/clean); renderers are a file a format.
package report

import (
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// Schema names the JSON form of a Document. Every key is always there; lists are never
// null; times are RFC 3339 UTC; numbers are 0 to 100, unrounded.
const Schema = "gonogo.session.v1"

// Document is everything a report says.
type Document struct {
	Schema       string               `json:"schema"`
	Tool         Tool                 `json:"tool"`
	Session      Session              `json:"session"`
	Target       Target               `json:"target"`
	Profile      Profile              `json:"profile"`
	Decision     Decision             `json:"decision"`
	Score        Score                `json:"score"`
	Items        []Item               `json:"items"`
	Findings     []sessions.Finding   `json:"findings"`
	Strengths    []Strength           `json:"strengths"`
	Causes       []sessions.Cause     `json:"causes"`
	Waivers      []Waiver             `json:"waivers"`
	Overrides    []sessions.Override  `json:"overrides"`
	Risks        []Risk               `json:"risks"`
	Actions      []Action             `json:"actions"`
	Checklist    []ChecklistLine      `json:"checklist"`
	Consent      []Consent            `json:"consent"`
	RequestsSent int                  `json:"requests_sent"`
	Report       Narrative            `json:"report"`
	Changes      *sessions.Comparison `json:"changes"` // null without an earlier session

	// Trend is how the reviews ended that led to this one, oldest first, this one last;
	// empty without an earlier one.
	Trend []sessions.ComparisonSide `json:"trend"`
}

// Tool is the program that made the document.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Session names the journal behind the document.
type Session struct {
	ID        string    `json:"id"`
	Created   time.Time `json:"created"`
	Touched   time.Time `json:"touched"`
	Head      string    `json:"head"`
	Events    uint64    `json:"events"`
	State     string    `json:"state"`
	Comment   string    `json:"comment"`
	Assessors []string  `json:"assessors"`
	From      string    `json:"from"`
}

// Target is the system as it was declared.
type Target struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Environment string   `json:"environment"`
	Subtitle    string   `json:"subtitle"`
	BaseURL     string   `json:"base_url"`
	Level       string   `json:"level"`
	Hosts       []string `json:"hosts"`
	Authorised  string   `json:"authorised_by"`
	Contact     string   `json:"contact"`
	SHA256      string   `json:"sha256"`
}

// Profile is the standard it was held to.
type Profile struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Version int    `json:"version"`
	Method  string `json:"method"` // weighted or passrate
	SHA256  string `json:"sha256"`
}

// Decision is what the gates say, what was declared and why.
type Decision struct {
	Computed   sessions.Decision     `json:"computed"`
	Declared   sessions.Decision     `json:"declared"` // empty: as computed
	Stands     sessions.Decision     `json:"stands"`   // declared while it holds, else computed
	Lapsed     string                `json:"lapsed"`   // why the declared one no longer stands
	By         string                `json:"by"`
	Lead       string                `json:"lead"`
	At         string                `json:"at"`
	Partial    bool                  `json:"partial"`
	Rationale  string                `json:"rationale"`
	Gates      []sessions.GateResult `json:"gates"`
	PathToGo   []sessions.PathStep   `json:"path_to_go"`
	Conditions []Condition           `json:"conditions"`
}

// Condition is a condition with the state of the items that verify it.
type Condition struct {
	sessions.Condition
	Complete bool `json:"complete"`
	Met      bool `json:"met"`
	Overdue  bool `json:"overdue"` // not met, and its time was over at the session's last event
}

// Score holds the figures, overall and by category.
type Score struct {
	Overall    float64    `json:"overall"`
	Low        float64    `json:"low"`
	High       float64    `json:"high"`
	Coverage   float64    `json:"coverage"`
	Adjusted   float64    `json:"adjusted"`
	Today      float64    `json:"today"` // by today's rules alone
	RAG        string     `json:"rag"`
	Categories []Category `json:"categories"`
}

// Category is one category's figures.
type Category struct {
	ID             string          `json:"id"`
	Title          string          `json:"title"`
	Weight         float64         `json:"weight"`
	Score          float64         `json:"score"`
	Low            float64         `json:"low"`
	High           float64         `json:"high"`
	Coverage       float64         `json:"coverage"`
	Adjusted       float64         `json:"adjusted"`
	Today          float64         `json:"today"`
	Incomplete     bool            `json:"incomplete"`
	Empty          bool            `json:"empty"` // nothing in it applies: it weighs nothing
	RAG            string          `json:"rag"`
	Health         string          `json:"health"`
	ComputedRAG    string          `json:"computed_rag"`
	ComputedHealth string          `json:"computed_health"`
	DeclaredBy     string          `json:"declared_by"`
	DeclaredWhy    string          `json:"declared_why"`
	Counts         sessions.Counts `json:"counts"`
}

// Item is one item with both verdicts.
type Item struct {
	ID           string               `json:"id"`
	Category     string               `json:"category"`
	Row          string               `json:"row"`
	Title        string               `json:"title"`
	Severity     checks.Severity      `json:"severity"`
	Gate         checks.Gate          `json:"gate"`
	Kinds        []string             `json:"kinds"`
	Verdict      checks.Verdict       `json:"verdict"`
	Machine      *Machine             `json:"machine"`
	Reviewer     *Reviewer            `json:"reviewer"`
	Summary      string               `json:"summary"`
	Note         string               `json:"note"`
	Assigned     string               `json:"assigned"` // who was to look at it; empty: nobody in particular
	Question     string               `json:"question"`
	Why          string               `json:"why"`
	Fix          string               `json:"fix"`
	Refs         []string             `json:"refs"`
	Cause        string               `json:"cause"`
	Evidence     []checks.Evidence    `json:"evidence"`
	Measurements []checks.Measurement `json:"measurements"`
	ElapsedMS    int64                `json:"elapsed_ms"`
}

// Machine is what the checks said.
type Machine struct {
	Verdict  checks.Verdict  `json:"verdict"`
	Today    checks.Verdict  `json:"today"`
	Changed  string          `json:"changed"`
	Reason   string          `json:"reason"`
	Strength checks.Strength `json:"strength"`
	Vantage  string          `json:"vantage"`
}

// Reviewer is what a person said.
type Reviewer struct {
	Verdict  checks.Verdict  `json:"verdict"`
	Reason   string          `json:"reason"`
	By       string          `json:"by"`
	At       time.Time       `json:"at"`
	Strength checks.Strength `json:"strength"`
	Expires  string          `json:"expires"`
	Carried  bool            `json:"carried"`
	Counts   bool            `json:"counts"` // false: the machine's verdict changed since, or it expired
}

// Strength is something that is good: an item that passes, or what a reviewer recorded.
type Strength struct {
	Category string `json:"category"`
	Text     string `json:"text"`
	Item     string `json:"item"`
	By       string `json:"by"`
}

// Waiver is an accepted risk, with whether it still holds.
type Waiver struct {
	sessions.Waiver
	Expired bool `json:"expired"`
}

// Risk is a row of the risk matrix.
type Risk struct {
	Component   string   `json:"component"`
	Level       string   `json:"level"`
	Impact      string   `json:"impact"`
	Probability string   `json:"probability"`
	Priority    string   `json:"priority"`
	Items       []string `json:"items"`
}

// Action is something to do.
type Action struct {
	Title    string   `json:"title"`
	List     string   `json:"list"` // must, should or empty
	Priority int      `json:"priority"`
	DaysLow  float64  `json:"days_low"`
	DaysHigh float64  `json:"days_high"`
	Horizon  string   `json:"horizon"`
	Effort   string   `json:"effort"`
	Owner    string   `json:"owner"`
	Items    []string `json:"items"`
	Snippet  string   `json:"snippet"`
	Text     string   `json:"text"`
	Done     bool     `json:"done"`
	Lines    []Tick   `json:"lines"`

	fromItem    bool // Text is the fix of an item, and Title what that item asks for
	fromFinding bool // Text is what a finding recommends, and Title what it found
}

// Tick is a line that is ticked by its items, or by hand.
type Tick struct {
	Text   string `json:"text"`
	Ticked bool   `json:"ticked"`
	ByHand bool   `json:"by_hand"`
}

// ChecklistLine is a line of the readiness or pre-deployment checklist.
type ChecklistLine struct {
	List   string `json:"list"` // must, should, before deploy
	Group  string `json:"group"`
	Text   string `json:"text"`
	Ticked bool   `json:"ticked"`
	ByHand bool   `json:"by_hand"`
}

// Consent is a consent given during the review.
type Consent struct {
	Class checks.Class `json:"class"`
	Host  string       `json:"host"`
	By    string       `json:"by"`
	At    time.Time    `json:"at"`
	Items []string     `json:"items"`
}
