package auth

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// CredentialParams are the parameters of security.auth.default_credentials.
type CredentialParams struct {
	Pairs checks.Strings `toml:"pairs" doc:"user/password pairs, three for one user and six in all at most; default those of the target's login, then admin/admin, admin/password, root/root"`
	Pace  time.Duration  `toml:"pace" doc:"time between two guesses; default 1s, on loopback 100ms"`
}

var defaultCredentials = checks.Define(checks.Kind{
	ID: "security.auth.default_credentials", Title: "Default credentials are rejected", Class: checks.Intrusive, Severity: checks.Critical,
	Needs: []string{"base_url", "auth.login"},
	Sends: "the declared login with an invented user, the same to a random path beside it, then with up to six well-known pairs, three for one user at most, one a second (ten on loopback); a token that comes back is tried on the whoami path once and logged out",
	Rule: "PASS: the invented user and every pair are refused. WARN: throttled or locked before the list ended; known users are answered otherwise than unknown ones; a token came back whose use can't be shown. " +
		"FAIL: a pair works. inconclusive: the invented user gets in, or the login does not answer as one, or random paths beside it answer the same.",
	Fix:  "No built-in account, or a forced change at the first login; throttle failures and raise an alert.",
	Refs: []string{"CWE-1392", "CWE-798", "ASVS 6.3.2", "ASVS 13.2.3", "WSTG-ATHN-02"},
}, runCredentials)

// usualPairs are tried where nothing else is declared, likeliest first.
var usualPairs = []string{"admin/admin", "admin/password", "root/root"}

// At most perUser guesses for one user and allGuesses in all: few enough not to lock an
// account out.
const (
	perUser    = 3
	allGuesses = 6
)

func runCredentials(ctx context.Context, p *checks.Probe, params CredentialParams) checks.Result {
	login := loginTrial{probe: p, pace: params.Pace}
	if login.pace == 0 {
		login.pace = time.Second
		if u, err := url.Parse(p.Target.BaseURL); err == nil && guard.IsLoopback(u.Hostname()) {
			login.pace = 100 * time.Millisecond
		}
	}
	declared, err := filled(p.Target)
	if err != nil {
		return checks.NewResult(checks.Inconclusive, checks.Configuration, "a declared pair can't be filled: "+err.Error(),
			p.Note("declaration", "auth.login.pairs"))
	}
	facts := credentialFacts{Whoami: p.Target.Paths.Whoami != ""}
	invented := "gonogo-" + hex.EncodeToString(randomBytes(4))
	control, x, err := login.try(ctx, invented, hex.EncodeToString(randomBytes(8)))
	if err != nil {
		return answer.Unanswered(p, "the login of an invented user", err)
	}
	facts.Control = control
	evidence := []checks.Evidence{p.Exchange(x)}
	// A guard, a redirect or a page for everything refuses default pairs as it does all else.
	random, err := p.Control(ctx, x.Request)
	if err != nil {
		return answer.Unanswered(p, "a login at a random path", err)
	}
	facts.LikeOther = observe.Same(x, random)
	evidence = append(evidence, p.Exchange(login.unmarked(random, invented, sessionOf(random, p.Target.Auth.Login.TokenFrom))))
	if facts.worthGuessing() {
		for _, pair := range choosePairs(params.Pairs, declared) {
			login.wait(ctx)
			user, password, _ := strings.Cut(pair, "/")
			a, x, err := login.try(ctx, user, password)
			if err != nil {
				facts.Stopped = stopWords(err)
				break
			}
			facts.Pairs = append(facts.Pairs, a)
			evidence = append(evidence, p.Exchange(x))
			if a.Marker {
				break
			}
			if stop := a.lockedOut(); stop != "" {
				facts.Stopped = stop
				break
			}
		}
	}
	return judgeCredentials(facts).result(append(evidence, p.Note("guesses", facts.table()))...)
}

func stopWords(err error) string {
	if answer.Trouble(err) == observe.Throttled {
		return "the target throttles logins"
	}
	_, why := answer.Missing("a login", err)
	return why
}

// filled are the target's pairs with their holes filled. A pair that is not public stands in
// the target file as a hole alone, or it would be kept with the session.
func filled(t *checks.Target) ([]string, error) {
	var out []string
	for _, pair := range t.Auth.Login.Pairs {
		text, err := t.Resolve(pair)
		if err != nil {
			return nil, err
		}
		if !strings.Contains(text, "/") {
			return nil, errors.New("what fills it is no user/password")
		}
		out = append(out, text)
	}
	return out, nil
}

// choosePairs takes the first list that has pairs, and of it no more than is harmless.
func choosePairs(lists ...[]string) []string {
	lists = append(lists, usualPairs)
	var chosen []string
	count := map[string]int{}
	for _, list := range lists {
		for _, pair := range list {
			user, _, ok := strings.Cut(pair, "/")
			if ok && count[user] < perUser && len(chosen) < allGuesses {
				count[user]++
				chosen = append(chosen, pair)
			}
		}
		if len(chosen) > 0 {
			return chosen
		}
	}
	return chosen
}

// guess is what one pair brought.
type guess struct {
	User   string
	Status int
	Marker bool // a token or session came back
	Works  bool // and opens the whoami path
	Text   string
	Wrong  bool // the body speaks of wrong credentials
	Locked bool // the body speaks of a locked account
}

// lockedOut says why guessing must stop after this answer, or "".
func (g guess) lockedOut() string {
	switch {
	case g.Status == http.StatusTooManyRequests || g.Status == http.StatusLocked:
		return fmt.Sprintf("the login answers %d", g.Status)
	case g.Locked:
		return "the login says that the account is locked"
	case g.Status >= 500:
		return fmt.Sprintf("the login answers %d", g.Status)
	}
	return ""
}

// credentialFacts is what the guesses brought.
type credentialFacts struct {
	Control   guess // the invented user
	LikeOther bool  // random paths answer the same login the same
	Pairs     []guess
	Stopped   string // why guessing ended early
	Whoami    bool
}

// worthGuessing reports whether the login refuses an invented user as a login does.
func (f credentialFacts) worthGuessing() bool { return f.loginWorks() == "" }

// loginWorks says why the login can't be judged, or "".
func (f credentialFacts) loginWorks() string {
	code := f.Control.Status
	switch {
	case f.Control.Marker:
		return "the login gives an invented user a session: it accepts anything"
	case f.LikeOther:
		return fmt.Sprintf("the login is answered like unknown paths (%d): what it refuses can't be told", code)
	case code == 401 || code == 403 || f.Control.Wrong:
		return ""
	case code == 400 || code == 422 || code == 415:
		return fmt.Sprintf("the login answers an invented user %d: the request may not be what it expects", code)
	case code >= 400:
		return fmt.Sprintf("the login answers an invented user %d: there is no login to try", code)
	}
	if !f.Whoami {
		return fmt.Sprintf("the login answers an invented user %d, and no whoami path is declared to tell a session by", code)
	}
	return ""
}

func (f credentialFacts) table() string {
	var b strings.Builder
	for i, g := range append([]guess{f.Control}, f.Pairs...) {
		name := g.User
		if i == 0 {
			name = "an invented user"
		}
		fmt.Fprintf(&b, "%-24s  %d  session %t  works %t\n", name, g.Status, g.Marker, g.Works)
	}
	if f.Stopped != "" {
		fmt.Fprintf(&b, "stopped: %s\n", f.Stopped)
	}
	return b.String()
}

func judgeCredentials(f credentialFacts) opinion {
	for _, g := range f.Pairs {
		switch {
		case g.Works:
			return fail("a default password works for the user " + g.User)
		case g.Marker && !f.Whoami:
			return warn("the login gives the user " + g.User + " a session for a default password; no whoami path is declared to show that it works")
		case g.Marker:
			return warn("the login gives the user " + g.User + " a session for a default password, but it does not open the whoami path")
		}
	}
	if why := f.loginWorks(); why != "" {
		return unsure(why)
	}
	if f.Stopped != "" {
		return warn(fmt.Sprintf("after %d of the pairs guessing had to stop: %s", len(f.Pairs), f.Stopped))
	}
	if len(f.Pairs) == 0 {
		return unsure("no pair was tried")
	}
	for _, g := range f.Pairs {
		if g.Status != f.Control.Status || g.Text != f.Control.Text {
			return warn("known and unknown users are answered differently: the user " + g.User + " can be told from an invented one")
		}
	}
	return pass(fmt.Sprintf("the invented user and %d default pairs are refused with %d", len(f.Pairs), f.Control.Status))
}

// loginTrial logs in and looks at what comes back.
type loginTrial struct {
	probe *checks.Probe
	pace  time.Duration
}

func (l loginTrial) wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(l.pace):
	}
}

// wrongWords and lockedWords are what login answers say in their bodies.
var (
	wrongWords  = regexp.MustCompile(`(?i)invalid[_ ](grant|credentials|username|login|user|password)|incorrect|wrong (password|username|credentials)|bad credentials|login failed|authentication failed|unable to log in|falsche|ungültig`)
	lockedWords = regexp.MustCompile(`(?i)\blocked|too many (attempts|failed|login)|temporarily (blocked|disabled)|try again later`)
)

// try logs in once.
func (l loginTrial) try(ctx context.Context, user, password string) (guess, *observe.Exchange, error) {
	r, err := answer.LoginRequest(l.probe, user, password)
	if err != nil {
		return guess{}, nil, err
	}
	r.Class = string(checks.Intrusive)
	x, err := l.probe.Do(ctx, r)
	if err != nil {
		return guess{}, nil, err
	}
	g := guess{User: user, Status: x.Status, Wrong: wrongWords.Match(x.Body), Locked: x.Status >= 400 && lockedWords.Match(x.Body),
		Text: likeness(x, user)}
	session := sessionOf(x, l.probe.Target.Auth.Login.TokenFrom)
	g.Marker = session.Value != ""
	if g.Marker {
		g.Works = l.opens(ctx, session)
		l.logout(ctx, session)
	}
	return g, l.unmarked(x, user, session), nil
}

// unmarked is the exchange as evidence may hold it: without the password that was tried
// and without the session that came back.
func (l loginTrial) unmarked(x *observe.Exchange, user string, session observe.Field) *observe.Exchange {
	shown := *x
	if r, err := answer.LoginRequest(l.probe, user, "[left out]"); err == nil {
		shown.Request.Body = r.Body
	}
	for _, secret := range secretOf(session) {
		if secret != "" {
			shown.Body = bytes.ReplaceAll(shown.Body, []byte(secret), []byte("[left out]"))
		}
	}
	return &shown
}

// numbers match what differs between two answers by itself: ids, times, hashes.
var numbers = regexp.MustCompile(`[0-9a-fA-F]{8,}|\d+`)

// likeness is the body without the user's name and without numbers, to compare answers
// for different users.
func likeness(x *observe.Exchange, user string) string {
	return numbers.ReplaceAllString(strings.ReplaceAll(string(x.Body), user, "·"), "·")
}

// sessionOf finds the token or cookie that a login gave, as a header to send: where the
// target says it is, else in the usual members and cookies.
func sessionOf(x *observe.Exchange, from string) observe.Field {
	if x.Status >= 400 {
		return observe.Field{}
	}
	kind, name, _ := strings.Cut(from, ":")
	switch kind {
	case "json":
		return bearer(textAt(x, name))
	case "header":
		return bearer(x.Header.Get(name))
	case "cookie":
		return cookieNamed(x, func(c string) bool { return c == name })
	}
	for _, member := range []string{"access_token", "token", "id_token", "jwt", "accessToken"} {
		if field := bearer(textAt(x, "/"+member)); field.Value != "" {
			return field
		}
	}
	return cookieNamed(x, func(c string) bool { return usualSession.MatchString(c) })
}

var usualSession = regexp.MustCompile(`(?i)sess|sid$|auth|token|jwt`)

func bearer(token string) observe.Field {
	if token == "" {
		return observe.Field{}
	}
	return observe.Field{Name: "Authorization", Value: "Bearer " + token}
}

// cookieNamed is the first cookie set under a name that fits, as a Cookie header.
func cookieNamed(x *observe.Exchange, fits func(name string) bool) observe.Field {
	for _, line := range x.Header.Values("Set-Cookie") {
		cookie, err := http.ParseSetCookie(line)
		if err == nil && fits(cookie.Name) && cookie.Value != "" && cookie.MaxAge >= 0 {
			return observe.Field{Name: "Cookie", Value: cookie.Name + "=" + cookie.Value}
		}
	}
	return observe.Field{}
}

// textAt reads a string by a JSON pointer of plain members (RFC 6901), "" when absent.
func textAt(x *observe.Exchange, pointer string) string {
	var value any
	if json.Unmarshal(x.Body, &value) != nil {
		return ""
	}
	for _, member := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		object, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		value = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(member)]
	}
	text, _ := value.(string)
	return text
}

// opens reports whether a session opens the whoami path, which stays shut without it.
func (l loginTrial) opens(ctx context.Context, session observe.Field) bool {
	path := l.probe.Target.Paths.Whoami
	if path == "" {
		return false
	}
	mine, err := l.probe.Do(ctx, observe.Request{URL: path, Header: []observe.Field{session}, Secret: secretOf(session), Fresh: true})
	if err != nil || !answer.Success(mine) {
		return false
	}
	anonymous, err := l.probe.Do(ctx, observe.Request{URL: path})
	return err == nil && (!answer.Success(anonymous) || !observe.Same(mine, anonymous))
}

// logout ends a session that a guess opened, where the target says how.
func (l loginTrial) logout(ctx context.Context, session observe.Field) {
	if path := l.probe.Target.Auth.Login.LogoutURL; path != "" {
		_, _ = l.probe.Do(ctx, observe.Request{Method: http.MethodPost, URL: path, Header: []observe.Field{session},
			Secret: secretOf(session), Fresh: true, Class: string(checks.Intrusive)})
	}
}

// secretOf is the part of a session header that must not reach evidence.
func secretOf(session observe.Field) []string {
	if _, value, ok := strings.Cut(session.Value, "="); ok && session.Name == "Cookie" {
		return []string{value}
	}
	return []string{strings.TrimPrefix(session.Value, "Bearer ")}
}
