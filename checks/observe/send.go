package observe

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"assess/gonogo/checks/guard"
)

// The bodies kept in one run. Past keepAll, of further answers only keepLess each is read,
// so that a target that sends a megabyte to everything doesn't fill the memory.
const (
	keepAll  = 64 << 20
	keepLess = 64 << 10
)

// send makes one exchange. connected tells a connection that failed from an answer that did.
func (s *Store) send(ctx context.Context, q *question) (x *Exchange, e *Error, connected bool) {
	clock := &stopwatch{}
	req := s.client.R().SetContext(clock.watch(ctx)).SetDoNotParseResponse(true)
	req.Header = q.header.Clone()
	if len(q.Body) > 0 {
		req.SetBody(q.Body)
	}
	at := s.o.Now()
	res, err := req.Execute(q.Method, q.url.String())
	if err != nil {
		return nil, s.classify(ctx, q, err), clock.connected()
	}
	body := res.RawBody()
	defer body.Close()
	raw := res.RawResponse
	x = &Exchange{
		Request: q.Request, URL: q.url.String(), Status: raw.StatusCode, Proto: raw.Proto,
		Header: raw.Header, TLS: raw.TLS, At: at.UTC(),
	}
	if err := s.read(x, body); err != nil {
		return nil, s.classify(ctx, q, err), true
	}
	clock.fill(x)
	x.Sent = s.o.Redactor.Header(clock.sent(q.header))
	s.learn(raw)
	s.keepError(x)
	return x, nil, true
}

// read takes the body off the wire and out of its encoding, never more than the limit of
// either.
func (s *Store) read(x *Exchange, body io.Reader) error {
	limit := s.limit()
	wire, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	if err != nil {
		return err
	}
	cut := len(wire) > limit
	x.Body, x.Encoded, err = decode(wire, x.Header.Get("Content-Encoding"), limit)
	if err != nil && !cut {
		return err
	}
	if len(x.Body) > limit {
		x.Body, cut = x.Body[:limit:limit], true
	}
	x.Truncated = cut
	s.mu.Lock()
	s.kept += len(x.Body)
	s.mu.Unlock()
	return nil
}

func (s *Store) limit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept > keepAll {
		return keepLess
	}
	return guard.MaxBody
}

var errEncoding = errors.New("the body is not what its Content-Encoding says")

// decode undoes gzip and deflate, to at most limit+1 bytes. Other encodings stay, and
// encoded says so.
func decode(wire []byte, encoding string, limit int) (body []byte, encoded bool, err error) {
	if len(wire) == 0 {
		return wire, false, nil
	}
	var r io.Reader
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return wire, false, nil
	case "gzip", "x-gzip":
		if r, err = gzip.NewReader(bytes.NewReader(wire)); err != nil {
			return nil, false, errEncoding
		}
	case "deflate": // zlib by RFC 9110 8.4.1.2; raw deflate by habit
		if r, err = zlib.NewReader(bytes.NewReader(wire)); err != nil {
			r = flate.NewReader(bytes.NewReader(wire))
		}
	default:
		return wire, true, nil
	}
	body, err = io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return body, false, errEncoding
	}
	return body, false, nil
}

// learn makes the cookies that look like credentials known to the redactor, so that they
// are also found in a body.
func (s *Store) learn(res *http.Response) {
	for _, c := range res.Cookies() {
		if strings.ContainsAny(c.Value, "0123456789") {
			s.o.Redactor.Add("cookie", c.Value)
		}
	}
}
