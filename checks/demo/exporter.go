package demo

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// exporter is a page as Prometheus' node_exporter serves it, of a host that is doing well:
// CPU 23 %, memory 41 %, disk 55 % in use while nobody asks for reports; each of those takes
// its share of CPU time, and memory until it is written. The CPU counters grow with the
// clock, so that their rate gives the same as their totals.
type exporter struct {
	booted  time.Time
	reports *reports

	mu      sync.Mutex
	read    time.Time // when the page was last read
	written int64     // reports at that time
	worked  float64   // CPU seconds that reports took until then
}

// newExporter makes an exporter of a host that started nine days ago, on which these reports
// are written.
func newExporter(now time.Time, r *reports) *exporter {
	return &exporter{booted: now.Add(-9 * 24 * time.Hour), reports: r, read: now}
}

const (
	gib  = 1 << 30
	cpus = 4
	// shares of a CPU's time, in percent
	userShare, systemShare, idleShare = 16, 7, 77
	memoryTotal, memoryFreeShare      = 16 * gib, 59
	reportSeconds, reportMemory       = 0.0015, 6 << 20 // of CPU; bytes while it is being written
	diskTotal, diskFreeShare          = 200 * gib, 45
)

func (e *exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/metrics" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", exposition)
	fmt.Fprint(w, e.text(time.Now()))
}

// work adds up the CPU time that reports took, a second a CPU, of what else is idle no more
// than nine tenths.
func (e *exporter) work(now time.Time) (seconds float64, writing int64) {
	writing, written := e.reports.counts()
	e.mu.Lock()
	defer e.mu.Unlock()
	idle := max(0, now.Sub(e.read).Seconds()) * cpus * idleShare / 100
	e.worked += min(float64(written-e.written)*reportSeconds, 0.9*idle)
	e.read, e.written = now, written
	return e.worked, writing
}

func (e *exporter) text(now time.Time) string {
	up := now.Sub(e.booted).Seconds()
	worked, writing := e.work(now)
	var b strings.Builder
	family(&b, "node_cpu_seconds_total", "counter", "Seconds the CPUs spent in each mode.")
	for cpu := range cpus {
		for _, m := range []struct {
			mode  string
			share float64
		}{{"idle", idleShare}, {"iowait", 0}, {"irq", 0}, {"nice", 0}, {"softirq", 0}, {"steal", 0}, {"system", systemShare}, {"user", userShare}} {
			seconds := up * m.share / 100
			switch m.mode {
			case "user":
				seconds += worked / cpus
			case "idle":
				seconds -= worked / cpus
			}
			fmt.Fprintf(&b, "node_cpu_seconds_total{cpu=\"%d\",mode=%q} %.3f\n", cpu, m.mode, seconds)
		}
	}
	gauge := func(name, help, labels string, value float64) {
		family(&b, name, "gauge", help)
		fmt.Fprintf(&b, "%s%s %.0f\n", name, labels, value)
	}
	gauge("node_boot_time_seconds", "Node boot time, in unixtime.", "", float64(e.booted.Unix()))
	gauge("node_time_seconds", "System time in seconds since epoch (1970).", "", float64(now.Unix()))
	gauge("node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes.", "", memoryTotal)
	gauge("node_memory_MemAvailable_bytes", "Memory information field MemAvailable_bytes.", "", memoryTotal*memoryFreeShare/100-float64(writing)*reportMemory)
	gauge("node_memory_MemFree_bytes", "Memory information field MemFree_bytes.", "", memoryTotal*20/100)
	const root = `{device="/dev/vda1",fstype="ext4",mountpoint="/"}`
	gauge("node_filesystem_size_bytes", "Filesystem size in bytes.", root, diskTotal)
	gauge("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.", root, diskTotal*diskFreeShare/100)
	gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.", root, diskTotal*diskFreeShare/100)
	return b.String()
}
