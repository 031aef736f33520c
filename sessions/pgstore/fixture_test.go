//go:build unix

package pgstore

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

const askedProfile = `
id = "asked"
title = "Asked"
version = 1
[[category]]
id = "a"
title = "A"
weight = 1
[[category.item]]
id = "A-01"
title = "one"
severity = "critical"
why = "w"
fix = "f"
question = "?"
[[category.item]]
id = "A-02"
title = "two"
severity = "high"
why = "w"
fix = "f"
question = "?"
`

func registry(t testing.TB) *checks.Registry {
	t.Helper()
	reg, err := checks.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// begin creates a session and lets it go.
func begin(t testing.TB, st *Store) (id string) {
	t.Helper()
	target, err := checks.ParseTarget("target.toml", []byte("name = \"atlas\"\n"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	profile, err := checks.ParseProfile("asked.toml", []byte(askedProfile), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Create(ctx, st, sessions.NewSession{Target: target, Profile: profile, Registry: registry(t), Tool: "test", By: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.ID()
}

func resume(t testing.TB, st *Store, id string) *sessions.Session {
	t.Helper()
	s, err := sessions.Open(ctx, st, registry(t), id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func note(text string) sessions.Payload { return sessions.Noted{Item: "A-01", Text: clean.Line(text)} }

func judged(item string, v checks.Verdict) sessions.Payload {
	return sessions.Judged{Items: []string{item}, Verdict: v, Reason: "seen", Strength: checks.Stated}
}

func record(t testing.TB, s *sessions.Session, by clean.Text, data ...sessions.Payload) *sessions.State {
	t.Helper()
	st, err := s.Record(ctx, by, data...)
	if err != nil {
		t.Fatalf("%s: %v", by, err)
	}
	return st
}

// notes lists the notes in a session's journal, whose chain has to hold.
func notes(t testing.TB, url, id string) []string {
	t.Helper()
	s, err := sessions.View(ctx, open(t, url, Options{}), registry(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Damage(); d != nil {
		t.Fatalf("damaged: %v", d)
	}
	var out []string
	for _, e := range s.Events() {
		if n, ok := e.Data.(sessions.Noted); ok {
			out = append(out, n.Text.String())
		}
	}
	return out
}

// next waits for the first update that is as wanted.
func next(t testing.TB, updates <-chan sessions.Update, want func(sessions.Update) bool) sessions.Update {
	t.Helper()
	end := time.After(20 * time.Second)
	for {
		select {
		case u, open := <-updates:
			if !open {
				t.Fatal("following ended")
			}
			if want(u) {
				return u
			}
		case <-end:
			t.Fatal("not told")
		}
	}
}

// wire is a proxy in front of a server, that can be cut.
type wire struct {
	t        testing.TB
	to, port string

	mu      sync.Mutex
	conns   []net.Conn
	cut     bool
	deaf    bool          // the next answer is dropped
	last    bool          // and everything is cut with it
	dropped chan struct{} // closed when it was
}

func newWire(t testing.TB, s *pgtest.Server) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	w := &wire{t: t, to: "127.0.0.1:" + s.Port, port: port}
	t.Cleanup(func() { l.Close(); w.down() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.carry(c)
		}
	}()
	return w
}

func (w *wire) url(direct string) string {
	return strings.Replace(direct, strings.TrimPrefix(w.to, "127.0.0.1"), ":"+w.port, 1)
}

func (w *wire) carry(client net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	server, err := net.Dial("tcp", w.to)
	if err != nil || w.cut {
		client.Close()
		if err == nil {
			server.Close()
		}
		return
	}
	w.conns = append(w.conns, client, server)
	listens := &atomic.Bool{}
	go func() { forth(server, client, listens); server.Close() }()
	go func() { w.back(client, server, listens); client.Close() }()
}

// forth carries questions, and marks a connection that listens.
func forth(server, client net.Conn, listens *atomic.Bool) {
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		if bytes.Contains(b[:n], []byte("LISTEN "+channel)) {
			listens.Store(true)
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
	}
}

// back carries answers, until one is to be dropped: then the connection is cut instead. Of
// connections that listen nothing is dropped.
func (w *wire) back(client, server net.Conn, listens *atomic.Bool) {
	b := make([]byte, 64<<10)
	for {
		n, err := server.Read(b)
		if err != nil {
			return
		}
		w.mu.Lock()
		deaf := w.deaf && !listens.Load()
		if deaf {
			w.deaf, w.cut = false, w.cut || w.last
			close(w.dropped)
		}
		w.mu.Unlock()
		if deaf {
			return
		}
		if _, err := client.Write(b[:n]); err != nil {
			return
		}
	}
}

// dropNext drops the next answer and the connection with it; where it is the last, no new
// connection comes through.
func (w *wire) dropNext(last bool) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf, w.last, w.dropped = true, last, make(chan struct{})
	return w.dropped
}

// down cuts every connection and lets no new one through; up ends that.
func (w *wire) down() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

func (w *wire) up() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}

func offline(u sessions.Update) bool { return errors.Is(u.Offline, sessions.ErrOffline) }
