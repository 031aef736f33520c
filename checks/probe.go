package checks

import (
	"cmp"
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"time"

	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/source"
)

// maxPicture bounds a screenshot as evidence, in bytes.
const maxPicture = 2 << 20

// Probe is what a kind sees of the run: the target, the shared observations and the
// repository. Kinds have no other way to the network or the disk.
type Probe struct {
	Target *Target
	Rules  string // the profile's scoring.rules: modern, strict or seed-legacy
	Item   string // id of the item being checked, for progress

	// Budget is the whole time that the checks of the item's category have together; 0 when
	// there is no limit. What is left of it ends the check's context.
	Budget time.Duration

	run      *run
	kind     *Kind
	index    int // of the check among its item's
	progress func(string)
}

// Do sends a request, or returns what an equal one brought before in this run. The error is
// an *observe.Error.
func (p *Probe) Do(ctx context.Context, r observe.Request) (*observe.Exchange, error) {
	x, err := p.run.observations.Do(ctx, r)
	return x, p.run.explain(err, r)
}

// Control asks for a random sibling of r.URL with the same method, headers and identity. A
// page that answers its random sibling alike (observe.Same) proves nothing.
func (p *Probe) Control(ctx context.Context, r observe.Request) (*observe.Exchange, error) {
	x, err := p.run.observations.Control(ctx, r)
	return x, p.run.explain(err, r)
}

// Errors gives the answers with status 4xx or 5xx that this run has brought so far, to
// whichever check, in their order of arrival, 512 at most. What comes later is only seen
// by kinds that run at the end.
func (p *Probe) Errors() []*observe.Exchange { return p.run.observations.Errors() }

// Repository is the declared repository, read once a run; nil and an error that says why
// when there is none.
func (p *Probe) Repository(ctx context.Context) (*source.Tree, error) {
	return p.run.repository(ctx)
}

// EnvFiles are the declared env files, parsed once a run. Values are for classifying
// only and never leave the kind.
func (p *Probe) EnvFiles(ctx context.Context) (*source.Env, error) {
	return p.run.envFiles(ctx)
}

// Exchange makes evidence of what was asked and what came back, redacted and bounded.
func (p *Probe) Exchange(x *observe.Exchange) Evidence { return p.run.exchangeEvidence(x) }

// Note makes evidence of a text: a table of observations, a list of files. It is
// redacted, cleaned of nothing (raw bytes live in evidence) and bounded to 64 KiB.
func (p *Probe) Note(what, body string) Evidence {
	return p.run.noteEvidence(what, body, p.kind.strength())
}

// Secret makes a value known to the run's redactor, so that no evidence, reason or progress
// from now on shows it; rule is the word in its mark. Values under 8 bytes are not searched.
func (p *Probe) Secret(rule, value string) { p.run.redactor.Add(rule, value) }

// Redacted is a text as Note would keep it, for kinds that cut what they keep: cut after
// this, never before, or half a secret stays.
func (p *Probe) Redacted(text []byte) []byte { return p.run.redactor.Redact(text) }

// Picture makes evidence of a screenshot in PNG, at most 2 MiB; a larger one is left out
// and the second value is false. Pictures can't be redacted: take them of what an
// anonymous visitor sees, never with an identity.
func (p *Probe) Picture(what string, png []byte) (Evidence, bool) {
	if len(png) > maxPicture || http.DetectContentType(png) != "image/png" {
		return Evidence{}, false
	}
	return p.run.pictureEvidence(what, png), true
}

// Progress tells the screen how far a long check is.
func (p *Probe) Progress(text string) { p.progress(text) }

// Now is the run's clock.
func (p *Probe) Now() time.Time { return p.run.now() }

// Vantage is the host that gonogo runs on: what can be reached from here need not be
// reached from elsewhere.
func (p *Probe) Vantage() string { return p.run.vantage }

// Roots are the certificate authorities trusted in this run: the system's and the
// target's own.
func (p *Probe) Roots() *x509.CertPool { return p.run.guard.Roots() }

// Dial opens a connection to an address in scope, for kinds that look below HTTP.
func (p *Probe) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return p.run.guard.Dial(ctx, network, addr)
}

// Prepare gives r as Do would send it, signed and with its identity, for the load driver,
// which sends it many times over connections of Dial. The error is an *observe.Error.
func (p *Probe) Prepare(ctx context.Context, r observe.Request) (*http.Request, error) {
	u, header, err := p.run.observations.Prepare(ctx, r)
	if err != nil {
		return nil, p.run.explain(err, r)
	}
	p.run.guard.Sign(header)
	return &http.Request{Method: cmp.Or(r.Method, http.MethodGet), URL: u, Host: u.Host, Header: header}, nil
}

// Loaded counts requests that were sent over connections of Dial.
func (p *Probe) Loaded(requests int) { p.run.guard.Loaded(requests) }

// Shared returns what was first made under this key in this run, so that one observation
// feeds every check that needs it. Only checks that run alone may change what they get.
func (p *Probe) Shared(key string, first func() any) any {
	p.run.sharing.Lock()
	defer p.run.sharing.Unlock()
	if v, ok := p.run.shared[key]; ok {
		return v
	}
	v := first()
	p.run.shared[key] = v
	return v
}
