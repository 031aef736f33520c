package survey

import (
	"errors"
	"net/url"
	"strings"

	"assess/gonogo/checks/guard"
)

// Address is where a running system is asked.
type Address struct {
	Origin string // scheme://host[:port]
	Path   string // of its first page
	Host   string // without the port
}

// Loopback reports whether the address is this machine.
func (a Address) Loopback() bool { return guard.IsLoopback(a.Host) }

// ParseAddress reads the URL of a running system. The error never repeats it: it may hold a
// password.
func ParseAddress(raw string) (Address, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || !shown(u.Host):
		return Address{}, errors.New("not a URL like https://pay.example")
	case u.Scheme != "http" && u.Scheme != "https":
		return Address{}, errors.New("not an http or https URL")
	case u.User != nil:
		return Address{}, errors.New("a user or password has no place in the URL: declare a token under [auth.user] afterwards")
	}
	a := Address{Origin: u.Scheme + "://" + strings.ToLower(u.Host), Path: "/", Host: u.Hostname()}
	if p := route(u.EscapedPath()); p != "" {
		a.Path = p
	}
	return a, nil
}
