package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// spoken are the actions that can be said, in the order in which they are told.
var spoken = []action.ID{
	action.NeedsYou,
	action.JudgePass, action.JudgeWarn, action.JudgeFail, action.JudgeInconclusive, action.JudgeNA, action.JudgeAgree, action.JudgeClear,
	action.ItemNote, action.ItemMark, action.ItemAttach, action.ItemAssign,
	action.Create, action.Praise, action.Edit, action.Remove, action.Cause, action.Waive, action.Declare, action.Pin, action.ItemTick,
	action.RunStart, action.RunItem, action.RunFailed, action.RunGroup, action.Turn, action.Order, action.Undo, action.Redo,
	action.GoHome, action.GoWalk, action.GoFindings, action.GoLive, action.GoDecision, action.GoReport, action.GoCompare, action.GoSign,
	action.GoHistory, action.OpenFile, action.Demo, action.Search, action.Settings, action.Messages, action.Elsewhere,
}

// unspoken are the others: they move a cursor, paint, need a mouse, a clipboard or a
// browser, or are said in another way here.
var unspoken = []action.ID{
	action.Down, action.Up, action.Left, action.Right, action.Top, action.Bottom, action.PageDown, action.PageUp, action.Enter, action.Back,
	action.NextPane, action.PrevPane, action.NextFailure, action.PrevFailure, action.ItemTickAll, action.RunStop, action.Filter, action.Copy,
	action.Browse, action.Help, action.Commands, action.Quit, action.QuitNow, action.Redraw, action.Suspend, action.Theme, action.Glyphs,
	action.Mouse, action.Calm, action.FieldSave, action.FieldNext, action.FieldPrev, action.FieldEditor, action.FieldPick, action.FieldLeave,
	action.DialogChoose, action.DialogYes, action.DialogNo,
}

// command is one thing that can be said: by its key, by its word.
type command struct {
	key, word, hint string
	away            bool   // leads elsewhere, not to something here
	off             string // why not now
	do              func() tea.Cmd
}

// name is how the command is told: "p pass", or the word where the key is no letter, which
// voices pass over.
func (c command) name() string {
	if c.key == "" || c.key == c.word || !unicode.IsLetter([]rune(c.key)[0]) {
		return c.word
	}
	return c.key + " " + c.word
}

// commands lists what can be said now: the screen's own words, then the actions.
func (f *front) commands(t screen.Telling) []command {
	var out []command
	at := map[string]int{}
	for _, w := range t.Ways {
		at[w.Word] = len(out)
		out = append(out, command{word: w.Word, hint: w.Hint, do: func() tea.Cmd { return f.model.Asks(w.Go()) }})
	}
	states := f.model.Can()
	env := f.model.Env()
	for _, id := range spoken {
		if id == action.ItemTick && t.Mark == nil {
			continue // what is ticked unheard would be judged unheard
		}
		for _, s := range states {
			if s.ID != id && !with(s, id) {
				continue
			}
			a, _ := action.Find(id)
			word := a.Words
			if s.ID == id && s.Words != "" && len(s.With) == 0 {
				word = s.Words
			}
			if id == action.ItemTick {
				word = a.Words
			}
			hint := a.Hint
			if word != a.Words { // the hint is of the word that all screens share
				hint = ""
			}
			if i := strings.IndexAny(word, ",{"); i > 0 { // "sign, verify" is two words for one
				word = word[:i]
			}
			c := command{word: word, hint: hint, off: s.Off, away: a.Group == "Go" || a.Group == "Program", do: func() tea.Cmd { return f.act(id) }}
			if k := env.Keys.Key(id); len([]rune(k)) == 1 && k != "b" && k != "?" {
				c.key = k
			}
			if n, ok := at[c.word]; ok { // the screen's own word is for it
				out[n].key = c.key
			} else {
				out = append(out, c)
			}
			break
		}
	}
	return out
}

func with(s action.State, id action.ID) bool {
	for _, w := range s.With {
		if w == id {
			return true
		}
	}
	return false
}

// find is the command that was said: a key exactly, a word in any case, or the only one
// that begins like it.
func find(all []command, text string) (command, bool) {
	for _, c := range all {
		if c.key != "" && c.key == text {
			return c, true
		}
	}
	var near []command
	for _, c := range all {
		if bare(c.word) == bare(text) {
			return c, true
		}
		if len(text) > 1 && strings.HasPrefix(bare(c.word), bare(text)) {
			near = append(near, c)
		}
	}
	if len(near) == 1 {
		return near[0], true
	}
	return command{}, false
}

// bare is a word as it is heard: "re-test" and "Retest" are one.
func bare(word string) string { return strings.ReplaceAll(strings.ToLower(word), "-", "") }

// kindOf tells apart what has commands of its own.
func kindOf(focus any, t screen.Telling) string { return fmt.Sprintf("%T %s", focus, t.Kind) }

// sayCommands says what can be said here, then what leads elsewhere.
func (f *front) sayCommands(t screen.Telling) {
	if t.Question != "" {
		return
	}
	var here, away []string
	if len(t.Rows) > 0 && t.Pick != nil {
		here = append(here, byNumber)
	}
	for _, c := range f.commands(t) {
		switch {
		case c.off != "":
		case c.away:
			away = append(away, c.name())
		default:
			here = append(here, c.name())
		}
	}
	if len(t.Rows) > 0 && t.Mark != nil {
		here = append(here, fmt.Sprintf(byRow, f.example(t)))
	}
	if f.model.Env().Review != nil {
		away = append(away, byItem)
	}
	if _, ok := f.model.Focus().(screen.Filterer); ok {
		here = append(here, byText)
	}
	f.out.line(fmt.Sprintf(roleCommands, strings.Join(append(here, always...), "; ")))
	if len(away) > 0 {
		f.out.line(fmt.Sprintf(roleElsewhere, strings.Join(away, "; ")))
	}
}

// example is a command that is for one row.
func (f *front) example(t screen.Telling) string {
	for _, id := range []action.ID{action.Remove, action.Edit} {
		if a, _ := action.Find(id); slices.ContainsFunc(f.commands(t), func(c command) bool { return c.word == a.Words }) {
			return a.Words
		}
	}
	return "tick"
}

// explain says what each command does, a line each, and why some can't be said now.
func (f *front) explain(t screen.Telling) {
	f.rest = nil
	for _, c := range f.commands(t) {
		if c.away && c.off != "" {
			continue
		}
		l := c.name()
		if c.hint != "" {
			l += ": " + c.hint
		}
		if c.off != "" {
			l += "; " + screen.NotNow(c.off)
		}
		f.rest = append(f.rest, l)
	}
	f.rest = append(append(f.rest, alwaysExplained...), fmt.Sprintf(helpPages, f.pages()))
	f.more()
}

// pages names the pages of the documentation.
func (f *front) pages() string {
	var names []string
	for _, t := range f.model.Env().Topics {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// command takes one line that is no text for a field, and does what it says.
func (f *front) command(focus any, t screen.Telling) {
	if t.Question != "" {
		f.question(t)
		return
	}
	text, how := f.read(askCommand, false, nil)
	if how != entered {
		return
	}
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
	case text == "?":
		f.again(t)
		f.sayCommands(t)
	case text == "help":
		f.explain(t)
	case strings.HasPrefix(text, "help "):
		f.perform(screen.Go(screen.HelpText, screen.Args{Topic: strings.TrimSpace(text[5:])}))
	case text == "more":
		if len(f.rest) == 0 {
			f.out.note(nothingHeld)
		}
		f.more()
	case text == "b" || text == "back" || text == "cancel":
		f.back(t)
	case text == "q" || text == "quit":
		f.leave()
	case err == nil && t.Pick != nil && n >= 1 && n <= len(t.Rows):
		f.perform(f.model.Asks(t.Pick(n - 1)))
	case err == nil:
		f.out.wrong(noNumber(text, numbered(t)))
	case strings.HasPrefix(text, "/"):
		f.filter(focus, strings.TrimSpace(text[1:]))
	default:
		f.say(t, text)
	}
}

// numbered is how many rows are chosen by number.
func numbered(t screen.Telling) int {
	if t.Pick == nil {
		return 0
	}
	return len(t.Rows)
}

// say does a command by its key or word, or goes to an item by its id.
func (f *front) say(t screen.Telling, text string) {
	all := f.commands(t)
	if text == "save" && !slices.ContainsFunc(all, func(c command) bool { return c.word == text }) {
		f.out.note(nothingToSave)
		return
	}
	if c, ok := find(all, text); ok {
		if c.off != "" {
			f.out.wrong(screen.NotNow(c.off))
			return
		}
		f.perform(c.do())
		return
	}
	if f.sayOfRows(t, text) {
		return
	}
	if r := f.model.Env().Review; r != nil {
		if id := strings.ToUpper(text); r.Item(id) != nil {
			f.perform(screen.Go(screen.Walk, screen.Args{Item: id}))
			return
		}
	}
	for _, id := range spoken {
		if a, _ := action.Find(id); strings.EqualFold(a.Words, text) {
			f.out.note(fmt.Sprintf(forElsewhere, a.Words))
			return
		}
	}
	var words []string
	for _, c := range all {
		words = append(words, c.word)
	}
	f.out.wrong(noCommand(screen.OneLine(text), checks.Nearest(strings.ToLower(text), words)))
}

// sayOfRows does "remove 2" and "tick 1 3": a command for rows by their numbers. It reports
// whether the text is one.
func (f *front) sayOfRows(t screen.Telling, text string) bool {
	words := strings.Fields(text)
	var rows []int
	for n := len(words) - 1; n > 0; n-- {
		row, err := strconv.Atoi(words[n])
		if err != nil {
			break
		}
		rows, words = append([]int{row}, rows...), words[:n]
	}
	if t.Mark == nil || len(rows) == 0 {
		return false
	}
	if _, ok := find(f.commands(t), strings.Join(words, " ")); !ok {
		return false
	}
	for _, row := range rows {
		if row < 1 || row > len(t.Rows) {
			f.out.wrong(noNumber(strconv.Itoa(row), numbered(t)))
			return true
		}
		f.perform(f.model.Asks(t.Mark(row - 1)))
		f.settle()
		c, _ := find(f.commands(t), strings.Join(words, " ")) // what can be done follows from the mark
		if c.do == nil || c.off != "" {
			f.out.wrong(screen.NotNow(cmp.Or(c.off, noSuchName)))
			return true
		}
		f.perform(c.do())
		f.settle()
	}
	return true
}

// filter shows only the rows with a text.
func (f *front) filter(focus any, text string) {
	if l, ok := focus.(screen.Filterer); ok {
		l.Filter(text)
		f.last = said{}
		return
	}
	f.out.wrong(noList)
}

// back goes one step up within the screen, else the way one came; from Home nowhere.
func (f *front) back(t screen.Telling) {
	switch {
	case t.Up != nil:
		f.perform(f.model.Asks(t.Up()))
	case f.model.Dialog():
		f.perform(f.model.Leave())
	case f.model.FocusName() == screen.Home:
		f.out.note(atHome)
	default:
		f.perform(f.act(action.Quit))
	}
}

// question asks what a yes is needed for. Enter is no answer to it.
func (f *front) question(t screen.Telling) {
	text, how := f.read(fmt.Sprintf(askYes, capital(t.Question)), false, nil)
	if how != entered {
		return
	}
	switch strings.ToLower(text) {
	case "y", "yes":
		yes := action.DialogChoose
		for _, s := range f.model.Can() {
			if s.ID == action.DialogYes {
				yes = s.ID
			}
		}
		f.perform(f.act(yes))
	case "n", "no", "b", "back", "cancel":
		f.perform(f.model.Leave())
	case "q", "quit":
		f.leave()
	case "?", "help":
		f.again(t)
	case "more":
		f.more()
	default:
		f.out.wrong(yesOrNo)
	}
}
