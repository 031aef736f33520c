package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/demo"
)

// demoProfiles are the default profiles of the demo's scenarios.
var demoProfiles = map[string]string{"phase5": "phase5", "analytics": "full-stack", "healthy": "production"}

// ownAnswers stands for the answers of the people who run the demo system, in place of a
// file's name.
const ownAnswers = "demo"

type demoFlags struct {
	run      runFlags
	options  demo.Options
	headless bool
	serve    string
}

func (a *app) demoCommand() *cobra.Command {
	d := &demoFlags{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Start the embedded demo system (loopback only) and review it",
		Long:  "Start the embedded demo system, in a process of its own and on loopback only, and open a review\nof it. With --headless it is `gonogo run` on it; with --serve it is only served.\n\n" + demoFixes(),
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), d) },
	}
	f := cmd.Flags()
	f.StringVar(&d.options.Scenario, "scenario", "phase5", "phase5 (flawed), analytics (sound, its monitoring down) or healthy")
	f.StringSliceVar(&d.options.Fix, "fix", nil, "mend one of its flaws (repeatable)")
	f.BoolVar(&d.headless, "headless", false, "run the automated part without a screen")
	f.StringVar(&d.serve, "serve", "", "only serve it, on this loopback address, such as 127.0.0.1:8000")
	d.run.register(cmd)
	f.Lookup("answers").Usage = "TOML file with a reviewer's answers, or \"demo\" for those of the people who run the demo"
	return cmd
}

// demoFixes lists the --fix names from the one table of switches.
func demoFixes() string {
	var b strings.Builder
	for _, of := range []struct {
		scenario string
		switches []demo.Switch
	}{{"", demo.Switches}, {" in the scenario analytics", demo.AnalyticsSwitches}} {
		fmt.Fprintf(&b, "What --fix can mend%s:\n", of.scenario)
		for _, s := range of.switches {
			fmt.Fprintf(&b, "  %-13s %s\n", s.Name, s.Flaw)
		}
	}
	return b.String()
}

func (a *app) demo(ctx context.Context, d *demoFlags) error {
	if err := d.options.Check(); err != nil {
		return usage(hint(err, "gonogo demo --help lists what there is"))
	}
	if _, err := d.run.classes(); err != nil {
		return usage(err)
	}
	if d.run.answers == ownAnswers && d.options.Scenario == "phase5" {
		return usage(errors.New("--answers demo: the scenario phase5 asks nobody; analytics and healthy have answers"))
	}
	if d.serve != "" {
		d.options.Addr = d.serve
		return demo.Serve(ctx, d.options, func(i demo.Info) {
			fmt.Fprintf(a.out, "serving %s\ntarget  %s\n", i.BaseURL, i.TargetFile)
			if i.Answers != "" {
				fmt.Fprintf(a.out, "answers %s\n", i.Answers)
			}
			fmt.Fprint(a.out, "Ctrl+C stops it and removes its files\n")
		})
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start the demo system: %w", err)
	}
	process, info, err := demo.Spawn(ctx, exe, d.options)
	switch {
	case err != nil && ctx.Err() != nil:
		return exitError{exitUnknown, errors.New("interrupted before anything ran")}
	case err != nil:
		return fmt.Errorf("start the demo system: %w", err)
	}
	defer process.Stop()
	profile := demoProfiles[d.options.Scenario]
	if d.headless {
		if d.run.answers == ownAnswers {
			d.run.answers = info.Answers
		}
		return a.runHeadless(ctx, info.TargetFile, &d.run, profile)
	}
	if d.run.profile != "" {
		profile = d.run.profile
	}
	return a.openScreen(ctx, screenOptions{target: info.TargetFile, profile: profile, start: true})
}

// demoServeCommand is how the demo's own process begins; people use demo --serve.
func (a *app) demoServeCommand() *cobra.Command {
	o := demo.Options{}
	cmd := &cobra.Command{
		Use: demo.Command, Hidden: true, Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo.ServeChild(cmd.Context(), o, os.Stdin, a.out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Scenario, "scenario", "phase5", "")
	f.StringSliceVar(&o.Fix, "fix", nil, "")
	f.StringVar(&o.Dir, "dir", "", "")
	f.StringVar(&o.Addr, "addr", "", "")
	return cmd
}
