package app

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// aheadWait is how long keys wait at most for what the key before them opens. Opening takes
// microseconds; what takes longer is work, and nobody waits for that with the next key.
const aheadWait = 30 * time.Millisecond

// demoWait is how long they wait at most for the form of the demo system, which a process
// has to be started for: a name typed at once is for the form, and on Home its letters would
// open other things.
const demoWait = 5 * time.Second

// ahead holds keys that were typed before the dialog or screen of the key before them is
// open. Without it they would go to what is still there: a text typed right after its key
// would judge items.
type ahead struct {
	key   uint64 // of the last key that asked for something
	open  int    // its commands that have not answered
	until time.Time
	next  time.Duration // how long they wait for what is asked for next; 0: aheadWait
	keys  []tea.KeyMsg
}

type (
	// aheadMsg is what a key's command answered.
	aheadMsg struct {
		key uint64
		msg tea.Msg
	}
	// aheadDue ends the waiting.
	aheadDue struct{ key uint64 }
)

// holds keeps a key back while the one before it has not been answered. It never overtakes
// keys that wait: where their time is over and the timer has not said so, they go first.
func (m *Model) holds(k tea.KeyMsg) (cmd tea.Cmd, held bool) {
	a := &m.ahead
	waits := a.open != 0 && m.o.Now().Before(a.until)
	if !waits && len(a.keys) == 0 || slices.Contains(m.env.Keys.Actions(k.String()), action.QuitNow) {
		return nil, false
	}
	a.keys = append(a.keys, k)
	switch {
	case !waits:
		return m.release(), true
	case len(a.keys) == 1:
		return m.o.After(a.until.Sub(m.o.Now()), aheadDue{a.key}), true
	}
	return nil, true
}

// asked lets the keys that follow wait for what cmd answers.
func (m *Model) asked(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	m.ahead.key++
	wait := cmp.Or(m.ahead.next, aheadWait)
	m.ahead.open, m.ahead.next, m.ahead.until = 0, 0, m.o.Now().Add(wait)
	if cmd = m.follow(m.ahead.key, cmd); len(m.ahead.keys) > 0 { // their timer was for what asked this
		cmd = tea.Batch(cmd, m.o.After(wait, aheadDue{m.ahead.key}))
	}
	return cmd
}

func (m *Model) follow(key uint64, cmd tea.Cmd) tea.Cmd {
	if cmd == nil || key != m.ahead.key {
		return cmd
	}
	m.ahead.open++
	return func() tea.Msg { return aheadMsg{key, cmd()} }
}

// answered carries out what a key's command answered, then presses the keys that waited
// for it.
func (m *Model) answered(a aheadMsg) tea.Cmd {
	var cmds []tea.Cmd
	switch msg := a.msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			cmds = append(cmds, m.follow(a.key, c))
		}
	default:
		if reflect.TypeOf(msg).PkgPath() == teaPath {
			cmds = append(cmds, func() tea.Msg { return msg }) // Bubble Tea takes it itself
			break
		}
		_, cmd := m.Update(msg)
		if closes(msg) {
			cmd = m.follow(a.key, cmd)
		}
		cmds = append(cmds, cmd)
	}
	if a.key == m.ahead.key {
		if m.ahead.open--; m.ahead.open == 0 {
			cmds = append(cmds, m.release())
		}
	}
	return tea.Batch(cmds...)
}

// closes reports whether a message closes a dialog: what comes then belongs to its key.
func closes(msg tea.Msg) bool {
	if a, ok := msg.(addressed); ok {
		msg = a.msg
	}
	_, ok := msg.(screen.CloseMsg)
	return ok
}

// release presses the keys that waited.
func (m *Model) release() tea.Cmd {
	waited := slices.Clone(m.ahead.keys)
	m.ahead.keys, m.ahead.open = nil, 0
	return m.presses(waited)
}
