//go:build unix

package pgstore

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

// otherDrafts is set in the processes that TestKilledOffline starts; rounds is how many, for
// a longer loop than the tests' own.
const (
	otherDrafts = "GONOGO_TEST_DRAFTS"
	rounds      = "GONOGO_TEST_ROUNDS"
)

// writeUntilKilled records one note after the other and prints each that was taken.
func writeUntilKilled(st *Store, id string) error {
	reg, err := checks.NewRegistry()
	if err != nil {
		return err
	}
	s, err := sessions.Open(ctx, st, reg, id)
	if err != nil {
		return err
	}
	go func() {
		for range s.Follow(ctx) {
		}
	}()
	for n := 0; ; n++ {
		text := fmt.Sprintf("%d.%d", os.Getpid(), n)
		if _, err := s.Record(ctx, "ann", sessions.Noted{Item: "A-01", Text: clean.Line(text)}); err != nil {
			return err
		}
		fmt.Println(text)
		time.Sleep(time.Millisecond)
	}
}

// A process is killed again and again while its connection comes and goes, and another
// writes: what was taken is there once, in its order.
func TestKilledOffline(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w, drafts := newWire(t, server), t.TempDir()
	ben := resume(t, open(t, url, Options{}), id)
	many := 6
	if n, err := strconv.Atoi(os.Getenv(rounds)); err == nil {
		many = n
	}
	var taken []string
	cuts, offline := 0, 0
	for round := range many {
		w.up()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), otherURL+"="+w.url(url), otherID+"="+id, otherDrafts+"="+drafts)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cut, kill := 5+rand.IntN(60), 60+rand.IntN(150)
		back := cut + 1 + rand.IntN(2*kill) // often only after the end
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			taken = append(taken, lines.Text())
			switch n {
			case cut:
				w.down()
				cuts++
				record(t, ben, "ben", note(fmt.Sprintf("ben.%d", round)))
				taken = append(taken, fmt.Sprintf("ben.%d", round))
			case back:
				w.up()
			case kill:
				if back > kill {
					offline++
				}
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()
	}
	w.up()
	resume(t, open(t, w.url(url), Options{Drafts: drafts}), id)
	got := notes(t, url, id)
	seen := map[string]int{}
	for n, text := range got {
		if seen[text]++; seen[text] > 1 {
			t.Errorf("%s is there %d times", text, seen[text])
		}
		if who, k, _ := strings.Cut(text, "."); who != "ben" && k != "0" {
			k, _ := strconv.Atoi(k)
			if before := slices.Index(got, fmt.Sprintf("%s.%d", who, k-1)); before < 0 || before > n {
				t.Errorf("%s is there, the one before it at %d", text, before)
			}
		}
	}
	lost := slices.DeleteFunc(slices.Clone(taken), func(text string) bool { return seen[text] > 0 })
	if len(lost) > 0 {
		t.Errorf("%d are lost: %v", len(lost), lost)
	}
	for _, text := range taken {
		delete(seen, text)
	}
	if len(seen) > many { // sent, and killed before it could be said
		t.Errorf("nobody was told of %v", slices.Sorted(maps.Keys(seen)))
	}
	t.Logf("%d kills, %d of them offline, %d cuts: %d changes taken, %d there, %d lost, %d in flight", many, offline, cuts, len(taken), len(got), len(lost), len(seen))
}

// Whoever opens a session again whose changes waited knows from where on it is news.
func TestKnownBeforeOffline(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w, drafts := newWire(t, server), t.TempDir()
	ben := resume(t, open(t, url, Options{}), id)
	hers := open(t, w.url(url), Options{Drafts: drafts})
	ann := resume(t, hers, id)
	updates := ann.Follow(ctx)
	before := ann.Head().Seq
	w.down()
	next(t, updates, offline)
	record(t, ann, "ann", judged("A-01", checks.Pass))
	record(t, ben, "ben", judged("A-01", checks.Fail))
	// Her session is not closed: her process ended.
	if err := hers.Close(); err != nil {
		t.Fatal(err)
	}
	w.up()
	again := resume(t, open(t, w.url(url), Options{Drafts: drafts}), id)
	if got := again.Known(); got != before {
		t.Errorf("known are %d events, want %d", got, before)
	}
	if e := again.Events(); len(e) != int(before)+2 || e[before].By != "ben" || e[before+1].By != "ann" {
		t.Errorf("%d events", len(e))
	}
	if got := resume(t, open(t, url, Options{Drafts: t.TempDir()}), id).Known(); got != 0 {
		t.Errorf("nothing waited, and known are %d", got)
	}
}
