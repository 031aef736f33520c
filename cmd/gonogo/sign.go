package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
)

func (a *app) signCommand() *cobra.Command {
	var key, as, out string
	var force, withhold bool
	cmd := &cobra.Command{
		Use:   "sign ID",
		Short: "Write the signed report file",
		Long:  "Write the signed report file with an ordinary SSH key. Without --key the ssh-agent is asked.",
		Args:  exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.sign(cmd.Context(), args[0], key, as, out, force, withhold)
		},
	}
	f := cmd.Flags()
	f.StringVar(&key, "key", "", "private key file, or the .pub of a key in the ssh-agent")
	f.StringVar(&as, "as", "", "name in the team's signers file ([me] mail in config.toml)")
	f.StringVarP(&out, "output", "o", "", "file to write (default: TARGET-DATE.gonogo, or the next one that is free)")
	f.BoolVar(&force, "force", false, "overwrite the file")
	f.BoolVar(&withhold, "without-evidence", false, withoutEvidence)
	return cmd
}

func (a *app) sign(ctx context.Context, id, keyFile, as, out string, force, withhold bool) error {
	s, done, err := a.openSession(ctx, id, sessions.View)
	if err != nil {
		return err
	}
	defer done()
	if as == "" {
		if as, err = a.signerName(); err != nil {
			return err
		}
	}
	key, err := a.loadKey(ctx, keyFile)
	if err != nil {
		return err
	}
	defer key.Close()
	contents, facts, err := handover.SomeContents(ctx, s, version, func(string) bool { return !withhold })
	if err != nil {
		return err
	}
	facts.Signer, facts.SignedAt = as, time.Now().UTC().Truncate(time.Second)
	file, err := signPatiently(a, key, func() ([]byte, error) { return signing.Sign(contents, facts, key.Signer) })
	if err != nil {
		return err
	}
	if out == "" {
		if out = handover.FreeName(".", s.State()); force {
			out = handover.FileName(s.State())
		}
	}
	if err := writeNew(out, file, force); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "signed %s as %s\n", out, as)
	next := "gonogo verify " + out
	if signers, _, err := a.signers(""); signers == nil || err != nil {
		next += " --signers FILE"
	} else if v := signing.Verify(file, signing.Options{Signers: signers, Now: time.Now()}); !v.Good {
		fmt.Fprintf(a.errOut, "gonogo: the signers file %s will not accept it: %s\n", signers.Path, v.Problems[0])
	}
	fmt.Fprintf(a.out, "next: %s\n", next)
	return nil
}

// loadKey finds the key to sign with, asking for its passphrase where it has one.
func (a *app) loadKey(ctx context.Context, file string) (*signing.Key, error) {
	key, err := signing.LoadKey(ctx, file, askPassphrase)
	if err != nil {
		return nil, usage(err)
	}
	a.warnForwarded(key)
	return key, nil
}

// agentQuiet is how long an agent may take before people are told what it waits for.
const agentQuiet = time.Second

// signPatiently signs. When an agent does not answer at once, it is said what to do: it waits for a
// touch or a confirmation and says nothing itself.
func signPatiently(a *app, key *signing.Key, sign func() ([]byte, error)) ([]byte, error) {
	if key.FromAgent {
		tell := time.AfterFunc(agentQuiet, func() {
			fmt.Fprintf(a.errOut, "gonogo: waiting for the ssh-agent: touch your key %s, or confirm\n", key.Comment)
		})
		defer tell.Stop()
	}
	return sign()
}

func (a *app) signerName() (string, error) {
	c, err := a.config()
	if err != nil {
		return "", err
	}
	if c.Me.Mail == "" {
		return "", usage(hint(errors.New("nobody is named as the signer"), "give --as NAME as in the team's signers file, or set [me] mail in config.toml"))
	}
	return c.Me.Mail, nil
}

// warnForwarded says that a forwarded agent lets the machine's administrator sign too.
func (a *app) warnForwarded(k *signing.Key) {
	if k.FromAgent && os.Getenv("SSH_CONNECTION") != "" {
		fmt.Fprintln(a.errOut, "gonogo: the key comes through a forwarded ssh-agent: whoever administers this machine could sign as you too")
	}
}

func askPassphrase(fingerprint string) ([]byte, error) {
	if !isTTY(os.Stdin) {
		return nil, errors.New("it has a passphrase and there is no terminal to ask: load it into the agent with ssh-add")
	}
	fmt.Fprintf(os.Stderr, "Passphrase of %s: ", fingerprint)
	defer fmt.Fprintln(os.Stderr)
	return term.ReadPassword(int(os.Stdin.Fd()))
}
