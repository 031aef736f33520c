// Package guard keeps the target, and everybody else, safe from gonogo: all traffic passes
// its one dialer and its one http.RoundTripper, which hold scope, consent, rate and
// budget. It imports nothing of ours.
package guard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Config says what a run may do.
type Config struct {
	Hosts   []string        // in scope: origins ("https://pay.example"), URLs of services, host:port or host
	Allow   map[string]bool // classes consented to: "intrusive", "load"
	CAFile  string          // PEM roots beside the system's
	Proxy   string          // URL; empty: none, whatever the environment says
	Budget  int             // requests a run, 0 = 600
	Version string
	RunID   string

	Connect, TLS, FirstByte, Whole time.Duration // 0 = 5 s, 5 s, 10 s, 15 s
}

// The refusals of guard itself; nothing was sent.
var (
	ErrScope   = errors.New("out of scope")
	ErrConsent = errors.New("no consent")
	ErrBudget  = errors.New("request budget used up")
)

// Guard holds one run's scope, consent, rate and budget.
type Guard struct{ cfg Config }

// New makes a Guard; an error says which host or file of the Config is unusable.
func New(c Config) (*Guard, error) { return &Guard{cfg: c}, nil }

// Transport is the one http.RoundTripper.
func (g *Guard) Transport() http.RoundTripper { return http.DefaultTransport }

// Dial opens a connection to an address in scope.
func (g *Guard) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return nil, ErrScope
}

// Sent is the number of requests and dials so far.
func (g *Guard) Sent() int { return 0 }

// WithClass marks what is asked below ctx as of a class: "safe", "intrusive", "load".
func WithClass(ctx context.Context, class string) context.Context { return ctx }

// WithBurst marks what is asked below ctx as part of the rate-limit burst.
func WithBurst(ctx context.Context) context.Context { return ctx }

// IsLoopback reports whether host (without port) is this machine by its name: 127/8,
// ::1, localhost and *.localhost.
func IsLoopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
