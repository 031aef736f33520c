package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// detail is the pane of the marked item; with its evidence where nothing else shows it.
func (s *walk) detail(w, h int, evidence bool) []string {
	focused := s.focus == detailPane && s.sheet == nil
	it := s.item()
	if it == nil {
		return s.headed(w, h, s.detailHead(w, nil), focused, s.categoryDetail(w))
	}
	top := s.facts(it, w)
	rest := s.background(it, w)
	room := max(h-2, 0)
	var lines []string
	switch {
	case evidence:
		lines = s.withEvidence(it, w, room, top, rest, focused)
	default:
		lines = append(top, rest...)
		n, opens := len(pieces(it)), ""
		if !s.wide && s.sheet == nil {
			opens = thenOpens
		}
		if n > 0 && !s.wide {
			lines = paint.Pad(lines, w+1, max(room-1, len(lines)))
			l := s.env.Paint.Line(w + 1)
			l.Gap(1).Add(themes.Strong, fmt.Sprintf(evidenceCount, n)).End(themes.Muted, enterOpens)
			lines = append(lines, l.String())
		}
		lines = s.sayCut(lines, w, room, opens)
	}
	return s.headed(w, h, s.detailHead(w, it), focused, lines)
}

// withEvidence lays out what is to say of an item with the piece of evidence between. The
// evidence gets the lines that are left; what does not fit is scrolled to.
func (s *walk) withEvidence(it *sessions.ItemState, w, room int, top, rest []string, focused bool) []string {
	head, body := s.evidenceLines(it, w)
	if len(head) == 0 {
		s.ev.most = max(len(top)+len(rest)-room, 0)
		s.ev.scroll = min(s.ev.scroll, s.ev.most)
		return s.sayCut(append(top, rest...)[s.ev.scroll:], w, room, s.readsOn(focused))
	}
	shown := min(max(room-len(top)-len(head)-len(rest)-1, 5), len(body))
	inner := len(body) - shown
	total := len(top) + len(head) + shown + 1 + len(rest)
	outer := max(total-room, 0)
	s.ev.most = inner + outer
	s.ev.scroll = max(min(s.ev.scroll, s.ev.most), 0)
	from := min(s.ev.scroll, inner)
	part := slices.Clone(body[from : from+shown])
	if left := inner - from; left > 0 && shown > 0 {
		l := s.env.Paint.Line(w + 1)
		words := screen.LinesMore(left + 1)
		if !focused && s.wide {
			words += thenReadsOn
		}
		part[shown-1] = l.Gap(1).Add(themes.Muted, words).String()
	}
	lines := append(append(top, head...), part...)
	lines = append(append(lines, paint.Blank(w+1)), rest...)
	return s.sayCut(lines[min(s.ev.scroll-from, len(lines)):], w, room, s.readsOn(focused))
}

func (s *walk) detailHead(w int, it *sessions.ItemState) string {
	l := s.env.Paint.Line(w + 1)
	l.Gap(1)
	if it == nil {
		return l.String()
	}
	l.Add(themes.Strong, it.Planned.Item.ID)
	weight := s.weight(it)
	if severity, gate, both := strings.Cut(weight, " · "); both && paint.Width(weight) >= l.Room() {
		if weight = shortSeverity(checks.Severity(severity)) + " · " + gate; paint.Width(weight) >= l.Room() {
			weight = gate
		}
	}
	return l.End(themes.Muted, whole(weight, l.Room()-1)).String()
}

// weight is the item's severity and gate class: "critical · blocker".
func (s *walk) weight(it *sessions.ItemState) string {
	out := string(it.Planned.Item.Severity)
	if g := checks.ItemGate(s.review().State.Profile, it.Planned.Item); g != checks.GateNone {
		out += " · " + string(g)
	}
	return out
}

// para wraps a text into lines of the pane.
func (s *walk) para(out []string, w int, t themes.Token, text string) []string {
	for _, part := range paint.Wrap(text, max(min(w, 80), 1)) {
		l := s.env.Paint.Line(w + 1)
		out = append(out, l.Gap(1).Add(t, part).String())
	}
	return out
}

// labelled is a label with a wrapped text beside it.
func (s *walk) labelled(out []string, w int, label, text string) []string {
	if text == "" {
		return out
	}
	for i, part := range paint.Wrap(text, max(min(w-8, 80), 1)) {
		l := s.env.Paint.Line(w + 1)
		l.Gap(1)
		if i == 0 {
			l.Add(themes.Muted, label)
		}
		out = append(out, l.To(9).Add(themes.Text, part).String())
	}
	return out
}

// facts are the upper part: title, question, the verdicts, the reason.
func (s *walk) facts(it *sessions.ItemState, w int) []string {
	blank := paint.Blank(w + 1)
	out := s.para(nil, w, themes.Text, it.Planned.Item.Title)
	if q := it.Planned.Item.Question; q != "" {
		out = append(out, blank)
		out = s.para(out, w, themes.Strong, q)
	}
	out = append(out, blank)
	out = append(out, s.verdictLine(w, labelMachine, it.MachineVerdict(), s.machineSays(it, w < 42), s.running(it.Planned.Item.ID)))
	yours, says := checks.Pending, s.judgeKeys()
	if it.Reviewer != nil {
		yours, says = it.Reviewer.Verdict, fmt.Sprintf(judgedBy, it.Reviewer.By, s.when(it.Reviewer.At))
	}
	out = append(out, s.verdictLine(w, labelYou, yours, says, false))
	out = append(out, s.verdictLine(w, labelCounts, it.Counts(), s.whyCounts(it), false))
	if why := s.reasons(nil, it, w); len(why) > 0 {
		out = append(append(out, blank), why...)
	}
	return append(out, blank)
}

// verdictLine is one of the three verdicts, with how it is known at the right.
func (s *walk) verdictLine(w int, label string, v checks.Verdict, says string, running bool) string {
	sign, token := screen.VerdictSign(v)
	word := string(v)
	if running {
		sign, token, word = themes.SignRunning, themes.Running, runsNow
	}
	l := s.env.Paint.Line(w + 1)
	l.Gap(1).Fit(themes.Muted, label, 10).Add(token, sign+" "+word)
	for paint.Width(says)+2 > l.Room() { // whole parts go, never half a key or a name
		i := strings.LastIndex(says, ", ")
		if i < 0 {
			says = ""
			break
		}
		says = says[:i]
	}
	return l.End(themes.Muted, says).String()
}

// machineSays is how the machine knows, in one word where brief, or why it says nothing.
func (s *walk) machineSays(it *sessions.ItemState, brief bool) string {
	switch {
	case s.running(it.Planned.Item.ID):
		if said := s.review().Running.Says[it.Planned.Item.ID]; said != "" {
			return said.String()
		}
		return ""
	case s.consent[it.Planned.Item.ID]:
		return fmt.Sprintf(needsConsent, s.env.Key(action.RunStart))
	case it.Machine != nil && it.Machine.Strength == "":
		return s.when(it.At)
	case it.Machine != nil && brief:
		return shortStrength(it.Machine.Strength) + ", " + s.when(it.At)
	case it.Machine != nil:
		return string(it.Machine.Strength) + ", " + s.when(it.At)
	case len(it.Planned.Checks) == 0:
		return noCheckTells
	case it.Planned.Waits != "":
		return waitsBrief
	}
	return notRunYet
}

func (s *walk) judgeKeys() string {
	if why := s.review().ReadOnly(); why != "" {
		return readOnly
	}
	keys := ""
	for _, id := range judgements {
		keys += s.env.Key(id) + " "
	}
	if keys = strings.TrimSpace(keys); s.whyNoAgree() != "" {
		return keys
	}
	return fmt.Sprintf(keysAgree, keys, s.env.Key(action.JudgeAgree))
}

// whyCounts says why a person's verdict does not count, where one does not.
func (s *walk) whyCounts(it *sessions.ItemState) string {
	switch {
	case it.Reviewer == nil || it.ReviewerCounts():
		return ""
	case it.Reviewer.Lapsed:
		return fmt.Sprintf(yoursExpired, it.Reviewer.Expires)
	case it.Unconfirmed():
		return fmt.Sprintf(yoursCarried, it.Reviewer.On)
	}
	return yoursOutdated
}

// when is a local time of day; another day gets its date.
func (s *walk) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	now := s.env.Now().Local()
	if t = t.Local(); t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return t.Format("15:04")
	}
	return t.Format("2 Jan")
}

// reasons are what machine and person say, and what else people wrote on the item.
func (s *walk) reasons(out []string, it *sessions.ItemState, w int) []string {
	for _, r := range s.reasonTexts(it) {
		out = s.para(out, w, r.token, r.text)
	}
	return out
}

// reasonText is a reason; what is said by the way is muted.
type reasonText struct {
	token themes.Token
	text  string
}

func (s *walk) reasonTexts(it *sessions.ItemState) []reasonText {
	var out []reasonText
	say := func(token themes.Token, text string) { out = append(out, reasonText{token, text}) }
	switch {
	case it.Planned.NA != "":
		say(themes.Text, fmt.Sprintf(doesNotApply, it.Planned.NA))
	case it.Machine != nil:
		say(themes.Text, it.Machine.Reason.String())
	case it.Planned.Waits != "":
		say(themes.Text, fmt.Sprintf(waitsFor, it.Planned.Waits))
	}
	if m := it.Machine; m != nil && m.Changed != "" && m.Today != m.Verdict {
		sign, _ := screen.VerdictSign(m.Today)
		say(themes.Muted, fmt.Sprintf(byToday, sign, m.Today, m.Changed))
	}
	if it.Reviewer != nil && it.Reviewer.Reason != "" {
		say(themes.Text, fmt.Sprintf(quoted, it.Reviewer.Reason))
	}
	if draft := s.review().DraftOf(reasonDraft(it.Planned.Item.ID)); draft != "" && s.sheet == nil {
		say(themes.Muted, fmt.Sprintf(draftOf, draft))
	}
	return out
}

// background is the lower part: why it matters, how to mend it, and what is linked.
func (s *walk) background(it *sessions.ItemState, w int) []string {
	var out []string
	for _, f := range s.backgroundTexts(it) {
		out = s.labelled(out, w, f[0], f[1])
	}
	return out
}

// backgroundTexts are its labels and texts; an empty text is not said.
func (s *walk) backgroundTexts(it *sessions.ItemState) [][2]string {
	item, st := it.Planned.Item, s.review().State
	var causes, found []string
	for _, c := range s.causes() {
		if slices.Contains(c.Items, item.ID) {
			causes = append(causes, fmt.Sprintf(causeOfMany, c.Title, len(c.Items)))
		}
	}
	if len(causes) == 0 && s.open[item.ID].Verdict.Decided() {
		causes = []string{fmt.Sprintf(noCauseYet, s.env.Key(action.Cause))}
	}
	for _, f := range st.Findings {
		if slices.Contains(f.Items, item.ID) {
			found = append(found, f.ID+" "+f.Title.String())
		}
	}
	waived, marked := "", ""
	if waiver, ok := st.Waivers[item.ID]; ok {
		waived = fmt.Sprintf(waivedWords,
			sentence(waiver.Reason.String()), sentence(waiver.Compensating.String()), waiver.ApprovedBy, waiver.Expires)
	}
	if it.Marked {
		marked = fmt.Sprintf(toComeBackTo, s.env.Key(action.ItemMark))
	}
	return [][2]string{{labelFor, s.assignee(it)}, {labelGuide, item.Guide}, {labelWhy, item.Why}, {labelFix, item.Fix}, {labelRefs, strings.Join(s.refs(it), " · ")},
		{labelCause, strings.Join(causes, " · ")}, {labelFinding, strings.Join(found, " · ")}, {labelBefore, s.before(it)},
		{labelNote, it.Note.String()}, {labelWaived, waived}, {labelMarked, marked}}
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// refs are the item's own references, else its kinds'.
func (s *walk) refs(it *sessions.ItemState) []string {
	if len(it.Planned.Item.Refs) > 0 {
		return it.Planned.Item.Refs
	}
	var out []string
	for _, c := range it.Planned.Checks {
		if c.Kind == nil {
			continue
		}
		for _, ref := range c.Kind.Refs {
			if !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

// before are the machine's earlier verdicts on the item, latest first.
func (s *walk) before(it *sessions.ItemState) string {
	at := map[string]time.Time{}
	for _, r := range s.review().State.Runs {
		at[r.Run] = r.StartedAt
	}
	var out []string
	for i := len(it.History) - 1; i >= 0 && len(out) < 4; i-- {
		c := it.History[i]
		if it.Machine != nil && c.Run == it.Machine.Run {
			continue
		}
		sign, _ := screen.VerdictSign(c.Verdict)
		out = append(out, cmp.Or(s.when(at[c.Run]), earlierRun)+" "+sign)
	}
	return strings.Join(out, " · ")
}

// categoryDetail is what is to say of a category, where the cursor stands on one.
func (s *walk) categoryDetail(w int) []string {
	var out []string
	id := strings.TrimPrefix(s.at, headKey)
	for _, c := range s.review().Assessment.Categories {
		if c.Category.ID != id || s.at == id {
			continue
		}
		out = s.para(out, w, themes.Strong, c.Category.Title)
		out = append(out, paint.Blank(w+1))
		out = s.labelled(out, w, labelScore, s.passed(c))
		if known(c) {
			out = s.labelled(out, w, labelRange, fmt.Sprintf("%.1f–%s", sessions.Rounded(c.Low, 1), screen.Percent(c.High, 1)))
			out = s.labelled(out, w, labelKnown, fmt.Sprintf("%.0f %%", c.Coverage))
		}
		if c.OpenBlockers > 0 {
			out = s.labelled(out, w, labelOpen, blockersWords(c.OpenBlockers))
		}
		out = append(out, paint.Blank(w+1))
		out = s.para(out, w, themes.Muted, enterOpensIt)
	}
	return out
}
