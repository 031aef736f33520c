package results

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// scriptNote is what a script of `gonogo load export` adds to k6's summary.
type scriptNote struct {
	Plan  string  `json:"plan"` // the same in all parts of a run
	Ended string  `json:"ended"`
	Users float64 `json:"users"` // at once, at most, in all parts together
}

// counted are the counters of such a script: only what is judged counts, and counts of
// several parts add up.
type counted struct {
	plan   string
	ended  time.Time
	users  float64 // of the whole run
	asked  float64
	failed float64
	le     map[int]float64 // good answers by the upper edge of their latency in ms, each in one
	beyond float64         // slower than all edges
	sum    [sha256.Size]byte
}

// The names of the script's counters.
const (
	counterAsked  = "gonogo_requests"
	counterFailed = "gonogo_failed"
	counterBucket = "gonogo_lat_le_"
)

// maxEdges bounds the buckets.
const maxEdges = 100

// readCounted reads the counters. k6 leaves out those that nothing was added to.
func readCounted(note *scriptNote, metrics map[string]k6Metric) (*counted, error) {
	c := &counted{plan: note.Plan, ended: parseDate(note.Ended), users: note.Users, le: map[int]float64{}}
	if c.plan == "" || c.ended.IsZero() || !(c.users >= 1) {
		return nil, errors.New("gonogo's note lacks the plan, its users or when it ended")
	}
	good := 0.0
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		if !strings.HasPrefix(name, "gonogo_") || strings.Contains(name, "{") {
			continue
		}
		n, told := metrics[name].numbers["count"]
		if !told || n < 0 || n != math.Trunc(n) || n > 1e15 {
			return nil, fmt.Errorf("counter %s is no count", name)
		}
		edge, isBucket := strings.CutPrefix(name, counterBucket)
		switch {
		case name == counterAsked:
			c.asked = n
		case name == counterFailed:
			c.failed = n
		case isBucket && edge == "inf":
			c.beyond = n
			good += n
		case isBucket:
			at, err := strconv.Atoi(edge)
			if err != nil || at <= 0 || len(c.le) >= maxEdges || strconv.Itoa(at) != edge {
				return nil, fmt.Errorf("counter %s is no bucket", name)
			}
			c.le[at] = n
			good += n
		}
	}
	if good != c.asked-c.failed {
		return nil, fmt.Errorf("its counters contradict each other: %.0f requests, %.0f failed, %.0f latencies", c.asked, c.failed, good)
	}
	return c, nil
}

// over is how many good answers took longer than a limit in ms. Where the limit is no edge,
// the whole bucket that it runs through does.
func (c *counted) over(limit float64) float64 {
	n := c.beyond
	for edge, here := range c.le {
		if float64(edge) > limit {
			n += here
		}
	}
	return n
}

// add adds another part of the same run.
func (c *counted) add(o *counted) {
	c.asked, c.failed, c.beyond = c.asked+o.asked, c.failed+o.failed, c.beyond+o.beyond
	for edge, n := range o.le {
		c.le[edge] += n
	}
}

// apart is how far the ends of the parts of one run may be from each other.
const apart = 10 * time.Minute

// seeCounted judges the summaries of scripts that gonogo wrote, the parts of a run together,
// and returns the others.
func (f *finding) seeCounted(files []imported[loadRun], params loadParams) (others []imported[loadRun]) {
	runs := map[string][]imported[loadRun]{}
	for _, file := range files {
		if c := file.facts.counted; c != nil {
			runs[c.plan] = append(runs[c.plan], file)
		} else {
			others = append(others, file)
		}
	}
	for _, plan := range slices.Sorted(maps.Keys(runs)) {
		f.seeRun(runs[plan], params)
	}
	return others
}

// slowShare is the share of good answers that may be slower than a limit.
const slowShare = 0.05

// judgeSlow judges how many of n took longer than the two limits.
func judgeSlow(slow, verySlow, n float64) checks.Verdict {
	switch {
	case verySlow/n > slowShare:
		return checks.Fail
	case slow/n > slowShare:
		return checks.Warn
	}
	return checks.Pass
}

// seeRun judges the parts of one run.
func (f *finding) seeRun(parts []imported[loadRun], params loadParams) {
	name, whole, users := parts[0].name, counted{le: map[int]float64{}}, 0.0
	seen := map[[sha256.Size]byte]bool{}
	first, last := parts[0].facts.counted.ended, parts[0].facts.counted.ended
	for _, part := range parts {
		c := part.facts.counted
		if seen[c.sum] {
			continue // one part under two names
		}
		seen[c.sum] = true
		whole.add(c)
		users += part.facts.users
		if c.ended.Before(first) {
			first = c.ended
		}
		if c.ended.After(last) {
			last = c.ended
		}
		for _, crossed := range part.facts.crossed {
			f.see(checks.Fail, part.name, "threshold", "the test's own threshold was crossed: %s", crossed)
		}
	}
	if more := len(seen) - 1; more > 0 {
		name += fmt.Sprintf(" and %d more parts", more)
	}
	if last.Sub(first) > apart {
		f.see(checks.Inconclusive, name, "parts", "are no parts of one run: they ended %s apart", last.Sub(first).Round(time.Minute))
		return
	}
	if most := parts[0].facts.counted.users; !(users >= 0.95*most) {
		f.see(checks.Inconclusive, name, "users", "had only %.0f users at once where the plan has %.0f: a part is missing, or it was stopped", users, most)
	}
	rate, p95, least := value(params.ErrorRate, 0.01), value(params.P95, 500), value(params.MinRequests, 100)
	good := whole.asked - whole.failed
	slow, verySlow := whole.over(p95), whole.over(slowLimit*p95)
	if whole.asked < least || whole.asked == 0 {
		f.see(checks.Inconclusive, name, "requests", "only %.0f requests, %.0f asked", whole.asked, least)
	} else {
		v, say := judgeFailed(whole.failed, whole.asked, rate)
		f.see(v, name, "failed", "%s", say)
	}
	if good > 0 {
		f.see(judgeSlow(slow, verySlow, good), name, "latency", "%.0f of %.0f good answers took over %.0f ms, %.0f over %.0f ms; 5 %% allowed", slow, good, p95, verySlow, slowLimit*p95)
	}
	if params.MinUsers > 0 {
		f.seeUsers(name, users, params.MinUsers)
	}
	f.measure("requests", whole.asked, "requests")
	f.measure("failed", whole.failed, "requests")
	if good > 0 {
		f.measure("over the limit", 100*slow/good, "%")
	}
	in := ""
	if len(seen) > 1 {
		in = fmt.Sprintf(" in %d parts", len(seen))
	}
	said := fmt.Sprintf("%.0f requests%s, %.0f failed, %.0f over %.0f ms", whole.asked, in, whole.failed, slow, p95)
	f.said = strings.TrimPrefix(f.said+"; "+said, "; ")
}
