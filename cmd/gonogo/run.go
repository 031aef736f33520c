package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/load"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

// runFlags are the flags of `run`, which `demo --headless` takes too.
type runFlags struct {
	profile, confirmHost, answers, failOn string
	categories, items, allow              []string
	json                                  bool
}

func (r *runFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.profile, "profile", "", "profile to hold the target to (a name or a file; default production)")
	f.StringSliceVar(&r.categories, "category", nil, "only this category (repeatable)")
	f.StringSliceVar(&r.items, "item", nil, "only this item (repeatable)")
	f.StringSliceVar(&r.allow, "allow", nil, "classes of checks to consent to: intrusive, load")
	f.StringVar(&r.confirmHost, "confirm-host", "", "host that --allow is for, when it is not loopback")
	f.StringVar(&r.answers, "answers", "", "TOML file with a reviewer's answers")
	f.StringVar(&r.failOn, "fail-on", "conditional", "exit with an error from here on: conditional or no-go")
	f.BoolVar(&r.json, "json", false, "print one JSON document and nothing else")
}

func (r *runFlags) classes() ([]checks.Class, error) {
	var out []checks.Class
	for _, c := range r.allow {
		switch class := checks.Class(c); class {
		case checks.Intrusive, checks.Load:
			out = append(out, class)
		default:
			return nil, fmt.Errorf("--allow %s: only intrusive and load need consent", c)
		}
	}
	if r.failOn != "conditional" && r.failOn != "no-go" {
		return nil, fmt.Errorf("--fail-on %s: conditional or no-go", r.failOn)
	}
	return out, nil
}

func (a *app) runCommand() *cobra.Command {
	r := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run TARGET.toml",
		Short: "Run the automated part without a screen and save the session",
		Long: "Run the automated part without a screen and save the session. Prints a line a category, the\n" +
			"decision and its gates. Exit codes: 0 GO, 10 CONDITIONAL GO, 20 NO-GO, 3 when only unknowns stand\n" +
			"in the way, 2 wrong usage or configuration.",
		Args: aTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runHeadless(cmd.Context(), args[0], r, "production")
		},
	}
	r.register(cmd)
	return cmd
}

// runHeadless is `run`: everything that can be wrong with the input is found before
// anything is sent or saved.
func (a *app) runHeadless(ctx context.Context, targetFile string, r *runFlags, defaultProfile string) error {
	allow, err := r.classes()
	if err != nil {
		return usage(err)
	}
	n, answers, err := a.prepare(targetFile, r, defaultProfile)
	if err != nil {
		return usage(err)
	}
	begin := func(st sessions.Store) (*sessions.Session, error) { return sessions.Create(ctx, st, n) }
	return a.execute(ctx, n, r, allow, answers, begin, nil)
}

// execute runs a session's automated part and prints what came of it. begin makes the
// session; first, where it is not nil, prints what is said before the scores.
func (a *app) execute(ctx context.Context, n sessions.NewSession, r *runFlags, allow []checks.Class, answers []sessions.Payload,
	begin func(sessions.Store) (*sessions.Session, error), first func(*sessions.State)) error {
	options := checks.RunOptions{Allow: allow, ConfirmedHost: r.confirmHost, Version: version}
	plan, err := checks.NewPlan(n.Target, n.Profile, n.Registry, n.Selection)
	if err != nil {
		return usage(err)
	}
	if err := plan.Ready(options); err != nil {
		return usage(err)
	}
	a.printCommands(plan, options)
	st, err := a.openStore()
	if err != nil {
		return err
	}
	defer st.Close()
	s, err := a.own(begin)(st)
	if err != nil && ctx.Err() != nil {
		return exitError{exitUnknown, errors.New("interrupted before anything ran")}
	}
	if err != nil {
		return err
	}
	defer s.Close()
	runErr := s.Run(ctx, n.By, options, a.callForRestart())
	if len(answers) > 0 {
		if _, err := s.Record(context.WithoutCancel(ctx), n.By, answers...); err != nil {
			return fmt.Errorf("record the answers: %w", err)
		}
	}
	if runErr != nil && !errors.Is(runErr, context.Canceled) {
		return runErr
	}
	state := s.State()
	assessment := sessions.Assess(state)
	if first != nil && !r.json {
		first(state)
	}
	if err := a.printRun(a.document(context.WithoutCancel(ctx), s), r.json); err != nil {
		return err
	}
	return exitFor(state, assessment, r.failOn, runErr != nil)
}

// callForRestart tells on stderr, once an item, that a check waits for somebody to restart the
// service.
func (a *app) callForRestart() func(checks.Event) {
	told := map[string]bool{}
	return func(e checks.Event) {
		if p, ok := e.(checks.Progressed); ok && strings.HasPrefix(string(p.Text), load.RestartCall) && !told[p.Item] {
			told[p.Item] = true
			fmt.Fprintf(a.errOut, "%s waits: %s\n", p.Item, load.RestartCall)
		}
	}
}

// printCommands names on stderr what --allow lets the run execute, before it does.
func (a *app) printCommands(plan *checks.Plan, o checks.RunOptions) {
	runnable := plan.Runnable(o.Allow)
	for _, class := range o.Allow {
		for _, ask := range plan.Asks(class) {
			if ask.Runs != "" && slices.Contains(runnable, ask.Item) {
				fmt.Fprintf(a.errOut, "%s starts  %s\n", ask.Item, ask.Runs)
			}
		}
	}
}

// prepare reads target, profile and answers.
func (a *app) prepare(targetFile string, r *runFlags, defaultProfile string) (sessions.NewSession, []sessions.Payload, error) {
	var n sessions.NewSession
	by, _, err := a.actor()
	if err != nil {
		return n, nil, err
	}
	target, err := checks.LoadTarget(targetFile)
	if err != nil {
		return n, nil, orInit(err)
	}
	name := r.profile
	if name == "" {
		name = defaultProfile
	}
	profile, err := profiles.Load(name, configDir())
	if err != nil {
		return n, nil, err
	}
	n = sessions.NewSession{Target: target, Profile: profile, Registry: kinds.Registry(), Tool: "gonogo " + version, By: by,
		Selection: checks.Selection{Categories: r.categories, Items: r.items}}
	answers, err := a.readAnswers(r.answers, profile)
	return n, answers, err
}

// readAnswers reads an answers file; without a name there are none.
func (a *app) readAnswers(name string, profile *checks.Profile) ([]sessions.Payload, error) {
	if name == "" {
		return nil, nil
	}
	src, err := checks.ReadConfig(name)
	if err != nil {
		return nil, fmt.Errorf("read the answers: %w", err)
	}
	answers, err := sessions.ParseAnswers(name, src, profile)
	for _, p := range answers {
		if j, ok := p.(sessions.Judged); ok && sessions.Expired(j.Expires, time.Now()) {
			fmt.Fprintf(a.errOut, "gonogo: %s: the answer to %s expired on %s and counts no more\n", name, strings.Join(j.Items, " "), j.Expires)
		}
	}
	return answers, err
}

// exitFor turns a decision into the exit code pipelines rely on.
func exitFor(st *sessions.State, a sessions.Assessment, failOn string, interrupted bool) error {
	reached := true
	if len(st.Runs) > 0 {
		last := st.Runs[len(st.Runs)-1]
		reached, interrupted = last.Reached, interrupted || last.Interrupted
	}
	switch {
	case interrupted, !reached, a.Computed == sessions.Incomplete:
		return exitError{code: exitUnknown}
	case a.Computed == sessions.NoGo && a.OnlyUnknowns:
		return exitError{code: exitUnknown}
	case a.Computed == sessions.NoGo:
		return exitError{code: exitNoGo}
	case a.Computed == sessions.ConditionalGo && failOn == "conditional":
		return exitError{code: exitConditional}
	}
	return nil
}

// printRun prints the result for people, or the document alone.
func (a *app) printRun(doc *report.Document, asJSON bool) error {
	if asJSON {
		out, err := report.JSON(doc)
		if err != nil {
			return err
		}
		_, err = a.out.Write(out)
		return err
	}
	printResult(a.out, doc)
	id := doc.Session.ID
	fmt.Fprintf(a.out, "\nsession %s\n", id)
	fmt.Fprintf(a.out, "next: gonogo show %s, or gonogo resume %s\n", id, id)
	return nil
}

// printResult prints one line a category, the decision and the gates that match.
func printResult(w io.Writer, d *report.Document) {
	width := 0
	for _, c := range d.Score.Categories {
		width = max(width, len(c.Title))
	}
	for _, c := range d.Score.Categories {
		fmt.Fprintf(w, "%-*s  %-10s  %s\n", width, clean.Line(c.Title), report.Figure(d, c), report.CountNote(c.Counts))
	}
	fmt.Fprintf(w, "\n%s  %s\n", d.Decision.Stands.Words(), report.Overall(d))
	if d.Decision.Partial {
		fmt.Fprintln(w, "partial: only a selection of the profile was reviewed")
	}
	for _, g := range d.Decision.Gates {
		if g.Matches {
			fmt.Fprintf(w, "gate: %s says %s%s\n", g.Title, g.Says.Words(), tail(g))
		}
	}
}

func tail(g sessions.GateResult) string {
	var parts []string
	if g.Detail != "" {
		parts = append(parts, g.Detail)
	}
	if len(g.By) > 0 && g.ID != "category-floor" { // whose detail names them
		parts = append(parts, strings.Join(g.By[:min(len(g.By), 6)], " ")+more(g.By, 6))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ": ")
}

func more(all []string, shown int) string {
	if len(all) <= shown {
		return ""
	}
	return fmt.Sprintf(" +%d", len(all)-shown)
}
