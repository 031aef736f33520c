package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
)

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
	o := signing.Options{Now: time.Now(), AtNow: v.at == "now", RequireCountersign: v.requireCountersign, Tool: "gonogo " + version}
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
	o.Render = handover.Render(ctx, kinds.Registry(), version)
	var where string
	if o.Signers, where, err = a.signers(v.signers); err != nil {
		return err
	}
	result := signing.Verify(file, o)
	if v.asJSON {
		err = a.json(result)
	} else {
		a.printVerification(result)
		if o.Signers == nil {
			fmt.Fprintf(a.errOut, "gonogo: there is no signers file: give --signers FILE, or put one at %s; see gonogo help signing\n", where)
		}
	}
	if err == nil && !result.Good {
		err = exitError{code: exitFailed}
	}
	return err
}

// signers reads the signers file that was named, or the configuration folder's, whose
// place it tells too; nil where nobody named one and there is none.
func (a *app) signers(name string) (*signing.Signers, string, error) {
	path := name
	if path == "" {
		path = filepath.Join(configDir(), "allowed_signers")
	}
	s, err := signing.LoadSigners(path)
	switch {
	case err == nil:
		return s, path, nil
	case name == "" && errors.Is(err, fs.ErrNotExist):
		return nil, path, nil
	}
	return nil, path, usage(hint(err, "the signers file lists who may sign, in OpenSSH's allowed_signers format; see gonogo help signing"))
}

// printVerification tells first whether the file is good, then what it is about, then each
// signature: who, when, with which key, what it covers.
func (a *app) printVerification(r signing.Verification) {
	say := func(label, text string) {
		if text != "" {
			fmt.Fprintf(a.out, "  %-10s %s\n", label, text)
		}
	}
	fmt.Fprintln(a.out, r.Sentence)
	for i, p := range r.Problems {
		if i > 0 {
			say("also", "NOT GOOD: "+string(p))
		}
	}
	say("hint", string(r.Hint))
	for _, p := range r.Parts {
		if p.State != "ok" {
			say("part", string(clean.Line(p.String())))
		}
	}
	for _, n := range r.Notes {
		say("note", string(n))
	}
	say("replay", r.Replay)
	if r.Signer == "" { // its signature does not hold: nothing behind it is known
		say("key", r.Fingerprint)
		return
	}
	say("report", fmt.Sprintf("%s, held to %s: %s", r.Target, r.Profile, r.Decision))
	say("session", fmt.Sprintf("%s, %d events to %.12s", r.Session, r.Events, r.Head))
	say("signed", fmt.Sprintf("as %s at %s", r.Signer, r.SignedAt))
	say("", keyLine(r.Fingerprint, r.KeyState, r.SignersLine))
	say("", "covers "+covered(r.Covers))
	for _, c := range r.Countersignatures {
		what := fmt.Sprintf("by %s at %s: %s", c.By, clean.Line(c.At), c.Decision)
		if c.Comment != "" {
			what += ", “" + string(c.Comment) + "”"
		}
		if !c.Good {
			what = "NOT GOOD: " + string(c.Sentence)
		}
		say(fmt.Sprintf("lead %d", c.Number), what)
		if c.Good {
			say("", keyLine(c.Fingerprint, c.KeyState, c.SignersLine))
			say("", "covers "+strings.Join(c.Covers, ", "))
		}
	}
}

func keyLine(fingerprint string, state clean.Text, line int) string {
	out := "with " + fingerprint
	if !strings.Contains(string(state), fingerprint) { // else the first line said it
		out += ", " + string(state)
	}
	if line > 0 {
		out += fmt.Sprintf(" (line %d of the signers file)", line)
	}
	return out
}

// covered tells the parts a signature covers, the evidence as a number.
func covered(parts []string) string {
	pieces := 0
	named := slices.DeleteFunc(slices.Clone(parts), func(p string) bool {
		evidence := strings.HasPrefix(p, "evidence/")
		if evidence {
			pieces++
		}
		return evidence
	})
	word := "pieces"
	if pieces == 1 {
		word = "piece"
	}
	return fmt.Sprintf("%s and %d %s of evidence", strings.Join(named, ", "), pieces, word)
}
