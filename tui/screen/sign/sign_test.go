package sign_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/sign"
)

// pair is a key's two files.
type pair struct{ private, public []byte }

func newPair(name, passphrase string) pair {
	public, private, err := ed25519.GenerateKey(rand.Reader)
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
	pub, err := ssh.NewPublicKey(public)
	if err != nil {
		panic(err)
	}
	return pair{pem.EncodeToMemory(block), ssh.MarshalAuthorizedKey(pub)}
}

// keys are made once: locking one takes a third of a second.
var keys = sync.OnceValue(func() map[string]pair {
	return map[string]pair{"id_ed25519": newPair("id_ed25519", ""), "id_locked": newPair("id_locked", "open sesame"), "id_gone": newPair("id_gone", "")}
})

// world is Sign on a session, in an empty folder, with an open key, a locked one, and a
// public half that lies alone.
func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("SSH_AUTH_SOCK", "")
	dir := filepath.Join(home, ".ssh")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, k := range keys() {
		for file, data := range map[string][]byte{name: k.private, name + ".pub": k.public} {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Remove(filepath.Join(dir, "id_gone")); err != nil {
		t.Fatal(err)
	}
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk)
	o.Screens[screen.Sign] = sign.New
	o.Session, o.Run = true, true
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	o.Change = func(a *app.Options) {
		a.Config = &config.Config{Me: config.Me{Name: "R. Okafor", Mail: "r.okafor@example.com"}}
	}
	w := drive.NewWorld(t, o)
	w.Keys("S")
	w.Advance(100 * time.Millisecond)
	return w
}

var steadies = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`saved \d\d:\d\d`), "saved 14:51"},
	{regexp.MustCompile(`SHA256:\S{6}…\S{4}`), "SHA256:aaaaaa…bbbb"},
	{regexp.MustCompile(`to [0-9a-f]{12}`), "to 7c1e09b4aa52"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d\.gonogo`), "2025-01-17.gonogo"},
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
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}, {"narrow mono", "mono", 50, 16}} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme})
			frame := steady(w.Frame())
			t.Chdir(here)
			golden.RequireEqual(t, frame)
		})
	}
}

// written lists the files that signing left in the folder.
func written(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := filepath.Glob(".gonogo*")
	if err != nil {
		t.Fatal(err)
	}
	return append(names, hidden...)
}

// signers is a team's file that knows the open key.
func signers(t *testing.T) *signing.Signers {
	t.Helper()
	public, err := os.ReadFile(filepath.Join(os.Getenv("HOME"), ".ssh", "id_ed25519.pub"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "allowed_signers")
	if err := os.WriteFile(name, append([]byte("r.okafor@example.com "), public...), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := signing.LoadSigners(name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSignAndSubmit(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Has("(•) id_ed25519", "( ) id_locked", "r.okafor@example.com", "phase5-dashboard-", "3 items are unjudged")
	w.Lacks("id_gone")
	w.Press("tab", "tab", "tab")
	w.Keys(" ")
	w.Has("[✓] submit the review")
	w.Keys("y")
	w.Has("Signed", ".gonogo", "signed as r.okafor@example.com with id_ed25519", "submitted")
	w.Has("6 events to") // what is signed ends before the event that submits
	if w.Review().State.Seq != 7 {
		t.Errorf("%d events", w.Review().State.Seq)
	}
	files := written(t)
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	v := signing.Verify(data, signing.Options{Now: time.Now(), Signers: signers(t)})
	if !v.Good || !strings.Contains(string(v.Sentence), "r.okafor@example.com") {
		t.Errorf("verified: %s", v.Sentence)
	}
	if got := w.Review().State.SignOff.State; got != "submitted" {
		t.Errorf("sign-off is %s", got)
	}
	w.Press("esc")
	w.Lacks("Signed")
}

func TestNothingIsSubmittedUnticked(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Keys("y")
	w.Has("Signed", "the review stays draft")
	if got := w.Review().State.SignOff.State; got != "draft" {
		t.Errorf("sign-off is %s", got)
	}
	// Signed again, a free name is proposed; one that is taken meanwhile is said.
	w.Press("esc")
	w.Keys("S")
	w.Has("-2.gonogo")
	first, err := filepath.Glob("*.gonogo")
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	second := strings.Replace(first[0], ".gonogo", "-2.gonogo", 1)
	if err := os.WriteFile(second, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Keys("y")
	w.Has("is there already;", "name another file")
}

func TestAPassphraseIsMaskedAndNeverADraft(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Keys("jy")
	w.Has("Passphrase of id_locked")
	w.Keys("wrong")
	w.Has("•••••")
	w.Lacks("wrong")
	w.Press("enter")
	w.Has("that is not its passphrase")
	if files := written(t); len(files) != 0 {
		t.Errorf("files %v", files)
	}
	w.Keys("open sesame")
	w.Lacks("sesame")
	w.Press("enter")
	w.Has("Signed", "with id_locked")
	w.Advance(time.Second)
	for name, text := range w.Review().Drafts() {
		t.Errorf("a draft %s: %s", name, text)
	}
}

// What is wrong stays under its field, wherever the cursor goes meanwhile.
func TestAMistakeStaysAtItsField(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Press("tab", "ctrl+u", "ctrl+s")
	w.Has("! say as whom: you@example.com")
	w.Press("tab")
	shown := w.Screen()
	if as, wrong, into := strings.Index(shown, "As "), strings.Index(shown, "! say as whom"), strings.Index(shown, "Into"); as > wrong || wrong > into || wrong < 0 {
		t.Errorf("the mistake of As stands elsewhere:\n%s", shown)
	}
}

func TestEscLeavesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Keys("jy")
	w.Keys("open ses")
	w.Press("esc")
	w.Has("Sign the report")
	w.Keys("y")
	w.Lacks("••")
	w.Press("esc", "esc")
	w.Lacks("Sign the report")
	if files := written(t); len(files) != 0 {
		t.Errorf("files %v", files)
	}
	if got := w.Review().State.SignOff.State; got != "draft" {
		t.Errorf("sign-off is %s", got)
	}
}

func TestWhatIsMissingIsSaidUnderItsField(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Press("tab", "ctrl+u", "shift+tab")
	w.Keys("y")
	w.Has("! say as whom")
	w.Keys("a b")
	w.Press("tab", "ctrl+u")
	w.Keys("no/such/folder.gonogo")
	w.Press("tab")
	w.Keys("y")
	w.Has("can't be a signer")
	w.Press("tab", "ctrl+u")
	w.Keys("r@x.org")
	w.Press("tab", "tab")
	w.Keys("y")
	w.Has("no/such")
	if files := written(t); len(files) != 0 {
		t.Errorf("files %v", files)
	}
}

func TestEverySize(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{Theme: "dark"})
	for range 4 {
		w.Sweep(70, 18)
		w.Resize(40, 12)
		w.Has("▸")
		w.Press("tab")
	}
	w.Keys("jy")
	w.Sweep(70, 18)
	w.Keys("open sesame")
	w.Press("enter")
	w.Sweep(70, 18)
}

// In a field y is a letter, so it is not offered as the key that signs.
func TestYIsNotOfferedInAField(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{})
	w.Has(" y sign   Tab next")
	w.Press("tab")
	w.Lacks(" y sign   ")
	w.Has("Ctrl+S sign", "Tab next")
	w.Keys("y")
	w.Has("example.comy")
	w.Press("ctrl+s")
	w.Has("Signed", "example.comy", "Enter verify it")
}

// How to make a key is said where there is none, and where something else is in the way it
// is not.
func TestOnlyWhoHasNoKeyIsToldToMakeOne(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	w := world(t, drive.Options{})
	said := func() string {
		return strings.Join(w.Model.Focus().(screen.Told).Tell().Lines, "\n")
	}
	w.Review().Running = &screen.Running{}
	if got := said(); !strings.Contains(got, "Error: a run is going on") || strings.Contains(got, "ssh-keygen") {
		t.Errorf("while a run is going on it says\n%s", got)
	}
	w.Review().Running = nil
	if err := os.RemoveAll(filepath.Join(os.Getenv("HOME"), ".ssh")); err != nil {
		t.Fatal(err)
	}
	w.Press("esc")
	w.Keys("S")
	w.Advance(100 * time.Millisecond)
	if got := said(); !strings.Contains(got, "Error: there is no key to sign with; ssh-keygen makes one") {
		t.Errorf("without a key it says\n%s", got)
	}
}
