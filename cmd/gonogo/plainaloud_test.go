//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

const aloudProfile = `
id = "aloud"
title = "Aloud"
version = 1
[[category]]
id = "security"
title = "Security"
weight = 100
[[category.item]]
id = "A-01"
title = "Bursts are limited"
severity = "high"
checks = [ { kind = "security.ratelimit.enforced" } ]
[[category.item]]
id = "A-02"
title = "Fifty at once succeed"
severity = "high"
checks = [ { kind = "load.burst", path = "/", rounds = 2 } ]
`

// TestPlainConsent: what may harm a target on another machine needs its host typed; what is
// typed wrong is asked again, and nothing is sent meanwhile.
func TestPlainConsent(t *testing.T) {
	var asked atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); w.WriteHeader(http.StatusTooManyRequests) }))
	defer proxy.Close()
	dir := house(t, aloudProfile, `base_url = "http://192.0.2.7"
[paths]
cheap = "/cheap"
protected = ["/cheap"]
[scope]
authorised_by = "CHG-1"
proxy = "`+proxy.URL+`"
`)
	before := asked.Load()
	p := onTerminal(t, gonogo(dir, "resume", "latest", "--plain"))
	p.until("Command?")
	p.types("run\r")
	p.until("Consent, allow intrusive?")
	p.until("Host?")
	p.types("example.com\r")
	p.until("Error: that is not 192.0.2.7")
	p.until("Host?")
	if asked.Load() != before {
		t.Errorf("%d requests were sent without consent", asked.Load()-before)
	}
	p.types("192.0.2.7\r")
	p.until("Consent, allow load?")
	p.until("Host?")
	p.types("cancel\r")
	p.until("Run over: 1 item: ")
	p.until("A-01, Bursts are limited: ")
	p.until("Command?")
	if asked.Load() == before {
		t.Error("nothing was sent after consent")
	}
	p.types("quit\r")
	p.until("Left. All is saved.")
}

// TestPlainLoad: a load run is told in sentences, and its figures line by line.
func TestPlainLoad(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer srv.Close()
	dir := house(t, aloudProfile, "base_url = \""+srv.URL+"\"\n[paths]\ncheap = \"/\"\n")
	got := said(t, dir, "run\nn\nmaybe\ny\n?\nb\nL\n")
	for _, part := range []string{"Consent, allow load?", "\nAsked: 1 check waits for this.\n", "At most: ", " is this machine.\n", "Error: say y or n",
		"\nRun over: 1 item: 1 pass; ", "\npass A-02, Fifty at once succeed: ", "\nLive\n", "\nLoad: over: ", "\nStep 1: "} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not said:\n%s", part, got)
		}
	}
	if strings.Contains(got, "1. Step 1") {
		t.Error("steps that can't be chosen are numbered")
	}
}

// TestPlainPassphrase: a passphrase is asked on a terminal, and asked again where it is
// wrong; from a file of answers it is not asked.
func TestPlainPassphrase(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("no ssh-keygen here")
	}
	dir := house(t, crashProfile, "")
	keys := filepath.Join(dir, ".ssh")
	if err := os.Mkdir(keys, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-N", "geheim-42", "-f", filepath.Join(keys, "id_ed25519")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	home := func(cmd *exec.Cmd) *exec.Cmd { cmd.Env = append(cmd.Env, "HOME="+dir, "SSH_AUTH_SOCK="); return cmd }
	piped := home(gonogo(dir, "resume", "latest", "--plain"))
	piped.Stdin = strings.NewReader("sign\n\nann@example.org\nfrom-pipe.gonogo\n\ny\ngeheim-42\n")
	out, err := piped.Output()
	if err != nil || !strings.Contains(string(out), "Error: a passphrase is asked on a terminal only; ssh-add loads the key into the agent") {
		t.Errorf("%v: from a pipe:\n%s", err, out)
	}
	p := onTerminal(t, home(gonogo(dir, "resume", "latest", "--plain")))
	p.until("Command?")
	p.types("sign\r")
	p.until("Key?")
	p.types("\r")
	p.until("As?")
	p.types("ann@example.org\r")
	p.until("Into?")
	p.types("signed.gonogo\r")
	p.until("Then?")
	p.types("\r")
	p.until("Sign? y or n:")
	p.types("y\r")
	p.until("Passphrase?")
	p.types("falsch-41\r")
	p.until("Error: that is not its passphrase")
	p.until("Passphrase?")
	p.types("geheim-42\r")
	p.until("Signed: as ann@example.org")
	if _, err := os.Stat(filepath.Join(dir, "signed.gonogo")); err != nil {
		t.Error(err)
	}
}
