package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/app"
	"assess/gonogo/tui/wire"
)

// painted is the root on a terminal: its frames go out by themselves, at once and as what
// changed. Bubble Tea's renderer is given nothing to do.
type painted struct {
	*app.Model
	out *wire.Terminal
}

// rarely is how often a second that renderer looks for a frame: the least there is.
const rarely = 1

// newProgram makes the program that runs the root on a terminal.
func newProgram(model *app.Model, out *wire.Terminal, options ...tea.ProgramOption) *tea.Program {
	return tea.NewProgram(painted{model, out}, append(options, tea.WithOutput(out), tea.WithFPS(rarely))...)
}

// Update takes a message in.
func (p painted) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if size, ok := msg.(tea.WindowSizeMsg); ok {
		p.out.Resize(size.Width, size.Height)
	}
	_, cmd := p.Model.Update(msg)
	return p, cmd
}

// View shows the frame.
func (p painted) View() string {
	p.out.Show(p.Model.View())
	return ""
}
