package observe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-resty/resty/v2"

	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/secrets"
)

// Options are what a Store needs. Guard and Base are required.
type Options struct {
	Base     string              // the target's base URL
	Guard    *guard.Guard        //
	Tokens   map[Identity]string // resolved: a bearer token, or "Name: value" for another header
	Headers  []Field             // the target's [headers], resolved
	Own      []string            // hosts beside Base that are the target's own: they get Headers and Tokens, a service in scope does not
	Redactor *secrets.Redactor   // learns the tokens, and the cookies that are received
	Now      func() time.Time    // time.Now when nil

	// RetryAfter is the wait before the one retry of a failed connection; 0 = 1 s.
	RetryAfter time.Duration
}

// Store asks and remembers. It is safe for concurrent use.
type Store struct {
	o      Options
	base   *url.URL
	client *resty.Client
	sleep  func(ctx context.Context, d time.Duration) error

	mu      sync.Mutex
	flights map[string]*flight // by the request's key
	names   map[string]string  // random names of control probes
	origins map[string]*origin // what is known about each
	kept    int                // bytes of bodies kept
	failed  []*Exchange        // answers with a status of an error, in their order of arrival
}

// NewStore makes a Store. A base URL that is none makes every relative request an error.
func NewStore(o Options) *Store {
	if o.Redactor == nil {
		o.Redactor = secrets.NewRedactor(nil)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.RetryAfter == 0 {
		o.RetryAfter = time.Second
	}
	for id, token := range o.Tokens {
		_, value := tokenHeader(token)
		o.Redactor.Add("token-"+string(id), strings.TrimPrefix(value, "Bearer "))
	}
	s := &Store{
		o: o, sleep: sleep,
		flights: map[string]*flight{}, names: map[string]string{}, origins: map[string]*origin{},
	}
	if u, err := url.Parse(o.Base); err == nil && u.Host != "" {
		s.base = u
	}
	s.client = newClient(o.Guard.Transport())
	return s
}

// newClient is resty without its conveniences: no cookie jar, no redirects, no retries,
// nothing said on its own.
func newClient(transport http.RoundTripper) *resty.Client {
	c := resty.NewWithClient(&http.Client{Transport: transport})
	c.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}))
	c.SetLogger(silent{}).SetDisableWarn(true).SetAllowGetMethodPayload(true)
	return c
}

type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

var _ resty.Logger = silent{}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// flight is a request that somebody waits for, and later its answer.
type flight struct {
	done     chan struct{}
	cancel   context.CancelFunc
	waiting  int // guarded by Store.mu
	exchange *Exchange
	err      *Error
}

// Do sends r, or returns the exchange that an equal request brought before. The error is an
// *Error. When ctx ends, Do returns at once; the request itself is given up when nobody
// waits for it any more.
func (s *Store) Do(ctx context.Context, r Request) (*Exchange, error) {
	q, e := s.prepare(ctx, r)
	if e != nil {
		return nil, e
	}
	if err := ctx.Err(); err != nil {
		return nil, s.trouble(q, Cancelled, err)
	}
	if r.Fresh || r.Burst {
		x, e := s.ask(ctx, q)
		return result(x, e)
	}
	f := s.join(ctx, q)
	select {
	case <-f.done:
		s.leave(q.key, f, false)
		return result(f.exchange, f.err)
	case <-ctx.Done():
		s.leave(q.key, f, true)
		return nil, s.trouble(q, Cancelled, ctx.Err())
	}
}

// result avoids an error interface around a nil *Error.
func result(x *Exchange, e *Error) (*Exchange, error) {
	if e != nil {
		return nil, e
	}
	return x, nil
}

// join returns the flight for q's key, starting it where there is none.
func (s *Store) join(ctx context.Context, q *question) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.flights[q.key]; f != nil {
		f.waiting++
		return f
	}
	// The flight outlives the one who started it, for the sake of those who joined.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{done: make(chan struct{}), cancel: cancel, waiting: 1}
	s.flights[q.key] = f
	go func() {
		defer cancel()
		f.exchange, f.err = s.ask(ctx, q)
		close(f.done)
	}()
	return f
}

// leave ends one's wait for f; the last to leave unfinished cancels it.
func (s *Store) leave(key string, f *flight, unfinished bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiting--
	select {
	case <-f.done:
		return // an answer stays, even for one who no longer waits
	default:
	}
	if unfinished && f.waiting == 0 {
		f.cancel()
		if s.flights[key] == f {
			delete(s.flights, key)
		}
	}
}

// question is a Request made ready: resolved, signed with its identity, named by a key.
type question struct {
	Request
	url      *url.URL
	header   http.Header
	key      string
	patience time.Time // when the one who asks gives up; zero: never. There is no point in a longer pause
}

func (s *Store) prepare(ctx context.Context, r Request) (*question, *Error) {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.As == "" {
		r.As = Anonymous
	}
	for _, secret := range r.Secret {
		s.o.Redactor.Add("request", secret)
	}
	q := &question{Request: r}
	u, err := s.absolute(r.URL)
	if err != nil {
		return nil, s.trouble(q, Scope, err)
	}
	q.url = u
	if err := s.o.Guard.Consented(withClass(ctx, r), u.Host); err != nil {
		return nil, s.trouble(q, Consent, err)
	}
	var e *Error
	if q.header, e = s.headers(q); e != nil {
		return nil, e
	}
	q.key = q.digest()
	q.patience, _ = ctx.Deadline()
	return q, nil
}

// Prepare gives the address and the header that r would be sent with, consent held, for
// the load driver, which sends it many times by itself. The error is an *Error.
func (s *Store) Prepare(ctx context.Context, r Request) (*url.URL, http.Header, error) {
	q, e := s.prepare(ctx, r)
	if e != nil {
		return nil, nil, e
	}
	return q.url, q.header.Clone(), nil
}

// digest names the request: what makes two requests equal.
func (q *question) digest() string {
	h := sha256.New()
	add := func(parts ...string) {
		for _, p := range parts {
			_, _ = io.WriteString(h, p+"\x00")
		}
	}
	add(q.Method, q.url.String(), string(q.As))
	for _, f := range q.Header {
		add(strings.ToLower(f.Name), f.Value)
	}
	add("")
	h.Write(q.Body)
	return hex.EncodeToString(h.Sum(nil))
}
