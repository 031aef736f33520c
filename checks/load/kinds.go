package load

import (
	"time"

	"assess/gonogo/checks"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind { return kindsWithin(usual) }

// kindsWithin makes the kinds with these ceilings.
func kindsWithin(c ceilings) []checks.Kind {
	return []checks.Kind{baselineKind(c), burstKind(c), poolKind(c), stepsKind(c), sustainedKind(c), recoveryKind(c), resourcesKind(c), databaseKind(c), restartKind(c)}
}

// The limits of latency under load: 95 % of the answers within the first pass, within the
// second warn.
const (
	passWithin = 500 * time.Millisecond
	failBeyond = 2 * time.Second
)

// limit is how long a load check may take at most; the category's and the load part's own
// times end it before.
const limit = 15 * time.Minute

// What the texts of several kinds share.
const (
	failRule = "Failed requests are judged by a Wilson 95 % interval: PASS up to 1 %, FAIL above 5 % or clearly above 1 %, else WARN; under 73 answers nothing is judged. "
	slowRule = "Latency: PASS when 95 % take at most 500 ms, WARN at most 2 s, else FAIL. "
	kindRule = "An answer with 2xx fails too where its media type is none that one user got, or it is empty and theirs were not; WARN where more than 1 % are under half or over twice as long. "
	goneRule = "FAIL also: afterwards five requests in a row fail. "
	eachRule = "User by user: WARN where more than 5 % got most of their answers later than 500 ms, or one was not served (most of his requests failed or took over 2 s); FAIL where more than one and 5 % were not. WARN also: over 5 % of the start-up failed. "
	unsureIf = "inconclusive: one user is not served first (nine of ten requests), time or a ceiling ran out, more than 5 % were 429, or this machine was too busy to measure."
)

// or is the value of an optional parameter.
func or[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// required is the number of users that the target must serve.
func required(t *checks.Target) int {
	if t.Load.Users > 0 {
		return t.Load.Users
	}
	return 50
}
