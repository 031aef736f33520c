package load

import (
	"fmt"
	"math"
	"time"

	"assess/gonogo/checks"
)

// use is what a page of figures said before, during and after a load.
type use struct {
	Samples  []sample
	From, To time.Time // of the load, its start-up left out
	Own      float64   // percent of this machine's CPUs that gonogo itself used meanwhile
	Same     bool      // the target is on this machine
	Cooled   bool      // the time after the load was waited for
	Why      string    // the last trouble in reading
}

// part names the part of the run that a moment is in.
func (u *use) part(at time.Time) string {
	switch {
	case at.Before(u.From):
		return "before"
	case at.After(u.To):
		return "after"
	}
	return "during"
}

// split sorts the samples. Those of the load's start-up count as neither; the first of it
// does as the last before, if there is none earlier.
func (u *use) split() (before, during, after []sample) {
	start := u.From.Add(-time.Second)
	for _, s := range u.Samples {
		switch {
		case s.At.Before(start):
			before = append(before, s)
		case s.At.After(u.To):
			after = append(after, s)
		case s.At.After(u.From):
			during = append(during, s)
		}
	}
	return before, during, after
}

// The limits of use, in percent; and what a CPU has to show of the load, in points.
const (
	busyPass, busyWarn = 80, 95
	nearlyAll          = 90
	leftOver           = 20
	leastRise          = 0.2
)

// judge judges every figure there is.
func (u *use) judge() []opinion {
	before, during, after := u.split()
	if len(before) < 2 || len(during) < 2 || len(after) < 2 && u.Cooled {
		why := ""
		if u.Why != "" {
			why = " (" + u.Why + ")"
		}
		return []opinion{unsure("too few figures to tell: %d before, %d during, %d after the load%s", len(before), len(during), len(after), why)}
	}
	out := []opinion{u.cpu(before, during), memory(before, during, after)}
	out = append(out, held("open files", before, during, after, func(s sample) float64 { return s.Files }, func(s sample) float64 { return s.FileLimit }))
	none := func(sample) float64 { return math.NaN() }
	out = append(out, held("threads", before, during, after, func(s sample) float64 { return s.Threads }, none),
		held("goroutines", before, during, after, func(s sample) float64 { return s.Goroutines }, none))
	if first, last := u.Samples[0].Start, u.Samples[len(u.Samples)-1].Start; sound(first, last) && math.Abs(last-first) > 2 {
		out = append(out, unsure("it was restarted meanwhile"))
	}
	return out
}

// cpu judges the use of the CPUs during the load, which has to show in it.
func (u *use) cpu(before, during []sample) opinion {
	was, okWas := busyBetween(before)
	is, okIs := busyBetween(during)
	if !okWas || !okIs {
		return unsure("the page does not tell the use of the CPU, or its counters stand still")
	}
	text := fmt.Sprintf("CPU %.0f %%, %.0f %% before", is, was)
	switch bad := is >= busyPass; {
	case bad && u.Same && !math.IsNaN(during[0].Total) && is-u.Own < busyPass:
		return unsure("%s, of which gonogo itself, on the same machine, may be %.0f", text, u.Own)
	case is >= busyWarn:
		return opinion{checks.Fail, text}
	case bad:
		return opinion{checks.Warn, text}
	case u.Same && math.IsNaN(during[0].Total) && is+u.Own >= busyPass:
		return unsure("%s, and gonogo itself, on the same machine, may have used %.0f %% of it: what was left for the service is not known", text, u.Own)
	case is-was < leastRise:
		return unsure("%s: the load does not show in these figures; are they of the machine that answers?", text)
	}
	return opinion{checks.Pass, text}
}

// memory judges the use of memory: its limit, whether it grows all the time, and whether it
// comes back.
func memory(before, during, after []sample) opinion {
	of := func(s sample) float64 { return s.Memory }
	if !sound(figures(before, of)...) || !sound(figures(during, of)...) || !sound(figures(after, of)...) || quantileOf(figures(during, of), 0.5) == 0 {
		return unsure("the page does not tell the use of memory")
	}
	o := held("memory", before, during, after, of, func(s sample) float64 { return s.MemoryLimit })
	series := figures(during, of)
	if median := quantileOf(series, 0.5); len(series) >= leastWindows && median > 0 && o.verdict == checks.Pass {
		if slope := theilSen(series) / median; slope > 0.01 && mannKendall(series) >= 3 {
			return opinion{checks.Warn, fmt.Sprintf("memory grows by %.1f %% a second", 100*slope)}
		}
	}
	return o
}

// held judges a figure that should not come near its limit and should come back afterwards.
// What the page does not tell has no opinion.
func held(name string, before, during, after []sample, of, limit func(sample) float64) opinion {
	was, most, is := quantileOf(figures(before, of), 0.5), 0.0, math.NaN()
	if !sound(figures(before, of)...) || !sound(figures(during, of)...) || !sound(figures(after, of)...) {
		return opinion{}
	}
	full := 0.0
	for _, s := range during {
		most = max(most, of(s))
		if top := limit(s); sound(top) && top > 0 {
			full = max(full, 100*of(s)/top)
		}
	}
	if len(after) > 0 {
		is = of(after[len(after)-1])
	}
	show := whole
	if name == "memory" {
		show = mebibytes
	}
	text := fmt.Sprintf("%s %s before, %s at most, %s after", name, show(was), show(most), show(is))
	switch {
	case full > nearlyAll:
		return opinion{checks.Fail, fmt.Sprintf("%s, %.0f %% of the limit", text, full)}
	case is > was*(1+leftOver/100.0) && (name == "memory" || is-was > 10):
		return opinion{checks.Warn, fmt.Sprintf("%s: %.0f %% more than before", text, 100*(is/was-1))}
	}
	return opinion{checks.Pass, text}
}

func figures(samples []sample, of func(sample) float64) []float64 {
	out := make([]float64, len(samples))
	for i, s := range samples {
		out[i] = of(s)
	}
	return out
}

func mebibytes(bytes float64) string {
	if !sound(bytes) {
		return "-"
	}
	return fmt.Sprintf("%.0f MiB", bytes/(1<<20))
}

func whole(n float64) string {
	if !sound(n) {
		return "-"
	}
	return fmt.Sprintf("%.0f", n)
}

// numbers are the measurements.
func (u *use) numbers() []checks.Measurement {
	_, during, _ := u.split()
	var out []checks.Measurement
	if share, ok := busyBetween(during); ok {
		out = append(out, checks.Measurement{Name: "CPU during the load", Value: share, Unit: "%"})
	}
	most := 0.0
	for _, s := range during {
		if sound(s.Memory) {
			most = max(most, s.Memory)
		}
	}
	if most > 0 {
		out = append(out, checks.Measurement{Name: "memory at most", Value: most / (1 << 20), Unit: "MiB"})
	}
	return out
}
