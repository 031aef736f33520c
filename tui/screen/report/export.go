package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/report"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// exportDraft is the name under which what is typed is kept.
const exportDraft = "export"

// exporting asks in which format and into which file the report goes.
func (s *preview) exporting() screen.Dialog {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	format := form.OneOf("format", formatLabel, names...)
	if s.json {
		format = format.With("json")
	}
	f := form.New(format, form.Line("into", intoLabel, intoHint))
	d := form.NewDialog(s.env, exportTitle, exportDraft, exportWord, f)
	stem := handover.Stem(s.env.Review.State)
	d.Says = func() string {
		x, err := report.FormatOf(f.Value("format"))
		if err != nil {
			return ""
		}
		return fmt.Sprintf(formatBecomes, x.Name, x.Words, numbered(stem, ending(x), 0))
	}
	d.Save = func() tea.Cmd {
		chosen, err := report.FormatOf(f.Value("format"))
		if err != nil {
			f.Refuse("format", err.Error())
			return nil
		}
		return screen.Close(tea.Batch(s.env.Review.Draft(exportDraft, ""), s.export(chosen, strings.TrimSpace(f.Value("into")))))
	}
	return d
}

// export renders the review as it is now and writes it. A file that is there already is
// never written over: in this folder the next free name is taken, else it is an error.
func (s *preview) export(format report.Format, into string) tea.Cmd {
	r := s.env.Review
	st, as, version, session := r.State, r.Assessment, s.env.Version, r.Session
	env, before := s.env, s.before
	return func() tea.Msg {
		doc := report.Build(st, *as, previous(env, before, st), version)
		bodies := func(sha string) ([]byte, error) { return session.Evidence(env.Ctx, sha) }
		if format.Files != nil {
			files, err := format.Files(doc, bodies)
			if err != nil {
				return written{err: err}
			}
			name, err := writeFolder(into, handover.Stem(st)+ending(format), files)
			return written{name, err}
		}
		data, err := format.Render(doc, bodies)
		if err != nil {
			return written{err: fmt.Errorf("the report can't be made: %w", err)}
		}
		if into != "" {
			return written{absolute(into), handover.Write(into, data, false)}
		}
		name, err := writeNew(handover.Stem(st), ending(format), data)
		return written{name, err}
	}
}

// ending is what follows a report's name: .md, or of what is a folder -evidence.
func ending(f report.Format) string {
	if f.Files != nil {
		return "-" + f.Name
	}
	return f.Ext
}

// most is how many files of one name a folder may hold.
const most = 100

// numbered is a name, from the second on with its number.
func numbered(base, ext string, n int) string {
	if n == 0 {
		return base + ext
	}
	return fmt.Sprintf("%s-%d%s", base, n, ext)
}

// writeNew creates a file that was not there before.
func writeNew(base, ext string, data []byte) (string, error) {
	for n := range most {
		name := numbered(base, ext, n)
		err := handover.Write(name, data, false)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("can't write the report here: %w; name another place under Into", err)
		}
		return absolute(name), nil
	}
	return "", fmt.Errorf("can't write the report: a hundred files called %s are here already", base+ext)
}

// writeFolder puts files into a folder that was not there before. What could not be written
// as a whole is taken away again.
func writeFolder(into, base string, files []report.File) (string, error) {
	dir := into
	var err error
	if into != "" {
		err = os.Mkdir(into, 0o755)
	}
	for n := 0; into == "" && n < most; n++ {
		dir = numbered(base, "", n)
		if err = os.Mkdir(dir, 0o755); !errors.Is(err, os.ErrExist) {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("can't make a folder for the report: %w; name another place under Into", err)
	}
	for _, f := range files {
		if err := handover.Write(filepath.Join(dir, filepath.Base(f.Name)), f.Data, false); err != nil {
			return "", errors.Join(fmt.Errorf("can't write the report: %w", err), os.RemoveAll(dir))
		}
	}
	return absolute(dir), nil
}

func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}
