package browser

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// TestNoBrowser holds what is said where there is none.
func TestNoBrowser(t *testing.T) {
	s := newSite(t, map[string]string{"/": html("", "x")}, nil)
	for setting, says := range map[string]string{"none": "no browser is used", "/nowhere/chromium": "no browser found", "": "no browser found; install chromium"} {
		t.Setenv(Setting, setting)
		t.Setenv("PATH", t.TempDir())
		tries := []try{{"page", "browser.page", "/", nil, checks.Inconclusive, says}, {"gl", "browser.webgl", "/", nil, checks.Inconclusive, says}}
		hold(t, tries, runAll(t, t.Context(), &checks.Target{Name: "test", BaseURL: s.URL}, tries))
	}
}

// TestNoStart holds that a program which is no browser is told apart, quickly.
func TestNoStart(t *testing.T) {
	tmp := ownTemp(t)
	fake := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Setting, fake)
	s := newSite(t, map[string]string{"/": html("", "x")}, nil)
	tries := []try{{"page", "browser.page", "/", nil, checks.Inconclusive, "does not start"}}
	hold(t, tries, runAll(t, t.Context(), &checks.Target{Name: "test", BaseURL: s.URL}, tries))
	waitGone(t, tmp)
}

// waitGone fails the test unless all that a browser left is gone within two seconds.
func waitGone(t *testing.T, tmp string) {
	t.Helper()
	var left []string
	for range 100 {
		if left = leftovers(t, tmp); len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("left behind: %s", strings.Join(left, "\n"))
}

// TestBreakdown kills the browser during a visit: that visit is inconclusive, the next
// check gets a new browser.
func TestBreakdown(t *testing.T) {
	needBrowser(t)
	tmp := ownTemp(t)
	shorten(t, 5*time.Second)
	s := newSite(t, map[string]string{"/": html("", "<p>x</p>")}, map[string]http.HandlerFunc{
		"/kills": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Language") != "" { // the browser, not the plain request
				killBrowsers(t, tmp)
			}
			fmt.Fprint(w, html("", "<p>x</p>"))
		},
	})
	tries := []try{
		{"killed", "browser.page", "/kills", nil, checks.Inconclusive, "broke down"},
		{"after", "browser.page", "/", nil, checks.Pass, "without errors"},
	}
	hold(t, tries, runAll(t, t.Context(), &checks.Target{Name: "test", BaseURL: s.URL}, tries))
	waitGone(t, tmp)
}

// killBrowsers ends the browser that runs in tmp, as a crash would.
func killBrowsers(t *testing.T, tmp string) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, line := range lines {
		text, err := os.ReadFile(line)
		if err != nil || !strings.Contains(string(text), "--user-data-dir="+tmp) || strings.Contains(string(text), "--type=") {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(line, "/proc/%d/", &pid); err != nil {
			t.Error(err)
			continue
		}
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill()
		}
	}
}

// TestStop holds that a run which is stopped takes its browser along, at once.
func TestStop(t *testing.T) {
	needBrowser(t)
	tmp := ownTemp(t)
	ctx, cancel := context.WithCancel(t.Context())
	var stopped time.Time
	s := newSite(t, nil, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Language") != "" {
			stopped = time.Now()
			cancel()
			<-r.Context().Done()
			return
		}
		fmt.Fprint(w, html("", "x"))
	}})
	runAll(t, ctx, &checks.Target{Name: "test", BaseURL: s.URL}, []try{{"page", "browser.page", "/", nil, checks.Pass, ""}})
	if took := time.Since(stopped); stopped.IsZero() || took > 2*time.Second {
		t.Errorf("stopping took %s", took)
	}
	waitGone(t, tmp)
}

// TestOwnAuthority holds that a certificate counts where the target's own authority signed
// it, and nowhere else.
func TestOwnAuthority(t *testing.T) {
	needBrowser(t)
	ownTemp(t)
	shorten(t, 5*time.Second)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, html("", `<p>x</p><script>if (!isSecureContext) throw new Error("not secure"); new WebSocket("wss://" + location.host)</script>`))
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // Go's server talks of every refused handshake
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	known := []try{{"known", "browser.page", "/", nil, checks.Inconclusive, "WebSocket"}, {"layout", "browser.weight", "/", nil, checks.Inconclusive, "WebSocket"}}
	outcomes := runAll(t, t.Context(), &checks.Target{Name: "test", BaseURL: s.URL, TLS: checks.TLS{CAFile: ca}}, known)
	hold(t, known, outcomes)
	if text := notes(outcomes["known"]); !strings.Contains(text, "status       200") || strings.Contains(text, "not secure") {
		t.Errorf("%s", text)
	}
	unknown := []try{{"unknown", "browser.page", "/", nil, checks.Inconclusive, "certificate"}}
	hold(t, unknown, runAll(t, t.Context(), &checks.Target{Name: "test", BaseURL: s.URL}, unknown))
}

// fakeSender lets everything on one host out.
type fakeSender struct{ host string }

func (f fakeSender) Browsable(u *url.URL) bool { return u.Host == f.host }
func (f fakeSender) Browse(r *http.Request) (*http.Response, error) {
	return http.DefaultTransport.RoundTrip(r)
}

// TestProxyKeepsOthersOut holds that only who knows the password gets through, only to
// hosts in scope, only to read, and only during a visit.
func TestProxyKeepsOthersOut(t *testing.T) {
	other, heard := neighbour(t)
	s := newSite(t, map[string]string{"/": "hello"}, nil)
	host := strings.TrimPrefix(s.URL, "http://")
	p, err := newProxy(fakeSender{host})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	visit := &ledger{ctx: t.Context()}
	for _, c := range []struct {
		name, method, address, password string
		visit                           *ledger
		want                            int
	}{
		{"no password", "GET", s.URL, "", visit, http.StatusProxyAuthRequired},
		{"wrong password", "GET", s.URL, "x", visit, http.StatusProxyAuthRequired},
		{"no visit", "GET", s.URL, p.password, nil, http.StatusForbidden},
		{"good", "GET", s.URL, p.password, visit, http.StatusOK},
		{"writes", "POST", s.URL, p.password, visit, http.StatusForbidden},
		{"elsewhere", "GET", "http://" + other, p.password, visit, http.StatusForbidden},
		{"elsewhere in a tunnel", "GET", "https://" + other, p.password, visit, 0},
	} {
		p.open(c.visit)
		through := &url.URL{Scheme: "http", Host: p.address()}
		if c.password != "" {
			through.User = url.UserPassword(p.user, c.password)
		}
		client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(through), DisableKeepAlives: true}, Timeout: 5 * time.Second}
		req, err := http.NewRequest(c.method, c.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		got := 0
		if err == nil {
			got = res.StatusCode
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d (%v)", c.name, got, c.want, err)
		}
	}
	if n := heard(); n != 0 {
		t.Errorf("a host out of scope heard %d connections", n)
	}
	if got := strings.Join(s.requests(), " "); got != "GET /" {
		t.Errorf("sent %s", got)
	}
}

// TestProxySurvivesNonsense feeds the port what is no request at all.
func TestProxySurvivesNonsense(t *testing.T) {
	p, err := newProxy(fakeSender{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	p.open(&ledger{ctx: t.Context()})
	for _, text := range []string{"", "\x00\x01\x02\r\n\r\n", "GET", "CONNECT  HTTP/1.1\r\n\r\n", "CONNECT a:b:c HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http:// HTTP/1.1\r\nHost: \r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("A", 1<<16)} {
		conn, err := net.Dial("tcp", p.address())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
		_, _ = io.WriteString(conn, text)
		_ = conn.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(conn)
		_ = conn.Close()
		if strings.HasPrefix(string(answer), "HTTP/1.1 200") {
			t.Errorf("%.20q is answered: %.80s", text, answer)
		}
	}
}
