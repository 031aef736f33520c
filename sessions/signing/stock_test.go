package signing

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need skips the test, with the reason, where a stock tool is missing.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: %s is not installed", tool)
		}
	}
}

func command(t *testing.T, dir string, stdin []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// A report signed with each kind of ordinary key verifies with stock unzip, ssh-keygen
// and sha256sum, as the documentation says.
func TestStockToolsVerify(t *testing.T) {
	need(t, "unzip", "ssh-keygen", "sha256sum")
	for _, kind := range [][]string{{"-t", "ed25519"}, {"-t", "ecdsa"}, {"-t", "rsa", "-b", "3072"}} {
		t.Run(kind[1], func(t *testing.T) {
			dir := t.TempDir()
			keyFile := filepath.Join(dir, "key")
			command(t, dir, nil, "ssh-keygen", append(kind, "-q", "-N", "", "-f", keyFile)...)
			key, err := LoadKey(context.Background(), keyFile, nil)
			if err != nil {
				t.Fatal(err)
			}
			c, f := example()
			file, err := Sign(c, f, key.Signer)
			if err != nil {
				t.Fatal(err)
			}
			pub, err := os.ReadFile(keyFile + ".pub")
			if err != nil {
				t.Fatal(err)
			}
			signers := filepath.Join(dir, "allowed_signers")
			for name, data := range map[string][]byte{"r.gonogo": file, "allowed_signers": append([]byte(`alice@example.com namespaces="gonogo.report.v1" `), pub...)} {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			command(t, dir, nil, "unzip", "-q", "r.gonogo", "-d", "d")
			d := filepath.Join(dir, "d")
			manifest, err := os.ReadFile(filepath.Join(d, "MANIFEST"))
			if err != nil {
				t.Fatal(err)
			}
			out := command(t, d, manifest, "ssh-keygen", "-Y", "verify", "-f", signers, "-I", "alice@example.com", "-n", NamespaceReport, "-s", "MANIFEST.sig")
			if !strings.Contains(out, `Good "gonogo.report.v1" signature for alice@example.com`) {
				t.Error(out)
			}
			command(t, d, nil, "sha256sum", "-c", "--strict", "MANIFEST")
			trusted, err := LoadSigners(signers)
			if err != nil {
				t.Fatal(err)
			}
			if v := Verify(file, Options{Signers: trusted, Now: today}); !v.Good {
				t.Error(v.Sentence)
			}
		})
	}
}

// A MANIFEST signed by ssh-keygen itself verifies here.
func TestSignatureByStockToolIsGood(t *testing.T) {
	need(t, "ssh-keygen")
	dir := t.TempDir()
	keyFile := filepath.Join(dir, "key")
	command(t, dir, nil, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keyFile)
	w := newWorld(t)
	c, err := Decode(w.signed)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "MANIFEST"), c[partManifest], 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, dir, nil, "ssh-keygen", "-q", "-Y", "sign", "-f", keyFile, "-n", NamespaceReport, "MANIFEST")
	if c[partSignature], err = os.ReadFile(filepath.Join(dir, "MANIFEST.sig")); err != nil {
		t.Fatal(err)
	}
	pub, err := os.ReadFile(keyFile + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	v := Verify(c.Encode(), Options{Signers: signersFile(t, "alice@example.com "+strings.TrimSpace(string(pub))), Now: today})
	if !v.Good {
		t.Error(v.Sentence)
	}
}

// A key with a passphrase is asked for by its fingerprint; a wrong one is refused.
func TestLockedKey(t *testing.T) {
	need(t, "ssh-keygen")
	keyFile := filepath.Join(t.TempDir(), "key")
	command(t, "", nil, "ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", keyFile)
	asked := ""
	ask := func(secret string) func(string) ([]byte, error) {
		return func(fp string) ([]byte, error) { asked = fp; return []byte(secret), nil }
	}
	if _, err := LoadKey(context.Background(), keyFile, ask("open sesame")); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(asked, "SHA256:") {
		t.Errorf("asked for %q", asked)
	}
	if _, err := LoadKey(context.Background(), keyFile, ask("wrong")); err == nil {
		t.Error("a wrong passphrase opened the key")
	}
	if _, err := LoadKey(context.Background(), keyFile, nil); err == nil || !strings.Contains(err.Error(), "ssh-add") {
		t.Errorf("error %v", err)
	}
}

// stockVerifies reports whether ssh-keygen takes the manifest's signature, as of its time.
func stockVerifies(dir string, manifest []byte) bool {
	cmd := exec.Command("ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-I", "alice@example.com", "-n", NamespaceReport,
		"-O", "verify-time="+signedAt.Format("20060102150405")+"Z", "-s", "sig")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(manifest)
	return cmd.Run() == nil
}
