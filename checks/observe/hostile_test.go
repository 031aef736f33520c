package observe

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks/guard"
)

// answer runs a TCP server that gives each connection to f, and returns its URL.
func answer(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); f(c) }()
		}
	}()
	return "http://" + l.Addr().String()
}

// says reads the request's head and writes text.
func says(text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, text)
	}
}

func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func TestTroubles(t *testing.T) {
	hang := func(net.Conn) { time.Sleep(2 * time.Second) }
	cases := []struct {
		name string
		url  string
		want Trouble
	}{
		{"closed port", closedPort(t), Refused},
		{"silence", answer(t, hang), Timeout},
		{"half a head", answer(t, func(c net.Conn) { says("HTTP/1.1 200 OK\r\nX-A: ")(c); hang(c) }), Timeout},
		{"drip", answer(t, func(c net.Conn) {
			says("HTTP/1.1 200 OK\r\n\r\n")(c)
			for range 200 {
				if _, err := c.Write([]byte(".")); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}), Timeout},
		{"hangs up", answer(t, func(net.Conn) {}), Broken},
		{"hangs up after the request", answer(t, says("")), Broken},
		{"body shorter than promised", answer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")), Broken},
		{"ssh", answer(t, says("SSH-2.0-OpenSSH_9.6\r\n")), NotHTTP},
		{"redis", answer(t, says("-ERR unknown command\r\n")), NotHTTP},
		{"broken header", answer(t, says("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")), NotHTTP},
		{"broken chunks", answer(t, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")), NotHTTP},
		{"not the encoding it says", answer(t, says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")), NotHTTP},
		{"endless header", answer(t, says("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 2*guard.MaxHeader))), NotHTTP},
		{"plain http where tls is expected", "https" + strings.TrimPrefix(answer(t, says("HTTP/1.1 200 OK\r\n\r\n")), "http"), BadTLS},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := newStore(t, c.url, nil).Do(t.Context(), Request{URL: "/"})
			wantTrouble(t, c.name, err, c.want)
			if took := time.Since(start); took > 4*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestTLSAndNames(t *testing.T) {
	target := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	target.Config.ErrorLog = log.New(io.Discard, "", 0)
	target.StartTLS()
	defer target.Close()
	_, err := newStore(t, target.URL, nil).Do(t.Context(), Request{URL: "/"})
	wantTrouble(t, "unknown authority", err, BadTLS)
	for what, c := range map[string]struct {
		err  error
		want Trouble
	}{
		"no such name":       {&net.DNSError{Err: "no such host", Name: "app.example", IsNotFound: true}, DNS},
		"name server silent": {&net.DNSError{Err: "timeout", Name: "app.example", IsTimeout: true}, Timeout},
	} {
		s := newStore(t, "http://app.example", func(_ *Options, g *guard.Config) {
			g.Lookup = func(context.Context, string) ([]netip.Addr, error) { return nil, c.err }
		})
		_, err := s.Do(t.Context(), Request{URL: "/"})
		wantTrouble(t, what, err, c.want)
	}
	s := newStore(t, "http://app.example", func(_ *Options, g *guard.Config) {
		g.Lookup = func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("169.254.169.254")}, nil
		}
	})
	_, err = s.Do(t.Context(), Request{URL: "/"})
	wantTrouble(t, "a name that leads to the metadata service", err, Scope)
}

func TestRedirectsAreAnswers(t *testing.T) {
	var hits atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	})
	s := newStore(t, target.URL, nil)
	x := must(t, s, Request{URL: "/"})
	if x.Status != 302 || hits.Load() != 1 {
		t.Errorf("status %d, %d requests", x.Status, hits.Load())
	}
	_, err := s.Do(t.Context(), Request{URL: x.Header.Get("Location")})
	wantTrouble(t, "the hop", err, Scope)
}

func TestBodiesAreBoundedAfterDecoding(t *testing.T) {
	var bomb, small, deflated bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 64<<20))
	z.Close()
	z = gzip.NewWriter(&small)
	_, _ = z.Write([]byte("hello"))
	z.Close()
	d := zlib.NewWriter(&deflated)
	_, _ = d.Write([]byte("hello"))
	d.Close()
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		case "/gzip":
			w.Header().Set("Content-Encoding", "GZIP")
			_, _ = w.Write(small.Bytes())
		case "/deflate":
			w.Header().Set("Content-Encoding", "deflate")
			_, _ = w.Write(deflated.Bytes())
		case "/br":
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write([]byte("\x0b\x02\x80hello\x03"))
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		case "/exact":
			_, _ = w.Write(make([]byte, guard.MaxBody))
		}
	})
	s := newStore(t, target.URL, nil)
	for path, want := range map[string]struct {
		size           int
		cut, encoded   bool
		body, encoding string
	}{
		"/bomb":    {size: guard.MaxBody, cut: true, encoding: "gzip"},
		"/endless": {size: guard.MaxBody, cut: true},
		"/exact":   {size: guard.MaxBody},
		"/gzip":    {size: 5, body: "hello", encoding: "GZIP"},
		"/deflate": {size: 5, body: "hello", encoding: "deflate"},
		"/br":      {size: 9, encoded: true, encoding: "br"},
	} {
		x := must(t, s, Request{URL: path})
		if len(x.Body) != want.size || x.Truncated != want.cut || x.Encoded != want.encoded || x.Header.Get("Content-Encoding") != want.encoding {
			t.Errorf("%s: %d bytes, truncated %v, encoded %v", path, len(x.Body), x.Truncated, x.Encoded)
		}
		if want.body != "" && string(x.Body) != want.body {
			t.Errorf("%s: %q", path, x.Body)
		}
	}
	if x := must(t, s, Request{URL: "/gzip", Method: "HEAD"}); len(x.Body) != 0 {
		t.Errorf("HEAD: %d bytes", len(x.Body))
	}
}

func TestOneRetryOfAFailedConnection(t *testing.T) {
	url := closedPort(t)
	tries := 0
	s := newStore(t, url, nil)
	var up *httptest.Server
	s.sleep = func(context.Context, time.Duration) error {
		tries++
		l, err := net.Listen("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Skip("the port was taken by somebody else")
		}
		up = httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		up.Listener.Close()
		up.Listener = l
		up.Start()
		return nil
	}
	x := must(t, s, Request{URL: "/"})
	defer up.Close()
	if !x.Retried || tries != 1 {
		t.Errorf("retried %v, waited %d times", x.Retried, tries)
	}

	down := newStore(t, closedPort(t), nil)
	waits := 0
	down.sleep = func(context.Context, time.Duration) error { waits++; return nil }
	for _, r := range []Request{{URL: "/a"}, {URL: "/b"}, {URL: "/c", Fresh: true}, {URL: "/d", Burst: true}} {
		_, err := down.Do(t.Context(), r)
		wantTrouble(t, r.URL, err, Refused)
	}
	if waits != 2 {
		t.Errorf("waited %d times for two ordinary requests, a repeat and a burst", waits)
	}
}

func TestAnAnswerThatBreaksIsNotAskedAgain(t *testing.T) {
	var hits atomic.Int32
	url := answer(t, func(c net.Conn) { hits.Add(1); says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")(c) })
	_, err := newStore(t, url, nil).Do(t.Context(), Request{URL: "/", Method: "POST"})
	wantTrouble(t, "broken body", err, Broken)
	if hits.Load() != 1 {
		t.Errorf("%d requests", hits.Load())
	}
}

func TestASilentOriginIsLeftAlone(t *testing.T) {
	lookups := 0
	now := time.Now()
	s := newStore(t, "http://app.example", func(o *Options, g *guard.Config) {
		o.Now = func() time.Time { return now }
		g.Lookup = func(context.Context, string) ([]netip.Addr, error) {
			lookups++
			return nil, &net.DNSError{Err: "no such host", Name: "app.example", IsNotFound: true}
		}
	})
	for i := range 5 {
		_, err := s.Do(t.Context(), Request{URL: fmt.Sprint("/", i)})
		wantTrouble(t, "silent", err, DNS)
	}
	if lookups != 2 {
		t.Errorf("%d lookups for five requests", lookups)
	}
	now = now.Add(silence + time.Second)
	_, err := s.Do(t.Context(), Request{URL: "/later"})
	wantTrouble(t, "later", err, DNS)
	_, err = s.Do(t.Context(), Request{URL: "/fresh", Fresh: true})
	wantTrouble(t, "fresh", err, DNS)
	if lookups != 5 {
		t.Errorf("%d lookups after a while", lookups)
	}
}

func TestThrottling(t *testing.T) {
	var hits atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := hits.Add(1)
		switch {
		case r.URL.Path == "/once" && n > 1:
			return
		case r.URL.Path == "/bare":
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case r.URL.Path == "/hasty":
			w.WriteHeader(http.StatusTooManyRequests)
			return
		case r.URL.Path == "/long":
			w.Header().Set("Retry-After", "61")
		case r.URL.Path == "/date":
			w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		default:
			w.Header().Set("Retry-After", "30")
		}
		w.WriteHeader(http.StatusTooManyRequests)
	})
	var waits []time.Duration
	fresh := func() *Store {
		s := newStore(t, target.URL, nil)
		s.sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
		hits.Store(0)
		waits = nil
		return s
	}
	s := fresh()
	if x := must(t, s, Request{URL: "/once"}); x.Status != 200 || !x.Retried || len(waits) != 1 || waits[0] != 30*time.Second {
		t.Errorf("status %d, retried %v, waited %v", x.Status, x.Retried, waits)
	}
	s = fresh()
	_, err := s.Do(t.Context(), Request{URL: "/always"})
	wantTrouble(t, "throttled twice", err, Throttled)
	var e *Error
	if errors.As(err, &e); e == nil || e.Last == nil || e.Last.Status != 429 {
		t.Errorf("no evidence: %+v", e)
	}
	_, err = s.Do(t.Context(), Request{URL: "/other"})
	wantTrouble(t, "known to throttle", err, Throttled)
	if hits.Load() != 3 || len(waits) != 1 {
		t.Errorf("%d requests, waited %v", hits.Load(), waits)
	}
	s = fresh()
	_, err = s.Do(t.Context(), Request{URL: "/hasty"}) // 429 without a word on how long
	wantTrouble(t, "/hasty", err, Throttled)
	if hits.Load() != 2 || len(waits) != 1 {
		t.Errorf("/hasty: %d requests, waited %v", hits.Load(), waits)
	}
	for _, path := range []string{"/long", "/date"} {
		s = fresh()
		_, err = s.Do(t.Context(), Request{URL: path})
		wantTrouble(t, path, err, Throttled)
		if hits.Load() != 1 || len(waits) != 0 {
			t.Errorf("%s: %d requests, waited %v", path, hits.Load(), waits)
		}
	}
	s = fresh()
	short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err = s.Do(short, Request{URL: "/always"}) // asks for a longer pause than the check has
	wantTrouble(t, "a pause beyond the time of the check", err, Throttled)
	if hits.Load() != 1 || len(waits) != 0 {
		t.Errorf("a pause beyond the time of the check: %d requests, waited %v", hits.Load(), waits)
	}
	for _, r := range []Request{{URL: "/bare"}, {URL: "/always", Fresh: true}, {URL: "/always", Burst: true}} {
		s = fresh()
		if x := must(t, s, r); x.Status < 400 || len(waits) != 0 || hits.Load() != 1 {
			t.Errorf("%+v: status %d, waited %v", r, x.Status, waits)
		}
	}
}

func TestStoppingWhileTheTargetAsksToWait(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	s := newStore(t, target.URL, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := time.AfterFunc(200*time.Millisecond, cancel)
	defer stop.Stop()
	start := time.Now()
	_, err := s.Do(ctx, Request{URL: "/"})
	wantTrouble(t, "stopped", err, Cancelled)
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}
