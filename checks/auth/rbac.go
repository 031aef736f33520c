package auth

import (
	"context"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var rbacAdmin = checks.Define(checks.Kind{
	ID: "security.rbac.admin", Title: "Admin paths need the role", Class: checks.Safe, Severity: checks.Critical,
	Sends: "GET of each admin path and of a random path beside it as anonymous, as the user and as the admin; the whoami path, before and after, to see that the tokens work",
	Rule: "PASS: anonymous refused, the user refused (or 404 while the admin gets 2xx), the admin 2xx. " +
		"WARN: 404 for everybody, everything there refused alike, or no token to try with. FAIL: anonymous or the user get 2xx unlike the answer for unknown paths, or the admin's answer. " +
		"inconclusive: a token does not work, 5xx, answers like unknown paths.",
	Fix:  "Check the role on the server for each operation: one deny-by-default dependency for the admin prefix.",
	Refs: []string{"CWE-862", "CWE-863", "CWE-285", "ASVS 8.2.1", "ASVS 8.2.2", "WSTG-ATHZ-02"},
}, runRBAC)

func runRBAC(ctx context.Context, p *checks.Probe, params PathParams) checks.Result {
	paths := params.list(10, p.Target.Paths.Admin)
	if len(paths) == 0 {
		return answer.NotDeclared("paths.admin")
	}
	who := []observe.Identity{observe.Anonymous}
	var evidence []checks.Evidence
	dead := ""
	for _, identity := range []observe.Identity{observe.User, observe.Admin} {
		if !hasToken(p, identity) {
			continue
		}
		seen, why := sane(ctx, p, identity, false)
		evidence = append(evidence, seen...)
		if why != "" {
			dead = why
			continue
		}
		who = append(who, identity)
	}
	var parts []answer.Part
	var table strings.Builder
	for _, path := range paths {
		facts, missing := askAdmin(ctx, p, path, who)
		facts.Dead = dead
		table.WriteString(facts.row(path))
		evidence = append(evidence, facts.evidence...)
		o := judgeAdmin(facts)
		if missing != "" && o.Verdict != checks.Fail {
			o = unsure(missing)
		}
		parts = append(parts, answer.Part{What: path, Verdict: o.Verdict, Reason: o.Reason})
	}
	verdict, reason := answer.Combine(parts)
	// A session that died on the way makes every later refusal look like protection.
	for _, identity := range who[1:] {
		if seen, why := sane(ctx, p, identity, true); why != "" && verdict != checks.Fail {
			evidence = append(evidence, seen...)
			verdict, reason = checks.Inconclusive, "the refusals prove nothing, at the end "+why
		}
	}
	return opinion{verdict, reason}.result(append(evidence, p.Note("who gets what", table.String()))...)
}

// access is what one identity gets.
type access struct {
	Asked    bool
	Status   int
	Standing answer.Standing
	Weak     bool // a login form or a refusal in the body with a success status
	AsAdmin  bool // JSON, and the same that the admin gets
}

// refused reports whether the identity was turned away.
func (a access) refused() bool { return a.Standing == answer.Guarded || a.Standing == answer.Blanket }

// adminFacts is who gets what of one admin path.
type adminFacts struct {
	Anonymous, User, Admin access
	Dead                   string // why a declared token proves nothing

	evidence []checks.Evidence
}

func (f adminFacts) row(path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", path)
	for _, row := range []struct {
		Who string
		access
	}{{"anonymous", f.Anonymous}, {"user", f.User}, {"admin", f.Admin}} {
		if row.Asked {
			fmt.Fprintf(&b, "  %-9s  %d  %s\n", row.Who, row.Status, row.Standing)
		} else {
			fmt.Fprintf(&b, "  %-9s  not asked\n", row.Who)
		}
	}
	return b.String()
}

// askAdmin asks one path as each identity. missing says why one has no answer.
func askAdmin(ctx context.Context, p *checks.Probe, path string, who []observe.Identity) (adminFacts, string) {
	var facts adminFacts
	answers := map[observe.Identity]*observe.Exchange{}
	for _, identity := range who {
		r := observe.Request{URL: path, As: identity}
		x, err := p.Do(ctx, r)
		if err != nil {
			_, missing := answer.Missing("GET "+path+" as "+string(identity), err)
			return facts, missing
		}
		facts.evidence = append(facts.evidence, p.Exchange(x))
		control, err := p.Control(ctx, r)
		if err != nil {
			_, missing := answer.Missing("a random path beside "+path+" as "+string(identity), err)
			return facts, missing
		}
		answers[identity] = x
		a := access{Asked: true, Status: x.Status, Standing: answer.Stand(x, control),
			Weak: answer.Success(x) && (answer.LoginForm(x) || answer.Denies(x))}
		switch identity {
		case observe.Anonymous:
			facts.Anonymous = a
		case observe.User:
			facts.User = a
		case observe.Admin:
			facts.Admin = a
		}
	}
	facts.Anonymous.AsAdmin = sameJSON(answers[observe.Anonymous], answers[observe.Admin])
	facts.User.AsAdmin = sameJSON(answers[observe.User], answers[observe.Admin])
	return facts, ""
}

// sameJSON reports whether two identities got the very same JSON with success.
func sameJSON(x, admin *observe.Exchange) bool {
	return x != nil && admin != nil && answer.Success(x) && answer.Success(admin) && answer.JSON(x) &&
		len(x.Body) > 2 && string(x.Body) == string(admin.Body)
}

func judgeAdmin(f adminFacts) opinion {
	for _, caller := range []struct {
		Who string
		access
	}{{"anonymous callers", f.Anonymous}, {"a plain user", f.User}} {
		switch {
		case !caller.Asked || caller.Weak:
		case caller.Standing == answer.Real:
			return fail(fmt.Sprintf("gives %s %d", caller.Who, caller.Status))
		case caller.Standing == answer.CatchAll && caller.AsAdmin:
			return fail("gives " + caller.Who + " the same JSON as the admin")
		}
	}
	if f.Dead != "" {
		return unsure("can't be judged: " + f.Dead)
	}
	for _, a := range []access{f.Anonymous, f.User, f.Admin} {
		switch {
		case a.Asked && a.Standing == answer.CatchAll:
			return unsure("is answered like unknown paths")
		case a.Asked && a.Standing == answer.Broken:
			return unsure(fmt.Sprintf("answers %d: who may use it can't be told", a.Status))
		}
	}
	return judgeRefusals(f)
}

// judgeRefusals judges an admin path that lets nobody in who should not be.
func judgeRefusals(f adminFacts) opinion {
	open := f.Admin.Asked && f.Admin.Standing == answer.Real
	switch {
	case f.Anonymous.Weak || f.User.Weak:
		return warn("refuses in the page but answers 200 instead of 401 or 403")
	case f.Anonymous.Standing == answer.Absent && (!f.User.Asked || f.User.Standing == answer.Absent) && !open:
		return warn("is not found for anybody: its protection is unproven")
	case !f.Anonymous.refused() && !(f.Anonymous.Standing == answer.Absent && open):
		return warn(fmt.Sprintf("answers anonymous callers %d: its protection is unproven", f.Anonymous.Status))
	case !f.User.Asked:
		return warn("refuses anonymous callers; without a user's token the role itself is not tried")
	case f.Admin.Asked && !open:
		return warn(fmt.Sprintf("refuses the admin too (%d): nothing shows that the role opens it", f.Admin.Status))
	case f.User.refused() && (open || f.User.Standing == answer.Guarded), f.User.Standing == answer.Absent && open:
		return pass(fmt.Sprintf("anonymous %d, user %d%s", f.Anonymous.Status, f.User.Status, adminWords(f)))
	case f.User.Standing == answer.Blanket:
		return warn("refuses the user as every unknown path does: that the role decides is unproven")
	}
	return warn(fmt.Sprintf("answers a plain user %d: its protection is unproven", f.User.Status))
}

func adminWords(f adminFacts) string {
	if !f.Admin.Asked {
		return "; no admin token to compare with"
	}
	return fmt.Sprintf(", admin %d", f.Admin.Status)
}
