package signing

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
)

// Key is a signer with where it came from.
type Key struct {
	Signer    ssh.Signer // not embedded: RSA keys need their wider interface
	Comment   clean.Text
	FromAgent bool
	release   func()
}

// Close releases the agent's connection, if there is one.
func (k *Key) Close() {
	if k.release != nil {
		k.release()
	}
}

// maxKey is more than any key file holds, in bytes.
const maxKey = 64 << 10

// LoadKey finds the key to sign with: a private key file; a .pub file whose private half is
// in the agent; or, with no file, the agent's only key. A security key's file signs through
// the agent too. ctx ends the waiting for an agent, and its deadline may shorten it;
// passphrase is asked with the key's
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
		if !usable(pub) {
			return nil, fmt.Errorf("%s is a certificate: give the plain .pub beside it", file)
		}
		return fromAgent(ctx, pub)
	}
	if err := private(file); err != nil {
		return nil, err
	}
	if pub := publicHalf(data); pub != nil && strings.HasPrefix(pub.Type(), "sk-") {
		key, err := fromAgent(ctx, pub) // the file is a handle alone, which only the agent can use
		if err != nil {
			err = fmt.Errorf("%s is a security key, which signs through the ssh-agent (ssh-add %s): %w", file, file, err)
		}
		return key, err
	}
	signer, err := ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		signer, err = unlock(data, locked, passphrase)
	}
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, fmt.Errorf("%s: that is not its passphrase (%w)", file, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no key gonogo can sign with (%w): give an OpenSSH private key, or the .pub of a key in the agent", file, err)
	}
	return &Key{Signer: signer}, nil
}

// private refuses a private key that others may read, as OpenSSH does.
func private(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if modes && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: others may use this private key (mode %04o): chmod 600 it, then try again", file, info.Mode().Perm())
	}
	return nil
}

// publicHalf reads the public key that OpenSSH keeps in the clear in a private key's file
// (its PROTOCOL.key); nil in any other file.
func publicHalf(data []byte) ssh.PublicKey {
	const magic = "openssh-key-v1\x00"
	block, _ := pem.Decode(data)
	if block == nil || !bytes.HasPrefix(block.Bytes, []byte(magic)) {
		return nil
	}
	var clear struct {
		Cipher, KDF, Options string
		Keys                 uint32
		Public               []byte
		Rest                 []byte `ssh:"rest"`
	}
	if ssh.Unmarshal(block.Bytes[len(magic):], &clear) != nil {
		return nil
	}
	key, err := ssh.ParsePublicKey(clear.Public)
	if err != nil {
		return nil
	}
	return key
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
