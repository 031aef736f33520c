package load

import (
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"assess/gonogo/checks"
)

// machineOf is a file system of two processes that share the socket on port 8080, as a server
// that forks does, and one on another port.
func machineOf() fstest.MapFS {
	m := fstest.MapFS{
		"proc/net/tcp": {Data: []byte("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
			"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n" +
			"   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n" +
			"   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1 0 100 0 0 10 0\n")},
		"proc/meminfo":                 {Data: []byte("MemTotal:        8000000 kB\nMemFree: 1 kB\n")},
		"sys/fs/cgroup/app/cpu.max":    {Data: []byte("150000 100000\n")},
		"sys/fs/cgroup/app/memory.max": {Data: []byte("max\n")},
		"sys/fs/cgroup/memory.max":     {Data: []byte("1073741824\n")},
	}
	for i, pid := range []string{"100", "101", "200"} {
		stat := fmt.Sprintf("%s (ng) x) S 1 1 1 0 -1 4194560 100 0 0 0 %d 50 0 0 20 0 %d 0 %d 1000000 500 0\n", pid, 150+100*i, 3+i, 90000+100*i)
		m["proc/"+pid+"/stat"] = &fstest.MapFile{Data: []byte(stat)}
		m["proc/"+pid+"/status"] = &fstest.MapFile{Data: []byte("Name:\tx\nVmRSS:\t   20480 kB\nCpus_allowed_list:\t0-2,5\n")}
		m["proc/"+pid+"/limits"] = &fstest.MapFile{Data: []byte("Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 4096                 files\n")}
		m["proc/"+pid+"/cgroup"] = &fstest.MapFile{Data: []byte("0::/app\n")}
		m["proc/"+pid+"/fd/0"] = &fstest.MapFile{Data: []byte("/dev/null"), Mode: fs.ModeSymlink}
		inode := "4711"
		if pid == "200" {
			inode = "99"
		}
		m["proc/"+pid+"/fd/3"] = &fstest.MapFile{Data: []byte("socket:[" + inode + "]"), Mode: fs.ModeSymlink}
	}
	m["proc/101/fd/4"] = &fstest.MapFile{Data: []byte("/dev/null"), Mode: fs.ModeSymlink}
	m["proc/200/fd/4"] = &fstest.MapFile{Data: []byte("socket:[4712]"), Mode: fs.ModeSymlink} // a connection to that port
	return m
}

func TestProcess(t *testing.T) {
	p := &process{root: machineOf(), port: 8080}
	s, err := p.take(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Busy != 2+3 || s.Threads != 3+4 || s.Start != 900 || s.Memory != 2*20480*1024 || s.Files != 3 || s.FileLimit != 1024 || s.CPUs != 1.5 || s.MemoryLimit != 1<<30 {
		t.Errorf("%+v", s)
	}
	if p.name != "process 100 (ng) x)" || !math.IsNaN(s.Total) || !math.IsNaN(s.Goroutines) {
		t.Errorf("%q, %+v", p.name, s)
	}
	if s, _ = p.take(8, 5e6); s.CPUs != 8 || s.MemoryLimit != 5e6 {
		t.Errorf("declared bounds are not taken: %+v", s)
	}
	for name, change := range map[string]func(fstest.MapFS){
		"nobody listens on port 8080 any more":         func(m fstest.MapFS) { delete(m, "proc/100/fd/3"); delete(m, "proc/101/fd/3") },
		"process 100: its stat is not as proc(5) says": func(m fstest.MapFS) { m["proc/100/stat"].Data = []byte("100 (x) S 1") },
		"this machine does not tell who listens":       func(m fstest.MapFS) { delete(m, "proc/net/tcp") },
	} {
		m := machineOf()
		change(m)
		if _, err := (&process{root: m, port: 8080}).take(0, 0); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
	m := machineOf()
	m["proc/100/status"].Data = []byte("VmRSS:\tmuch\nCpus_allowed_list:\t9-1\n")
	if s, err := (&process{root: m, port: 8080}).take(0, 0); err != nil || !math.IsNaN(s.Memory) || !math.IsNaN(s.CPUs) {
		t.Errorf("%v, %+v", err, s)
	}
}

func TestListener(t *testing.T) {
	for text, want := range map[string]string{"http://shop.example/x": "is only read on loopback; shop.example is not", "http://127.0.0.1:1/x": "listens on port 1 of this machine"} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := listener(u); err == nil || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "does not tell who listens") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestResourcesOfProcess reads this very process, which serves here.
func TestResourcesOfProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("skipped: this machine has no /proc")
	}
	t.Parallel()
	s := serve(t, slowly)
	o := run(t, s.URL, quick, "", `kind = "load.resources", path = "/x", users = 10, url = "process", before = "400ms", measure = "900ms", after = "400ms"`)[0]
	want := fmt.Sprintf("; figures of process %d (", os.Getpid())
	if !strings.Contains(string(o.Reason), want) || strings.Contains(string(o.Reason), "does not tell") || strings.Contains(string(o.Reason), "too few") {
		t.Errorf("%s, want %q: %s", o.Verdict, want, o.Reason)
	}
	if len(o.Evidence) != 1 || !strings.Contains(string(o.Evidence[0].Body), "during: CPU ") || len(o.Measurements) != 2 || o.Measurements[1].Value < 1 {
		t.Errorf("%+v", o.Measurements)
	}
	// The use of the CPU that is the service's own says nothing of what gonogo took beside it.
	u := used(10, 45, 400, 450, 410)
	for i := range u.Samples {
		u.Samples[i].Total, u.Samples[i].CPUs = math.NaN(), 4
	}
	u.Same, u.Own = true, 50
	loaded := measured(50, 2000, 0, 100e6, 10e9)
	expect(t, "gonogo took the rest", judgeResources(&loaded, u, 0, "B"), checks.Inconclusive, "what was left for the service is not known")
	u.Own = 20
	expect(t, "there was enough", judgeResources(&loaded, u, 0, "B"), checks.Pass, "CPU 45 %")
}
