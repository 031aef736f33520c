//go:build unix

package pgstore

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

// writers write to one session until they are stopped, and count what was acknowledged.
type writers struct {
	all  sync.WaitGroup
	stop context.CancelFunc
	mu   sync.Mutex
	acks []string
}

func write(t *testing.T, url, id string, many int) *writers {
	w := &writers{}
	var running context.Context
	running, w.stop = context.WithCancel(t.Context())
	for n := range many {
		s := resume(t, open(t, url, Options{}), id)
		w.all.Go(func() {
			for k := 0; running.Err() == nil; k++ {
				text := fmt.Sprintf("%d.%d", n, k)
				if _, err := s.Record(ctx, clean.Text(fmt.Sprint("w", n)), note(text)); err != nil {
					t.Errorf("writer %d: %v", n, err)
					return
				}
				w.mu.Lock()
				w.acks = append(w.acks, text)
				w.mu.Unlock()
			}
		})
	}
	return w
}

// acknowledged is how many events were, so far.
func (w *writers) acknowledged() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acks)
}

// more waits until some more were.
func (w *writers) more(t *testing.T, n int) {
	t.Helper()
	for want, end := w.acknowledged()+n, time.Now().Add(15*time.Second); w.acknowledged() < want; {
		if time.Now().After(end) {
			t.Fatalf("only %d of %d events more", w.acknowledged()-want+n, n)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// hold ends the writers and holds the journal to what was acknowledged.
func (w *writers) hold(t *testing.T, url, id string) {
	t.Helper()
	w.stop()
	w.all.Wait()
	got := notes(t, url, id)
	slices.Sort(got)
	slices.Sort(w.acks)
	if !slices.Equal(got, w.acks) {
		t.Errorf("%d events are there, %d were acknowledged", len(got), len(w.acks))
	}
	t.Logf("%d acknowledged, %d there", len(w.acks), len(got))
}

// The server is killed while two write: nothing acknowledged is lost, nothing is there
// twice, and the writers go on when it is back.
func TestServerKilled(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w := write(t, url, id, 2)
	for range 5 {
		w.more(t, 20+rand.IntN(50))
		server.Stop(syscall.SIGKILL)
		server.Run(t)
	}
	w.more(t, 5)
	w.hold(t, url, id)
}

// The server ends connections while two write.
func TestConnectionsEnded(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w := write(t, url, id, 2)
	for range 20 {
		w.more(t, 1+rand.IntN(20))
		ask(t, url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	}
	w.more(t, 5)
	w.hold(t, url, id)
}

// otherURL and otherID are set in the process that TestTwoProcesses starts.
const (
	otherURL = "GONOGO_TEST_STORE"
	otherID  = "GONOGO_TEST_SESSION"
)

// judgeElsewhere is another person's process: it records a note for every line it is given,
// and prints the notes of others as it sees them.
func judgeElsewhere(url, id string) error {
	st, err := Open(ctx, url, Options{By: "ben", Drafts: os.Getenv(otherDrafts)})
	if err != nil {
		return err
	}
	if pieces, err := strconv.Atoi(os.Getenv(unpackSize)); err == nil {
		lines, evidence := whole(pieces)
		fmt.Println("ready")
		_, err = st.ImportWhole(ctx, id, evidence, lines...)
		return err
	}
	if os.Getenv(otherDrafts) != "" {
		return writeUntilKilled(st, id)
	}
	reg, err := checks.NewRegistry()
	if err != nil {
		return err
	}
	s, err := sessions.Open(ctx, st, reg, id)
	if err != nil {
		return err
	}
	go func() {
		for u := range s.Follow(ctx) {
			fmt.Println(u.State.Items["A-01"].Note)
		}
	}()
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if _, err := s.Record(ctx, "ben", sessions.Noted{Item: "A-02", Text: clean.Line(in.Text())}); err != nil {
			return err
		}
	}
	return s.Close()
}

// unpackSize is set in the process that TestUnpackKilled starts.
const unpackSize = "GONOGO_TEST_UNPACK"

// whole is a session of some events and pieces of evidence of a mebibyte each.
func whole(pieces int) (lines, evidence [][]byte) {
	for n := range pieces {
		evidence = append(evidence, append(bytes.Repeat([]byte("evidence"), 1<<17), byte(n)))
		lines = append(lines, fmt.Appendf(nil, "line %d %s", n, strings.Repeat("x", 1000)))
	}
	return lines, evidence
}

// Whoever takes a session in and is killed leaves nothing, or all of it.
func TestUnpackKilled(t *testing.T) {
	const pieces, id = 48, "20261122-140931-atlas-demo-x7k2"
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	st := open(t, url, Options{})
	tally := map[bool]int{}
	for n := range 8 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), otherURL+"="+url, unpackSize+"="+fmt.Sprint(pieces), otherID+"="+id)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if bufio.NewScanner(out).Scan(); n < 7 { // it begins; the last is left to finish
			time.Sleep(time.Duration(n*40) * time.Millisecond)
			_ = cmd.Process.Kill()
		}
		_ = cmd.Wait()
		var idle bool // the server has noticed
		for end := time.Now().Add(5 * time.Second); !idle && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if err := st.conn.QueryRow(ctx, "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()").Scan(&idle); err != nil {
				t.Fatal(err)
			}
		}
		var heads, events, blobs, parts int
		err = st.conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM gonogo.sessions WHERE removed IS NULL), (SELECT count(*) FROM gonogo.events e JOIN gonogo.sessions s ON s.key = e.session AND s.removed IS NULL),
			(SELECT count(*) FROM gonogo.blobs), (SELECT count(*) FROM gonogo.blob_parts)`).Scan(&heads, &events, &blobs, &parts)
		if err != nil {
			t.Fatal(err)
		}
		all := heads == 1 && events == pieces && blobs == pieces && parts == 2*pieces
		if tally[all]++; !all && heads+events+blobs+parts != 0 {
			t.Errorf("%d sessions, %d events, %d blobs, %d parts", heads, events, blobs, parts)
		}
		if all {
			ask(t, url, "DELETE FROM gonogo.blobs")
			if err := st.Remove(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if t.Logf("%d times all, %d times nothing", tally[true], tally[false]); tally[true] == 0 || tally[false] == 0 {
		t.Errorf("%v", tally)
	}
}

// Two people in two processes see what the other writes within a second.
func TestTwoProcesses(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	id := begin(t, open(t, url, Options{}))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), otherURL+"="+url, otherID+"="+id)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the other process said %q", lines.Text())
	}
	s := resume(t, open(t, url, Options{}), id)
	updates := s.Follow(t.Context())
	var here, there []time.Duration
	for n := range 30 {
		text := fmt.Sprint("note ", n)
		began := time.Now()
		record(t, s, "ann", note(text))
		for lines.Scan() && lines.Text() != text {
		}
		there = append(there, time.Since(began))
		began = time.Now()
		fmt.Fprintln(in, text)
		next(t, updates, func(u sessions.Update) bool { return u.State.Items["A-02"].Note.String() == text })
		here = append(here, time.Since(began))
	}
	for name, took := range map[string][]time.Duration{"there": there, "here": here} {
		slices.Sort(took)
		t.Logf("seen %s after %v (median), %v (worst of 30)", name, took[15], took[29])
		if took[29] > time.Second {
			t.Errorf("seen %s after %v", name, took[29])
		}
	}
}

// Whatever an account may do, events are neither changed nor taken away.
func TestEventsStay(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"UPDATE gonogo.events SET json = 'x'", "DELETE FROM gonogo.events", "TRUNCATE gonogo.events",
		"TRUNCATE gonogo.sessions CASCADE", "DELETE FROM gonogo.sessions", "UPDATE gonogo.events SET role = 'x' WHERE false"} {
		if _, err := conn.Exec(ctx, sql); err == nil {
			t.Errorf("%s: done", sql)
		}
	}
	// Who takes the trigger away is told on by the chain and by the head.
	for sql, want := range map[string]string{
		"UPDATE gonogo.events SET json = convert_to(replace(convert_from(json, 'UTF8'), 'one', 'two'), 'UTF8') WHERE seq = 2": "does not follow",
		"DELETE FROM gonogo.events WHERE seq = 3": "are gone",
		"UPDATE gonogo.sessions SET seq = 2":      "not the last line",
	} {
		id = begin(t, open(t, url, Options{}))
		s := resume(t, open(t, url, Options{}), id)
		record(t, s, "ann", note("one"), note("one"))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		sql += map[bool]string{true: " AND", false: " WHERE"}[strings.Contains(sql, "WHERE")]
		key := "session"
		if strings.Contains(sql, "sessions SET") {
			key = "key"
		}
		ask(t, url, "ALTER TABLE gonogo.events DISABLE TRIGGER USER", sql+" "+key+" = (SELECT max(key) FROM gonogo.sessions)", "ALTER TABLE gonogo.events ENABLE TRIGGER USER")
		again := resume(t, open(t, url, Options{}), id)
		if why := again.ReadOnly(); !strings.Contains(why, want) {
			t.Errorf("%s: read-only because %q, want %q", sql, why, want)
		}
	}
}
