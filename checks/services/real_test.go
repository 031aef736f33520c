package services

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// program finds a server's program; without it the test is skipped.
func program(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		t.Skipf("skipped: %s is not installed", name)
	}
	return found[len(found)-1]
}

// freePort is a port on loopback that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	_, port, _ := net.SplitHostPort(nobody(t))
	return port
}

// written collects what a program says.
type written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// start runs a server until the test ends, and waits until it listens.
func start(t *testing.T, command *exec.Cmd, port string) *written {
	t.Helper()
	said := &written{}
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = command.Process.Kill()
			<-ended
		}
	})
	for until := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			conn.Close()
			return said
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", command.Path, said)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(until) {
			t.Fatalf("%s does not listen: %s", command.Path, said)
		}
	}
}

// asNobody makes a command of a server that refuses to run as root.
func asNobody(dir, path string, args ...string) *exec.Cmd {
	command := exec.Command(path, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "LC_ALL=C")
	if os.Getuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return command
}

func startRedis(t *testing.T, args ...string) string {
	t.Helper()
	port := freePort(t)
	args = append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"}, args...)
	command := exec.Command(program(t, "redis-server"), args...)
	command.Dir = t.TempDir()
	start(t, command, port)
	return "127.0.0.1:" + port
}

func TestRealRedis(t *testing.T) {
	t.Parallel()
	closed := startRedis(t, "--requirepass", canary, "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
	const reachable, config = "data.redis.reachable", "data.redis.config"
	known := one("redis", "redis://:"+canary+"@"+closed)
	o, evidence := check(t, reachable, known, checks.Pass, "")
	says(t, string(o.Reason), "only with credentials")
	for _, line := range []string{"PING of a stranger: NOAUTH", "PING of the declared account: PONG", "redis_version: ", "address: loopback"} {
		says(t, evidence, line)
	}
	check(t, config, known, checks.Pass, "")
	check(t, config, known, checks.Fail, `policy = "noeviction"`)
	o, _ = check(t, reachable, one("redis", "redis://:wrong"+canary[:4]+"@"+closed), checks.Fail, "")
	says(t, string(o.Reason), "refuses the credentials")
	check(t, reachable, one("redis", closed), checks.Inconclusive, "")
	check(t, config, one("redis", closed), checks.Inconclusive, "")
	// It speaks no TLS: nothing can be said of it.
	check(t, reachable, one("redis", "rediss://:"+canary+"@"+closed), checks.Inconclusive, "")

	open := startRedis(t)
	o, _ = check(t, reachable, one("redis", "redis://"+open), checks.Pass, "")
	says(t, string(o.Reason), "without credentials, on loopback")
	o, _ = check(t, config, one("redis", "redis://"+open), checks.Fail, "")
	says(t, string(o.Reason), "no memory limit")
	// A default account without a password takes any.
	check(t, reachable, one("redis", "redis://:"+canary+"@"+open), checks.Pass, "")

	limited := startRedis(t, "--requirepass", canary+"x", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru",
		"--user", "app", "on", ">"+canary, "~*", "+@read", "+ping", "--user", "mute", "on", ">"+canary, "~*", "+get",
		"--user", "watcher", "on", ">"+canary, "+ping", "+info")
	for user, want := range map[string]checks.Verdict{"app": checks.Inconclusive, "mute": checks.Inconclusive, "watcher": checks.Pass} {
		check(t, config, one("redis", "redis://"+user+":"+canary+"@"+limited), want, "")
	}
	check(t, reachable, one("redis", "redis://app:"+canary+"@"+limited), checks.Pass, "")
	check(t, reachable, one("redis", "redis://mute:"+canary+"@"+limited), checks.Inconclusive, "")
}
