package signing

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// fidoKey is a security key in software: it signs as OpenSSH's PROTOCOL.u2f says, with the
// flags that it is given.
func fidoKey(t *testing.T) (public ssh.PublicKey, sign func(flags byte) func([]byte) *ssh.Signature) {
	t.Helper()
	raw, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err = ssh.ParsePublicKey(ssh.Marshal(struct {
		Kind        string
		Key         []byte
		Application string
	}{ssh.KeyAlgoSKED25519, raw, "ssh:"}))
	if err != nil {
		t.Fatal(err)
	}
	return public, func(flags byte) func([]byte) *ssh.Signature {
		return func(data []byte) *ssh.Signature {
			application, message := sha256.Sum256([]byte("ssh:")), sha256.Sum256(data)
			rest := binary.BigEndian.AppendUint32([]byte{flags}, 7)
			signed := append(append(application[:], rest...), message[:]...)
			return &ssh.Signature{Format: ssh.KeyAlgoSKED25519, Blob: ed25519.Sign(private, signed), Rest: rest}
		}
	}
}

// skProvider is OpenSSH's own stand-in for a security key, in software (Debian's
// openssh-tests), or the middleware that SSH_SK_PROVIDER names.
func skProvider(t *testing.T) string {
	t.Helper()
	name := cmp.Or(os.Getenv("SSH_SK_PROVIDER"), "/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so")
	if _, err := os.Stat(name); err != nil {
		t.Skipf("skipped: no %s (Debian's openssh-tests has it)", name)
	}
	return name
}

// A security key signs through the real ssh-agent, by its file, by its .pub and as the
// agent's only key; one that wants no touch is refused before a file is written.
func TestSecurityKeyThroughTheRealAgent(t *testing.T) {
	provider := skProvider(t)
	realAgent(t, provider)
	for _, tt := range []struct{ name, kind, option string }{
		{"ed25519-sk", "ed25519-sk", ""}, {"ecdsa-sk", "ecdsa-sk", ""}, {"no touch", "ed25519-sk", "no-touch-required"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key := filepath.Join(t.TempDir(), "key")
			args := []string{"-q", "-t", tt.kind, "-w", provider, "-N", "", "-f", key}
			if tt.option != "" {
				args = append(args, "-O", tt.option)
			}
			command(t, "", nil, "ssh-keygen", args...)
			if _, err := LoadKey(context.Background(), key, nil); err == nil || !strings.Contains(err.Error(), "is a security key, which signs through the ssh-agent") {
				t.Errorf("not in the agent: %v", err)
			}
			command(t, "", nil, "ssh-add", "-q", "-S", provider, key)
			defer command(t, "", nil, "ssh-add", "-q", "-d", key)
			for _, file := range []string{key, key + ".pub", ""} {
				k, err := LoadKey(context.Background(), file, nil)
				if err != nil {
					t.Fatal(err)
				}
				v, err := signWith(t, k)
				k.Close()
				switch {
				case tt.option == "" && (err != nil || !v.Good):
					t.Errorf("by %q: %s %v", file, v.Sentence, err)
				case tt.option != "" && (err == nil || !strings.Contains(err.Error(), "nobody touched")):
					t.Errorf("by %q: %s %v", file, v.Sentence, err)
				}
			}
		})
	}
}
