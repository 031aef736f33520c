package signing

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// contents compares every part with the MANIFEST, every piece of evidence with its name,
// and the journal with what the MANIFEST says of it. Content names the parts that differ.
func (v *Verification) contents(c Container, m *Manifest, o Options) error {
	if wrong := v.parts(c, m, o); len(wrong) > 0 {
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
func (v *Verification) parts(c Container, m *Manifest, o Options) (wrong []string) {
	v.Parts = v.Parts[:0]
	for _, name := range slices.Sorted(maps.Keys(m.Sums)) {
		data, there := c[name]
		switch {
		case !there:
			v.Parts = append(v.Parts, Part{Name: name, State: "missing"})
		case sum(data) != m.Sums[name]:
			v.Parts = append(v.Parts, Part{Name: name, State: "changed"})
		default:
			v.Parts = append(v.Parts, Part{Name: name, State: "ok"})
		}
	}
	for _, name := range c.covered() {
		if _, ok := m.Sums[name]; !ok {
			v.Parts = append(v.Parts, Part{Name: name, State: "not covered by the signature"})
		}
	}
	v.locate(c, m, o)
	for _, p := range v.Parts {
		if p.State != "ok" {
			wrong = append(wrong, p.String())
		}
	}
	return wrong
}

// locate adds to changed parts where they changed, as far as what is still sound tells:
// the journal by its own chain, the documents by making them again from it. It explains;
// nothing is good because of it.
func (v *Verification) locate(c Container, m *Manifest, o Options) {
	journal := sum(c[partJournal]) == m.Sums[partJournal]
	var fresh Container
	for i, p := range v.Parts {
		switch {
		case p.State != "changed":
		case p.Name == partJournal:
			v.Parts[i].Where = journalChange(c[partJournal], m)
		case journal && o.Render != nil && (p.Name == partMarkdown || p.Name == partJSON):
			if fresh == nil {
				again, _, err := o.Render(c)
				if err != nil {
					return
				}
				fresh = again.container()
			}
			if sum(fresh[p.Name]) == m.Sums[p.Name] { // these are the bytes that were signed
				v.Parts[i].Where = fmt.Sprintf("from line %d on", firstDifference(fresh[p.Name], c[p.Name]))
			}
		}
	}
}

// journalChange tells at which line a journal stops being a chain, or how its end differs.
func journalChange(data []byte, m *Manifest) string {
	entries, _, damage := sessions.ReadJournal(bytes.NewReader(data))
	switch n := uint64(len(entries)); {
	case damage != nil:
		return string(clean.Line(fmt.Sprintf("line %d: %s", damage.Line, damage.Why)))
	case n != m.JournalEvents:
		return fmt.Sprintf("it holds %d events, %d were signed", n, m.JournalEvents)
	default:
		return "a chain of its own, which ends in another head"
	}
}

// firstDifference is the number of the first line in which two texts differ.
func firstDifference(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return 1 + bytes.Count(a[:n], []byte("\n"))
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
	case o.ProfileSHA != m.ProfileSHA256, oneLine(o.Profile) != m.Profile:
		return errors.New("journal: it was held to another profile than the manifest names")
	case targetLine(o) != m.Target:
		return fmt.Errorf("journal: it reviews %.80q, the manifest names %.80q", targetLine(o), m.Target)
	}
	return checkOpening(c, o)
}

// targetLine is a session's target as a MANIFEST names it.
func targetLine(o sessions.Opened) string {
	return oneLine(fmt.Sprintf("%s %s %s", o.Target, o.Version, o.Environment))
}

// backdated holds a signature that says to be older than what it signs against the time of
// the newest event: with a date that was put back an expired key would look valid. Events
// that this version can't read are passed over.
func (v *Verification) backdated(c Container, m *Manifest, key ssh.PublicKey, o Options) error {
	entries, _, _ := sessions.ReadJournal(bytes.NewReader(c[partJournal])) // checked before
	var newest time.Time
	for _, entry := range entries {
		if e, err := sessions.DecodeEvent(entry.JSON); err == nil && e.At.After(newest) {
			newest = e.At
		}
	}
	if !newest.After(m.SignedAt.Add(clockSlack)) {
		return nil
	}
	said := fmt.Sprintf("it says to be signed at %s, though its journal goes on until %s", v.SignedAt, newest.UTC().Format(time.RFC3339))
	if t := o.Signers.vouches(o.ask(key, m.Signer, NamespaceReport, newest)); !t.OK {
		return fmt.Errorf("%s: %s", said, t.Reason)
	}
	v.Notes = append(v.Notes, clean.Line(said))
	return nil
}

// checkOpening sees that what the session was opened with is in the file: without it the
// journal can't be read.
func checkOpening(c Container, o sessions.Opened) error {
	there := map[string]bool{}
	for name := range c {
		if hash, ok := evidenceName(name); ok {
			there[hash] = true
		}
	}
	for _, want := range [][2]string{{"target", o.TargetSHA}, {"profile", o.ProfileSHA}, {"selection", o.MoreSHA}} {
		if none := want[0] == "selection" && want[1] == ""; !none && !there[want[1]] {
			return fmt.Errorf("evidence: the session's %s, %.12s…, is not in the file", want[0], want[1])
		}
	}
	return nil
}
