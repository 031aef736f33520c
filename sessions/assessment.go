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
	RAG        string // overall colour: green, amber, red
	// OnlyUnknowns: NO-GO, but only because of pending or inconclusive items, coverage or
	// an unreachable target (exit code 3).
	OnlyUnknowns bool
}

// Score is the overall figure in percent, 0 to 100, unrounded.
type Score struct {
	Overall, Low, High, Coverage, Adjusted float64
}

// CategoryScore is one category's figures. RAG is computed; Declared holds a reviewer's.
type CategoryScore struct {
	Category                               *checks.Category
	Score, Low, High, Coverage, Adjusted   float64
	Today                                  float64 // the score by the modern rules alone
	Incomplete                             bool
	RAG, Health                            string // as printed: declared where declared
	ComputedRAG, ComputedHealth            string
	Counts                                 Counts
	OpenBlockers, OpenConditions, OpenCrit int
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

// OpenItem is an item (or a finding without items) that holds a gate class open.
type OpenItem struct {
	Item    string // or the finding's id
	Finding bool
	Gate    checks.Gate
	Verdict checks.Verdict
	Waived  bool
	Title   string
}

// GateResult is one gate of the decision: whether it matches, what it then says and by
// which items.
type GateResult struct {
	ID      string   `json:"id"`    // open-blocker, unknown-blocker, coverage, category-floor, overall-floor, broken-condition, open-condition, waived-blocker, go-mark, override
	Title   string   `json:"title"` // "an open blocker"
	Matches bool     `json:"matches"`
	Says    Decision `json:"says"`
	By      []string `json:"by"`     // items, categories or conditions
	Detail  string   `json:"detail"` // "80.0 % of 90 %"
}

// PathStep is one step of the path to GO: a cause whose items would have to pass, and
// what score and decision would be once this and all steps before are done.
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
