package guard

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// Transport is the one http.RoundTripper. It never follows a redirect by itself, and what
// it returns is bounded: MaxBody+1 bytes of body (the one more tells that there was more;
// WithBodyLimit sets another bound),
// MaxHeader of header, the whole exchange in time. The answer's body must be closed, which
// frees its place among the parallel requests.
func (g *Guard) Transport() http.RoundTripper { return roundTripper{g} }

type roundTripper struct{ g *Guard }

// RoundTrip lets req out if scope, consent and budget allow it, when its turn has come.
func (t roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.g.send(req)
	if err != nil && req.Body != nil {
		_ = req.Body.Close() // a RoundTripper owns the body even when it refuses
	}
	return res, err
}

func (g *Guard) send(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	host := endpoint(req.URL)
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return nil, &Refusal{Reason: ErrScope, Host: host, Detail: "neither http nor https"}
	}
	if err := g.Consented(ctx, host); err != nil {
		return nil, err
	}
	if err := g.inScope(ctx, req.URL); err != nil {
		return nil, err
	}
	release, err := g.turn(ctx, req.URL.Hostname(), host+req.URL.Path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, g.cfg.Whole, errWhole)
	done := func() { cancel(); release() }
	res, err := g.transport.RoundTrip(g.signed(req.WithContext(ctx)))
	if err != nil {
		done()
		if errors.Is(context.Cause(ctx), errWhole) {
			err = errWhole
		}
		return nil, err
	}
	if res.StatusCode == http.StatusTooManyRequests && !isBurst(ctx) {
		g.paceOf(req.URL.Hostname()).slower()
	}
	res.Body = &body{Reader: io.LimitReader(res.Body, bodyLimit(ctx)+1), close: res.Body, done: done}
	return res, nil
}

// errWhole is the time limit of a whole exchange. It is a timeout to whoever asks.
var errWhole error = timeoutError{}

type timeoutError struct{}

func (timeoutError) Error() string   { return "the exchange took too long" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// turn counts the request and waits until it may go.
func (g *Guard) turn(ctx context.Context, host, path string) (release func(), err error) {
	release = func() {}
	burst := isBurst(ctx)
	if classOf(ctx) == load { // the load driver has ceilings of its own
		return release, nil
	}
	if release, err = g.paceOf(host).wait(ctx, burst); err != nil {
		return nil, err
	}
	if err := g.budget.take(host, path, burst); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (g *Guard) paceOf(host string) *pace {
	if IsLoopback(host) {
		return g.local
	}
	return g.remote
}

// inScope refuses URLs out of scope before a packet leaves. Behind a proxy names are the
// proxy's to resolve, so that only the endpoint and address literals can be held.
func (g *Guard) inScope(ctx context.Context, u *url.URL) error {
	if g.proxyFor(u) == nil {
		_, err := g.scope.resolve(ctx, endpoint(u))
		return err
	}
	s := scope{endpoints: g.scope.endpoints, lookup: unresolved}
	_, err := s.resolve(ctx, endpoint(u))
	return err
}

// unresolved stands for the proxy's resolver: an address that nothing is held against.
func unresolved(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, 1})}, nil
}

// signed is the request with gonogo's name on it, which nothing can take off.
func (g *Guard) signed(req *http.Request) *http.Request {
	req = req.Clone(req.Context())
	if req.Header == nil {
		req.Header = http.Header{}
	}
	g.Sign(req.Header)
	return req
}

// Sign puts gonogo's name and the run's id into a request's header, for whoever sends it
// over a connection of Dial.
func (g *Guard) Sign(h http.Header) {
	h.Set("User-Agent", "gonogo/"+orElse(g.cfg.Version, "dev")+" (run "+orElse(g.cfg.RunID, "none")+")")
	h.Set("X-Gonogo-Run", orElse(g.cfg.RunID, "none"))
}

func (g *Guard) newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  func(r *http.Request) (*url.URL, error) { return g.proxyFor(r.URL), nil },
		DialContext:            g.dialHTTP,
		TLSClientConfig:        &tls.Config{RootCAs: g.roots},
		TLSHandshakeTimeout:    g.cfg.TLS,
		ResponseHeaderTimeout:  g.cfg.FirstByte,
		MaxResponseHeaderBytes: MaxHeader,
		DisableCompression:     true, // whoever reads the body decodes it, with a limit
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    loopbackPace.parallel,
		IdleConnTimeout:        30 * time.Second,
	}
}

func (g *Guard) proxyFor(u *url.URL) *url.URL {
	if g.proxy == nil || IsLoopback(u.Hostname()) {
		return nil
	}
	return g.proxy
}

// Dial opens a connection to an address in scope, for services that do not speak HTTP and
// for TLS handshakes of their own. It counts as a request.
func (g *Guard) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if err := g.Consented(ctx, addr); err != nil {
		return nil, err
	}
	addrs, err := g.scope.resolve(ctx, addr)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(addr)
	release, err := g.turn(ctx, host, addr)
	if err != nil {
		return nil, err
	}
	defer release() // the connection is paced, what flows through it is its owner's
	return g.dial(ctx, network, addr, addrs)
}

// dialHTTP is the transport's dialer: scope is held again here, on what is dialled.
func (g *Guard) dialHTTP(ctx context.Context, network, addr string) (net.Conn, error) {
	if g.proxy != nil && addr == endpoint(g.proxy) {
		host, port, _ := net.SplitHostPort(addr)
		n, _ := strconv.ParseUint(port, 10, 16)
		found, err := g.scope.addresses(ctx, normalHost(host))
		if err != nil {
			return nil, err
		}
		addrs, err := safeAddresses(addr, found, uint16(n))
		if err != nil {
			return nil, err
		}
		return g.dial(ctx, network, addr, addrs)
	}
	addrs, err := g.scope.resolve(ctx, addr)
	if err != nil {
		return nil, err
	}
	return g.dial(ctx, network, addr, addrs)
}

// dial tries the addresses in turn; each gets an equal share of the time that is left. The
// error is the first one's.
func (g *Guard) dial(ctx context.Context, network, addr string, addrs []netip.AddrPort) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, &Refusal{Reason: ErrScope, Host: addr, Detail: "network " + network + " is not tcp"}
	}
	deadline := time.Now().Add(g.cfg.Connect)
	var first error
	for i, a := range addrs {
		d := net.Dialer{Timeout: time.Until(deadline) / time.Duration(len(addrs)-i)}
		conn, err := d.DialContext(ctx, network, a.String())
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

// endpoint is a URL's host:port, with the scheme's port where it names none.
func endpoint(u *url.URL) string {
	port := u.Port()
	if port == "" {
		switch u.Scheme {
		case "socks5", "socks5h":
			port = "1080"
		default:
			port = strconv.Itoa(defaultPorts[u.Scheme])
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// body frees the exchange's place when it is closed or read to its end.
type body struct {
	io.Reader
	close io.Closer
	done  func()
}

func (b *body) Close() error {
	err := b.close.Close()
	b.done()
	return err
}
