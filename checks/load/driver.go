package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// driver sends one request, or several in turn, over and over, through one pool of
// connections.
type driver struct {
	*campaign
	shots     []shot
	order     []int // of shots, again and again
	turn      atomic.Int64
	transport *http.Transport
	until     time.Time // when the time budget ends
	held      float64   // requests a second that the closed model is held to; 0 = none
	sent      atomic.Int64
	used      atomic.Int64 // connections used again
	opened    atomic.Int64 // new ones
	alone     *alone
}

// dial opens a connection; it is the guard's.
type dial func(ctx context.Context, network, addr string) (net.Conn, error)

// connectTimeout is the time of one connection, name and handshake apart.
const connectTimeout = 3 * time.Second

// newDriver makes a driver for so many users. ctx bounds its connections: it carries the
// class that the guard wants to see, and its end is the end of all of them.
func newDriver(ctx context.Context, c *campaign, shots []shot, order []int, to dial, roots *x509.CertPool, users int) *driver {
	return &driver{campaign: c, shots: shots, order: order, alone: new(alone), transport: &http.Transport{
		DialContext: func(_ context.Context, network, addr string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, connectTimeout)
			defer cancel()
			return to(ctx, network, addr)
		},
		TLSClientConfig:        &tls.Config{RootCAs: roots},
		TLSHandshakeTimeout:    connectTimeout,
		MaxConnsPerHost:        users,
		MaxIdleConns:           users,
		MaxIdleConnsPerHost:    users,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: c.Header,
		DisableCompression:     true,
	}}
}

// fresh is the driver with a connection of its own for every request.
func (d *driver) fresh() *driver {
	t := d.transport.Clone()
	t.DisableKeepAlives = true
	return &driver{campaign: d.campaign, shots: d.shots, order: d.order, alone: d.alone, transport: t, until: d.until}
}

func (d *driver) close() { d.transport.CloseIdleConnections() }

// answer is what one request came to.
type answer struct {
	shot    int // which request it is of
	trouble trouble
	status  int // 0: no answer
	took    time.Duration
	hidden  int  // attempts that died and that net/http sent again by itself
	broken  bool // given up by us: neither good nor bad
	bytes   int64
	kind    string // media type
	odd     bool   // of quite another length than one user's
	cached  bool
}

// attempts watches one request. Its hooks may run after RoundTrip has returned.
type attempts struct {
	written atomic.Int32
	stale   atomic.Int32 // on a connection that had been idle for long: the server may have closed it
	reused  atomic.Bool
	idle    atomic.Bool
	hooks   httptrace.ClientTrace
}

// longIdle is how long a connection may rest before its end is nobody's fault.
const longIdle = time.Second

func (a *attempts) trace() *httptrace.ClientTrace {
	a.hooks.GotConn, a.hooks.WroteRequest = a.got, a.wrote
	return &a.hooks
}

func (a *attempts) got(i httptrace.GotConnInfo) {
	a.reused.Store(i.Reused)
	a.idle.Store(i.IdleTime > longIdle)
}

func (a *attempts) wrote(i httptrace.WroteRequestInfo) {
	if i.Err != nil {
		return
	}
	if a.idle.Load() {
		a.stale.Add(1)
	}
	a.written.Add(1)
}

// hidden is how many attempts died before the last one.
func (a *attempts) hidden() int {
	again := int(a.written.Load()) - 1
	return max(0, again-min(again, int(a.stale.Load())))
}

// ask sends one request and reads its answer to the end, or to the limit.
func (d *driver) ask(ctx context.Context, w *worker) answer {
	d.requests.Add(1)
	d.sent.Add(1)
	timed := w.begin(ctx, d.Deadline)
	defer w.end()
	try := new(attempts)
	started := time.Now()
	a := answer{shot: d.order[int((d.turn.Add(1)-1)%int64(len(d.order)))]}
	res, err := d.transport.RoundTrip(d.shots[a.shot].at(httptrace.WithClientTrace(timed, try.trace())))
	if err == nil {
		a.bytes, err = d.drain(res.Body, w.buf)
		a.trouble, a.status = ofStatus(res.StatusCode), res.StatusCode
		a.kind, a.cached = mediaType(res.Header), stored(res.Header)
	}
	a.took = time.Since(started)
	a.hidden = try.hidden()
	d.requests.Add(int64(a.hidden))
	d.sent.Add(int64(a.hidden))
	if try.reused.Load() {
		d.used.Add(1)
	} else {
		d.opened.Add(1)
	}
	switch {
	case err == nil && a.trouble == good:
		var unlike bool
		if unlike, a.odd = d.alone.compare(a); unlike {
			a.trouble = other
		}
	case err == nil:
	case errors.Is(err, errLong):
		a.trouble = bodyTooLong
	case ctx.Err() != nil:
		a.broken = true
	case timed.Err() != nil:
		a.trouble = timedOut
	default:
		a.trouble = ofError(err)
	}
	return a
}

var errLong = errors.New("the body is longer than the limit")

// drain reads a body and throws it away.
func (d *driver) drain(body io.ReadCloser, buf []byte) (n int64, err error) {
	defer body.Close()
	for {
		var m int
		m, err = body.Read(buf)
		n += int64(m)
		if d.bytes.Add(int64(m)); n > d.Body {
			return n, errLong
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
