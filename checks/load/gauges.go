package load

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/exposition"
	"assess/gonogo/checks/observe"
)

// sample is what a page of figures says at one moment. What it does not say is NaN.
type sample struct {
	At                         time.Time
	Busy                       float64 // CPU seconds since the start
	Total                      float64 // CPU seconds that there were; of a service's page NaN
	CPUs                       float64 // that the service may use; of a host's page NaN
	Memory, MemoryLimit        float64 // bytes
	Files, FileLimit           float64
	Threads, Goroutines, Start float64
}

// gauges looks at one page, or at a process, again and again.
type gauges struct {
	p      *checks.Probe
	url    string
	own    *process // instead of the page
	every  time.Duration
	cpus   float64 // declared; 0: not
	memory float64 // bytes, likewise

	samples []sample
	pages   []checks.Evidence // the first
	why     string            // the last trouble
}

// lookLimit is how long one look may take.
const lookLimit = 2 * time.Second

// look samples until ctx ends. A look that takes longer than the time to the next delays it.
func (w *gauges) look(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := w.once(ctx); err != nil && ctx.Err() == nil {
			w.why = err.Error()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// once takes one sample.
func (w *gauges) once(ctx context.Context) error {
	if w.own != nil {
		s, err := w.own.take(w.cpus, w.memory)
		if s.At = time.Now(); err == nil {
			w.samples = append(w.samples, s)
		}
		return err
	}
	timed, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	x, err := w.p.Do(timed, observe.Request{URL: w.url, Fresh: true})
	if err != nil {
		return err
	}
	return w.take(x)
}

// source names where the figures are from.
func (w *gauges) source() string {
	if w.own == nil {
		return w.url
	}
	return fmt.Sprintf("%s, which listens on port %d", cmp.Or(w.own.name, "the process"), w.own.port)
}

// take reads one answer. The time is when it came: under load it may have waited.
func (w *gauges) take(x *observe.Exchange) error {
	if len(w.pages) == 0 {
		w.pages = append(w.pages, w.p.Exchange(x))
	}
	page, err := exposition.Read(x)
	if err != nil {
		return fmt.Errorf("the page %w", err)
	}
	s := readSample(page, w.cpus, w.memory)
	s.At = time.Now()
	w.samples = append(w.samples, s)
	return nil
}

// readSample takes the figures off a page: a node exporter's, else those that Prometheus'
// client libraries give of their own process.
func readSample(p exposition.Page, cpus, memory float64) sample {
	value := func(name string) float64 {
		if v, ok := p.Value(name, nil); ok {
			return v
		}
		return math.NaN()
	}
	s := sample{Total: math.NaN(), CPUs: math.NaN(), Threads: math.NaN(), Goroutines: math.NaN(), Start: math.NaN()}
	if idle, total, ok := p.CPU(); ok {
		s.Busy, s.Total = total-idle, total
		s.MemoryLimit = value("node_memory_MemTotal_bytes")
		s.Memory = s.MemoryLimit - value("node_memory_MemAvailable_bytes")
		s.Files, s.FileLimit, s.Start = value("node_filefd_allocated"), value("node_filefd_maximum"), value("node_boot_time_seconds")
		return s
	}
	s.Busy, s.CPUs, s.Start = value("process_cpu_seconds_total"), value("go_sched_gomaxprocs_threads"), value("process_start_time_seconds")
	s.Memory, s.MemoryLimit = value("process_resident_memory_bytes"), math.NaN()
	s.Files, s.FileLimit = value("process_open_fds"), value("process_max_fds")
	s.Threads, s.Goroutines = value("process_threads"), value("go_goroutines")
	if math.IsNaN(s.Threads) {
		s.Threads = value("jvm_threads_current")
	}
	if cpus > 0 {
		s.CPUs = cpus
	}
	if memory > 0 {
		s.MemoryLimit = memory
	}
	return s
}

// sound reports whether a figure is one: pages may say NaN, infinity or less than nothing.
func sound(figures ...float64) bool {
	for _, f := range figures {
		if math.IsNaN(f) || math.IsInf(f, 0) || f < 0 {
			return false
		}
	}
	return true
}

// busyBetween is the use of the CPUs, in percent, between the first and the last sample; not
// ok where the counters don't tell, stand still or go back, as after a restart.
func busyBetween(samples []sample) (share float64, ok bool) {
	if len(samples) < 2 {
		return 0, false
	}
	first, last := samples[0], samples[len(samples)-1]
	there := last.Total - first.Total
	if math.IsNaN(first.Total) {
		there = last.CPUs * last.At.Sub(first.At).Seconds()
	}
	used := last.Busy - first.Busy
	if !sound(first.Busy, last.Busy, used, there) || there == 0 || used > 1.1*there {
		return 0, false
	}
	return min(100, 100*used/there), true
}
