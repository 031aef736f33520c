package host

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

func TestCPU(t *testing.T) {
	at := func(idle, total float64) reading { return reading{Idle: idle, Total: total} }
	for name, c := range map[string]struct {
		samples []reading
		used    float64 // -1: no figure
	}{
		"quiet":          {[]reading{at(0, 0), at(77, 100), at(154, 200)}, 23},
		"a short peak":   {[]reading{at(0, 0), at(0, 100), at(100, 200)}, 50},
		"busy":           {[]reading{at(5, 10), at(5, 110)}, 100},
		"stands still":   {[]reading{at(5, 10), at(5, 10)}, -1},
		"goes back":      {[]reading{at(5, 10), at(6, 20), at(1, 2)}, -1},
		"idle goes back": {[]reading{at(5, 10), at(4, 20)}, -1},
		"more than all":  {[]reading{at(0, 0), at(20, 10)}, -1},
		"no number":      {[]reading{at(0, 0), at(math.NaN(), 10)}, -1},
		"not told":       {[]reading{{NoCPU: true}, {NoCPU: true}}, -1},
	} {
		t.Run(name, func(t *testing.T) { wantFigure(t, measure("cpu", "", c.samples), c.used) })
	}
}

func wantFigure(t *testing.T, f facts, used float64) {
	t.Helper()
	switch {
	case used < 0 && f.Why == "":
		t.Errorf("%g %%, want no figure", f.Used)
	case used >= 0 && (f.Why != "" || math.Abs(f.Used-used) > 0.01):
		t.Errorf("%g %% (%s), want %g", f.Used, f.Why, used)
	}
}

func TestMemoryAndDisk(t *testing.T) {
	one := func(r reading) []reading { return []reading{r} }
	wantFigure(t, measure("memory", "", one(reading{Free: 59, Memory: 100})), 41)
	wantFigure(t, measure("memory", "", one(reading{Free: 59})), -1)
	wantFigure(t, measure("memory", "", one(reading{Free: 159, Memory: 100})), -1)
	wantFigure(t, measure("memory", "", one(reading{Memory: 100, NoMemory: true})), -1)
	disks := []disk{{"/", 200, 90, 90}, {"/data", 100, 12, 7}, {"/var", 100, 50, 45}}
	wantFigure(t, measure("disk", "", one(reading{Disks: disks})), 100*88.0/95)
	wantFigure(t, measure("disk", "/", one(reading{Disks: disks})), 55)
	wantFigure(t, measure("disk", "/home", one(reading{Disks: disks})), -1)
	wantFigure(t, measure("disk", "", one(reading{})), -1)
	wantFigure(t, measure("disk", "", one(reading{Disks: []disk{{"/", 100, 90, 90}, {"/x", math.NaN(), 1, 1}}})), -1)
}

func TestRule(t *testing.T) {
	for used, want := range map[float64]checks.Verdict{0: checks.Pass, 79.99: checks.Pass, 80: checks.Warn, 94.99: checks.Warn, 95: checks.Fail, 100: checks.Fail} {
		if r := judge("cpu", facts{Used: used}, limits{80, 95}); r.Verdict != want {
			t.Errorf("%g %% is %s, want %s", used, r.Verdict, want)
		}
	}
	if r := judge("cpu", facts{Used: 3, Why: "not told"}, limits{80, 95}); r.Verdict != checks.Inconclusive {
		t.Errorf("no figure is %s", r.Verdict)
	}
	for _, params := range []Params{{Resource: "gpu"}, {Resource: "cpu", Warn: new(99.0)}, {Resource: "cpu", Warn: new(math.NaN())}, {Resource: "disk", Fail: new(101.0)}} {
		if l, err := limitsOf(params); err == nil {
			t.Errorf("%+v gives %v", params, l)
		}
	}
}

// pageText is a node exporter's page; the CPU was idle for the given share of so many
// seconds.
func pageText(seconds, idle float64) string {
	return fmt.Sprintf(`# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} %g
node_cpu_seconds_total{cpu="0",mode="user"} %g
# TYPE node_memory_MemTotal_bytes gauge
node_memory_MemTotal_bytes 1000
# TYPE node_memory_MemAvailable_bytes gauge
node_memory_MemAvailable_bytes 100
# TYPE node_filesystem_size_bytes gauge
node_filesystem_size_bytes{device="/dev/vda1",fstype="ext4",mountpoint="/"} 1000
node_filesystem_size_bytes{device="/dev/loop0",fstype="squashfs",mountpoint="/snap"} 1000
node_filesystem_size_bytes{device="/dev/sr0",fstype="udf",mountpoint="/media"} 1000
# TYPE node_filesystem_free_bytes gauge
node_filesystem_free_bytes{device="/dev/vda1",fstype="ext4",mountpoint="/"} 60
node_filesystem_free_bytes{device="/dev/loop0",fstype="squashfs",mountpoint="/snap"} 0
node_filesystem_free_bytes{device="/dev/sr0",fstype="udf",mountpoint="/media"} 0
# TYPE node_filesystem_avail_bytes gauge
node_filesystem_avail_bytes{device="/dev/vda1",fstype="ext4",mountpoint="/"} 60
node_filesystem_avail_bytes{device="/dev/loop0",fstype="squashfs",mountpoint="/snap"} 0
node_filesystem_avail_bytes{device="/dev/sr0",fstype="udf",mountpoint="/media"} 0
# TYPE node_filesystem_readonly gauge
node_filesystem_readonly{device="/dev/sr0",fstype="udf",mountpoint="/media"} 1
`, seconds*idle, seconds*(1-idle))
}

// look runs the kind against an exporter that answers with body.
func look(t *testing.T, params string, body func(asked int64) (int, string)) (checks.Outcome, string, int64) {
	t.Helper()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, text := body(asked.Add(1))
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}))
	t.Cleanup(s.Close)
	target := &checks.Target{Name: "t", Environment: "production", Dir: t.TempDir(), Scope: checks.Scope{Hosts: []string{s.URL}}}
	o, evidence := kindtest.Plan(t, resources, target, params+fmt.Sprintf(`, every = "1ms", url = %q`, s.URL))
	if o.Verdict.Decided() && !strings.Contains(evidence, "node_") {
		t.Errorf("%s without the exporter's page as evidence", o.Verdict)
	}
	return o, evidence, asked.Load()
}

func TestExporter(t *testing.T) {
	growing := func(idle float64) func(int64) (int, string) {
		return func(asked int64) (int, string) { return 200, pageText(1000+float64(asked), idle) }
	}
	plain := func(status int, text string) func(int64) (int, string) {
		return func(int64) (int, string) { return status, text }
	}
	for name, c := range map[string]struct {
		params string
		body   func(int64) (int, string)
		want   checks.Verdict
		asked  int64
	}{
		"cpu":              {`resource = "cpu"`, growing(0.77), checks.Pass, 5},
		"cpu, busy":        {`resource = "cpu"`, growing(0.1), checks.Warn, 5},
		"cpu, full":        {`resource = "cpu"`, growing(0.01), checks.Fail, 5},
		"cpu, own limits":  {`resource = "cpu", warn = 10, fail = 20`, growing(0.77), checks.Fail, 5},
		"cpu, frozen page": {`resource = "cpu"`, plain(200, pageText(1000, 0.9)), checks.Inconclusive, 5},
		"memory":           {`resource = "memory"`, growing(1), checks.Warn, 1},
		"disk":             {`resource = "disk"`, growing(1), checks.Fail, 1},
		"disk, named":      {`resource = "disk", path = "/"`, growing(1), checks.Fail, 1},
		"disk, read-only":  {`resource = "disk", path = "/media"`, growing(1), checks.Inconclusive, 1},
		"another page":     {`resource = "memory"`, plain(200, "<html>it works</html>"), checks.Inconclusive, 1},
		"other metrics":    {`resource = "memory"`, plain(200, "go_goroutines 7\n"), checks.Inconclusive, 1},
		"empty":            {`resource = "disk"`, plain(200, ""), checks.Inconclusive, 1},
		"not found":        {`resource = "memory"`, plain(404, pageText(1, 1)), checks.Inconclusive, 1},
		"broken":           {`resource = "memory"`, plain(500, ""), checks.Inconclusive, 1},
		"garbage":          {`resource = "memory"`, plain(200, "\x00\xff{"), checks.Inconclusive, 1},
		"bad limits":       {`resource = "memory", warn = 99`, growing(1), checks.Inconclusive, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, evidence, asked := look(t, c.params, c.body)
			if o.Verdict != c.want {
				t.Errorf("%s, want %s: %s\n%s", o.Verdict, c.want, o.Reason, evidence)
			}
			if asked != c.asked {
				t.Errorf("%d requests, want %d", asked, c.asked)
			}
		})
	}
}

// TestNoExporter looks at this machine where the target is on it, and nowhere else.
func TestNoExporter(t *testing.T) {
	remote := &checks.Target{Name: "t", BaseURL: "https://pay.example", Scope: checks.Scope{AuthorisedBy: "test"}, Dir: t.TempDir()}
	for name, target := range map[string]*checks.Target{"elsewhere": remote, "nowhere": {Name: "t", Dir: t.TempDir()}} {
		if o, _ := kindtest.Plan(t, resources, target, `resource = "memory"`); o.Verdict != checks.NA || o.Reason == "" {
			t.Errorf("%s: %s: %s", name, o.Verdict, o.Reason)
		}
	}
	if o, waits := kindtest.Plan(t, resources, remote, `resource = "memory", url = "@role.host"`); o.Verdict != checks.Pending || !strings.Contains(waits, "[roles] host") {
		t.Errorf("an exporter that is not declared: %s %s", o.Verdict, waits)
	}
	if !machineTells() {
		t.Skip("skipped: this machine has no /proc")
	}
	here := &checks.Target{Name: "t", BaseURL: "http://127.0.0.1:1", Dir: t.TempDir()}
	for _, resource := range []string{"cpu", "memory", "disk"} {
		o, evidence := kindtest.Plan(t, resources, here, fmt.Sprintf(`resource = %q, every = "20ms"`, resource))
		if o.Verdict == checks.NA || o.Verdict == checks.Pending || o.Verdict.Decided() && !strings.Contains(evidence, "%") {
			t.Errorf("%s: %s: %s\n%s", resource, o.Verdict, o.Reason, evidence)
		}
	}
}

func TestProc(t *testing.T) {
	var r reading
	if err := readStat("cpu  100 20 30 700 50 0 0 100 90 10\ncpu0 1 2 3 4\n", &r); err != nil || r.Total != 10 || r.Idle != 7.5 {
		t.Errorf("%+v %v", r, err)
	}
	for _, text := range []string{"", "intr 1 2\n", "cpu  a b c d e\n", "cpu 1 2\n"} {
		if err := readStat(text, &reading{}); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	if err := readMeminfo("MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    590 kB\n", &r); err != nil || r.Memory != 1000*1024 || r.Free != 590*1024 || r.NoMemory {
		t.Errorf("%+v %v", r, err)
	}
	if err := readMeminfo("MemTotal: 1000 kB\n", &r); err != nil || !r.NoMemory {
		t.Errorf("%+v %v", r, err)
	}
	dir := t.TempDir()
	r = reading{}
	if err := readMounts("/dev/a "+dir+" ext4 rw,relatime 0 0\n/dev/b "+os.TempDir()+" ext4 ro 0 0\nserver:/x /net nfs rw 0 0\n", &r); err != nil || len(r.Disks) != 1 || r.Disks[0].Mount != dir {
		t.Errorf("%+v %v", r.Disks, err)
	}
}
