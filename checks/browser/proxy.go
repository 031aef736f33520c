package browser

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"

	"assess/gonogo/checks"
)

// sender lets requests out: the probe.
type sender interface {
	Browse(r *http.Request) (*http.Response, error)
	Browsable(u *url.URL) bool
}

// proxy is the browser's only way out: a forward proxy on loopback (RFC 9110 9.3.6, RFC
// 9112 3.2.2) that opens encrypted connections as well. Whoever else finds its port is
// turned away for want of the password.
type proxy struct {
	send      sender
	authority *authority
	listener  net.Listener
	server    *http.Server
	user      string
	password  string
	marker    string // host name that only the browser's self-check asks for

	mu     sync.Mutex
	visit  *ledger // nil: nobody is visiting, nothing goes out
	left   int     // requests of the run
	strays int     // requests of the browser's own
	marked int     // self-checks that came through the proxy
	direct int     // requests that came to the port as if it were a server
}

func newProxy(send sender) (*proxy, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{send: send, authority: authority, listener: listener, user: "gonogo", password: random(),
		marker: "check-" + random() + ".invalid", left: maxRunRequests}
	p.server = serverOf(http.HandlerFunc(p.serve))
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// serverOf is a server for the browser alone: patient, and silent about what breaks off.
func serverOf(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 256 << 10,
		ErrorLog: log.New(io.Discard, "", 0)}
}

func random() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) close() { _ = p.server.Close() }

// open lets requests out on behalf of a visit; nil shuts the door.
func (p *proxy) open(l *ledger) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visit = l
}

// current is the visit under way. A request without one is the browser's own.
func (p *proxy) current() *ledger {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.visit == nil {
		p.strays++
	}
	return p.visit
}

// take counts one request of the run.
func (p *proxy) take(l *ledger, a *asked) (why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if why = l.begin(a, p.left); why == "" {
		p.left--
	}
	return why
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect && !r.URL.IsAbs() {
		p.mu.Lock()
		p.direct++
		p.mu.Unlock()
		http.Error(w, "not a web server", http.StatusNotFound)
		return
	}
	if !p.known(r.Header.Get("Proxy-Authorization")) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="gonogo"`)
		http.Error(w, "this proxy serves one browser", http.StatusProxyAuthRequired)
		return
	}
	switch {
	case p.isMark(r):
		http.Error(w, "seen", http.StatusNotFound)
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	default:
		p.forward(w, r, r.URL)
	}
}

func (p *proxy) known(authorization string) bool {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.user+":"+p.password))
	return subtle.ConstantTimeCompare([]byte(authorization), []byte(want)) == 1
}

// isMark recognises and counts the two requests of the self-check.
func (p *proxy) isMark(r *http.Request) bool {
	host := r.URL.Host
	if host != p.marker && !(host == p.address() && strings.HasPrefix(r.URL.Path, "/"+p.marker)) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marked++
	return true
}

// connect opens a tunnel to a host in scope and answers within it, instead of the host.
func (p *proxy) connect(w http.ResponseWriter, r *http.Request) {
	visit := p.current()
	// Within is TLS, or in clear text what wants to become a WebSocket.
	host, port, err := net.SplitHostPort(r.Host)
	target := &url.URL{Scheme: "https", Host: shortHost("https", host, port)}
	if visit == nil || err != nil || !p.send.Browsable(target) {
		if visit != nil {
			visit.refuse(&asked{Method: http.MethodGet, URL: target.String() + "/", Refused: "out of scope"})
		}
		http.Error(w, "out of scope", http.StatusForbidden)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = conn.Close()
		return
	}
	first, err := buffered.Peek(1)
	if err != nil {
		_ = conn.Close()
		return
	}
	scheme := "http"
	var inner net.Conn = peeked{conn, buffered.Reader}
	if first[0] == 0x16 { // a TLS handshake (RFC 8446 5.1)
		scheme = "https"
		inner = tls.Server(inner, &tls.Config{NextProtos: []string{"http/1.1"}, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return p.authority.certificate(host)
		}})
	}
	p.serveTunnel(inner, scheme, shortHost(scheme, host, port))
}

// shortHost is host:port without the scheme's own port, as browsers write origins.
func shortHost(scheme, host, port string) string {
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// serveTunnel answers the requests that come over one opened connection.
func (p *proxy) serveTunnel(conn net.Conn, scheme, host string) {
	one := &oneConn{conn: conn, closed: make(chan struct{})}
	server := serverOf(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := *r.URL
		target.Scheme, target.Host = scheme, host
		p.forward(w, r, &target)
	}))
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed || state == http.StateHijacked {
			one.finish()
		}
	}
	_ = server.Serve(one)
}

// forward sends one request on, or says why not.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request, target *url.URL) {
	visit := p.current()
	if visit == nil {
		http.Error(w, "nobody is visiting", http.StatusForbidden)
		return
	}
	u := *target
	u.Fragment, u.RawFragment, u.User = "", "", nil
	a := &asked{Method: r.Method, URL: u.String(), Use: uses[r.Header.Get("Sec-Fetch-Dest")]}
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		a.Use, a.URL = "WebSocket", "ws"+strings.TrimPrefix(a.URL, "http")
	}
	if a.Refused = refusal(r.Method, r.Header, &u, p.send.Browsable(&u)); a.Refused != "" {
		visit.refuse(a)
		http.Error(w, a.Refused, http.StatusForbidden)
		return
	}
	if why := p.take(visit, a); why != "" {
		http.Error(w, why, http.StatusForbidden)
		return
	}
	ctx, cancel := context.WithCancel(visit.ctx)
	defer cancel()
	defer context.AfterFunc(r.Context(), cancel)()
	began := time.Now()
	var held time.Duration
	var once sync.Once
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) {
		once.Do(func() { held = time.Since(began) })
	}})
	status, bytes, trouble := p.exchange(w, outgoing(ctx, r, &u), visit)
	visit.end(func() {
		a.Status, a.Bytes, a.Trouble, a.Held, a.Took = status, bytes, trouble, held, time.Since(began)
	})
	if status != 0 && trouble != "" {
		panic(http.ErrAbortHandler) // half a script must not look like a whole one
	}
}

// outgoing is the request as it is sent: what the browser said about it, without what is
// meant for the proxy, and without a body.
func outgoing(ctx context.Context, r *http.Request, u *url.URL) *http.Request {
	header := r.Header.Clone()
	dropHops(header)
	return (&http.Request{Method: r.Method, URL: u, Host: u.Host, Header: header}).WithContext(ctx)
}

// hops are the fields that concern one connection only (RFC 9110 7.6.1), and those that
// would lead the browser past the proxy.
var hops = []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE",
	"Trailer", "Transfer-Encoding", "Upgrade", "Alt-Svc"}

func dropHops(h http.Header) {
	for _, line := range h.Values("Connection") {
		for _, name := range strings.Split(line, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hops {
		h.Del(name)
	}
}

// exchange sends req and passes the answer on as it comes. A status of 0 says that there
// was none.
func (p *proxy) exchange(w http.ResponseWriter, req *http.Request, visit *ledger) (status int, bytes int64, trouble string) {
	res, err := p.send.Browse(req)
	if err != nil {
		http.Error(w, "no answer", http.StatusBadGateway)
		return 0, 0, err.Error()
	}
	defer res.Body.Close()
	dropHops(res.Header)
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	bytes, err = relay(w, res.Body, visit)
	switch {
	case errors.Is(err, context.Canceled):
		trouble = brokenOff + ": the browser did not wait for the rest"
	case err != nil:
		trouble = err.Error()
	case bytes > checks.MaxBrowsed:
		trouble = "larger than 16 MiB: the rest was not loaded"
	}
	return res.StatusCode, bytes, trouble
}

// relay copies a body and shows the browser every part of it at once.
func relay(w http.ResponseWriter, body io.Reader, visit *ledger) (total int64, err error) {
	control := http.NewResponseController(w)
	buffer := make([]byte, 32<<10)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			visit.grow(n)
			total += int64(n)
			if _, err := w.Write(buffer[:n]); err != nil {
				return total, context.Canceled
			}
			_ = control.Flush()
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// peeked is a connection of which something was read already.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (c peeked) Read(b []byte) (int, error) { return c.r.Read(b) }

// oneConn is a listener that hands out one connection and then waits for its end.
type oneConn struct {
	conn   net.Conn
	once   sync.Once
	taken  bool
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if !l.taken {
		l.taken = true
		return l.conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) finish()        { l.once.Do(func() { close(l.closed) }) }
func (l *oneConn) Close() error   { l.finish(); return nil }
func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }
