package sessions_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// said is a session in which people did a number of things.
func said(t *testing.T) (*sessions.Session, sessions.Store, *checks.Registry) {
	t.Helper()
	reg := (&fakes{}).registry(t)
	st := open(t, t.TempDir())
	s := create(t, st, newSession(t, reg))
	for _, p := range []sessions.Payload{
		sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Fail, Reason: "the pool of 12 “never” recovers\nat all"},                             // 2
		sessions.CauseLinked{ID: "C-1", Title: "pool too small", Items: []string{"A-01", "A-02"}},                                                     // 3
		sessions.CauseLinked{ID: "C-1", Title: "pool too small", Items: []string{"A-02"}},                                                             // 4: A-01 leaves it
		sessions.CauseLinked{ID: "C-1", Title: "pool far too small", Items: []string{"A-02"}},                                                         // 5: no business of A-01
		sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "Pool", Severity: checks.High, Owner: "Ülker", Items: []string{"A-01"}}}, // 6
		sessions.FindingRemoved{ID: "F-1"},                                  // 7
		sessions.Assigned{Items: []string{"A-01", "A-02"}, To: "L. Brandt"}, // 8
		sessions.Noted{Item: "A-02", Text: "look at <pgbouncer> & co"},      // 9
	} {
		if _, err := s.Record(ctx, "ann", p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Undo(ctx, "bo"); err != nil { // 10 takes the note back
		t.Fatal(err)
	}
	return s, st, reg
}

func TestHistory(t *testing.T) {
	s, _, _ := said(t)
	defer s.Close()
	all := sessions.History(s.Events())
	if len(all) != 10 || !all[8].Undone || all[9].Undone || all[9].By != "bo" || all[9].What != "event 9 undone" {
		t.Fatalf("%+v", all)
	}
	seqs := func(id string) (out []uint64) {
		for _, h := range sessions.History(s.Events(), id) {
			if strings.ContainsAny(h.What, "\n") || h.What == "" {
				t.Errorf("event %d is told as %q", h.Seq, h.What)
			}
			out = append(out, h.Seq)
		}
		return out
	}
	for id, want := range map[string][]uint64{"A-01": {2, 3, 4, 6, 7, 8}, "A-02": {3, 5, 8, 9}, "B-01": nil} {
		if got := seqs(id); !equal(got, want) {
			t.Errorf("%s: events %v, want %v", id, got, want)
		}
	}
	told := sessions.History(s.Events(), "A-01")
	for n, want := range map[int]string{1: "linked to “pool too small”", 2: "taken out of “pool too small”",
		3: "linked to finding F-1: Pool", 4: "finding F-1 removed"} {
		if told[n].What != want {
			t.Errorf("A-01: %q, want %q", told[n].What, want)
		}
	}
	if i := s.State().Items["A-02"]; i.Assigned != "L. Brandt" {
		t.Errorf("assigned to %q", i.Assigned)
	}
	if _, err := s.Record(ctx, "ann", sessions.Assigned{Items: []string{"X-99"}, To: "bo"}); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("an unknown item was assigned: %v", err)
	}
	if _, err := s.Record(ctx, "ann", sessions.Assigned{Items: []string{"A-01"}, To: " "}); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("assigned to a blank: %v", err)
	}
}

func equal(a, b []uint64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// A session as it was: later events left out, its journal ending there, nothing to record.
func TestViewAt(t *testing.T) {
	s, st, reg := said(t)
	whole, err := s.Journal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	at := func(seq uint64) *sessions.Session {
		t.Helper()
		past, err := sessions.ViewAt(ctx, st, reg, s.ID(), sessions.Moment{Seq: seq})
		if err != nil {
			t.Fatal(err)
		}
		return past
	}
	if r := at(1).State().Items["A-01"].Reviewer; r != nil {
		t.Errorf("judged before it was: %+v", r)
	}
	past := at(9)
	if got := past.State(); got.Items["A-02"].Note == "" || got.Seq != 9 || len(past.Events()) != 9 {
		t.Errorf("note %q after %d events", got.Items["A-02"].Note, got.Seq)
	}
	if !strings.Contains(past.ReadOnly(), "event 9 of 10") {
		t.Errorf("read-only because %q", past.ReadOnly())
	}
	if _, err := past.Record(ctx, "ann", sessions.Noted{Item: "A-01", Text: "x"}); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("the past was changed: %v", err)
	}
	journal, err := past.Journal(ctx)
	if err != nil || !bytes.HasPrefix(whole, journal) || bytes.Count(journal, []byte("\n")) != 9 {
		t.Errorf("its journal has %d lines: %v", bytes.Count(journal, []byte("\n")), err)
	}
	if at(9).State().Head == at(10).State().Head || !strings.HasPrefix(string(journal[bytes.LastIndexByte(journal[:len(journal)-1], '\n')+1:]), at(9).State().Head) {
		t.Error("the head is not the hash of its last line")
	}
	for _, m := range []sessions.Moment{{Seq: 11}, {At: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		if _, err := sessions.ViewAt(ctx, st, reg, s.ID(), m); err == nil {
			t.Errorf("%+v was found", m)
		}
	}
	now, err := sessions.ViewAt(ctx, st, reg, s.ID(), sessions.Moment{At: time.Now().Add(time.Hour)})
	if err != nil || now.State().Seq != 10 {
		t.Errorf("%v", err)
	}
}

func TestSplitMoment(t *testing.T) {
	for arg, want := range map[string]sessions.Moment{
		"a@b.gonogo":                  {},
		"a@b.gonogo@41":               {Seq: 41},
		"latest":                      {},
		"latest@41":                   {Seq: 41},
		"x@2026-11-22T14:09:31Z":      {At: time.Date(2026, 11, 22, 14, 9, 31, 999e6, time.UTC)},
		"x@2026-11-22T14:09:31":       {At: time.Date(2026, 11, 22, 14, 9, 31, 999e6, time.Local)},
		"x@2026-11-22T14:09":          {At: time.Date(2026, 11, 22, 14, 9, 59, 999e6, time.Local)},
		"x@2026-11-22":                {At: time.Date(2026, 11, 22, 23, 59, 59, 999e6, time.Local)},
		"x@2026-11-22T14:09:31+02:00": {At: time.Date(2026, 11, 22, 12, 9, 31, 999e6, time.UTC)},
	} {
		if _, m, err := sessions.SplitMoment(arg); err != nil || m.Seq != want.Seq || !m.At.Equal(want.At) {
			t.Errorf("%s: %+v %v", arg, m, err)
		}
	}
	for _, arg := range []string{"x@", "x@0", "x@-1", "x@yesterday", "x@99999999999999999999"} {
		if _, _, err := sessions.SplitMoment(arg); err == nil {
			t.Errorf("%s was understood", arg)
		}
	}
}

func TestSearch(t *testing.T) {
	s, st, reg := said(t)
	s.Close()
	list, err := sessions.List(ctx, st, reg)
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]uint64{
		"NEVER":             {2},
		"12 “never” rec":    {2}, // quotes and what JSON would escape
		"<pgbouncer> & CO":  {9},
		"ülker":             {6}, // the owner, other capitals
		"l. brandt":         {8},
		"bo":                {9, 10},
		"A-01":              {2, 3, 6, 8},
		"seq":               nil, // how a line is written is not what it says
		"item.noted":        nil,
		"nothing like this": nil,
	} {
		hits, err := sessions.Search(ctx, st, list, query)
		var got []uint64
		for _, h := range hits {
			got = append(got, h.Seq)
		}
		if err != nil || !equal(got, want) {
			t.Errorf("%s: events %v, want %v (%v)", query, got, want, err)
		}
	}
	if _, err := sessions.Search(ctx, st, list, "  "); err == nil {
		t.Error("searched for nothing")
	}
}
