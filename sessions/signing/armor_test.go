package signing

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Signatures of kinds that are refused, each with its reason.
func TestRefusedKindsOfSignature(t *testing.T) {
	w := newWorld(t)
	c, err := Decode(w.signed)
	if err != nil {
		t.Fatal(err)
	}
	manifest := c[partManifest]
	blob := func(public ssh.PublicKey, sign func(data []byte) *ssh.Signature) []byte {
		return armoredBlob(t, manifest, public, "sha512", "", sign)
	}
	old, err := ssh.NewSignerFromKey(rsaKey(t))
	if err != nil {
		t.Fatal(err)
	}
	sha1 := func(data []byte) *ssh.Signature {
		s, err := old.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, data, ssh.KeyAlgoRSA)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain := func(data []byte) *ssh.Signature {
		s, err := w.alice.Sign(rand.Reader, data)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	sk, touch := fidoKey(t)
	good := blob(w.alice.PublicKey(), plain)
	text := string(good)
	rewrap := strings.Replace(text[len(armorBegin):len(text)-len(armorEnd)], "\n", "", 1)
	for _, tt := range []struct {
		name, want string
		sig        []byte
		key        ssh.PublicKey
	}{
		{"a plain key", "GOOD", good, w.alice.PublicKey()},
		{"a touched security key", "GOOD", blob(sk, touch(0x01)), sk},
		{"touched and with a PIN", "GOOD", blob(sk, touch(0x05)), sk},
		{"nobody touched it", "security key that nobody touched", blob(sk, touch(0)), sk},
		{"a PIN without a touch", "security key that nobody touched", blob(sk, touch(0x04)), sk},
		{"a certificate", "signed with a certificate", blob(certificate(t, w.alice, w.lena), plain), w.alice.PublicKey()},
		{"RSA and SHA-1", "RSA and SHA-1", blob(old.PublicKey(), sha1), old.PublicKey()},
		{"a hash of its own", "its signature can't be read", armoredBlob(t, manifest, w.alice.PublicKey(), "md5", "", plain), w.alice.PublicKey()},
		{"something in the reserved field", "one way that is read", armoredBlob(t, manifest, w.alice.PublicKey(), "sha512", "x", plain), w.alice.PublicKey()},
		{"lines of other lengths", "not one complete armored block", []byte(string(armorBegin) + rewrap + string(armorEnd)), w.alice.PublicKey()},
		{"CRLF", "not one complete armored block", []byte(strings.ReplaceAll(text, "\n", "\r\n")), w.alice.PublicKey()},
		{"a header in the block", "not one complete armored block", []byte(strings.Replace(text, "\n", "\nComment: x\n\n", 1)), w.alice.PublicKey()},
		{"text behind", "not one complete armored block", append(bytes.Clone(good), "x\n"...), w.alice.PublicKey()},
		{"begin and end alone", "not one complete armored block", append(bytes.Clone(armorBegin), armorEnd[1:]...), w.alice.PublicKey()},
		{"begin and end in one another", "not one complete armored block", append(bytes.Clone(armorBegin[:len(armorBegin)-1]), armorEnd...), w.alice.PublicKey()},
		{"megabytes of it", "not one complete armored block", []byte(string(armorBegin) + strings.Repeat("AAAA\n", 1<<18) + "AAAA" + string(armorEnd)), w.alice.PublicKey()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := alter(t, w.signed, func(c Container) { c[partSignature] = tt.sig })
			signers := signersFile(t, "alice@example.com "+strings.TrimSpace(string(ssh.MarshalAuthorizedKey(tt.key))))
			v := Verify(file, Options{Signers: signers, Now: today})
			if v.Good != (tt.want == "GOOD") || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
		})
	}
}

// armoredBlob writes an SSHSIG by hand (OpenSSH's PROTOCOL.sshsig).
func armoredBlob(t *testing.T, data []byte, public ssh.PublicKey, hash, reserved string, sign func([]byte) *ssh.Signature) []byte {
	t.Helper()
	h := sshsig.HashSHA512.Hash()
	h.Write(data)
	signature := sign(append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Hash, Sum string }{NamespaceReport, reserved, hash, string(h.Sum(nil))})...))
	raw := append([]byte("SSHSIG"), ssh.Marshal(struct {
		Version                                      uint32
		Public, Namespace, Reserved, Hash, Signature string
	}{1, string(public.Marshal()), NamespaceReport, reserved, hash, string(ssh.Marshal(signature))})...)
	text := base64.StdEncoding.EncodeToString(raw)
	var b strings.Builder
	b.Write(armorBegin)
	for len(text) > 70 {
		b.WriteString(text[:70] + "\n")
		text = text[70:]
	}
	b.WriteString(text)
	b.Write(armorEnd)
	return []byte(b.String())
}
