// Package host holds the kind that looks at the machine the target runs on: how busy its
// CPU is, how much memory is used, how full its disks are. It observes through a page of
// Prometheus' node exporter, or on the machine gonogo runs on, and judges in a pure function.
//
// It may import checks, checks/exposition, checks/guard, checks/observe and checks/web/answer.
package host

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/exposition"
	"assess/gonogo/checks/guard"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind { return []checks.Kind{resources} }

// Params are the parameters of host.resources.
type Params struct {
	Resource string         `toml:"resource" doc:"what is looked at: cpu, memory or disk"`
	URL      string         `toml:"url" doc:"the page of the host's node exporter; default the machine gonogo runs on, where base_url is on it"`
	Warn     *float64       `toml:"warn" doc:"percent in use from which it warns; default 80 for cpu and disk, 85 for memory"`
	Fail     *float64       `toml:"fail" doc:"percent in use from which it fails; default 95 for cpu and memory, 90 for disk"`
	Path     string         `toml:"path" doc:"for disk: the mount point that is judged; default the fullest one"`
	Every    *time.Duration `toml:"every" doc:"for cpu: the time between two of the five samples; default 500ms"`
}

var resources = checks.Define(checks.Kind{
	ID: "host.resources", Title: "The host has CPU, memory and disk to spare", Class: checks.Safe, Severity: checks.Medium, Needs: []string{},
	Sends: "GET of the exporter's page, five times for the CPU; nothing where it looks at this machine",
	Rule: "PASS: in use below the first limit. WARN: below the second. FAIL: at or above it. The CPU's figure is its mean over five samples, the disk's is the fullest " +
		"writable file system's. na: no exporter is declared and the target is not on this machine. inconclusive: the page can't be had, does not tell, or its counters stand still.",
	Fix:  "Find what uses it; move batch work, rotate logs, or add capacity; alert at the first limit.",
	Refs: []string{"SRE 6"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	limits, err := limitsOf(params)
	if err != nil {
		return checks.NewResult(checks.Inconclusive, "", err.Error())
	}
	var from source = exporter{p: p, url: exposition.Address(params.URL)}
	if params.URL == "" {
		base, err := url.Parse(p.Target.BaseURL)
		if err != nil || base.Host == "" || !guard.IsLoopback(base.Hostname()) {
			return checks.NewResult(checks.NA, "", "no source: no exporter of the target's host is declared, and the target is not on this machine")
		}
		if !machineTells() {
			return checks.NewResult(checks.NA, "", "no source: no exporter of the host is declared, and this machine has no /proc")
		}
		from = machine{}
	}
	samples, evidence, failed := sample(ctx, p, from, params)
	if failed != nil {
		return *failed
	}
	facts := measure(params.Resource, params.Path, samples)
	r := judge(params.Resource, facts, limits)
	r.Evidence = append(evidence, p.Note(params.Resource+" of "+from.name(), facts.table()))
	if facts.Why == "" {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: params.Resource + " in use", Value: facts.Used, Unit: "%"})
	}
	return r
})

// limits are percents in use.
type limits struct{ Warn, Fail float64 }

var defaultLimits = map[string]limits{"cpu": {80, 95}, "memory": {85, 95}, "disk": {80, 90}}

func limitsOf(params Params) (limits, error) {
	l, known := defaultLimits[params.Resource]
	if !known {
		return l, fmt.Errorf("resource = %q: want cpu, memory or disk", params.Resource)
	}
	if params.Warn != nil {
		l.Warn = *params.Warn
	}
	if params.Fail != nil {
		l.Fail = *params.Fail
	}
	if !(l.Warn > 0 && l.Warn <= l.Fail && l.Fail <= 100) {
		return l, fmt.Errorf("limits %g and %g: want 0 < warn <= fail <= 100", l.Warn, l.Fail)
	}
	return l, nil
}

// cpuSamples is how many times the CPU's counters are read.
const cpuSamples = 5

// sample reads the source: once, or for the CPU five times.
func sample(ctx context.Context, p *checks.Probe, from source, params Params) ([]reading, []checks.Evidence, *checks.Result) {
	times, every := 1, 500*time.Millisecond
	if params.Resource == "cpu" {
		times = cpuSamples
	}
	if params.Every != nil {
		every = *params.Every
	}
	var samples []reading
	var evidence []checks.Evidence
	for i := range times {
		if i > 0 {
			p.Progress(fmt.Sprintf("sample %d of %d", i+1, times))
			select {
			case <-time.After(every):
			case <-ctx.Done():
				r := checks.NewResult(checks.Inconclusive, "", "stopped between two samples", evidence...)
				return nil, nil, &r
			}
		}
		got, seen, failed := from.read(ctx, params.Resource)
		if failed != nil {
			return nil, nil, failed
		}
		samples = append(samples, got)
		if i == 0 || i == times-1 {
			evidence = append(evidence, seen...)
		}
	}
	return samples, evidence, nil
}

// source is where readings come from.
type source interface {
	name() string
	read(ctx context.Context, resource string) (reading, []checks.Evidence, *checks.Result)
}

// reading is what a source says at one moment. A figure it does not give is zero.
type reading struct {
	Idle, Total     float64 // CPU seconds since the start, of all CPUs together
	Free, Memory    float64 // bytes
	Disks           []disk
	NoCPU, NoMemory bool
}

// disk is one writable file system, in bytes.
type disk struct {
	Mount             string
	Size, Free, Avail float64
}

// used is the share in use as df counts it: of what ordinary users can have.
func (d disk) used() float64 { return 100 * (d.Size - d.Free) / (d.Size - d.Free + d.Avail) }
