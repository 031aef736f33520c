package signing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
)

// Verify checks a report file from its bytes, read once. Nothing of the content is
// parsed before the signature is checked, the MANIFEST only after it. What is wrong first
// is the sentence; everything that is wrong is in Problems.
func Verify(file []byte, o Options) Verification {
	v := Verification{Problems: []clean.Text{}, Notes: []clean.Text{}, Covers: []string{}, Withheld: []string{}, Parts: []Part{}, Countersignatures: []Countersignature{}}
	for _, err := range v.verify(file, o) {
		v.Problems = append(v.Problems, clean.Line(err.Error()))
	}
	if len(v.Problems) > 0 {
		v.Sentence = clean.Line("NOT GOOD: " + string(v.Problems[0]))
		return v
	}
	v.Good = true
	v.Sentence = clean.Line("GOOD signed by " + who(string(v.Signer), v.pattern) + v.countersigned() + v.left())
	return v
}

// who names a signer as the signers file does: under a pattern the name is only said.
func who(name, pattern string) string {
	if pattern == "" {
		return name
	}
	return fmt.Sprintf("a key of %s, as %s", pattern, name)
}

func (v *Verification) countersigned() string {
	if len(v.Countersignatures) == 0 {
		return "; not countersigned"
	}
	var parts []string
	for _, c := range v.Countersignatures {
		parts = append(parts, fmt.Sprintf("countersigned by %s (%s)", c.By, c.Decision))
	}
	return "; " + strings.Join(parts, "; ")
}

// verify goes from the container to the countersignatures. A container, a signature or a
// MANIFEST that does not hold ends it: nothing behind them can be believed. What comes
// after is told in full.
func (v *Verification) verify(file []byte, o Options) (wrong []error) {
	c, err := Decode(file)
	if err != nil {
		return []error{err}
	}
	sig, err := readArmored(c[partSignature])
	if err != nil {
		return []error{err}
	}
	v.Fingerprint = ssh.FingerprintSHA256(sig.PublicKey)
	if err := checkSignature(c[partManifest], sig, NamespaceReport); err != nil {
		v.hint(c, sig)
		return []error{err}
	}
	m, err := parseManifest(c[partManifest])
	if err != nil {
		return []error{err}
	}
	v.facts(c, m)
	if err := judgeTime(m, o.Now); err != nil {
		wrong = append(wrong, err)
	}
	by := ""
	if err := v.judgeKey(o, m, sig.PublicKey); err != nil {
		wrong = append(wrong, err)
	} else {
		by = fmt.Sprintf("signed by %s, but ", who(m.Signer, v.pattern))
	}
	for _, err := range []error{v.held(c, m, sig.PublicKey, o, by != ""), v.countersigns(c, m, sig.PublicKey, o)} {
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s%w", by, err))
		}
	}
	return wrong
}

// held judges what the signature covers. Under a key that nobody vouches for the parts are
// only compared with the MANIFEST; nothing of them is read.
func (v *Verification) held(c Container, m *Manifest, key ssh.PublicKey, o Options, trusted bool) error {
	if !trusted {
		o.Render, o.Replay = nil, nil
		if wrong := v.parts(c, m, o); len(wrong) > 0 {
			v.Content = clean.Line(strings.Join(wrong, "; "))
			return errors.New(strings.Join(wrong, "; "))
		}
		v.Content = "as signed, not read"
		return nil
	}
	if err := v.contents(c, m, o); err != nil {
		return err
	}
	if err := v.backdated(c, m, key, o); err != nil {
		return err
	}
	if err := v.bodies(c, o); err != nil {
		return err
	}
	return v.replay(c, m, o)
}

func (v *Verification) facts(c Container, m *Manifest) {
	v.Signer, v.Decision, v.Session = clean.Line(m.Signer), clean.Line(m.Decision), clean.Line(m.Session)
	v.Target, v.Profile, v.ProfileSHA256 = clean.Line(m.Target), clean.Line(m.Profile), string(clean.Line(m.ProfileSHA256))
	v.Events, v.Head, v.Tool = m.JournalEvents, string(clean.Line(m.JournalHead)), clean.Line(m.Tool)
	v.SignedAt = m.SignedAt.UTC().Format(time.RFC3339)
	v.ManifestSHA256 = sum(c[partManifest])
	v.Covers = m.covers()
}

// hint tells why a signature that fails may do so; it never makes it good.
func (v *Verification) hint(c Container, sig *sshsig.Signature) {
	m := bytes.TrimPrefix(c[partManifest], []byte("\xef\xbb\xbf"))
	m = bytes.ReplaceAll(m, []byte("\r\n"), []byte("\n"))
	if !bytes.Equal(m, c[partManifest]) && checkSignature(m, sig, NamespaceReport) == nil {
		v.Hint = "line ends were converted or a byte order mark was added: with plain LF it matches"
	}
}

// clockSlack is how far ahead of this machine's clock a signer's may be.
const clockSlack = 24 * time.Hour

// judgeTime refuses a signature of no time or of one that has not come yet: the key's
// validity is held against it.
func judgeTime(m *Manifest, now time.Time) error {
	switch {
	case m.SignedAt.IsZero():
		return errors.New("MANIFEST: a signed report needs a signed-at")
	case m.SignedAt.After(now.Add(clockSlack)):
		return fmt.Errorf("it says to be signed at %s, which has not come yet", m.SignedAt.UTC().Format(time.RFC3339))
	}
	return nil
}

func (v *Verification) judgeKey(o Options, m *Manifest, key ssh.PublicKey) error {
	if err := checkName(m.Signer); err != nil {
		return fmt.Errorf("MANIFEST: %w", err)
	}
	t := o.Signers.vouches(o.ask(key, m.Signer, NamespaceReport, m.SignedAt))
	v.KeyState, v.SignersLine, v.pattern = clean.Line(t.Reason), t.Line, t.Pattern
	if !t.OK {
		if t.Line == 0 && !t.Revoked {
			v.Hint = clean.Line(fmt.Sprintf("if you know whose key this is, add to the signers file: %s namespaces=\"%s\" %s",
				m.Signer, NamespaceReport, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))))
		}
		return errors.New(t.Reason)
	}
	if t.Reason != "" {
		v.Notes = append(v.Notes, clean.Line(t.Reason))
	} else {
		v.KeyState = "valid"
	}
	if t.Pattern != "" {
		v.Notes = append(v.Notes, clean.Line(fmt.Sprintf("line %d of the signers file lets this key sign as %s: that it is %s is only said", t.Line, t.Pattern, m.Signer)))
	}
	return nil
}

// ask is the question to the signers file about a key that says to be signed with at a time.
func (o Options) ask(key ssh.PublicKey, principal, namespace string, at time.Time) asked {
	if o.AtNow {
		at = o.Now
	}
	return asked{key: key, principal: principal, namespace: namespace, at: at, now: o.Now, atNow: o.AtNow}
}
