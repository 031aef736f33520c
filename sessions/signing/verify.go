package signing

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// Verify checks a report file from its bytes, read once. Nothing of the content is
// parsed before the signature is checked, the MANIFEST only after it.
func Verify(file []byte, o Options) Verification {
	v := Verification{Notes: []clean.Text{}, Withheld: []string{}, Parts: []Part{}, Countersignatures: []Countersignature{}}
	if err := v.verify(file, o); err != nil {
		v.Good = false
		v.Sentence = clean.Line("NOT GOOD: " + err.Error())
		return v
	}
	v.Good = true
	v.Sentence = clean.Line("GOOD signed by " + string(v.Signer) + v.countersigned() + v.left())
	return v
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

func (v *Verification) verify(file []byte, o Options) error {
	c, err := Decode(file)
	if err != nil {
		return err
	}
	sig, err := readArmored(c[partSignature])
	if err != nil {
		return err
	}
	v.Fingerprint = ssh.FingerprintSHA256(sig.PublicKey)
	if err := checkSignature(c[partManifest], sig, NamespaceReport); err != nil {
		v.hint(c, sig)
		return err
	}
	m, err := parseManifest(c[partManifest])
	if err != nil {
		return err
	}
	v.facts(m)
	if err := v.judgeTime(m, o); err != nil {
		return err
	}
	if err := v.judgeKey(o, m, sig.PublicKey); err != nil {
		return err
	}
	if err := v.contents(c, m); err != nil {
		if v.Content != "" {
			err = fmt.Errorf("signed by %s, but %w", m.Signer, err)
		}
		return err
	}
	if err := v.bodies(c, o); err != nil {
		return fmt.Errorf("signed by %s, but %w", m.Signer, err)
	}
	if err := v.replay(c, m, o); err != nil {
		return err
	}
	return v.countersigns(c, m, sig.PublicKey, o)
}

func (v *Verification) facts(m *Manifest) {
	v.Signer, v.Decision, v.Session = clean.Line(m.Signer), clean.Line(m.Decision), clean.Line(m.Session)
	v.Target, v.Profile = clean.Line(m.Target), clean.Line(m.Profile)
	v.Events, v.Head = m.JournalEvents, m.JournalHead
	v.SignedAt = m.SignedAt.UTC().Format(time.RFC3339)
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
func (v *Verification) judgeTime(m *Manifest, o Options) error {
	switch {
	case m.SignedAt.IsZero():
		return errors.New("MANIFEST: a signed report needs a signed-at")
	case m.SignedAt.After(o.Now.Add(clockSlack)):
		return fmt.Errorf("it says to be signed at %s, which has not come yet", v.SignedAt)
	}
	return nil
}

func (v *Verification) judgeKey(o Options, m *Manifest, key ssh.PublicKey) error {
	at := m.SignedAt
	if o.AtNow {
		at = o.Now
	}
	t := o.Signers.vouches(key, m.Signer, NamespaceReport, at, o.Now)
	v.KeyState, v.SignersLine = clean.Line(t.Reason), t.Line
	if !t.OK {
		if t.Line == 0 && (o.Signers == nil || !o.Signers.revoked[string(key.Marshal())]) {
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
	return nil
}

// contents compares every part with the MANIFEST, every piece of evidence with its name,
// and the journal with what the MANIFEST says of it. Content names the parts that differ.
func (v *Verification) contents(c Container, m *Manifest) error {
	if wrong := v.parts(c, m); len(wrong) > 0 {
		v.Content = clean.Line(strings.Join(wrong, "; "))
		return errors.New(strings.Join(wrong, "; "))
	}
	for _, name := range c.covered() {
		if want, ok := evidenceName(name); ok && m.Sums[name] != want {
			v.Content = clean.Line(name + " does not hold the bytes its name promises")
			return errors.New(string(v.Content))
		}
	}
	v.Content = "whole"
	return checkJournal(c, m)
}

// parts lists what differs from the MANIFEST.
func (v *Verification) parts(c Container, m *Manifest) (wrong []string) {
	add := func(name, state string) {
		v.Parts = append(v.Parts, Part{name, state})
		if state != "ok" {
			wrong = append(wrong, name+" "+state)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Sums)) {
		data, there := c[name]
		switch {
		case !there:
			add(name, "missing")
		case sum(data) != m.Sums[name]:
			add(name, "changed")
		default:
			add(name, "ok")
		}
	}
	for _, name := range c.covered() {
		if _, ok := m.Sums[name]; !ok {
			add(name, "not covered by the signature")
		}
	}
	return wrong
}

// evidenceName is the hash that a piece of evidence is named by.
func evidenceName(part string) (hash string, ok bool) {
	rest, ok := strings.CutPrefix(part, "evidence/")
	return strings.TrimSuffix(rest, path.Ext(rest)), ok
}

// checkJournal follows the hash chain to the head the MANIFEST names, and holds the first
// event against the MANIFEST: a report must not carry another session's journal.
func checkJournal(c Container, m *Manifest) error {
	entries, _, damage := sessions.ReadJournal(bytes.NewReader(c[partJournal]))
	switch {
	case damage != nil:
		return damage
	case len(entries) == 0:
		return errors.New("journal: empty")
	}
	last := entries[len(entries)-1]
	if uint64(len(entries)) != m.JournalEvents || fmt.Sprintf("%x", last.Hash) != m.JournalHead {
		return errors.New("journal: its head is not the one the manifest names")
	}
	first, err := sessions.DecodeEvent(entries[0].JSON)
	if err != nil {
		return fmt.Errorf("journal line 1: %w", err)
	}
	o, ok := first.Data.(sessions.Opened)
	switch {
	case !ok:
		return errors.New("journal: it does not begin with the opening of a session")
	case o.Session != m.Session:
		return fmt.Errorf("journal: it is session %.80q, the manifest names %.80q", o.Session, m.Session)
	case o.ProfileSHA != m.ProfileSHA256:
		return errors.New("journal: it was held to another profile than the manifest names")
	}
	return checkOpening(c, o)
}

// checkOpening sees that what the session was opened with is in the file: without it the
// journal can't be read.
func checkOpening(c Container, o sessions.Opened) error {
	there := map[string]bool{"": true}
	for name := range c {
		hash, _ := evidenceName(name)
		there[hash] = true
	}
	for _, want := range [][2]string{{"target", o.TargetSHA}, {"profile", o.ProfileSHA}, {"selection", o.MoreSHA}} {
		if !there[want[1]] {
			return fmt.Errorf("evidence: the session's %s, %.12s…, is not in the file", want[0], want[1])
		}
	}
	return nil
}

// replay makes contents and facts again and compares all that a session determines.
func (v *Verification) replay(c Container, m *Manifest, o Options) error {
	if o.Replay == nil {
		return nil
	}
	again, facts, err := o.Replay(c)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	facts.Signer, facts.SignedAt, facts.Tool = m.Signer, m.SignedAt, m.Tool
	fresh := again.container()
	var differ []string
	for _, name := range fresh.covered() {
		if data, ok := c[name]; !ok || !bytes.Equal(data, fresh[name]) {
			differ = append(differ, name)
		}
	}
	for _, name := range c.covered() {
		if _, ok := fresh[name]; !ok {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 && !bytes.Equal(fresh.manifest(facts), c[partManifest]) {
		differ = append(differ, partManifest)
	}
	if len(differ) > 0 {
		v.Replay = strings.Join(differ, ", ") + " differs"
		return fmt.Errorf("replay: the journal gives another %s than the one signed", strings.Join(differ, " and "))
	}
	v.Replay = "same"
	return nil
}

func (v *Verification) countersigns(c Container, m *Manifest, assessor ssh.PublicKey, o Options) error {
	previous := "-"
	n := 1
	for ; c[countersignName(n)] != nil || c[countersignName(n)+".sig"] != nil; n++ {
		cs, err := countersignature(c, n, previous, m, assessor, o)
		if err != nil {
			cs.Sentence = clean.Line(err.Error())
		}
		cs.Good = err == nil
		v.Countersignatures = append(v.Countersignatures, cs)
		if err != nil {
			return fmt.Errorf("signed by %s, but countersignature %d: %w", m.Signer, n, err)
		}
		previous = sum(c[countersignName(n)+".sig"])
	}
	if name := c.stray(n); name != "" {
		return fmt.Errorf("signed by %s, but %s follows no countersignature %d", m.Signer, name, n)
	}
	if !o.RequireCountersign {
		return nil
	}
	if n == 1 {
		return fmt.Errorf("signed by %s, but not countersigned", m.Signer)
	}
	if last := v.Countersignatures[n-2]; last.Decision != "accept" {
		return fmt.Errorf("signed by %s, but %s returned it", m.Signer, last.By)
	}
	return nil
}

// stray is a countersignature's part that is numbered n or higher, where n is the first
// number that is not taken: nothing vouches for it.
func (c Container) stray(n int) string {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		rest, ok := strings.CutPrefix(name, "countersign-")
		number, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(number); ok && (err != nil || i >= n) {
			return name
		}
	}
	return ""
}

func countersignature(c Container, n int, previous string, m *Manifest, assessor ssh.PublicKey, o Options) (Countersignature, error) {
	var out Countersignature
	body := c[countersignName(n)]
	sig, err := readArmored(c[countersignName(n)+".sig"])
	if err != nil {
		return out, err
	}
	out.Fingerprint = ssh.FingerprintSHA256(sig.PublicKey)
	if err := checkSignature(body, sig, NamespaceCountersign); err != nil {
		return out, err
	}
	s, err := parseStatement(body)
	if err != nil {
		return out, err
	}
	out.By, out.At, out.Decision, out.Comment = clean.Line(s["by"]), s["at"], s["decision"], clean.Line(s["comment"])
	at, err := time.Parse(time.RFC3339, s["at"])
	if err != nil {
		return out, errors.New("its time is not RFC 3339")
	}
	switch {
	case s["manifest-sha256"] != sum(c[partManifest]) || s["signature-sha256"] != sum(c[partSignature]):
		return out, errors.New("countersignature is for another report")
	case s["previous"] != previous:
		return out, errors.New("an earlier countersignature was changed or removed")
	case bytes.Equal(sig.PublicKey.Marshal(), assessor.Marshal()), strings.EqualFold(s["by"], m.Signer):
		return out, errors.New("countersigned by the assessor")
	}
	if o.AtNow {
		at = o.Now
	}
	t := o.Signers.vouches(sig.PublicKey, s["by"], NamespaceCountersign, at, o.Now)
	out.Sentence = clean.Line(t.Reason)
	if !t.OK {
		return out, errors.New(t.Reason)
	}
	return out, nil
}
