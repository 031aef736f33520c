package kinds_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
)

// fixture is a real server under test on a loopback port, with a folder for its target
// file, its tokens and its certificate.
type fixture struct {
	dir    string
	port   string
	origin string // scheme://localhost:port
	client *http.Client
}

// newFixture finds a free port; under https it makes an authority too.
func newFixture(t *testing.T, scheme string) *fixture {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	s := &fixture{dir: t.TempDir(), client: &http.Client{Timeout: 10 * time.Second}}
	_, s.port, _ = net.SplitHostPort(free.Addr().String())
	s.origin = scheme + "://localhost:" + s.port
	if scheme == "https" {
		s.certify(t)
	}
	return s
}

// certify makes an authority with a certificate for localhost, which the fixture trusts.
func (s *fixture) certify(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 89), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.write(t, "cert.pem", string(cert))
	s.write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	s.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
}

// write puts a file into the fixture's folder.
func (s *fixture) write(t *testing.T, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

// review runs the given items of the production profile and returns their outcomes.
// declarations follow name and base_url in the target file.
func (s *fixture) review(t *testing.T, declarations string, items []string) map[string]checks.Outcome {
	t.Helper()
	src := fmt.Sprintf("name = \"fixture\"\nenvironment = \"test\"\nbase_url = %q\n", s.origin) + declarations
	if s.client.Transport != nil {
		src += "[tls]\nca_file = \"cert.pem\"\n"
	}
	s.write(t, "target.toml", src)
	target, err := checks.LoadTarget(filepath.Join(s.dir, "target.toml"))
	if err != nil {
		t.Fatal(err)
	}
	profile, err := profiles.Load("production", s.dir)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(target, profile, kinds.Registry(), checks.Selection{Items: items})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]checks.Outcome{}
	plan.Run(context.Background(), checks.RunOptions{Allow: []checks.Class{checks.Intrusive}}, func(e checks.Event) {
		if f, ok := e.(checks.Finished); ok {
			got[f.Outcome.Item] = f.Outcome
		}
	})
	return got
}
