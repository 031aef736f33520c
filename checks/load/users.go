package load

import (
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// place is what one user was served with, his first request included where it ended in the
// measured time. Shares of all answers hide a user who waits: he gets few.
type place struct{ n, over, very int }

// served counts an answer of a place, or a request that was given up; badly says that it failed.
func (t *tally) served(at int, took time.Duration, badly bool) {
	p := &t.places[at]
	p.n++
	if badly || took > t.pass {
		p.over++
	}
	if badly || took > t.fail {
		p.very++
	}
}

// users counts those most of whose requests went beyond a limit.
func users(places []place) (slow, unserved int) {
	for _, p := range places {
		if 2*p.over > p.n {
			slow++
		}
		if 2*p.very > p.n {
			unserved++
		}
	}
	return slow, unserved
}

// forEach judges users one by one: behind a balancer that keeps a connection with one worker,
// one bad worker has few answers, and yet its share of the users. 5 % may be slow; of one
// user alone nothing fails.
func (f *facts) forEach() opinion {
	switch {
	case f.Unserved > 1 && float64(f.Unserved) > slowShare*float64(f.Users):
		return opinion{checks.Fail, fmt.Sprintf("%d of %d users were not served: most of their requests failed or took over %s", f.Unserved, f.Users, words(failBeyond))}
	case f.Unserved > 0:
		return opinion{checks.Warn, fmt.Sprintf("%d of %d users not served: most of the requests failed or took over %s", f.Unserved, f.Users, words(failBeyond))}
	case float64(f.SlowUsers) > slowShare*float64(f.Users):
		return opinion{checks.Warn, fmt.Sprintf("%d of %d users waited over %s most of the time", f.SlowUsers, f.Users, words(f.Limit))}
	}
	return opinion{}
}

// leastCold is how many requests of a start-up have to fail to be told.
const leastCold = 5

// starting warns where the start-up, which is not measured, failed.
func (f *facts) starting() opinion {
	if f.ColdBad < leastCold || 20*f.ColdBad <= f.Cold {
		return opinion{}
	}
	return opinion{checks.Warn, fmt.Sprintf("%d of %d requests of its start-up failed", f.ColdBad, f.Cold)}
}
