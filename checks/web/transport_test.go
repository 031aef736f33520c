package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestPlaceOf(t *testing.T) {
	for raw, want := range map[string]Place{
		"https://Pay.Example./x": {HTTPS: true, Host: "pay.example"},
		"http://127.0.0.1:80":    {Loopback: true, IP: true, Host: "127.0.0.1"},
		"http://[::1]:80":        {Loopback: true, IP: true, Host: "::1"},
		"http://app.localhost":   {Loopback: true, Host: "app.localhost"},
		"http://192.0.2.1":       {IP: true, Host: "192.0.2.1"},
	} {
		if got := PlaceOf(raw); got != want {
			t.Errorf("%s: %+v, want %+v", raw, got, want)
		}
	}
}

func TestDeclared(t *testing.T) {
	const local, public, plain = "http://127.0.0.1:8000", "https://pay.example", "http://pay.example"
	for name, c := range map[string]struct {
		environment, base string
		others            []string
		want              checks.Verdict
	}{
		"https":                         {"production", public, nil, checks.Pass},
		"https beside plain in scope":   {"production", public, []string{plain}, checks.Pass},
		"plain":                         {"production", plain, []string{public}, checks.Fail},
		"plain in a test environment":   {"test", plain, nil, checks.Fail},
		"loopback, production":          {"production", local, nil, checks.Fail},
		"loopback, not said":            {"", local, nil, checks.Fail},
		"loopback, test":                {"test", local, nil, checks.NA},
		"loopback with a public https":  {"production", local, []string{public}, checks.Pass},
		"loopback with another on http": {"production", local, []string{"http://127.0.0.1:9"}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeDeclared(c.environment, c.base, c.others), c.want) })
	}
	check(t, "security.transport.declared", serve(t, say(200, "text/plain", "ok")), checks.Fail)
	// An https address that nobody serves, or whose certificate nobody trusts, is no HTTPS.
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	check(t, "security.transport.declared", strings.Replace(gone.URL, "http:", "https:", 1), checks.Inconclusive)
	strange := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(strange.Close)
	check(t, "security.transport.declared", strange.URL, checks.Inconclusive)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: strange.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, "security.transport.declared", strange.URL, checks.Pass,
		webtest.Target(func(target *checks.Target) { target.TLS.CAFile = authority }))
}

func TestRedirectRule(t *testing.T) {
	const from, to = "http://pay.example/", "https://pay.example/"
	one := func(code int, to string) redirectFacts {
		return redirectFacts{Hops: []hop{{from, code, to}}}
	}
	for name, c := range map[string]struct {
		facts redirectFacts
		want  checks.Verdict
	}{
		"closed":              {redirectFacts{Closed: true}, checks.Pass},
		"308":                 {one(308, to), checks.Pass},
		"301":                 {one(301, to), checks.Pass},
		"302":                 {one(302, to), checks.Warn},
		"another host":        {one(301, "https://www.pay.example/"), checks.Warn},
		"content":             {one(200, ""), checks.Fail},
		"stays on http":       {redirectFacts{Hops: []hop{{from, 301, "http://pay.example/x"}, {"http://pay.example/x", 200, ""}}}, checks.Fail},
		"detour":              {redirectFacts{Hops: []hop{{from, 301, "http://www.pay.example/"}, {"http://www.pay.example/", 301, to}}}, checks.Warn},
		"refused":             {one(404, ""), checks.Pass},
		"server error":        {one(502, ""), checks.Inconclusive},
		"loop":                {redirectFacts{Hops: []hop{{from, 301, "http://pay.example/x"}}, Loop: true}, checks.Inconclusive},
		"nothing":             {redirectFacts{}, checks.Inconclusive},
		"login over http":     {one(302, "http://pay.example/login"), checks.Fail},
		"https after content": {redirectFacts{Hops: []hop{{from, 200, ""}}}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeRedirect(c.facts), c.want) })
	}
}

func TestRedirectKind(t *testing.T) {
	check(t, "security.transport.redirect", serve(t, say(200, "text/plain", "ok")), checks.NA)
	secure := tlsServer(t, certify(t, nil))
	base := "https://localhost:" + portOf(secure.URL)
	plain := func(handler http.HandlerFunc) webtest.Option {
		url := serve(t, handler)
		return webtest.Target(func(target *checks.Target) {
			target.Scope.Hosts = []string{"http://localhost:" + portOf(url)}
			target.TLS.CAFile = secure.authority
		})
	}
	to := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, base+r.URL.Path, code) }
	}
	check(t, "security.transport.redirect", base, checks.Pass, plain(to(308)))
	check(t, "security.transport.redirect", base, checks.Warn, plain(to(302)))
	check(t, "security.transport.redirect", base, checks.Fail, plain(say(200, "text/html", "<p>hello</p>")))
	// An https port of its own says nothing of where plain http answers.
	o := check(t, "security.transport.redirect", base, checks.Inconclusive, webtest.Target(func(target *checks.Target) { target.TLS.CAFile = secure.authority }))
	reads(t, o, `hosts = ["http://localhost"]`)
}

func portOf(url string) string { return url[strings.LastIndex(url, ":")+1:] }

// authorityFor makes a certificate authority of a test.
func authorityFor(t *testing.T) (*x509.Certificate, *ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * 365 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	authority, _ := x509.ParseCertificate(der)
	file := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return authority, key, file
}

// certified is a server certificate with the file of its authority.
type certified struct {
	tls.Certificate
	authority string
}

// certify signs a certificate for localhost with an authority of its own.
func certify(t *testing.T, change func(*x509.Certificate)) certified {
	t.Helper()
	authority, authorityKey, file := authorityFor(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(90 * 24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, authority, &key.PublicKey, authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	return certified{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file}
}

type tlsTestServer struct {
	*httptest.Server
	authority string
}

func tlsServer(t *testing.T, c certified, versions ...uint16) tlsTestServer {
	t.Helper()
	s := httptest.NewUnstartedServer(say(200, "text/plain", "ok"))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{c.Certificate}}
	if len(versions) == 2 {
		s.TLS.MinVersion, s.TLS.MaxVersion = versions[0], versions[1]
	}
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return tlsTestServer{s, c.authority}
}

func TestCertificateRule(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	short, _ := rsa.GenerateKey(rand.Reader, 1024)
	leaf := func(days, left int) *x509.Certificate {
		return &x509.Certificate{DNSNames: []string{"pay.example"}, NotAfter: now.Add(time.Duration(left) * 24 * time.Hour),
			NotBefore: now.Add(time.Duration(left-days) * 24 * time.Hour), PublicKey: &key.PublicKey, SignatureAlgorithm: x509.ECDSAWithSHA256}
	}
	with := func(c *x509.Certificate, change func(*x509.Certificate)) *x509.Certificate { change(c); return c }
	for name, c := range map[string]struct {
		facts certificateFacts
		want  checks.Verdict
	}{
		"fresh":             {certificateFacts{Leaf: leaf(90, 60)}, checks.Pass},
		"short-lived":       {certificateFacts{Leaf: leaf(10, 5)}, checks.Pass},
		"under a quarter":   {certificateFacts{Leaf: leaf(90, 20)}, checks.Warn},
		"under a tenth":     {certificateFacts{Leaf: leaf(90, 8)}, checks.Fail},
		"under three days":  {certificateFacts{Leaf: leaf(6, 2)}, checks.Fail},
		"expired":           {certificateFacts{Leaf: leaf(90, -1)}, checks.Fail},
		"not yet valid":     {certificateFacts{Leaf: leaf(90, 91)}, checks.Fail},
		"too long":          {certificateFacts{Leaf: leaf(800, 700)}, checks.Warn},
		"sha1":              {certificateFacts{Leaf: with(leaf(90, 60), func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })}, checks.Fail},
		"short key":         {certificateFacts{Leaf: with(leaf(90, 60), func(c *x509.Certificate) { c.PublicKey = &short.PublicKey })}, checks.Fail},
		"wildcard":          {certificateFacts{Leaf: with(leaf(90, 60), func(c *x509.Certificate) { c.DNSNames = []string{"*.example"} })}, checks.Warn},
		"private authority": {certificateFacts{Leaf: leaf(90, 60), Private: true}, checks.Warn},
		"wrong host":        {certificateFacts{Problem: "the certificate is for another host"}, checks.Fail},
		"unknown, loopback": {certificateFacts{Problem: "the certificate comes from an unknown authority", Loopback: true}, checks.Warn},
		"unknown":           {certificateFacts{Problem: "the certificate comes from an unknown authority"}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Host, c.facts.Now = "pay.example", now
			verdictOf(t, judgeCertificate(c.facts), c.want)
		})
	}
	if certificateProblem(errors.New("remote error: tls: handshake failure")) != "" {
		t.Error("an alert is not about the certificate")
	}
}

func TestCertificateKind(t *testing.T) {
	run := func(name string, c certified, trusted bool, want checks.Verdict) {
		t.Run(name, func(t *testing.T) {
			s := tlsServer(t, c)
			check(t, "security.transport.certificate", "https://localhost:"+portOf(s.URL), want, webtest.Target(func(target *checks.Target) {
				if trusted {
					target.TLS.CAFile = s.authority
				}
			}))
		})
	}
	run("own authority", certify(t, nil), true, checks.Warn)
	run("unknown authority", certify(t, nil), false, checks.Warn) // on loopback only a warning
	run("wrong host", certify(t, func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} }), true, checks.Fail)
	run("expired", certify(t, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	}), true, checks.Fail)
	check(t, "security.transport.certificate", serve(t, http.NotFound), checks.NA)
}

func TestProtocols(t *testing.T) {
	of := func(versions ...uint16) map[uint16]bool {
		accepted := map[uint16]bool{}
		for _, v := range versions {
			accepted[v] = true
		}
		return accepted
	}
	verdictOf(t, judgeProtocols(of(tls.VersionTLS12, tls.VersionTLS13)), checks.Pass)
	verdictOf(t, judgeProtocols(of(tls.VersionTLS13)), checks.Pass)
	verdictOf(t, judgeProtocols(of(tls.VersionTLS12)), checks.Warn)
	verdictOf(t, judgeProtocols(of(tls.VersionTLS11, tls.VersionTLS13)), checks.Fail)
	verdictOf(t, judgeProtocols(of(tls.VersionTLS10, tls.VersionTLS12)), checks.Fail)
	verdictOf(t, judgeProtocols(of()), checks.Inconclusive)

	for name, c := range map[string]struct {
		versions []uint16
		want     checks.Verdict
	}{
		"modern":   {nil, checks.Pass},
		"1.2 only": {[]uint16{tls.VersionTLS12, tls.VersionTLS12}, checks.Warn},
		"with 1.0": {[]uint16{tls.VersionTLS10, tls.VersionTLS13}, checks.Fail},
		"1.1 only": {[]uint16{tls.VersionTLS10, tls.VersionTLS11}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			s := tlsServer(t, certify(t, nil), c.versions...)
			check(t, "security.transport.protocols", "https://localhost:"+portOf(s.URL), c.want, webtest.Target(func(target *checks.Target) {
				target.TLS.CAFile = s.authority
			}))
		})
	}
	check(t, "security.transport.protocols", serve(t, http.NotFound), checks.NA)
}

// TestProtocolsOfNoTLS asks a port that speaks something else.
func TestProtocolsOfNoTLS(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, "220 mail.example ESMTP\r\n")
			conn.Close()
		}
	}()
	check(t, "security.transport.protocols", "https://"+listener.Addr().String(), checks.Inconclusive)
}
