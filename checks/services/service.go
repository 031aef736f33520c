package services

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// Params are the parameters that all kinds of this package share.
type Params struct {
	Service  string `toml:"service" doc:"the name of the service in the target's [services]; default the first of the kind"`
	Required bool   `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
}

// service is a declared service with its address known.
type service struct {
	Name     string
	URL      string // filled: may hold a password, never leaves this package
	Address  string // host:port
	Kind     string
	Token    string // filled: sent to an HTTP service, never kept
	Required bool
}

// find picks the declared service: by name, else the first of the kind.
func find(p *checks.Probe, params Params, kind string) (service, *checks.Result) {
	name := params.Service
	if name == "" {
		name = p.Target.ServiceOf(kind)
	}
	declared, ok := p.Target.Services[name]
	if !ok {
		r := answer.NotDeclared("[services." + name + "]")
		if name == "" {
			r = answer.NotDeclared("[services] of kind " + kind)
		}
		return service{}, &r
	}
	return filledIn(p, name, declared, params.Required)
}

// filledIn fills the holes of a declared service.
func filledIn(p *checks.Probe, name string, declared checks.Service, required bool) (service, *checks.Result) {
	filled, address, err := p.Target.Address(declared)
	if err != nil {
		r := checks.NewResult(checks.Pending, "", fmt.Sprintf("the URL of [services.%s] is not complete: %v", name, err))
		return service{}, &r
	}
	token, err := p.Target.Resolve(declared.Token)
	if err != nil {
		r := checks.NewResult(checks.Pending, "", fmt.Sprintf("the token of [services.%s] is missing: %v", name, err))
		return service{}, &r
	}
	return service{Name: name, Kind: declared.Kind, URL: filled, Address: address, Token: token, Required: declared.Required || required}, nil
}

// absolute is the service's URL with a scheme; the keywords of a PostgreSQL connection
// string stay as they are.
func (s service) absolute(scheme string) string {
	if strings.Contains(s.URL, "://") || scheme == "postgres" && strings.Contains(s.URL, "=") {
		return s.URL
	}
	return scheme + "://" + s.URL
}

// silent is the result when nothing answered. A refused connection is a failure only
// where the service is required: nothing else that keeps an answer away proves it down.
func (s service) silent(p *checks.Probe, what string, err error) checks.Result {
	if s.Required && answer.Trouble(err) == observe.Refused {
		return with(fail(s.Name+" is required and its host refuses the connection at "+s.Address), p.Note(what, err.Error()))
	}
	return answer.Unanswered(p, what, err)
}

// The time that opening a connection may take, and the wait before the one retry.
const (
	dialTime = 3 * time.Second
	retryIn  = time.Second
)

// open dials the service within dialTime. A connection that could not be opened is tried
// once more; what gonogo refuses itself is not.
func (s service) open(ctx context.Context, p *checks.Probe) (conn *line, took time.Duration, err error) {
	for try := 0; ; try++ {
		started := time.Now()
		timed, cancel := context.WithTimeout(ctx, dialTime)
		raw, err := p.Dial(timed, "tcp", s.Address)
		cancel()
		if err == nil {
			return &line{Conn: raw}, time.Since(started), nil
		}
		var refusal *guard.Refusal
		if try > 0 || errors.As(err, &refusal) || ctx.Err() != nil {
			return nil, 0, err
		}
		select {
		case <-time.After(retryIn):
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// line is a connection that remembers the first byte it brought: what speaks on a port
// shows in it, whatever the client of the protocol makes of the rest.
type line struct {
	net.Conn
	first byte
	heard bool
}

// Read reads as the connection does.
func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if n > 0 && !l.heard {
		l.first, l.heard = b[0], true
	}
	return n, err
}

// foreign reports whether something was heard that does not begin with one of known.
func (l *line) foreign(known string) bool {
	return l != nil && l.heard && strings.IndexByte(known, l.first) < 0
}

// reach says how far away a host is by the address that was dialled.
type reach string

// The three distances.
const (
	loopback reach = "loopback"
	private  reach = "private"
	public   reach = "public"
)

// sharedSpace is RFC 6598's: addresses behind a carrier's translation, not the internet.
var sharedSpace = net.IPNet{IP: net.IPv4(100, 64, 0, 0).To4(), Mask: net.CIDRMask(10, 32)}

// reachOf classifies an address (RFC 1918, RFC 4193, RFC 6598). What can't be read
// counts as public.
func reachOf(a net.Addr) reach {
	if a == nil {
		return public
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return public
	}
	switch ip := net.ParseIP(host); {
	case ip == nil:
		return public
	case ip.IsLoopback():
		return loopback
	case ip.IsPrivate() || ip.IsLinkLocalUnicast() || sharedSpace.Contains(ip):
		return private
	}
	return public
}

// ask sends a GET below an HTTP service's address.
func (s service) ask(ctx context.Context, p *checks.Probe, path string) (*observe.Exchange, *checks.Result) {
	r, err := s.request(path)
	if err != nil {
		bad := unsure(err.Error())
		return nil, &bad
	}
	x, err := p.Do(ctx, r)
	if err != nil {
		bad := s.silent(p, answer.Label(p, r), err)
		return nil, &bad
	}
	return x, nil
}

// namedToken is a token for another header than Authorization: "Name: value".
var namedToken = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.+)$`)

// request makes a GET below an HTTP service's address, with the declared token. Credentials
// of its URL go as basic authentication (RFC 7617), so that no request line holds them. A
// token or a password goes over plain HTTP to this machine only.
func (s service) request(path string) (observe.Request, error) {
	u, err := url.Parse(strings.TrimSuffix(s.absolute("http"), "/") + path)
	if err != nil {
		return observe.Request{}, errors.New("the address of [services." + s.Name + "] can't be read as a URL")
	}
	r := observe.Request{}
	password, set := u.User.Password()
	clear := u.Scheme != "https" && !guard.IsLoopback(u.Hostname())
	switch {
	case s.Token != "" && clear:
		return r, errors.New("the token of [services." + s.Name + "] is not sent: its URL is plain http")
	case s.Token != "":
		r.Header = []observe.Field{{Name: "Authorization", Value: "Bearer " + s.Token}}
		if m := namedToken.FindStringSubmatch(s.Token); m != nil {
			r.Header = []observe.Field{{Name: m[1], Value: m[2]}}
		}
		r.Secret = []string{s.Token, r.Header[0].Value}
	case set && clear:
		return r, errors.New("the password of [services." + s.Name + "] is not sent: its URL is plain http")
	case set:
		basic := base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password))
		r.Header = []observe.Field{{Name: "Authorization", Value: "Basic " + basic}}
		r.Secret = []string{password, basic}
	}
	u.User = nil
	r.URL = u.String()
	return r, nil
}

// pass, warn, fail and unsure make results of judgements; with adds what they rest on.
func pass(reason string) checks.Result   { return checks.NewResult(checks.Pass, "", reason) }
func warn(reason string) checks.Result   { return checks.NewResult(checks.Warn, "", reason) }
func fail(reason string) checks.Result   { return checks.NewResult(checks.Fail, "", reason) }
func unsure(reason string) checks.Result { return checks.NewResult(checks.Inconclusive, "", reason) }

func with(r checks.Result, evidence ...checks.Evidence) checks.Result {
	r.Evidence = append(r.Evidence, evidence...)
	return r
}

// count prints a number with its noun.
func count(n int, noun string) string { return verb(n, noun, noun+"s") }

// verb prints a number with a noun and what follows, which agree.
func verb(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
