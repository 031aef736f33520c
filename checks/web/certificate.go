package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// URLParams name an address other than the base URL.
type URLParams struct {
	URL string `toml:"url" doc:"an https address; default the base URL, else the first https address that the target file declares"`
}

var transportCertificate = checks.Define(checks.Kind{
	ID: "security.transport.certificate", Title: "The certificate is valid and lasts", Class: checks.Safe, Severity: checks.Critical,
	Sends: "a TLS handshake and one GET at the https address",
	Rule: "PASS: the chain verifies for the host name, a quarter of its lifetime is left, RSA of 2048 bits or EC of 256, SHA-2. " +
		"WARN: less than a quarter left, a lifetime over 398 days, a wildcard, a private authority. " +
		"FAIL: expired, not yet valid, another host, an unknown authority, SHA-1, a short key, under a tenth or three days left. na: no https address is declared. inconclusive: another TLS failure, no answer.",
	Fix:  "Automated renewal with an alert when a third of the lifetime is left.",
	Refs: []string{"CWE-295", "CWE-298", "RFC 5280", "ASVS 12.2.2", "WSTG-CRYP-01"},
}, func(ctx context.Context, p *checks.Probe, params URLParams) checks.Result {
	address := params.URL
	if address == "" {
		address = httpsAddress(p.Target)
	}
	if !PlaceOf(address).HTTPS {
		return na("no https address is declared: there is no TLS").Result(p.Note("base URL", orNone(p.Target.BaseURL)))
	}
	facts := certificateFacts{Host: PlaceOf(address).Host, Loopback: PlaceOf(address).Loopback, Now: p.Now(), Private: p.Target.TLS.CAFile != ""}
	r := observe.Request{URL: address}
	x, err := p.Do(ctx, r)
	if err != nil {
		if facts.Problem = certificateProblem(err); facts.Problem == "" {
			return answer.Unanswered(p, answer.Label(p, r), err)
		}
		facts.Leaf = failedLeaf(err)
		return judgeCertificate(facts).Result(p.Note("TLS handshake with "+facts.Host, err.Error()+"\n"+facts.table()))
	}
	if x.TLS == nil || len(x.TLS.PeerCertificates) == 0 {
		return unsure("the answer came without a certificate").Result(p.Exchange(x))
	}
	facts.Leaf = x.TLS.PeerCertificates[0]
	return judgeCertificate(facts).Result(p.Exchange(x), p.Note("certificate of "+facts.Host, facts.table()))
})

// certificateFacts is what a handshake showed.
type certificateFacts struct {
	Host     string
	Loopback bool
	Private  bool // the target names its own authority
	Leaf     *x509.Certificate
	Problem  string // why verification failed; empty: it did not
	Now      time.Time
}

// certificateProblem says in words why a certificate was not accepted; "" when the
// failure is about something else.
func certificateProblem(err error) string {
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		return "the certificate is for another host"
	case errors.As(err, &authority):
		return "the certificate comes from an unknown authority"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate is expired or not yet valid"
	case errors.As(err, &invalid):
		return "the certificate is not valid: " + invalid.Error()
	}
	return ""
}

// failedLeaf is the certificate that was refused, where the error carries it.
func failedLeaf(err error) *x509.Certificate {
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) && len(verification.UnverifiedCertificates) > 0 {
		return verification.UnverifiedCertificates[0]
	}
	return nil
}

func (f certificateFacts) table() string {
	if f.Leaf == nil {
		return ""
	}
	c := f.Leaf
	return fmt.Sprintf("subject     %s\nnames       %s\nissuer      %s\nserial      %x\nnot before  %s\nnot after   %s\nkey         %s\nsignature   %s\n",
		c.Subject, strings.Join(c.DNSNames, ", "), c.Issuer, c.SerialNumber, c.NotBefore.UTC().Format(time.RFC3339),
		c.NotAfter.UTC().Format(time.RFC3339), keyOf(c), c.SignatureAlgorithm)
}

func keyOf(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return fmt.Sprintf("EC %d", key.Curve.Params().BitSize)
	}
	return c.PublicKeyAlgorithm.String()
}

func weakKey(c *x509.Certificate) bool {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() < 2048
	case *ecdsa.PublicKey:
		return key.Curve.Params().BitSize < 256
	}
	return false
}

// judgeCertificate measures what is left against the certificate's own lifetime: fixed
// numbers of days call short-lived certificates always expiring.
func judgeCertificate(f certificateFacts) opinion {
	if f.Problem != "" {
		if f.Loopback && strings.Contains(f.Problem, "unknown authority") && !f.Private {
			return warn(f.Problem + "; on loopback that is a warning only")
		}
		return fail(f.Problem)
	}
	c := f.Leaf
	life, left := c.NotAfter.Sub(c.NotBefore), c.NotAfter.Sub(f.Now)
	share := float64(left) / float64(life)
	words := fmt.Sprintf("%.0f days of %.0f left", left.Hours()/24, life.Hours()/24)
	switch {
	case left <= 0 || f.Now.Before(c.NotBefore):
		return fail("the certificate is expired or not yet valid")
	case c.SignatureAlgorithm == x509.SHA1WithRSA || c.SignatureAlgorithm == x509.ECDSAWithSHA1 || c.SignatureAlgorithm == x509.MD5WithRSA:
		return fail("the certificate is signed with " + c.SignatureAlgorithm.String())
	case weakKey(c):
		return fail("the certificate's key is short: " + keyOf(c))
	case share < 0.10 || left < 3*24*time.Hour:
		return fail("the certificate is about to expire: " + words)
	case share < 0.25:
		return warn("less than a quarter of the certificate's lifetime is left: " + words)
	case life > 398*24*time.Hour:
		return warn(fmt.Sprintf("the certificate's lifetime is %.0f days, more than 398", life.Hours()/24))
	case f.Private:
		return warn("the certificate is valid by the target's own authority, which browsers don't know: " + words)
	}
	for _, name := range c.DNSNames {
		if strings.HasPrefix(name, "*.") && c.VerifyHostname(f.Host) == nil && !contains(c.DNSNames, f.Host) {
			return warn("the certificate is a wildcard, " + name)
		}
	}
	return pass("the certificate verifies for " + f.Host + ": " + words)
}
