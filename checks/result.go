package checks

import (
	"time"

	"assess/gonogo/checks/clean"
)

// Result is what one check found: the verdict of its rule with the reason in words and
// the evidence that lets anybody dispute it.
type Result struct {
	Verdict Verdict
	// Today is the verdict of the modern rule where Verdict follows an older one that the
	// profile asked for (rules = "seed-legacy"); empty means the same.
	Today        Verdict
	Reason       clean.Text
	Strength     Strength // empty: ObservedLive for kinds that send, Configuration for local ones
	Evidence     []Evidence
	Measurements []Measurement
}

// Evidence is one piece of what was asked and what came back: bounded, redacted, named
// by the SHA-256 of its bytes.
type Evidence struct {
	SHA256   string     `json:"sha256"`
	What     clean.Text `json:"what"` // "GET /api/health", "compose.yaml"
	At       time.Time  `json:"at"`
	Bytes    int64      `json:"bytes"`
	Media    string     `json:"media"` // txt, json, xml, toml, png or bin
	Strength Strength   `json:"strength"`
	Body     []byte     `json:"-"`
}

// Measurement is one number a check took.
type Measurement struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Outcome is the machine's side of one item: the worst of its checks, read as the
// profile says.
type Outcome struct {
	Item         string
	Verdict      Verdict
	Today        Verdict // the rule's own verdict, before Read and older rules
	Changed      string  // which profile key changed it: "", `rules = "seed-legacy"`, `read.fail`
	Reason       clean.Text
	Strength     Strength
	Vantage      string // the host gonogo ran on
	Kinds        []string
	Checks       []CheckOutcome
	Evidence     []Evidence
	Measurements []Measurement
	Started      time.Time
	Elapsed      time.Duration
}

// CheckOutcome is one check's own verdict within an item.
type CheckOutcome struct {
	Kind    string     `json:"kind"`
	Hint    bool       `json:"hint"`
	Verdict Verdict    `json:"verdict"`
	Today   Verdict    `json:"today"`
	Reason  clean.Text `json:"reason"`
}
