//go:build unix

package filestore

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/sessions"
)

// lookerHome is set in the process that looks at a folder it may not write to.
const lookerHome = "GONOGO_TEST_LOOKER_HOME"

// look is what a person without rights sees.
func look(home string) {
	s, err := Open(home)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(0)
	}
	n := 0
	for _, err := range s.Read(ctx, id, 0) {
		if err != nil {
			fmt.Println("read:", err)
			os.Exit(0)
		}
		n++
	}
	fmt.Println("lines:", n)
	_, err = s.Lock(ctx, id)
	fmt.Println("read-only:", errors.Is(err, sessions.ErrReadOnly), err)
	fmt.Println("draft refused:", s.PutDraft(ctx, id, "note", "x") != nil)
	_, err = s.Create(ctx, id+"2", line(1))
	fmt.Println("create refused:", err != nil)
	all, err := s.List(ctx)
	fmt.Println("listed:", len(all), err)
	os.Exit(0)
}

// TestReadOnlyFolder: a data folder that its owner, or a person of another account, can't
// write to opens to look at, changes nothing and says so.
func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become somebody who may not write")
	}
	const nobody = 65534
	for name, mode := range map[string]os.FileMode{"read-only": 0o500, "somebody else's": 0o755} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			for dir := top; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
				if err := os.Chmod(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			program := filepath.Join(top, "looker")
			b, err := os.ReadFile(os.Args[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(program, b, 0o755); err != nil {
				t.Fatal(err)
			}
			home := filepath.Join(top, "home")
			write(t, openStore(t, home), 3)
			before := files(t, home)
			err = filepath.Walk(home, func(name string, info os.FileInfo, err error) error {
				m := mode
				if err == nil && !info.IsDir() {
					m &^= 0o111
				}
				if mode == 0o500 {
					err = errors.Join(err, os.Chown(name, nobody, nobody))
				}
				return errors.Join(err, os.Chmod(name, m))
			})
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program)
			cmd.Dir, cmd.Env = top, append(os.Environ(), lookerHome+"="+home)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			out, err := cmd.CombinedOutput()
			want := "lines: 3\nread-only: true its folder can't be written to\ndraft refused: true\ncreate refused: true\nlisted: 1 <nil>\n"
			if err != nil || string(out) != want {
				t.Errorf("%v, it says\n%s", err, out)
			}
			if after := files(t, home); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Error("it changed something")
			}
		})
	}
}

// TestLocksThatDoNotWork: on a network folder whose server knows no locks, nobody can tell
// whether somebody else writes: it opens to look at.
func TestLocksThatDoNotWork(t *testing.T) {
	s := openStore(t, t.TempDir())
	write(t, s, 3)
	s.tryLock = func(*os.File) (bool, error) { return false, os.NewSyscallError("flock", syscall.ENOLCK) }
	_, err := s.Lock(ctx, id)
	if !errors.Is(err, sessions.ErrReadOnly) || !strings.Contains(err.Error(), "can't be locked") || !strings.Contains(err.Error(), syscall.ENOLCK.Error()) {
		t.Errorf("%v", err)
	}
	if n, damage := read(t, s); n != 3 || damage != nil {
		t.Errorf("%d lines, %v", n, damage)
	}
	if f, err := s.Inspect(ctx, id); err != nil || !strings.Contains(f.ReadOnly, "can't be locked") {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestClockThatStandsStill: two damaged ends of one moment both stay.
func TestClockThatStandsStill(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	s.now = func() time.Time { return time.Date(2026, 11, 22, 14, 9, 31, 0, time.UTC) }
	write(t, s, 2)
	for n := range 3 {
		journal, err := os.ReadFile(inSession(home, journalFile))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(inSession(home, journalFile), fmt.Appendf(journal, "junk %d", n), 0o600); err != nil {
			t.Fatal(err)
		}
		lock, err := s.Lock(ctx, id)
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		lock.Close()
	}
	moved := map[string]bool{}
	for name, text := range files(t, filepath.Join(home, sessionsDir, id)) {
		if strings.HasPrefix(name, "journal.damaged-") {
			moved[text] = true
		}
	}
	if len(moved) != 3 {
		t.Errorf("kept: %v", moved)
	}
}
