package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/report"
)

// withoutEvidence is what --without-evidence does, wherever it is.
const withoutEvidence = "leave the bytes of the evidence out and keep their digests"

func (a *app) exportCommand() *cobra.Command {
	var format, out string
	var force, withhold bool
	var house houseReport
	cmd := &cobra.Command{
		Use:   "export ID",
		Short: "Write a session's report",
		Long:  "Write a session's report. The formats, told by gonogo help reports:\n\n" + formatList(),
		Args:  house.args,
		RunE: func(cmd *cobra.Command, args []string) error {
			if house.print {
				_, err := fmt.Fprint(a.out, report.Starter())
				return err
			}
			f, err := house.format(format, cmd.Flags().Changed("format"))
			if err != nil {
				return err
			}
			if f.Files != nil && toStandardOutput(out) {
				return usage(hint(fmt.Errorf("format %s writes several files", f.Name), "give -o FOLDER, one that is not there yet"))
			}
			s, done, err := a.openSession(cmd.Context(), args[0], sessions.View)
			if err != nil {
				return err
			}
			defer done()
			var bodies report.Bodies
			if !withhold {
				bodies = func(sha string) ([]byte, error) { return s.Evidence(cmd.Context(), sha) }
			}
			doc, err := a.documentSince(cmd.Context(), s, house.since)
			if err != nil {
				return err
			}
			return a.export(doc, f, bodies, out, force)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "md", formatNames())
	f.StringVarP(&out, "output", "o", "", "file to write (default and -: standard output); for evidence a new folder")
	house.flags(f)
	f.BoolVar(&force, "force", false, "overwrite the file")
	f.BoolVar(&withhold, "without-evidence", false, withoutEvidence)
	return cmd
}

func (a *app) export(d *report.Document, f report.Format, bodies report.Bodies, out string, force bool) error {
	if f.Files != nil {
		files, err := f.Files(d, bodies)
		if err != nil {
			return err
		}
		if err := writeFolder(out, files); err != nil {
			return err
		}
		fmt.Fprintf(a.errOut, "wrote %d files to %s\n", len(files), clean.Line(out))
		return nil
	}
	data, err := f.Render(d, bodies)
	if err != nil {
		return err
	}
	return a.deliver(out, data, force)
}

// toStandardOutput reports whether -o asks for standard output: it is not given, or "-".
// A file of that name is "./-".
func toStandardOutput(out string) bool { return out == "" || out == "-" }

// deliver writes a document where -o says.
func (a *app) deliver(out string, data []byte, force bool) error {
	if toStandardOutput(out) {
		_, err := a.out.Write(data)
		return err
	}
	if err := writeNew(out, data, force); err != nil {
		return err
	}
	fmt.Fprintln(a.errOut, "wrote", clean.Line(out))
	return nil
}

// formatList is a line a format.
func formatList() string {
	var b strings.Builder
	for _, f := range report.Formats {
		fmt.Fprintf(&b, "  %-9s %s\n", f.Name, f.Words)
	}
	return strings.TrimRight(b.String(), "\n")
}

// formatNames is "md, html or json".
func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// writeFolder writes files into a folder that appears whole or not at all: beside its
// place under another name first. A folder that is there already is left alone.
func writeFolder(name string, files []report.File) error {
	name = filepath.Clean(name)
	if _, err := os.Lstat(name); err == nil {
		return usage(hint(errors.New(name+" is there already"), "give -o FOLDER, one that is not there yet"))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(name), ".gonogo-*")
	if err != nil {
		return handover.NotWritten(name, err)
	}
	defer os.RemoveAll(tmp)
	for _, f := range files {
		if err := handover.Write(filepath.Join(tmp, f.Name), f.Data, false); err != nil {
			return handover.NotWritten(filepath.Join(name, f.Name), cmp.Or(errors.Unwrap(err), err)) // as if it stood there already
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return handover.NotWritten(name, err)
	}
	if err := os.Rename(tmp, name); err != nil {
		return handover.NotWritten(name, err)
	}
	return nil
}

// writeNew writes a whole file or none. An existing file is kept unless force; a link is
// replaced, never followed. A folder, a pipe or a device is never written over: root would
// put a file in the place of /dev/null.
func writeNew(name string, data []byte, force bool) error {
	if toStandardOutput(name) {
		return usage(hint(errors.New("a report file is not written to standard output"), "give -o FILE"))
	}
	if info, err := os.Stat(name); force && err == nil && !info.Mode().IsRegular() {
		return usage(hint(fmt.Errorf("%s is no ordinary file: --force does not write over it", name), "give another -o FILE; without -o it goes to standard output"))
	}
	err := handover.Write(name, data, force)
	if errors.Is(err, fs.ErrExist) {
		return usage(hint(err, "give another -o FILE, or --force to overwrite it"))
	}
	return err
}
