//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// nobody runs the server where the test runs as root, whom it refuses.
const nobody = 65534

// Options say what a server is like.
type Options struct {
	Password string            // of the account admin; empty: everybody on loopback is trusted
	HBA      string            // pg_hba.conf; empty: as Password says
	Settings []string          // "name=value"
	Files    map[string][]byte // in the data folder, for the server alone, such as server.key
}

// Server is a running server.
type Server struct {
	Port, Data string

	dir     string
	args    []string
	mu      sync.Mutex
	said    bytes.Buffer
	command *exec.Cmd
	ended   chan struct{}
}

// Program finds one of PostgreSQL's programs; without it the test is skipped.
func Program(t testing.TB, name string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("skipped: %s is not installed", name)
	}
	return path
}

// Start makes a server with the superuser admin, and waits until it answers. Its data is
// flushed to disk as in production only where Settings say fsync=on.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	postgres, initdb := Program(t, "postgres"), Program(t, "initdb")
	dir, err := os.MkdirTemp("", "gonogo-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	s := &Server{Data: filepath.Join(dir, "data"), Port: freePort(t), dir: dir}
	s.initialise(t, initdb, o)
	s.args = []string{postgres, "-D", s.Data}
	settings := append([]string{"listen_addresses=127.0.0.1", "port=" + s.Port, "unix_socket_directories=", "fsync=off", "autovacuum=off"}, o.Settings...)
	for _, setting := range settings {
		s.args = append(s.args, "-c", setting)
	}
	t.Cleanup(func() {
		s.Stop(syscall.SIGINT)
		if t.Failed() {
			t.Log(s.Said())
		}
	})
	s.Run(t)
	return s
}

// give writes a file that the server alone may read.
func (s *Server) give(t testing.TB, name string, body []byte) {
	t.Helper()
	path := filepath.Join(s.Data, name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Server) initialise(t testing.TB, initdb string, o Options) {
	t.Helper()
	args := []string{"-D", s.Data, "-U", "admin", "-N", "--locale=C", "-E", "UTF8", "-A", "trust"}
	if o.Password != "" {
		secret := filepath.Join(s.dir, "password")
		if err := os.WriteFile(secret, []byte(o.Password), 0o644); err != nil {
			t.Fatal(err)
		}
		args[len(args)-1] = "scram-sha-256"
		args = append(args, "--pwfile", secret)
	}
	if out, err := s.as(initdb, args...).CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	for name, body := range o.Files {
		s.give(t, name, body)
	}
	if o.HBA != "" {
		if err := os.WriteFile(filepath.Join(s.Data, "pg_hba.conf"), []byte(o.HBA), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// as makes a command of a program that refuses to run as root.
func (s *Server) as(path string, args ...string) *exec.Cmd {
	command := exec.Command(path, args...)
	command.Dir, command.Env = s.dir, append(os.Environ(), "LC_ALL=C")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return command
}

// Run starts a server that was stopped, and waits until it answers.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.command = s.as(s.args[0], s.args[1:]...)
	s.command.Stdout, s.command.Stderr = s, s
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func(c *exec.Cmd, ended chan struct{}) { _ = c.Wait(); close(ended) }(s.command, s.ended)
	for until := time.Now().Add(20 * time.Second); !s.answers(); {
		select {
		case <-s.ended:
			t.Fatalf("the server ended: %s", s.Said())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(until) {
			t.Fatalf("the server does not answer: %s", s.Said())
		}
	}
}

// answers reports whether the server has an answer to a stranger, if only a refusal.
func (s *Server) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := pgconn.Connect(ctx, s.URL("admin"))
	if err == nil {
		_ = conn.Close(ctx)
		return true
	}
	// Class 28: it wants a password, so it is up.
	var said *pgconn.PgError
	return errors.As(err, &said) && strings.HasPrefix(said.Code, "28")
}

// URL is the address for an account, without TLS and without a password.
func (s *Server) URL(user string) string {
	return "postgres://" + user + "@127.0.0.1:" + s.Port + "/postgres?sslmode=disable"
}

// Stop ends the server with a signal and waits for its end: SIGINT closes every
// connection, SIGKILL is a crash.
func (s *Server) Stop(signal syscall.Signal) {
	select {
	case <-s.ended:
		return
	default:
	}
	if signal == syscall.SIGKILL {
		_ = syscall.Kill(-s.command.Process.Pid, signal) // its children as well
	} else {
		_ = s.command.Process.Signal(signal)
	}
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		_ = syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
		<-s.ended
	}
}

// Write collects what the server says.
func (s *Server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(p)
}

// Said is what the server said so far.
func (s *Server) Said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// freePort is a port on loopback that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
