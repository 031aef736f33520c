package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// The exit codes that pipelines rely on.
const (
	exitGo          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnknown     = 3
	exitConditional = 10
	exitNoGo        = 20
)

// exitError ends the program with a code; Err may be nil when all was said already.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}
func (e exitError) Unwrap() error { return e.err }

// usage marks an error as wrong usage or configuration, before anything ran.
func usage(err error) error { return exitError{exitUsage, err} }

// hinted is an error with what to do about it, on a line of its own.
type hinted struct {
	err  error
	hint string
}

func (h hinted) Error() string { return h.err.Error() }
func (h hinted) Unwrap() error { return h.err }

// hint adds what to do to an error.
func hint(err error, do string) error { return hinted{err, do} }

// app is what every command is given: the global flags and where to write.
type app struct {
	home, by, store   string
	debug, cpuProfile string
	plain             bool
	out, errOut       io.Writer
	database          string                 // the store's URL where it is PostgreSQL
	warned            bool                   // what is wrong with it was said
	ending            []func(code int) error // what ends with the command: the profile, the log
}

// remembering keeps the first error of writing, so that output that was lost is no success.
type remembering struct {
	w   io.Writer
	err error
}

func (r *remembering) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	// net/http writes what a broken target sends to the standard logger: into the middle of a
	// screen, and past the redactor.
	log.SetOutput(io.Discard)
	kept := &remembering{w: out}
	a := &app{out: kept, errOut: errOut}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(kept)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	err = errors.Join(err, a.end(exitCode(err)))
	if err == nil && kept.err != nil {
		err = fmt.Errorf("write the output: %w", kept.err)
	}
	code := exitCode(err)
	if err == nil {
		return code
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintln(errOut, "gonogo:", clean.Block(msg))
	}
	var h hinted
	switch {
	case errors.As(err, &h):
		fmt.Fprintln(errOut, "  "+h.hint)
	case code == exitUsage && err.Error() != "":
		fmt.Fprintln(errOut, "  nothing was run; gonogo COMMAND --help tells what is wanted")
	}
	return code
}

// exitCode is the code that an error ends the program with.
func exitCode(err error) int {
	var ee exitError
	switch {
	case err == nil:
		return exitGo
	case errors.As(err, &ee):
		return ee.code
	}
	return exitFailed
}

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "gonogo",
		Short: "Review a system's production readiness: GO, CONDITIONAL GO or NO-GO, with the evidence",
		Long: "gonogo reviews a system's production readiness in the terminal: automated checks run live,\n" +
			"manual questions are answered beside them, and out come a decision and one signed report.",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          a.unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return a.openScreen(cmd.Context(), screenOptions{}) },

		PersistentPreRunE: func(cmd *cobra.Command, args []string) error { return a.begin(cmd, args) },
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return usage(hint(err, "gonogo --help lists the flags, gonogo COMMAND --help those of a command"))
	})
	f := cmd.PersistentFlags()
	f.StringVar(&a.home, "home", "", "folder of sessions ($GONOGO_HOME, else $XDG_DATA_HOME/gonogo)")
	f.StringVar(&a.store, "store", "", "where sessions are kept: file:///FOLDER, or postgres://USER@HOST/DATABASE (gonogo help store)")
	f.StringVar(&a.by, "by", "", "who acts ([me] name in config.toml, else user@host)")
	f.BoolVar(&a.plain, "plain", false, "talk line by line instead of painting a screen: gonogo help accessibility")
	f.StringVar(&a.debug, "debug", "", "write what happens, step by step, to the end of this file")
	f.StringVar(&a.cpuProfile, "cpuprofile", "", "write a CPU profile to this file, for go tool pprof")
	cmd.AddCommand(
		a.demoCommand(), a.demoServeCommand(), a.initCommand(), a.reviewCommand(), a.resumeCommand(), a.retestCommand(), a.runCommand(),
		a.sessionsCommand(), a.showCommand(), a.historyCommand(), a.assignCommand(), a.compareCommand(), a.submitCommand(), a.acceptCommand(), a.returnCommand(),
		a.exportCommand(), a.loadCommand(), a.signCommand(), a.countersignCommand(), a.verifyCommand(), a.packCommand(), a.unpackCommand(),
		a.redactCommand(), a.profilesCommand(), a.checksCommand(), a.findingsCommand(), a.themesCommand(), a.doctorCommand(), a.manCommand(),
	)
	cmd.SetHelpCommand(a.helpCommand())
	return cmd
}

// unknownCommand names the nearest command for a typo.
func (a *app) unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	do := "gonogo --help lists the commands"
	if near := checks.Nearest(args[0], names); near != "" {
		do = fmt.Sprintf("did you mean %q? %s", near, do)
	}
	return usage(hint(fmt.Errorf("unknown command %q", args[0]), do))
}

// exactly wants n arguments and says which.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usage(hint(fmt.Errorf("%s needs %s, got %d arguments", cmd.CommandPath(), strings.Join(names, " and "), len(args)), cmd.CommandPath()+" --help tells more"))
		}
		return nil
	}
}

// terminal reports whether both ends are a terminal that can show a full screen.
func terminal() bool {
	return isTTY(os.Stdin) && isTTY(os.Stdout) && os.Getenv("TERM") != "dumb"
}
