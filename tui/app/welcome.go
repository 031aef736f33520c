package app

import (
	"fmt"
	"sort"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// welcome says what became of a sitting that ended without closing: what is saved, which
// draft is kept, which run was cut off.
type welcome struct {
	env   *screen.Env
	lines [][2]string // label and value
	when  string
	draft string // the draft to go on with
	where string // its item
}

func newWelcome(env *screen.Env, r *screen.Review) *welcome {
	w := &welcome{env: env}
	last, cut := sessions.Event{}, ""
	for _, e := range r.Session.Events() {
		if end, ok := e.Data.(sessions.RunEnded); ok && end.Interrupted && e.By == "gonogo" {
			cut = end.Run
			continue
		}
		last = e
	}
	w.when = last.At.Local().Format("15:04")
	if env.Now().Sub(last.At) > 20*time.Hour {
		w.when = last.At.Local().Format("2 Jan 15:04")
	}
	what, _ := sessions.Tell(last.Data)
	w.add(labelSaved, savedEvents(int(r.State.Seq)))
	w.add(labelLast, what)
	drafts := r.Drafts()
	names := make([]string, 0, len(drafts))
	for n := range drafts {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		what, where, _ := strings.Cut(n, ":")
		if w.draft == "" {
			w.draft, w.where = n, where
		}
		w.add(labelDraft, draftWords(strings.TrimSpace(where+" "+what), form.Words(drafts[n])))
	}
	if cut != "" {
		w.add(labelCutOff, fmt.Sprintf(cutOffRun, cut))
	}
	return w
}

func (d *welcome) add(label, value string) { d.lines = append(d.lines, [2]string{label, value}) }

func (d *welcome) Update(tea.Msg) tea.Cmd  { return nil }
func (d *welcome) Type(tea.KeyMsg) tea.Cmd { return nil }
func (d *welcome) TextFocus() bool         { return false }

func (d *welcome) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.DialogChoose, action.Enter:
		if d.draft == "" {
			return screen.Close(nil), true
		}
		return screen.Close(screen.Go(draftScreen(d.draft), screen.Args{Item: d.where, Draft: d.draft})), true
	case action.DialogNo, action.Back:
		return screen.Close(screen.Go(screen.Home, screen.Args{})), true
	}
	return nil, false
}

func (d *welcome) Actions() []action.State {
	return []action.State{action.On(action.DialogChoose).Say(d.goOn()), action.On(action.DialogNo).Say(welcomeHome)}
}

func (d *welcome) goOn() string {
	if what, _, _ := strings.Cut(d.draft, ":"); what == "reason" || what == "note" || what == "finding" || what == "waiver" || what == "attach" {
		return fmt.Sprintf(welcomeDraft, d.where)
	}
	return welcomeGoOn
}

func (d *welcome) View(w, h int) []string {
	p := d.env.Paint
	w = min(w, paint.MaxDialog)
	inner := w - 4
	text := func(s string) string {
		l := p.Line(inner)
		return l.Gap(2).Add(themes.Text, s).String()
	}
	lines := []string{text(fmt.Sprintf(welcomeEnded, d.when)), paint.Blank(inner)}
	for i, v := range d.lines {
		if i == max(h-8, 1) {
			break
		}
		l := p.Line(inner)
		lines = append(lines, l.Gap(2).Fit(themes.Muted, v[0], 10).Add(themes.Text, v[1]).String())
	}
	lines = append(lines, text(nothingLost), paint.Blank(inner))
	foot := p.Line(inner)
	foot.Gap(2).Add(themes.Strong, d.env.Key(action.DialogChoose)).Gap(1).Add(themes.Text, d.goOn())
	foot.End(themes.Muted, d.env.Key(action.DialogNo)+" "+welcomeHome)
	return p.Box(w, welcomeTitle, append(lines, foot.String()))
}

// draftScreen is the screen that goes on with a draft.
func draftScreen(name string) screen.Name {
	switch what, _, _ := strings.Cut(name, ":"); what {
	case "finding":
		return screen.Finding
	case "declare", "signoff", "return":
		return screen.Decision
	case "condition":
		return screen.Conditions
	case "waiver":
		if name == "waiver:new" {
			return screen.Conditions
		}
	case "text", "export":
		return screen.Report
	case "sign":
		return screen.Sign
	}
	return screen.Walk
}
