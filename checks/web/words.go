package web

import (
	"fmt"
	"time"

	"assess/gonogo/checks/web/answer"
)

// opinion is what a rule says about what was seen.
type opinion = answer.Opinion

// The words that rules are written in.
var (
	pass, warn, fail, na, unsure = answer.Pass, answer.Warn, answer.Fail, answer.NA, answer.Unsure

	statusText, quoteShort, list = answer.StatusText, answer.Quote, answer.List
	plural, orNone               = answer.Plural, answer.OrNone
	follow, refusedStatus        = answer.Follow, answer.RefusedStatus
	leakIn                       = answer.Leak
)

// inMillis prints a duration for people: "184 ms", "2.4 s".
func inMillis(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
