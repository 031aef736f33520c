package observe

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"
)

// stopwatch takes an exchange's times and what really went out. The transport reports
// from goroutines of its own, also after the exchange.
type stopwatch struct {
	mu                                sync.Mutex
	start, got, first                 time.Time
	dialStart, dialEnd, tlsAt, tlsEnd time.Time
	remote                            string
	header                            http.Header
}

func (w *stopwatch) watch(ctx context.Context) context.Context {
	mark := func(t *time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		*t = time.Now()
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { mark(&w.start) },
		ConnectStart:         func(string, string) { mark(&w.dialStart) },
		ConnectDone:          func(string, string, error) { mark(&w.dialEnd) },
		TLSHandshakeStart:    func() { mark(&w.tlsAt) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { mark(&w.tlsEnd) },
		GotFirstResponseByte: func() { mark(&w.first) },
		GotConn: func(i httptrace.GotConnInfo) {
			mark(&w.got)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.remote = i.Conn.RemoteAddr().String()
			w.header = http.Header{} // a request that is sent again counts once
			if i.Reused {
				w.dialStart, w.dialEnd, w.tlsAt, w.tlsEnd = time.Time{}, time.Time{}, time.Time{}, time.Time{}
			}
		},
		WroteHeaderField: func(name string, values []string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			name = strings.TrimPrefix(name, ":")
			switch name {
			case "authority":
				name = "Host"
			case "method", "path", "scheme":
				return
			}
			name = http.CanonicalHeaderKey(name)
			w.header[name] = append(w.header[name], values...)
		},
	})
}

// connected reports whether there was a connection to send on.
func (w *stopwatch) connected() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.got.IsZero()
}

// sent is the header as it was written, or as it was meant where the transport did not say.
func (w *stopwatch) sent(meant http.Header) http.Header {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.header) == 0 {
		return meant
	}
	return w.header.Clone()
}

func (w *stopwatch) fill(x *Exchange) {
	end := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	x.Remote = w.remote
	x.Connect = between(w.dialStart, w.dialEnd)
	x.Handshake = between(w.tlsAt, w.tlsEnd)
	x.FirstByte = between(w.got, w.first)
	x.Total = between(w.start, end)
}

func between(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}
