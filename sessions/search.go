package sessions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"assess/gonogo/checks/clean"
)

// Hit is an event that holds what was searched for.
type Hit struct {
	Session string     `json:"session"`
	Seq     uint64     `json:"seq"`
	At      time.Time  `json:"at"`
	By      clean.Text `json:"by"`
	What    string     `json:"what"`
	Items   []string   `json:"items"`
}

// maxHits bounds what one search gives.
const maxHits = 1000

// ErrTooMany says that a search found more than it gives.
var ErrTooMany = fmt.Errorf("more than %d events hold this", maxHits)

// Search looks through the journals of sessions, in their order, for events that say query:
// verdicts' reasons, notes, findings, conditions, waivers, evidence's names, items and
// people, capitals or not. Words that only telling adds (Tell), such as "judged", are not
// among them, and evidence itself is not searched. Of a damaged journal its whole events are. It stops at maxHits
// with ErrTooMany. A journal that is too long to read is named in the error, after the others.
func Search(ctx context.Context, st Store, list []Summary, query string) ([]Hit, error) {
	want := strings.ToLower(strings.TrimSpace(query))
	if want == "" {
		return nil, errors.New("nothing to search for")
	}
	raw := needle(want)
	hits := []Hit{}
	var lower []byte
	var unread []error
	for _, s := range list {
		for e, err := range st.Read(ctx, s.ID, 0) {
			var damage *ChainError
			if errors.As(err, &damage) || errors.Is(err, ErrNotFound) { // removed since it was listed
				break
			}
			if errors.Is(err, ErrTooLarge) { // one journal must not hide all others
				unread = append(unread, fmt.Errorf("session %s: %w", s.ID, err))
				break
			}
			if err != nil {
				return hits, fmt.Errorf("session %s: %w", s.ID, err)
			}
			lower = appendLower(lower[:0], e.JSON)
			if !bytes.Contains(lower, raw) {
				continue
			}
			if h, ok := hit(s.ID, e, want); ok {
				if len(hits) == maxHits {
					return hits, ErrTooMany
				}
				hits = append(hits, h)
			}
		}
	}
	return hits, errors.Join(append(unread, ctx.Err())...)
}

// appendLower adds a line in small letters to dst, which is quick where it has none but
// ASCII's.
func appendLower(dst, line []byte) []byte {
	for i, c := range line {
		if c >= utf8.RuneSelf {
			return append(dst[:len(dst)-i], bytes.ToLower(line)...)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// needle is the longest part of a lower-case query that JSON holds as it is, so that most
// lines need no decoding.
func needle(query string) []byte {
	longest := ""
	for _, part := range strings.FieldsFunc(query, func(r rune) bool {
		return r < ' ' || r == '"' || r == '\\' || r == utf8.RuneError || r == '\u2028' || r == '\u2029'
	}) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return []byte(longest)
}

// hit looks whether what a line says, not how it is written, holds the query.
func hit(id string, e Entry, want string) (Hit, bool) {
	event, err := DecodeEvent(e.JSON)
	if err != nil {
		return Hit{}, false
	}
	what, items := Tell(event.Data)
	said := append([]string{what, string(event.By), strings.Join(items, " ")}, texts(event.Data)...)
	for _, s := range said {
		if strings.Contains(strings.ToLower(s), want) {
			return Hit{Session: id, Seq: event.Seq, At: event.At, By: event.By, What: what, Items: append([]string{}, items...)}, true
		}
	}
	return Hit{}, false
}

// texts are what a payload says beside what is told of it.
func texts(p Payload) []string {
	switch p := p.(type) {
	case Checked:
		var out []string
		for _, c := range p.Checks {
			out = append(out, string(c.Reason))
		}
		for _, e := range p.Evidence {
			out = append(out, string(e.What))
		}
		return out
	case FindingRecorded:
		f := p.Finding
		return []string{string(f.Description), string(f.Recommendation), string(f.Owner)}
	case ConditionRecorded:
		return []string{string(p.Condition.Owner), string(p.Condition.Due)}
	case Waived:
		return []string{string(p.Waiver.ApprovedBy), string(p.Waiver.Compensating)}
	case TextEdited:
		return []string{string(p.Text)}
	}
	return nil
}
