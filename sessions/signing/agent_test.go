package signing

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// listen serves an agent's socket for the test and names it to LoadKey.
func listen(t *testing.T, serve func(net.Conn)) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); serve(conn) }()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", l.Addr().String())
}

func keyring(t *testing.T, keys ...agent.AddedKey) agent.Agent {
	t.Helper()
	ring := agent.NewKeyring()
	for _, k := range keys {
		if err := ring.Add(k); err != nil {
			t.Fatal(err)
		}
	}
	return ring
}

func serveRing(ring agent.Agent) func(net.Conn) {
	return func(c net.Conn) { _ = agent.ServeAgent(ring, c) }
}

func ed25519Key(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// signWith signs the example with a loaded key and tells what verifying says.
func signWith(t *testing.T, k *Key) (Verification, error) {
	t.Helper()
	c, f := example()
	file, err := Sign(c, f, k.Signer)
	if err != nil {
		return Verification{}, err
	}
	return Verify(file, Options{Signers: signersFile(t, line("alice@example.com", "", k.Signer)), Now: today}), nil
}

func TestAgentSigns(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, private := range map[string]any{"ed25519": ed25519Key(t), "ecdsa": ec, "rsa": rs} {
		t.Run(name, func(t *testing.T) {
			listen(t, serveRing(keyring(t, agent.AddedKey{PrivateKey: private, Comment: "a\x1b[31mlice"})))
			k, err := LoadKey(context.Background(), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			if strings.ContainsRune(string(k.Comment), 0x1b) || !k.FromAgent {
				t.Errorf("%q from agent: %v", k.Comment, k.FromAgent)
			}
			if v, err := signWith(t, k); err != nil || !v.Good {
				t.Error(v.Sentence, err)
			}
		})
	}
}

// Of several keys one has to be named, by its .pub; a certificate beside its key is no
// second one.
func TestAgentOfSeveralKeys(t *testing.T) {
	one, two := ed25519Key(t), ed25519Key(t)
	signer, err := ssh.NewSignerFromKey(two)
	if err != nil {
		t.Fatal(err)
	}
	cert := certificate(t, signer, newKey(t))
	ring := keyring(t, agent.AddedKey{PrivateKey: one, Comment: "first"}, agent.AddedKey{PrivateKey: two, Comment: "second"},
		agent.AddedKey{PrivateKey: two, Certificate: cert, Comment: "second's certificate"})
	listen(t, serveRing(ring))
	_, err = LoadKey(context.Background(), "", nil)
	if err == nil || !strings.Contains(err.Error(), "holds 2 keys") || !strings.Contains(err.Error(), "second "+ssh.FingerprintSHA256(signer.PublicKey())) {
		t.Errorf("%v", err)
	}
	pub := filepath.Join(t.TempDir(), "key.pub")
	load := func(public ssh.PublicKey) (*Key, error) {
		if err := os.WriteFile(pub, ssh.MarshalAuthorizedKey(public), 0o644); err != nil {
			t.Fatal(err)
		}
		return LoadKey(context.Background(), pub, nil)
	}
	k, err := load(signer.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if v, err := signWith(t, k); err != nil || !v.Good || v.Fingerprint != ssh.FingerprintSHA256(signer.PublicKey()) {
		t.Error(v.Sentence, err)
	}
	if _, err := load(cert); err == nil || !strings.Contains(err.Error(), "is a certificate") {
		t.Errorf("certificate: %v", err)
	}
	if _, err := load(newKey(t).PublicKey()); err == nil || !strings.Contains(err.Error(), "does not hold SHA256:") {
		t.Errorf("a key it lacks: %v", err)
	}
	if err := ring.Lock([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(context.Background(), "", nil); err == nil || !strings.Contains(err.Error(), "locked") {
		t.Errorf("locked: %v", err)
	}
}

// certificate is an OpenSSH user certificate of the key.
func certificate(t *testing.T, key, ca ssh.Signer) *ssh.Certificate {
	t.Helper()
	cert := &ssh.Certificate{Key: key.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"alice@example.com"}, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	return cert
}

// An agent that never answers is waited for as long as the caller says, no longer.
func TestSilentAgent(t *testing.T) {
	listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := LoadKey(ctx, "", nil); err == nil || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("%v", err)
	}
	gone, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	began := time.Now()
	if _, err := LoadKey(gone, "", nil); !errors.Is(err, context.Canceled) || time.Since(began) > agentPatience/4 {
		t.Errorf("given up: %v after %s", err, time.Since(began))
	}
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(t.TempDir(), "nobody"))
	if _, err := LoadKey(context.Background(), "", nil); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("no agent: %v", err)
	}
}

// liar answers as an honest agent, but for what sign makes of a signature request.
type liar struct {
	agent.ExtendedAgent
	sign func(key ssh.PublicKey, data []byte) (*ssh.Signature, error)
}

func (l liar) SignWithFlags(key ssh.PublicKey, data []byte, _ agent.SignatureFlags) (*ssh.Signature, error) {
	return l.sign(key, data)
}

func (l liar) Sign(key ssh.PublicKey, data []byte) (*ssh.Signature, error) { return l.sign(key, data) }

// No file comes out of an agent that lies: what it gives is verified before it is used.
func TestLyingAgent(t *testing.T) {
	stranger, old := newKey(t), rsaKey(t)
	for _, tt := range []struct {
		name, want string
		key        any
		sign       func(ssh.PublicKey, []byte) (*ssh.Signature, error)
	}{
		{"another key's signature", "does not match the content", ed25519Key(t), func(_ ssh.PublicKey, data []byte) (*ssh.Signature, error) { return stranger.Sign(rand.Reader, data) }},
		{"of other data", "does not match the content", old, func(ssh.PublicKey, []byte) (*ssh.Signature, error) {
			s, err := ssh.NewSignerFromKey(old)
			if err != nil {
				return nil, err
			}
			return s.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, []byte("x"), ssh.KeyAlgoRSASHA512)
		}},
		{"SHA-1, whatever was asked", "RSA and SHA-1", old, func(_ ssh.PublicKey, data []byte) (*ssh.Signature, error) {
			s, err := ssh.NewSignerFromKey(old)
			if err != nil {
				return nil, err
			}
			return s.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, data, ssh.KeyAlgoRSA)
		}},
		{"nothing in it", "nobody would accept", ed25519Key(t), func(ssh.PublicKey, []byte) (*ssh.Signature, error) { return &ssh.Signature{}, nil }},
		{"refused", "did not sign", ed25519Key(t), func(ssh.PublicKey, []byte) (*ssh.Signature, error) { return nil, errors.New("no") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			honest := keyring(t, agent.AddedKey{PrivateKey: tt.key}).(agent.ExtendedAgent)
			listen(t, serveRing(liar{honest, tt.sign}))
			k, err := LoadKey(context.Background(), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			if _, err := signWith(t, k); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Bytes that are no answer are an error in words, never a crash and never a key.
func TestGarbledAgent(t *testing.T) {
	framed := func(b ...byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }
	list := func(count byte, rest ...byte) []byte { return framed(append([]byte{12, 0, 0, 0, count}, rest...)...) }
	for name, answer := range map[string][]byte{
		"closed at once": nil, "no frame": []byte("HTTP/1.1 400"), "an empty frame": framed(), "a success": framed(6), "a failure": framed(5),
		"a frame without an end": {0xff, 0xff, 0xff, 0xff, 12}, "a key that is cut": list(1, 0, 0, 0, 9, 1), "more keys than told": list(255),
		"a key that is none": list(1, 0, 0, 0, 1, 'x', 0, 0, 0, 0), "an unknown answer": framed(200, 1, 2, 3),
	} {
		t.Run(name, func(t *testing.T) {
			listen(t, func(c net.Conn) {
				_, _ = c.Read(make([]byte, 512))
				_, _ = c.Write(answer)
			})
			if k, err := LoadKey(context.Background(), "", nil); err == nil || !strings.Contains(err.Error(), "ssh-agent") {
				t.Errorf("%v %v", k, err)
			}
		})
	}
}

// realAgent starts OpenSSH's ssh-agent for the test.
func realAgent(t *testing.T, provider string, env ...string) {
	t.Helper()
	need(t, "ssh-agent", "ssh-add", "ssh-keygen")
	dir, err := os.MkdirTemp("", "agent-")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	cmd := exec.Command("ssh-agent", "-D", "-a", socket, "-P", provider)
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); os.RemoveAll(dir) })
	t.Setenv("SSH_AUTH_SOCK", socket)
	for range 200 {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("ssh-agent did not come up")
}

func TestRealAgent(t *testing.T) {
	realAgent(t, "")
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	command(t, dir, nil, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", first)
	command(t, dir, nil, "ssh-keygen", "-q", "-t", "rsa", "-b", "3072", "-N", "", "-f", second)
	command(t, dir, nil, "ssh-add", "-q", first)
	k, err := LoadKey(context.Background(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if v, err := signWith(t, k); err != nil || !v.Good {
		t.Error(v.Sentence, err)
	}
	command(t, dir, nil, "ssh-add", "-q", second)
	if _, err := LoadKey(context.Background(), "", nil); err == nil || !strings.Contains(err.Error(), "holds 2 keys") {
		t.Errorf("two keys: %v", err)
	}
	k, err = LoadKey(context.Background(), second+".pub", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if v, err := signWith(t, k); err != nil || !v.Good {
		t.Error(v.Sentence, err)
	}
}

// A key that wants a confirmation which nobody can give is not signed with.
func TestRealAgentThatAsks(t *testing.T) {
	realAgent(t, "", "SSH_ASKPASS=/bin/false", "DISPLAY=:none")
	key := filepath.Join(t.TempDir(), "key")
	command(t, "", nil, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	command(t, "", nil, "ssh-add", "-q", "-c", key)
	k, err := LoadKey(context.Background(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if _, err := signWith(t, k); err == nil || !strings.Contains(err.Error(), "confirm or touch") {
		t.Errorf("%v", err)
	}
}
