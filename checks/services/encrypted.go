package services

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/web/answer"
)

// EncryptedParams are the parameters of services.encrypted.
type EncryptedParams struct {
	Loopback bool `toml:"loopback" doc:"judge services on loopback too"`
}

var servicesEncrypted = checks.Define(checks.Kind{
	ID: "services.encrypted", Title: "Every connection to a declared service is encrypted", Class: checks.Safe, Severity: checks.High, Needs: []string{"services"},
	Sends: "to each declared service off loopback: what the kinds of data.postgres and data.redis send, and to PostgreSQL a start message without TLS or password; " +
		"a GET of the URL of HTTP services; the beginning of a TLS session to others",
	Rule: "PASS: each session is encrypted, with a certificate that is verified, and the server takes no plain one (PostgreSQL). WARN: encrypted without verification (sslmode=require), " +
		"with a fall-back to plain (sslmode=prefer or allow), by a PostgreSQL server that takes plain connections too, or by an HTTP service that redirects to plain HTTP. " +
		"FAIL: plain across a network. na: all on loopback, like the target itself. pending: no service is declared. " +
		"inconclusive: no answer, a certificate that is not trusted here, a protocol that does not begin with TLS, or loopback while the target is elsewhere, which may be a tunnel.",
	Fix:  "PostgreSQL: ssl = on, hostssl lines only in pg_hba.conf, sslmode=verify-full with sslrootcert. Redis: tls-port with port 0, rediss://. Others: https:// URLs, with [tls] ca_file for a private authority.",
	Refs: []string{"ASVS 12.3.1", "ASVS 12.3.2", "ASVS 12.3.3", "CWE-319"},
}, func(ctx context.Context, p *checks.Probe, params EncryptedParams) checks.Result {
	parts, proof := eachService(ctx, p, func(s service, ctx context.Context, p *checks.Probe) checks.Result {
		host, _, _ := net.SplitHostPort(s.Address)
		if guard.IsLoopback(host) && !params.Loopback {
			return onLoopback(p.Target.BaseURL)
		}
		seen := s.encryption(ctx, p)
		switch {
		case seen.bad != nil:
			return *seen.bad
		case seen.facts.Reach == loopback && !params.Loopback:
			return with(onLoopback(p.Target.BaseURL), seen.proof)
		}
		return with(judgeEncryption(seen.facts), seen.proof)
	})
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass {
		reason = "every connection across a network is encrypted and verified"
	}
	return checks.NewResult(verdict, "", reason, append(proof, p.Note("transport of services, asked from "+p.Vantage(), answer.Table(parts)))...)
})

// onLoopback judges a service on this host by where the target is: next to it, or behind a
// tunnel that nobody sees from here.
func onLoopback(base string) checks.Result {
	u, err := url.Parse(base)
	if base == "" || err == nil && guard.IsLoopback(u.Hostname()) {
		return checks.NewResult(checks.NA, "", "is on loopback: nothing crosses a network")
	}
	return unsure("is on loopback, while the target is not: a tunnel may begin there")
}

// encryptionFacts is what a connection to a service showed.
type encryptionFacts struct {
	Reach      reach
	TLS        bool
	Verified   bool // the client verifies the certificate, and could
	FallsBack  bool // the client would go on without TLS
	PlainToo   bool // the server takes a connection without TLS as well
	Untold     bool // whether it does could not be told
	Untrusted  bool // the certificate is not trusted here
	SendsPlain bool // it redirects to plain HTTP
	Unknown    bool // what it speaks can't be told
}

func judgeEncryption(f encryptionFacts) checks.Result {
	switch {
	case f.Unknown:
		return unsure("does not begin with TLS: what it speaks, and whether that is encrypted, can't be told")
	case f.Untrusted:
		return unsure("is encrypted with a certificate that is not trusted here: declare [tls] ca_file")
	case !f.TLS:
		return fail("is plain across a network")
	case f.FallsBack:
		return warn("is encrypted, but the client goes on without when TLS is refused (sslmode)")
	case f.SendsPlain:
		return warn("is encrypted, but redirects to plain http")
	case !f.Verified:
		return warn("is encrypted, but the client does not verify the certificate")
	case f.PlainToo:
		return warn("is encrypted and verified, but the server takes plain connections too")
	case f.Untold:
		return unsure("is encrypted and verified; whether the server takes plain connections too can't be told")
	}
	return pass("is encrypted and verified")
}

// encryption looks at the transport of one service.
func (s service) encryption(ctx context.Context, p *checks.Probe) transport {
	switch s.Kind {
	case "postgres":
		return s.postgresTransport(ctx, p)
	case "redis":
		return s.redisTransport(ctx, p)
	case "tcp":
		return s.tcpTransport(ctx, p)
	}
	return s.httpTransport(ctx, p)
}

// transport is what was seen of a connection, or the result where nothing was.
type transport struct {
	facts encryptionFacts
	proof checks.Evidence
	bad   *checks.Result
}

// unheard is the transport of a service that gave no answer. A certificate that is not
// trusted is one.
func unheard(p *checks.Probe, what string, err error) transport {
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return transport{facts: encryptionFacts{Reach: public, TLS: true, Untrusted: true}, proof: p.Note(what, err.Error())}
	}
	r := answer.Unanswered(p, what, err)
	return transport{bad: &r}
}

// unjudged is the transport of a service that answered, but opened no session.
func unjudged(p *checks.Probe, what, reason, note string) transport {
	r := with(unsure(reason), p.Note(what, note))
	return transport{bad: &r}
}

func (s service) postgresTransport(ctx context.Context, p *checks.Probe) transport {
	what := "PostgreSQL " + s.Address
	facts, err := s.postgres(ctx, p)
	switch {
	case err != nil:
		return unheard(p, what, err)
	case !facts.Answered:
		return unjudged(p, what, "no session was opened, so none can be judged", facts.table())
	}
	f := encryptionFacts{Reach: facts.Reach, TLS: facts.TLS, Verified: strings.HasPrefix(facts.Mode, "verify-"), FallsBack: facts.Mode == "prefer" || facts.Mode == "allow"}
	note := facts.accountTable()
	if f.TLS && f.Verified {
		f.PlainToo, f.Untold = s.takesPlain(ctx, p, facts)
		note += fmt.Sprintf("a start without TLS went on: %t\n", f.PlainToo)
	}
	return transport{facts: f, proof: p.Note(what, note)}
}

func (s service) redisTransport(ctx context.Context, p *checks.Probe) transport {
	what := "Redis " + s.Address
	facts, err := s.redis(ctx, p, 0)
	switch {
	case err != nil:
		return unheard(p, what, err)
	case facts.Foreign:
		return unjudged(p, what, "what answers there does not speak as Redis does", facts.table())
	}
	return transport{facts: encryptionFacts{Reach: facts.Reach, TLS: facts.TLS, Verified: !facts.Unverified}, proof: p.Note(what, facts.table())}
}

func (s service) httpTransport(ctx context.Context, p *checks.Probe) transport {
	r, err := s.request("")
	switch {
	case err != nil && strings.HasPrefix(s.absolute("http"), "http://"):
		return transport{facts: encryptionFacts{Reach: public}, proof: p.Note(s.Name, err.Error())}
	case err != nil:
		return unjudged(p, s.Name, err.Error(), err.Error())
	}
	x, err := p.Do(ctx, r)
	if err != nil {
		return unheard(p, answer.Label(p, r), err)
	}
	to := answer.Location(x)
	f := encryptionFacts{Reach: reachOf(dialled(x.Remote)), TLS: x.TLS != nil, Verified: true, SendsPlain: to != nil && to.Scheme == "http"}
	return transport{facts: f, proof: p.Exchange(x)}
}

// tcpTransport tries to begin a TLS session with a service of which only the port is known.
func (s service) tcpTransport(ctx context.Context, p *checks.Probe) transport {
	what := "TLS " + s.Address
	conn, _, err := s.open(ctx, p)
	if err != nil {
		return unheard(p, what, err)
	}
	defer conn.Close()
	host, _, _ := net.SplitHostPort(s.Address)
	secured := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: p.Roots(), MinVersion: tls.VersionTLS12})
	timed, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	f := encryptionFacts{Reach: reachOf(conn.RemoteAddr())}
	if err := secured.HandshakeContext(timed); err != nil {
		var certificate *tls.CertificateVerificationError
		f.Untrusted = errors.As(err, &certificate)
		f.TLS, f.Unknown = f.Untrusted, !f.Untrusted
		return transport{facts: f, proof: p.Note(what, err.Error())}
	}
	f.TLS, f.Verified = true, true
	return transport{facts: f, proof: p.Note(what, tls.VersionName(secured.ConnectionState().Version)+", certificate verified\n")}
}

// takesPlain begins a session without TLS and ends it before any password is sent: a
// server that asks for one takes plain connections. untold is true where it did not say.
func (s service) takesPlain(ctx context.Context, p *checks.Probe, f postgresFacts) (takes, untold bool) {
	conn, _, err := s.open(ctx, p)
	if err != nil {
		return false, true
	}
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(dialTime)) != nil {
		return false, true
	}
	front := pgproto3.NewFrontend(conn, conn)
	front.SetMaxBodyLen(maxMessage)
	front.Send(&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30,
		Parameters: map[string]string{"user": f.As, "database": f.In, "application_name": "gonogo"}})
	if front.Flush() != nil {
		return false, true
	}
	switch said, err := front.Receive(); said := said.(type) {
	case *pgproto3.ErrorResponse:
		return false, err != nil || !strings.Contains(said.Message, "pg_hba.conf") // it has no line for such a start
	case pgproto3.AuthenticationResponseMessage:
		return true, false
	}
	return false, true
}
