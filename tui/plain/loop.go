package plain

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/screen"
)

const quitNow = action.QuitNow

// arrival is a message for the root; owed says that a command's answer was waited for.
type arrival struct {
	msg  tea.Msg
	owed bool
}

// act is a command that carries out an action as its key would.
func (f *front) act(id action.ID) tea.Cmd { return screen.Run(id) }

// perform runs a command beside the conversation; settle waits for its answer.
func (f *front) perform(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	f.due++
	go func() {
		select {
		case f.msgs <- arrival{cmd(), true}:
		case <-f.done:
		}
	}()
}

// later keeps what is to be heard in a while. Drafts are written then; clocks, frames and
// toasts that go away are for a painted screen only.
func (f *front) later(d time.Duration, msg tea.Msg) tea.Cmd {
	if _, ok := msg.(screen.FlushMsg); !ok {
		return nil
	}
	return func() tea.Msg {
		time.AfterFunc(d, func() {
			select {
			case f.msgs <- arrival{msg: msg}:
			case <-f.done:
			}
		})
		return nil
	}
}

// take gives a message to the root and runs what that asks for.
func (f *front) take(a arrival) {
	if a.owed {
		f.due--
	}
	switch msg := a.msg.(type) {
	case nil:
	case tea.QuitMsg:
		f.quit = true
	case tea.BatchMsg:
		for _, cmd := range msg {
			f.perform(cmd)
		}
	default:
		_, cmd := f.model.Update(a.msg)
		if changed, ok := app.Said(a.msg).(screen.StateChanged); ok {
			f.sayProgress(changed)
		}
		if w, ok := app.Said(a.msg).(screen.WaitMsg); ok { // its answer may never come
			f.await(w.For)
			return
		}
		f.perform(cmd)
	}
}

// await runs a command whose answer settle does not wait for.
func (f *front) await(cmd tea.Cmd) {
	go func() {
		select {
		case f.msgs <- arrival{msg: cmd()}:
		case <-f.done:
		}
	}()
}

// settle waits until every command has answered. While a run goes on Ctrl+C stops it, a
// second one leaves at once; any other key asks how far it is.
func (f *front) settle() {
	stopping := false
	for f.due > 0 && !f.quit {
		var typed <-chan keys
		if f.terminal && !f.gone {
			typed = f.in
		}
		select {
		case a := <-f.msgs:
			f.take(a)
		case k := <-typed:
			switch r := f.model.Env().Review; {
			case k.end:
				f.gone = true
			case k.has(ctrlC) && stopping:
				f.perform(f.act(quitNow))
			case k.has(ctrlC) && r != nil && r.Running != nil:
				stopping = true
				f.perform(f.act(action.RunStop))
				f.out.line(runStops)
			case k.has(ctrlC), k.has(ctrlD):
				f.gone = true
				if r != nil {
					r.Stop()
				}
			default:
				f.sayHowFar()
			}
		case <-f.ctx.Done():
			return
		}
	}
}
