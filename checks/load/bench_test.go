package load

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSideBySide puts the driver beside wrk and ab against nginx with a file of 1 KiB:
// requests a second and CPU time a request. It prints and judges nothing.
func BenchmarkSideBySide(b *testing.B) {
	url := startNginx(b)
	const users, whole = 50, 2 * time.Second
	type tool struct {
		name string
		run  func() (requests float64, cpu time.Duration)
	}
	tools := []tool{{"gonogo", func() (float64, time.Duration) {
		c := usual
		c.Requests = 10_000_000
		d := driverTo(b, b.Context(), url, users, c)
		before := cpuTime()
		f := d.run(b.Context(), phase{Users: users, Measure: whole, Pass: passWithin, Fail: failBeyond})
		if f.failed() > 0 {
			b.Logf("%d failed", f.failed())
		}
		return float64(f.Count[good]), cpuTime() - before
	}}}
	number := regexp.MustCompile(`(\d+) requests in|Complete requests:\s+(\d+)`)
	for name, args := range map[string][]string{
		"wrk": {"-t", "1", "-c", strconv.Itoa(users), "-d", "2s", url},
		"ab":  {"-q", "-k", "-c", strconv.Itoa(users), "-t", "2", "-n", "10000000", url},
	} {
		path, err := exec.LookPath(name)
		if err != nil {
			fmt.Printf("%-7s is not installed\n", name)
			continue
		}
		tools = append(tools, tool{name, func() (float64, time.Duration) {
			command := exec.Command(path, args...)
			out, err := command.Output()
			m := number.FindSubmatch(out)
			if err != nil || m == nil {
				b.Fatalf("%s: %v\n%s", name, err, out)
			}
			n, _ := strconv.ParseFloat(string(m[1])+string(m[2]), 64)
			return n, command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		}})
	}
	for b.Loop() {
		per, rate := map[string]float64{}, map[string]float64{}
		for _, t := range tools {
			began := time.Now()
			n, cpu := t.run()
			rate[t.name] = n / time.Since(began).Seconds()
			per[t.name] = cpu.Seconds() * 1e6 / n
		}
		for _, t := range tools {
			fmt.Printf("%-7s %8.0f requests/s %6.1f µs CPU a request", t.name, rate[t.name], per[t.name])
			if t.name != "gonogo" {
				fmt.Printf("   gonogo: %.2f x the requests, %.2f x the CPU", rate["gonogo"]/rate[t.name], per["gonogo"]/per[t.name])
			}
			fmt.Println()
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// listens waits until somebody listens on a port.
func listens(t testing.TB, port string) {
	for until := time.Now().Add(5 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			return
		}
	}
	t.Fatal("nobody listens on " + port)
}

// startNginx serves a file of 1 KiB until the benchmark ends.
func startNginx(b *testing.B) string {
	path, err := exec.LookPath("nginx")
	if err != nil {
		if path = "/usr/sbin/nginx"; !exists(path) {
			b.Skip("skipped: nginx is not installed")
		}
	}
	dir, err := os.MkdirTemp("", "gonogo-bench-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	port := freePort(b)
	config := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log %[1]s/error.log; worker_processes 1; events { worker_connections 1024; }\n"+
		"http { access_log off; keepalive_requests 10000000; client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;\n"+
		"server { listen 127.0.0.1:%[2]s; root %[1]s; } }\n", dir, port)
	if os.Getuid() == 0 {
		config = "user root;\n" + config
	}
	for name, text := range map[string]string{"nginx.conf": config, "file": string(make([]byte, 1024))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	command := exec.Command(path, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", filepath.Join(dir, "error.log"))
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Signal(syscall.SIGTERM); _ = command.Wait() })
	listens(b, port)
	return "http://127.0.0.1:" + port + "/file"
}
