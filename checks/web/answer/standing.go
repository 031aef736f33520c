package answer

import (
	"net/http"

	"assess/gonogo/checks/observe"
)

// Standing is what the answer for a path says about the path, once it is held against
// the answer for a random sibling (the control). A status alone says little: front ends
// answer 200 to everything, guards answer 401 to everything.
type Standing string

// The standings.
const (
	Real     Standing = "answers"                     // 2xx, unlike the control
	CatchAll Standing = "answered like unknown paths" // 2xx, like the control
	Guarded  Standing = "refused"                     // refused, the control is not
	Blanket  Standing = "refused like unknown paths"  // refused, like the control
	Absent   Standing = "not found"                   // 404 or 410
	Broken   Standing = "fails"                       // 5xx
	Other    Standing = "unclear"                     // any other status
)

// Stand holds x against its control.
func Stand(x, control *observe.Exchange) Standing {
	switch {
	case Success(x):
		if observe.Same(x, control) {
			return CatchAll
		}
		return Real
	case Refused(x):
		if observe.Same(x, control) || (x.Status == control.Status && Refused(control)) {
			return Blanket
		}
		return Guarded
	case x.Status == http.StatusNotFound || x.Status == http.StatusGone:
		return Absent
	case x.Status >= 500:
		return Broken
	}
	return Other
}
