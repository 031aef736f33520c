package auth

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// ForgedParams are the parameters of security.auth.jwt.forged.
type ForgedParams struct {
	Path string `toml:"path" doc:"a protected GET; default the target's whoami path"`
	Keys string `toml:"keys" doc:"where the public keys are (a JSON Web Key Set), for tokens signed with a key pair; default /.well-known/jwks.json"`
}

var jwtForged = checks.Define(checks.Kind{
	ID: "security.auth.jwt.forged", Title: "Forged tokens are refused", Class: checks.Safe, Severity: checks.Critical,
	Needs: []string{"base_url", "auth.user"},
	Sends: "GETs of one protected path with the user's token, then with copies of it: signature taken off, changed or kept over other claims, alg none in four spellings, an empty key, an unknown kid, a key of its own in the header and, where the published key set has the token's key, that public key as shared key; then the token itself again",
	Rule: "PASS: every copy is refused with 401 or 403 and the token still works. WARN: a copy is refused with another 4xx or with 5xx, or some with 401 and some with 403. FAIL: a copy gets a 2xx that is not what anonymous callers get. " +
		"na: the token is no JSON Web Token. inconclusive: the token does not work, or no more at the end.",
	Fix:  "A fixed list of algorithms on the verifying side; check exp, nbf, iss and aud; ignore jku, x5u and jwk from the token.",
	Refs: []string{"CWE-347", "RFC 8725", "RFC 7519", "ASVS 9.1.1", "ASVS 9.1.2", "WSTG-SESS-10"},
}, runForged)

// forgery is one copy of a token that must not be accepted.
type forgery struct{ What, Token string }

// forgeries makes the copies. Only the signature's first byte is changed: the last
// characters of base64 hold bits that decoders drop, so that a change there may change
// nothing.
func forgeries(t *jwt, key crypto.PublicKey) []forgery {
	changed := append([]byte{}, t.signature...)
	if len(changed) > 0 {
		changed[0] ^= 0xff
	}
	claims := maps.Clone(t.Claims)
	claims["gonogo"] = 1
	out := []forgery{
		{"the signature taken off", t.parts[0] + "." + t.parts[1] + "."},
		{"the signature changed", t.parts[0] + "." + t.parts[1] + "." + base64.RawURLEncoding.EncodeToString(changed)},
		{"other claims under the old signature", t.parts[0] + "." + encode(claims) + "." + t.parts[2]},
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE"} {
		header := maps.Clone(t.Header)
		header["alg"] = alg
		out = append(out, forgery{"alg " + alg, encode(header) + "." + t.parts[1] + "."})
	}
	out = append(out, forgery{"an empty key", t.shared(nil, nil)}, unknownKid(t))
	if own, err := ownKey(t); err == nil {
		out = append(out, own)
	}
	if key != nil {
		out = append(out, confusions(t, key)...)
	}
	return out
}

// forgedFacts is what the copies brought.
type forgedFacts struct {
	Opaque  bool
	Dead    string // why the token proves nothing
	Answers []forgedAnswer
	Untried string // why the public key could not be tried as shared key
	Lost    bool   // the token no longer works at the end
	Missing string // why the rest has no answer
}

// forgedAnswer is what one copy brought.
type forgedAnswer struct {
	What      string
	Status    int
	Anonymous bool // the answer is what anonymous callers get
}

func runForged(ctx context.Context, p *checks.Probe, params ForgedParams) checks.Result {
	path := params.Path
	if path == "" {
		path = p.Target.Paths.Whoami
	}
	if path == "" {
		return answer.NotDeclared("paths.whoami")
	}
	token, err := userToken(p)
	if errors.Is(err, errOpaque) {
		return na(err.Error()).result(p.Note("the user's token", "three parts of base64url with JSON in the first two: no"))
	}
	if err != nil {
		return unsure(err.Error()).result()
	}
	anonymous, err := p.Do(ctx, observe.Request{URL: path})
	if err != nil {
		return answer.Unanswered(p, "GET "+path, err)
	}
	evidence := []checks.Evidence{p.Exchange(anonymous)}
	mine, err := p.Do(ctx, withToken(path, token.Raw))
	if err != nil {
		return answer.Unanswered(p, "GET "+path+" with the token", err)
	}
	evidence = append(evidence, p.Exchange(mine))
	facts := forgedFacts{}
	switch {
	case !answer.Success(mine):
		facts.Dead = fmt.Sprintf("%s answers the token %d", path, mine.Status)
	case answer.Success(anonymous):
		facts.Dead = fmt.Sprintf("%s answers %d without a token", path, anonymous.Status)
	default:
		key, seen, why := publicKey(ctx, p, token, params.Keys)
		facts.Untried = why
		evidence = append(evidence, seen...)
		evidence = append(evidence, tryForgeries(ctx, p, path, forgeries(token, key), token, anonymous, &facts)...)
	}
	return judgeForged(facts).result(append(evidence, p.Note("forged tokens on "+path, facts.table()))...)
}

func withToken(path, token string) observe.Request {
	return observe.Request{URL: path, Fresh: true, Secret: []string{token},
		Header: []observe.Field{{Name: "Authorization", Value: "Bearer " + token}}}
}

// tryForgeries sends the copies and then the token once more.
func tryForgeries(ctx context.Context, p *checks.Probe, path string, copies []forgery, token *jwt, anonymous *observe.Exchange, facts *forgedFacts) []checks.Evidence {
	var evidence []checks.Evidence
	for _, copied := range copies {
		x, err := p.Do(ctx, withToken(path, copied.Token))
		if err != nil {
			_, facts.Missing = answer.Missing("GET "+path+" with "+copied.What, err)
			return evidence
		}
		a := forgedAnswer{What: copied.What, Status: x.Status, Anonymous: observe.Same(x, anonymous)}
		facts.Answers = append(facts.Answers, a)
		if !refusedStatus(a.Status) {
			evidence = append(evidence, p.Exchange(x))
		}
	}
	again, err := p.Do(ctx, withToken(path, token.Raw))
	if err != nil {
		_, facts.Missing = answer.Missing("GET "+path+" with the token at the end", err)
		return evidence
	}
	facts.Lost = !answer.Success(again)
	return evidence
}

func (f forgedFacts) table() string {
	var b strings.Builder
	for _, a := range f.Answers {
		fmt.Fprintf(&b, "%-40s  %d\n", a.What, a.Status)
	}
	return b.String()
}

func judgeForged(f forgedFacts) opinion {
	odd, statuses := "", map[int]bool{}
	for _, a := range f.Answers {
		statuses[a.Status] = true
		if a.Status >= 200 && a.Status < 300 && !a.Anonymous {
			return fail(fmt.Sprintf("a token with %s is accepted (%d)", a.What, a.Status))
		}
		if odd == "" && !refusedStatus(a.Status) {
			odd = fmt.Sprintf("a token with %s is answered %d instead of 401", a.What, a.Status)
		}
	}
	switch {
	case f.Dead != "":
		return unsure("can't be judged: " + f.Dead)
	case f.Missing != "":
		return unsure(f.Missing)
	case f.Lost:
		return unsure("the token no longer worked at the end: the refusals prove nothing")
	case odd != "":
		return warn(odd)
	case statuses[401] && statuses[403]:
		return warn("forged copies are all refused, but some with 401 and some with 403")
	}
	reason := fmt.Sprintf("%d forged copies of the token refused, the token itself accepted", len(f.Answers))
	if f.Untried != "" {
		reason += "; the public key as shared key was not tried: " + f.Untried
	}
	return pass(reason)
}
