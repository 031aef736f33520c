package sessions

import (
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Finding is what a person records: an issue, or a strength.
type Finding struct {
	ID             string          `json:"id"` // F-1, F-2 …
	Title          clean.Text      `json:"title"`
	Strength       bool            `json:"strength"` // a strength, not an issue
	Severity       checks.Severity `json:"severity"`
	Horizon        string          `json:"horizon"` // immediate, short term, long term
	Description    clean.Text      `json:"description"`
	Recommendation clean.Text      `json:"recommendation"`
	Owner          clean.Text      `json:"owner"`
	Effort         clean.Text      `json:"effort"`
	Impact         string          `json:"impact"`      // high, medium, low
	Probability    string          `json:"probability"` // certain, likely, medium, low
	Category       string          `json:"category"`
	Items          []string        `json:"items"` // linked items; it then opens nothing of its own that they open
	Cause          string          `json:"cause"`
	Evidence       []string        `json:"evidence"` // SHA-256
	Closed         bool            `json:"closed"`
}

// Waiver is an accepted risk on one item. It never turns a fail into a pass.
type Waiver struct {
	Item         string     `json:"item"`
	Reason       clean.Text `json:"reason"`
	Compensating clean.Text `json:"compensating"`
	ApprovedBy   clean.Text `json:"approved_by"`
	Expires      string     `json:"expires"` // YYYY-MM-DD, required
}

// Condition is something that must be done for a CONDITIONAL GO to stand. Without owner,
// due and proof it is broken, and a broken condition says NO-GO.
type Condition struct {
	ID              string     `json:"id"`
	Text            clean.Text `json:"text"`
	Owner           clean.Text `json:"owner"`
	Due             clean.Text `json:"due"` // "before deploy" or "24h after"
	DeployNotBefore clean.Text `json:"deploy_not_before"`
	VerifiedBy      []string   `json:"verified_by"` // items
	// Since is the decision from which Due counts, of a condition that a re-test took over;
	// zero: the session's own.
	Since time.Time `json:"since,omitzero"`
}

// Complete reports whether the condition has an owner, a deadline and a verifying item.
func (c Condition) Complete() bool {
	return c.Owner != "" && c.Due != "" && len(c.VerifiedBy) > 0
}

// Missing names what a complete condition would have: "no owner", "no deadline", "no
// proof".
func (c Condition) Missing() []string {
	var out []string
	for _, part := range []struct {
		there bool
		word  string
	}{{c.Owner != "", "no owner"}, {c.Due != "", "no deadline"}, {len(c.VerifiedBy) > 0, "no proof"}} {
		if !part.there {
			out = append(out, part.word)
		}
	}
	return out
}

// Decision is GO, CONDITIONAL GO or NO-GO; Incomplete while nothing is known.
type Decision string

// The decisions, in the words of the JSON document.
const (
	Go            Decision = "go"
	ConditionalGo Decision = "conditional-go"
	NoGo          Decision = "no-go"
	Incomplete    Decision = "incomplete"
)

// Words are the decision as people read it: GO, CONDITIONAL GO, NO-GO, undecided.
func (d Decision) Words() string {
	switch d {
	case Go:
		return "GO"
	case ConditionalGo:
		return "CONDITIONAL GO"
	case NoGo:
		return "NO-GO"
	}
	return "undecided"
}

// Judgement is a reviewer's verdict on one item.
type Judgement struct {
	Verdict  checks.Verdict
	Reason   clean.Text
	Strength checks.Strength
	By       clean.Text
	At       time.Time
	Seq      uint64
	Expires  string
	Carried  bool
	// On is the machine's verdict at that time: when it changes, the item counts as
	// unanswered again ("changed since judged").
	On checks.Verdict
	// Lapsed: Expires was before the day of the session's last event.
	Lapsed bool
}
