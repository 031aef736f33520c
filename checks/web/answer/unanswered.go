package answer

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"syscall"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
)

// Label names a request as people do: "GET /api/health", with the host only where it is
// not the base URL's.
func Label(p *checks.Probe, r observe.Request) string {
	method := r.Method
	if method == "" {
		method = "GET"
	}
	where := r.URL
	if u, err := url.Parse(r.URL); err == nil && u.Host != "" {
		if base, err := url.Parse(p.Target.BaseURL); err == nil && SameOrigin(u, base) {
			where = u.RequestURI()
		}
	}
	if len(where) > 120 {
		where = where[:120] + "…"
	}
	return method + " " + where
}

// Trouble is the trouble of an observation's error, or of an error in connecting; "" when
// err is of another kind.
func Trouble(err error) observe.Trouble {
	if failed := (*observe.Error)(nil); errors.As(err, &failed) {
		return failed.Trouble
	}
	var timed net.Error
	var name *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return observe.Cancelled
	case errors.Is(err, guard.ErrScope):
		return observe.Scope
	case errors.Is(err, guard.ErrConsent):
		return observe.Consent
	case errors.Is(err, guard.ErrBudget):
		return observe.Budget
	case errors.Is(err, syscall.ECONNREFUSED):
		return observe.Refused
	case errors.As(err, &name):
		return observe.DNS
	case errors.As(err, &timed) && timed.Timeout():
		return observe.Timeout
	}
	return ""
}

// Missing says in words why a request has no answer, and the verdict that leaves: never
// pass and never fail, because what was not seen proves nothing.
func Missing(what string, err error) (checks.Verdict, string) {
	switch trouble := Trouble(err); trouble {
	case observe.Consent:
		return checks.Pending, what + " needs consent"
	case observe.Scope:
		return checks.Inconclusive, what + " was not sent: its host is out of scope; declare it under [scope] hosts in target.toml"
	case observe.Budget:
		return checks.Inconclusive, what + " was not sent: the run's request budget is used up"
	case observe.Throttled:
		return checks.Inconclusive, what + " was throttled by the target"
	case observe.Barred:
		return checks.Inconclusive, what + " is refused, as is now what the target answered before: it seems to have barred this reviewer"
	case observe.Cancelled:
		return checks.Inconclusive, what + " was stopped before it was answered"
	case observe.NoToken:
		return checks.Inconclusive, what + " was not sent: the token can't be read"
	case "":
		return checks.Inconclusive, what + " has no answer: " + firstLine(err)
	default:
		return checks.Inconclusive, what + " has no answer: " + string(trouble)
	}
}

// Unanswered makes the result of a check whose deciding request has no answer. what is
// a label as Label makes it.
func Unanswered(p *checks.Probe, what string, err error) checks.Result {
	verdict, reason := Missing(what, err)
	return checks.NewResult(verdict, checks.ObservedLive, reason, p.Note(what, err.Error()))
}

// NotDeclared is the result of a check that lacks an input only the assessor can give.
func NotDeclared(key string) checks.Result {
	return checks.NewResult(checks.Pending, checks.ObservedLive, "not declared: "+key)
}

// LastWord is the answer that a throttled request got in the end, nil for other errors. A
// health route that says 503 with Retry-After is no less unwell for asking to wait.
func LastWord(err error) *observe.Exchange {
	if failed := (*observe.Error)(nil); errors.As(err, &failed) {
		return failed.Last
	}
	return nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
