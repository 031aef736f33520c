package signing

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
)

// Signers is a team's trust file in OpenSSH's allowed_signers format, read more strictly
// than OpenSSH does: one bad line refuses the file. It is never taken from a report.
type Signers struct {
	Path    string
	lines   []signerLine
	revoked map[string]bool // marshalled public keys
}

type signerLine struct {
	number     int
	principals []string
	namespaces []string // empty: all
	after      time.Time
	before     time.Time
	key        ssh.PublicKey
}

// LoadSigners reads the trust file and, beside it or beside what it links to, a plain list
// of public keys called revoked_keys where there is one. A file that others may write is refused, as sshd does.
func LoadSigners(file string) (*Signers, error) {
	data, err := readTrusted(file)
	if err != nil {
		return nil, err
	}
	s := &Signers{Path: file, revoked: map[string]bool{}}
	if s.lines, err = parseSigners(file, data); err != nil {
		return nil, err
	}
	for _, list := range revokedLists(file) {
		if err := s.readRevoked(list); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func readTrusted(file string) ([]byte, error) {
	data, err := readRegular(file, 1<<20)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if modes && info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%s: others may write to it (mode %04o): chmod go-w it, then try again", file, info.Mode().Perm())
	}
	folder, err := os.Stat(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	if modes && folder.Mode().Perm()&0o002 != 0 && folder.Mode()&os.ModeSticky == 0 {
		return nil, fmt.Errorf("%s: anybody may replace it (its folder's mode is %04o): chmod o-w the folder, then try again", file, folder.Mode().Perm())
	}
	return data, nil
}

// modes reports whether a file's permission bits say who may read and write it here.
const modes = runtime.GOOS != "windows"

func parseSigners(name string, data []byte) ([]signerLine, error) {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return nil, fmt.Errorf("%s:1: begins with a byte order mark: save it as plain UTF-8", name)
	}
	var out []signerLine
	for i, l := range strings.Split(string(data), "\n") {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		line, err := parseSigner(l)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		line.number = i + 1
		out = append(out, line)
	}
	return out, nil
}

// parseSigner reads `principals [options] keytype base64 [comment]`.
func parseSigner(l string) (signerLine, error) {
	var out signerLine
	fields := splitQuoted(l)
	if len(fields) < 2 {
		return out, errors.New("expected: principals [options] keytype key")
	}
	out.principals = strings.Split(fields[0], ",")
	for _, p := range out.principals {
		if name := strings.TrimPrefix(p, "!"); name == "" || strings.ContainsAny(name, "\"!") || string(clean.Line(name)) != name {
			return out, fmt.Errorf("principal %.80q: names without quotes, separated by single commas", p)
		}
	}
	fields = fields[1:]
	if !strings.HasPrefix(fields[0], "ssh-") && !strings.HasPrefix(fields[0], "ecdsa-") && !strings.HasPrefix(fields[0], "sk-") {
		if err := out.options(fields[0]); err != nil {
			return out, err
		}
		fields = fields[1:]
	}
	if len(fields) < 2 {
		return out, errors.New("key is missing")
	}
	blob, err := base64.StdEncoding.DecodeString(fields[1])
	if err != nil {
		return out, errors.New("key is not base64")
	}
	if out.key, err = ssh.ParsePublicKey(blob); err != nil || out.key.Type() != fields[0] {
		return out, fmt.Errorf("key is not a valid %.40s key", fields[0])
	}
	return out, nil
}

// splitQuoted splits at blanks outside double quotes.
func splitQuoted(s string) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return (r == ' ' || r == '\t') && !quoted
	})
}

func (l *signerLine) options(s string) error {
	quoted, seen := false, map[string]bool{}
	for _, o := range strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	}) {
		name, value, _ := strings.Cut(o, "=")
		name = strings.ToLower(name)
		bare, err := unquote(name, value)
		if seen[name] {
			err = fmt.Errorf("%s is there twice", name)
		}
		if err != nil {
			return err
		}
		value, seen[name] = bare, true
		switch name {
		case "namespaces":
			l.namespaces = strings.Split(value, ",")
		case "valid-after":
			l.after, err = sshTime(value)
		case "valid-before":
			l.before, err = sshTime(value)
		case "cert-authority":
			err = errors.New("certificates are not accepted: list the plain keys")
		default:
			err = fmt.Errorf("unknown option %.40q: namespaces, valid-after and valid-before are known", name)
		}
		if err != nil {
			return err
		}
	}
	if !l.after.IsZero() && !l.before.IsZero() && !l.after.Before(l.before) {
		return errors.New("valid-before is not after valid-after: the key is never valid")
	}
	return nil
}

// unquote takes the double quotes off an option's value. OpenSSH wants them and takes the
// line for broken without.
func unquote(name, value string) (string, error) {
	switch name {
	case "namespaces", "valid-after", "valid-before":
	default:
		return value, nil
	}
	bare := strings.Trim(value, `"`)
	if bare == "" || strings.Contains(bare, `"`) || value != `"`+bare+`"` {
		return "", fmt.Errorf("%s: write its value in double quotes, as %s=\"…\"", name, name)
	}
	return bare, nil
}

// sshTime reads YYYYMMDD[HHMM[SS]]Z. Without the Z OpenSSH would take local time, which
// differs from desk to desk, so it is refused.
func sshTime(s string) (time.Time, error) {
	for _, layout := range []string{"20060102Z", "200601021504Z", "20060102150405Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("time %.40q: write it as 20260101Z or 202601011200Z, with the Z", s)
}
