package services

import (
	"context"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// HTTP is a declared service that speaks HTTP, with its address and credentials filled in,
// for kinds of other packages.
type HTTP struct{ s service }

// FindHTTP picks the declared service: by name, else the first of the kind. Where there is
// none, or a hole of it can't be filled, the second value is the kind's answer: pending.
func FindHTTP(p *checks.Probe, params Params, kind string) (HTTP, *checks.Result) {
	s, missing := find(p, params, kind)
	return HTTP{s}, missing
}

// Ask sends a GET below the service's address, with its credentials. Without an answer the
// second value says so; a refused connection is a failure where the service is required.
func (h HTTP) Ask(ctx context.Context, p *checks.Probe, path string) (*observe.Exchange, *checks.Result) {
	return h.s.ask(ctx, p, path)
}

// Request is what Ask sends.
func (h HTTP) Request(path string) (observe.Request, error) { return h.s.request(path) }

// Trusted reports whether Ask sends credentials.
func (h HTTP) Trusted() bool {
	r, err := h.s.request("/")
	return err == nil && len(r.Header) > 0
}

// Stranger is the same request without credentials.
func (h HTTP) Stranger(path string) (observe.Request, error) {
	r, err := h.s.request(path)
	r.Header, r.Secret = nil, nil
	return r, err
}

// Public reports whether an address that was dialled ("ip:port", as in an exchange) is
// reached over the internet; an address that isn't known is not.
func Public(remote string) bool { return remote != "" && reachOf(dialled(remote)) == public }

// dialled is an address as text.
type dialled string

func (dialled) Network() string  { return "tcp" }
func (d dialled) String() string { return string(d) }
