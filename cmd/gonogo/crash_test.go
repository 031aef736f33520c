//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

const crashProfile = `
id = "house"
title = "House"
version = 1
[[category]]
id = "security"
title = "Security"
weight = 1
[[category.item]]
id = "H-01"
title = "Somebody is on call"
severity = "high"
question = "Who?"
`

// TestTypedTextSurvivesKill: the program is killed while a text of a review is being typed,
// each there is, and offers it again.
func TestTypedTextSurvivesKill(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string // each is typed once what stands before it in waits is on the screen
		wait []string
	}{
		{"reason", []string{"f", "half a word"}, []string{"H-01", "Reason"}},
		{"finding", []string{"c", "half a word"}, []string{"H-01", "Title"}},
		{"condition", []string{"D", "\t", "c", "half a word"}, []string{"H-01", "Gate", "No conditions", "New condition"}},
		{"note", []string{"e", "half a word"}, []string{"H-01", "Note on"}},
		{"waiver", []string{"v", "half a word"}, []string{"H-01", "Waive H-01"}},
		{"cause", []string{"x", "half a word"}, []string{"H-01", "Root cause of"}},
		{"attachment", []string{"@", "half a word"}, []string{"H-01", "Attach to"}},
		{"waiver in Conditions", []string{"D", "\t", "v", "A-01\thalf a word"}, []string{"H-01", "Gate", "No conditions", "Waive an item"}},
		{"signature, as whom", []string{"S", "\thalf a word"}, []string{"H-01", "Into"}},
		{"signature, into", []string{"S", "\t\t\x15half a word"}, []string{"H-01", "Into"}},
		{"return after acceptance", []string{"D", "c", "y", "c", "\x13", "c", "half a word"},
			[]string{"H-01", "Gate", "Submit the review?", "ubmitted", "Accept or return", "ccepted", "Return"}},
		{"lead's word", []string{"D", "c", "y", "c", "\t", "half a word"}, []string{"H-01", "Gate", "Submit the review?", "ubmitted", "Accept or return", "Comment"}},
		{"file to export to", []string{"R", "c", "\t", "half a word"}, []string{"H-01", "Markdown", "Export the report", "Into"}},
		{"report text", []string{"R", "j", "e", "half a word"}, []string{"H-01", "Executive summary", "▸Executive", "draft kept"}},
		{"declaration", []string{"D", "d", "\t", "half a word"}, []string{"H-01", "Gate", "Declare the decision", "Reason"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"house.toml": crashProfile, "target.toml": "name = \"shop\"\n"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			made := gonogo(dir, "run", "target.toml", "--profile", "house.toml")
			_ = made.Run() // its exit code is the decision's
			p := onTerminal(t, gonogo(dir, "resume", "latest"))
			for i, k := range c.keys {
				p.until(c.wait[i])
				p.types(k)
			}
			holds(t, filepath.Join(dir, "home", "sessions"), "half a word")
			p.kill()
			again := onTerminal(t, gonogo(dir, "resume", "latest"))
			again.until("Welcome back")
			if c.name != "report text" { // it is long, and typed at its end: the dialog has room for its beginning
				again.until("half a word")
			}
			time.Sleep(600 * time.Millisecond) // a dialog that opens by itself is deaf for 425 ms
			again.types("\r")
			again.until("half a word")
			again.kill()
		})
	}
}

// gonogo is the program on a data folder of its own.
func gonogo(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(binaries, "gonogo"), append([]string{"--by", "Ann"}, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GONOGO_HOME=" + filepath.Join(dir, "home"),
		"XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "TERM=xterm-256color", "LANG=C.UTF-8", "NO_COLOR=1"}
	return cmd
}

// page is a program on a terminal of its own.
type page struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	seen bytes.Buffer // since the last text that was waited for
	more chan struct{}
}

func onTerminal(t *testing.T, cmd *exec.Cmd) *page {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 100, Rows: 30})
	if err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, cmd: cmd, tty: tty, more: make(chan struct{}, 1)}
	go p.listen()
	t.Cleanup(p.kill)
	return p
}

// listen keeps what is painted.
func (p *page) listen() {
	b := make([]byte, 4096)
	for {
		n, err := p.tty.Read(b)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.seen.Write(b[:n])
		p.mu.Unlock()
		select {
		case p.more <- struct{}{}:
		default:
		}
	}
}

// until waits for a text to be painted and forgets what came before its end.
func (p *page) until(text string) {
	p.t.Helper()
	late := time.After(10 * time.Second)
	for {
		p.mu.Lock()
		i := bytes.Index(p.seen.Bytes(), []byte(text))
		if i >= 0 {
			p.seen.Next(i + len(text))
		}
		all := p.seen.String()
		p.mu.Unlock()
		if i >= 0 {
			return
		}
		select {
		case <-p.more:
		case <-late:
			p.t.Fatalf("%q is not painted:\n%q", text, all)
		}
	}
}

func (p *page) types(keys string) {
	p.t.Helper()
	if _, err := p.tty.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// kill ends the program as a power cut would.
func (p *page) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	_ = p.tty.Close()
}

// holds waits until a file below dir has the text.
func holds(t *testing.T, dir, text string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for {
		there := false
		_ = filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
			if err == nil && info.Mode().IsRegular() && !strings.HasPrefix(info.Name(), "tmp-") { // not whole before its renaming
				b, _ := os.ReadFile(name)
				there = there || strings.Contains(string(b), text)
			}
			return nil
		})
		if there {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%q is in no file", text)
		}
	}
}

// TestTypedOnTheDeskSurvivesKill: so does what belongs to no review yet. It is offered at the
// next start, and no passphrase is ever among what is kept.
func TestTypedOnTheDeskSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "house.toml", crashProfile)
	put(t, dir, "target.toml", "name = \"shop\"\n")
	_ = gonogo(dir, "run", "target.toml", "--profile", "house.toml").Run() // its exit code is the decision's
	if err := os.Mkdir(filepath.Join(dir, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, ".ssh", "id_ed25519")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key).CombinedOutput(); err != nil {
		t.Skipf("skipped: ssh-keygen: %v %s", err, out)
	}
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, "plain")).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	public, err := os.ReadFile(filepath.Join(dir, "plain.pub"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "config", "gonogo"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "config/gonogo/allowed_signers", "ann@example.com namespaces=\"gonogo.report.v1\" "+string(public))
	if out, err := gonogo(dir, "sign", "latest", "--key", "plain", "--as", "ann@example.com", "-o", "signed.gonogo").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	kept := filepath.Join(dir, "home")
	t.Run("new review", func(t *testing.T) {
		p := onTerminal(t, gonogo(dir))
		p.until("shop")
		p.types("c")
		p.until("Assessor")
		p.types("\x15half a word")
		holds(t, kept, "half a word")
		p.kill()
		offered(t, dir, "New review", "half a word")
	})
	t.Run("countersignature", func(t *testing.T) {
		p := onTerminal(t, gonogo(dir))
		p.until("Half-typed") // that of the new review, still
		time.Sleep(600 * time.Millisecond)
		p.types("\x1b[3~")
		p.until("Drop what was typed?")
		p.types("y")
		p.until("tick two")
		p.types(":open a signed")
		p.until("open")
		p.types("\r")
		p.until("Open a signed report")
		p.types("signed.gonogo\r")
		p.until("countersign, as a lead")
		p.types("c")
		p.until("Comment")
		p.types("\thalf a word\t\tlead@example.com\x13")
		p.until("Passphrase")
		p.types("open sesam")
		holds(t, kept, "half a word")
		time.Sleep(500 * time.Millisecond) // longer than typing pauses before it is kept
		p.kill()
		if strings.Contains(everything(t, kept), "sesam") {
			t.Error("a passphrase is kept")
		}
		offered(t, dir, "Countersign signed.gonogo", "half a word").until("Key")
	})
}

// offered starts the reviewer, which offers what was typed, and goes on with it.
func offered(t *testing.T, dir, what, text string) *page {
	t.Helper()
	p := onTerminal(t, gonogo(dir))
	p.until("Half-typed")
	p.until(what)
	p.until(text)
	time.Sleep(600 * time.Millisecond) // a dialog that opens by itself is deaf for 425 ms
	p.types("\r")
	p.until(text)
	return p
}
