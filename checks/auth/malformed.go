package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// MalformedParams are the parameters of security.auth.jwt.malformed.
type MalformedParams struct {
	Path   string         `toml:"path" doc:"a protected GET; default the first of the target's protected paths"`
	Inputs checks.Strings `toml:"inputs" doc:"classes of tokens to try: word, a.b.c, two, four, empty, header, payload, claims, 8KiB, scheme, non-ascii; default all"`
}

var jwtMalformed = checks.Define(checks.Kind{
	ID: "security.auth.jwt.malformed", Title: "Malformed tokens get one 401", Class: checks.Safe, Severity: checks.Medium,
	Sends: "up to twelve GETs of one protected path with tokens that are none: wrong shape, wrong content, too long, another scheme; one as the declared user",
	Rule: "PASS: all are answered 401 with WWW-Authenticate (or all 403, as without a token). WARN: other 4xx among them, a refusal with status 200, or no WWW-Authenticate. " +
		"FAIL: any 5xx, or any 2xx. inconclusive: the path does not refuse anonymous callers, does not let the declared user in, or knows that user by another header than Authorization. na: the declared user signs in by Basic authentication.",
	Fix:  `One handler that turns every parse or verify error into 401 with WWW-Authenticate: Bearer error="invalid_token".`,
	Refs: []string{"CWE-755", "RFC 6750 section 3.1", "ASVS 16.5.1", "ASVS 16.5.4"},
}, runMalformed)

// badToken is one Authorization value of a class.
type badToken struct {
	Class string
	What  string
	Value string // of the Authorization header
}

// badTokens makes one value, or two, of every class. None of them is valid anywhere.
func badTokens() []badToken {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	header, claims := part(`{"alg":"HS256","typ":"JWT"}`), part(`{"sub":"gonogo"}`)
	signature := base64.RawURLEncoding.EncodeToString(randomBytes(32))
	return []badToken{
		{"word", "a random word", "Bearer gonogo" + hex.EncodeToString(randomBytes(6))},
		{"a.b.c", "three letters", "Bearer a.b.c"},
		{"two", "two parts", "Bearer " + header + "." + claims},
		{"four", "four parts", "Bearer " + header + "." + claims + "." + signature + "." + signature},
		{"empty", "no token", "Bearer "},
		{"header", "a header that is not base64", "Bearer !!!." + claims + "." + signature},
		{"header", "a header that is not JSON", "Bearer " + part("gonogo") + "." + claims + "." + signature},
		{"payload", "a payload that is not JSON", "Bearer " + header + "." + part("gonogo") + "." + signature},
		{"claims", "empty claims, random signature", "Bearer " + header + "." + part("{}") + "." + signature},
		{"8KiB", "8 KiB of letters", "Bearer " + strings.Repeat("gonogo-x", 1024)},
		{"scheme", "another scheme", "Token " + header + "." + claims + "." + signature},
		{"non-ascii", "letters beyond ASCII", "Bearer g\u00f6n\u00f6g\u00f6.\u00fc.\u00e4"},
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func runMalformed(ctx context.Context, p *checks.Probe, params MalformedParams) checks.Result {
	path := params.Path
	if path == "" && len(p.Target.Paths.Protected) > 0 {
		path = p.Target.Paths.Protected[0]
	}
	if path == "" {
		return answer.NotDeclared("paths.protected")
	}
	if scheme := otherScheme(p.Target); scheme != "" {
		return na("callers sign in by " + scheme + ", not by tokens").result(p.Note("how callers are known", "[auth.user] token is sent as "+scheme))
	}
	if name := otherHeader(p.Target); name != "" {
		return unsure("callers are known by the header " + name + ": what a bad token in Authorization changes can't be told").result(p.Note("how callers are known", "[auth.user] token is sent as "+name))
	}
	tokens, unknown := chooseTokens(params.Inputs)
	if unknown != "" {
		return unsure("the profile names an unknown class of tokens: " + unknown).result()
	}
	plain, err := p.Do(ctx, observe.Request{URL: path})
	if err != nil {
		return answer.Unanswered(p, "GET "+path, err)
	}
	if !refusedStatus(plain.Status) {
		return unsure(fmt.Sprintf("%s answers %d without a token: what a bad one changes can't be told", path, plain.Status)).result(p.Exchange(plain))
	}
	facts := malformedFacts{Plain: plain.Status}
	evidence := []checks.Evidence{p.Exchange(plain)}
	for _, token := range tokens {
		x, err := p.Do(ctx, observe.Request{URL: path, Header: []observe.Field{{Name: "Authorization", Value: token.Value}}})
		if err != nil {
			facts.Missing = fmt.Sprintf("GET %s with %s has no answer: %v", path, token.What, err)
			break
		}
		a := tokenAnswer{What: token.What, Class: token.Class, Status: x.Status, Media: answer.Media(x), Bytes: len(x.Body),
			Challenge: x.Header.Get("WWW-Authenticate") != "", Denies: answer.Denies(x)}
		facts.Answers = append(facts.Answers, a)
		if a.deviates(facts.Plain) && len(evidence) < 4 {
			evidence = append(evidence, p.Exchange(x))
		}
	}
	if hasToken(p, observe.User) {
		mine, err := p.Do(ctx, observe.Request{URL: path, As: observe.User})
		if err != nil {
			facts.Missing = fmt.Sprintf("GET %s as the declared user has no answer: %v", path, err)
		} else {
			facts.User, facts.Denied = mine.Status, answer.Denies(mine)
			evidence = append(evidence, p.Exchange(mine))
		}
	}
	return judgeMalformed(facts).result(append(evidence, p.Note("malformed tokens on "+path, facts.table()))...)
}

// chooseTokens picks the tokens of the named classes, all when none is named.
func chooseTokens(classes []string) (chosen []badToken, unknown string) {
	all := badTokens()
	if len(classes) == 0 {
		return all, ""
	}
	for _, class := range classes {
		of := slices.DeleteFunc(slices.Clone(all), func(t badToken) bool { return t.Class != class })
		if len(of) == 0 {
			return nil, class
		}
		chosen = append(chosen, of...)
	}
	return chosen, ""
}

// tokenAnswer is what one malformed token brought.
type tokenAnswer struct {
	What, Class string
	Status      int
	Media       string
	Bytes       int
	Challenge   bool
	Denies      bool
}

// deviates reports whether the answer is another than the one refusal all should get.
// A server may refuse an over-long header by itself, with 413 or 431.
func (a tokenAnswer) deviates(plain int) bool {
	if a.Class == "8KiB" && (a.Status == 413 || a.Status == 431) {
		return false
	}
	return a.Status != 401 && !(plain == 403 && a.Status == 403)
}

// malformedFacts is what malformed tokens brought.
type malformedFacts struct {
	Plain   int  // the status without a token
	User    int  // the status with the declared user's token; 0: none is declared
	Denied  bool // the answer to it denies with a status of success
	Answers []tokenAnswer
	Missing string // why the rest has no answer
}

func (f malformedFacts) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-32s  %d\n", "without a token", f.Plain)
	if f.User != 0 {
		fmt.Fprintf(&b, "%-32s  %d\n", "with the declared user's token", f.User)
	}
	for _, a := range f.Answers {
		fmt.Fprintf(&b, "%-32s  %d  %s  %d bytes  WWW-Authenticate %t\n", a.What, a.Status, a.Media, a.Bytes, a.Challenge)
	}
	return b.String()
}

func judgeMalformed(f malformedFacts) opinion {
	statuses := map[int]bool{}
	odd, challenged, unauthorised := "", false, false
	for _, a := range f.Answers {
		switch {
		case a.Status >= 500:
			return fail(fmt.Sprintf("%s is answered %d: the error is not handled", a.What, a.Status))
		case a.Status >= 200 && a.Status < 300 && !a.Denies:
			return fail(fmt.Sprintf("%s is answered %d", a.What, a.Status))
		}
		statuses[a.Status] = true
		challenged = challenged || a.Challenge
		unauthorised = unauthorised || a.Status == 401
		if odd == "" && a.deviates(f.Plain) {
			odd = fmt.Sprintf("%s is answered %d", a.What, a.Status)
		}
	}
	switch {
	case f.Missing != "":
		return unsure(f.Missing)
	case odd != "":
		return warn("not one answer for all: " + odd + ", where 401 is due")
	case statuses[401] && statuses[403]:
		return warn("not one answer for all: some are 401, some 403")
	case f.User != 0 && (f.User < 200 || f.User > 299 || f.Denied):
		return unsure(fmt.Sprintf("the declared user is not let in either (%d): that good tokens are told from bad ones is unproven", f.User))
	case unauthorised && !challenged:
		return warn("all are answered 401, but without WWW-Authenticate")
	}
	reason := fmt.Sprintf("%d malformed tokens, each answered 401", len(f.Answers))
	if !unauthorised {
		reason = fmt.Sprintf("%d malformed tokens, each answered 403 as without a token", len(f.Answers))
	}
	if f.User == 0 {
		reason += "; no user is declared to show that good ones are taken"
	}
	return pass(reason)
}

// basicAuth matches a declared token that is sent as Basic authentication (RFC 7617).
var basicAuth = regexp.MustCompile(`(?i)^authorization:[ \t]*basic[ \t]`)

// otherScheme names how the declared user signs in where that is not by a token; "" where it
// is, or not known.
func otherScheme(t *checks.Target) string {
	if token, err := t.Resolve(t.Auth.User.Token); err == nil && basicAuth.MatchString(token) {
		return "Basic authentication"
	}
	return ""
}

// namedHeader matches a declared token that is sent in a header of its own.
var namedHeader = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):[ \t]*.`)

// otherHeader names the header that makes the declared user known where that is another than
// Authorization, such as an API key's or a cookie.
func otherHeader(t *checks.Target) string {
	token, err := t.Resolve(t.Auth.User.Token)
	if m := namedHeader.FindStringSubmatch(token); err == nil && m != nil && !strings.EqualFold(m[1], "Authorization") {
		return m[1]
	}
	return ""
}
