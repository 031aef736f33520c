package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/report"
)

// formats are the renderers by the name of --format.
var formats = map[string]func(*report.Document) ([]byte, error){
	"md":   func(d *report.Document) ([]byte, error) { return report.Markdown(d), nil },
	"json": report.JSON,
}

func (a *app) exportCommand() *cobra.Command {
	var format, out string
	var force bool
	cmd := &cobra.Command{
		Use:   "export ID",
		Short: "Write a session's report",
		Args:  exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			render, ok := formats[format]
			if !ok {
				return usage(hint(fmt.Errorf("no format %q", format), "formats: md, json"))
			}
			s, done, err := a.openSession(cmd.Context(), args[0], sessions.View)
			if err != nil {
				return err
			}
			defer done()
			data, err := render(a.document(cmd.Context(), s))
			if err != nil {
				return err
			}
			if out == "" {
				_, err = a.out.Write(data)
				return err
			}
			if err := writeNew(out, data, force); err != nil {
				return err
			}
			fmt.Fprintln(a.errOut, "wrote", out)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "md", "md or json")
	f.StringVarP(&out, "output", "o", "", "file to write (default: standard output)")
	f.BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}

// writeNew writes a whole file or none. An existing file is kept unless force; a link is
// replaced, never followed.
func writeNew(name string, data []byte, force bool) error {
	err := handover.Write(name, data, force)
	if errors.Is(err, fs.ErrExist) {
		return usage(hint(err, "give another -o FILE, or --force to overwrite it"))
	}
	return err
}
