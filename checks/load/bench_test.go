package load

import (
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rival is a program that puts load on an address for two seconds. Its CPU time is that of
// its process.
type rival struct {
	name string
	args func(users int, url, dir string) []string
	env  func(users int, url string) []string
	read *regexp.Regexp // its first group is the number of answers
	then []string       // another of its commands, whose output tells the number
}

const benchTime = "2s"

var rivals = []rival{
	{name: "gonogo", read: regexp.MustCompile(`(\d+) answers`),
		args: func(int, string, string) []string { return []string{"-test.run", "^TestDriveAlone$", "-test.v"} },
		env: func(users int, url string) []string {
			return []string{driveURL + "=" + url, driveUsers + "=" + strconv.Itoa(users)}
		}},
	{name: "wrk", read: regexp.MustCompile(`(\d+) requests in`), args: func(users int, url, _ string) []string {
		return []string{"-t", "1", "-c", strconv.Itoa(users), "-d", benchTime, url}
	}},
	{name: "ab", read: regexp.MustCompile(`Complete requests:\s+(\d+)`), args: func(users int, url, _ string) []string {
		return []string{"-q", "-k", "-c", strconv.Itoa(users), "-t", "2", "-n", "10000000", url}
	}},
	{name: "hey", read: regexp.MustCompile(`\[200\]\s+(\d+) responses`), args: func(users int, url, _ string) []string {
		return []string{"-z", benchTime, "-c", strconv.Itoa(users), url}
	}},
	{name: "vegeta", read: regexp.MustCompile(`"requests":(\d+)`), then: []string{"report", "-type=json", "shots.bin"}, args: func(users int, _, _ string) []string {
		return []string{"attack", "-rate=0", "-workers=" + strconv.Itoa(users), "-max-workers=" + strconv.Itoa(users), "-duration=" + benchTime, "-targets=targets.txt", "-output=shots.bin"}
	}},
	{name: "k6", read: regexp.MustCompile(`http_reqs[ .]*: (\d+)`), args: func(users int, _, dir string) []string {
		return []string{"run", "--no-usage-report", "-q", "-u", strconv.Itoa(users), "-d", benchTime, filepath.Join(dir, "k6.js")}
	}, env: func(_ int, url string) []string { return []string{"URL=" + url} }},
}

// The driver alone in a process is asked for by these.
const driveURL, driveUsers = "GONOGO_BENCH_URL", "GONOGO_BENCH_USERS"

// TestDriveAlone is the driver as a process of its own, for BenchmarkSideBySide.
func TestDriveAlone(t *testing.T) {
	url := os.Getenv(driveURL)
	if url == "" {
		t.Skip("skipped: only BenchmarkSideBySide needs it")
	}
	users, err := strconv.Atoi(os.Getenv(driveUsers))
	if err != nil {
		t.Fatal(err)
	}
	c := usual
	c.Requests, c.Bytes = 10_000_000, 100<<30
	began := time.Now()
	f := driverTo(t, t.Context(), url, users, c).run(t.Context(), phase{Users: users, Measure: 2 * time.Second, Pass: passWithin, Fail: failBeyond})
	if f.failed() > 0 {
		t.Fatalf("%d failed: %s", f.failed(), causes(f.Count))
	}
	fmt.Printf("%d answers in %v\n", f.Count[good], time.Since(began))
}

// find looks for a program on PATH and where go install puts programs.
func find(name string) string {
	if name == "gonogo" {
		return os.Args[0]
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if out, err := exec.Command("go", "env", "GOPATH").Output(); err == nil {
		if path := filepath.Join(strings.TrimSpace(string(out)), "bin", name); exists(path) {
			return path
		}
	}
	return ""
}

// pinned is a command on one CPU, where there are several and taskset is installed.
func pinned(cpu int, path string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil && runtime.NumCPU() > 1 {
		return exec.Command(taskset, append([]string{"-c", strconv.Itoa(cpu), path}, args...)...)
	}
	return exec.Command(path, args...)
}

// run runs the program once.
func (r *rival) run(path, dir string, users int, url string) (requests float64, cpu time.Duration, err error) {
	command := pinned(1, path, r.args(users, url, dir)...)
	command.Dir, command.Env = dir, os.Environ()
	if r.env != nil {
		command.Env = append(command.Env, r.env(users, url)...)
	}
	out, err := command.CombinedOutput()
	if err == nil && r.then != nil {
		report := exec.Command(path, r.then...)
		report.Dir = dir
		out, err = report.Output()
	}
	m := r.read.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, 0, fmt.Errorf("%s: %v\n%s", r.name, err, out[:min(len(out), 500)])
	}
	requests, err = strconv.ParseFloat(string(m[1]), 64)
	return requests, command.ProcessState.UserTime() + command.ProcessState.SystemTime(), err
}

// BenchmarkSideBySide puts the driver beside other programs against nginx with a file of
// 1 KiB, by turns, the server on one CPU and the client on another: requests a second, and
// CPU time a request. Every round of the benchmark is a run of each with each number of
// users; the medians of the rounds are printed, and nothing is judged.
func BenchmarkSideBySide(b *testing.B) {
	url := startNginx(b)
	dir := b.TempDir()
	for name, text := range map[string]string{"targets.txt": "GET " + url + "\n",
		"k6.js": "import http from 'k6/http';\nexport const options = { discardResponseBodies: true };\nexport default () => { http.get(__ENV.URL); };\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	crowds := []int{10, 50, 200}
	rate, cost := map[string][]float64{}, map[string][]float64{} // by name and users
	missing := 0
	paths := map[string]string{}
	for _, r := range rivals {
		if paths[r.name] = find(r.name); paths[r.name] == "" {
			missing++
			fmt.Printf("skipped: %s is not installed\n", r.name)
		}
	}
	for b.Loop() {
		for _, users := range crowds {
			for i := range rivals {
				r := &rivals[i]
				if paths[r.name] == "" {
					continue
				}
				n, cpu, err := r.run(paths[r.name], dir, users, url)
				if err != nil {
					b.Fatal(err)
				}
				key := fmt.Sprint(r.name, users)
				rate[key] = append(rate[key], n/2)
				cost[key] = append(cost[key], cpu.Seconds()*1e6/n)
			}
		}
	}
	fmt.Printf("%d rounds; %d of %d programs skipped\n", b.N, missing, len(rivals))
	for i := range rivals {
		tell(rivals[i].name, crowds, rate, cost)
	}
}

// tell prints what one program did, and the driver beside it.
func tell(name string, crowds []int, rate, cost map[string][]float64) {
	more, cheap := 1.0, 1.0
	for _, users := range crowds {
		key, own := fmt.Sprint(name, users), fmt.Sprint("gonogo", users)
		if len(rate[key]) == 0 {
			return
		}
		r, c := quantileOf(rate[own], 0.5)/quantileOf(rate[key], 0.5), quantileOf(cost[own], 0.5)/quantileOf(cost[key], 0.5)
		fmt.Printf("%-7s %4d users %8.0f requests/s %6.1f µs CPU a request   gonogo: %.2f x the requests, %.2f x the CPU\n",
			name, users, quantileOf(rate[key], 0.5), quantileOf(cost[key], 0.5), r, c)
		more, cheap = more*r, cheap*c
	}
	n := 1 / float64(len(crowds))
	fmt.Printf("%-7s  all  geometric mean: gonogo %.2f x the requests, %.2f x the CPU\n", name, math.Pow(more, n), math.Pow(cheap, n))
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
	command := pinned(0, path, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", filepath.Join(dir, "error.log"))
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Signal(syscall.SIGTERM); _ = command.Wait() })
	listens(b, port)
	return "http://127.0.0.1:" + port + "/file"
}
