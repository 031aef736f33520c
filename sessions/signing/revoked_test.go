package signing

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func TestRevokedKeys(t *testing.T) {
	w := newWorld(t)
	with := func(list string) (*Signers, error) {
		s := signersFile(t, line("alice@example.com", "", w.alice), line("lena@example.com", asLead, w.lena))
		if err := os.WriteFile(filepath.Join(filepath.Dir(s.Path), "revoked_keys"), []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		return LoadSigners(s.Path)
	}
	s, err := with("# lost\r\n\r\n" + keyText(w.lena) + " lena's old laptop\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if v := Verify(w.signed, Options{Signers: s, Now: today}); !v.Good {
		t.Errorf("another's key is revoked: %s", v.Sentence)
	}
	if v := Verify(w.counter, Options{Signers: s, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "countersignature 1: key "+ssh.FingerprintSHA256(w.lena.PublicKey())+" is revoked") {
		t.Error(v.Sentence)
	}
	for list, want := range map[string]string{
		"SSHKRL\n\x00\x00\x00\x00\x01":  "binary key revocation list",
		keyText(w.lena) + "\nnot a key": "revoked_keys:2: not a public key",
		"SHA256:abc":                    "revoked_keys:1: not a public key",
	} {
		if _, err := with(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", list, err)
		}
	}
}

// A certificate in the list revokes its key, as ssh-keygen -Y verify -r has it.
func TestRevokedByCertificate(t *testing.T) {
	w := newWorld(t)
	cert := &ssh.Certificate{Key: w.alice.PublicKey(), CertType: ssh.UserCert, KeyId: "alice", ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, w.lena); err != nil {
		t.Fatal(err)
	}
	w.revokes(t, ssh.MarshalAuthorizedKey(cert))
}

// revokes holds alice's signature to a list that names her key: it is good no more.
func (w world) revokes(t *testing.T, list []byte) {
	t.Helper()
	s := signersFile(t, line("alice@example.com", "", w.alice))
	if err := os.WriteFile(filepath.Join(filepath.Dir(s.Path), "revoked_keys"), list, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := LoadSigners(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	if v := Verify(w.signed, Options{Signers: s, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "is revoked") {
		t.Error(v.Sentence)
	}
}

// A signers file that is a link into a team's folder brings that folder's list; one that is
// there and can't be read is never an empty one.
func TestRevokedBehindALink(t *testing.T) {
	w := newWorld(t)
	team := signersFile(t, line("alice@example.com", "", w.alice))
	link := filepath.Join(t.TempDir(), "allowed_signers")
	if err := os.Symlink(team.Path, link); err != nil {
		t.Skip("no links here")
	}
	list := filepath.Join(filepath.Dir(team.Path), "revoked_keys")
	if err := os.WriteFile(list, []byte(keyText(w.alice)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := LoadSigners(link)
	if err != nil {
		t.Fatal(err)
	}
	if v := Verify(w.signed, Options{Signers: s, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "is revoked") {
		t.Error(v.Sentence)
	}
	if err := os.Remove(list); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone"), list); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSigners(link); err == nil {
		t.Error("a list that leads nowhere counts as none")
	}
}

// What ssh-keygen -k writes is refused, never taken for a list that revokes nothing.
func TestRevokedByKRL(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("skipped: no ssh-keygen here")
	}
	w := newWorld(t)
	s := signersFile(t, line("alice@example.com", "", w.alice))
	dir := filepath.Dir(s.Path)
	public := filepath.Join(dir, "alice.pub")
	if err := os.WriteFile(public, []byte(keyText(w.alice)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(keygen, "-k", "-f", filepath.Join(dir, "revoked_keys"), public).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Chmod(filepath.Join(dir, "revoked_keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSigners(s.Path); err == nil || !strings.Contains(err.Error(), "made by ssh-keygen -k") {
		t.Error(err)
	}
}
