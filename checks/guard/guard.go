// Package guard keeps the target, and everybody else, safe from gonogo: all traffic passes
// its one dialer and its one http.RoundTripper, which hold scope, consent, rate and
// budget. It imports nothing of ours.
//
// Scope is held twice: an address must name a declared host and port, and what that host
// resolves to is looked up once a run, pinned, and never link-local or a cloud's
// metadata service. A redirect or an absolute URL elsewhere is refused before a packet
// leaves.
package guard

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"
)

// The ceilings of a run.
const (
	DefaultBudget = 600     // requests, bursts apart
	BurstBudget   = 120     // requests of a rate-limit burst to one path
	MaxBursts     = 3       // paths that may be burst
	MaxBody       = 1 << 20 // bytes of an answer's body
	MaxHeader     = 64 << 10
)

// The default timeouts.
const (
	connectTimeout   = 5 * time.Second
	tlsTimeout       = 5 * time.Second
	firstByteTimeout = 10 * time.Second
	wholeTimeout     = 15 * time.Second
)

// Config says what a run may do.
type Config struct {
	// Hosts are in scope: origins and URLs ("https://pay.example", "postgres://db/x"), with
	// the scheme's port where they name none; host:port; or a bare host, which stands for
	// its ports 80 and 443. An https origin on 443 brings port 80 of the same host along,
	// so that its redirect can be looked at.
	Hosts   []string
	Allow   map[string]bool // classes consented to: "intrusive", "load"
	CAFile  string          // PEM roots beside the system's
	Proxy   string          // URL for hosts off loopback; empty: none, whatever the environment says
	Budget  int             // 0 = DefaultBudget
	Version string          // of gonogo, for the User-Agent
	RunID   string

	Connect, TLS, FirstByte, Whole time.Duration // 0 = 5 s, 5 s, 10 s, 15 s

	// Lookup resolves a name; nil means the system's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// The refusals of guard itself; nothing was sent. They come wrapped in a *Refusal.
var (
	ErrScope   = errors.New("out of scope")
	ErrConsent = errors.New("no consent")
	ErrBudget  = errors.New("request budget used up")
)

// Refusal is a request or connection that guard did not let out.
type Refusal struct {
	Reason error  // ErrScope, ErrConsent or ErrBudget
	Host   string // host:port
	Detail string // why, in words
}

// Error says which host was refused and why.
func (r *Refusal) Error() string { return fmt.Sprintf("%s: %v: %s", r.Host, r.Reason, r.Detail) }

// Unwrap returns the reason.
func (r *Refusal) Unwrap() error { return r.Reason }

// Guard holds one run's scope, consent, rate and budget. It is safe for concurrent use.
type Guard struct {
	cfg       Config
	scope     scope
	proxy     *url.URL
	roots     *x509.CertPool
	budget    budget
	local     *pace // hosts on loopback
	remote    *pace // all others
	transport *http.Transport
}

// New makes a Guard; an error says which host or file of the Config is unusable.
func New(c Config) (*Guard, error) {
	c.Connect, c.TLS = orElse(c.Connect, connectTimeout), orElse(c.TLS, tlsTimeout)
	c.FirstByte, c.Whole = orElse(c.FirstByte, firstByteTimeout), orElse(c.Whole, wholeTimeout)
	c.Budget = orElse(c.Budget, DefaultBudget)
	if c.Lookup == nil {
		c.Lookup = lookup
	}
	g := &Guard{cfg: c, local: newPace(loopbackPace), remote: newPace(remotePace)}
	g.budget.limit = c.Budget
	g.scope.lookup = c.Lookup
	for i, h := range c.Hosts {
		if err := g.scope.add(h); err != nil {
			// The entry itself may be a DSN with a password: name its place, not its text.
			return nil, fmt.Errorf("scope entry %d: %w", i+1, err)
		}
	}
	var err error
	if g.proxy, err = parseProxy(c.Proxy); err != nil {
		return nil, err
	}
	if g.roots, err = roots(c.CAFile); err != nil {
		return nil, err
	}
	g.transport = g.newTransport()
	return g, nil
}

// orElse is v, or fallback where v is zero.
func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Roots are the certificate authorities trusted in this run: the system's and CAFile's.
func (g *Guard) Roots() *x509.CertPool { return g.roots }

// Sent is the number of requests and service connections let out so far.
func (g *Guard) Sent() int { return g.budget.sent() }

// Loaded adds to Sent what the load driver sent over connections of Dial. It takes nothing
// from the budget of other requests: load has ceilings of its own.
func (g *Guard) Loaded(requests int) { g.budget.add(requests) }

// Close lets go of idle connections.
func (g *Guard) Close() { g.transport.CloseIdleConnections() }

func roots(caFile string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if caFile == "" {
		return pool, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("tls.ca_file: %w", err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tls.ca_file: %s: no certificate in PEM form", caFile)
	}
	return pool, nil
}

func parseProxy(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("scope.proxy: not a URL like http://proxy.example:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("scope.proxy: scheme %q: want http, https or socks5", u.Scheme)
}

type contextKey int

const (
	classKey contextKey = iota
	burstKey
	bodyKey
)

// The classes guard knows; checks.Class has the same words.
const (
	safe      = "safe"
	intrusive = "intrusive"
	load      = "load"
)

// WithClass marks what is asked below ctx as of a class: "safe", "intrusive" or "load".
func WithClass(ctx context.Context, class string) context.Context {
	return context.WithValue(ctx, classKey, class)
}

// WithBurst marks what is asked below ctx as part of a rate-limit burst, which has a rate
// and a budget of its own.
func WithBurst(ctx context.Context) context.Context {
	return context.WithValue(ctx, burstKey, true)
}

// WithBodyLimit sets how many bytes of an answer's body Transport returns below ctx, in
// the place of MaxBody. A browser needs whole scripts, where a check reads their beginning.
func WithBodyLimit(ctx context.Context, bytes int64) context.Context {
	return context.WithValue(ctx, bodyKey, bytes)
}

func bodyLimit(ctx context.Context) int64 {
	if bytes, ok := ctx.Value(bodyKey).(int64); ok {
		return bytes
	}
	return MaxBody
}

func classOf(ctx context.Context) string {
	class, _ := ctx.Value(classKey).(string)
	return orElse(class, safe)
}

func isBurst(ctx context.Context) bool { return ctx.Value(burstKey) != nil }

// Consented refuses classes that were not consented to with a *Refusal; a class it does
// not know counts as one that was not.
func (g *Guard) Consented(ctx context.Context, host string) error {
	class := classOf(ctx)
	if class == safe || g.cfg.Allow[class] && (class == intrusive || class == load) {
		return nil
	}
	return &Refusal{Reason: ErrConsent, Host: host, Detail: fmt.Sprintf("%q was not agreed to", class)}
}
