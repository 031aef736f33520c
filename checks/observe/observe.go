// Package observe asks the target and keeps every answer, so that one observation feeds
// every check that needs it. It sits on checks/guard, which alone opens connections, and
// may import checks/clean and checks/secrets beside it.
//
// Where several checks ask the same at once, one request goes out and all wait for it.
// Redirects are answers like others; nothing here follows them.
package observe

import (
	"crypto/tls"
	"net/http"
	"time"
)

// Identity is who a request is sent as.
type Identity string

// The identities. User and Admin carry the tokens the target file declares.
const (
	Anonymous Identity = "anonymous"
	User      Identity = "user"
	Admin     Identity = "admin"
)

// Field is one header line. A list keeps the order and the duplicates of what is sent.
type Field struct{ Name, Value string }

// Request is one question to the target. Two equal requests of one run are sent once,
// unless Fresh is set.
type Request struct {
	Method string   // GET when empty
	URL    string   // absolute, or a path below the base URL's origin
	Header []Field  // beside User-Agent, Accept and the declared headers
	Body   []byte   //
	As     Identity // Anonymous when empty
	Fresh  bool     // send it even if the same was sent before (bursts, repeats)
	Burst  bool     // part of a rate-limit burst: implies Fresh, has a rate and a budget of its own
	Class  string   // "safe" when empty; "intrusive" needs consent
	Secret []string // values in URL, header or body that must never reach evidence
}

// Exchange is a request with its answer. Redirects are never followed.
type Exchange struct {
	Request   Request
	Sent      http.Header // what went out, tokens redacted
	URL       string      // absolute
	Status    int
	Proto     string
	Header    http.Header // duplicates in their order of arrival
	Body      []byte      // at most 1 MiB, after decoding
	Encoded   bool        // Body is still in its Content-Encoding: one that gonogo does not decode
	Truncated bool        // the body went on
	Remote    string      // address dialled
	TLS       *tls.ConnectionState
	At        time.Time
	Connect   time.Duration // 0 on a connection that was used before
	Handshake time.Duration // of TLS; 0 likewise
	FirstByte time.Duration // from the start of the request, without connect and TLS
	Total     time.Duration // with connect and TLS, without the wait for gonogo's own turn
	Retried   bool          // the first try failed to connect, or was throttled
}

// Trouble says why an exchange has no answer.
type Trouble string

// The troubles. Refused means that the host answered with a reset to the connection
// attempt; Scope, Consent and Budget are gonogo's own refusals, before a packet leaves.
const (
	Refused   Trouble = "connection refused"
	Timeout   Trouble = "timed out"
	DNS       Trouble = "name not found"
	BadTLS    Trouble = "tls failed"
	NotHTTP   Trouble = "answer is not http"
	Broken    Trouble = "connection broke"
	Scope     Trouble = "out of scope"
	Consent   Trouble = "no consent"
	Budget    Trouble = "request budget used up"
	Throttled Trouble = "throttled by the target"
	Barred    Trouble = "refused by the target, which now refuses what it answered before"
	NoToken   Trouble = "no token for this identity"
	Cancelled Trouble = "stopped"
)

// Error is the failure of an exchange. Its text is cleaned and redacted.
type Error struct {
	Trouble Trouble
	URL     string // redacted
	Err     error
	Last    *Exchange // the throttling answer, where there was one

	detail string
}
