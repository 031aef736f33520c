package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/signing"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [ID]",
		Short: "Tell what this machine offers, or whether a saved session is whole",
		Long: "Without an ID: what this machine offers, what is wrong with the configuration, and which checks\n" +
			"are inconclusive here. With one (an id, a unique prefix, latest, or a .gonogo file): the journal's\n" +
			"chain, every event, every piece of evidence against its hash, and the files beside them. Nothing\n" +
			"is changed or repaired. Exit codes: 0 all in order, 1 something is wrong.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return exactly("one ID at most")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.report(a.machine(cmd.Context()))
			}
			found, err := a.examine(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.report(found)
		},
	}
}

// report prints one line a diagnosis, and what to do below it.
func (a *app) report(found []sessions.Diagnosis) error {
	wrong := 0
	for _, d := range found {
		if d.State == sessions.Wrong {
			wrong++
		}
		fmt.Fprintf(a.out, "%-5s  %-9s  %s\n", d.State, d.Part, clean.Line(d.What))
		if d.Do != "" {
			fmt.Fprintf(a.out, "%-5s  %-9s  → %s\n", "", "", clean.Line(d.Do))
		}
	}
	if wrong == 0 {
		fmt.Fprintln(a.out, "nothing is wrong")
		return nil
	}
	fmt.Fprintf(a.out, "%s wrong\n", counted(wrong, "thing is", "things are"))
	return exitError{code: exitFailed}
}

// examine looks at one session, also one that is too damaged to be listed.
func (a *app) examine(ctx context.Context, arg string) ([]sessions.Diagnosis, error) {
	if strings.HasSuffix(arg, ".gonogo") {
		return examineFile(ctx, arg)
	}
	st, err := a.openStore()
	if err != nil {
		return nil, err
	}
	defer st.Close()
	id, err := sessions.ResolveID(ctx, st, arg)
	if err != nil {
		in, can := st.(sessions.Inspector)
		if !can {
			return nil, usage(hint(err, "gonogo sessions lists them"))
		}
		if _, there := in.Inspect(ctx, arg); there != nil {
			return nil, usage(hint(err, "gonogo sessions lists them"))
		}
		id = arg // its folder is there, and no journal that could be listed
	}
	fmt.Fprintln(a.out, "session", id)
	return sessions.Examine(ctx, st, kinds.Registry(), id)
}

// examineFile looks at a report file: its container first, then the session in it.
func examineFile(ctx context.Context, name string) ([]sessions.Diagnosis, error) {
	file, err := signing.ReadFile(name)
	if err != nil {
		return nil, usage(fmt.Errorf("read the report file: %w", err))
	}
	st, id, err := signing.NewStore(file)
	if err != nil {
		return []sessions.Diagnosis{{State: sessions.Wrong, Part: "file", What: err.Error(), Do: "gonogo verify " + name + " tells part by part what is wrong; ask whoever sent it for another copy"}}, nil
	}
	found, err := sessions.Examine(ctx, st, kinds.Registry(), id)
	if err != nil {
		return nil, err
	}
	whole := sessions.Diagnosis{State: sessions.Sound, Part: "file", What: "session " + id + ": every part has the bytes its MANIFEST names", Do: "gonogo verify " + name + " tells who signed it"}
	return append([]sessions.Diagnosis{whole}, found...), nil
}

func (a *app) redactCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "redact ID SHA256",
		Short: "Take one piece of evidence's bytes out of a session, for good",
		Long: "Take one piece of evidence's bytes out of a session, for good: a password that no rule knew, a\n" +
			"person's data. SHA256 is its hash or a unique start of one, as reports and gonogo show list them.\n" +
			"The journal keeps the hash, who took it out, when and why; verdicts stay, and say that their proof\n" +
			"is gone. Copies elsewhere (report files, packs, backups) are not reached.",
		Args: exactly("an ID", "a SHA256"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.redact(cmd.Context(), args[0], args[1], reason)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "taken out on request", "why, as journal and report say it")
	return cmd
}

func (a *app) redact(ctx context.Context, id, prefix, reason string) error {
	if strings.HasSuffix(id, ".gonogo") {
		return usage(hint(fmt.Errorf("%s is a report file, and nothing is taken out of those: its checksums and signatures cover every part", id),
			"redact the session it was made from, then pack or sign that anew"))
	}
	if strings.TrimSpace(reason) == "" {
		return usage(errors.New("--reason must say why"))
	}
	s, done, err := a.openSession(ctx, id, sessions.Open)
	if err != nil {
		return err
	}
	defer done()
	sha, err := s.FindEvidence(prefix)
	if err != nil {
		return usage(hint(err, "gonogo show "+s.ID()+" --json lists them under evidence"))
	}
	by, _, err := a.actor()
	if err != nil {
		return err
	}
	body, err := s.Evidence(ctx, sha)
	size := "bytes that had not their hash any more"
	if err == nil {
		size = counted(len(body), "byte", "bytes")
	}
	if err := s.Redact(ctx, by, sha, clean.Line(reason)); err != nil {
		if errors.Is(err, sessions.ErrReadOnly) {
			return hint(fmt.Errorf("nothing was taken out: %w", err), "gonogo doctor "+s.ID()+" tells more")
		}
		return fmt.Errorf("nothing was taken out: %w", err)
	}
	fmt.Fprintf(a.out, "took %s of %s out of %s, by %s: this can't be undone\n", size, sha, s.ID(), by)
	fmt.Fprintln(a.out, "the journal keeps the hash and the reason; files that were packed, signed or exported before still hold it")
	return nil
}
