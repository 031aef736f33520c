package results

import (
	"net"
	"net/url"
	"strings"

	"assess/gonogo/checks"
)

// site is a host and port that a result file is about.
type site struct{ host, port string }

// siteOf reads a URL, an origin, host:port or host. A port that is the scheme's own is "".
func siteOf(s string) (site, bool) {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		port := u.Port()
		if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
			port = ""
		}
		return site{plainHost(u.Hostname()), port}, (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
	}
	if strings.ContainsAny(s, "/?# ") || s == "" {
		return site{}, false
	}
	if host, port, err := net.SplitHostPort(s); err == nil {
		return site{plainHost(host), port}, host != ""
	}
	return site{plainHost(strings.Trim(s, "[]")), ""}, true
}

// plainHost is a host in lower case; every name of this machine is the same one.
func plainHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return "localhost"
	}
	return host
}

// ofTarget reports whether a URL is the target's or in its scope. A host of [scope] without
// a port stands for all of its ports.
func ofTarget(t *checks.Target, raw string) bool {
	of, ok := siteOf(raw)
	if !ok {
		return false
	}
	if base, ok := siteOf(t.BaseURL); ok && base == of {
		return true
	}
	for _, declared := range t.Scope.Hosts {
		allowed, ok := siteOf(declared)
		anyPort := allowed.port == "" && !strings.Contains(declared, "://")
		if ok && allowed.host == of.host && (anyPort || allowed.port == of.port) {
			return true
		}
	}
	return false
}

// shownURL is a URL without its query: queries hold secrets.
func shownURL(raw string) string {
	cut, _, _ := strings.Cut(raw, "?")
	cut, _, _ = strings.Cut(cut, "#")
	if u, err := url.Parse(cut); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return cut
}
