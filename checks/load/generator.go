package load

import (
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"time"
)

// generator watches whether this machine is able to measure: its own use of the CPU, and how
// late its timer is, second by second. It is used by one goroutine.
type generator struct {
	cpu     time.Duration
	at      time.Time
	late    [2]time.Duration // the two worst of the second
	windows []window
	seen    machine
	ownAt   time.Time // since when own is counted: the measured time
	own     time.Duration
}

// machine is how this machine did in the last whole second. It is safe for concurrent use.
type machine struct {
	busy atomic.Uint64 // bits of the share
	late atomic.Int64
}

type window struct {
	busy float64       // of all CPUs that gonogo may use
	late time.Duration // of the timer, the worst but one in a second
}

// Above these a second is no measurement.
const (
	busyLimit = 0.8
	lateLimit = 20 * time.Millisecond
	sickShare = 0.2
)

func (g *generator) start() { g.cpu, g.at = cpuTime(), time.Now() }

func (g *generator) tick(now time.Time, late time.Duration) {
	switch {
	case late > g.late[0]:
		g.late = [2]time.Duration{late, g.late[0]}
	case late > g.late[1]:
		g.late[1] = late
	}
	if now.Sub(g.at) < time.Second {
		return
	}
	used := cpuTime()
	busy := float64(used-g.cpu) / float64(now.Sub(g.at)) / float64(runtime.GOMAXPROCS(0))
	g.windows = append(g.windows, window{busy: busy, late: g.late[1]})
	g.seen.busy.Store(math.Float64bits(busy))
	g.seen.late.Store(int64(g.late[1]))
	g.cpu, g.at, g.late = used, now, [2]time.Duration{}
}

// measures begins to count what gonogo itself uses of the CPUs.
func (g *generator) measures(now time.Time) {
	if g.ownAt.IsZero() {
		g.ownAt, g.own = now, cpuTime()
	}
}

// share is what gonogo itself used of the CPUs that it may use, in percent.
func (g *generator) share(now time.Time) float64 {
	took := now.Sub(g.ownAt)
	if g.ownAt.IsZero() || took <= 0 {
		return 0
	}
	return 100 * float64(cpuTime()-g.own) / float64(took) / float64(runtime.GOMAXPROCS(0))
}

// verdict says why latency and throughput were not measurable; "" where they were.
func (g *generator) verdict(f *facts) string {
	limit := max(lateLimit, f.Latency.quantile(0.95)/5)
	busy, late := 0, 0
	for _, w := range g.windows {
		if w.busy > busyLimit {
			busy++
		}
		if w.late > limit {
			late++
		}
	}
	if n := float64(len(g.windows)) * sickShare; float64(busy) > n {
		return fmt.Sprintf("gonogo's own CPU was over %.0f %% in %d of %d s", 100*busyLimit, busy, len(g.windows))
	} else if float64(late) > n {
		return fmt.Sprintf("this machine's timer was over %s late in %d of %d s", words(limit), late, len(g.windows))
	}
	return f.unsent()
}

// unsent says that this machine's own limits kept requests back.
func (f *facts) unsent() string {
	if f.Count[ownSide] == 0 {
		return ""
	}
	return fmt.Sprintf("this machine could not send %d requests (ports, files or scope)", f.Count[ownSide])
}
