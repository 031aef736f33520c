package services

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// TCPParams are the parameters of data.tcp.reachable.
type TCPParams struct {
	Service  string `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind tcp"`
	Required bool   `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Banner   string `toml:"banner" doc:"how what the server says first begins; default nothing is awaited"`
}

// slowDial is how long opening a connection may take before it is worth a warning.
const slowDial = 500 * time.Millisecond

// bannerTime is how long a greeting is waited for.
const bannerTime = 3 * time.Second

var tcpReachable = checks.Define(checks.Kind{
	ID: "data.tcp.reachable", Title: "The service's port is open", Class: checks.Safe, Severity: checks.High, Needs: []string{"services"},
	Sends: "one TCP connection to the declared address; no byte is written",
	Rule: "PASS: the port is open, and greets with the given beginning where one is given; what serves there is not judged. WARN: opening took more than 500 ms. " +
		"FAIL: another greeting, or a required service whose host refuses the connection. inconclusive: timed out, name not found, no greeting, or refused while not required.",
	Fix:  "Correct the address or the firewall; ask the service itself what state it is in.",
	Refs: []string{"SRE App. E"},
}, func(ctx context.Context, p *checks.Probe, params TCPParams) checks.Result {
	s, missing := find(p, Params{params.Service, params.Required}, "tcp")
	if missing != nil {
		return *missing
	}
	what := "TCP " + s.Address
	conn, took, err := s.open(ctx, p)
	if err != nil {
		return s.silent(p, what, err)
	}
	defer conn.Close()
	facts := tcpFacts{Address: s.Address, Dialled: took, Wanted: params.Banner}
	if params.Banner != "" {
		facts.Banner = greeting(conn, len(params.Banner))
	}
	note := fmt.Sprintf("connected to %s (%s) in %s\n", s.Address, conn.RemoteAddr(), millis(took))
	if params.Banner != "" {
		note += fmt.Sprintf("greeting: %q\n", facts.Banner)
	}
	r := with(judgeTCP(facts), p.Note(what, note))
	r.Measurements = append(r.Measurements, checks.Measurement{Name: "connect", Value: float64(took.Microseconds()) / 1000, Unit: "ms"})
	return r
})

// greeting reads the first n bytes that the server says by itself, fewer where no more
// come in time.
func greeting(conn *line, n int) string {
	if conn.SetReadDeadline(time.Now().Add(bannerTime)) != nil {
		return ""
	}
	buffer := make([]byte, n)
	got, _ := io.ReadFull(conn, buffer) // what came is judged, whatever ended it
	return string(buffer[:got])
}

// tcpFacts is what a port showed.
type tcpFacts struct {
	Address string
	Dialled time.Duration
	Wanted  string
	Banner  string // what came of it
}

func judgeTCP(f tcpFacts) checks.Result {
	switch {
	case len(f.Banner) < len(f.Wanted) && strings.HasPrefix(f.Wanted, f.Banner):
		return unsure("the port is open at " + f.Address + ", but no whole greeting came")
	case f.Wanted != "" && f.Banner != f.Wanted:
		return fail(fmt.Sprintf("the port is open at %s, but greets with %q", f.Address, f.Banner))
	case f.Dialled > slowDial:
		return warn("port open at " + f.Address + ", after " + millis(f.Dialled))
	}
	return pass("port open at " + f.Address + " (" + millis(f.Dialled) + "); what serves there is not judged")
}

// millis prints a duration for people.
func millis(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.3g ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
