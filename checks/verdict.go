package checks

// Verdict is the outcome of a check, of an item's machine side or of a reviewer's
// judgement.
type Verdict string

// The six verdicts. Pending is no judgement yet: not declared, not consented to or
// not asked; Inconclusive ran and could not tell.
const (
	Pass         Verdict = "pass"
	Warn         Verdict = "warn"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	NA           Verdict = "na"
	Pending      Verdict = "pending"
)

// Verdicts lists every verdict in the order in which counts are shown.
var Verdicts = []Verdict{Pass, Warn, Fail, Inconclusive, NA, Pending}

// badness orders verdicts for Worst. A pending check stands above a warning: a check
// that could not be made must never let an item pass on the strength of its others.
var badness = map[Verdict]int{NA: 0, Pass: 1, Warn: 2, Pending: 3, Inconclusive: 4, Fail: 5}

// Known reports whether v is one of the six verdicts.
func (v Verdict) Known() bool { _, ok := badness[v]; return ok }

// Decided reports whether v enters a score: pass, warn or fail.
func (v Verdict) Decided() bool { return v == Pass || v == Warn || v == Fail }

// Worst returns the verdict that an item takes from its checks:
// fail > inconclusive > pending > warn > pass > na. Without any it is Pending.
func Worst(vs ...Verdict) Verdict {
	if len(vs) == 0 {
		return Pending
	}
	worst := vs[0]
	for _, v := range vs[1:] {
		if badness[v] > badness[worst] {
			worst = v
		}
	}
	return worst
}

// Severity says how bad it is when an item does not pass.
type Severity string

// The five severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists every severity, worst first.
var Severities = []Severity{Critical, High, Medium, Low, Info}

// severityWeights are the weights of the weighted score (PRODUCT: scoring).
var severityWeights = map[Severity]float64{Critical: 10, High: 6, Medium: 3, Low: 1, Info: 0}

// Known reports whether s is one of the five severities.
func (s Severity) Known() bool { _, ok := severityWeights[s]; return ok }

// Weight is the item's share in a weighted score: critical 10, high 6, medium 3, low 1,
// info 0.
func (s Severity) Weight() float64 { return severityWeights[s] }

// Gate is the class of an item: what it does to the decision while it is open.
type Gate string

// The gate classes, strictest first. GateNone is what a warning of an advisory item opens.
const (
	Blocker   Gate = "blocker"
	Condition Gate = "condition"
	Advisory  Gate = "advisory"
	GateNone  Gate = ""
)

// Milder returns the next milder gate class.
func (g Gate) Milder() Gate {
	switch g {
	case Blocker:
		return Condition
	case Condition:
		return Advisory
	}
	return GateNone
}

// Known reports whether g is one of the three gate classes.
func (g Gate) Known() bool { return g == Blocker || g == Condition || g == Advisory }

// Strength says how a verdict is known, strongest first.
type Strength string

// The four strengths of evidence.
const (
	ObservedLive  Strength = "observed live"
	Configuration Strength = "read from configuration"
	Stated        Strength = "stated by a person"
	Inferred      Strength = "inferred"
)

// Class says what running a check may do to its target; intrusive and load need consent.
type Class string

// The classes. Local reads files only and sends nothing.
const (
	Local     Class = "local"
	Safe      Class = "safe"
	Intrusive Class = "intrusive"
	Load      Class = "load"
)

// NeedsConsent reports whether checks of the class wait for the assessor's consent.
func (c Class) NeedsConsent() bool { return c == Intrusive || c == Load }
