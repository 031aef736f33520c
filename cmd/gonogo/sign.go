package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
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
	f.StringVarP(&out, "output", "o", "", "file to write (default: TARGET-DATE.gonogo)")
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
	key, err := signing.LoadKey(ctx, keyFile, askPassphrase)
	if err != nil {
		return usage(err)
	}
	defer key.Close()
	a.warnForwarded(key)
	contents, facts, err := handover.SomeContents(ctx, s, version, func(string) bool { return !withhold })
	if err != nil {
		return err
	}
	facts.Signer, facts.SignedAt = as, time.Now().UTC().Truncate(time.Second)
	file, err := signing.Sign(contents, facts, key.Signer)
	if err != nil {
		return err
	}
	if out == "" {
		out = handover.FileName(s.State())
	}
	if err := writeNew(out, file, force); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "signed %s as %s\nnext: gonogo verify %s --signers FILE\n", out, as, out)
	return nil
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

func (a *app) countersignCommand() *cobra.Command {
	var key, as, decision, comment string
	cmd := &cobra.Command{
		Use:   "countersign FILE",
		Short: "Add a lead's signed statement to a signed report file",
		Args:  exactly("a FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := signing.ReadFile(args[0])
			if err != nil {
				return usage(err)
			}
			if as == "" {
				if as, err = a.signerName(); err != nil {
					return err
				}
			}
			k, err := signing.LoadKey(cmd.Context(), key, askPassphrase)
			if err != nil {
				return usage(err)
			}
			defer k.Close()
			a.warnForwarded(k)
			out, err := signing.Countersign(file, signing.Statement{Decision: decision, By: as, At: time.Now(), Comment: comment}, k.Signer)
			if err != nil {
				return err
			}
			if err := writeNew(args[0], out, true); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "countersigned %s as %s: %s\n", args[0], as, decision)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&key, "key", "", "private key file, or the .pub of a key in the ssh-agent")
	f.StringVar(&as, "as", "", "name in the team's signers file")
	f.StringVar(&decision, "decision", "", "accept or return")
	f.StringVar(&comment, "comment", "", "one line")
	return cmd
}

type verifyFlags struct {
	signers, at, evidence              string
	replay, requireCountersign, asJSON bool
}

func (a *app) verifyCommand() *cobra.Command {
	v := &verifyFlags{}
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Tell who signed a report file, what it covers, and whether anything changed",
		Long: "Tell who signed a report file, what it covers, and whether anything changed.\n" +
			"Exit codes: 0 good, 1 anything wrong inside the file, 2 usage, missing file or refused signers file.",
		Args: exactly("a FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.verify(cmd.Context(), args[0], v) },
	}
	f := cmd.Flags()
	f.StringVar(&v.signers, "signers", "", "allowed_signers file (default: the one in the configuration folder)")
	f.StringVar(&v.at, "at", "", "now: judge keys as of today instead of the time the report claims")
	f.BoolVar(&v.replay, "replay", false, "render the report again from its journal and compare")
	f.BoolVar(&v.requireCountersign, "require-countersign", false, "not good without a lead's countersignature")
	f.StringVar(&v.evidence, "evidence", "", "an ID or a whole FILE to compare withheld evidence with")
	f.BoolVar(&v.asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) verify(ctx context.Context, name string, v *verifyFlags) error {
	if v.at != "" && v.at != "now" {
		return usage(fmt.Errorf("--at %s: only now is known", v.at))
	}
	file, err := signing.ReadFile(name)
	if err != nil {
		return usage(err)
	}
	o := signing.Options{Now: time.Now(), AtNow: v.at == "now", RequireCountersign: v.requireCountersign}
	if v.replay {
		o.Replay = handover.Replay(ctx, kinds.Registry(), file, version)
	}
	if v.evidence != "" {
		s, done, err := a.openSession(ctx, v.evidence, sessions.View)
		if err != nil {
			return usage(err)
		}
		defer done()
		o.Evidence = func(sha string) error { _, err := s.Evidence(ctx, sha); return err }
	}
	path := v.signers
	if path == "" {
		path = filepath.Join(configDir(), "allowed_signers")
	}
	o.Signers, err = signing.LoadSigners(path)
	if err != nil && (v.signers != "" || !errors.Is(err, fs.ErrNotExist)) {
		return usage(hint(err, "the signers file lists who may sign, in OpenSSH's allowed_signers format; see gonogo help signing"))
	}
	result := signing.Verify(file, o)
	if v.asJSON {
		err = a.json(result)
	} else {
		a.printVerification(result)
		err = nil
	}
	if err == nil && !result.Good {
		err = exitError{code: exitFailed}
	}
	return err
}

func (a *app) printVerification(r signing.Verification) {
	fmt.Fprintln(a.out, r.Sentence)
	for _, l := range [][2]string{{"hint", string(r.Hint)}, {"target", string(r.Target)}, {"profile", string(r.Profile)}, {"decision", string(r.Decision)},
		{"signed at", r.SignedAt}, {"key", r.Fingerprint}, {"replay", r.Replay}} {
		if l[1] != "" {
			fmt.Fprintf(a.out, "  %-10s %s\n", l[0], l[1])
		}
	}
	if r.Events > 0 {
		fmt.Fprintf(a.out, "  %-10s %d events to %.12s\n", "journal", r.Events, clean.Line(r.Head))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(a.out, "  %-10s %s\n", "note", n)
	}
	for _, p := range r.Parts {
		if p.State != "ok" {
			fmt.Fprintf(a.out, "  %-10s %s: %s\n", "part", clean.Line(p.Name), p.State)
		}
	}
	for _, c := range r.Countersignatures {
		fmt.Fprintf(a.out, "  %-10s by %s at %s: %s. %s\n", "lead", c.By, clean.Line(c.At), c.Decision, c.Comment)
	}
}
