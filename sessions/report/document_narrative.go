package report

import (
	"time"

	"assess/gonogo/checks"
)

// Narrative holds the parts of a report that are sentences.
type Narrative struct {
	Headline    string          `json:"headline"` // of the decision
	Health      string          `json:"health"`   // of the overall colour
	Status      []StatusLine    `json:"status"`
	Summary     string          `json:"summary"`
	Why         []Reason        `json:"why"`    // what holds the decision where it is, root causes first
	Next        []NextStep      `json:"next"`   // what to do next, by whom
	Edited      []EditedText    `json:"edited"` // texts that a person wrote over their drafts
	KeyFigures  []KeyFigure     `json:"key_figures"`
	Critical    []CriticalGroup `json:"critical"`
	Sections    []Section       `json:"sections"`
	Plan        []PlanGroup     `json:"plan"`
	Compliance  []Compliance    `json:"compliance"`
	Closing     string          `json:"closing"`
	Timeline    []TimelineLine  `json:"timeline"`
	NextSteps   []PlanGroup     `json:"next_steps"`
	Retest      []string        `json:"retest"`
	CompletedAt time.Time       `json:"completed_at"`
	NextReview  string          `json:"next_review"`
	Method      string          `json:"method"`
	Scoring     []string        `json:"scoring"` // how the scores were computed
}

// Reason is one of the things that hold the decision where it is: a cause with the open
// items it explains.
type Reason struct {
	Title      string   `json:"title"`
	Text       string   `json:"text"` // what was found at the first of its items
	Items      []string `json:"items"`
	Blockers   int      `json:"blockers"`
	Conditions int      `json:"conditions"`
}

// holds says what of the decision the reason holds: "6 blockers and 4 conditions".
func (r Reason) holds() string {
	var parts []string
	if r.Blockers > 0 {
		parts = append(parts, plural(r.Blockers, "blocker"))
	}
	if r.Conditions > 0 {
		parts = append(parts, plural(r.Conditions, "condition"))
	}
	return and(parts)
}

// NextStep is one thing to do next.
type NextStep struct {
	Text   string   `json:"text"`
	By     string   `json:"by"`     // a person, a team or a role; empty: nobody is named
	When   string   `json:"when"`   // a horizon or a deadline
	Effort string   `json:"effort"` // empty: nobody said
	Items  []string `json:"items"`
}

// EditedText tells of a text that a person wrote. Changed: the draft that the facts give
// now is not the one it was written over, so that it may want another look.
type EditedText struct {
	Section string    `json:"section"` // summary, rationale, closing or category:ID
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Draft   string    `json:"draft"` // what the facts would say
	Changed bool      `json:"changed"`
}

// StatusLine is one line of the system status.
type StatusLine struct {
	Title   string         `json:"title"`
	Verdict checks.Verdict `json:"verdict"`
	Text    string         `json:"text"`
}

// KeyFigure is one category's figure in words.
type KeyFigure struct {
	Category string `json:"category"`
	Figure   string `json:"figure"`
	Note     string `json:"note"`
}

// CriticalGroup is a theme of critical issues.
type CriticalGroup struct {
	Title string         `json:"title"`
	Lines []CriticalLine `json:"lines"`
}

// CriticalLine is one critical issue.
type CriticalLine struct {
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Items []string `json:"items"`
}

// Section is one category's chapter.
type Section struct {
	Category        string      `json:"category"`
	Title           string      `json:"title"`
	Status          string      `json:"status"` // status phrase
	HealthLabel     string      `json:"health_label"`
	Advice          string      `json:"advice"`
	Recommendation  string      `json:"recommendation"` // the advice with what to do first, or a person's own words
	Rows            []Row       `json:"rows"`
	Strengths       []Strength  `json:"strengths"`
	Issues          []Issue     `json:"issues"` // by severity
	Recommendations []PlanGroup `json:"recommendations"`
	Attempts        []string    `json:"attempts"` // how far each test of an incomplete category got
	Highlights      []string    `json:"highlights"`
	Answers         []Answer    `json:"answers"`
	Edited          string      `json:"edited"`
}

// Row is one row of a category's table: the worst of its items.
type Row struct {
	Title   string         `json:"title"`
	Verdict checks.Verdict `json:"verdict"`
	Issue   string         `json:"issue"`
	Items   []string       `json:"items"`
}

// Issue is an open item or a finding.
type Issue struct {
	ID       string          `json:"id"`
	Severity checks.Severity `json:"severity"`
	Title    string          `json:"title"`
	Text     string          `json:"text"`
	Waived   bool            `json:"waived"`
	Finding  bool            `json:"finding"`
}

// PlanGroup is a horizon or priority with its actions.
type PlanGroup struct {
	Title   string   `json:"title"`
	Actions []Action `json:"actions"`
}

// Compliance is one line of the technology compliance.
type Compliance struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Good  bool   `json:"good"`
	Known bool   `json:"known"`
}

// TimelineLine is one line of the estimated timeline.
type TimelineLine struct {
	Title    string  `json:"title"`
	DaysLow  float64 `json:"days_low"`
	DaysHigh float64 `json:"days_high"`
	Text     string  `json:"text"`
}

// Answer is a reviewer's answer to a question.
type Answer struct {
	Item     string         `json:"item"`
	Question string         `json:"question"`
	Verdict  checks.Verdict `json:"verdict"`
	Reason   string         `json:"reason"`
	By       string         `json:"by"`
}
