package auth

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"assess/gonogo/checks"
)

var jwtClaims = checks.Define(checks.Kind{
	ID: "security.auth.jwt.claims", Title: "The token is short-lived and says who it is for", Class: checks.Local, Severity: checks.Medium,
	Needs: []string{"auth.user"},
	Rule: "Of the user's token. PASS: exp is there and at most 24 h after iat, aud and iss are there. WARN: a longer life, no aud or iss, names of personal data among the claims. " +
		"FAIL: no exp, alg none, a claim named like a password or key. na: the token is no JSON Web Token.",
	Fix:  "Short-lived tokens with exp, iat, iss and aud; nothing personal or secret in them.",
	Refs: []string{"RFC 8725 section 3.8", "RFC 7519", "ASVS 9.2.1"},
}, func(_ context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	token, err := userToken(p)
	if errors.Is(err, errOpaque) {
		return na(err.Error()).local(p.Note("the user's token", err.Error()))
	}
	if err != nil {
		return unsure(err.Error()).local()
	}
	facts := readClaims(token)
	return judgeClaims(facts).local(p.Note("claims of the user's token", facts.table()))
})

// local makes the opinion a result about what is configured rather than seen live.
func (o opinion) local(evidence ...checks.Evidence) checks.Result {
	return checks.NewResult(o.Verdict, checks.Configuration, o.Reason, evidence...)
}

// claimFacts is what a token says about itself: names and times, no values.
type claimFacts struct {
	Algorithm          string
	Names              []string
	Expires            bool
	Life               time.Duration // from iat to exp; 0 when iat is missing
	Audience, IssuedBy bool
}

func readClaims(t *jwt) claimFacts {
	f := claimFacts{Algorithm: t.algorithm()}
	for name := range t.Claims {
		f.Names = append(f.Names, name)
	}
	sort.Strings(f.Names)
	expires, hasExp := t.Claims["exp"].(float64)
	issued, hasIat := t.Claims["iat"].(float64)
	f.Expires = hasExp
	if hasExp && hasIat {
		f.Life = time.Duration(expires-issued) * time.Second
	}
	f.Audience, f.IssuedBy = slices.Contains(f.Names, "aud"), slices.Contains(f.Names, "iss")
	return f
}

func (f claimFacts) table() string {
	return fmt.Sprintf("algorithm  %s\nclaims     %s\nexpires    %t\nlife       %s\n", f.Algorithm, strings.Join(f.Names, ", "), f.Expires, f.Life)
}

// secretClaim and personalClaim match the names of claims that don't belong in a token.
var (
	secretClaim   = regexp.MustCompile(`(?i)passw(or)?d|secret|private_?key|api_?key|dsn`)
	personalClaim = regexp.MustCompile(`(?i)^e?mail$|phone|birth|address|ssn`)
)

func judgeClaims(f claimFacts) opinion {
	for _, name := range f.Names {
		if secretClaim.MatchString(name) {
			return fail("a claim is named " + name)
		}
	}
	switch {
	case strings.EqualFold(f.Algorithm, "none"):
		return fail("the token is not signed (alg none)")
	case !f.Expires:
		return fail("the token has no exp: it never ends")
	case f.Life > 24*time.Hour:
		return warn("the token lives for " + f.Life.String() + ", more than 24 h")
	case !f.Audience || !f.IssuedBy:
		return warn("the token does not say who it is for and from (aud, iss)")
	case f.Life == 0:
		return warn("the token has no iat: how long it lives can't be told")
	}
	for _, name := range f.Names {
		if personalClaim.MatchString(name) {
			return warn("a claim holds personal data: " + name)
		}
	}
	return pass("the token lives for " + f.Life.String() + " and says who it is for")
}

var jwtWeakSecret = checks.Define(checks.Kind{
	ID: "security.auth.jwt.weak_secret", Title: "The token's key is not a well-known one", Class: checks.Local, Severity: checks.Critical,
	Needs: []string{"auth.user"},
	Rule: "Of the user's token, if it is signed with HS256, HS384 or HS512. PASS: none of some sixty well-known keys verifies it. FAIL: a well-known key verifies it. " +
		"na: another algorithm, or no JSON Web Token.",
	Fix:  "A random key of at least the hash's size, from a secret store.",
	Refs: []string{"CWE-326", "CWE-798", "RFC 8725 section 3.5", "RFC 7518 section 3.2"},
}, func(_ context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	token, err := userToken(p)
	if errors.Is(err, errOpaque) {
		return na(err.Error()).local(p.Note("the user's token", err.Error()))
	}
	if err != nil {
		return unsure(err.Error()).local()
	}
	facts := tryKeys(token, knownKeys)
	return judgeWeakSecret(facts).local(p.Note("keys tried", fmt.Sprintf("algorithm  %s\nkeys       %d well-known ones\n", facts.Algorithm, facts.Tried)))
})
