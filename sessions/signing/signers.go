package signing

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
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

// LoadSigners reads the trust file and, beside it, a plain list of public keys called
// revoked_keys where there is one. A file that others may write is refused, as sshd does.
func LoadSigners(file string) (*Signers, error) {
	data, err := readTrusted(file)
	if err != nil {
		return nil, err
	}
	s := &Signers{Path: file, revoked: map[string]bool{}}
	if s.lines, err = parseSigners(file, data); err != nil {
		return nil, err
	}
	list := filepath.Join(filepath.Dir(file), "revoked_keys")
	data, err = readTrusted(list)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	for n, l := range strings.Split(string(data), "\n") {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(l))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: not a public key", list, n+1)
		}
		s.revoked[string(key.Marshal())] = true
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
	if info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%s: others may write to it (mode %04o): chmod go-w it, then try again", file, info.Mode().Perm())
	}
	return data, nil
}

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
	principals, rest, ok := strings.Cut(l, " ")
	if !ok {
		return out, errors.New("expected: principals [options] keytype key")
	}
	out.principals = strings.Split(principals, ",")
	fields := splitQuoted(rest)
	if len(fields) > 0 && !strings.HasPrefix(fields[0], "ssh-") && !strings.HasPrefix(fields[0], "ecdsa-") && !strings.HasPrefix(fields[0], "sk-") {
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
	quoted := false
	for _, o := range strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	}) {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		var err error
		switch strings.ToLower(name) {
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
	return nil
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

// trust is what the signers file says about one signature.
type trust struct {
	OK     bool
	Line   int
	Until  time.Time
	Reason string // why not, or a note on a good one
}

// vouches asks whether the file lets principal sign in namespace with key at that time. All
// lines are looked at, so that the best reason is given.
func (s *Signers) vouches(key ssh.PublicKey, principal, namespace string, at, now time.Time) trust {
	fp := ssh.FingerprintSHA256(key)
	if s == nil {
		return trust{Reason: "nobody vouches for key " + fp}
	}
	if s.revoked[string(key.Marshal())] {
		return trust{Reason: "key " + fp + " is revoked"}
	}
	best := trust{Reason: "valid signature by a key nobody here vouches for: " + fp}
	for _, l := range s.lines {
		if !bytes.Equal(l.key.Marshal(), key.Marshal()) {
			continue
		}
		t := l.judge(principal, namespace, at, now)
		t.Line = l.number
		if t.OK {
			return t
		}
		best = t
	}
	return best
}

func (l signerLine) judge(principal, namespace string, at, now time.Time) trust {
	switch {
	case !matches(l.principals, principal):
		return trust{Reason: fmt.Sprintf("the key belongs to %s, the report names %s", strings.Join(l.principals, ","), principal)}
	case len(l.namespaces) > 0 && !matches(l.namespaces, namespace):
		return trust{Reason: fmt.Sprintf("%s may not sign as %s", principal, namespace)}
	case !l.after.IsZero() && at.Before(l.after):
		return trust{Reason: fmt.Sprintf("key of %s not yet valid at %s, only from %s", principal, day(at), day(l.after))}
	case !l.before.IsZero() && !at.Before(l.before):
		return trust{Reason: fmt.Sprintf("key of %s expired %s, signed %s", principal, day(l.before), day(at))}
	}
	t := trust{OK: true, Until: l.before}
	if !l.before.IsZero() && !now.Before(l.before) {
		t.Reason = fmt.Sprintf("key expired %s, after signing", day(l.before))
	}
	return t
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// matches reads OpenSSH's pattern list: * and ? match, a leading ! refuses.
func matches(patterns []string, s string) bool {
	found := false
	for _, p := range patterns {
		p, refuse := strings.CutPrefix(strings.TrimSpace(p), "!")
		if !wildcard(p, s) {
			continue
		}
		if refuse {
			return false
		}
		found = true
	}
	return found
}

// wildcard matches * and ? alone; path.Match would give brackets a meaning too.
func wildcard(pattern, s string) bool {
	escaped := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `/`, "\x00").Replace(pattern)
	ok, err := path.Match(escaped, strings.ReplaceAll(s, "/", "\x00"))
	return err == nil && ok
}
