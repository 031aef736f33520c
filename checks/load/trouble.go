package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"assess/gonogo/checks/guard"
)

// trouble is why an answer is not a good one. The set is fixed, so that no target can make
// it grow.
type trouble int

const (
	good trouble = iota
	redirected
	clientError
	limited
	serverError
	refused
	timedOut
	reset
	closedEarly
	badTLS
	unnamed
	bodyTooLong
	other
	notHTTP
	ownSide
	troubles
)

var troubleWords = [troubles]string{
	good: "good", redirected: "redirects (3xx)", clientError: "4xx", limited: "429", serverError: "5xx", refused: "connections refused",
	timedOut: "timed out", reset: "connections reset", closedEarly: "connections closed before the answer", badTLS: "TLS failed",
	unnamed: "name not found", bodyTooLong: "answers longer than the limit", other: "answers unlike those to one user, though 2xx", notHTTP: "not HTTP, or headers too long",
	ownSide: "not sent: this machine's own limits",
}

// ofStatus sorts an answer by its status: only 2xx is good.
func ofStatus(status int) trouble {
	switch {
	case status == http.StatusTooManyRequests:
		return limited
	case status >= 500:
		return serverError
	case status >= 400:
		return clientError
	case status >= 300:
		return redirected
	case status >= 200:
		return good
	}
	return notHTTP
}

// ofError sorts a failed exchange.
func ofError(err error) trouble {
	var dns *net.DNSError
	var refusal *guard.Refusal
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var timeout net.Error
	switch {
	case errors.As(err, &refusal), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.EADDRNOTAVAIL):
		return ownSide
	case errors.As(err, &dns):
		return unnamed
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return timedOut
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return reset
	case errors.As(err, &record), errors.As(err, &certificate), errors.As(err, &unknown):
		return badTLS
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), strings.Contains(err.Error(), "server closed idle connection"):
		return closedEarly
	}
	return notHTTP
}

// causes puts counts of troubles into words, in the order of the table.
func causes(count [troubles]int) string {
	var parts []string
	for t := good + 1; t < troubles; t++ {
		if count[t] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[t], troubleWords[t]))
		}
	}
	return strings.Join(parts, ", ")
}
