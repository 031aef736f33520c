package web

import (
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

// judgeCORS reads the matrix of one path by the Fetch standard's CORS protocol: who may
// read what, and with whose credentials.
func judgeCORS(f corsFacts) opinion {
	worst := pass("no origin beyond the listed ones is allowed")
	if len(f.Allowed) == 0 {
		worst = pass("no foreign origin is allowed")
	}
	for _, a := range append([]corsAnswer{f.Plain}, f.Asked...) {
		if o := judgeCORSAnswer(a, f); rank(o.Verdict) > rank(worst.Verdict) {
			worst = o
		} else if o.Verdict == checks.Pass && o.Reason != "" && worst.Verdict == checks.Pass {
			worst = o
		}
	}
	if f.Preflight != nil {
		worst = raiseByPreflight(worst, f)
	}
	if worst.Verdict == checks.Fail {
		return worst
	}
	if o, undecided := unreadable(f); undecided {
		return o
	}
	return worst
}

// unreadable says why the path's answers can't carry a pass or a warning.
func unreadable(f corsFacts) (opinion, bool) {
	switch {
	case f.CatchAll:
		return unsure("the path is answered like unknown ones: its own policy can't be seen"), true
	case f.Plain.Status >= 200 && f.Plain.Status < 300:
		return opinion{}, false
	}
	for _, a := range f.Asked {
		if strings.Contains(a.Probe, "token") && a.Status >= 200 && a.Status < 300 {
			return opinion{}, false
		}
	}
	return unsure("the path answers " + statusText(f.Plain.Status) + ": declare an API path that answers"), true
}

func rank(v checks.Verdict) int {
	return slices.Index([]checks.Verdict{checks.Pass, checks.Warn, checks.Fail}, v)
}

// judgeCORSAnswer judges one answer. An empty reason with pass means nothing to say.
func judgeCORSAnswer(a corsAnswer, f corsFacts) opinion {
	echoed := a.Allow != "" && a.Allow == a.Origin
	switch {
	case a.Allow == "" || (a.Allow != "*" && slices.Contains(f.Allowed, a.Allow)):
		return pass("")
	case a.Allow == "*" && a.Credentials:
		return warn("contradictory: any site may read anonymous answers (*), and credentials are allowed, which browsers refuse together")
	case a.Allow == "*" && f.Public:
		return pass("any site may read the answers, as declared")
	case a.Allow == "*" && f.Loopback:
		return warn("any site may read what anonymous callers get: a foreign origin is answered with *; on this machine any page opened in a browser can")
	case a.Allow == "*":
		return warn("any site may read what anonymous callers get: a foreign origin is answered with *")
	case strings.Contains(a.Allow, ","):
		return warn("several origins are allowed in one header, which browsers refuse: " + quoteShort(a.Allow))
	case !echoed:
		return warn("an origin that the target doesn't list may read answers: " + quoteShort(a.Allow))
	}
	return judgeEcho(a)
}

// judgeEcho judges an answer that allows the very origin that was invented for it.
func judgeEcho(a corsAnswer) opinion {
	switch {
	case a.Credentials && a.Origin == "null":
		return fail("a null origin may read with credentials: any sandboxed frame is one")
	case a.Credentials && strings.HasPrefix(a.Origin, "http://"):
		return fail("the plain-http twin of the site may read with credentials")
	case a.Credentials:
		return fail("any site may read with the visitor's credentials: a foreign origin is echoed (" + a.Probe + ")")
	case a.Differs:
		return fail("a foreign origin is echoed and reads an answer that anonymous callers don't get (" + a.Probe + ")")
	case !a.VaryOrigin && a.Cacheable:
		return warn("a foreign origin is echoed without Vary: Origin: a cache may hand the answer to others (" + a.Probe + ")")
	}
	return warn("a foreign origin is echoed, without credentials (" + a.Probe + ")")
}

// raiseByPreflight counts what the preflight allows: a foreign origin that may PUT or
// DELETE with authorization makes the rest one step worse.
func raiseByPreflight(worst opinion, f corsFacts) opinion {
	own := judgeCORSAnswer(*f.Preflight, f)
	if own.Verdict == checks.Fail && worst.Verdict != checks.Fail {
		own = warn("the preflight allows a foreign origin with credentials, the answers themselves don't")
	}
	if rank(own.Verdict) > rank(worst.Verdict) {
		worst = own
	}
	open := f.Preflight.Allow == "*" || (f.Preflight.Allow != "" && f.Preflight.Allow == f.Preflight.Origin)
	if !open || slices.Contains(f.Allowed, f.Preflight.Allow) || !writes(*f.Preflight) {
		return worst
	}
	switch worst.Verdict {
	case checks.Warn:
		return fail(worst.Reason + "; and a preflight lets it PUT or DELETE with authorization")
	case checks.Pass:
		return warn("a preflight lets any origin PUT or DELETE with authorization")
	}
	return worst
}

// writes reports whether a preflight allows PUT or DELETE together with Authorization. A
// star stands for methods only without credentials and never for Authorization.
func writes(a corsAnswer) bool {
	method, header := false, false
	for _, m := range answer.Elements(strings.ToUpper(a.Methods)) {
		method = method || m == "PUT" || m == "DELETE" || (m == "*" && !a.Credentials)
	}
	for _, h := range answer.Elements(strings.ToLower(a.Headers)) {
		header = header || h == "authorization"
	}
	return method && header
}
