package form

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/config"
)

// maxEdited is how much of what an editor leaves behind is read.
const maxEdited = 256 << 10

// Editor is a command line that edits a file: a text of a field, put there by StartEditor.
type Editor struct {
	Field string // the name of the field
	cmd   *exec.Cmd
	dir   string
	file  string
	text  string
}

// Edited is what the editor left of a field's text. Err says why it is not taken; then
// the field keeps what it holds.
type Edited struct {
	Field string
	Text  string
	Err   error
}

// StartEditor puts a text into a file in a private folder, in a command. The answer is an
// *Editor, whose Exec then is to be returned, or an Edited that says what went wrong.
func StartEditor(c *config.Config, field, text string) tea.Cmd {
	return func() tea.Msg {
		e, err := newEditor(c, field, text)
		if err != nil {
			return Edited{Field: field, Err: err}
		}
		return e
	}
}

func newEditor(c *config.Config, field, text string) (*Editor, error) {
	line := editorLine(c)
	if len(line) == 0 {
		return nil, errors.New("no editor: set $VISUAL or $EDITOR, or editor in config.toml")
	}
	dir, err := os.MkdirTemp("", "gonogo-") // 0700
	if err != nil {
		return nil, fmt.Errorf("can't make room for the editor: %w", err)
	}
	e := &Editor{Field: field, dir: dir, file: filepath.Join(dir, field+".md"), text: text}
	if err := os.WriteFile(e.file, []byte(text), 0o600); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("can't make room for the editor: %w", err)
	}
	e.cmd = exec.Command(line[0], append(line[1:], e.file)...)
	e.cmd.Stdin, e.cmd.Stdout = os.Stdin, os.Stdout // the terminal itself, not what stands before it
	return e, nil
}

// editorLine is the person's editor with its arguments; blanks part them, no shell runs.
func editorLine(c *config.Config) []string {
	for _, line := range []string{c.Editor, os.Getenv("VISUAL"), os.Getenv("EDITOR")} {
		if words := strings.Fields(line); len(words) > 0 {
			return words
		}
	}
	for _, name := range []string{"vi", "nano"} {
		if _, err := exec.LookPath(name); err == nil {
			return []string{name}
		}
	}
	return nil
}

// Exec gives the terminal to the editor; the answer is an Edited.
func (e *Editor) Exec() tea.Cmd {
	return tea.ExecProcess(e.cmd, func(err error) tea.Msg { return e.done(err) })
}

// done reads what the editor left. An editor that failed is not believed, but where it
// wrote something the file stays.
func (e *Editor) done(failed error) Edited {
	out := Edited{Field: e.Field}
	text, err := read(e.file)
	switch {
	case failed != nil && err == nil && text != e.text:
		out.Err = fmt.Errorf("the editor failed (%w); what it wrote is in %s", failed, e.file)
		return out
	case failed != nil:
		out.Err = fmt.Errorf("the editor failed (%w); the text is as it was", failed)
	case err != nil:
		out.Err = fmt.Errorf("can't read what the editor wrote (%w); it is in %s", err, e.file)
		return out
	default:
		out.Text = clean.Block(strings.TrimRight(text, "\n")).String()
	}
	os.RemoveAll(e.dir)
	return out
}

// read reads the file as far as a text may go; a longer one is refused, not cut.
func read(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxEdited {
		return "", fmt.Errorf("%d bytes are more than a text holds", info.Size())
	}
	data, err := os.ReadFile(name)
	return string(data), err
}
