package sessions

import "assess/gonogo/checks"

// Assessment is everything that is computed from a State: scores, gates, the decision and
// the path to GO. It is a pure function of state; waivers and answers expire against the
// time of the last event, never a clock.
type Assessment struct {
	Score      Score
	Categories []CategoryScore
	Open       []OpenItem // every open item, worst gate first, in plan order
	Gates      []GateResult
	Computed   Decision
	Decision   Decision // declared where declared, else computed
	Partial    bool
	Path       []PathStep
	Overrides  []Override
	Conditions []Condition // in force: recorded ones, and the profile's while they are not met
	RAG        string      // overall colour: green, amber, red
	// OnlyUnknowns: NO-GO or incomplete, but it would not be NO-GO if all that is pending or
	// inconclusive passed (exit code 3).
	OnlyUnknowns bool
	// Lapsed says why a declared decision no longer stands, or is empty.
	Lapsed string
}

// Score is the overall figure in percent, 0 to 100, unrounded. Low counts what is not
// known as failed, High leaves it out, Adjusted leaves waived items out, Today follows
// today's rules where the profile reads them otherwise.
type Score struct {
	Overall, Low, High, Coverage, Adjusted, Today float64
}

// CategoryScore is one category's figures; the percentages are those of Score.
type CategoryScore struct {
	Category                                    *checks.Category
	Score, Low, High, Coverage, Adjusted, Today float64
	Incomplete                                  bool
	Empty                                       bool   // nothing in it applies: it scores 0 and weighs nothing
	RAG, Health                                 string // as printed: declared where declared
	ComputedRAG, ComputedHealth                 string
	Counts                                      Counts
	OpenBlockers                                int // decided and not waived
	OpenConditions                              int // decided or not, not waived
	OpenCrit                                    int // open items of severity critical, decided and not waived

	adjustedEmpty, todayEmpty bool
	unsure                    bool // a blocker is waived or not known
	amber                     bool // an open item of a severity that the profile colours amber
	minor                     bool // a medium condition failed
}

// Counts counts items by the verdict that counts.
type Counts struct {
	Pass         int `json:"pass"`
	Warn         int `json:"warn"`
	Fail         int `json:"fail"`
	Inconclusive int `json:"inconclusive"`
	NA           int `json:"na"`
	Pending      int `json:"pending"`
}

// OpenItem is an item that does not pass, or a finding that no linked item covers, with
// the gate class that it holds open. What opens nothing stricter is listed as advisory.
type OpenItem struct {
	Item     string // or the finding's id
	Finding  bool
	Gate     checks.Gate
	Verdict  checks.Verdict // of a finding: fail
	Waived   bool
	Title    string
	Category string
	Severity checks.Severity
}

// GateResult is one gate of the decision: whether it matches, what it then says and by
// which items.
type GateResult struct {
	ID      string   `json:"id"`    // open-blocker, unknown-blocker, coverage, category-floor, overall-floor, broken-condition, critical-without-condition, open-condition, waived-blocker, go-mark, override
	Title   string   `json:"title"` // "an open blocker"
	Matches bool     `json:"matches"`
	Says    Decision `json:"says"`
	By      []string `json:"by"`     // items, categories or conditions
	Detail  string   `json:"detail"` // "80.0 %, at least 90 % wanted"
}

// PathStep is one step of the path to GO: a cause whose items would have to pass, and
// what score and decision would be once this and all steps before are done. Items may hold
// a finding to close or a condition to complete; AssessIf takes them all.
type PathStep struct {
	Title    string   `json:"title"`
	Items    []string `json:"items"`
	Score    float64  `json:"score"`
	Decision Decision `json:"decision"`
}

// Override is a reviewer's verdict that is milder than the machine's fail.
type Override struct {
	Item    string         `json:"item"`
	Machine checks.Verdict `json:"machine"`
	Verdict checks.Verdict `json:"verdict"`
	Reason  string         `json:"reason"`
	By      string         `json:"by"`
}
