package observe

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"assess/gonogo/checks/secrets"
)

// shown is how much of a body a transcript holds, in bytes.
const shown = 2 << 10

// Transcript is the exchange as evidence: what was sent after ">", what came back after
// "<", at most 2 KiB of each body, then where, when and how long. It is redacted; the
// body's SHA-256 is there only when nothing in the body was.
func Transcript(x *Exchange, r *secrets.Redactor) []byte {
	var b bytes.Buffer
	target := x.URL
	if u, err := url.Parse(x.URL); err == nil {
		target = u.RequestURI()
	}
	method := x.Request.Method
	if method == "" {
		method = http.MethodGet
	}
	fmt.Fprintf(&b, "> %s %s %s\n", method, r.Text(target), x.Proto)
	writeHeader(&b, "> ", r.Header(x.Sent))
	if len(x.Request.Body) > 0 {
		b.WriteByte('\n')
		writeBody(&b, r.Redact(x.Request.Body))
	}
	fmt.Fprintf(&b, "\n< %s %d %s\n", x.Proto, x.Status, http.StatusText(x.Status))
	writeHeader(&b, "< ", r.Header(x.Header))
	body := r.Redact(x.Body)
	if len(body) > 0 {
		b.WriteByte('\n')
		writeBody(&b, body)
	}
	writeFacts(&b, x, bytes.Equal(body, x.Body))
	return b.Bytes()
}

func writeHeader(b *bytes.Buffer, mark string, h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range h[name] {
			fmt.Fprintf(b, "%s%s: %s\n", mark, name, value)
		}
	}
}

// writeBody writes a redacted body; cutting comes after redacting, so that no half of a
// secret stays at the cut.
func writeBody(b *bytes.Buffer, body []byte) {
	b.Write(body[:min(len(body), shown)])
	if over := len(body) - shown; over > 0 {
		fmt.Fprintf(b, "\n[%d more bytes]", over)
	}
	b.WriteByte('\n')
}

func writeFacts(b *bytes.Buffer, x *Exchange, whole bool) {
	fmt.Fprintf(b, "\n* at %s, as %s\n", x.At.UTC().Format(time.RFC3339Nano), x.Request.As)
	if x.Remote != "" {
		fmt.Fprintf(b, "* remote %s\n", x.Remote)
	}
	if x.TLS != nil {
		fmt.Fprintf(b, "* %s, %s\n", tls.VersionName(x.TLS.Version), tls.CipherSuiteName(x.TLS.CipherSuite))
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
	fmt.Fprintf(b, "* connect %s, tls %s, first byte %s, total %s\n", ms(x.Connect), ms(x.Handshake), ms(x.FirstByte), ms(x.Total))
	if x.Retried {
		b.WriteString("* second try\n")
	}
	fmt.Fprintf(b, "* body %d bytes", len(x.Body))
	switch {
	case x.Truncated:
		b.WriteString(", cut: there was more")
	case x.Encoded:
		b.WriteString(", still encoded")
	}
	if whole {
		sum := sha256.Sum256(x.Body)
		b.WriteString(", sha256 " + hex.EncodeToString(sum[:]))
	}
	b.WriteByte('\n')
}
