// Package logs holds the kinds about what makes logs usable: their form, what they must not
// hold, the clock behind their times and the id that ties their lines together. Samples are
// the files that the target declares; of their lines only numbers are ever kept.
//
// It may import checks, checks/local, checks/guard, checks/observe, checks/secrets and
// checks/web/answer.
package logs

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind { return []checks.Kind{logsFormat, logsSecrets, clock, trace} }
