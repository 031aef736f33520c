package walk

import (
	"fmt"
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Do carries out an intent.
func (s *walk) Do(id action.ID) (tea.Cmd, bool) {
	if s.review() == nil {
		return nil, false
	}
	if s.sheet != nil {
		return s.doSheet(id)
	}
	before := s.at
	cmd, ok := s.act(id)
	if !ok {
		cmd, ok = s.move(id)
	}
	if ok && s.at != before {
		cmd = tea.Batch(cmd, s.load())
	}
	return cmd, ok
}

// verdicts are the verdicts that keys give.
var verdicts = map[action.ID]checks.Verdict{
	action.JudgePass: checks.Pass, action.JudgeWarn: checks.Warn, action.JudgeFail: checks.Fail,
	action.JudgeInconclusive: checks.Inconclusive, action.JudgeNA: checks.NA,
}

// judgements are their actions, in the order in which they are offered.
var judgements = []action.ID{action.JudgePass, action.JudgeWarn, action.JudgeFail, action.JudgeInconclusive, action.JudgeNA}

// act does what changes the review or leads elsewhere.
func (s *walk) act(id action.ID) (tea.Cmd, bool) {
	if v, ok := verdicts[id]; ok {
		return s.judge(v), true
	}
	r := s.review()
	switch id {
	case action.JudgeAgree:
		return s.agree(), true
	case action.JudgeClear:
		return s.takeBack(), true
	case action.ItemNote:
		return s.note(), true
	case action.ItemMark:
		return s.mark(), true
	case action.ItemTick:
		if it := s.item(); it != nil {
			s.tick(it.Planned.Item.ID)
		}
		return nil, true
	case action.Undo:
		s.undoing++
		return r.Undo(), true
	case action.Redo:
		s.undoing++
		return r.Redo(), true
	case action.Waive:
		return s.waive(), true
	case action.Cause:
		return s.linkCause(), true
	case action.Create:
		if it := s.item(); it != nil {
			return screen.Go(screen.Finding, screen.Args{Item: it.Planned.Item.ID, Items: s.targets()}), true
		}
		return nil, true
	case action.ItemTickAll:
		s.tickAll()
		return nil, true
	case action.ItemAttach:
		return s.attach(), true
	case action.ItemAssign:
		return s.assign(), true
	case action.Praise:
		if it := s.item(); it != nil {
			return screen.Go(screen.Finding, screen.Args{Items: s.targets(), Strength: true}), true
		}
		return nil, true
	case action.RunFailed, action.RunGroup:
		return s.runSeveral(id), true
	case action.Browse:
		return s.browse(), true
	case action.Order:
		return s.turnOrder(), true
	case action.RunStart:
		return s.runWaiting(), true
	case action.RunItem:
		return s.rerun(), true
	case action.Turn:
		s.ev.turn(s.item())
		s.heard.evidence = true
		return s.load(), true
	case action.Copy:
		return s.copy(), true
	}
	return nil, false
}

// runSeveral runs the failed items, or those of the category or group, again.
func (s *walk) runSeveral(id action.ID) tea.Cmd {
	ids := s.figures().failed
	if id == action.RunGroup {
		ids = s.group().runnable
	}
	if s.whyNoneAgain(ids, "none") != "" || s.review().ReadOnly() != "" {
		return nil
	}
	return s.runAgain(ids)
}

func (s *walk) tick(id string) {
	if s.ticked[id] = !s.ticked[id]; !s.ticked[id] {
		delete(s.ticked, id)
	}
}

// targets are the ticked items in plan order, else the marked one.
func (s *walk) targets() []string {
	it := s.item()
	if len(s.ticked) == 0 {
		if it == nil {
			return nil
		}
		return []string{it.Planned.Item.ID}
	}
	var out []string
	for it := range s.items() {
		if s.ticked[it.Planned.Item.ID] {
			out = append(out, it.Planned.Item.ID)
		}
	}
	if len(out) == 0 && it != nil {
		out = []string{it.Planned.Item.ID}
	}
	return out
}

// mark marks the targets to come back to, or unmarks them where all are marked.
func (s *walk) mark() tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 {
		return nil
	}
	on := false
	for _, id := range ids {
		on = on || !s.review().Item(id).Marked
	}
	return s.review().Record(sessions.Marked{Items: ids, On: on})
}

// next is the next item that waits for the person after the marked one, leaving some out.
func (s *walk) next(without ...string) string {
	skip := map[string]bool{}
	for _, id := range without {
		skip[id] = true
	}
	here := ""
	if it := s.item(); it != nil {
		here = it.Planned.Item.ID
	}
	needs := map[string]bool{}
	for _, id := range s.review().Needs {
		needs[id] = !skip[id]
	}
	first, passed := "", here == ""
	for _, id := range s.sequence() {
		switch {
		case id == here:
			passed = true
		case needs[id] && passed:
			return id
		case needs[id] && first == "":
			first = id
		}
	}
	return first
}

// Actions lists what can be done now.
func (s *walk) Actions() []action.State {
	r := s.review()
	if r == nil {
		return nil
	}
	if s.sheet != nil {
		return s.sheetActions()
	}
	it := s.item()
	can := func(id action.ID, why string) action.State {
		switch {
		case r.ReadOnly() != "":
			return action.Off(id, r.ReadOnly())
		case it == nil && why == "":
			return action.Off(id, markFirst)
		}
		return action.When(why == "", id, why)
	}
	out := s.judging(can)
	whyNoRun := s.whyNoRun()
	start := action.When(whyNoRun == "", action.RunStart, whyNoRun) // whatever is marked
	if r.ReadOnly() != "" {
		start = action.Off(action.RunStart, r.ReadOnly())
	}
	first := it != nil && s.consent[it.Planned.Item.ID] // nothing to judge yet: running it comes first
	if first {
		out = append([]action.State{start.Say(runAsksFirst)}, out...)
	}
	out = append(out, s.looking(it)...)
	out = append(out,
		can(action.ItemNote, ""), can(action.Create, "").Say(doFinding), can(action.Cause, ""),
		can(action.RunItem, s.whyNoRerun(it)), action.When(s.waitsElsewhere(), action.NeedsYou, nothingWaits),
		can(action.ItemMark, ""),
		action.When(it != nil, action.ItemTick, markFirst), can(action.Waive, s.whyNoWaiver(it)), can(action.JudgeClear, s.whyNoClear()))
	if !first {
		out = append(out, start)
	}
	undo, redo := action.On(action.Undo), action.On(action.Redo)
	if len(r.State.Undo) == 0 {
		undo = action.Off(action.Undo, screen.NothingToUndo)
	}
	if len(r.State.Redo) == 0 {
		redo = action.Off(action.Redo, screen.NothingToRedo)
	}
	if why := r.ReadOnly(); why != "" {
		undo, redo = action.Off(action.Undo, why), action.Off(action.Redo, why)
	}
	copied := action.When(it != nil, action.Copy, markFirst)
	if s.curl(it) != "" {
		copied = copied.Say(copyAsCurl)
	}
	out = append(out, undo, redo, copied, action.On(action.Filter))
	out = append(out, s.further(can)...)
	for i, c := range s.categories() {
		if i < 9 {
			out = append(out, action.On(action.Category(i+1)).Say(c.Title).Hide())
		}
	}
	return out
}

// further are what the footer has no room for: help and palette have them.
func (s *walk) further(can func(action.ID, string) action.State) []action.State {
	here, f := s.group(), s.figures()
	next := s.nextOrder()
	_, whyNoAddress := s.address()
	several := func(id action.ID, ids []string, none string) action.State {
		if why := s.review().ReadOnly(); why != "" {
			return action.Off(id, why)
		}
		why := s.whyNoneAgain(ids, none)
		return action.When(why == "", id, why)
	}
	all := several(action.RunGroup, here.runnable, nothingHereRuns).Say(here.again)
	failing := s.failsElsewhere()
	out := []action.State{
		action.When(failing, action.NextFailure, noOtherFails), action.When(failing, action.PrevFailure, noOtherFails),
		action.On(action.Order).Say(fmt.Sprintf(orderNext, next.words())),
		action.When(len(s.rows) > 0, action.ItemTickAll, nothingIsListed),
		can(action.Praise, ""), can(action.ItemAttach, ""), can(action.ItemAssign, ""),
		several(action.RunFailed, f.failed, noFailureRuns).Say(f.again), all,
		action.When(whyNoAddress == "", action.Browse, whyNoAddress),
	}
	for i := range out {
		out[i] = out[i].Hide()
	}
	return out
}

// judging are the verdicts: one entry each where there is room, one for all on an item's
// own page.
func (s *walk) judging(can func(action.ID, string) action.State) []action.State {
	agree := can(action.JudgeAgree, s.whyNoAgree())
	if s.page && !s.wide {
		one := can(judgements[0], "").And(judgements[1:]...).Say(doJudge)
		return []action.State{one, agree}
	}
	out := make([]action.State, 0, len(judgements)+1)
	for _, id := range judgements {
		out = append(out, can(id, ""))
	}
	return append(out, agree)
}

func (s *walk) looking(it *sessions.ItemState) []action.State {
	turn := action.When(it != nil, action.Turn, markFirst).Say(doEvidence)
	if s.page && !s.wide {
		return []action.State{turn, action.On(action.Down).And(action.Up).Say(doNext), action.On(action.Back)}
	}
	if s.wide {
		return []action.State{turn.Hide(), action.On(action.Enter).Hide()}
	}
	return []action.State{action.On(action.Enter), turn.Hide()}
}
