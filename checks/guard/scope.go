package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// defaultPorts are the ports of the schemes that targets and services are declared with.
var defaultPorts = map[string]int{
	"http": 80, "https": 443, "ws": 80, "wss": 443,
	"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379,
	"mysql": 3306, "mongodb": 27017, "amqp": 5672, "amqps": 5671,
}

// scope is the set of endpoints of a run, with the addresses each host was resolved to.
type scope struct {
	lookup    func(ctx context.Context, host string) ([]netip.Addr, error)
	endpoints map[string]bool // "host:port", host in its normal form

	mu   sync.Mutex
	pins map[string]*pin
}

// pin is one host's addresses, resolved once.
type pin struct {
	mu    sync.Mutex
	addrs []netip.Addr
}

// add puts what entry names in scope.
func (s *scope) add(entry string) error {
	host, ports, err := parseEntry(strings.TrimSpace(entry))
	if err != nil {
		return err
	}
	if s.endpoints == nil {
		s.endpoints, s.pins = map[string]bool{}, map[string]*pin{}
	}
	for _, p := range ports {
		s.endpoints[net.JoinHostPort(host, strconv.Itoa(p))] = true
	}
	if s.pins[host] == nil {
		s.pins[host] = &pin{}
	}
	return nil
}

var errEntry = errors.New(`want an origin like "https://pay.example", host:port or a host`)

func parseEntry(entry string) (host string, ports []int, err error) {
	switch {
	case entry == "":
		return "", nil, errEntry
	case strings.Contains(entry, "://"):
		return parseURL(entry)
	case strings.Contains(entry, "host="):
		return parseKeywords(entry)
	case strings.ContainsAny(entry, " /@*?#"):
		return "", nil, errEntry
	}
	if a, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		return a.WithZone("").Unmap().String(), []int{80, 443}, nil
	}
	name, port, found := strings.Cut(entry, ":")
	if strings.HasPrefix(entry, "[") {
		if name, port, err = net.SplitHostPort(entry); err != nil {
			return "", nil, errEntry
		}
		found = true
	}
	if !found {
		return normalHost(name), []int{80, 443}, nil
	}
	return withPort(name, port, 0)
}

func parseURL(entry string) (string, []int, error) {
	u, err := url.Parse(entry)
	if err != nil || u.Hostname() == "" {
		return "", nil, errEntry
	}
	host, ports, err := withPort(u.Hostname(), u.Port(), defaultPorts[u.Scheme])
	if err == nil && u.Scheme == "https" && ports[0] == 443 {
		ports = append(ports, 80)
	}
	return host, ports, err
}

// parseKeywords reads the keyword form of a PostgreSQL DSN: "host=db port=5432 user=x".
func parseKeywords(entry string) (string, []int, error) {
	var host, port string
	for _, field := range strings.Fields(entry) {
		switch key, value, _ := strings.Cut(field, "="); key {
		case "host":
			host = strings.Trim(value, "'")
		case "port":
			port = strings.Trim(value, "'")
		}
	}
	if strings.HasPrefix(host, "/") {
		return "", nil, errors.New("a socket path can't be watched: name a host")
	}
	return withPort(host, port, defaultPorts["postgres"])
}

func withPort(host, port string, fallback int) (string, []int, error) {
	n := fallback
	if port != "" {
		var err error
		if n, err = strconv.Atoi(port); err != nil {
			return "", nil, errEntry
		}
	}
	if host == "" || n < 1 || n > 65535 {
		return "", nil, errors.New("names no port: write host:port")
	}
	return normalHost(host), []int{n}, nil
}

// normalHost is the one form in which hosts are compared: lower case, punycode, no final
// dot, addresses without zone and without IPv6 clothes around IPv4.
func normalHost(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return a.WithZone("").Unmap().String()
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	return host
}

// resolve returns the addresses that hostport may be dialled at, or a *Refusal. Names are
// looked up once; a lookup that fails may be tried again.
func (s *scope) resolve(ctx context.Context, hostport string) ([]netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, &Refusal{Reason: ErrScope, Host: hostport, Detail: "not host:port"}
	}
	host = normalHost(host)
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || !s.endpoints[net.JoinHostPort(host, port)] {
		return nil, &Refusal{Reason: ErrScope, Host: hostport, Detail: "not declared in the target file (base_url, [services], scope.hosts)"}
	}
	addrs, err := s.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	return safeAddresses(hostport, addrs, uint16(n))
}

// safeAddresses leaves out the addresses that are never spoken to.
func safeAddresses(hostport string, addrs []netip.Addr, port uint16) ([]netip.AddrPort, error) {
	var out []netip.AddrPort
	why := "has no address"
	for _, a := range addrs {
		if reason := forbidden(a); reason != "" {
			why = fmt.Sprintf("%s is %s", a, reason)
			continue
		}
		out = append(out, netip.AddrPortFrom(a, port))
	}
	if len(out) == 0 {
		return nil, &Refusal{Reason: ErrScope, Host: hostport, Detail: why}
	}
	return out, nil
}

func (s *scope) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if IsLoopback(host) { // RFC 6761 6.3: these names never leave the machine
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	s.mu.Lock()
	p := s.pins[host]
	s.mu.Unlock()
	if p == nil {
		return s.lookup(ctx, host)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.addrs == nil {
		addrs, err := s.lookup(ctx, host)
		if err != nil {
			return nil, err
		}
		p.addrs = addrs
	}
	return slices.Clone(p.addrs), nil
}

func lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Covers reports whether entries, written as Config.Hosts, name the host and port of u.
// Nothing is looked up, and an entry that can't be read covers nothing.
func Covers(entries []string, u *url.URL) bool {
	var s scope
	for _, entry := range entries {
		_ = s.add(entry)
	}
	host, port, err := net.SplitHostPort(endpoint(u))
	return err == nil && s.endpoints[net.JoinHostPort(normalHost(host), port)]
}

// metadata are the addresses at which clouds hand out credentials, beside 169.254.0.0/16.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("192.0.0.192"),     // Oracle
}

// forbidden says what is wrong with dialling a, or "".
func forbidden(a netip.Addr) string {
	a = a.WithZone("").Unmap()
	switch {
	case !a.IsValid() || a.IsUnspecified():
		return "no address"
	case a.IsLinkLocalUnicast():
		return "link-local, where clouds keep their metadata service"
	case a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "an address of many hosts"
	case slices.Contains(metadata, a):
		return "a cloud's metadata service"
	case a.Is4() && a.As4()[0] == 0:
		return "no address"
	}
	if inner, ok := embedded(a); ok {
		return forbidden(inner)
	}
	return ""
}

// embedded is the IPv4 address inside an IPv6 one: NAT64 (RFC 6052), 6to4 (RFC 3056) and
// the old IPv4-compatible form.
func embedded(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() || a == netip.IPv6Loopback() {
		return netip.Addr{}, false
	}
	b := a.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a), netip.MustParsePrefix("::/96").Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

// IsLoopback reports whether host (without port, brackets allowed) is this machine by its
// name: 127.0.0.0/8, ::1, localhost and *.localhost (RFC 6761 6.3).
func IsLoopback(host string) bool {
	host = normalHost(strings.Trim(host, "[]"))
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
