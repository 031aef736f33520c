package checks

import "errors"

// Profile is the standard a target is held to, as its TOML declares it (see
// `gonogo help profile`). Every judgement that is a matter of the house, not of fact,
// is data here: weights, gates, colours, phrases.
type Profile struct {
	ID      string `toml:"id"`
	Title   string `toml:"title"`
	Version int    `toml:"version"`
	Extends string `toml:"extends"`
	About   string `toml:"about"`

	Scoring Scoring `toml:"scoring"`
	Gates   Gates   `toml:"gates"`
	RAG     RAG     `toml:"rag"`

	Categories []Category      `toml:"category"`
	Themes     []Theme         `toml:"theme"`      // groups of critical issues
	Causes     []Cause         `toml:"cause"`      // root causes the profile already knows
	Actions    []Action        `toml:"action"`     // readiness checklist and action plan
	Conditions []PlanCondition `toml:"condition"`  // conditions offered with their items
	Risks      []Risk          `toml:"risk"`       // risk matrix
	Compliance []Compliance    `toml:"compliance"` // technology compliance
	Status     []StatusLine    `toml:"status"`     // system status lines under the header
	Retest     []string        `toml:"retest"`     // re-testing list
	Phrases    Phrases         `toml:"phrases"`
	Timeline   Timeline        `toml:"timeline"`

	ReviewAfter string `toml:"review_after"` // "7d": when the next review is due

	// Merged is written by gonogo into Source, never by authors: what Extends names is
	// already in it.
	Merged bool `toml:"merged"`

	// Dropped are the items that this profile leaves out of the one it extends, each with
	// its reason.
	Dropped []Item `toml:"-"`

	// Source is the profile as TOML that can be read back alone: the bytes of its file, or,
	// where it extends another, the merged profile. Path is the file it came from.
	Source []byte `toml:"-"`
	Path   string `toml:"-"`

	written []byte // the file's own bytes, for the lines of mistakes
}

// Scoring says how a category's score is made.
type Scoring struct {
	Method     string  `toml:"method"`      // "weighted" or "passrate"
	Rules      string  `toml:"rules"`       // "modern", "strict" or "seed-legacy"
	CompleteAt float64 `toml:"complete_at"` // share of applicable items that must be decided
}

// Gates holds the floors and the default gate class of severities.
type Gates struct {
	CoverageFloor float64 `toml:"coverage_floor"`
	CategoryFloor float64 `toml:"category_floor"`
	OverallFloor  float64 `toml:"overall_floor"`
	GoMark        float64 `toml:"go_mark"`
	Critical      Gate    `toml:"critical"`
	High          Gate    `toml:"high"`
}

// RAG holds the thresholds of colours and health words.
type RAG struct {
	Green        float64            `toml:"green"`
	Amber        float64            `toml:"amber"`
	RedCriticals int                `toml:"red_criticals"` // this many open criticals make red; 0 = off
	AmberOn      []Severity         `toml:"amber_on"`      // severities whose open items make amber
	Words        map[string]float64 `toml:"words"`         // health word → lowest score
	Gaps         bool               `toml:"gaps"`          // "with Critical Gaps" / "with Minor Issues"
}

// Category is one chapter of a profile.
type Category struct {
	ID        string            `toml:"id"`
	Title     string            `toml:"title"`
	Prefix    string            `toml:"prefix"` // shared start of its item ids, for people
	Weight    float64           `toml:"weight"`
	Seconds   int               `toml:"seconds"`    // time budget of its checks, 0 = none
	WordLabel string            `toml:"word_label"` // "Health" when empty; "Risk level"
	Words     map[string]string `toml:"words"`      // colour → word, replaces the health word
	Status    map[string]string `toml:"status"`     // colour → status phrase
	Advice    map[string]string `toml:"advice"`     // failed, incomplete, passed → advice word
	Items     []Item            `toml:"item"`
}

// Item is one line of a profile: checks, a question, or both.
type Item struct {
	ID       string   `toml:"id"`
	Row      string   `toml:"row"` // rows of a category's table group items; empty: its own row
	Title    string   `toml:"title"`
	Severity Severity `toml:"severity"`
	Gate     Gate     `toml:"gate"`
	Level    string   `toml:"level"` // A, B or C
	Why      string   `toml:"why"`
	Fix      string   `toml:"fix"`
	Snippet  string   `toml:"snippet"`
	Refs     []string `toml:"refs"`

	Checks   []Check `toml:"checks"`
	Question string  `toml:"question"`
	Guide    string  `toml:"guide"`
	When     string  `toml:"when"` // "unknown" (default) or "always"

	Read   map[string]Verdict `toml:"read"`    // how the profile reads the rule's verdict, never towards pass
	OpenOn []Verdict          `toml:"open_on"` // which verdicts open the item's gate class

	Strength string `toml:"strength"` // the sentence printed when it passes
	Issue    string `toml:"issue"`    // the sentence printed while it does not
	Horizon  string `toml:"horizon"`  // immediate, short term, long term
	Effort   string `toml:"effort"`

	Dropped string `toml:"dropped"` // reason why an extending profile leaves it out
}

// Check is a kind with its parameters. A parameter string that starts with @ stands for
// what the target declares: "@paths.health[0]", "@role.admin_page", "@env.required".
type Check struct {
	Kind   string
	Hint   bool // shown, never counts
	Params map[string]any
}

// UnmarshalTOML reads { kind = "…", hint = true, anything else }.
func (c *Check) UnmarshalTOML(raw any) error {
	table, ok := raw.(map[string]any)
	if !ok {
		return errors.New(`must be a table such as { kind = "target.reachable" }`)
	}
	*c = Check{Params: map[string]any{}}
	for key, value := range table {
		switch key {
		case "kind":
			c.Kind, ok = value.(string)
			if !ok || c.Kind == "" {
				return errors.New("kind must be a string")
			}
		case "hint":
			if c.Hint, ok = value.(bool); !ok {
				return errors.New("hint must be true or false")
			}
		default:
			c.Params[key] = value
		}
	}
	if c.Kind == "" {
		return errors.New(`kind is missing: { kind = "target.reachable" }`)
	}
	return nil
}

// Theme groups open items under one heading of the critical issues.
type Theme struct {
	Title string   `toml:"title"`
	Lines []Line   `toml:"line"`
	Items []string `toml:"items"` // ids, or starts of ids with a trailing *
}

// Cause is a root cause that explains several items at once.
type Cause struct {
	ID    string   `toml:"id"`
	Title string   `toml:"title"`
	Items []string `toml:"items"`
}

// Line is one tickable or self-ticking line.
type Line struct {
	Text   string   `toml:"text"`
	Items  []string `toml:"items"`
	ByHand bool     `toml:"by_hand"`
}

// Action is an entry of the readiness checklist and the action plan.
type Action struct {
	Title    string   `toml:"title"`
	List     string   `toml:"list"` // must or should
	Priority int      `toml:"priority"`
	Days     [2]Days  `toml:"days"` // least and most working days
	Horizon  string   `toml:"horizon"`
	Lines    []Line   `toml:"line"`
	Items    []string `toml:"items"`
	Snippet  string   `toml:"snippet"`
}

// Days is a number of working days.
type Days = float64

// PlanCondition is a condition that a profile offers while its items are open.
type PlanCondition struct {
	ID              string   `toml:"id"`
	Text            string   `toml:"text"`
	Owner           string   `toml:"owner"`             // a role, looked up in the target's [owners]
	Due             string   `toml:"due"`               // "before deploy", "24h after", "14d after"
	DeployNotBefore string   `toml:"deploy_not_before"` // "48h": after it is met
	Items           []string `toml:"items"`
	Checklist       bool     `toml:"checklist"` // also a line of the pre-deployment checklist
	Critical        bool     `toml:"critical"`  // listed among the critical issues
}

// Risk is a row of the risk matrix.
type Risk struct {
	Component   string   `toml:"component"`
	Items       []string `toml:"items"`
	Impact      string   `toml:"impact"`      // LOW, MEDIUM, HIGH
	Probability string   `toml:"probability"` // LOW, MEDIUM, LIKELY, CERTAIN
}

// Compliance is a line of the technology compliance section: good when its items pass.
type Compliance struct {
	Title string   `toml:"title"`
	Text  string   `toml:"text"`
	Items []string `toml:"items"`
}

// StatusLine is one line of the system status under the report's header.
type StatusLine struct {
	Title string            `toml:"title"`
	Items []string          `toml:"items"`
	Words map[string]string `toml:"words"` // verdict → sentence
}

// Phrases are the profile's own words for decisions.
type Phrases struct {
	Failed     string            `toml:"failed"`     // "{fails} critical failures"
	Warnings   string            `toml:"warnings"`   // "too many warnings ({warnings})"
	Incomplete string            `toml:"incomplete"` // where it stopped
	Decision   map[string]string `toml:"decision"`   // decision → headline
	Overall    map[string]string `toml:"overall"`    // colour → sentence
	Closing    map[string]string `toml:"closing"`    // decision → closing advice
	Method     string            `toml:"method"`
}

// Timeline holds the day ranges that no action carries.
type Timeline struct {
	Retest [2]Days `toml:"retest"`
}
