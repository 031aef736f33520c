package signing

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
)

var armorBegin, armorEnd = []byte("-----BEGIN SSH SIGNATURE-----\n"), []byte("\n-----END SSH SIGNATURE-----\n")

var errNotOneBlock = errors.New("not one complete armored block")

// maxArmored is more than any key's armored signature, in bytes.
const maxArmored = 16 << 10

var armorBody = regexp.MustCompile(`^(?:[A-Za-z0-9+/]+\n)*[A-Za-z0-9+/]+={0,2}$`)

// readArmored reads exactly one armored signature that is written in the one way there is
// for its content. pem.Decode, which the library uses, would accept text around it, headers,
// CRLF and a second block; stock ssh-keygen differs on each.
func readArmored(data []byte) (*sshsig.Signature, error) {
	switch {
	case data == nil:
		return nil, errors.New("not signed")
	case len(data) > maxArmored, !bytes.HasPrefix(data, armorBegin), !bytes.HasSuffix(data, armorEnd),
		len(data) < len(armorBegin)+len(armorEnd):
		return nil, errNotOneBlock
	}
	body := data[len(armorBegin) : len(data)-len(armorEnd)]
	if !armorBody.Match(body) || !evenLines(body) {
		return nil, errNotOneBlock
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(string(bytes.ReplaceAll(body, []byte("\n"), nil)))
	if err != nil {
		return nil, errNotOneBlock
	}
	sig, err := sshsig.ParseSignature(raw)
	if err != nil {
		if signatureFormat(raw) == ssh.KeyAlgoRSA {
			return nil, errSHA1
		}
		return nil, fmt.Errorf("its signature can't be read: %s", clean.Line(err.Error()))
	}
	if !bytes.Equal(sig.Marshal(), raw) {
		return nil, errors.New("its signature is not written in the one way that is read")
	}
	return sig, nil
}

// evenLines reports whether all lines are as long as the first, but for a shorter last one.
// Tools differ in the length, so that any is read.
func evenLines(body []byte) bool {
	lines := bytes.Split(body, []byte("\n"))
	for i, l := range lines {
		if last := i == len(lines)-1; len(l) > len(lines[0]) || !last && len(l) < len(lines[0]) {
			return false
		}
	}
	return true
}

var errSHA1 = errors.New("signed with RSA and SHA-1, which is not accepted any more")

// signatureFormat is the algorithm that an SSHSIG blob names inside its signature, for
// telling why it can't be read.
func signatureFormat(raw []byte) string {
	var blob struct {
		Magic                                           [6]byte
		Version                                         uint32
		PublicKey, Namespace, Reserved, Hash, Signature string
	}
	var sig ssh.Signature
	if ssh.Unmarshal(raw, &blob) != nil || ssh.Unmarshal([]byte(blob.Signature), &sig) != nil {
		return ""
	}
	return sig.Format
}

// checkSignature proves that the key inside the signature signed these bytes in this
// namespace. Whose key it is, is the signers file's to say.
func checkSignature(data []byte, sig *sshsig.Signature, namespace string) error {
	if sig.Namespace != namespace {
		return fmt.Errorf("namespace does not match: signed as %.60q, not %s", sig.Namespace, namespace)
	}
	if _, cert := sig.PublicKey.(*ssh.Certificate); cert {
		return errors.New("signed with a certificate: verify it with ssh-keygen -Y verify")
	}
	if sig.Signature.Format == ssh.KeyAlgoRSA {
		return errSHA1
	}
	if untouched(sig) {
		return errors.New("signed by a security key that nobody touched, which is not accepted: sign with a key that wants a touch")
	}
	if err := sshsig.Verify(bytes.NewReader(data), sig, sig.PublicKey, sig.HashAlgorithm, namespace); err != nil {
		return errors.New("signature does not match the content")
	}
	return nil
}

// untouched reports whether a security key's signature says that nobody was there: the
// user-presence bit of its flags is not set (OpenSSH's PROTOCOL.u2f).
func untouched(sig *sshsig.Signature) bool {
	switch sig.PublicKey.Type() {
	case ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		return len(sig.Signature.Rest) > 0 && sig.Signature.Rest[0]&1 == 0
	}
	return false
}
