//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks/services/pgtest"
)

// killsVariable names how many times each part of TestKillLoop kills the program. Without it
// the test is skipped: it takes minutes.
//
//	GONOGO_KILLS=100 go test -timeout 60m -run TestKillLoop -v ./cmd/gonogo
const killsVariable = "GONOGO_KILLS"

// tally is what a kill loop found.
type tally struct {
	kills, early                     int // early: before anything was acknowledged
	acknowledged, lost, unreadable   int // events, events, sessions
	texts, offered, lostTexts, empty int // typed; offered again after a kill; in neither journal nor drafts; nothing was typed yet
}

func (n tally) report(t *testing.T) {
	t.Logf("%+v", n)
	if n.lost > 0 || n.unreadable > 0 || n.lostTexts > 0 {
		t.Error("something that was acknowledged is lost")
	}
}

// TestKillLoop kills the real program at random moments, again and again: while it runs
// checks into a folder, while it runs them into a database, and while a person types.
func TestKillLoop(t *testing.T) {
	kills, _ := strconv.Atoi(os.Getenv(killsVariable))
	if kills <= 0 {
		t.Skip("takes minutes: set ", killsVariable, " to the number of kills")
	}
	t.Run("headless", func(t *testing.T) { killRuns(t, kills) })
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Start(t, pgtest.Options{Password: storePassword})
		killRuns(t, kills, "--store", server.URL("admin"))
	})
	t.Run("screen", func(t *testing.T) { killTyping(t, kills) })
	t.Run("unpack", func(t *testing.T) { killUnpacks(t, kills) })
}

var savedLine = regexp.MustCompile(`msg=saved session=(\S+) first=(\d+) events=(\d+)`)

// acknowledged reads the debug log: the last event of each session that was said to be saved.
func acknowledged(t *testing.T, log string) map[string]int {
	t.Helper()
	b, err := os.ReadFile(log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, m := range savedLine.FindAllStringSubmatch(string(b), -1) {
		first, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		out[m[1]] = first + n - 1
	}
	return out
}

// stored is how many events a session has, or -1 where it can't be read.
func stored(t *testing.T, dir, id string, flags ...string) int {
	t.Helper()
	cmd := gonogo(dir, append(flags, "show", id, "--json")...)
	cmd.Env = append(cmd.Env, "PGPASSWORD="+storePassword)
	out, err := cmd.Output()
	var doc struct{ Session struct{ Events int } }
	if err != nil || json.Unmarshal(out, &doc) != nil {
		t.Logf("%s: %v, %.200s", id, err, out)
		return -1
	}
	return doc.Session.Events
}

const shopTarget = "name = \"shop\"\nrepository = \".\"\nbase_url = \"http://127.0.0.1:9\"\n"

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// killRuns kills headless runs, each of a new session.
func killRuns(t *testing.T, kills int, flags ...string) {
	dir := t.TempDir()
	put(t, dir, "target.toml", shopTarget)
	var n tally
	defer func() { n.report(t) }()
	for k := range kills {
		log := fmt.Sprintf("log%d", k)
		cmd := gonogo(dir, append(flags, "--debug", log, "run", "target.toml", "--profile", "production")...)
		cmd.Env = append(cmd.Env, "PGPASSWORD="+storePassword)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(100+rand.IntN(1900)) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		n.kills++
		said := acknowledged(t, filepath.Join(dir, log))
		if len(said) == 0 {
			n.early++
		}
		for id, last := range said {
			n.acknowledged += last
			switch have := stored(t, dir, id, flags...); {
			case have < 0:
				n.unreadable++
			case have < last:
				n.lost += last - have
			}
		}
	}
}

// typist types reasons, one after the other, and says which are begun and when the last key
// of each was pressed.
type typist struct {
	page *page
	keys int
}

// work types until the terminal is gone. A person's keys come about 20 ms apart here.
func (p *typist) work(kill int, until time.Time, typed func(text string, at time.Time)) {
	for n := 0; time.Now().Before(until); n++ {
		p.page.types("f")
		p.page.until("Reason")
		p.page.types("\x15") // of an item that was judged before, the sheet has its reason
		text := fmt.Sprintf("reason %d-%d", kill, n)
		for i := range text {
			if time.Now().After(until) {
				return
			}
			p.page.types(text[i : i+1])
			p.keys++
			typed(text[:i+1], time.Now())
			time.Sleep(time.Duration(5+rand.IntN(30)) * time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		if time.Now().Before(until) {
			p.page.types("\r")
			time.Sleep(80 * time.Millisecond)
		}
	}
}

// killTyping kills the reviewer under a person who types reasons into one review. What was
// typed a second before must be in the journal or in the drafts, and is offered again.
func killTyping(t *testing.T, kills int) {
	dir := t.TempDir()
	profile := crashProfile
	for i := 2; i <= 8; i++ {
		profile += fmt.Sprintf("[[category.item]]\nid = \"H-%02d\"\ntitle = \"Question %d\"\nseverity = \"high\"\nquestion = \"Who?\"\n", i, i)
	}
	put(t, dir, "house.toml", profile)
	put(t, dir, "target.toml", "name = \"shop\"\n")
	made := gonogo(dir, "run", "target.toml", "--profile", "house.toml")
	_ = made.Run() // its exit code is the decision's
	var n tally
	defer func() { n.report(t) }()
	left := "" // the draft that the last sitting left
	for k := range kills {
		log := fmt.Sprintf("log%d", k)
		p := onTerminal(t, gonogo(dir, "--debug", log, "resume", "latest"))
		if k > 0 {
			p.until("Welcome back")
			if left != "" {
				p.until(start(left))
				n.offered++
			}
			time.Sleep(600 * time.Millisecond) // a dialog that opens by itself is deaf for 425 ms
			p.types("\r")
			if left != "" {
				p.until(start(left)) // the sheet, with what was typed
				p.types("\r")
				recorded(t, dir, left)
			}
			time.Sleep(500 * time.Millisecond) // until the page has the keys again
		} else {
			p.until("H-01")
		}
		type press struct {
			text string
			at   time.Time
		}
		var pressed []press
		began := time.Now()
		(&typist{page: p}).work(k, began.Add(time.Duration(200+rand.IntN(2500))*time.Millisecond), func(text string, at time.Time) {
			pressed = append(pressed, press{text, at})
		})
		p.kill()
		dead := time.Now()
		n.kills++
		for id, last := range acknowledged(t, filepath.Join(dir, log)) {
			n.acknowledged += last
			have := stored(t, dir, id)
			if have < 0 {
				n.unreadable++
			} else if have < last {
				n.lost += last - have
			}
		}
		kept := everything(t, filepath.Join(dir, "home", "sessions"))
		longest := ""
		for _, x := range pressed {
			if dead.Sub(x.at) > time.Second {
				longest = x.text
			}
			if strings.HasSuffix(x.text, "-0") {
				n.texts++
			}
			if dead.Sub(x.at) > time.Second && !strings.Contains(kept, x.text) {
				n.lostTexts++
				t.Logf("kill %d: %q was typed %v before and is nowhere", k, x.text, dead.Sub(x.at))
			}
		}
		if longest == "" {
			n.empty++
		}
		left = draftLeft(t, filepath.Join(dir, "home", "sessions"))
	}
}

// start is what there is room for of a text everywhere.
func start(text string) string { return text[:min(len(text), 10)] }

// recorded waits until a text is in the journal.
func recorded(t *testing.T, dir, text string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "home", "sessions", "*", "journal.jsonl"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	for range 500 {
		if b, err := os.ReadFile(names[0]); err == nil && strings.Contains(string(b), text) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%q is not recorded", text)
}

// everything is all text below a folder.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && !strings.HasPrefix(info.Name(), "tmp-") {
			text, readErr := os.ReadFile(name)
			b.Write(text)
			err = readErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// draftLeft is the reason that the drafts hold, or empty.
func draftLeft(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*", "drafts", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var d struct{ Name, Text string }
		b, err := os.ReadFile(name)
		if err == nil && json.Unmarshal(b, &d) == nil && strings.HasPrefix(d.Name, "reason:") {
			return d.Text
		}
	}
	return ""
}

// killUnpacks kills the bringing in of a packed session: it is there as a whole or not.
func killUnpacks(t *testing.T, kills int) {
	dir := t.TempDir()
	put(t, dir, "target.toml", shopTarget)
	out, _ := gonogo(dir, "run", "target.toml", "--profile", "production").Output() // its exit code is the decision's
	found := regexp.MustCompile(`(?m)^session (\S+)$`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("no session in %s", out)
	}
	id := string(found[1])
	if out, err := gonogo(dir, "pack", id, "-o", "one.gonogo").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	whole := stored(t, dir, id)
	var n tally
	defer func() { n.report(t) }()
	for k := range kills {
		home := filepath.Join(dir, fmt.Sprint("home", k))
		at := func(args ...string) *exec.Cmd {
			cmd := gonogo(dir, args...)
			cmd.Env = append(cmd.Env, "GONOGO_HOME="+home)
			return cmd
		}
		cmd := at("unpack", "one.gonogo")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(400_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		n.kills++
		list, err := at("sessions").Output()
		if err != nil {
			n.unreadable++
		}
		if !strings.Contains(string(list), id) {
			n.early++
		} else if out, err := at("doctor", id).Output(); err != nil || !strings.Contains(string(out), fmt.Sprint(whole, " events")) {
			n.lost++
			t.Logf("kill %d: half a session: %s", k, out)
		}
		if out, err := at("unpack", "one.gonogo").CombinedOutput(); err != nil {
			n.unreadable++
			t.Logf("kill %d: again: %s", k, out)
		}
	}
}
