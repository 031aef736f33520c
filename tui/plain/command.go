package plain

import (
	"fmt"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// spoken are the actions that can be said, in the order in which they are told. What moves
// a cursor, paints, or asks the palette has no meaning here.
var spoken = []action.ID{
	action.NeedsYou,
	action.JudgePass, action.JudgeWarn, action.JudgeFail, action.JudgeInconclusive, action.JudgeNA, action.JudgeAgree, action.JudgeClear,
	action.ItemNote, action.ItemMark, action.Create, action.Edit, action.Remove, action.Cause, action.Waive, action.Declare,
	action.RunStart, action.RunItem, action.Turn, action.Order, action.Undo, action.Redo,
	action.GoHome, action.GoWalk, action.GoFindings, action.GoLive, action.GoDecision, action.GoReport, action.GoCompare, action.GoSign,
	action.OpenFile, action.Demo, action.Search,
}

// command is one thing that can be said: by its key, by its word.
type command struct {
	key, word, hint string
	off             string // why not now
	do              func() tea.Cmd
}

// name is how the command is told: "p pass", or the word where no key can be typed.
func (c command) name() string {
	if c.key == "" || c.key == c.word {
		return c.word
	}
	return c.key + " " + c.word
}

// commands lists what can be said now: the screen's own words, then the actions.
func (f *front) commands(t screen.Telling) []command {
	var out []command
	for _, w := range t.Ways {
		out = append(out, command{word: w.Word, hint: w.Hint, do: func() tea.Cmd { return f.model.Asks(w.Go()) }})
	}
	states := f.model.Can()
	env := f.model.Env()
	for _, id := range spoken {
		for _, s := range states {
			if s.ID != id && !with(s, id) {
				continue
			}
			a, _ := action.Find(id)
			word := a.Words
			if s.ID == id && s.Words != "" && len(s.With) == 0 {
				word = s.Words
			}
			if i := strings.IndexAny(word, ",{"); i > 0 { // "sign, verify" is two words for one
				word = word[:i]
			}
			c := command{word: word, hint: a.Hint, off: s.Off, do: func() tea.Cmd { return f.act(id) }}
			if k := env.Keys.Key(id); len([]rune(k)) == 1 && k != "b" && k != "?" {
				c.key = k
			}
			out = append(out, c)
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
		if strings.EqualFold(c.word, text) {
			return c, true
		}
		if len(text) > 1 && strings.HasPrefix(strings.ToLower(c.word), strings.ToLower(text)) {
			near = append(near, c)
		}
	}
	if len(near) == 1 {
		return near[0], true
	}
	return command{}, false
}

// kindOf tells apart what has commands of its own.
func kindOf(focus any, t screen.Telling) string { return fmt.Sprintf("%T %s", focus, t.Kind) }

// sayCommands says what can be said here.
func (f *front) sayCommands(t screen.Telling) {
	if t.Question != "" {
		return
	}
	var names []string
	for _, c := range f.commands(t) {
		if c.off == "" {
			names = append(names, c.name())
		}
	}
	if len(t.Rows) > 0 && t.Pick != nil {
		names = append([]string{"a number takes that one"}, names...)
	}
	if f.model.Env().Review != nil {
		names = append(names, "an item's id goes to it")
	}
	f.out.line("Commands: " + strings.Join(append(names, "/text filters", "? repeats", "b back", "quit leaves"), "; "))
}

// command takes one line that is no text for a field, and does what it says.
func (f *front) command(focus any, t screen.Telling) {
	if t.Question != "" {
		f.question(t)
		return
	}
	text, how := f.read("Command?", false, nil)
	if how != entered {
		return
	}
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
	case text == "?" || text == "help":
		f.again(t)
		f.sayCommands(t)
	case text == "more":
		if f.more(); len(f.rest) == 0 {
			return
		}
	case text == "b" || text == "back":
		f.back(t)
	case text == "q" || text == "quit":
		f.leave()
	case err == nil && t.Pick != nil && n >= 1 && n <= len(t.Rows):
		f.perform(f.model.Asks(t.Pick(n - 1)))
	case err == nil:
		f.out.line("Error: there is no number " + text + " here; " + numbers(t))
	case strings.HasPrefix(text, "/"):
		f.filter(focus, strings.TrimSpace(text[1:]))
	default:
		f.say(t, text)
	}
}

func numbers(t screen.Telling) string {
	if len(t.Rows) == 0 || t.Pick == nil {
		return "nothing here is chosen by number"
	}
	return fmt.Sprintf("say 1 to %d", len(t.Rows))
}

// say does a command by its key or word, or goes to an item by its id.
func (f *front) say(t screen.Telling, text string) {
	all := f.commands(t)
	if c, ok := find(all, text); ok {
		if c.off != "" {
			f.out.line("Error: not now: " + c.off)
			return
		}
		f.perform(c.do())
		return
	}
	if r := f.model.Env().Review; r != nil {
		if id := strings.ToUpper(text); r.Item(id) != nil {
			f.perform(screen.Go(screen.Walk, screen.Args{Item: id}))
			return
		}
	}
	var words []string
	for _, c := range all {
		words = append(words, c.word)
	}
	why := fmt.Sprintf("Error: %q is no command here", screen.OneLine(text))
	if near := checks.Nearest(strings.ToLower(text), words); near != "" {
		why += "; did you mean " + near
	}
	f.out.line(why + "; ? says what there is")
}

// filter shows only the rows with a text.
func (f *front) filter(focus any, text string) {
	if l, ok := focus.(screen.Filterer); ok {
		l.Filter(text)
		f.last = said{}
		return
	}
	f.out.line("Error: there is no list here to filter")
}

// back goes one step up within the screen, else the way one came; from Home nowhere.
func (f *front) back(t screen.Telling) {
	switch {
	case t.Up != nil:
		f.perform(f.model.Asks(t.Up()))
	case f.model.Dialog():
		f.perform(f.model.Leave())
	case f.model.FocusName() == screen.Home:
		f.out.line("Note: this is home; quit leaves")
	default:
		f.perform(f.act(action.Quit))
	}
}

// question asks what a yes is needed for. Enter is no answer to it.
func (f *front) question(t screen.Telling) {
	text, how := f.read(t.Question+"? y or n:", false, nil)
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
	case "n", "no", "b", "back":
		f.perform(f.model.Leave())
	case "q", "quit":
		f.leave()
	case "?", "help":
		f.again(t)
	case "more":
		f.more()
	default:
		f.out.line("Error: say y or n; ? repeats what is asked")
	}
}
