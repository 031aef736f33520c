package demo

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// exporter is a page as Prometheus' node_exporter serves it, of a host that is doing well:
// CPU 23 %, memory 41 %, disk 55 % in use. The CPU counters grow with the clock, so that
// their rate gives the same as their totals.
type exporter struct {
	booted time.Time
}

// newExporter makes an exporter of a host that started nine days ago.
func newExporter(now time.Time) *exporter { return &exporter{booted: now.Add(-9 * 24 * time.Hour)} }

const (
	gib = 1 << 30
	// shares of a CPU's time, in percent
	userShare, systemShare, idleShare = 16, 7, 77
	memoryTotal, memoryFreeShare      = 16 * gib, 59
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

func (e *exporter) text(now time.Time) string {
	up := now.Sub(e.booted).Seconds()
	var b strings.Builder
	family(&b, "node_cpu_seconds_total", "counter", "Seconds the CPUs spent in each mode.")
	for cpu := range 4 {
		for _, m := range []struct {
			mode  string
			share float64
		}{{"idle", idleShare}, {"iowait", 0}, {"irq", 0}, {"nice", 0}, {"softirq", 0}, {"steal", 0}, {"system", systemShare}, {"user", userShare}} {
			fmt.Fprintf(&b, "node_cpu_seconds_total{cpu=\"%d\",mode=%q} %.3f\n", cpu, m.mode, up*m.share/100)
		}
	}
	gauge := func(name, help, labels string, value float64) {
		family(&b, name, "gauge", help)
		fmt.Fprintf(&b, "%s%s %.0f\n", name, labels, value)
	}
	gauge("node_boot_time_seconds", "Node boot time, in unixtime.", "", float64(e.booted.Unix()))
	gauge("node_time_seconds", "System time in seconds since epoch (1970).", "", float64(now.Unix()))
	gauge("node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes.", "", memoryTotal)
	gauge("node_memory_MemAvailable_bytes", "Memory information field MemAvailable_bytes.", "", memoryTotal*memoryFreeShare/100)
	gauge("node_memory_MemFree_bytes", "Memory information field MemFree_bytes.", "", memoryTotal*20/100)
	const root = `{device="/dev/vda1",fstype="ext4",mountpoint="/"}`
	gauge("node_filesystem_size_bytes", "Filesystem size in bytes.", root, diskTotal)
	gauge("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.", root, diskTotal*diskFreeShare/100)
	gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.", root, diskTotal*diskFreeShare/100)
	return b.String()
}
