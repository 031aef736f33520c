package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

// houseReport is the part of export that renders a house's own template.
type houseReport struct {
	file  string
	print bool
	since string // the session whose changes it tells
}

func (h *houseReport) flags(f *pflag.FlagSet) {
	f.StringVar(&h.file, "template", "", "render the session through this template (gonogo help templates)")
	f.BoolVar(&h.print, "print-template", false, "print a template to begin with; needs no ID")
	f.StringVar(&h.since, "since", "", "tell what changed since this session (default: since the one it tests again)")
}

// documentSince is document, with what changed since the session that was asked for. An
// export tells of no session that neither the command nor the session itself names, so that
// it does not depend on what else is in the store.
func (a *app) documentSince(ctx context.Context, s *sessions.Session, since string) (*report.Document, error) {
	if since == "" {
		return a.document(ctx, s), nil
	}
	old, done, err := a.openSession(ctx, since, sessions.View)
	if err != nil {
		return nil, fmt.Errorf("--since: %w", err)
	}
	defer done()
	if old.ID() == s.ID() {
		return nil, usage(hint(errors.New("--since: that is the session itself"), "name an earlier one; gonogo sessions lists them"))
	}
	return report.Build(s.State(), sessions.Assess(s.State()), old.State(), version), nil
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
