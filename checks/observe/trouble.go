package observe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/guard"
)

// Error says what could not be asked and why.
func (e *Error) Error() string {
	detail := e.detail
	if detail == "" && e.Err != nil {
		detail = string(clean.Line(e.Err.Error()))
	}
	if detail == "" {
		return e.URL + ": " + string(e.Trouble)
	}
	return e.URL + ": " + string(e.Trouble) + ": " + detail
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// trouble makes q's Error.
func (s *Store) trouble(q *question, t Trouble, err error) *Error {
	where := q.URL
	if q.url != nil {
		where = q.url.String()
	}
	e := &Error{Trouble: t, URL: string(clean.Line(s.o.Redactor.Text(where))), Err: err}
	if err != nil {
		e.detail = string(clean.Line(s.o.Redactor.Text(err.Error())))
	}
	return e
}

// classify turns what the transport says into a trouble.
func (s *Store) classify(ctx context.Context, q *question, err error) *Error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // the wrapping repeats the URL
	}
	if ctx.Err() != nil {
		return s.trouble(q, Cancelled, ctx.Err())
	}
	return s.trouble(q, troubleOf(err), err)
}

func troubleOf(err error) Trouble {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, guard.ErrScope):
		return Scope
	case errors.Is(err, guard.ErrConsent):
		return Consent
	case errors.Is(err, guard.ErrBudget):
		return Budget
	case errors.As(err, &dns) && !dns.IsTimeout:
		return DNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case isTLS(err):
		return BadTLS
	case notHTTP(err):
		return NotHTTP
	}
	return Broken
}

func isTLS(err error) bool {
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var alert tls.AlertError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &alert) || errors.As(err, &unknown) ||
		errors.As(err, &name) || errors.As(err, &invalid) ||
		// net/http and crypto/tls make the rest with errors.New
		strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

// notHTTP knows the texts net/http has for answers it can't read; it exports no errors
// for them.
func notHTTP(err error) bool {
	for _, text := range []string{
		"malformed HTTP", "malformed MIME header", "bad Content-Length", "unsupported transfer encoding",
		"chunk", "response headers exceeded", "too many 1xx", "http2: ", "unexpected 101",
		"Response.ContentLength", "too many transfer encodings", "unsupported protocol",
	} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return errors.Is(err, errEncoding)
}
