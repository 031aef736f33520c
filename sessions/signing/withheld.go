package signing

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// withheld lists the evidence that the journal names, that nobody took out of the session,
// and whose bytes are not held: a signer left them out. An event that this version can't
// read names none that it could miss: reading a session is not what this is for.
func withheld(entries []sessions.Entry, held func(sha string) bool) []string {
	var events []sessions.Event
	gone := map[string]bool{}
	for _, entry := range entries {
		e, err := sessions.DecodeEvent(entry.JSON)
		if err != nil {
			continue
		}
		if r, ok := e.Data.(sessions.EvidenceRedacted); ok {
			gone[r.SHA256] = true
		}
		events = append(events, e)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(evidenceIn(events))), func(sha string) bool { return gone[sha] || held(sha) })
}

// Held are the digests of the evidence whose bytes are in the file.
func (c Container) Held() map[string]bool {
	out := map[string]bool{}
	for name := range c {
		if hash, ok := evidenceName(name); ok {
			out[hash] = true
		}
	}
	return out
}

// bodies tells what the signer withheld and, where the bytes are at hand, holds them
// against the digests that the signature covers.
func (v *Verification) bodies(c Container, o Options) error {
	entries, _, _ := sessions.ReadJournal(bytes.NewReader(c[partJournal])) // checked before
	held := c.Held()
	v.Withheld = append(v.Withheld, withheld(entries, func(sha string) bool { return held[sha] })...)
	if len(v.Withheld) == 0 || o.Evidence == nil {
		return nil
	}
	for _, sha := range v.Withheld {
		if err := o.Evidence(sha); err != nil {
			return fmt.Errorf("withheld evidence %.12s…: %w", sha, err)
		}
	}
	v.Notes = append(v.Notes, clean.Line(fmt.Sprintf("the %d withheld bodies were compared: each has the digest that was signed", len(v.Withheld))))
	return nil
}

// left is what the sentence says of withheld bodies.
func (v *Verification) left() string {
	switch n := len(v.Withheld); n {
	case 0:
		return ""
	case 1:
		return "; 1 body withheld, its digest kept"
	default:
		return fmt.Sprintf("; %d bodies withheld, digests kept", n)
	}
}
