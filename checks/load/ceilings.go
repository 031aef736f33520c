package load

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
)

// ceilings hold what no parameter can exceed.
type ceilings struct {
	Users    int           // at once
	Rate     float64       // requests a second in the open model
	Held     float64       // requests a second in the closed model, off loopback
	Requests int64         // in the whole run
	Near     int64         // the same, where the whole scope is on this machine: there quick targets need more to be measured for a second
	Bytes    int64         // of bodies, in the whole run
	Time     time.Duration // of all load kinds in a run, where the target file says nothing
	MostTime time.Duration // whatever the target file says

	Body     int64         // of one answer
	Header   int64         // of one answer
	Deadline time.Duration // of one request
	Drain    time.Duration // for what is in flight at the end of a step
	Settle   time.Duration // how long the gate waits for a target that is still busy
	Quiet    time.Duration // with nothing good: the step ends
	Look     time.Duration // between two looks at what the target says of itself meanwhile
}

var usual = ceilings{
	Users: MostUsers, Rate: 2000, Held: 500, Requests: 50_000, Near: 400_000, Bytes: 512 << 20, Time: 3 * time.Minute, MostTime: 15 * time.Minute,
	Body: 1 << 20, Header: 64 << 10, Deadline: 10 * time.Second, Drain: 2 * time.Second, Settle: 30 * time.Second, Quiet: 3 * time.Second, Look: time.Second,
}

// campaign is what all load checks of a run share: how much they used of the ceilings, and
// the ladders of steps, by path.
type campaign struct {
	ceilings
	requests atomic.Int64
	bytes    atomic.Int64
	spent    time.Duration // by checks that ended
	due      []string      // the kinds of the checks that have their turn yet
	ladders  map[string]*ladder
	restarts map[string]*restarted
	results  map[string]checks.Result // of what one run looks at once, whatever asks
}

// on is these ceilings for a target: who is on this machine alone harms nobody else.
func (c ceilings) on(t *checks.Target) ceilings {
	base, err := url.Parse(t.BaseURL)
	if err != nil || base.Host == "" || !guard.IsLoopback(base.Hostname()) {
		return c
	}
	for _, host := range t.Scope.Hosts {
		if !near(host) {
			return c
		}
	}
	c.Requests = max(c.Requests, c.Near)
	return c
}

// near reports whether a host of the scope, with or without port or scheme, is this machine.
func near(host string) bool {
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		return guard.IsLoopback(u.Hostname())
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return guard.IsLoopback(strings.Trim(host, "[]"))
}

func newCampaign(c ceilings) *campaign {
	return &campaign{ceilings: c, ladders: map[string]*ladder{}, results: map[string]checks.Result{}, restarts: map[string]*restarted{}}
}

// used says which of the run's ceilings is reached; "" is none.
func (c *campaign) used() string {
	switch {
	case c.requests.Load() >= c.Requests:
		return fmt.Sprintf("the ceiling of %d requests of load in a run is reached", c.Requests)
	case c.bytes.Load() >= c.Bytes:
		return fmt.Sprintf("the ceiling of %d MiB of answers to load in a run is reached", c.Bytes>>20)
	}
	return ""
}

// whole is the time that all load kinds have together in a run.
func (c *ceilings) whole(t *checks.Target) time.Duration {
	if s := t.Load.Seconds; s > 0 {
		return min(time.Duration(s)*time.Second, c.MostTime)
	}
	return c.Time
}

// MostUsers is how many users no load check goes beyond.
const MostUsers = 200

// Bounds says in words what no run of load kinds goes beyond on this target, whatever its
// profile asks for: what an assessor consents to.
func Bounds(t *checks.Target) string {
	c := usual.on(t)
	rate := thousands(int64(max(c.Held, c.Rate))) + " requests/s" // whichever model the profile asks for
	if base, err := url.Parse(t.BaseURL); err == nil && guard.IsLoopback(base.Hostname()) {
		rate = "as fast as it answers" // the closed model is held to a rate only elsewhere
	}
	return fmt.Sprintf("%d users · %s · %s requests · %s in all · %d MiB read in all · %d MiB an answer",
		c.Users, rate, thousands(c.Requests), minutes(c.whole(t)), c.Bytes>>20, c.Body>>20)
}

// thousands writes a number with a space before every three digits: "50 000".
func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return thousands(n/1000) + fmt.Sprintf(" %03d", n%1000)
}

// minutes writes a time as people say it: "3 min", "90 s".
func minutes(d time.Duration) string {
	if d >= time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return seconds(d)
}
