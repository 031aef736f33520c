package walk

import (
	"strings"

	"assess/gonogo/tui/paint"
)

// keptParts is how many parts of an id are always shown: "AUT-01" of "P5-SEC-AUT-01".
const keptParts = 2

// shared is what all ids begin with, in whole parts: what their heading can say once, so
// that the titles beside them have room. Short ids share nothing.
func shared(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	prefix := ids[0]
	for _, id := range ids {
		n := 0
		for n < min(len(prefix), len(id)) && prefix[n] == id[n] {
			n++
		}
		prefix = prefix[:n]
		for prefix != "" && (!strings.HasSuffix(prefix, "-") || strings.Count(id[len(prefix):], "-") < keptParts-1) {
			prefix = prefix[:strings.LastIndex(prefix[:len(prefix)-1], "-")+1]
		}
		if prefix == "" {
			return ""
		}
	}
	return prefix
}

// number tells every row its heading and how many rows that are none there are so far.
func (s *walk) number() {
	head, nth := -1, 0
	s.longest = 0
	for i := range s.rows {
		r := &s.rows[i]
		if r.kind == headRow || r.kind == textRow && r.title != "" {
			head = i
		}
		if r.kind != textRow {
			nth++
		}
		if r.kind == itemRow {
			s.longest = max(s.longest, paint.Width(r.id)-paint.Width(r.drop))
		}
		r.head, r.nth = head, nth
	}
}

// shorten leaves out of each row's id what its section's heading says. Where categories and
// items share a pane, the pane's head says it of all.
func (s *walk) shorten() {
	s.drop = ""
	head := -1 // the heading of the section; before the first one the pane's head
	var ids []string
	from := 0
	end := func(to int) {
		drop := shared(ids)
		for i := from; i < to; i++ {
			s.rows[i].drop = drop
		}
		if head < 0 {
			s.drop = drop
		} else {
			s.rows[head].drop = drop
		}
		ids = nil
	}
	for i, r := range s.rows {
		switch {
		case r.kind == itemRow:
			ids = append(ids, r.id)
		case r.kind == textRow && r.title != "":
			end(i)
			head, from = i, i
		}
	}
	end(len(s.rows))
}
