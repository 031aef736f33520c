//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tenQuestions is a folder with a saved review of ten questions.
func tenQuestions(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("id = \"house\"\ntitle = \"House\"\nversion = 1\n[[category]]\nid = \"security\"\ntitle = \"Security\"\nweight = 1\n")
	for i := range 10 {
		fmt.Fprintf(&b, "[[category.item]]\nid = \"H-%02d\"\ntitle = \"Question %d of the house\"\nseverity = \"high\"\nquestion = \"Is number %d so?\"\n", i+1, i+1, i+1)
	}
	for name, text := range map[string]string{"house.toml": b.String(), "target.toml": "name = \"shop\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = gonogo(dir, "run", "target.toml", "--profile", "house.toml").Run() // its exit code is the decision's
	return dir
}

// cursor finds the row of the cursor in the list.
func cursor(screen string) int {
	for y, l := range strings.Split(screen, "\n") {
		if strings.Contains(l, "▸") {
			return y
		}
	}
	return -1
}

// A key is seen soon while an assessment runs: from the byte written to the bytes read that
// move the cursor. Five times what is aimed at, for slow machines.
func TestKeyToScreenWhileItRuns(t *testing.T) {
	dir := t.TempDir()
	g := onGlass(t, gonogo(dir, "demo", "--allow", "load,intrusive"), 120, 40, 0)
	g.shows("running")
	var took []time.Duration
	key, back := "j", "k"
	for len(took) < 200 {
		g.mu.Lock()
		screen := g.text()
		g.mu.Unlock()
		if !strings.Contains(screen, "running") {
			break
		}
		at := cursor(screen)
		pressed := time.Now()
		g.types(key)
		seen := g.until("moved cursor", func(s string) bool { return cursor(s) != at })
		took = append(took, seen.Sub(pressed))
		key, back = back, key
		time.Sleep(time.Duration(7+len(took)%11) * time.Millisecond) // people press at no beat of the program's
	}
	slices.Sort(took)
	if len(took) < 50 {
		t.Fatalf("the assessment was over after %d keys", len(took))
	}
	of := func(percent int) time.Duration { return took[len(took)*percent/100] }
	t.Logf("%d keys while it ran: median %v, 95th percentile %v, 99th %v", len(took), of(50), of(95), of(99))
	if of(95) > 5*33*time.Millisecond { // the slowest keys of all are other work on the machine
		t.Errorf("at the 95th percentile a key is seen after %v, want 33 ms", of(95))
	}
}

// switches is how often the threads of a process were woken, and the CPU time they took.
func switches(t *testing.T, pid int) (woken int, ticks int) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(tasks) == 0 {
		t.Skip("no /proc here")
	}
	for _, task := range tasks {
		status, _ := os.ReadFile(task + "/status")
		for l := range strings.Lines(string(status)) {
			if v, ok := strings.CutPrefix(l, "voluntary_ctxt_switches:"); ok {
				n, _ := strconv.Atoi(strings.TrimSpace(v))
				woken += n
			}
		}
		stat, _ := os.ReadFile(task + "/stat")
		if f := strings.Fields(string(stat)); len(f) > 14 {
			user, _ := strconv.Atoi(f[13])
			system, _ := strconv.Atoi(f[14])
			ticks += user + system
		}
	}
	return woken, ticks
}

// Nobody does anything: nothing is written, and the process sleeps.
func TestIdleOnATerminal(t *testing.T) {
	for _, screen := range []struct{ name, keys string }{{"home", "H"}, {"walk", "W"}, {"decision", "D"}} {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			g := onGlass(t, gonogo(tenQuestions(t), "resume", "latest"), 120, 40, 0)
			g.shows("Is number 1 so?")
			g.types(screen.keys)
			wrote := g.quiet(1500 * time.Millisecond) // the place is kept after a second
			woken, ticks := switches(t, g.cmd.Process.Pid)
			time.Sleep(2 * time.Second)
			again, more := switches(t, g.cmd.Process.Pid)
			g.mu.Lock()
			wrote = g.read - wrote
			g.mu.Unlock()
			t.Logf("in 2 s: %d bytes, woken %d times, %d ticks of CPU time", wrote, again-woken, more-ticks)
			if wrote > 0 {
				t.Errorf("%d bytes were written while nobody did anything", wrote)
			}
			if n := again - woken; n > 60 {
				t.Errorf("woken %d times in 2 s", n)
			}
		})
	}
}

// A whole review by keyboard over a slow line, byte by byte both ways: nothing typed is lost or
// read as something else. GONOGO_TEST_BAUD=1200 makes it as slow as that; a byte takes ten.
func TestReviewOverASlowLine(t *testing.T) {
	baud := 115_200
	if b, err := strconv.Atoi(os.Getenv("GONOGO_TEST_BAUD")); err == nil {
		baud = b
	}
	dir := tenQuestions(t)
	g := onGlass(t, gonogo(dir, "resume", "latest"), 80, 24, baud/10)
	began := time.Now()
	step := func(keys, what string) {
		t.Helper()
		pressed := time.Now()
		g.types(keys)
		seen := g.untilIn(10*time.Second+time.Duration(20_000/g.bps)*time.Second, what, func(s string) bool { return strings.Contains(s, what) })
		t.Logf("%-28q seen after %v", keys, seen.Sub(pressed).Round(time.Millisecond))
	}
	step("", "Is number 1 so?")
	verdicts := []string{"w", "f", "w", "i", "f", "i", "w", "f", "i", "f"} // all that want a reason
	for i, v := range verdicts {
		step(v, "required for")
		step(fmt.Sprintf("because of – %d", i+1), fmt.Sprintf("because of – %d▏", i+1))
		step("\r", fmt.Sprintf("H-%02d %s saved", i+1, map[string]string{"f": "fail", "w": "warn", "i": "inconclusive"}[v]))
	}
	step("g", "▸Security")
	step("\x1b[B", "▸ ·!  H-01") // an arrow, its bytes apart
	step("\x1b[B", "▸ ·✘  H-02")
	step("\x1b[A", "▸ ·!  H-01")
	step("D", "Path to GO")
	step("c", "Submit the review?")
	step("y", "submitted")
	g.types("\x03")
	g.mu.Lock()
	for !g.over {
		g.more.Wait()
	}
	g.mu.Unlock()
	t.Logf("the review took %v and %d bytes", time.Since(began).Round(time.Millisecond), g.read)
	out, err := gonogo(dir, "history", "latest").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := range verdicts {
		if n := strings.Count(string(out), fmt.Sprintf("because of – %d\n", i+1)); n != 1 {
			t.Errorf("the reason of question %d stands %d times in the history", i+1, n)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// What a key costs on the wire.
func TestBytesOfAKey(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			g := onGlass(t, gonogo(tenQuestions(t), "resume", "latest"), size[0], size[1], 0)
			g.shows("Is number 1 so?")
			was := g.quiet(300 * time.Millisecond)
			t.Logf("the first frame: %d bytes", was)
			for _, k := range []struct {
				name, keys string
				most       int
			}{
				{"cursor down", "j", 700}, {"cursor down", "j", 700}, {"fail opens the reason", "f", 3500},
				{"a letter", "x", 300}, {"another letter", "y", 300}, {"Esc", "\x1b", 3500},
				{"help opens", "?", 6000}, {"help closes", "\x1b", 6000}, {"decision", "D", 6000}, {"back", "W", 6000},
			} {
				g.types(k.keys)
				now := g.quiet(300 * time.Millisecond)
				t.Logf("%s: %d bytes", k.name, now-was)
				if now-was > k.most {
					t.Errorf("%s costs %d bytes, want at most %d", k.name, now-was, k.most)
				}
				was = now
			}
		})
	}
}
