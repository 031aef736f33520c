package signing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"assess/gonogo/checks/clean"
)

// agentPatience is how long an agent may take: people have to touch a key or confirm.
const agentPatience = 60 * time.Second

// Key is a signer with where it came from.
type Key struct {
	Signer    ssh.Signer // not embedded: RSA keys need their wider interface
	Comment   clean.Text
	FromAgent bool
	closer    io.Closer
}

// Close releases the agent's connection, if there is one.
func (k *Key) Close() {
	if k.closer != nil {
		k.closer.Close()
	}
}

// maxKey is more than any key file holds, in bytes.
const maxKey = 64 << 10

// LoadKey finds the key to sign with: a private key file; a .pub file whose private half is
// in the agent; or, with no file, the agent's only key. passphrase is asked with the key's
// fingerprint when a file is locked.
func LoadKey(ctx context.Context, file string, passphrase func(fingerprint string) ([]byte, error)) (*Key, error) {
	if file == "" {
		return fromAgent(ctx, nil)
	}
	data, err := readRegular(file, maxKey)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	if pub, _, _, _, err := ssh.ParseAuthorizedKey(data); err == nil {
		return fromAgent(ctx, pub)
	}
	signer, err := ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		signer, err = unlock(data, locked, passphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no key gonogo can sign with (%w): give an OpenSSH private key, or the .pub of a key in the agent", file, err)
	}
	return &Key{Signer: signer}, nil
}

func unlock(data []byte, locked *ssh.PassphraseMissingError, ask func(string) ([]byte, error)) (ssh.Signer, error) {
	fp := "unknown key"
	if locked.PublicKey != nil {
		fp = ssh.FingerprintSHA256(locked.PublicKey)
	}
	if ask == nil {
		return nil, fmt.Errorf("it has a passphrase and nobody is there to type it: load it into the agent with ssh-add")
	}
	secret, err := ask(fp)
	if err != nil {
		return nil, err
	}
	return ssh.ParsePrivateKeyWithPassphrase(data, secret)
}

// fromAgent asks the ssh-agent for want, or for its only key.
func fromAgent(ctx context.Context, want ssh.PublicKey) (*Key, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, errors.New("no key: give --key FILE, or start an ssh-agent that holds one")
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("the ssh-agent does not answer (%w): give --key FILE", err)
	}
	// The agent protocol has no cancel: closing the connection is the way to give up.
	_ = conn.SetDeadline(time.Now().Add(agentPatience))
	keys, err := agent.NewClient(conn).List()
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("the ssh-agent does not list its keys (%w): give --key FILE", err)
	}
	key, err := pick(keys, want)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &Key{Signer: agentSigner{agent.NewClient(conn), key}, Comment: clean.Line(key.Comment), FromAgent: true, closer: conn}, nil
}

func pick(keys []*agent.Key, want ssh.PublicKey) (*agent.Key, error) {
	if want == nil && len(keys) == 1 {
		return keys[0], nil
	}
	for _, k := range keys {
		if want != nil && bytes.Equal(k.Blob, want.Marshal()) {
			return k, nil
		}
	}
	if want != nil {
		return nil, fmt.Errorf("the ssh-agent does not hold %s: load it with ssh-add", ssh.FingerprintSHA256(want))
	}
	if len(keys) == 0 {
		return nil, errors.New("the ssh-agent holds no key (or is locked): give --key FILE")
	}
	return nil, fmt.Errorf("the ssh-agent holds %d keys: name one with --key FILE.pub", len(keys))
}

// agentSigner signs through the agent; RSA keys with SHA-512.
type agentSigner struct {
	client agent.ExtendedAgent
	key    *agent.Key
}

func (s agentSigner) PublicKey() ssh.PublicKey {
	if k, err := ssh.ParsePublicKey(s.key.Blob); err == nil {
		return k
	}
	return s.key
}

func (s agentSigner) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	return s.SignWithAlgorithm(rand, data, "")
}

// SignWithAlgorithm lets sshsig ask for rsa-sha2-512.
func (s agentSigner) SignWithAlgorithm(_ io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	var flags agent.SignatureFlags
	if algorithm == ssh.KeyAlgoRSASHA512 || (algorithm == "" && s.key.Type() == ssh.KeyAlgoRSA) {
		flags = agent.SignatureFlagRsaSha512
	}
	sig, err := s.client.SignWithFlags(s.key, data, flags)
	if err != nil {
		return nil, fmt.Errorf("the ssh-agent refused to sign (%w): confirm or touch the key within %s, or give --key FILE", err, agentPatience)
	}
	return sig, nil
}
