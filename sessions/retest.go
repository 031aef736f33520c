package sessions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// Retest begins a session that tests another one again: it is named as the one before, and
// what people said there is taken over as far as it still means the same (Carry,
// carryRecords); it is there with all of that or not at all. Where n selects nothing, the selection is the old session's. What it
// brought over and what lapsed meanwhile is for CarriedOver to say.
func Retest(ctx context.Context, st Store, old *Session, n NewSession) (*Session, error) {
	was := old.State()
	n.From = was.Opened.Session
	if len(n.Selection.Categories)+len(n.Selection.Items) == 0 {
		n.Selection = checks.Selection{Categories: was.Opened.Categories, Items: was.Opened.Items}
	}
	n.begun = func(ctx context.Context, s *Session) ([]Payload, error) {
		data := append(Carry(was, s.State()), carryRecords(was, s.State())...)
		data = append(data, s.remember(earlierOf(was, s.State()))...)
		data, err := s.withEvidence(ctx, old, data)
		if err != nil {
			return nil, fmt.Errorf("take over from %s: %w", n.From, err)
		}
		return data, nil
	}
	return Create(ctx, st, n)
}

// createWith writes the first line and what the session begins with at once: a process that
// ends meanwhile leaves no session that lacks it.
func (s *Session) createWith(ctx context.Context, n NewSession, first []byte) error {
	s.state = s.basis.fold(s.events)
	data, err := n.begun(ctx, s)
	if err != nil {
		return err
	}
	events, lines, _, err := s.prepare(n.By, data)
	if err != nil {
		return fmt.Errorf("take over from %s: %w", n.From, err)
	}
	s.events, lines = append(s.events, events...), append([][]byte{first}, lines...)
	s.head = Head{}
	for _, line := range lines {
		s.head = Head{Seq: s.head.Seq + 1, Hash: LineHash(s.head.Hash, line)}
	}
	return Import(ctx, s.store, s.id, lines...)
}

// carryRecords makes what a re-test takes over beside answers and waivers: root causes, the
// findings that are still open or prove a condition, and the conditions that people wrote.
// Leaving an open finding behind would make the decision milder without anybody's word.
func carryRecords(old, new *State) []Payload {
	var out []Payload
	known := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return len(checks.MatchItems(new.Profile, []string{id})) != 1 })
	}
	for _, c := range old.Causes {
		if c.Items = known(c.Items); len(c.Items) > 0 {
			out = append(out, CauseLinked(c))
		}
	}
	proves := map[string]bool{}
	for _, c := range old.Conditions {
		for _, id := range c.VerifiedBy {
			proves[id] = true
		}
	}
	for _, f := range old.Findings {
		if !f.Strength && (!f.Closed || proves[f.ID]) {
			f.Items = known(f.Items)
			out = append(out, FindingRecorded{f})
		}
	}
	for _, c := range old.Conditions {
		if c.Since.IsZero() {
			c.Since = old.decidedAt()
		}
		out = append(out, ConditionRecorded{c})
	}
	return out
}

// withEvidence brings over the bytes that records name. Attached evidence whose bytes are
// gone is left out, and so is their name in a finding.
func (s *Session) withEvidence(ctx context.Context, from *Session, data []Payload) ([]Payload, error) {
	var out []Payload
	for _, p := range data {
		var err error
		switch d := p.(type) {
		case FindingRecorded:
			d.Finding.Evidence, err = s.copyEvidence(ctx, from, d.Finding.Evidence)
			p = d
		case EvidenceAttached:
			var kept []string
			if kept, err = s.copyEvidence(ctx, from, []string{d.Evidence.SHA256}); err == nil && len(kept) == 0 {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// copyEvidence brings pieces of another session over; those whose bytes are gone are left out.
func (s *Session) copyEvidence(ctx context.Context, from *Session, shas []string) ([]string, error) {
	var out []string
	for _, sha := range shas {
		body, err := from.Evidence(ctx, sha)
		if errors.Is(err, ErrTakenOut) || errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("bring over evidence: %w", err)
		}
		sum, err := hex.DecodeString(sha)
		if err != nil {
			return nil, err
		}
		if err := s.store.PutBlob(ctx, s.id, [sha256.Size]byte(sum), bytes.NewReader(body)); err != nil {
			return nil, fmt.Errorf("bring over evidence: %w", err)
		}
		out = append(out, sha)
	}
	return out, nil
}

// CarriedOver is what a re-test took over from the session before, and what of that lapsed
// in between.
type CarriedOver struct {
	From     string
	Failures []string // OldFailures
	Unasked  []string // items that failed or warned before, and that the new plan leaves out
	Answers  int      // answers taken over
	Lapsed   []string // items whose answer or waiver is over
	Findings int      // open findings taken over
	Attached int      // pieces of evidence that people had attached, taken over
	// Overdue are conditions whose time is over and whose proof does not hold, Due the
	// others that are not met; as the new session sees them.
	Overdue, Due []Condition
}

// Carried tells what a re-test took over and what is overdue at a time. It is a pure
// function of both sessions and the time.
func Carried(old, new *State, now time.Time) CarriedOver {
	out := CarriedOver{From: old.Opened.Session, Failures: OldFailures(old, new), Unasked: unasked(old, new)}
	for i := range new.planned {
		id := i.Planned.Item.ID
		r := i.Reviewer
		if r != nil && r.Carried {
			out.Answers++
		}
		for _, e := range i.Attached {
			if strings.HasSuffix(string(e.What), carriedOver) {
				out.Attached++
			}
		}
		w, waived := new.Waivers[id]
		if r != nil && r.Carried && Expired(r.Expires, now) || waived && Expired(w.Expires, now) {
			out.Lapsed = append(out.Lapsed, id)
		}
	}
	for _, f := range new.Findings {
		if !f.Strength && !f.Closed {
			out.Findings++
		}
	}
	decided := old.decidedAt()
	if decided.IsZero() {
		decided = old.LastAt
	}
	v := &view{st: new}
	for _, c := range v.conditions() {
		if v.met(c) {
			continue
		}
		if due, says := c.DueAt(decided); says && now.After(due) {
			out.Overdue = append(out.Overdue, c)
		} else {
			out.Due = append(out.Due, c)
		}
	}
	return out
}

// OldFailures lists the items of the new plan that failed or warned in the old session,
// strictest gate first, else in the old plan's order. A re-test looks at them first.
func OldFailures(old, new *State) []string {
	var out []string
	for _, o := range (&view{st: old}).open() {
		if i := new.Items[o.Item]; i != nil && !i.Planned.Observe && !o.Finding && o.Verdict.Decided() {
			out = append(out, o.Item)
		}
	}
	return out
}

// unasked lists, in the old plan's order, what failed or warned and is asked no more: another
// level, profile or selection would else take a failure away unsaid.
func unasked(old, new *State) []string {
	var out []string
	for i := range old.planned {
		v, id := i.Counts(), i.Planned.Item.ID
		if n := new.Items[id]; (v == checks.Fail || v == checks.Warn) && (n == nil || n.Planned.Observe) {
			out = append(out, id)
		}
	}
	return out
}
