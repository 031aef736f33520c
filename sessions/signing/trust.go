package signing

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// trust is what the signers file says about one signature.
type trust struct {
	OK      bool
	Line    int    // of the signers file; 0: the key is in none
	Pattern string // the principals that matched, when none of them is the name itself
	Reason  string // why not, or a note on a good one
	Revoked bool
	rank    int // how near a line came to vouching, to give the best reason
}

// asked is one question to the signers file.
type asked struct {
	key       ssh.PublicKey
	principal string
	namespace string
	at        time.Time // when it was signed, as it claims; now, with atNow
	now       time.Time
	atNow     bool
}

// vouches asks whether the file lets the principal sign in the namespace with the key at
// that time. All lines are looked at, so that the best one counts and the best reason is
// given. A revoked key is refused whatever the date.
func (s *Signers) vouches(q asked) trust {
	fp := ssh.FingerprintSHA256(q.key)
	best := trust{Reason: "valid signature by a key nobody here vouches for: " + fp}
	if s == nil {
		best.Reason = "valid signature, but there is no signers file here that vouches for its key " + fp
		return best
	}
	if s.revoked[string(q.key.Marshal())] {
		return trust{Reason: "key " + fp + " is revoked", Revoked: true}
	}
	for _, l := range s.lines {
		if !bytes.Equal(l.key.Marshal(), q.key.Marshal()) {
			continue
		}
		t := l.judge(q)
		t.Line = l.number
		if t.rank > best.rank {
			best = t
		}
	}
	return best
}

// Ranks of a line's answer, from the farthest from vouching to the nearest.
const (
	otherName = 1 + iota
	otherRole
	otherTime
	byPattern
	expiredSince
	vouched
)

func (l signerLine) judge(q asked) trust {
	then := "signed " + day(q.at)
	if q.atNow {
		then = "today is " + day(q.at)
	}
	literal := slices.Contains(l.principals, q.principal)
	switch {
	case !matches(l.principals, q.principal):
		return trust{rank: otherName, Reason: fmt.Sprintf("the key belongs to %s, not to %s as it says", strings.Join(l.principals, ","), q.principal)}
	case !l.mayAct(q.namespace):
		return trust{rank: otherRole, Reason: fmt.Sprintf("%s may not sign as %s", q.principal, q.namespace) + l.noLead(q.namespace)}
	case q.namespace == NamespaceCountersign && !literal:
		return trust{rank: otherRole, Reason: fmt.Sprintf("the key may sign under any name like %s: a lead needs a line that names %s", strings.Join(l.principals, ","), q.principal)}
	case !l.after.IsZero() && q.at.Before(l.after):
		return trust{rank: otherTime, Reason: fmt.Sprintf("key of %s not yet valid: only from %s, %s", q.principal, day(l.after), then)}
	case !l.before.IsZero() && !q.at.Before(l.before):
		return trust{rank: otherTime, Reason: fmt.Sprintf("key of %s expired %s, %s", q.principal, day(l.before), then)}
	}
	t := trust{OK: true, rank: vouched}
	if !l.before.IsZero() && !q.now.Before(l.before) {
		t.rank, t.Reason = expiredSince, fmt.Sprintf("key expired %s, after signing", day(l.before))
	}
	if !literal {
		t.rank, t.Pattern = byPattern, strings.Join(l.principals, ",")
	}
	return t
}

// mayAct reports whether the line lets its key sign in the namespace. For a report a line
// without namespaces lets it, as in OpenSSH. A lead is only who is named one: a line that
// says nothing, or a pattern, makes nobody a lead.
func (l signerLine) mayAct(namespace string) bool {
	if namespace == NamespaceCountersign {
		return slices.Contains(l.namespaces, namespace) && matches(l.namespaces, namespace)
	}
	return len(l.namespaces) == 0 || matches(l.namespaces, namespace)
}

// noLead tells what a line lacks whose owner may be meant to be a lead.
func (l signerLine) noLead(namespace string) string {
	if namespace != NamespaceCountersign || len(l.namespaces) > 0 && !matches(l.namespaces, namespace) {
		return ""
	}
	return fmt.Sprintf(": a lead's line names it in namespaces=%q", NamespaceReport+","+NamespaceCountersign)
}

// alsoNamed is the first line that lets the key sign under that name too, or 0: such a key
// does not show that two people looked.
func (s *Signers) alsoNamed(key ssh.PublicKey, name string) int {
	if s == nil {
		return 0
	}
	for _, l := range s.lines {
		if bytes.Equal(l.key.Marshal(), key.Marshal()) && matches(l.principals, name) {
			return l.number
		}
	}
	return 0
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
