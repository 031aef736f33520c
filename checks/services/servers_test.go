package services

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// canary is the secret of every service in these tests. Neither reason nor evidence may
// ever show it.
const canary = "zq7canaryPw91"

// check runs a kind of this package on services whose URL is filled from a file.
func check(t *testing.T, id string, services map[string]checks.Service, want checks.Verdict, params string) (checks.Outcome, string) {
	t.Helper()
	target := &checks.Target{Name: "t", Environment: "production", Services: map[string]checks.Service{}, Dir: t.TempDir()}
	for name, s := range services {
		if err := os.WriteFile(filepath.Join(target.Dir, name), []byte(s.URL), 0o600); err != nil {
			t.Fatal(err)
		}
		s.URL = "${file:" + name + "}"
		target.Services[name] = s
	}
	for _, k := range Kinds() {
		if k.ID != id {
			continue
		}
		o, evidence := kindtest.Plan(t, k, target, params)
		switch {
		case o.Verdict != want:
			t.Errorf("%s, want %s: %s\n%s", o.Verdict, want, o.Reason, evidence)
		case o.Verdict.Decided() && evidence == "":
			t.Errorf("%s without evidence: %s", o.Verdict, o.Reason)
		}
		if strings.Contains(string(o.Reason)+evidence, canary) {
			t.Errorf("the password shows:\n%s\n%s", o.Reason, evidence)
		}
		return o, evidence
	}
	t.Fatalf("there is no kind %s", id)
	return checks.Outcome{}, ""
}

func one(kind, url string) map[string]checks.Service {
	return map[string]checks.Service{"s": {Kind: kind, URL: url}}
}

func required(kind, url string) map[string]checks.Service {
	return map[string]checks.Service{"s": {Kind: kind, URL: url, Required: true}}
}

// says fails the test unless the text has the words.
func says(t *testing.T, text, words string) {
	t.Helper()
	if !strings.Contains(text, words) {
		t.Errorf("%q does not say %q", text, words)
	}
}

// answering is a server that reads once, answers the bytes and closes; with none it keeps
// the connection and says nothing.
func answering(t *testing.T, bytes string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer := make([]byte, 4096)
				for {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
					if bytes == "" {
						continue
					}
					if _, err := conn.Write([]byte(bytes)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// greets is a server that speaks first.
func greets(t *testing.T, bytes string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(bytes))
			t.Cleanup(func() { conn.Close() })
		}
	}()
	return l.Addr().String()
}

// nobody is an address that refuses connections.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

var dataKinds = map[string]string{"data.postgres.reachable": "postgres", "data.redis.reachable": "redis", "data.redis.config": "redis", "data.tcp.reachable": "tcp"}

func dsn(kind, address string) string {
	if kind == "tcp" {
		return address
	}
	return fmt.Sprintf("%s://app:%s@%s/0", kind, canary, address)
}

// TestRefused holds that a closed port fails only where the service is required.
func TestRefused(t *testing.T) {
	t.Parallel()
	for id, kind := range dataKinds {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			closed := dsn(kind, nobody(t))
			check(t, id, one(kind, closed), checks.Inconclusive, "")
			o, _ := check(t, id, required(kind, closed), checks.Fail, "")
			says(t, string(o.Reason), "refuses the connection")
		})
	}
}

// TestSilent holds that a port that accepts and says nothing proves nothing but itself.
func TestSilent(t *testing.T) {
	t.Parallel()
	address := answering(t, "")
	check(t, "data.redis.reachable", required("redis", dsn("redis", address)), checks.Inconclusive, "")
	o, _ := check(t, "data.tcp.reachable", required("tcp", address), checks.Pass, "")
	says(t, string(o.Reason), "port open")
	if strings.Contains(string(o.Reason), "healthy") {
		t.Error("an open port is called healthy")
	}
	check(t, "data.tcp.reachable", required("tcp", address), checks.Inconclusive, `banner = "SSH-2.0"`)
}

// TestUnreadable holds that an address that can't be read is not quoted.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	check(t, "data.postgres.reachable", one("postgres", "postgres://app:"+canary+"@127.0.0.1:1/x?sslmode=bogus"), checks.Inconclusive, "")
	check(t, "data.redis.reachable", one("redis", "redis://:"+canary+"@127.0.0.1:1/nonumber"), checks.Inconclusive, "")
	check(t, "data.postgres.reachable", one("postgres", "postgres://app:"+canary+"@"), checks.Pending, "")
	// Too short for the redactor: only what is never written stays hidden.
	for id, url := range map[string]string{"data.postgres.reachable": "postgres://app:q7z@127.0.0.1:1/x?sslmode=bogus", "data.redis.reachable": "redis://:q7z@127.0.0.1:1/nonumber"} {
		kind, _, _ := strings.Cut(url, ":")
		o, evidence := check(t, id, one(kind, url), checks.Inconclusive, "")
		if strings.Contains(string(o.Reason)+evidence, "q7z") {
			t.Errorf("%s quotes its URL: %s", id, o.Reason)
		}
	}
}

func TestBanner(t *testing.T) {
	t.Parallel()
	address := greets(t, "SSH-2.0-OpenSSH_9.2\r\n")
	check(t, "data.tcp.reachable", one("tcp", address), checks.Pass, `banner = "SSH-2.0-"`)
	check(t, "data.tcp.reachable", one("tcp", address), checks.Fail, `banner = "220 smtp"`)
}

// TestOtherProtocols puts other servers where a data store is declared.
func TestOtherProtocols(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	address := strings.TrimPrefix(web.URL, "http://")
	o, _ := check(t, "data.redis.reachable", one("redis", dsn("redis", address)), checks.Fail, "")
	says(t, string(o.Reason), "does not speak")
	for _, said := range []string{"-NOAUTH Authentication required.\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"} {
		o, _ := check(t, "data.postgres.reachable", one("postgres", dsn("postgres", answering(t, said))), checks.Fail, "")
		says(t, string(o.Reason), "does not speak")
	}
	// It waits for the end of a line, which PostgreSQL's clients never send.
	check(t, "data.postgres.reachable", required("postgres", dsn("postgres", address)), checks.Inconclusive, "")
	check(t, "data.redis.config", one("redis", dsn("redis", address)), checks.Inconclusive, "")
	// Begins as PostgreSQL may, and is none.
	check(t, "data.postgres.reachable", one("postgres", dsn("postgres", answering(t, "SSH-2.0-x\r\n"))), checks.Inconclusive, "")
}

// TestRedisErrors are servers that answer every command with the same.
func TestRedisErrors(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]checks.Verdict{
		"-NOAUTH Authentication required.\r\n":                              checks.Fail,
		"-WRONGPASS invalid username-password pair\r\n":                     checks.Fail,
		"-DENIED Redis is running in protected mode\r\n":                    checks.Inconclusive,
		"-ERR max number of clients reached\r\n":                            checks.Fail,
		"-LOADING Redis is loading the dataset in memory\r\n":               checks.Fail,
		"-NOPERM User app has no permissions to run the 'ping' command\r\n": checks.Inconclusive,
	} {
		t.Run(said[1:5], func(t *testing.T) {
			t.Parallel()
			check(t, "data.redis.reachable", one("redis", dsn("redis", answering(t, said))), want, `patience = "0s"`)
		})
	}
	address := answering(t, "-NOAUTH Authentication required.\r\n")
	check(t, "data.redis.reachable", one("redis", "redis://"+address), checks.Inconclusive, "")
	check(t, "data.redis.config", one("redis", "redis://"+address), checks.Inconclusive, "")
}

// TestNotDeclared holds that a kind waits for its service.
func TestNotDeclared(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		_, waits := check(t, k.ID, nil, checks.Pending, "")
		says(t, waits, "not declared: [services]")
	}
	_, waits := check(t, "data.redis.reachable", one("postgres", "127.0.0.1:1"), checks.Pending, "")
	says(t, waits, "not declared: [services] of kind redis")
	_, waits = check(t, "data.tcp.reachable", one("postgres", "127.0.0.1:1"), checks.Pending, `service = "@service.tcp"`)
	says(t, waits, "not declared: [services] of kind tcp")
	o, _ := check(t, "data.tcp.reachable", one("postgres", "127.0.0.1:1"), checks.Pending, `service = "other"`)
	says(t, string(o.Reason), "[services.other]")
}
