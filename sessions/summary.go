package sessions

import (
	"context"
	"encoding/hex"
	"fmt"

	"assess/gonogo/checks"
)

// Summarise is a session as lists show it.
func Summarise(st *State) Summary {
	v := &view{st: st}
	a := v.assess()
	questions, consent := Waiting(st)
	s := Summary{
		ID: st.Opened.Session, Target: st.Target.Name, Version: st.Target.Version, Environment: st.Target.Environment,
		Profile: st.Profile.ID, Decision: a.Computed, Score: a.Score.Overall, State: st.SignOff.State,
		Created: st.CreatedAt, Touched: st.LastAt, Events: st.Seq, Head: st.Head, Blockers: []string{},
		Questions: len(questions), NeedConsent: len(consent),
		From: st.Opened.From, Baseline: st.Baseline, Deadlines: v.deadlines(),
	}
	if a.Decision != a.Computed {
		s.Declared = a.Decision
	}
	for i := range st.planned {
		s.Items++
		if told(v.counts(i)) {
			s.Judged++
		}
	}
	for _, o := range a.Open {
		if o.Gate == checks.Blocker && !o.Waived && o.Verdict.Decided() {
			s.Blockers = append(s.Blockers, o.Item)
		}
	}
	return s
}

// List lists the store's sessions, newest first, and renews the summaries that are older
// than their journals. A session that can't be read is listed with what is wrong with it.
func List(ctx context.Context, st Store, reg *checks.Registry) ([]Summary, error) {
	all, err := st.List(ctx)
	if err != nil {
		return nil, err
	}
	for n, s := range all {
		if !s.Stale {
			continue
		}
		fresh, err := Refresh(ctx, st, reg, s.ID)
		if err != nil {
			all[n].Damaged = err.Error()
			continue
		}
		all[n] = fresh
	}
	return all, ctx.Err()
}

// Refresh makes a session's summary anew from its journal, without opening it for writing.
func Refresh(ctx context.Context, st Store, reg *checks.Registry, id string) (Summary, error) {
	s, err := View(ctx, st, reg, id)
	if err != nil {
		return Summary{}, err
	}
	sum := Summarise(s.State())
	sum.ID = id
	if s.damage != nil && !s.damage.Harmless() {
		sum.Damaged = s.damage.Error()
	}
	_ = st.PutSummary(ctx, sum) // derived: a full disk does not make the session a damaged one
	return sum, nil
}

// FirstSummary is what a journal's ends alone tell of a session: its first event, and the
// hash of its last line.
func FirstSummary(first Event, head Head) (Summary, error) {
	o, ok := first.Data.(Opened)
	if !ok {
		return Summary{}, fmt.Errorf("the journal begins with %s", first.Data.Type())
	}
	return Summary{
		ID: o.Session, Target: string(o.Target), Version: string(o.Version), Environment: string(o.Environment),
		Profile: o.Profile, Decision: Incomplete, State: Draft, Created: first.At, Touched: first.At,
		Events: head.Seq, Head: hex.EncodeToString(head.Hash[:]), Blockers: []string{}, Deadlines: []Deadline{}, From: o.From, Stale: true,
	}, nil
}
