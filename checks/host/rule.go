package host

import (
	"fmt"
	"math"
	"strings"

	"assess/gonogo/checks"
)

// facts is one figure with what it was made of.
type facts struct {
	Used  float64 // percent
	What  string  // the mount point, for disks
	Why   string  // why there is no figure; empty: there is one
	Lines []string
}

func (f facts) table() string { return strings.Join(f.Lines, "\n") + "\n" }

// measure makes the figure of a resource from readings in their order.
func measure(resource, mount string, samples []reading) facts {
	var f facts
	switch resource {
	case "cpu":
		f = measureCPU(samples)
	case "memory":
		f = measureMemory(samples[len(samples)-1])
	default:
		f = measureDisk(mount, samples[len(samples)-1])
	}
	if f.Why == "" && !(f.Used >= 0 && f.Used <= 100) {
		f.Why = fmt.Sprintf("the figures of the host make no sense (%g %%)", f.Used)
	}
	return f
}

// measureCPU is the share of time that was not idle between the first and the last
// sample. Counters that go back or stand still tell nothing.
func measureCPU(samples []reading) facts {
	f := facts{}
	for i, s := range samples {
		if s.NoCPU {
			f.Why = "the host does not tell its CPU time"
			return f
		}
		if i == 0 {
			continue
		}
		before := samples[i-1]
		whole, idle := s.Total-before.Total, s.Idle-before.Idle
		if whole < 0 || idle < 0 || math.IsNaN(whole+idle) {
			f.Why = "the host's CPU counters went back between two samples"
			return f
		}
		f.Lines = append(f.Lines, fmt.Sprintf("between samples %d and %d: %.2f CPU seconds, %.2f of them idle", i, i+1, whole, idle))
	}
	first, last := samples[0], samples[len(samples)-1]
	whole := last.Total - first.Total
	if whole <= 0 {
		f.Why = "the host's CPU counters stand still"
		return f
	}
	f.Used = 100 * (1 - (last.Idle-first.Idle)/whole)
	f.Lines = append(f.Lines, fmt.Sprintf("in use: %.1f %%", f.Used))
	return f
}

func measureMemory(s reading) facts {
	if s.NoMemory || s.Memory <= 0 {
		return facts{Why: "the host does not tell its memory"}
	}
	f := facts{Used: 100 * (1 - s.Free/s.Memory)}
	f.Lines = []string{fmt.Sprintf("available: %.0f of %.0f MiB", s.Free/(1<<20), s.Memory/(1<<20)), fmt.Sprintf("in use: %.1f %%", f.Used)}
	return f
}

// measureDisk takes the fullest file system, or the one mounted at mount.
func measureDisk(mount string, s reading) facts {
	f := facts{Used: -1}
	for _, d := range s.Disks {
		used := d.used()
		f.Lines = append(f.Lines, fmt.Sprintf("%5.1f %% of %.1f GiB  %s", used, d.Size/(1<<30), d.Mount))
		if mount != "" && d.Mount != mount {
			continue
		}
		if used > f.Used || math.IsNaN(used) {
			f.Used, f.What = used, d.Mount
		}
	}
	switch {
	case f.What != "":
	case mount != "":
		f.Why = "the host has no writable file system at " + mount
	default:
		f.Why = "the host does not tell its file systems"
	}
	return f
}

var names = map[string]string{"cpu": "the CPU is", "memory": "memory is", "disk": "the disk is"}

func judge(resource string, f facts, l limits) checks.Result {
	if f.Why != "" {
		return checks.NewResult(checks.Inconclusive, "", f.Why)
	}
	said := fmt.Sprintf("%s %.0f %% in use", names[resource], f.Used)
	if resource == "cpu" {
		said += fmt.Sprintf(" over %d samples", cpuSamples)
	}
	if f.What != "" {
		said += " (" + f.What + ")"
	}
	switch {
	case f.Used < l.Warn:
		return checks.NewResult(checks.Pass, "", fmt.Sprintf("%s, below %g %%", said, l.Warn))
	case f.Used < l.Fail:
		return checks.NewResult(checks.Warn, "", fmt.Sprintf("%s, not below %g %%", said, l.Warn))
	}
	return checks.NewResult(checks.Fail, "", fmt.Sprintf("%s, not below %g %%", said, l.Fail))
}
