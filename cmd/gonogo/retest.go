package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
)

type retestFlags struct {
	run      runFlags
	target   string
	headless bool
}

func (a *app) retestCommand() *cobra.Command {
	r := &retestFlags{}
	cmd := &cobra.Command{
		Use:   "retest ID",
		Short: "Begin a new session from an old one's failures: what was fixed, what still stands?",
		Long: "Begin a new session on an old one's target and profile. What failed there comes first. Answers whose\n" +
			"item says the same are carried over and marked so; so are waivers, attached evidence, who looks at\n" +
			"what, open findings and conditions. What expired or is overdue is said first. An answer to a machine's verdict that is another now waits\n" +
			"for you again.\n\n" +
			"The target file is read as it is now; where it is gone, the session's own copy is used. The profile is\n" +
			"the one of that name as it is now, else the session's own. On a terminal the reviewer opens and sends\n" +
			"what needs no consent; with --headless, --json or without a terminal it is gonogo run, with its exit codes.",
		Args: exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.retest(cmd, args[0], r) },
	}
	r.run.register(cmd)
	f := cmd.Flags()
	f.Lookup("profile").Usage = "profile to hold the target to (a name or a file; default: the old session's)"
	f.StringVar(&r.target, "target", "", "target file (default: the one the old session was begun with)")
	f.BoolVar(&r.headless, "headless", false, "run the automated part without a screen")
	return cmd
}

func (a *app) retest(cmd *cobra.Command, id string, r *retestFlags) error {
	allow, err := r.run.classes()
	if err != nil {
		return usage(err)
	}
	headless := r.headless || r.run.json || !a.plain && !interactive()
	for _, name := range []string{"allow", "confirm-host", "answers", "fail-on"} {
		if !headless && cmd.Flags().Changed(name) {
			return usage(hint(fmt.Errorf("--%s is for a run without a screen; on the screen it is asked for when it is needed", name), "add --headless"))
		}
	}
	if strings.HasSuffix(id, ".gonogo") {
		return usage(hint(fmt.Errorf("%s is a report file; a re-test begins from a saved session", id), "gonogo unpack FILE makes one of it"))
	}
	ctx := cmd.Context()
	old, done, err := a.openSession(ctx, id, sessions.View)
	if err != nil {
		return err
	}
	defer done()
	n, err := a.again(old.State(), r)
	if err != nil {
		return usage(err)
	}
	begin := func(st sessions.Store) (*sessions.Session, error) { return sessions.Retest(ctx, st, old, n) }
	if headless {
		return a.retestHeadless(ctx, old.State(), n, &r.run, allow, begin)
	}
	if _, err := checks.NewPlan(n.Target, n.Profile, n.Registry, n.Selection); err != nil {
		return usage(err)
	}
	st, err := a.openStore()
	if err != nil {
		return err
	}
	s, err := a.own(begin)(st)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	if err := errors.Join(s.Close(), st.Close()); err != nil {
		return err
	}
	return a.openScreen(ctx, screenOptions{session: s.ID(), start: true})
}

// again finds the target and the profile of a re-test, and says on stderr which they are.
func (a *app) again(old *sessions.State, r *retestFlags) (sessions.NewSession, error) {
	n := sessions.NewSession{Registry: kinds.Registry(), Tool: "gonogo " + version,
		Selection: checks.Selection{Categories: r.run.categories, Items: r.run.items}}
	var err error
	if n.By, _, err = a.actor(); err != nil {
		return n, err
	}
	if n.Target, err = a.targetAgain(old, r.target); err != nil {
		return n, err
	}
	a.unfilled(n.Target)
	n.Profile, err = a.profileAgain(old, r.run.profile)
	return n, err
}

// openTo is the file, or the folder above it, that others may write to, and who; or empty:
// what stands in the file need not be its owner's word.
func openTo(file string) (at, whom string) {
	for at = file; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil {
			if whom = writers(info); whom != "" {
				return at, whom
			}
		}
		if at == filepath.Dir(at) {
			return "", ""
		}
	}
}

// targetAgain is the target file as it is now, else the session's own copy.
func (a *app) targetAgain(old *sessions.State, named string) (*checks.Target, error) {
	o := old.Opened
	if named != "" {
		return checks.LoadTarget(named)
	}
	if err := a.standsFor(old.Target); err != nil {
		return nil, hint(fmt.Errorf("session %s: %w", o.Session, err), "read what it holds (gonogo show "+o.Session+"), then give a target file of yours with --target FILE;\nor gonogo resume "+o.Session+", which shows what it would fill and reach, and asks")
	}
	path := filepath.Join(o.Dir, cmp.Or(o.File, "target.toml"))
	t, err := checks.LoadTarget(path)
	open, whom := openTo(path)
	switch {
	case err == nil && o.File == "" && t.Name != old.Target.Name: // an older session, which did not say
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, hint(err, "mend the file, or give another with --target FILE")
	case digest(t.Source) != o.TargetSHA && open != "":
		return nil, hint(fmt.Errorf("target %s was changed since session %s, and others may have: %s is writable by %s", path, o.Session, open, whom),
			"read it, then name it: --target FILE")
	case digest(t.Source) != o.TargetSHA:
		fmt.Fprintf(a.errOut, "gonogo: target %s as it is now; it was changed since session %s\n", clean.Line(path), o.Session)
		return t, nil
	default:
		return t, nil
	}
	where := ""
	if _, err := os.Stat(o.Dir); err != nil && o.Dir != "" {
		where = ", which is gone too"
	}
	fmt.Fprintf(a.errOut, "gonogo: target %s is not there any more: the copy in session %s is used, its relative paths meant from %s%s\n",
		clean.Line(path), o.Session, clean.Line(cmp.Or(o.Dir, "nowhere")), where)
	return old.Target, nil
}

// unfilled says which holes of the target can't be filled here and now.
func (a *app) unfilled(t *checks.Target) {
	for _, hole := range t.Holes() {
		if _, err := t.Resolve(hole); err != nil {
			fmt.Fprintf(a.errOut, "gonogo: %s can't be filled: %s; what needs it can't be told\n", clean.Line(hole), clean.Line(err.Error()))
		}
	}
}

// profileAgain is the profile named, else the old session's by its name as it is now, else
// the session's own copy.
func (a *app) profileAgain(old *sessions.State, named string) (*checks.Profile, error) {
	if named != "" {
		return profiles.Load(named, configDir())
	}
	id := old.Opened.Profile
	if !slices.Contains(append(profiles.Names(), profiles.User(configDir())...), id) {
		return old.Profile, nil
	}
	p, err := profiles.Load(id, configDir())
	if err != nil {
		return nil, err
	}
	if digest(p.Source) != old.Opened.ProfileSHA {
		fmt.Fprintf(a.errOut, "gonogo: profile %s changed since session %s: items that say something else now are not compared\n", id, old.Opened.Session)
	}
	return p, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// retestHeadless is run on a session that begins from an old one.
func (a *app) retestHeadless(ctx context.Context, old *sessions.State, n sessions.NewSession, r *runFlags, allow []checks.Class,
	begin func(sessions.Store) (*sessions.Session, error)) error {
	answers, err := a.readAnswers(r.answers, n.Profile)
	if err != nil {
		return usage(err)
	}
	sel := n.Selection
	if len(sel.Categories)+len(sel.Items) == 0 {
		n.Selection = checks.Selection{Categories: old.Opened.Categories, Items: old.Opened.Items}
	}
	return a.execute(ctx, n, r, allow, answers, begin, func(st *sessions.State) {
		a.printCarried(sessions.Carried(old, st, time.Now()), st)
	})
}

// printCarried says first what is overdue or expired, then what became of the old failures.
func (a *app) printCarried(c sessions.CarriedOver, st *sessions.State) {
	for _, cond := range c.Overdue {
		fmt.Fprintf(a.out, "OVERDUE  %s %s (%s, due %s)%s\n", cond.ID, clean.Line(string(cond.Text)), cmp.Or(cond.Owner, "no owner"), cond.Due, proofs(cond))
	}
	for _, id := range c.Lapsed {
		fmt.Fprintf(a.out, "EXPIRED  %s: its waiver or answer counts no more\n", id)
	}
	for _, cond := range c.Due {
		fmt.Fprintf(a.out, "open     %s %s (%s, due %s)%s\n", cond.ID, clean.Line(string(cond.Text)), cmp.Or(cond.Owner, "no owner"), cmp.Or(cond.Due, "not said"), proofs(cond))
	}
	attached := ""
	if c.Attached > 0 {
		attached = ", " + counted(c.Attached, "attached piece of evidence", "attached pieces of evidence")
	}
	fmt.Fprintf(a.out, "from session %s: %s, %s%s and %s carried over\n\n", c.From, counted(len(c.Failures), "failure", "failures"),
		counted(c.Answers, "answer", "answers"), attached, counted(c.Findings, "open finding", "open findings"))
	if len(c.Unasked) > 0 {
		fmt.Fprintf(a.out, "NOT ASKED  %s: failed or warned before; level, profile or selection leave it out now\n\n", strings.Join(c.Unasked, " "))
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, id := range c.Failures {
		i := st.Items[id]
		carried := ""
		if i.Reviewer != nil && i.Reviewer.Carried {
			carried = " (carried)"
			if i.Unconfirmed() {
				carried = " (the answer before counts when the check says " + string(i.Reviewer.On) + " again)"
			} else if !i.ReviewerCounts() {
				carried = " (the answer before was to another verdict)"
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s%s\n", i.Counts(), id, clean.Line(i.Planned.Item.Title), carried)
	}
	w.Flush()
	if len(c.Failures) > 0 {
		fmt.Fprintln(a.out)
	}
}

func proofs(c sessions.Condition) string {
	if len(c.VerifiedBy) == 0 {
		return ""
	}
	return ", proved by " + strings.Join(c.VerifiedBy, " ")
}
