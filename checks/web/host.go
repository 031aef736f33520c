package web

import (
	"net"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
)

// Place is where a URL points, as far as transport rules care.
type Place struct {
	HTTPS    bool
	Loopback bool // 127.0.0.0/8, ::1, localhost or *.localhost
	IP       bool // the host is an IP literal
	Host     string
}

// PlaceOf reads the place of an absolute URL.
func PlaceOf(raw string) Place {
	u, err := url.Parse(raw)
	if err != nil {
		return Place{}
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(host)
	return Place{
		HTTPS:    u.Scheme == "https",
		Loopback: guard.IsLoopback(host),
		IP:       ip != nil,
		Host:     host,
	}
}

// onLoopback reports whether the target's base URL is on this machine.
func onLoopback(p *checks.Probe) bool { return PlaceOf(p.Target.BaseURL).Loopback }

// apiSample is the declared GET below the API prefix that stands for the API.
func apiSample(p *checks.Probe) string { return p.Target.Paths.Sample }
