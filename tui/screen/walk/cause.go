package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// causeDialog links items to a root cause: one that there is, or a new one.
type causeDialog struct {
	env    *screen.Env
	items  []string
	field  widget.Field
	causes []sessions.Cause
	list   widget.List
}

// causeDraft is the name under which what is typed is kept.
const causeDraft = "cause"

func (s *walk) linkCause() tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 {
		return nil
	}
	d := &causeDialog{env: s.env, items: ids, field: widget.Field{Limit: 120}, causes: s.allCauses()}
	// Those that speak of one of the items come first: Enter links the first.
	slices.SortStableFunc(d.causes, func(a, b sessions.Cause) int { return cmp.Compare(d.apart(a), d.apart(b)) })
	d.field.Set(s.review().DraftOf(causeDraft))
	d.list.Resize(len(d.shown()) + d.fresh())
	return screen.Ask(d)
}

// allCauses are the recorded root causes and the profile's, whatever they explain now.
func (s *walk) allCauses() []sessions.Cause {
	st := s.review().State
	out := slices.Clone(st.Causes)
	for _, c := range st.Profile.Causes {
		if !slices.ContainsFunc(out, func(x sessions.Cause) bool { return x.ID == c.ID }) {
			out = append(out, sessions.Cause{ID: c.ID, Title: clean.Line(c.Title), Items: checks.MatchItems(st.Profile, c.Items)})
		}
	}
	return out
}

// apart is 0 where a cause names one of the items, else 1.
func (d *causeDialog) apart(c sessions.Cause) int {
	if slices.ContainsFunc(c.Items, func(id string) bool { return slices.Contains(d.items, id) }) {
		return 0
	}
	return 1
}

// shown are the causes whose title holds what is typed.
func (d *causeDialog) shown() []sessions.Cause {
	find := strings.ToLower(strings.TrimSpace(d.field.Text()))
	return slices.DeleteFunc(slices.Clone(d.causes), func(c sessions.Cause) bool {
		return !strings.Contains(strings.ToLower(c.Title.String()), find)
	})
}

// fresh is 1 while what is typed could be a new cause.
func (d *causeDialog) fresh() int {
	title := strings.TrimSpace(d.field.Text())
	if title == "" || slices.ContainsFunc(d.causes, func(c sessions.Cause) bool { return strings.EqualFold(c.Title.String(), title) }) {
		return 0
	}
	return 1
}

// link records the marked choice.
func (d *causeDialog) link() tea.Cmd {
	r := d.env.Review
	shown := d.shown()
	var c sessions.Cause
	switch {
	case d.list.At < len(shown):
		c = shown[d.list.At]
	case d.fresh() == 1:
		c = sessions.Cause{ID: d.newID(), Title: clean.Line(strings.TrimSpace(d.field.Text()))}
	default:
		return nil
	}
	items := slices.Clone(c.Items)
	if d.explains(c) { // it explains all of them: Enter takes them out again
		items = slices.DeleteFunc(items, func(id string) bool { return slices.Contains(d.items, id) })
	} else {
		for _, id := range d.items {
			if !slices.Contains(items, id) {
				items = append(items, id)
			}
		}
	}
	return screen.Close(tea.Batch(
		r.Record(sessions.CauseLinked{ID: c.ID, Title: c.Title, Items: items}), r.Draft(causeDraft, "")))
}

// explains reports whether a recorded cause explains all the items already.
func (d *causeDialog) explains(c sessions.Cause) bool {
	recorded := slices.ContainsFunc(d.env.Review.State.Causes, func(x sessions.Cause) bool { return x.ID == c.ID })
	return recorded && !slices.ContainsFunc(d.items, func(id string) bool { return !slices.Contains(c.Items, id) })
}

// marked is the cause under the cursor, or nil where it is a new one.
func (d *causeDialog) marked() *sessions.Cause {
	if shown := d.shown(); d.list.At < len(shown) {
		return &shown[d.list.At]
	}
	return nil
}

// newID is the first of C-1, C-2 … that no cause has.
func (d *causeDialog) newID() string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("C-%d", n)
		if !slices.ContainsFunc(d.causes, func(c sessions.Cause) bool { return c.ID == id }) {
			return id
		}
	}
}

// Do links and moves.
func (d *causeDialog) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldSave, action.Enter, action.DialogChoose:
		return d.link(), true
	case action.FieldNext:
		return nil, d.list.Do(action.Down)
	case action.FieldPrev:
		return nil, d.list.Do(action.Up)
	}
	return nil, false
}

// Type narrows the list; the arrows move in it.
func (d *causeDialog) Type(k tea.KeyMsg) tea.Cmd {
	switch k.Type {
	case tea.KeyEnter:
		return d.link()
	case tea.KeyDown:
		d.list.Do(action.Down)
		return nil
	case tea.KeyUp:
		d.list.Do(action.Up)
		return nil
	}
	cmd, _ := d.field.Type(k)
	d.list.Resize(len(d.shown()) + d.fresh())
	return tea.Batch(cmd, d.env.Review.Draft(causeDraft, d.field.Text()))
}

// Update takes no data.
func (d *causeDialog) Update(tea.Msg) tea.Cmd { return nil }

// TextFocus is always on.
func (d *causeDialog) TextFocus() bool { return true }

// Actions are linking and leaving.
func (d *causeDialog) Actions() []action.State {
	return []action.State{action.On(action.Enter).Say(causeLink), action.On(action.FieldNext), action.On(action.FieldPrev).Hide(), action.On(action.FieldSave).Hide(),
		action.On(action.FieldLeave).Say(screen.BackDraftKept)}
}

// View draws the box.
func (d *causeDialog) View(w, h int) []string {
	p := d.env.Paint
	w = min(w, 64)
	inner := max(w-4, 1)
	field := p.Line(inner)
	field.Gap(2).Splice(d.field.Lines(p, themes.Text, max(inner-2, 1), 1, true)[0], max(inner-2, 1))
	lines := []string{field.String()}
	shown := d.shown()
	from, to := d.list.Window(max(min(h-8, 10), 1))
	for i := from; i < to; i++ {
		l := p.Row(inner, i == d.list.At)
		l.Add(themes.Focus, cursor(i == d.list.At, true)).Gap(1).Add(themes.Text, widget.Radio(i == d.list.At)).Gap(1)
		if i < len(shown) {
			explains := fmt.Sprintf(explainsMany, len(shown[i].Items))
			l.Fit(themes.Text, shown[i].Title.String(), max(l.Room()-len(explains)-2, 0)).End(themes.Muted, explains)
		} else {
			l.Add(themes.Text, fmt.Sprintf(causeNew, strings.TrimSpace(d.field.Text())))
		}
		lines = append(lines, l.String())
	}
	if n := d.list.Below(); n > 0 {
		l := p.Line(inner)
		lines = append(lines, l.Gap(6).Add(themes.Muted, fmt.Sprintf(moreRows, n, themes.SignDown)).String())
	}
	if len(shown)+d.fresh() == 0 {
		l := p.Line(inner)
		lines = append(lines, l.Gap(2).Add(themes.Muted, causesNone).String())
	}
	says, do := causeWillTake, causeLink
	if c := d.marked(); c != nil && d.explains(*c) {
		says, do = causeHasAlready, causeTakeOut
	}
	for i, part := range paint.Wrap(fmt.Sprintf(says, strings.Join(d.items, " ")), max(inner-3, 1)) {
		if i == 4 {
			break
		}
		l := p.Line(inner)
		lines = append(lines, l.Gap(2).Add(themes.Muted, part).String())
	}
	foot := p.Line(inner)
	foot.Gap(2).Add(themes.Strong, "Enter").Add(themes.Text, " "+do).End(themes.Muted, fmt.Sprintf(backWord, d.env.Key(action.FieldLeave)))
	lines = append(lines, paint.Blank(inner), foot.String())
	return p.Box(w, fmt.Sprintf(causeTitle, names(d.items)), lines)
}
