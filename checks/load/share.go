package load

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// The requests and bytes of a run are shared among its load checks: a target that answers quickly
// would use them all up in the first, and the others would measure nothing. Each gets its
// part of what those before left, by what its kind needs; kinds that send a fixed number
// count as one.
var weights = map[string]int64{"load.steps": 2, "load.pool": 2, "load.recovery": 2, "load.resources": 2, "load.database": 2, "load.sustained": 4}

func weight(kind string) int64 { return max(1, weights[kind]) }

// keptBack is the part that nobody gets: for what goes out before a load begins, and what is
// in flight when it ends.
const keptBack = 0.1

// take is how many requests a check of this kind may send, and how many bytes it may read,
// which has its turn now.
func (c *campaign) take(kind string) (requests, bytes int64) {
	if i := slices.Index(c.due, kind); i >= 0 {
		c.due = slices.Delete(c.due, i, i+1)
	}
	whole := weight(kind)
	for _, later := range c.due {
		whole += weight(later)
	}
	part := func(left int64) int64 {
		return int64((1 - keptBack) * float64(max(0, left)) * float64(weight(kind)) / float64(whole))
	}
	return part(c.Requests - c.requests.Load()), part(c.Bytes - c.bytes.Load())
}

// afford holds the share of requests to what the share of bytes pays for, by what the answers
// to one user had.
func (t *trial) afford(read, asked int64) {
	if asked > 0 && read > 0 {
		t.share = min(t.share, int64(float64(t.room)/float64(read)*float64(asked)))
	}
}

// startShare is the part of a phase's requests that its start-up may take.
const startShare = 0.25

// within fits a phase of the closed model into so many requests: its start-up, which is
// thrown away, is held to a rate; its measurement, which nothing holds back, ends with the
// answer that is the last of them.
func (ph phase) within(requests int64) phase {
	if ph.Warm > 0 {
		ph.StartRate = max(startShare*float64(requests)/ph.Warm.Seconds(), float64(2*ph.Users))
		requests -= int64(startShare * float64(requests))
	}
	if most := max(int(requests), ph.Least); ph.Most == 0 || most < ph.Most {
		ph.Most, ph.Shared = most, true
	}
	return ph
}

// hold keeps the closed model, for so long, to a rate that its share of the requests allows;
// shared says that this is what bounds it.
func (t *trial) hold(whole time.Duration) (shared bool) {
	most := float64(t.share) / whole.Seconds()
	if shared = t.held == 0 || most < t.held; shared {
		t.held = most
	}
	return shared
}

// affords is the rate that the share of the requests allows for so long.
func (t *trial) affords(whole time.Duration) float64 {
	return math.Floor(float64(t.share) / whole.Seconds())
}

// shared says that the run's requests, and not the target, ended a measurement.
func (f *facts) shared() opinion {
	if !f.Shared {
		return opinion{}
	}
	return opinion{reason: fmt.Sprintf("%s, after %s", f.sharedWords(), words(f.Elapsed))}
}

func (f *facts) sharedWords() string {
	return fmt.Sprintf("ended by gonogo with its share of the run's requests, %s", count(f.answers(), "answer"))
}
