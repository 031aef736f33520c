package guard

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func get(t *testing.T, g *Guard, ctx context.Context, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g.Transport().RoundTrip(req)
}

func drain(t *testing.T, res *http.Response) []byte {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestOutOfScopeNeverLeaves(t *testing.T) {
	var hits atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	})
	g := mustNew(t, Config{Hosts: []string{target.URL}})
	res, err := get(t, g, t.Context(), target.URL)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, res)
	for _, u := range []string{
		res.Header.Get("Location"), other.URL, "https" + strings.TrimPrefix(other.URL, "http"), "http://127.0.0.1/", "ftp://x/",
		strings.Replace(other.URL, "127.0.0.1", "localhost", 1),
	} {
		if _, err := get(t, g, t.Context(), u); !errors.Is(err, ErrScope) {
			t.Errorf("%s: %v", u, err)
		}
	}
	client := &http.Client{Transport: g.Transport()} // one that follows redirects, as a careless kind would
	if _, err := client.Get(target.URL); !errors.Is(err, ErrScope) {
		t.Errorf("followed redirect: %v", err)
	}
	if hits.Load() != 0 || g.Sent() != 2 {
		t.Errorf("%d requests reached the other server, %d were sent", hits.Load(), g.Sent())
	}
}

func TestConsent(t *testing.T) {
	target := serve(t, func(http.ResponseWriter, *http.Request) {})
	none := mustNew(t, Config{Hosts: []string{target.URL}, Allow: map[string]bool{"odd": true}})
	for _, class := range []string{"intrusive", "load", "odd"} {
		if _, err := get(t, none, WithClass(t.Context(), class), target.URL); !errors.Is(err, ErrConsent) {
			t.Errorf("%s without consent: %v", class, err)
		}
		if _, err := none.Dial(WithClass(t.Context(), class), "tcp", target.Listener.Addr().String()); !errors.Is(err, ErrConsent) {
			t.Errorf("%s dial without consent: %v", class, err)
		}
	}
	if none.Sent() != 0 {
		t.Errorf("%d requests left", none.Sent())
	}
	some := mustNew(t, Config{Hosts: []string{target.URL}, Allow: map[string]bool{"intrusive": true}})
	for class, want := range map[string]bool{"": true, "safe": true, "intrusive": true, "load": false} {
		res, err := get(t, some, WithClass(t.Context(), class), target.URL)
		if (err == nil) != want {
			t.Errorf("%q: %v", class, err)
		}
		if err == nil {
			drain(t, res)
		}
	}
}

func TestBudget(t *testing.T) {
	target := serve(t, func(http.ResponseWriter, *http.Request) {})
	g := mustNew(t, Config{Hosts: []string{target.URL}, Budget: 3})
	for i := range 5 {
		res, err := get(t, g, t.Context(), target.URL)
		if i < 3 && err != nil || i >= 3 && !errors.Is(err, ErrBudget) {
			t.Fatalf("request %d: %v", i, err)
		}
		if err == nil {
			drain(t, res)
		}
	}
	if g.Sent() != 3 {
		t.Errorf("sent %d", g.Sent())
	}
}

func TestBurstHasItsOwnBudget(t *testing.T) {
	b := budget{limit: 1}
	sent := 0
	for i := range MaxBursts + 1 {
		for range BurstBudget + 10 {
			if err := b.take("h", fmt.Sprint("/", i), true); err == nil {
				sent++
			} else if !errors.Is(err, ErrBudget) {
				t.Fatal(err)
			}
		}
	}
	if sent != MaxBursts*BurstBudget {
		t.Errorf("%d burst requests", sent)
	}
	if err := b.take("h", "/", false); err != nil {
		t.Errorf("the burst used up the ordinary budget: %v", err)
	}
	if b.sent() != sent+1 {
		t.Errorf("sent = %d", b.sent())
	}
}

func TestRateAndParallel(t *testing.T) {
	var now, most atomic.Int32
	target := serve(t, func(http.ResponseWriter, *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(150 * time.Millisecond)
		now.Add(-1)
	})
	g := mustNew(t, Config{Hosts: []string{target.URL}})
	var wg sync.WaitGroup
	start := time.Now()
	for range 24 {
		wg.Go(func() {
			if res, err := get(t, g, t.Context(), target.URL); err != nil {
				t.Error(err)
			} else {
				res.Body.Close()
			}
		})
	}
	wg.Wait()
	if most.Load() > 8 {
		t.Errorf("%d in parallel", most.Load())
	}
	if took := time.Since(start); took < 3*150*time.Millisecond {
		t.Errorf("24 requests, 8 in parallel, took only %v", took)
	}
}

func TestPaceOfARemoteHost(t *testing.T) {
	p := newPace(remotePace)
	start := time.Now()
	for range 6 {
		release, err := p.wait(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	if took := time.Since(start); took < 480*time.Millisecond {
		t.Errorf("6 requests at 10/s took %v", took)
	}
	if cap(p.slots) != 4 {
		t.Errorf("%d parallel", cap(p.slots))
	}
	for range 10 {
		p.slower()
	}
	if p.limiter.Limit() != 1 {
		t.Errorf("slowed to %v/s", p.limiter.Limit())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := p.wait(ctx, false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no room before the deadline: %v", err)
	}
	if len(p.slots) != 0 {
		t.Error("a slot was kept")
	}
}

func TestTooManyRequestsSlowsDown(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	g := mustNew(t, Config{Hosts: []string{target.URL}})
	for _, ctx := range []context.Context{t.Context(), WithBurst(t.Context())} {
		res, err := get(t, g, ctx, target.URL)
		if err != nil {
			t.Fatal(err)
		}
		drain(t, res)
		if got := g.local.limiter.Limit(); got != 50 {
			t.Errorf("rate is %v/s", got)
		}
	}
}

func TestSignature(t *testing.T) {
	var got http.Header
	target := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	g := mustNew(t, Config{Hosts: []string{target.URL}, Version: "1.2", RunID: "r7"})
	req, _ := http.NewRequest(http.MethodGet, target.URL, nil)
	req.Header.Set("User-Agent", "Mozilla/5.0")
	res, err := g.Transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, res)
	if got.Get("User-Agent") != "gonogo/1.2 (run r7)" || got.Get("X-Gonogo-Run") != "r7" {
		t.Errorf("sent %v", got)
	}
	if req.Header.Get("User-Agent") != "Mozilla/5.0" {
		t.Error("the caller's request was changed")
	}
	if got.Get("Accept-Encoding") != "" {
		t.Errorf("asked for %q by itself", got.Get("Accept-Encoding"))
	}
}

func TestBounds(t *testing.T) {
	stop := make(chan struct{})
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/endless":
			chunk := make([]byte, 64<<10)
			for r.Context().Err() == nil {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 2*MaxHeader))
		case "/slow-header":
			<-stop
		case "/drip":
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("."))
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		}
	})
	defer close(stop)
	g := mustNew(t, Config{Hosts: []string{target.URL}, FirstByte: 200 * time.Millisecond, Whole: 400 * time.Millisecond})
	res, err := get(t, g, t.Context(), target.URL+"/endless")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(drain(t, res)); n != MaxBody+1 {
		t.Errorf("%d bytes of an endless body", n)
	}
	if _, err := get(t, g, t.Context(), target.URL+"/headers"); err == nil {
		t.Error("endless headers were taken")
	}
	var timeout net.Error
	if _, err := get(t, g, t.Context(), target.URL+"/slow-header"); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("slow header: %v", err)
	}
	start := time.Now()
	if res, err = get(t, g, t.Context(), target.URL+"/drip"); err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(res.Body)
	res.Body.Close()
	if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(start) > 3*time.Second {
		t.Errorf("drip ended after %v with %v", time.Since(start), err)
	}
	if len(g.local.slots) != 0 {
		t.Errorf("%d slots are still taken", len(g.local.slots))
	}
}

func TestEnvironmentProxyIsIgnoredAndDeclaredOneUsed(t *testing.T) {
	var proxied []string
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		proxied = append(proxied, r.URL.String())
		w.WriteHeader(http.StatusTeapot)
	})
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	g := mustNew(t, Config{Hosts: []string{"http://app.example:1"}, Lookup: fixed("127.0.0.1"), Connect: 100 * time.Millisecond})
	_, _ = get(t, g, t.Context(), "http://app.example:1/") // a port that nobody listens on
	if len(proxied) != 0 {
		t.Fatalf("the environment's proxy saw %v", proxied)
	}
	g = mustNew(t, Config{Hosts: []string{"http://app.example", "http://169.254.169.254"}, Proxy: proxy.URL})
	res, err := get(t, g, t.Context(), "http://app.example/x")
	if err != nil || res.StatusCode != http.StatusTeapot {
		t.Fatalf("through the declared proxy: %v", err)
	}
	drain(t, res)
	for _, u := range []string{"http://other.example/", "http://169.254.169.254/"} {
		if _, err := get(t, g, t.Context(), u); !errors.Is(err, ErrScope) {
			t.Errorf("%s through the proxy: %v", u, err)
		}
	}
	if len(proxied) != 1 {
		t.Errorf("proxy saw %v", proxied)
	}
	for _, bad := range []string{"file:///x", "proxy:3128", "ftp://x"} {
		if _, err := New(Config{Proxy: bad}); err == nil {
			t.Errorf("proxy %q was accepted", bad)
		}
	}
}

func TestCertificateAuthority(t *testing.T) {
	target := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer target.Close()
	target.Config.ErrorLog = nil
	g := mustNew(t, Config{Hosts: []string{target.URL}})
	if _, err := get(t, g, t.Context(), target.URL); err == nil {
		t.Error("an unknown authority was trusted")
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: target.Certificate().Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	g = mustNew(t, Config{Hosts: []string{target.URL}, CAFile: file})
	res, err := get(t, g, t.Context(), target.URL)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, res)
	if _, err := New(Config{CAFile: file + "x"}); err == nil || !strings.Contains(err.Error(), "ca.pemx") {
		t.Errorf("missing file: %v", err)
	}
	_ = os.WriteFile(file, []byte("not a certificate"), 0o600)
	if _, err := New(Config{CAFile: file}); err == nil {
		t.Error("a file without a certificate was accepted")
	}
}

func TestDial(t *testing.T) {
	target := serve(t, func(http.ResponseWriter, *http.Request) {})
	u, _ := url.Parse(target.URL)
	g := mustNew(t, Config{Hosts: []string{"localhost:" + u.Port(), "127.0.0.1:1"}})
	conn, err := g.Dial(t.Context(), "tcp", "localhost:"+u.Port())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if _, err := g.Dial(t.Context(), "tcp", u.Host); !errors.Is(err, ErrScope) {
		t.Errorf("same address under an undeclared name: %v", err)
	}
	if _, err := g.Dial(t.Context(), "udp", "localhost:"+u.Port()); !errors.Is(err, ErrScope) {
		t.Errorf("udp: %v", err)
	}
	if _, err := g.Dial(t.Context(), "tcp", "127.0.0.1:1"); err == nil || errors.Is(err, ErrScope) {
		t.Errorf("closed port: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Dial(ctx, "tcp", "localhost:"+u.Port()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
