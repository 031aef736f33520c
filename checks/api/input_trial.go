package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// invented is a user name that nobody has.
func invented() string {
	b := make([]byte, 6)
	rand.Read(b)
	return "gonogo-" + hex.EncodeToString(b)
}

// inputTrial sends one target's requests.
type inputTrial struct {
	probe  *checks.Probe
	target inputTarget
	tried  int // wrong requests that must be refused, and were answered
}

// do sends r with consent; fresh asks even if the same was asked before.
func (t *inputTrial) do(ctx context.Context, r observe.Request, fresh bool) (*observe.Exchange, error) {
	r.Class, r.Fresh = string(checks.Intrusive), fresh
	r.As = t.target.Right.As
	return t.probe.Do(ctx, r)
}

// run asks rightly, then wrongly, and rightly again after a server error. Without a right
// answer nothing of the target says anything: its part is na then.
func (t *inputTrial) run(ctx context.Context) (parts []answer.Part, evidence []checks.Evidence) {
	name := t.target.Name
	none := func(why string) ([]answer.Part, []checks.Evidence) {
		return []answer.Part{na(why).Part(name)}, evidence
	}
	missing := func(what string, err error) ([]answer.Part, []checks.Evidence) {
		verdict, reason := answer.Missing(what, err)
		return append(parts, answer.Part{Verdict: verdict, Reason: reason}), evidence
	}
	right, err := t.do(ctx, t.target.Right, false)
	if err == nil && !t.target.Login {
		if as, again := asCaller(t.probe, t.target.Right, right); again {
			t.target.Right = as
			right, err = t.do(ctx, as, false)
		}
	}
	if err != nil {
		return missing(name, err)
	}
	evidence = append(evidence, t.probe.Exchange(right))
	control, err := t.probe.Control(ctx, right.Request)
	if err != nil {
		return missing("a random path beside "+name, err)
	}
	switch {
	case observe.Same(right, control):
		return none("is answered like unknown paths: its input is not looked at")
	case t.target.Login && (right.Status < 400 || right.Status == 404 || right.Status == 405 || right.Status >= 500):
		return none("answers an invented user " + statusText(right.Status) + ": it can't be told that it is read")
	case !t.target.Login && !answer.Success(right):
		return none("answers the right request " + statusText(right.Status) + ": what wrong input changes can't be told")
	}
	for _, wrong := range t.target.Wrong {
		x, err := t.do(ctx, wrong.Request, false)
		if err != nil {
			return missing(name+" with "+wrong.What, err)
		}
		facts := inputFacts{What: wrong.What, Status: x.Status, Only5xx: wrong.Only5xx, Login: t.target.Login, Right: right.Status, Ignored: observe.Same(x, right)}
		if x.Status >= 500 {
			if err := t.again(ctx, wrong, right.Status, &facts); err != nil {
				return missing(name+" again after "+wrong.What, err)
			}
		}
		o := judgeWrong(facts)
		parts = append(parts, o.Part(name))
		if !wrong.Only5xx && o.Verdict != checks.NA {
			t.tried++
		}
		if o.Verdict != checks.Pass {
			evidence = append(evidence, t.probe.Exchange(x))
		}
	}
	return parts, evidence
}

// again repeats a request that brought a server error, and the right one after it.
func (t *inputTrial) again(ctx context.Context, wrong wrongInput, status int, facts *inputFacts) error {
	second, err := t.do(ctx, wrong.Request, true)
	if err != nil {
		return err
	}
	facts.Twice = second.Status >= 500
	right, err := t.do(ctx, t.target.Right, true)
	if err != nil {
		return err
	}
	facts.StillRight = right.Status == status
	return nil
}

// inputFacts is what one wrong request brought.
type inputFacts struct {
	What       string
	Status     int
	Only5xx    bool
	Twice      bool // the server error came again
	StillRight bool // and the right request is answered as before
	Ignored    bool // the answer is that of the right request
	Login      bool // the right request is a refused login, of status Right
	Right      int
}

func judgeWrong(f inputFacts) opinion {
	code := statusText(f.Status)
	switch {
	case f.Status >= 500 && !f.StillRight:
		return unsure("answers " + code + " to " + f.What + ", but to the right request too by now")
	case f.Status >= 500 && f.Twice:
		return fail("answers " + code + " to " + f.What)
	case f.Status >= 500:
		return warn("answers " + code + " to " + f.What + " once, not twice")
	case f.Status >= 300 && f.Status < 400:
		return unsure("redirects (" + code + ") for " + f.What + ": what becomes of it can't be told")
	case f.Only5xx:
		return pass("answers " + code + " to " + f.What)
	case f.Status < 300 && f.Ignored:
		return warn("takes " + f.What + " as if it were right (" + code + ")")
	case f.Status < 300:
		return warn("answers " + code + " to " + f.What)
	case f.Login && f.Status == f.Right && f.Ignored:
		return na("answers " + f.What + " like a wrong password (" + code + "): that it is read can't be told")
	}
	return pass("answers " + code + " to " + f.What)
}
