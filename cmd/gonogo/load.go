package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/load"
)

func (a *app) loadCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Take the load plan elsewhere",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(hint(fmt.Errorf("%s needs a command", cmd.CommandPath()), "gonogo load export TARGET.toml writes a k6 script"))
		},
	}
	cmd.AddCommand(a.loadExportCommand())
	return cmd
}

func (a *app) loadExportCommand() *cobra.Command {
	r := &runFlags{failOn: "conditional"}
	var out string
	var force bool
	cmd := &cobra.Command{
		Use:   "export TARGET.toml",
		Short: "Write the load plan as a k6 script",
		Long: "Write the load plan as a k6 script, for load beyond this machine. Nothing is sent. The script holds no\n" +
			"secret: tokens come from the environment when k6 runs it. Its summary, named under [results] load in the\n" +
			"target file, is judged by import.load with gonogo's own rules.",
		Args: aTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, _, err := a.prepare(args[0], r, "production")
			if err != nil {
				return usage(err)
			}
			plan, err := checks.NewPlan(n.Target, n.Profile, n.Registry, n.Selection)
			if err != nil {
				return usage(err)
			}
			script, err := load.Script(plan)
			if err != nil {
				return usage(err)
			}
			return a.deliver(out, script, force)
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.profile, "profile", "", "profile whose load checks are written (a name or a file; default production)")
	f.StringSliceVar(&r.items, "item", nil, "only this item (repeatable)")
	f.StringVarP(&out, "output", "o", "", "file to write (default and -: standard output)")
	f.BoolVar(&force, "force", false, "overwrite the file")
	return cmd
}
