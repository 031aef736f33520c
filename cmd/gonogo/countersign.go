package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"assess/gonogo/sessions/signing"
)

type countersignFlags struct{ key, as, decision, comment, signers string }

func (a *app) countersignCommand() *cobra.Command {
	c := &countersignFlags{}
	cmd := &cobra.Command{
		Use:   "countersign FILE",
		Short: "Add a lead's signed statement to a signed report file",
		Long: "Add a lead's signed statement to a signed report file.\n" +
			"Where there is a signers file, nothing is written that it would not call good.",
		Args: exactly("a FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.countersign(cmd.Context(), args[0], c) },
	}
	f := cmd.Flags()
	f.StringVar(&c.key, "key", "", "private key file, or the .pub of a key in the ssh-agent")
	f.StringVar(&c.as, "as", "", "name in the team's signers file")
	f.StringVar(&c.decision, "decision", "", "accept or return")
	f.StringVar(&c.comment, "comment", "", "one line")
	f.StringVar(&c.signers, "signers", "", "allowed_signers file (default: the one in the configuration folder)")
	return cmd
}

func (a *app) countersign(ctx context.Context, name string, c *countersignFlags) error {
	if c.decision != "accept" && c.decision != "return" {
		return usage(fmt.Errorf("--decision %q: say accept or return", c.decision))
	}
	file, err := signing.ReadFile(name)
	if err != nil {
		return usage(err)
	}
	signers, _, err := a.signers(c.signers)
	if err != nil {
		return err
	}
	if c.as == "" {
		if c.as, err = a.signerName(); err != nil {
			return err
		}
	}
	key, err := a.loadKey(ctx, c.key)
	if err != nil {
		return err
	}
	defer key.Close()
	now := time.Now()
	out, err := signPatiently(a, key, func() ([]byte, error) {
		return signing.Countersign(file, signing.Statement{Decision: c.decision, By: c.as, At: now, Comment: c.comment}, key.Signer)
	})
	if err != nil {
		return err
	}
	v := signing.Verify(out, signing.Options{Signers: signers, Now: now})
	if signers != nil && !v.Good {
		return hint(fmt.Errorf("not countersigned: %s", v.Problems[0]), "the signers file "+signers.Path+" says who may sign; see gonogo help signing")
	}
	if err := unchanged(name, file); err != nil {
		return err
	}
	if err := writeNew(name, out, true); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "countersigned %s as %s: %s\n", name, c.as, c.decision)
	if signers == nil {
		fmt.Fprintf(a.errOut, "gonogo: there is no signers file here: nobody vouches for the report's key %s\n", v.Fingerprint)
	}
	return nil
}

// unchanged refuses to write over a file that somebody else changed while the key was
// asked: their countersignature would be lost.
func unchanged(name string, was []byte) error {
	now, err := signing.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, was) {
		return hint(errors.New(name+" changed while it was being countersigned: nothing was written"), "look at it again with gonogo verify, then countersign again")
	}
	return nil
}
