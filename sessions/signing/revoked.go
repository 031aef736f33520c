package signing

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
)

// revokedLists are where a signers file's list of revoked keys may be: beside it, and where
// it is a link into a team's folder, there too.
func revokedLists(file string) []string {
	out := []string{filepath.Join(filepath.Dir(file), "revoked_keys")}
	if real, err := filepath.EvalSymlinks(file); err == nil && filepath.Dir(real) != filepath.Dir(file) {
		out = append(out, filepath.Join(filepath.Dir(real), "revoked_keys"))
	}
	return out
}

// readRevoked reads a plain list of public keys; there need be none, but one that can't be
// read is never an empty one. A certificate in it revokes its key, as in OpenSSH.
func (s *Signers) readRevoked(list string) error {
	if _, err := os.Lstat(list); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	data, err := readTrusted(list)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(data, []byte("SSHKRL\n\x00")) {
		return fmt.Errorf("%s: is a binary key revocation list, made by ssh-keygen -k: gonogo reads plain public keys, one a line; write those that were revoked into it (ssh-keygen -r takes such a list too)", list)
	}
	for n, l := range strings.Split(string(data), "\n") {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(l))
		if err != nil {
			return fmt.Errorf("%s:%d: not a public key", list, n+1)
		}
		if cert, ok := key.(*ssh.Certificate); ok {
			key = cert.Key
		}
		s.revoked[string(key.Marshal())] = true
	}
	return nil
}
