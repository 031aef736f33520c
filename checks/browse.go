package checks

import (
	"errors"
	"net/http"
	"net/url"

	"assess/gonogo/checks/guard"
)

// MaxBrowsed bounds the body of one answer that a browser gets, in bytes.
const MaxBrowsed = 16 << 20

var errNotReading = errors.New("a browser only reads: GET and HEAD, and OPTIONS to ask whether it may")

// Browsable reports whether a browser may ask for u: http or https, of the base URL's
// origin or of [scope] hosts. What [services] name speaks other protocols and is left
// alone, whatever a page's script wants of it.
func (p *Probe) Browsable(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	return guard.Covers(append([]string{p.Target.BaseURL}, p.Target.Scope.Hosts...), u)
}

// Browse sends a request that a page wants its browser to make: signed, in scope, paced
// and counted like every other, with up to MaxBrowsed+1 bytes of body in return, which the
// caller closes. It sends neither [headers] nor an identity, and follows no redirect. A
// method that does more than read, a body and a host that is not Browsable are refused.
func (p *Probe) Browse(r *http.Request) (*http.Response, error) {
	switch {
	case !p.Browsable(r.URL):
		return nil, &guard.Refusal{Reason: guard.ErrScope, Host: r.URL.Host, Detail: "neither base_url nor in scope.hosts"}
	case r.Body != nil || r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions:
		return nil, errNotReading
	}
	ctx := guard.WithBodyLimit(guard.WithClass(r.Context(), string(Safe)), MaxBrowsed)
	return p.run.guard.Transport().RoundTrip(r.WithContext(ctx))
}

// OnEnd has f called once when the run ends, also when it is cancelled, so that what
// checks share can be let go of. What f does must be short.
func (p *Probe) OnEnd(f func()) { p.run.onEnd(f) }
