package observe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/secrets"
)

// newStore is a Store on one server, with time limits short enough for tests.
func newStore(t *testing.T, base string, change func(*Options, *guard.Config)) *Store {
	t.Helper()
	c := guard.Config{
		Hosts: []string{base}, Version: "test", RunID: "r1",
		Connect: time.Second, TLS: time.Second, FirstByte: 500 * time.Millisecond, Whole: time.Second,
	}
	o := Options{Base: base, Redactor: secrets.NewRedactor(nil), RetryAfter: time.Millisecond}
	if change != nil {
		change(&o, &c)
	}
	g, err := guard.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	o.Guard = g
	return NewStore(o)
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func must(t *testing.T, s *Store, r Request) *Exchange {
	t.Helper()
	x, err := s.Do(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func wantTrouble(t *testing.T, what string, err error, want Trouble) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("%s: %v is not an *Error", what, err)
	} else if e.Trouble != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func TestExchange(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["X-Dup"] = []string{"2", "1"}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.RequestURI, r.Host, body)
	})
	s := newStore(t, target.URL+"/base", nil)
	x := must(t, s, Request{
		Method: "POST", URL: "/a%2Fb/../c?q=1#frag", Body: []byte("hello"),
		Header: []Field{{"Host", "odd.example"}, {"X-One", "1"}, {"x-one", "2"}, {"User-Agent", "Mozilla/5.0"}},
	})
	if got, want := string(x.Body), "POST /a%2Fb/../c?q=1 odd.example hello"; got != want {
		t.Errorf("server saw %q, want %q", got, want)
	}
	if x.Status != 202 || x.Proto != "HTTP/1.1" || x.URL != target.URL+"/a%2Fb/../c?q=1" || x.Remote != target.Listener.Addr().String() {
		t.Errorf("got %d %s %s %s", x.Status, x.Proto, x.URL, x.Remote)
	}
	if got := x.Header["X-Dup"]; len(got) != 2 || got[0] != "2" {
		t.Errorf("duplicates: %v", got)
	}
	for name, want := range map[string][]string{
		"Host": {"odd.example"}, "X-One": {"1", "2"}, "User-Agent": {"gonogo/test (run r1)"}, "X-Gonogo-Run": {"r1"},
		"Accept": {"*/*"}, "Accept-Encoding": {"identity"},
	} {
		if got := x.Sent[name]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("sent %s: %q, want %q", name, got, want)
		}
	}
	if x.At.IsZero() || x.FirstByte <= 0 || x.Total < x.FirstByte || x.Connect <= 0 || x.Truncated || x.Retried {
		t.Errorf("at %v, first byte %v, total %v, connect %v", x.At, x.FirstByte, x.Total, x.Connect)
	}
}

func TestPathsStayOnTheBaseOrigin(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RequestURI) })
	s := newStore(t, target.URL, nil)
	for in, want := range map[string]string{"//evil.example/x": "//evil.example/x", "health": "/health", "": "/", "/x?u=http://y": "/x?u=http://y"} {
		if got := string(must(t, s, Request{URL: in}).Body); got != want {
			t.Errorf("%q asked for %q", in, got)
		}
	}
	_, err := s.Do(t.Context(), Request{URL: "http://evil.example/"})
	wantTrouble(t, "absolute", err, Scope)
	_, err = newStoreWithoutBase(t).Do(t.Context(), Request{URL: "/x"})
	wantTrouble(t, "no base", err, Scope)
	_, err = s.Do(t.Context(), Request{URL: "/%zz"})
	wantTrouble(t, "no URL", err, Scope)
}

func newStoreWithoutBase(t *testing.T) *Store {
	return newStore(t, "http://127.0.0.1:1", func(o *Options, _ *guard.Config) { o.Base = "" })
}

func TestEqualRequestsAreSentOnce(t *testing.T) {
	var hits atomic.Int32
	gate := make(chan struct{})
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		if r.URL.Path == "/wait" {
			<-gate
		}
	})
	s := newStore(t, target.URL, nil)
	var wg sync.WaitGroup
	var first atomic.Pointer[Exchange]
	for range 20 {
		wg.Go(func() {
			x, err := s.Do(t.Context(), Request{URL: "/wait"})
			if err != nil {
				t.Error(err)
			}
			if old := first.Swap(x); old != nil && old != x {
				t.Error("two askers got two exchanges")
			}
		})
	}
	for hits.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(gate)
	wg.Wait()
	if hits.Load() != 1 {
		t.Fatalf("sent %d times", hits.Load())
	}
	same := []Request{{URL: "/x"}, {Method: "GET", URL: target.URL + "/x"}, {URL: "/x", As: Anonymous}, {URL: "/x#y"}, {URL: "/x", Class: "safe"}}
	other := []Request{{URL: "/x", Method: "HEAD"}, {URL: "/x?"}, {URL: "/x", Header: []Field{{"A", "1"}}}, {URL: "/x", Header: []Field{{"A", "2"}}},
		{URL: "/x", Body: []byte("b")}, {URL: "/x", Fresh: true}, {URL: "/x", Fresh: true}, {URL: "/x", Burst: true}}
	hits.Store(0)
	for _, r := range same {
		must(t, s, r)
	}
	if hits.Load() != 1 {
		t.Errorf("%d requests for %d equal ones", hits.Load(), len(same))
	}
	for _, r := range other {
		must(t, s, r)
	}
	if int(hits.Load()) != 1+len(other) {
		t.Errorf("%d requests for %d different ones", hits.Load()-1, len(other))
	}
}

func TestCancelIsQuickAndSparesOthers(t *testing.T) {
	gate, seen, gone := make(chan struct{}), make(chan struct{}, 2), make(chan struct{}, 2)
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- struct{}{}
		select {
		case <-gate:
		case <-r.Context().Done():
			gone <- struct{}{}
		}
	})
	s := newStore(t, target.URL, func(_ *Options, c *guard.Config) { c.FirstByte, c.Whole = 5*time.Second, 5*time.Second })
	one, cancelOne := context.WithCancel(t.Context())
	two, cancelTwo := context.WithCancel(t.Context())
	errs := make(chan error, 2)
	ask := func(ctx context.Context) { _, err := s.Do(ctx, Request{URL: "/hang"}); errs <- err }
	go ask(one)
	<-seen // the first asker's request is under way when the second joins
	go ask(two)
	for { // until both wait
		s.mu.Lock()
		waiting := 0
		for _, f := range s.flights {
			waiting += f.waiting
		}
		s.mu.Unlock()
		if waiting == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	start := time.Now()
	cancelOne()
	wantTrouble(t, "first asker", <-errs, Cancelled)
	if took := time.Since(start); took > 800*time.Millisecond {
		t.Errorf("took %v to stop", took)
	}
	select {
	case <-gone:
		t.Fatal("the request was given up though somebody waits for it")
	case <-time.After(50 * time.Millisecond):
	}
	cancelTwo()
	wantTrouble(t, "second asker", <-errs, Cancelled)
	select {
	case <-gone:
	case <-time.After(2 * time.Second):
		t.Fatal("the request goes on though nobody waits for it")
	}
	close(gate)
	if x := must(t, s, Request{URL: "/hang"}); x.Status != 200 {
		t.Errorf("asked again: %d", x.Status)
	}
	_, err := s.Do(one, Request{URL: "/never"})
	wantTrouble(t, "ended context", err, Cancelled)
}

func TestIdentities(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s|%s|%s", r.Header.Get("Authorization"), r.Header.Get("X-Key"), r.Header.Get("X-Env"))
	})
	s := newStore(t, target.URL, func(o *Options, _ *guard.Config) {
		o.Tokens = map[Identity]string{User: "user-token-1", Admin: "X-Key: admin-key-1"}
		o.Headers = []Field{{"X-Env", "blue"}}
	})
	for as, want := range map[Identity]string{"": "||blue", User: "Bearer user-token-1||blue", Admin: "|admin-key-1|blue"} {
		x := must(t, s, Request{URL: "/", As: as})
		if string(x.Body) != want {
			t.Errorf("%q: server saw %q, want %q", as, x.Body, want)
		}
		for _, h := range []string{"Authorization", "X-Key"} {
			if strings.Contains(x.Sent.Get(h), "-1") {
				t.Errorf("%q: Sent shows %q", as, x.Sent.Get(h))
			}
		}
		if text := string(Transcript(x, s.o.Redactor)); strings.Contains(text, "user-token-1") || strings.Contains(text, "admin-key-1") {
			t.Errorf("%q: the transcript shows the token:\n%s", as, text)
		}
	}
	x := must(t, s, Request{URL: "/", As: User, Header: []Field{{"authorization", "Bearer forged"}}})
	if got := string(x.Body); got != "Bearer forged||blue" {
		t.Errorf("a request's own header replaces the identity's: %q", got)
	}
	_, err := newStore(t, target.URL, nil).Do(t.Context(), Request{URL: "/", As: Admin})
	wantTrouble(t, "no token", err, NoToken)
}

func TestNothingDeclaredForHTTPSTravelsInClear(t *testing.T) {
	var got http.Header
	target := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	port := strings.TrimPrefix(target.URL, "http://127.0.0.1:")
	s := newStore(t, target.URL, func(o *Options, c *guard.Config) {
		o.Base = "https://app.example"
		o.Headers = []Field{{"X-Pass", "waf-pass-1"}}
		o.Tokens = map[Identity]string{User: "user-token-1"}
		c.Hosts = []string{"https://app.example", "app.example:" + port}
		c.Lookup = loopback
	})
	must(t, s, Request{URL: "http://app.example:" + port + "/"})
	if got == nil || got.Get("X-Pass") != "" {
		t.Errorf("sent in clear: %v", got)
	}
	_, err := s.Do(t.Context(), Request{URL: "http://app.example:" + port + "/", As: User})
	wantTrouble(t, "token in clear", err, Scope)
}

func loopback(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestConsentIsAskedBeforeTheMemory(t *testing.T) {
	var hits atomic.Int32
	target := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	s := newStore(t, target.URL, nil)
	must(t, s, Request{URL: "/"})
	_, err := s.Do(t.Context(), Request{URL: "/", Class: "intrusive"})
	wantTrouble(t, "class of the request", err, Consent)
	_, err = s.Do(guard.WithClass(t.Context(), "intrusive"), Request{URL: "/"})
	wantTrouble(t, "class of the context", err, Consent)
	if hits.Load() != 1 {
		t.Errorf("%d requests", hits.Load())
	}
	s = newStore(t, target.URL, func(_ *Options, c *guard.Config) {
		c.Allow, c.Budget = map[string]bool{"intrusive": true}, 1
	})
	must(t, s, Request{URL: "/", Class: "intrusive"})
	must(t, s, Request{URL: "/"}) // the same observation serves both
	_, err = s.Do(t.Context(), Request{URL: "/2"})
	wantTrouble(t, "budget", err, Budget)
}

func TestBodiesInMemoryAreBounded(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, guard.MaxBody)) })
	s := newStore(t, target.URL, nil)
	s.kept = keepAll - 1
	if x := must(t, s, Request{URL: "/1"}); len(x.Body) != guard.MaxBody || x.Truncated {
		t.Errorf("%d bytes, truncated %v", len(x.Body), x.Truncated)
	}
	if x := must(t, s, Request{URL: "/2"}); len(x.Body) != keepLess || !x.Truncated {
		t.Errorf("%d bytes, truncated %v", len(x.Body), x.Truncated)
	}
}

func TestErrorTextIsHarmless(t *testing.T) {
	s := newStore(t, "http://127.0.0.1:1", nil)
	_, err := s.Do(t.Context(), Request{URL: "http://evil.example/?token=abcdefgh&x=\u202e", Secret: []string{"path-secret-1"}})
	if err == nil || strings.Contains(err.Error(), "abcdefgh") || strings.ContainsRune(err.Error(), '\u202e') {
		t.Errorf("got %q", err)
	}
	_, err = s.Do(t.Context(), Request{URL: "/path-secret-1/x", Secret: []string{"path-secret-1"}})
	if err == nil || strings.Contains(err.Error(), "path-secret-1") {
		t.Errorf("got %q", err)
	}
	if got := (&Error{Trouble: Timeout, URL: "u", Err: errors.New("\x1b[2J")}).Error(); got != "u: timed out: ^[[2J" {
		t.Errorf("got %q", got)
	}
	if got := (&Error{Trouble: Timeout, URL: "u"}).Error(); got != "u: timed out" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsDeclaredForTheTargetGoesToNoService(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("X-Key")+r.Header.Get("Authorization"))
	}
	target, own, service := serve(t, echo), serve(t, echo), serve(t, echo)
	s := newStore(t, target.URL, func(o *Options, c *guard.Config) {
		o.Headers, o.Tokens = []Field{{"X-Key", "declared-key"}}, map[Identity]string{User: "declared-token"}
		o.Own, c.Hosts = []string{own.URL}, []string{target.URL, own.URL, service.URL}
	})
	for url, want := range map[string]string{target.URL: "declared-key", own.URL: "declared-key", service.URL: ""} {
		if got := string(must(t, s, Request{URL: url + "/"}).Body); got != want {
			t.Errorf("%s received %q, want %q", url, got, want)
		}
	}
	if got := string(must(t, s, Request{URL: own.URL + "/", As: User}).Body); got != "declared-keyBearer declared-token" {
		t.Errorf("the target's own host received %q", got)
	}
	_, err := s.Do(t.Context(), Request{URL: service.URL + "/", As: User})
	wantTrouble(t, "a token for a service", err, Scope)
}
