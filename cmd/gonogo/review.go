package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/demo"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/cmd/gonogo/help"
	"assess/gonogo/sessions"
	"assess/gonogo/tui"
	"assess/gonogo/tui/screen"
)

// screenOptions say what the screen opens with.
type screenOptions struct {
	at                       sessions.Moment // to look at the session as it was
	session, target, profile string
	file                     string // a report file, instead of session
	start                    bool   // begin the review of target, or the session's first run, at once
}

func (a *app) reviewCommand() *cobra.Command {
	var profile string
	cmd := &cobra.Command{
		Use:   "review TARGET.toml",
		Short: "Open the reviewer on a new session",
		Args:  aTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := checks.LoadTarget(args[0]); err != nil {
				return usage(orInit(err))
			}
			return a.openScreen(cmd.Context(), screenOptions{target: args[0], profile: profile})
		},
	}
	cmd.Flags().StringVar(&profile, "profile", "production", "profile to hold the target to (a name or a file)")
	return cmd
}

func (a *app) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume ID",
		Short: "Open the reviewer on a saved session (an id, a unique prefix, or latest)",
		Long: "Open the reviewer on a saved session: its id, a unique prefix of it, or latest. A report file, whose\n" +
			"name ends in .gonogo, opens read-only; gonogo unpack FILE makes a session of it that can be gone on with.",
		Args: exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.HasSuffix(args[0], ".gonogo") {
				_, done, err := a.openSession(cmd.Context(), args[0], sessions.View)
				if err != nil {
					return err
				}
				done()
				return a.openScreen(cmd.Context(), screenOptions{file: args[0]})
			}
			st, err := a.openStore()
			if err != nil {
				return err
			}
			arg, at, err := sessions.SplitMoment(args[0])
			if err != nil {
				st.Close()
				return usage(hint(err, "gonogo history ID lists what happened when"))
			}
			id, err := sessions.ResolveID(cmd.Context(), st, arg)
			st.Close()
			if err != nil {
				return usage(hint(err, "gonogo sessions lists them"))
			}
			return a.openScreen(cmd.Context(), screenOptions{session: id, at: at})
		},
	}
}

// openScreen opens the reviewer, or says what to use where there is no terminal.
func (a *app) openScreen(ctx context.Context, o screenOptions) error {
	f, err := a.front()
	if err != nil {
		return err
	}
	if f == noFront {
		return usage(hint(errors.New("the reviewer needs a terminal"),
			"without one use gonogo run TARGET.toml [--json], gonogo show ID or gonogo export ID; gonogo --plain takes answers from a pipe, a line each"))
	}
	by, named, err := a.actor()
	if err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	st, err := a.openStore()
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := a.vouched()
	if err != nil {
		return err
	}
	desk, err := a.desk()
	if err != nil {
		return err
	}
	defer desk.Close()
	var started demos
	defer started.stop()
	err = tui.Run(ctx, tui.Options{
		Store: st, Vouched: list, Desk: desk, Registry: kinds.Registry(), ConfigDir: configDir(), Version: version, By: string(by), Named: named,
		Theme: c.Theme, Open: o.session, At: o.at, OpenFile: o.file, NewTarget: o.target, NewProfile: o.profile, Start: o.start,
		Topics: topics(), StartDemo: started.start,
		Plain: f == lineFront, Calm: a.calm(c), In: os.Stdin, Out: a.out, Terminal: interactive(),
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// topics are the documentation's pages for the palette.
func topics() []screen.Topic {
	var out []screen.Topic
	for _, name := range help.Topics() {
		text, _ := help.Topic(name)
		title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		out = append(out, screen.Topic{Name: name, Title: title, Text: text})
	}
	return out
}

// demos are the demo systems started from the screen; they end with it.
type demos struct{ running []*demo.Process }

// start starts the flawed demo system.
func (d *demos) start(ctx context.Context) (target, profile string, err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", "", fmt.Errorf("start the demo system: %w", err)
	}
	o := demo.Options{Scenario: "phase5"}
	process, info, err := demo.Spawn(ctx, exe, o)
	if err != nil {
		return "", "", fmt.Errorf("start the demo system: %w", err)
	}
	d.running = append(d.running, process)
	return info.TargetFile, demoProfiles[o.Scenario], nil
}

func (d *demos) stop() {
	for _, p := range d.running {
		p.Stop()
	}
}
