package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assess/gonogo/checks"
	"assess/gonogo/sessions/report"
)

// houseReport is the part of export that renders a house's own template.
type houseReport struct {
	file  string
	print bool
}

func (h *houseReport) flags(f *pflag.FlagSet) {
	f.StringVar(&h.file, "template", "", "render the session through this template (gonogo help templates)")
	f.BoolVar(&h.print, "print-template", false, "print a template to begin with; needs no ID")
}

// args wants an ID, but for the starter, which is the same for every session.
func (h *houseReport) args(cmd *cobra.Command, args []string) error {
	if h.print {
		return exactly()(cmd, args)
	}
	return exactly("an ID")(cmd, args)
}

// format is the one that was asked for: the template, or the one named.
func (h *houseReport) format(name string, named bool) (report.Format, error) {
	if h.file == "" {
		f, err := report.FormatOf(name)
		if err != nil {
			err = usage(hint(err, "gonogo help reports tells what each is for"))
		}
		return f, err
	}
	if named {
		return report.Format{}, usage(hint(errors.New("--template and --format both say what to write"), "give one of them: a template is its own format"))
	}
	source, err := checks.ReadConfig(h.file)
	if err != nil {
		return report.Format{}, usage(hint(fmt.Errorf("template: %w", err), "gonogo export --print-template prints one to begin with"))
	}
	return report.Format{Name: "template", Render: func(d *report.Document, _ report.Bodies) ([]byte, error) {
		out, err := report.Template(h.file, source, d)
		if err != nil {
			err = usage(hint(err, "gonogo help templates lists every field and function"))
		}
		return out, err
	}}, nil
}
