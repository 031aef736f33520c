package verify_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// pair is a key with its files.
type pair struct {
	signer          ssh.Signer
	private, public []byte
}

func newPair(name, passphrase string) pair {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	block, err := ssh.MarshalPrivateKey(private, name)
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, name, []byte(passphrase))
	}
	if err != nil {
		panic(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	return pair{signer, pem.EncodeToMemory(block), ssh.MarshalAuthorizedKey(signer.PublicKey())}
}

// keys are made once: locking one takes a third of a second.
var keys = sync.OnceValue(func() map[string]pair {
	return map[string]pair{"assessor": newPair("assessor", ""), "lead": newPair("lead", ""), "locked": newPair("locked", "open sesame"), "stranger": newPair("stranger", "")}
})

// at is a moment a little before the driver's clock.
var at = drive.Start.Add(-time.Hour)

// desk is a folder with a signed report of a session, a signers file, and a lead's keys in
// ~/.ssh; the reviewer stands at home, with nothing of the report in its store.
type desk struct {
	*drive.World
	file    string
	config  string
	home    string
	without string // the same, without a signature
}

func newDesk(t *testing.T, o drive.Options) *desk {
	t.Helper()
	d := &desk{home: t.TempDir(), config: t.TempDir()}
	t.Setenv("HOME", d.home)
	t.Setenv("SSH_AUTH_SOCK", "")
	t.Chdir(d.home)
	d.file, d.without = filepath.Join(d.home, "report.gonogo"), filepath.Join(d.home, "packed.gonogo")
	d.trust(t, "assessor", "lead", "locked")
	d.keep(t, "lead", "locked")

	there := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	s := there.Review().Session.(*sessions.Session)
	c, f, err := handover.Contents(context.Background(), s, "test")
	if err != nil {
		t.Fatal(err)
	}
	put(t, d.without, signing.Pack(c, f))
	f.Signer, f.SignedAt = "r.okafor@example.com", at
	file, err := signing.Sign(c, f, keys()["assessor"].signer)
	if err != nil {
		t.Fatal(err)
	}
	put(t, d.file, file)
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	o.Change = func(a *app.Options) {
		a.ConfigDir = d.config
		a.Config = &config.Config{Me: config.Me{Name: "L. Brandt", Mail: "l.brandt@example.com"}}
	}
	d.World = drive.NewWorld(t, o)
	d.Model.Env().Registry = there.Registry
	return d
}

func put(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) data(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(d.file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// trust writes the signers file: the assessor signs, leads countersign.
func (d *desk) trust(t *testing.T, names ...string) {
	t.Helper()
	var b bytes.Buffer
	for _, n := range names {
		who, space := "l.brandt@example.com", signing.NamespaceCountersign
		if n == "assessor" {
			who, space = "r.okafor@example.com", signing.NamespaceReport
		}
		fmt.Fprintf(&b, "%s namespaces=\"%s\" %s", who, space, keys()[n].public)
	}
	put(t, filepath.Join(d.config, "allowed_signers"), b.Bytes())
}

// keep puts keys into ~/.ssh.
func (d *desk) keep(t *testing.T, names ...string) {
	t.Helper()
	dir := filepath.Join(d.home, ".ssh")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		put(t, filepath.Join(dir, "id_"+n), keys()[n].private)
		put(t, filepath.Join(dir, "id_"+n+".pub"), keys()[n].public)
	}
}

// open opens a file by the palette, as a person does.
func (d *desk) open(file string) {
	d.Keys(":open a file")
	d.Press("enter")
	d.Paste(file)
	d.Press("enter")
}

// tampered is the report with one part changed by f, laid out as a report file is.
func (d *desk) tampered(t *testing.T, f func(signing.Container)) {
	t.Helper()
	c, err := signing.Decode(d.data(t))
	if err != nil {
		t.Fatal(err)
	}
	f(c)
	put(t, d.file, c.Encode())
}

var steadies = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`SHA256:\S{6}…\S{4}`), "SHA256:aaaaaa…bbbb"},
	{regexp.MustCompile(`to [0-9a-f]{12}`), "to 7c1e09b4aa52"},
	{regexp.MustCompile(`\d{3} on\)`), "278 on)"}, // how long the report is, is not what this shows
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`), "2025-01-17T14:51:00Z"},
}

func steady(frame string) string {
	for _, s := range steadies {
		frame = s.re.ReplaceAllString(frame, s.to)
	}
	return frame
}

func TestFrames(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, theme string
		w, h        int
		bad         bool
	}{{"wide mono", "mono", 120, 40, false}, {"wide dark", "dark", 120, 40, false}, {"mono", "mono", 80, 24, false}, {"dark", "dark", 80, 24, false},
		{"narrow mono", "mono", 50, 16, false}, {"bad mono", "mono", 80, 24, true}, {"bad dark", "dark", 80, 24, true}} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, drive.Options{W: c.w, H: c.h, Theme: c.theme})
			if c.bad {
				d.tampered(t, func(c signing.Container) { c["report.md"] = append(c["report.md"], "GO\n"...) })
			}
			d.open(d.file)
			frame := steady(d.Frame())
			t.Chdir(here)
			golden.RequireEqual(t, frame)
		})
	}
}

func TestAGoodFileIsReadAndReplayed(t *testing.T) {
	d := newDesk(t, drive.Options{})
	d.open(d.file)
	d.Has("GOOD   signed by r.okafor@example.com, 17 Jan 13:51", "not countersigned", "line 1 of the signers file",
		"parts match, none added", "the chain whole", "not asked: s renders the report again")
	d.Lacks("NOT GOOD", "✘")
	d.Keys("s")
	d.Has("✓ replay", "byte for byte")
	d.Press("enter")
	r := d.Review()
	if r == nil || r.File != d.file || r.ReadOnly() == "" {
		t.Fatalf("it is not read-only from the file:\n%s", d.Screen())
	}
	d.Has("SEC-01")
	d.Keys("S") // on an opened report file
	d.Has("Verify   report.gonogo", "GOOD")
}

// What was verified is what is read, whatever the file holds by then.
func TestWhatIsReadIsWhatWasVerified(t *testing.T) {
	d := newDesk(t, drive.Options{})
	d.open(d.file)
	d.Has("GOOD")
	put(t, d.file, []byte("something else"))
	d.Press("enter")
	if d.Review() == nil {
		t.Fatalf("nothing is open:\n%s", d.Screen())
	}
	d.Keys("S")
	d.Has("NOT GOOD", "✘ archive")
}

func TestEachTamperingIsNamed(t *testing.T) {
	const sha = "evidence/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.txt"
	for _, c := range []struct {
		name   string
		change func(signing.Container)
		first  string // the failing row
		says   []string
	}{
		{"a changed report", func(c signing.Container) { c["report.md"][0] = 'X' }, "✘ contents", []string{"report.md changed"}},
		{"two changed parts", func(c signing.Container) { c["report.md"][0], c["report.json"][0] = 'X', 'X' }, "✘ contents", []string{"report.json changed", "report.md changed"}},
		{"a part too many", func(c signing.Container) { c[sha] = []byte("x") }, "✘ contents", []string{"not covered by the signature"}},
		{"a part missing", func(c signing.Container) { delete(c, "report.json") }, "✘ contents", []string{"report.json missing"}},
		{"another manifest", func(c signing.Container) {
			c["MANIFEST"] = bytes.Replace(c["MANIFEST"], []byte("no-go"), []byte("go"), 1)
			c["MANIFEST"] = append(c["MANIFEST"], '\n')
		}, "✘ signature", []string{"signature does not match the content"}},
		{"no signature", func(c signing.Container) { delete(c, "MANIFEST.sig") }, "✘ signature", []string{"not signed"}},
		{"evidence that is not its digest", func(c signing.Container) {
			for name := range c {
				if strings.HasPrefix(name, "evidence/") {
					c[name] = append(c[name], 'x')
					break
				}
			}
		}, "✘ contents", []string{"changed"}},
		{"a flipped journal", func(c signing.Container) { c["journal.jsonl"][200] ^= 1 }, "✘ contents", []string{"journal.jsonl changed"}},
		{"a stray countersignature", func(c signing.Container) { c["countersign-2.txt"] = []byte("x") }, "✘ lead", []string{"countersign-2.txt"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, drive.Options{})
			d.tampered(t, c.change)
			d.open(d.file)
			d.Has(append(c.says, "NOT GOOD", c.first)...)
			screen := d.Screen()
			if n := strings.Index(screen, "✘"); n < 0 || !strings.HasPrefix(screen[n:], c.first) {
				t.Errorf("the failing row does not come first:\n%s", screen)
			}
			d.Keys("c")
			d.Has("not now: only a good report is countersigned")
		})
	}
}

func TestWhoseKeyItIsDecides(t *testing.T) {
	d := newDesk(t, drive.Options{})
	d.trust(t, "lead")
	d.open(d.file)
	d.Has("NOT GOOD", "✘ key", "if you know whose key this is")
	d.Lacks("✓ key", "✓ contents", "✓ journal", "✓ evidence")
	d.Press("enter") // it can be read, after one more question
	d.Has("Read it all the same?")
	d.Press("enter")
	if d.Review() != nil {
		t.Fatal("it opened without a yes")
	}
	d.Keys("y")
	if d.Review() == nil {
		t.Fatalf("it did not open:\n%s", d.Screen())
	}
	if err := os.Remove(filepath.Join(d.config, "allowed_signers")); err != nil {
		t.Fatal(err)
	}
	d.Keys("S")
	d.Has("NOT GOOD", "there is no signers file")
}

func TestWhatIsNoReport(t *testing.T) {
	d := newDesk(t, drive.Options{})
	d.open("missing.gonogo")
	d.Has("! can't open missing.gonogo: there is no such file")
	d.Press("enter")
	d.Has("not now: the file can't be read")
	d.Press("esc")
	d.open(d.without)
	d.Has("NOT GOOD", "not signed")
}

func TestALeadAccepts(t *testing.T) {
	d := newDesk(t, drive.Options{})
	d.keep(t, "assessor") // comes before the lead's, and is passed over
	d.open(d.file)
	d.Keys("c")
	d.Has("Countersign", "[accept]", "id_lead", "l.brandt@example.com", "Ctrl+S countersign")
	d.Press("tab")
	d.Keys("read it whole")
	d.Press("ctrl+s")
	d.Has("GOOD", "countersigned by l.brandt@example.com, 17 Jan 14:51: accept", "✓ lead", "“read it whole”")
	v := signing.Verify(d.data(t), signing.Options{Now: drive.Start, Signers: signers(t, d), RequireCountersign: true})
	if !v.Good {
		t.Errorf("verified: %s", v.Sentence)
	}
}

func signers(t *testing.T, d *desk) *signing.Signers {
	t.Helper()
	s, err := signing.LoadSigners(filepath.Join(d.config, "allowed_signers"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALeadReturnsWithALockedKey(t *testing.T) {
	d := newDesk(t, drive.Options{})
	before := d.data(t)
	d.open(d.file)
	d.Keys("cl")
	d.Has("[return]")
	d.Press("ctrl+s")
	d.Has("! say why it goes back")
	d.Keys("SEC-02 has no evidence")
	d.Press("tab")
	d.Keys("l")
	d.Has("id_locked")
	d.Press("ctrl+s")
	d.Has("Passphrase of id_locked")
	d.Keys("wrong")
	d.Has("•••••")
	d.Lacks("wrong")
	d.Press("enter")
	d.Has("that is not its passphrase")
	if !bytes.Equal(d.data(t), before) {
		t.Fatal("something was written")
	}
	d.Keys("open sesame")
	d.Lacks("sesame")
	d.Press("enter")
	d.Has("countersigned by l.brandt@example.com, 17 Jan 14:51: return", "“SEC-02 has no evidence”")
}

func TestNothingIsWrittenThatIsNotGood(t *testing.T) {
	for _, c := range []struct {
		name, says string
		before     func(*testing.T, *desk)
	}{
		{"nobody knows the key", "nothing was written, it would not be good", func(t *testing.T, d *desk) { d.trust(t, "assessor", "locked") }},
		{"the file changed meanwhile", "the file changed since it was verified", func(t *testing.T, d *desk) {
			d.tampered(t, func(c signing.Container) { c["report.md"][0] = 'X' })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, drive.Options{})
			d.open(d.file)
			d.Has("GOOD")
			c.before(t, d)
			before := d.data(t)
			d.Keys("c")
			d.Press("ctrl+s")
			d.Has(c.says)
			if !bytes.Equal(d.data(t), before) {
				t.Error("something was written")
			}
			// What was typed stays for the next time.
			d.Press("tab", "ctrl+u")
			d.Press("esc")
			d.Lacks("Ctrl+S countersign")
		})
	}
}

func TestTheAssessorCannotCountersign(t *testing.T) {
	d := newDesk(t, drive.Options{})
	before := d.data(t)
	d.open(d.file)
	d.Keys("c")
	d.Press("shift+tab", "ctrl+u")
	d.Keys("r.okafor@example.com")
	d.Press("ctrl+s")
	d.Has("the assessor can't countersign")
	if !bytes.Equal(d.data(t), before) {
		t.Error("something was written")
	}
}

func TestEscLeavesNothing(t *testing.T) {
	d := newDesk(t, drive.Options{})
	before := d.data(t)
	d.open(d.file)
	d.Keys("c")
	d.Press("tab")
	d.Keys("half a comm")
	d.Press("esc")
	d.Lacks("Ctrl+S countersign")
	d.Keys("c")
	d.Has("half a comm") // still there in this sitting
	d.Press("esc", "esc")
	d.Lacks("Verify   ")
	if !bytes.Equal(d.data(t), before) {
		t.Error("something was written")
	}
}

func TestEverySize(t *testing.T) {
	d := newDesk(t, drive.Options{Theme: "dark"})
	d.tampered(t, func(c signing.Container) {
		for name := range c {
			if strings.HasPrefix(name, "evidence/") {
				c[name] = append(c[name], 'x')
			}
		}
	})
	d.open(d.file)
	d.Sweep(100, 20)
	d.Press("end")
	d.Sweep(90, 14)
	d2 := newDesk(t, drive.Options{Theme: "dark"})
	d2.open(d2.file)
	d2.Keys("c")
	for range 4 {
		d2.Sweep(80, 20)
		d2.Resize(40, 12)
		d2.Has("▸")
		d2.Press("tab")
	}
}

// The screen says, line by line, what it paints.
func TestTell(t *testing.T) {
	d := newDesk(t, drive.Options{})
	d.open(d.file)
	told, ok := d.Model.Focus().(screen.Told)
	if !ok {
		t.Fatal("it can't be told")
	}
	lines := strings.Join(told.Tell().Lines, "\n")
	for _, want := range []string{"GOOD: signed by r.okafor@example.com", "Lead: not countersigned", "Signature: good, r.okafor@example.com", "Contents: good,", "Replay: not asked: s renders"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not among\n%s", want, lines)
		}
	}
}
