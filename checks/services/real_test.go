package services

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

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

// startPostgres runs a private server with the accounts app and admin, whose password is
// the canary, and outsider, who is not let in. It has five connections.
func startPostgres(t *testing.T) (port string, log *written) {
	t.Helper()
	postgres, initdb := program(t, "postgres"), program(t, "initdb")
	dir, err := os.MkdirTemp("", "gonogo-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 {
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	secret, data := filepath.Join(dir, "password"), filepath.Join(dir, "data")
	if err := os.WriteFile(secret, []byte(canary), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := asNobody(dir, initdb, "-D", data, "-U", "admin", "--pwfile", secret, "-A", "scram-sha-256", "-N", "--locale=C", "-E", "UTF8").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	hba := "host all outsider 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o644); err != nil {
		t.Fatal(err)
	}
	writeCertificate(t, data)
	port = freePort(t)
	args := []string{"-D", data}
	for _, setting := range []string{"listen_addresses=127.0.0.1", "port=" + port, "unix_socket_directories=", "fsync=off", "autovacuum=off",
		"max_connections=5", "superuser_reserved_connections=0", "ssl=on", "log_statement=all", "log_line_prefix=[%a] "} {
		args = append(args, "-c", setting)
	}
	log = start(t, asNobody(dir, postgres, args...), port)
	conn := connect(t, "admin", port)
	ctx := context.Background()
	if err := run(ctx, conn, "CREATE ROLE app LOGIN PASSWORD '"+canary+"'", "CREATE ROLE outsider LOGIN PASSWORD '"+canary+"'"); err != nil {
		t.Fatal(err)
	}
	conn.Close(ctx)
	return port, log
}

// writeCertificate makes a certificate that nobody trusts, where PostgreSQL looks for it.
func writeCertificate(t *testing.T, data string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"server.crt": {Type: "CERTIFICATE", Bytes: certificate}, "server.key": {Type: "PRIVATE KEY", Bytes: private}} {
		path := filepath.Join(data, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if os.Getuid() == 0 {
			if err := os.Chown(path, 65534, 65534); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// connect opens a connection as an account; the server may still be starting.
func connect(t *testing.T, user, port string) *pgconn.PgConn {
	t.Helper()
	var err error
	for range 200 {
		var conn *pgconn.PgConn
		conn, err = pgconn.Connect(context.Background(), fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s/postgres?sslmode=disable", user, canary, port))
		if err == nil {
			return conn
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(err)
	return nil
}

func TestRealPostgres(t *testing.T) {
	t.Parallel()
	port, log := startPostgres(t)
	as := func(user, password, database string) map[string]checks.Service {
		return required("postgres", fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s/%s", user, password, port, database))
	}
	const id = "data.postgres.reachable"
	well := checks.Pass
	out, err := exec.Command(program(t, "postgres"), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	var major int
	if _, err := fmt.Sscanf(string(out), "postgres (PostgreSQL) %d", &major); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	if end, known := postgresEnds[major]; major < firstPostgres || known && time.Now().After(end) {
		well = checks.Warn // the version that is installed here is too old
	}
	o, evidence := check(t, id, as("app", canary, "postgres"), well, "")
	says(t, string(o.Reason), fmt.Sprint(major))
	for _, line := range []string{"SELECT 1 answered", "connections: 1 of 5", "superuser: false", "in recovery: false", "tls: true", "address: loopback"} {
		says(t, evidence, line)
	}
	for _, line := range []string{"[gonogo] LOG:  statement: BEGIN READ ONLY", "[gonogo] LOG:  statement: SET LOCAL statement_timeout = 2000"} {
		says(t, log.String(), line)
	}
	keywords := one("postgres", fmt.Sprintf("host=127.0.0.1 port=%s user=app password=%s dbname=postgres", port, canary))
	check(t, id, keywords, well, "")
	_, evidence = check(t, id, as("app", canary, "postgres?sslmode=disable"), well, "")
	says(t, evidence, "tls: false")
	// A certificate that can't be trusted proves nothing about the database.
	check(t, id, as("app", canary, "postgres?sslmode=verify-full"), checks.Inconclusive, "")
	o, _ = check(t, id, as("admin", canary, "postgres"), checks.Warn, "")
	says(t, string(o.Reason), "superuser")
	o, _ = check(t, id, as("app", "wrong"+canary[:4], "postgres"), checks.Fail, "")
	says(t, string(o.Reason), "refuses the password")
	o, _ = check(t, id, as("app", canary, "nowhere"), checks.Fail, "")
	says(t, string(o.Reason), "does not exist")
	o, _ = check(t, id, as("outsider", canary, "postgres"), checks.Inconclusive, "")
	says(t, string(o.Reason), "pg_hba.conf")

	var held []*pgconn.PgConn
	for range 4 {
		held = append(held, connect(t, "app", port))
	}
	o, _ = check(t, id, as("app", canary, "postgres"), checks.Warn, "")
	says(t, string(o.Reason), "5 of 5 connections")
	held = append(held, connect(t, "app", port))
	o, _ = check(t, id, as("app", canary, "postgres"), checks.Fail, "")
	says(t, string(o.Reason), "no connection left")
	for _, conn := range held {
		conn.Close(context.Background())
	}
	says(t, log.String(), "[gonogo] LOG:  statement: ROLLBACK")
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
}
