//go:build unix

package filestore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/sessions"
)

func makePipe(name string) error { return syscall.Mkfifo(name, 0o600) }

// TestShortWrite: where a line fits only in part, as on a full disk, the journal ends
// where it did before and the session is frozen.
func TestShortWrite(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	head := write(t, s, 2)
	lock, err := s.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(inSession(home, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	short := limit
	short.Cur = uint64(len(before)) + 40
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &short); err != nil {
		t.Skip("no file size limit here: ", err)
	}
	_, err = s.Append(ctx, id, head, line(3), line(4))
	if back := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); back != nil {
		t.Fatal(back)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Fatalf("a line that was cut was acknowledged: %v", err)
	}
	if after, _ := os.ReadFile(inSession(home, journalFile)); !bytes.Equal(after, before) {
		t.Errorf("the journal has %d bytes, had %d", len(after), len(before))
	}
	if _, err := s.Append(ctx, id, head, line(3)); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("the session is not frozen: %v", err)
	}
	lock.Close()
	if lock, err = s.Lock(ctx, id); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := s.Append(ctx, id, head, line(3)); err != nil {
		t.Errorf("opened again: %v", err)
	}
}

// writerHome is set in the process that TestKilledWriter kills.
const writerHome = "GONOGO_TEST_WRITER_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(writerHome); home != "" {
		writeForEver(home)
	}
	if home := os.Getenv(lookerHome); home != "" {
		look(home)
	}
	os.Exit(m.Run())
}

// writeForEver appends events and says which were acknowledged.
func writeForEver(home string) {
	s, err := Open(home)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	head, err := s.Create(ctx, id, line(1))
	if err == nil {
		_, err = s.Lock(ctx, id)
	}
	for seq := 2; err == nil; seq++ {
		fmt.Println(head.Seq)
		head, err = s.Append(ctx, id, head, line(seq))
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilledWriter: whatever moment the writer dies at, no acknowledged event is lost and
// the session opens for writing at once.
func TestKilledWriter(t *testing.T) {
	total := 0
	for range 8 {
		home := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), writerHome+"="+home)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan() // it writes
		time.AfterFunc(time.Duration(rand.IntN(40_000))*time.Microsecond, func() { cmd.Process.Kill() })
		acknowledged, last := 0, lines.Text()
		for ok := true; ok; ok = lines.Scan() {
			last = strings.TrimSpace(lines.Text())
			if n, err := strconv.Atoi(last); err == nil {
				acknowledged = n
			}
		}
		if err := cmd.Wait(); err == nil || acknowledged == 0 {
			t.Fatalf("the writer ended by itself: %v, %s", err, last)
		}
		s := openStore(t, home)
		lock, err := s.Lock(ctx, id)
		if err != nil {
			t.Fatalf("after %d acknowledged events: %v", acknowledged, err)
		}
		n, damage := read(t, s)
		if n < acknowledged || damage != nil && damage.Kind != sessions.DamagedTail {
			t.Fatalf("%d of %d acknowledged events, %v", n, acknowledged, damage)
		}
		lock.Close()
		total += acknowledged
	}
	t.Logf("%d acknowledged events, none lost", total)
}
