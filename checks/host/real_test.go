package host

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// TestRealExporter holds the kind to Prometheus' node exporter itself.
func TestRealExporter(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("prometheus-node-exporter")
	if err != nil {
		t.Skip("skipped: prometheus-node-exporter is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	command := exec.Command(path, "--web.listen-address="+address)
	command.Dir = t.TempDir()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	t.Cleanup(func() { _ = command.Process.Signal(syscall.SIGTERM); <-ended })
	for until := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			break
		}
		select {
		case <-ended:
			t.Fatal("the exporter ended")
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(until) {
			t.Fatal("the exporter does not listen")
		}
	}
	target := &checks.Target{Name: "t", Dir: t.TempDir(), Scope: checks.Scope{Hosts: []string{"http://" + address}}}
	for _, resource := range []string{"cpu", "memory", "disk"} {
		// What this machine has to spare is not the test's: any decided verdict will do, but it
		// has to agree with the limits.
		look := func(limits string) checks.Outcome {
			o, evidence := kindtest.Plan(t, resources, target, fmt.Sprintf(`resource = %q, every = "60ms", url = %q, %s`, resource, address, limits))
			if !o.Verdict.Decided() || len(o.Measurements) != 1 || !strings.Contains(evidence, "/metrics") {
				t.Errorf("%s: %s: %s", resource, o.Verdict, o.Reason)
			}
			return o
		}
		if o := look("warn = 0.000001, fail = 0.000001"); o.Verdict != checks.Fail && o.Measurements[0].Value > 0.001 {
			t.Errorf("%s: %s above its limit: %s", resource, o.Verdict, o.Reason)
		}
		if o := look("warn = 100, fail = 100"); o.Verdict == checks.Warn || o.Verdict == checks.Fail && o.Measurements[0].Value < 100 {
			t.Errorf("%s: %s below its limit: %s", resource, o.Verdict, o.Reason)
		}
	}
}
