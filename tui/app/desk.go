package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// desk offers what was typed in an earlier sitting and belongs to no review: a New review
// that was not begun, a lead's word on a file that is not countersigned.
type desk struct {
	env  *screen.Env
	list widget.List
}

// names of what is kept, in order.
func (d *desk) names() []string {
	names := slices.Sorted(maps.Keys(d.env.Desk.All()))
	d.list.Resize(len(names))
	return names
}

// marked is the name under the cursor, or empty.
func (d *desk) marked() string {
	if names := d.names(); d.list.At < len(names) {
		return names[d.list.At]
	}
	return ""
}

// words say what a text is of, and how it begins.
func (d *desk) words(name string) (of, text string) {
	text = screen.OneLine(form.Words(d.env.Desk.Of(name)))
	if file, ok := strings.CutPrefix(name, screen.DeskCountersign); ok {
		return fmt.Sprintf(deskCountersign, filepath.Base(file)), text
	}
	var k screen.Kept
	if json.Unmarshal([]byte(d.env.Desk.Of(name)), &k) == nil {
		text = screen.OneLine(fmt.Sprintf(deskReviewOf, k["target"], k["assessor"]))
	}
	return deskReview, text
}

// goOn opens the screen that the text is of, with it.
func (d *desk) goOn(name string) tea.Cmd {
	if file, ok := strings.CutPrefix(name, screen.DeskCountersign); ok {
		return screen.Close(screen.Go(screen.Verify, screen.Args{File: file, Draft: name}))
	}
	return screen.Close(screen.Go(screen.Setup, screen.Args{Draft: name}))
}

// drop asks, then takes the text away.
func (d *desk) drop(name string) tea.Cmd {
	of, text := d.words(name)
	return screen.Ask(screen.NewConfirm(d.env, dropTitle, fmt.Sprintf(dropAsk, of, text), deskDrop,
		func() tea.Cmd {
			cmd := d.env.Desk.Keep(name, "")
			if len(d.env.Desk.All()) == 0 {
				return tea.Batch(cmd, screen.Close(nil))
			}
			return cmd
		}))
}

func (d *desk) Update(tea.Msg) tea.Cmd  { return nil }
func (d *desk) Type(tea.KeyMsg) tea.Cmd { return nil }
func (d *desk) TextFocus() bool         { return false }

func (d *desk) Do(id action.ID) (tea.Cmd, bool) {
	name := d.marked()
	switch id {
	case action.DialogChoose, action.Enter:
		return d.goOn(name), true
	case action.Remove:
		return d.drop(name), true
	}
	return nil, d.list.Do(id)
}

func (d *desk) Actions() []action.State {
	move := action.On(action.Down).And(action.Up).Say(deskChoose)
	if len(d.names()) < 2 {
		move = move.Hide()
	}
	return []action.State{action.On(action.DialogChoose).Say(deskGoOn), action.On(action.Remove).Say(deskDrop), move,
		action.On(action.DialogNo).Say(deskLater)}
}

func (d *desk) View(w, h int) []string {
	p := d.env.Paint
	w = min(w, paint.MaxDialog)
	inner := w - 4
	var lines []string
	for _, part := range paint.Wrap(deskIntro, max(inner-3, 1)) {
		l := p.Line(inner)
		lines = append(lines, l.Gap(2).Add(themes.Text, part).String())
	}
	lines = append(lines, paint.Blank(inner))
	names := d.names()
	from := layout.Window(0, d.list.At, len(names), max(h-len(lines)-4, 1))
	for i := from; i < min(len(names), from+max(h-len(lines)-4, 1)); i++ {
		of, text := d.words(names[i])
		l := p.Row(inner, i == d.list.At)
		lines = append(lines, l.Add(themes.Focus, cursor(i == d.list.At)).Gap(1).Add(themes.Strong, of).Gap(2).Add(themes.Text, "“"+text+"”").String())
	}
	foot := p.Line(inner)
	foot.Gap(2).Add(themes.Strong, d.env.Key(action.DialogChoose)).Gap(1).Add(themes.Text, deskGoOn).Gap(3)
	foot.Add(themes.Strong, d.env.Key(action.Remove)).Gap(1).Add(themes.Text, deskDrop)
	foot.End(themes.Muted, d.env.Key(action.DialogNo)+" "+deskLater)
	return p.Box(w, deskTitle, append(lines, paint.Blank(inner), foot.String()))
}

// Tell says what is kept; each is gone on with by its number.
func (d *desk) Tell() screen.Telling {
	t := screen.Telling{Title: deskTitle, Lines: []string{deskIntro}}
	names := d.names()
	for _, name := range names {
		of, text := d.words(name)
		t.Rows = append(t.Rows, of+": "+text)
	}
	t.Pick = func(row int) tea.Cmd { return d.goOn(names[row]) }
	t.Mark = func(row int) tea.Cmd { d.list.At = row; return nil }
	return t
}
