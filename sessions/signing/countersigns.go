package signing

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
)

// countersigns judges every countersignature in its order. One that does not hold ends it:
// those behind it are bound to it.
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
			return fmt.Errorf("countersignature %d: %w", n, err)
		}
		previous = sum(c[countersignName(n)+".sig"])
	}
	if name := c.stray(n); name != "" {
		return fmt.Errorf("%s follows no countersignature %d", name, n)
	}
	if !o.RequireCountersign {
		return nil
	}
	if n == 1 {
		return errors.New("not countersigned")
	}
	if last := v.Countersignatures[n-2]; last.Decision != "accept" {
		return fmt.Errorf("%s returned it", last.By)
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

// countersignature judges one lead's statement: what it says of the file, then whether the
// signers file vouches for the lead.
func countersignature(c Container, n int, previous string, m *Manifest, assessor ssh.PublicKey, o Options) (Countersignature, error) {
	out, s, err := c.statement(n, previous, m, assessor)
	if err != nil {
		return out, err
	}
	if s.at.After(o.Now.Add(clockSlack)) {
		return out, fmt.Errorf("it says to be signed at %s, which has not come yet", out.At)
	}
	t := o.Signers.vouches(o.ask(s.key, string(out.By), NamespaceCountersign, s.at))
	out.SignersLine, out.KeyState = t.Line, clean.Line(t.Reason)
	if !t.OK {
		return out, errors.New(t.Reason)
	}
	if t.Reason == "" {
		out.KeyState = "valid"
	}
	if line := max(o.Signers.alsoNamed(s.key, m.Signer), o.Signers.alsoNamed(assessor, string(out.By))); line > 0 {
		return out, fmt.Errorf("line %d of the signers file gives one key to both %s and %s: that is not two people", line, m.Signer, out.By)
	}
	out.Sentence = clean.Line(t.Reason)
	return out, nil
}

// stated is what of a statement the signers file is asked about.
type stated struct {
	key ssh.PublicKey
	at  time.Time
}

// statement checks all of a countersignature that takes no signers file: that its key
// signed it, and that it is about this report, follows the one before, and is another's
// than the assessor's.
func (c Container) statement(n int, previous string, m *Manifest, assessor ssh.PublicKey) (out Countersignature, s stated, err error) {
	out = Countersignature{Number: n, Covers: []string{}}
	body := c[countersignName(n)]
	sig, err := readArmored(c[countersignName(n)+".sig"])
	if err != nil {
		return out, s, err
	}
	out.Fingerprint, s.key = ssh.FingerprintSHA256(sig.PublicKey), sig.PublicKey
	if err := checkSignature(body, sig, NamespaceCountersign); err != nil {
		return out, s, err
	}
	said, err := parseStatement(body)
	if err != nil {
		return out, s, err
	}
	if err := checkName(said["by"]); err != nil {
		return out, s, err
	}
	if s.at, err = time.Parse(time.RFC3339, said["at"]); err != nil || s.at.UTC().Format(time.RFC3339) != said["at"] {
		return out, s, errors.New("its time is not RFC 3339 in UTC")
	}
	out.By, out.At, out.Decision, out.Comment = clean.Line(said["by"]), said["at"], said["decision"], clean.Line(said["comment"])
	switch {
	case said["manifest-sha256"] != sum(c[partManifest]) || said["signature-sha256"] != sum(c[partSignature]):
		return out, s, errors.New("countersignature is for another report")
	case said["previous"] != previous:
		return out, s, errors.New("an earlier countersignature was changed or removed")
	case bytes.Equal(s.key.Marshal(), assessor.Marshal()), strings.EqualFold(said["by"], m.Signer):
		return out, s, errors.New("countersigned by the assessor")
	case s.at.Add(clockSlack).Before(m.SignedAt):
		return out, s, fmt.Errorf("it says to be signed at %s, before the report was", out.At)
	}
	out.Covers = append(out.Covers, partManifest, partSignature)
	if n > 1 {
		out.Covers = append(out.Covers, countersignName(n-1)+".sig")
	}
	return out, s, nil
}
