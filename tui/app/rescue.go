package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions/filestore"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// rescuedMsg says that a review which its own folder can't take any more is kept in another.
type rescuedMsg struct {
	review *screen.Review
	id     string
	folder string
	err    error
}

// lost is how many changes of the open review are nowhere but in memory.
func (m *Model) lost() int {
	r := m.env.Review
	if r == nil || r == m.rescued {
		return 0
	}
	return len(r.Session.Unsaved())
}

// askRescue asks for a folder that can keep what the review's own can't.
func (m *Model) askRescue(byItself bool) {
	folder := filepath.Join(os.TempDir(), "gonogo-kept")
	if home, err := os.UserHomeDir(); err == nil {
		folder = filepath.Join(home, "gonogo-kept")
	}
	m.ask(screen.NewPrompt(m.env, rescueTitle, rescueAsk(m.lost()), rescueYes, folder, m.rescue), byItself)
}

// rescue copies the open review into another data folder, in a command.
func (m *Model) rescue(folder string) tea.Cmd {
	r := m.env.Review
	ctx, drafts := context.WithoutCancel(m.ctx), r.Drafts()
	return func() tea.Msg {
		folder := inHome(folder)
		st, err := filestore.Open(folder)
		if err != nil {
			return rescuedMsg{r, r.ID(), folder, err}
		}
		err = r.Session.CopyTo(ctx, st)
		for name, text := range drafts {
			if err == nil {
				err = st.PutDraft(ctx, r.ID(), name, text)
			}
		}
		return rescuedMsg{r, r.ID(), folder, errors.Join(err, st.Close())}
	}
}

// takeRescued tells where the review is kept now, or why it is not.
func (m *Model) takeRescued(msg rescuedMsg) {
	if msg.err != nil {
		m.tell(screen.Alert, fmt.Sprintf(rescueFails, msg.folder, msg.err, m.env.Key(action.Commands), saveElsewhere))
		return
	}
	m.rescued = msg.review
	m.tell(screen.Alert, fmt.Sprintf(rescueDone, msg.folder, msg.id))
}
