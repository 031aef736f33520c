// Package command holds the kind that runs a program which the target file declares under
// [commands.NAME]. A profile only names the command: nothing in a profile can bring a
// program or an argument.
//
// The program is started without a shell and without a terminal, in a session and a group
// of its own, which is killed as a whole (what leaves it as a daemon does, stays), with an
// empty input and no more of the environment than is
// declared. What it prints is kept from both ends and redacted. The judgement is a pure
// function of exit, time and test results. The package may import checks, checks/clean and
// checks/results.
package command

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind { return []checks.Kind{runKind} }
