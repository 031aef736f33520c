package signing

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// maxPublicKey is more than any public key file holds.
const maxPublicKey = 16 << 10

// Available is a key that can be signed with: a file beside its public half, or one that
// the ssh-agent holds.
type Available struct {
	Name        clean.Text // the file's name, or the agent's comment
	Fingerprint string     // SHA256:…
	FromAgent   bool
	file        string
	public      ssh.PublicKey
}

// Load loads the key, as LoadKey does.
func (a Available) Load(ctx context.Context, passphrase func(fingerprint string) ([]byte, error)) (*Key, error) {
	if a.FromAgent {
		return fromAgent(ctx, a.public)
	}
	return LoadKey(ctx, a.file, passphrase)
}

// AvailableKeys lists the keys in dir whose public half (.pub) lies beside them, then
// those of the ssh-agent. No private key is read. err says why the agent was not heard;
// the files are listed then too.
func AvailableKeys(ctx context.Context, dir string) (keys []Available, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.pub"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		file := strings.TrimSuffix(name, ".pub")
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if public, err := readPublic(name); err == nil && usable(public) {
			keys = append(keys, Available{Name: clean.Line(filepath.Base(file)), Fingerprint: ssh.FingerprintSHA256(public), file: file, public: public})
		}
	}
	held, err := agentKeys(ctx)
	return append(keys, held...), err
}

func readPublic(name string) (ssh.PublicKey, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPublicKey))
	if err != nil {
		return nil, err
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(data)
	return public, err
}

// usable reports whether a report can be signed with it; certificates can't.
func usable(k ssh.PublicKey) bool {
	_, cert := k.(*ssh.Certificate)
	return !cert
}

// agentKeys lists what the agent holds; it gets less time than signing, because nobody
// asked for one of its keys yet.
func agentKeys(ctx context.Context) ([]Available, error) {
	a, err := dialAgent(ctx, dialPatience)
	if a == nil {
		return nil, err
	}
	defer a.close()
	held, err := a.list()
	if err != nil {
		return nil, err
	}
	var out []Available
	for _, k := range held {
		if public, err := ssh.ParsePublicKey(k.Blob); err == nil {
			out = append(out, Available{Name: clean.Line(k.Comment), Fingerprint: ssh.FingerprintSHA256(public), FromAgent: true, public: public})
		}
	}
	return out, nil
}

// CountEvidence is how many pieces of evidence the session's journal names.
func CountEvidence(s *sessions.Session) int { return len(evidenceIn(s.Events())) }
