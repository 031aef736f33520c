// Package verify is the screen that checks a signed report file, step by step: the
// archive, the signature, whose key it is, every part, the journal, the evidence, the
// countersignatures and, when asked, the report rendered again. From there the file is
// read, and a lead countersigns it.
//
// It imports no other screen.
package verify

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/clipboard"
	"assess/gonogo/tui/screen"
)

// stage is what goes on.
type stage int

const (
	idle      stage = iota
	reading         // the file and its archive
	checking        // signatures, contents, journal
	replaying       // the report is rendered again
)

type verify struct {
	env   *screen.Env
	file  string
	stage stage
	asked uint64
	stop  context.CancelFunc
	found found
	err   error // the file can't be read
	top   int   // first row shown
	over  int   // rows that did not fit when last shown
	last  answers
	goOn  bool // with a countersignature that was begun, as soon as the file is checked
}

// copyText is replaced by tests.
var copyText = clipboard.Copy

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &verify{env: env} }

// Open begins anew, with the file in args.
func (s *verify) Open(args screen.Args) tea.Cmd {
	s.cancel()
	file := args.File
	if file == "" {
		file = args.Kept["file"]
	}
	*s = verify{env: s.env, file: file, asked: s.asked, goOn: args.Draft != ""}
	if file == "" {
		return nil
	}
	return s.read()
}

// cancel gives up what goes on; its answer is dropped.
func (s *verify) cancel() {
	s.asked++
	s.stage = idle
	if s.stop != nil {
		s.stop()
	}
}

// begin starts a stage and returns what its command works under.
func (s *verify) begin(st stage) (context.Context, uint64) {
	s.cancel()
	s.stage = st
	ctx, stop := context.WithCancel(s.env.Ctx)
	s.stop = stop
	return ctx, s.asked
}

func (s *verify) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case opened:
		if msg.request != s.asked {
			return nil
		}
		s.stage, s.err, s.found = idle, msg.err, msg.found
		if msg.err == nil && s.found.archive == nil {
			return s.check(false)
		}
	case checked:
		if msg.request != s.asked {
			return nil
		}
		s.stage, s.found = idle, msg.found
		if s.goOn && s.offCountersign() == "" {
			s.goOn = false
			return s.countersign()
		}
	case listed:
		msg.to.list(msg)
	case countersigned:
		if msg.file == s.file {
			return tea.Batch(s.read(), screen.Tell(screen.Good, fmt.Sprintf(countersignAs, msg.by, msg.decision)))
		}
	}
	return nil
}

func (s *verify) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Back:
		s.cancel()
		return nil, false // the root goes back
	case action.Enter:
		return s.open(), true
	case action.RunStart:
		return s.check(true), true
	case action.RunItem:
		return s.read(), true
	case action.Copy:
		return s.copy(), true
	case action.Create:
		return s.countersign(), true
	case action.Down:
		s.scroll(1)
	case action.Up:
		s.scroll(-1)
	case action.PageDown:
		s.scroll(10)
	case action.PageUp:
		s.scroll(-10)
	case action.Top:
		s.scroll(-s.top)
	case action.Bottom:
		s.scroll(s.over)
	default:
		return nil, false
	}
	return nil, true
}

// countersign asks a lead's word.
func (s *verify) countersign() tea.Cmd {
	d := newCountersign(s)
	return tea.Batch(screen.Ask(d), d.look())
}

func (s *verify) scroll(by int) { s.top = max(min(s.top+by, s.top+s.over), 0) }

// open looks at the session in the bytes that were checked, not in what the file holds by
// now. Where they are not good it says so once more.
func (s *verify) open() tea.Cmd {
	read := func() tea.Cmd { return screen.ResumeBytes(s.file, s.found.data) }
	if s.found.v.Good {
		return read()
	}
	return screen.Ask(screen.NewConfirm(s.env, askRead, fmt.Sprintf(readWarning, reason(s.found.v)), readYes, read))
}

// copy copies what was found.
func (s *verify) copy() tea.Cmd {
	text := strings.Join(s.words(), "\n") + "\n"
	return func() tea.Msg {
		return screen.ToastMsg{Kind: screen.Good, Text: fmt.Sprintf(copied, copyText(text))}
	}
}

// words are what was found, a line each.
func (s *verify) words() []string {
	out := append([]string{filepath.Base(s.file)}, headline(s.found)...)
	for _, r := range rows(s.found, s.stage) {
		out = append(out, r.words()...)
	}
	return out
}

func (s *verify) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *verify) TextFocus() bool         { return false }

// Keep keeps which file it was; checking begins anew.
func (s *verify) Keep() screen.Kept { return screen.Kept{"file": s.file} }

// Heading names the screen in the help.
func (s *verify) Heading() string { return title }

// off says why nothing was found yet, or is empty.
func (s *verify) off() string {
	switch {
	case s.file == "":
		return offNoFile
	case s.err != nil:
		return offUnread
	case s.stage == reading || s.stage == checking:
		return offChecking
	case s.stage == replaying:
		return offReplaying
	case s.found.v == nil:
		return offNoReport
	}
	return ""
}

// offOpen says why it can't be read, or is empty.
func (s *verify) offOpen() string {
	if why := s.off(); why != "" {
		return why
	}
	if r := s.env.Review; r != nil && r.Running != nil {
		return screen.OtherRuns
	}
	return s.found.closed
}

// offReplay says why the report can't be rendered again, or is empty.
func (s *verify) offReplay() string {
	switch why := s.off(); {
	case why != "":
		return why
	case s.found.replayed:
		return offReplayed
	case !s.found.v.Good:
		return offNotGood
	}
	return ""
}

// offCountersign says why nobody should put a name under it, or is empty.
func (s *verify) offCountersign() string {
	if why := s.off(); why != "" {
		return why
	}
	if !s.found.v.Good {
		return offOnlyGood
	}
	return ""
}

func (s *verify) Actions() []action.State {
	when := func(id action.ID, why, words string) action.State { return action.When(why == "", id, why).Say(words) }
	again := ""
	if s.file == "" {
		again = offNoFile
	}
	return []action.State{
		when(action.Enter, s.offOpen(), toOpen),
		when(action.RunStart, s.offReplay(), toReplay),
		when(action.Copy, s.off(), toCopy),
		when(action.Create, s.offCountersign(), toCountersign),
		when(action.RunItem, again, toVerifyAgain).Hide(),
		action.On(action.Down).And(action.Up).Hide(),
	}
}
