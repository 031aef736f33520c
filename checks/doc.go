// Package checks is gonogo's vocabulary and its engine: targets, profiles, items,
// verdicts and evidence; the registry of kinds; the plan of a review and the runner
// that carries it out as one stream of events.
//
// It knows no screen and no storage. It may import checks/guard, checks/observe,
// checks/source, checks/clean and checks/secrets; the kinds in the folders beside it import it, and
// checks/kinds lists them all.
package checks
