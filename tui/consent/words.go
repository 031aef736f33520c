package consent

import (
	"fmt"

	"assess/gonogo/tui/screen"
)

// The box and what it begins with.
const (
	boxTitle  = "Allow %s?"          // a class of checks
	toldTitle = "Consent, allow %s?" // the same where it is told line by line
	askedRole = "Asked"
)

// waiting says how many checks ask.
func waiting(n int) string {
	return screen.Count(n, "check waits for this.", "checks wait for this.")
}

// The bounds: their labels, and what stands beside them.
const (
	labelWhere  = "Where"
	labelAtMost = "At most"
	labelStops  = "Stops by"
	labelLeaves = "Leaves"

	wherePinned  = "%s, its address pinned for the run; no host outside the target file’s scope"
	whereHere    = "this machine, no shell around it; its input is empty; no variables but PATH, HOME, LANG and those the target file names"
	atMostSent   = "%s requests in the run, and bursts of %d to one path"
	stopsByKey   = "%s, within a second; what ran until then is saved"
	leavesLogs   = "log lines that name gonogo and the run"
	leavesSlower = "log lines that name gonogo and the run; slower answers meanwhile"
	leavesOfArgv = "what the command leaves: read it before you allow it"
)

// What each check sends or starts.
const (
	starts      = "starts  %s"
	startsRole  = "%s starts" // an item
	sendsRole   = "%s sends"
	belowScroll = " below: %s scroll" // after the lines that are out of sight
)

// The answer.
const (
	itIsHere     = "%s is this machine."
	itStartsHere = "It starts on this machine, as you."
	typeTheHost  = "Type the host to allow it once   "
	allowOnce    = "allow once"
	allowTyped   = "allow, once typed"
	notNow       = "not now"
	stayPending  = "not now: they stay pending"
	wrongHost    = "that is not %s"
	hostLabel    = "Host"
	hostHint     = "type the host %s to allow it once; b is not now"
	scrolls      = "scroll"
	allInSight   = "all of it is in sight"
)

// here says why nothing has to be typed: what is asked for stays on this machine.
func (d *Dialog) here() string {
	if d.runs {
		return itStartsHere
	}
	return fmt.Sprintf(itIsHere, d.host)
}
