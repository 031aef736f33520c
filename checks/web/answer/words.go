package answer

import (
	"fmt"
	"net/http"
	"strings"

	"assess/gonogo/checks"
)

// Opinion is what a rule says about what was seen. Today is set where an older rule decided
// Verdict and the modern one says otherwise.
type Opinion struct {
	Verdict checks.Verdict
	Reason  string
	Today   checks.Verdict
}

// Pass, Warn, Fail, NA and Unsure make opinions with that verdict; Unsure is inconclusive.
func Pass(reason string) Opinion   { return Opinion{Verdict: checks.Pass, Reason: reason} }
func Warn(reason string) Opinion   { return Opinion{Verdict: checks.Warn, Reason: reason} }
func Fail(reason string) Opinion   { return Opinion{Verdict: checks.Fail, Reason: reason} }
func NA(reason string) Opinion     { return Opinion{Verdict: checks.NA, Reason: reason} }
func Unsure(reason string) Opinion { return Opinion{Verdict: checks.Inconclusive, Reason: reason} }

// Result makes the opinion a result about what was seen live.
func (o Opinion) Result(evidence ...checks.Evidence) checks.Result {
	r := checks.NewResult(o.Verdict, checks.ObservedLive, o.Reason, evidence...)
	r.Today = o.Today
	return r
}

// Part makes the opinion one of several.
func (o Opinion) Part(what string) Part {
	return Part{What: what, Verdict: o.Verdict, Reason: o.Reason}
}

// StatusText is a status code with its name: "404 Not Found".
func StatusText(code int) string {
	if name := http.StatusText(code); name != "" {
		return fmt.Sprintf("%d %s", code, name)
	}
	return fmt.Sprint(code)
}

// Quote quotes foreign text in a reason, cut to 80 runes.
func Quote(s string) string {
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80]) + "…"
	}
	return `"` + s + `"`
}

// List joins words as a person would: "a, b and c".
func List(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// Plural prints a count with its noun: "1 path", "3 paths".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// OrNone is the text, or "none" where it is empty.
func OrNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
