package signing

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A private key that others may read is refused, as OpenSSH does; its .pub may be read by all.
func TestKeysOfWrongPermissions(t *testing.T) {
	need(t, "ssh-keygen")
	key := filepath.Join(t.TempDir(), "key")
	command(t, "", nil, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	for _, mode := range []os.FileMode{0o644, 0o640, 0o660, 0o604} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKey(context.Background(), key, nil); err == nil || !strings.Contains(err.Error(), "chmod 600 it") {
			t.Errorf("%04o: %v", mode, err)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKey(context.Background(), key, nil); err != nil {
			t.Errorf("%04o: %v", mode, err)
		}
	}
}

// A wrong passphrase is told as one, so that whoever asks can ask again.
func TestWrongPassphrase(t *testing.T) {
	need(t, "ssh-keygen")
	for _, format := range []string{"RFC4716", "PEM"} {
		key := filepath.Join(t.TempDir(), "key")
		command(t, "", nil, "ssh-keygen", "-q", "-t", "ecdsa", "-m", format, "-N", "open sesame", "-f", key)
		_, err := LoadKey(context.Background(), key, func(string) ([]byte, error) { return []byte("wrong"), nil })
		if !errors.Is(err, x509.IncorrectPasswordError) || !strings.Contains(err.Error(), "not its passphrase") {
			t.Errorf("%s: %v", format, err)
		}
		k, err := LoadKey(context.Background(), key, func(string) ([]byte, error) { return []byte("open sesame"), nil })
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if v, err := signWith(t, k); err != nil || !v.Good {
			t.Errorf("%s: %s %v", format, v.Sentence, err)
		}
	}
}

func TestSignersFileAgreesWithOpenSSH(t *testing.T) {
	need(t, "ssh-keygen")
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	command(t, dir, nil, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	loaded, err := LoadKey(context.Background(), key, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, f := example()
	file, err := Sign(c, f, loaded.Signer)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sig"), parts[partSignature], 0o600); err != nil {
		t.Fatal(err)
	}
	public := keyText(loaded.Signer)
	for _, tt := range []struct {
		line string
		good bool
	}{
		{"alice@example.com " + public, true},
		{"alice@example.com\t" + public + " team=payments", true},
		{"bob@example.com,alice@example.com " + public, true},
		{"*@example.com " + public, true},
		{"*,!alice@example.com " + public, false},
		{"alice@* " + public, true},
		{"alice?example.com " + public, true},
		{"alice[@]example.com " + public, false},
		{"ALICE@example.com " + public, false},
		{`alice@example.com namespaces="gonogo.report.v1" ` + public, true},
		{`alice@example.com namespaces="git,gonogo.*" ` + public, true},
		{`alice@example.com namespaces="*,!gonogo.report.v1" ` + public, false},
		{`alice@example.com NAMESPACES="gonogo.report.v1" ` + public, true},
		{`alice@example.com namespaces=gonogo.report.v1 ` + public, false},
		{`alice@example.com namespaces="git",namespaces="gonogo.report.v1" ` + public, false},
		{`alice@example.com valid-after="20260101Z",valid-before="20260201Z" ` + public, true},
		{`alice@example.com valid-after="20260115Z" ` + public, false},
		{`alice@example.com valid-before="202601141602Z" ` + public, false},
		{`alice@example.com valid-before="20260114160212Z" ` + public, true},
		{`alice@example.com valid-after="20260201Z",valid-before="20260101Z" ` + public, false},
		{`alice@example.com unknown-option ` + public, false},
	} {
		name := filepath.Join(dir, "allowed_signers")
		if err := os.WriteFile(name, []byte(tt.line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		stock := stockVerifies(dir, parts[partManifest])
		good := false
		if s, err := LoadSigners(name); err == nil {
			good = Verify(file, Options{Signers: s, Now: today}).Good
		}
		if good != tt.good || stock != tt.good {
			t.Errorf("%s\ngonogo %v, ssh-keygen %v, want %v", tt.line, good, stock, tt.good)
		}
	}
}

// A folder that anybody may write to is one where anybody may put another signers file.
func TestSignersFileInAFolderOfAll(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "allowed_signers")
	if err := os.WriteFile(name, []byte("a@b "+keyText(newKey(t))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSigners(name); err == nil || !strings.Contains(err.Error(), "anybody may replace it") {
		t.Errorf("%v", err)
	}
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSigners(name); err != nil {
		t.Errorf("sticky: %v", err)
	}
}
