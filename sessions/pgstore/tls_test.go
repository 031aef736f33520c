//go:build unix

package pgstore

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks/services/pgtest"
)

// authority signs certificates of its own.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// server makes the files of a server that is known by a name and an address.
func (a authority) server(t *testing.T, host string, ips ...net.IP) map[string][]byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{host}, IPAddresses: ips, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"server.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		"server.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})}
}

// TestEncryption holds the store to a real server with a certificate of its own authority:
// who verifies gets in with the right authority under the right name only, and a server
// that takes no plain connection gets none.
func TestEncryption(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	dir := t.TempDir()
	ca := func(name string, a authority) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, a.pem, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	right, wrong := ca("right.pem", ours), ca("wrong.pem", theirs)
	server := pgtest.Start(t, pgtest.Options{HBA: "hostssl all all 127.0.0.1/32 trust\n", Settings: []string{"ssl=on"},
		Files: ours.server(t, "localhost")})
	for _, c := range []struct{ host, mode, says string }{
		{"localhost", "sslmode=verify-full&sslrootcert=" + right, ""},
		{"localhost", "sslmode=require", ""},
		{"localhost", "sslmode=verify-full&sslrootcert=" + wrong, "unknown authority"},
		{"localhost", "sslmode=verify-full", "unknown authority"}, // the system's
		{"127.0.0.1", "sslmode=verify-full&sslrootcert=" + right, "127.0.0.1"},
		{"127.0.0.1", "sslmode=verify-ca&sslrootcert=" + right, ""},
		{"127.0.0.1", "sslmode=verify-ca&sslrootcert=" + wrong, "unknown authority"},
		{"localhost", "sslmode=disable", "no encryption"},
	} {
		url := "postgres://admin@" + c.host + ":" + server.Port + "/postgres?" + c.mode
		st, err := Open(ctx, url, Options{})
		switch {
		case err == nil:
			var encrypted bool
			if err := st.conn.QueryRow(ctx, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&encrypted); err != nil || !encrypted {
				t.Errorf("%s: encrypted %v, %v", url, encrypted, err)
			}
			st.Close()
			if c.says != "" {
				t.Errorf("%s: got in", url)
			}
		case c.says == "":
			t.Errorf("%s: %v", url, err)
		case !strings.Contains(err.Error(), c.says):
			t.Errorf("%s: %v, want %q", url, err, c.says)
		}
	}
}
