package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/cmd/gonogo/help"
	"assess/gonogo/sessions/signing"
)

// documented are the commands of one chapter of a help topic, as people would copy them.
func documented(t *testing.T, topic, chapter string) string {
	t.Helper()
	text, ok := help.Topic(topic)
	_, rest, found := strings.Cut(text, "\n## "+chapter+"\n")
	if !ok || !found {
		t.Fatalf("no chapter %q in %s", chapter, topic)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	var b strings.Builder
	for line := range strings.Lines(rest) {
		if code, indented := strings.CutPrefix(line, "    "); indented {
			b.WriteString(code)
		}
	}
	return b.String()
}

// reviewed is a folder with a report of the demo, signed and countersigned by the program
// under the names that the documentation uses.
func reviewed(t *testing.T) (dir string, gonogo func(want int, args ...string) string) {
	t.Helper()
	for _, tool := range []string{"bash", "unzip", "ssh-keygen", "sha256sum", "comm", "find", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: %s is not installed", tool)
		}
	}
	dir = t.TempDir()
	gonogo = func(want int, args ...string) string {
		t.Helper()
		cmd := exec.Command(filepath.Join(binaries, "gonogo"), args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GONOGO_HOME="+filepath.Join(dir, "data"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "SSH_AUTH_SOCK=", "SSH_CONNECTION=")
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Fatalf("gonogo %v: exit %d (%v), want %d\n%s", args, code, err, want, out)
		}
		return string(out)
	}
	gonogo(0, "demo", "--headless", "--category", "documentation")
	var lines strings.Builder
	for name, namespaces := range map[string]string{"alice": signing.NamespaceReport, "lena": signing.NamespaceReport + "," + signing.NamespaceCountersign} {
		key := filepath.Join(dir, name)
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		public, err := os.ReadFile(key + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		lines.WriteString(name + `@example.com namespaces="` + namespaces + `" ` + string(public))
	}
	write(t, filepath.Join(dir, "allowed_signers"), []byte(lines.String()))
	gonogo(0, "sign", "latest", "--key", "alice", "--as", "alice@example.com", "-o", "F.gonogo")
	gonogo(0, "countersign", "F.gonogo", "--key", "lena", "--as", "lena@example.com", "--decision", "accept", "--comment", "read it", "--signers", "allowed_signers")
	return dir, gonogo
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The commands of `gonogo help signing` verify a report without gonogo, offline, and see
// what they say they see.
func TestDocumentedStockCommands(t *testing.T) {
	dir, gonogo := reviewed(t)
	file := filepath.Join(dir, "F.gonogo")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	commands := documented(t, "signing", "With stock tools alone")
	if strings.Count(commands, "ssh-keygen -Y verify") != 2 || strings.Count(commands, "sha256sum -c --strict") != 2 {
		t.Fatalf("the documentation says:\n%s", commands)
	}
	stock := func() (string, error) {
		if err := os.RemoveAll(filepath.Join(dir, "d")); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", commands)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := stock()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{`Good "gonogo.report.v1" signature for alice@example.com`, `Good "gonogo.countersign.v1" signature for lena@example.com`,
		"report.md: OK", "journal.jsonl: OK", "decision: accept", "comment: read it", "MANIFEST: OK", "MANIFEST.sig: OK"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	if said := gonogo(0, "verify", "F.gonogo", "--signers", "allowed_signers", "--replay", "--require-countersign"); !strings.HasPrefix(said, "GOOD") {
		t.Error(said)
	}
	x := sha256.Sum256([]byte("x"))
	for name, change := range map[string]func(signing.Container){
		"a page": func(c signing.Container) {
			c["report.md"] = bytes.Replace(c["report.md"], []byte("GO"), []byte("NO"), 1)
		},
		"a manifest": func(c signing.Container) {
			c["MANIFEST"] = bytes.Replace(c["MANIFEST"], []byte("decision: go"), []byte("decision: no-go"), 1)
		},
		"a journal":      func(c signing.Container) { c["journal.jsonl"] = c["journal.jsonl"][:200] },
		"a missing part": func(c signing.Container) { delete(c, "report.json") },
		"an added part":  func(c signing.Container) { c["evidence/"+hex.EncodeToString(x[:])+".txt"] = []byte("x") },
		"a statement": func(c signing.Container) {
			c["countersign-1.txt"] = bytes.Replace(c["countersign-1.txt"], []byte("read"), []byte("rued"), 1)
		},
	} {
		c, err := signing.Decode(whole)
		if err != nil {
			t.Fatal(err)
		}
		changed := maps.Clone(c)
		change(changed)
		write(t, file, changed.Encode())
		if out, err := stock(); err == nil {
			t.Errorf("%s: the stock tools saw nothing\n%s", name, out)
		}
		gonogo(1, "verify", "F.gonogo", "--signers", "allowed_signers")
	}
}

// A report whose documents were changed is told with the line of each.
func TestVerifyTellsTheLine(t *testing.T) {
	dir, gonogo := reviewed(t)
	file := filepath.Join(dir, "F.gonogo")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := signing.Decode(whole)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(c["report.md"], []byte("\n"))
	c["report.md"] = append(bytes.Join(lines[:4], nil), bytes.Join(lines[5:], nil)...)
	write(t, file, c.Encode())
	said := gonogo(1, "verify", "F.gonogo", "--signers", "allowed_signers")
	for _, want := range []string{"NOT GOOD: signed by alice@example.com, but report.md changed (from line 5 on)", "signed     as alice@example.com at 20", "(line ", "lead 1     by lena@example.com at 20", "accept, “read it”", "covers MANIFEST, MANIFEST.sig"} {
		if !strings.Contains(said, want) {
			t.Errorf("lacks %q:\n%s", want, said)
		}
	}
}

// The signing commands' exit codes: 1 what the file or a person says no to, 2 usage.
func TestSigningExitCodes(t *testing.T) {
	dir, gonogo := reviewed(t)
	for _, tt := range []struct {
		code int
		args string
		want string
	}{
		{1, "verify F.gonogo", "there is no signers file"},
		{2, "verify F.gonogo --signers none", "no such file"},
		{2, "verify none --signers allowed_signers", "no such file"},
		{2, "verify . --signers allowed_signers", "not a regular file"},
		{2, "verify F.gonogo --signers allowed_signers --at then", "only now is known"},
		{2, "verify F.gonogo --signers alice", "alice:1"},
		{1, "countersign F.gonogo --key alice --as mia@example.com --decision accept", "the assessor can't countersign"},
		{1, "countersign F.gonogo --key lena --as mia@example.com --decision accept --signers allowed_signers", "belongs to lena@example.com"},
		{2, "countersign F.gonogo --key lena --as lena@example.com --decision maybe", "accept or return"},
		{2, "countersign F.gonogo --as lena@example.com --decision accept", "give --key FILE"},
		{2, "sign latest --key none --as alice@example.com", "no such file"},
		{2, "sign latest --key alice --as alice@example.com -o F.gonogo", "is there already"},
	} {
		before, err := os.ReadFile(filepath.Join(dir, "F.gonogo"))
		if err != nil {
			t.Fatal(err)
		}
		if said := gonogo(tt.code, strings.Fields(tt.args)...); !strings.Contains(said, tt.want) {
			t.Errorf("%s: %s, want %q", tt.args, said, tt.want)
		}
		if after, err := os.ReadFile(filepath.Join(dir, "F.gonogo")); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the file changed", tt.args)
		}
	}
}
