package observe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks/guard"
)

// How patiently the target is asked.
const (
	maxPause = 60 * time.Second // the longest Retry-After that is waited for
	silence  = 10 * time.Second // how long an origin that did not answer is left alone
)

// origin is what the run learnt about one scheme, host and port. It is guarded by
// Store.mu.
type origin struct {
	silentSince time.Time
	opened      *question       // the first anonymous GET that was answered with success
	vouched     map[string]bool // refusals, by their likeness, under which it was answered again
	barred      bool            // it no longer is
	silent      *Error          // the last connection's trouble; nil after a success
	throttled   bool            // it kept throttling after its own Retry-After
}

var absoluteURL = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// absolute resolves a request's URL: absolute, or a path on the base URL's origin. "//x" is a
// path here, never another host.
func (s *Store) absolute(raw string) (*url.URL, error) {
	if !absoluteURL.MatchString(raw) {
		if s.base == nil {
			return nil, errors.New("base_url is not declared")
		}
		raw = s.base.Scheme + "://" + s.base.Host + "/" + strings.TrimPrefix(raw, "/")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("not a URL") // url.Error repeats the text
	}
	if u.Host == "" {
		return nil, errors.New("URL without a host")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// headers are the request's header lines: gonogo's own, the target's [headers], the
// identity's, the request's, where the later replace the earlier of the same name. What
// was declared for the target goes to it alone: a service may be somebody else's.
func (s *Store) headers(q *question) (http.Header, *Error) {
	h := http.Header{"Accept": {"*/*"}, "Accept-Encoding": {"identity"}}
	// What the assessor declared for an https target never travels in clear text.
	downgrade := s.base != nil && s.base.Scheme == "https" && q.url.Scheme == "http"
	own := guard.Covers(append([]string{s.o.Base}, s.o.Own...), q.url)
	if own && !downgrade {
		for _, f := range s.o.Headers {
			h.Set(f.Name, f.Value)
		}
	}
	if q.As != Anonymous {
		token := s.o.Tokens[q.As]
		switch {
		case token == "":
			return nil, s.trouble(q, NoToken, fmt.Errorf("auth.%s.token is not declared", q.As))
		case !own:
			return nil, s.trouble(q, Scope, errors.New("a token of the target is not sent to a service: declare the host under [scope] if it is the target's own"))
		case downgrade:
			return nil, s.trouble(q, Scope, errors.New("a token is not sent in clear text to a target declared as https"))
		}
		h.Set(tokenHeader(token))
	}
	seen := map[string]bool{}
	for _, f := range q.Header {
		name := http.CanonicalHeaderKey(f.Name)
		if !seen[name] {
			h.Del(name)
			seen[name] = true
		}
		h.Add(name, f.Value)
	}
	return h, nil
}

var namedToken = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.+)$`)

// tokenHeader reads an identity's token: "Name: value" is a header of its own (an API
// key, a cookie), anything else a bearer token (RFC 6750 2.1).
func tokenHeader(token string) (name, value string) {
	if m := namedToken.FindStringSubmatch(token); m != nil {
		return m[1], m[2]
	}
	return "Authorization", "Bearer " + token
}

func withClass(ctx context.Context, r Request) context.Context {
	if r.Class != "" {
		ctx = guard.WithClass(ctx, r.Class)
	}
	if r.Burst {
		ctx = guard.WithBurst(ctx)
	}
	return ctx
}

// ask sends q and looks whether its answer is the target's own: what is refused because
// the target has had enough of this reviewer is no answer. A burst wants just that.
func (s *Store) ask(ctx context.Context, q *question) (*Exchange, *Error) {
	ctx = withClass(ctx, q.Request)
	if q.Burst {
		x, e, _ := s.send(ctx, q)
		return x, e
	}
	x, e := s.patiently(ctx, q)
	if e == nil && s.bars(ctx, q, x) {
		e = s.trouble(q, Barred, fmt.Errorf("status %d", x.Status))
		e.Last = x
		return nil, e
	}
	return x, e
}

// patiently sends q, and unless the first word is wanted once more where the connection
// failed or the target asks for a pause.
func (s *Store) patiently(ctx context.Context, q *question) (*Exchange, *Error) {
	if q.Fresh {
		x, e, _ := s.send(ctx, q)
		return x, e
	}
	if e := s.known(q); e != nil {
		return nil, e
	}
	x, e := s.connect(ctx, q)
	if e != nil {
		return nil, e
	}
	pause, throttling := s.retryAfter(x)
	if !throttling {
		return x, nil
	}
	if s.origin(q).throttledBefore(s) || pause > maxPause || !q.patience.IsZero() && time.Now().Add(pause).After(q.patience) {
		return nil, s.throttled(q, x, pause)
	}
	if err := s.sleep(ctx, pause); err != nil {
		return nil, s.trouble(q, Cancelled, err)
	}
	again, e := s.connect(ctx, q)
	if e != nil {
		return nil, e
	}
	if pause, throttling = s.retryAfter(again); throttling {
		s.origin(q).nowThrottled(s)
		return nil, s.throttled(q, again, pause)
	}
	again.Retried = true
	return again, nil
}

// connect sends q, and once more when it was the connection that failed.
func (s *Store) connect(ctx context.Context, q *question) (*Exchange, *Error) {
	x, e, connected := s.send(ctx, q)
	retriable := []Trouble{Refused, Timeout, DNS, Broken}
	if e == nil || connected || !slices.Contains(retriable, e.Trouble) {
		s.remember(q, e, connected)
		return x, e
	}
	if err := s.sleep(ctx, s.o.RetryAfter); err != nil {
		return nil, s.trouble(q, Cancelled, err)
	}
	x, e, connected = s.send(ctx, q)
	s.remember(q, e, connected)
	if e == nil {
		x.Retried = true
	}
	return x, e
}

// remember notes whether the origin lets itself be connected to.
func (s *Store) remember(q *question, e *Error, connected bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.originLocked(q)
	o.silent = nil
	if e != nil && !connected && (e.Trouble == Timeout || e.Trouble == DNS) {
		o.silent, o.silentSince = e, s.o.Now()
	}
}

// known spares an origin that has just swallowed two attempts a queue of others, and the
// assessor their time-outs.
func (s *Store) known(q *question) *Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.originLocked(q)
	if o.silent == nil || s.o.Now().Sub(o.silentSince) > silence {
		return nil
	}
	e := s.trouble(q, o.silent.Trouble, o.silent.Err)
	e.detail = o.silent.detail + " (a moment ago; not asked again)"
	return e
}

func (s *Store) origin(q *question) *origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.originLocked(q)
}

func (s *Store) originLocked(q *question) *origin {
	key := q.url.Scheme + "://" + q.url.Host
	if s.origins[key] == nil {
		s.origins[key] = &origin{}
	}
	return s.origins[key]
}

func (o *origin) throttledBefore(s *Store) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return o.throttled
}

func (o *origin) nowThrottled(s *Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.throttled = true
}

// retryAfter reads the pause a 429 or 503 asks for (RFC 9110 10.2.3): seconds or a date.
// A 429 that names none throttles all the same, and is given a short one; a 503 that names
// none is an answer.
func (s *Store) retryAfter(x *Exchange) (pause time.Duration, throttling bool) {
	value, now := strings.TrimSpace(x.Header.Get("Retry-After")), s.o.Now()
	switch {
	case x.Status == http.StatusTooManyRequests && value == "":
		return s.o.RetryAfter, true
	case x.Status != http.StatusTooManyRequests && x.Status != http.StatusServiceUnavailable || value == "":
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

func (s *Store) throttled(q *question, x *Exchange, pause time.Duration) *Error {
	e := s.trouble(q, Throttled, fmt.Errorf("status %d asks to wait %v", x.Status, pause.Round(time.Second)))
	e.Last = x
	return e
}
