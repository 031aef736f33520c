package walk

import (
	"cmp"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/waiver"
)

// told reports whether a machine's verdict says something about the item.
func told(v checks.Verdict) bool { return v.Decided() || v == checks.NA }

// judge gives the targets a verdict: a pass that differs from nothing is saved at once,
// everything else asks the reason first.
func (s *walk) judge(v checks.Verdict) tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 {
		return nil
	}
	if v == checks.Pass && s.plain(ids) {
		return s.save(sessions.Judged{Items: ids, Verdict: v, Strength: checks.Stated}, true)
	}
	s.openSheet(ids, v)
	return nil
}

// plain reports whether a pass of these items contradicts no machine: questions that it
// could not answer, and items it passed.
func (s *walk) plain(ids []string) bool {
	for _, id := range ids {
		it := s.review().Item(id)
		m := it.MachineVerdict()
		if told(m) && m != checks.Pass || !told(m) && it.Planned.Item.Question == "" {
			return false
		}
	}
	return true
}

// whyNoAgree says why the machine can't be agreed with, or is empty.
func (s *walk) whyNoAgree() string {
	ids := s.targets()
	for _, id := range ids {
		if s.review().Item(id).MachineVerdict() == checks.Pending {
			return noVerdictYet
		}
	}
	return ""
}

// agree takes the machine's verdict as the person's, for all targets.
func (s *walk) agree() tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 || s.whyNoAgree() != "" {
		return nil
	}
	by := map[checks.Verdict][]string{}
	for _, id := range ids {
		v := s.review().Item(id).MachineVerdict()
		by[v] = append(by[v], id)
	}
	var data []sessions.Payload
	for _, v := range checks.Verdicts {
		if len(by[v]) == 0 {
			continue
		}
		it := s.review().Item(by[v][0])
		j := sessions.Judged{Items: by[v], Verdict: v, On: v, Strength: checks.Stated}
		if it.Machine != nil {
			j.Strength = cmp.Or(it.Machine.Strength, checks.Stated)
		}
		if v == checks.NA { // the journal wants to know why
			j.Reason = clean.Line(cmp.Or(it.Planned.NA, asMachine))
			if it.Machine != nil {
				j.Reason = it.Machine.Reason
			}
		}
		data = append(data, j)
	}
	return s.saveAll(data, ids, agreed, true)
}

// save records a judgement and goes on.
func (s *walk) save(j sessions.Judged, on bool) tea.Cmd {
	return s.saveAll([]sessions.Payload{s.judgedOn(j)}, j.Items, string(j.Verdict), on)
}

// judgedOn is a judgement that says which of the machine's verdicts the person saw, item by
// item: what a run or somebody else records before it is saved was not judged by it.
func (s *walk) judgedOn(j sessions.Judged) sessions.Judged {
	if j.On == "" && j.Saw == nil {
		j.Saw = s.saw(j.Items)
	}
	return j
}

// saw is what the machine says now of some items.
func (s *walk) saw(ids []string) map[string]checks.Verdict {
	out := make(map[string]checks.Verdict, len(ids))
	for _, id := range ids {
		out[id] = s.review().Item(id).MachineVerdict()
	}
	return out
}

// toSay is what to say of judgements once it is known whether they are on disk.
type toSay struct{ what, then string }

// saveAll records, unticks and goes to the next item that waits. The cursor moves at once,
// so that keys already on their way judge the next item and not this one again; where
// recording fails it comes back.
func (s *walk) saveAll(data []sessions.Payload, ids []string, word string, on bool) tea.Cmd {
	cmd := s.review().Record(data...)
	next := ""
	if on {
		next = s.next(ids...)
	}
	clear(s.ticked)
	said := toSay{what: names(ids) + " " + word}
	if next != "" {
		s.goTo(next)
		said.then = fmt.Sprintf(thenNext, next)
	} else if on {
		said.then = thenNoneLeft
	}
	s.said = append(s.said, said)
	return cmd
}

// recordWords are what is said of a waiver or a cause that was recorded.
func recordWords(p sessions.Payload) string {
	switch p := p.(type) {
	case sessions.Waived:
		if !p.Remove {
			return fmt.Sprintf(waivedIsSaved, p.Waiver.Item, p.Waiver.Expires)
		}
	case sessions.CauseLinked:
		return fmt.Sprintf(causeSaved, p.Title, itemsWords(len(p.Items)))
	}
	return ""
}

// saved says what was recorded, once it is on disk.
func (s *walk) saved(msg screen.StateChanged) tea.Cmd {
	if !msg.Recorded() || len(msg.Data) == 0 {
		return nil
	}
	if a, ok := msg.Data[0].(sessions.EvidenceAttached); ok {
		return s.attached(a, msg.Err)
	}
	if a, ok := msg.Data[0].(sessions.Assigned); ok {
		return s.assigned(a, msg.Err)
	}
	if words := recordWords(msg.Data[0]); words != "" && msg.Err == nil {
		return screen.Tell(screen.Good, s.undoable(words+s.review().WaitsWords()))
	}
	if len(s.said) == 0 {
		return nil
	}
	j, ok := msg.Data[0].(sessions.Judged)
	if !ok || j.Verdict == "" {
		return nil
	}
	said := s.said[0]
	s.said = s.said[1:]
	if msg.Err != nil {
		return nil // the root says why
	}
	cmd := screen.Tell(screen.Good, s.undoable(said.what+" "+s.review().Landed())+said.then)
	if s.review().DraftOf(reasonDraft(j.Items[0])) == j.Reason.String() { // nobody writes on it
		cmd = tea.Batch(cmd, s.review().Draft(reasonDraft(j.Items[0]), ""))
	}
	return cmd
}

// undoable says of what was recorded which key takes it back.
func (s *walk) undoable(said string) string {
	return fmt.Sprintf(keyUndoes, said, s.env.Key(action.Undo))
}

// failed brings the cursor back to what could not be saved; the draft is there still.
func (s *walk) failed(msg screen.StateChanged) {
	for _, p := range msg.Data {
		if j, ok := p.(sessions.Judged); ok && len(j.Items) > 0 {
			s.goTo(j.Items[0])
			if j.Verdict != "" && j.Reason != "" && s.sheet == nil {
				s.openSheet(j.Items, j.Verdict)
			}
			return
		}
	}
}

// whyNoClear says why there is nothing to take back.
func (s *walk) whyNoClear() string {
	for _, id := range s.targets() {
		if s.review().Item(id).Reviewer != nil {
			return ""
		}
	}
	if it := s.item(); it != nil {
		if _, waived := s.review().State.Waivers[it.Planned.Item.ID]; waived {
			return ""
		}
	}
	return noneOfYours
}

// takeBack takes the person's verdict back, or, where there is none, the waiver.
func (s *walk) takeBack() tea.Cmd {
	var ids []string
	for _, id := range s.targets() {
		if s.review().Item(id).Reviewer != nil {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		return s.review().Record(sessions.Judged{Items: ids})
	}
	it := s.item()
	if it == nil {
		return nil
	}
	w, waived := s.review().State.Waivers[it.Planned.Item.ID]
	if !waived {
		return nil
	}
	return screen.Ask(screen.NewConfirm(s.env, fmt.Sprintf(waiver.BackAsk, w.Item), fmt.Sprintf(waiver.BackNote, s.env.Key(action.Undo)), waiver.BackYes,
		func() tea.Cmd { return s.review().Record(sessions.Waived{Waiver: w, Remove: true}) }))
}

// names are one item's id, or how many items there are.
func names(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	return itemsWords(len(ids))
}
