package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var transportProtocols = checks.Define(checks.Kind{
	ID: "security.transport.protocols", Title: "Only TLS 1.2 and 1.3 are spoken", Class: checks.Safe, Severity: checks.High,
	// A target that speaks old versions only can't be reached by any other check: this one
	// runs all the same.
	Needs: []string{},
	Sends: "four TLS handshakes, one each for 1.0, 1.1, 1.2 and 1.3, without a request; one that is cut off without a word of TLS twice",
	Rule: "PASS: 1.2 or 1.3 is accepted, 1.0 and 1.1 are refused. WARN: no 1.3. FAIL: 1.0 or 1.1 is accepted. na: no https address is declared. " +
		"A version counts as refused by an alert of TLS, an answer in another version, or a connection that is cut off twice. inconclusive: no version is accepted, no connection, or a handshake that fails otherwise.",
	Fix:  "TLS 1.2 and 1.3 only.",
	Refs: []string{"RFC 8996", "RFC 9325", "CWE-326", "ASVS 12.1.1"},
}, func(ctx context.Context, p *checks.Probe, params URLParams) checks.Result {
	address := params.URL
	if address == "" && p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	if address == "" {
		address = httpsAddress(p.Target)
	}
	if !PlaceOf(address).HTTPS {
		return na("no https address is declared: there is no TLS").Result(p.Note("base URL", orNone(p.Target.BaseURL)))
	}
	u, err := url.Parse(address)
	if err != nil {
		return answer.NotDeclared("a readable https address: " + err.Error())
	}
	accepted := map[uint16]bool{}
	var table strings.Builder
	for _, version := range tlsVersions {
		ok, words, err := tryVersion(ctx, p, u, version)
		if err != nil {
			return answer.Unanswered(p, "TLS handshake with "+u.Host, err)
		}
		accepted[version] = ok
		fmt.Fprintf(&table, "%-8s  %s\n", tls.VersionName(version), words)
	}
	return judgeProtocols(accepted).Result(p.Note("TLS versions of "+u.Host, table.String()))
})

// tlsVersions are the versions that are tried, one handshake each.
var tlsVersions = []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}

// tryVersion makes a handshake in one version only; one that is cut off, as a busy or
// restarting server may do, is made once more. err is about connecting and about
// handshakes that say nothing of the version; a refused version is an answer.
func tryVersion(ctx context.Context, p *checks.Probe, u *url.URL, version uint16) (accepted bool, words string, err error) {
	for try := 1; ; try++ {
		conn, err := p.Dial(ctx, "tcp", answer.Authority(u))
		if err != nil {
			return false, "", err
		}
		suite, err := handshake(ctx, conn, u.Hostname(), version)
		conn.Close()
		switch {
		case err == nil:
			return true, "accepted, " + suite, nil
		case ctx.Err() != nil:
			return false, "", ctx.Err()
		case versionRefused(err):
			return false, "refused: " + err.Error(), nil
		case !cutOff(err):
			return false, "", err
		case try == 2:
			return false, "refused: cut off twice, " + err.Error(), nil
		}
	}
}

// handshake speaks one version of TLS over conn and names the cipher suite. The certificate
// is not verified, which is another check's work, and nothing is sent over the connection.
func handshake(ctx context.Context, conn net.Conn, host string, version uint16) (suite string, err error) {
	config := &tls.Config{ServerName: host, MinVersion: version, MaxVersion: version, InsecureSkipVerify: true}
	if version < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			config.CipherSuites = append(config.CipherSuites, suite.ID)
		}
	}
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		return "", err
	}
	return tls.CipherSuiteName(client.ConnectionState().CipherSuite), nil
}

// versionRefused reports whether the server refused in the words of TLS: by an alert, or by
// choosing another version.
func versionRefused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" ||
		strings.Contains(err.Error(), "server selected unsupported protocol version")
}

// cutOff reports whether the connection ended without a word of TLS.
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func judgeProtocols(accepted map[uint16]bool) opinion {
	switch {
	case accepted[tls.VersionTLS10]:
		return fail("TLS 1.0 is accepted")
	case accepted[tls.VersionTLS11]:
		return fail("TLS 1.1 is accepted")
	case accepted[tls.VersionTLS13] && accepted[tls.VersionTLS12]:
		return pass("TLS 1.2 and 1.3 are accepted, older versions refused")
	case accepted[tls.VersionTLS13]:
		return pass("TLS 1.3 is accepted, older versions refused")
	case accepted[tls.VersionTLS12]:
		return warn("TLS 1.2 is accepted, 1.3 is not")
	}
	return unsure("no version of TLS was accepted")
}
