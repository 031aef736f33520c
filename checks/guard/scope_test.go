package guard

import (
	"context"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

func TestParseEntry(t *testing.T) {
	cases := []struct {
		in    string
		host  string
		ports []int
	}{
		{"https://Pay.Example", "pay.example", []int{443, 80}},
		{"https://pay.example:8443/x", "pay.example", []int{8443}},
		{"http://127.0.0.1:3000", "127.0.0.1", []int{3000}},
		{"http://[::1]:3000", "::1", []int{3000}},
		{"http://[::ffff:10.0.0.1]", "10.0.0.1", []int{80}},
		{"postgres://u:p@db/x", "db", []int{5432}},
		{"rediss://:p@cache", "cache", []int{6379}},
		{"tcp://mail:25", "mail", []int{25}},
		{"host=db user=x password='y'", "db", []int{5432}},
		{"host=db port=6432", "db", []int{6432}},
		{"db:5432", "db", []int{5432}},
		{"grafana.example.", "grafana.example", []int{80, 443}},
		{"bücher.example", "xn--bcher-kva.example", []int{80, 443}},
		{"my_service:80", "my_service", []int{80}},
		{"::1", "::1", []int{80, 443}},
		{"[::1]:9090", "::1", []int{9090}},
		{"10.1.2.3", "10.1.2.3", []int{80, 443}},
	}
	for _, c := range cases {
		host, ports, err := parseEntry(c.in)
		if err != nil || host != c.host || !reflect.DeepEqual(ports, c.ports) {
			t.Errorf("%s: got %q %v %v, want %q %v", c.in, host, ports, err, c.host, c.ports)
		}
	}
	for _, bad := range []string{"", "tcp://mail", "x:0", "x:99999", "x:http", "a b", "host=/run/postgresql", "://", "http://", "*.example", "user@host"} {
		if host, ports, err := parseEntry(bad); err == nil {
			t.Errorf("%q was read as %q %v", bad, host, ports)
		}
	}
}

func TestBadScopeEntryKeepsItsPassword(t *testing.T) {
	_, err := New(Config{Hosts: []string{"127.0.0.1:1", "tcp://user:hunter22@db"}})
	if err == nil || strings.Contains(err.Error(), "hunter22") || !strings.Contains(err.Error(), "entry 2") {
		t.Errorf("got %v", err)
	}
}

func TestForbiddenAddresses(t *testing.T) {
	never := []string{
		"169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "fd00:ec2::254", "fd20:ce::254", "0.0.0.0", "::", "0.1.2.3",
		"::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254", "::ffff:0.0.0.0",
		"224.0.0.1", "ff02::1", "255.255.255.255", "100.100.100.200", "168.63.129.16",
	}
	for _, a := range never {
		if forbidden(netip.MustParseAddr(a)) == "" {
			t.Errorf("%s may be dialled", a)
		}
		g := mustNew(t, Config{Hosts: []string{"[" + a + "]:80", "named.example:80"}, Lookup: fixed(a)})
		for _, addr := range []string{"[" + a + "]:80", "named.example:80"} {
			if _, err := g.Dial(t.Context(), "tcp", addr); !errors.Is(err, ErrScope) {
				t.Errorf("%s, though listed: %v", addr, err)
			}
		}
		if g.Sent() != 0 {
			t.Errorf("%s: %d packets left", a, g.Sent())
		}
	}
	for _, a := range []string{"127.0.0.1", "::1", "10.0.0.1", "8.8.8.8", "2001:db8::1", "fd00::1", "64:ff9b::808:808"} {
		if why := forbidden(netip.MustParseAddr(a)); why != "" {
			t.Errorf("%s is %s", a, why)
		}
	}
}

func TestAddressesArePinned(t *testing.T) {
	calls := 0
	lookup := func(context.Context, string) ([]netip.Addr, error) {
		calls++
		if calls == 1 {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.66")}, nil // a rebinding name server
	}
	g := mustNew(t, Config{Hosts: []string{"app.example:1"}, Lookup: lookup})
	for range 3 {
		got, err := g.scope.resolve(t.Context(), "APP.example.:1")
		if err != nil || len(got) != 1 || got[0].String() != "127.0.0.1:1" {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	if calls != 1 {
		t.Errorf("looked up %d times", calls)
	}
}

func TestForbiddenAmongGoodAddresses(t *testing.T) {
	g := mustNew(t, Config{Hosts: []string{"app.example:1"}, Lookup: fixed("169.254.169.254", "10.0.0.9", "::")})
	got, err := g.scope.resolve(t.Context(), "app.example:1")
	if err != nil || len(got) != 1 || got[0].String() != "10.0.0.9:1" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLocalhostIsNeverLookedUp(t *testing.T) {
	lookup := func(context.Context, string) ([]netip.Addr, error) {
		t.Error("localhost was looked up")
		return nil, errors.New("no")
	}
	g := mustNew(t, Config{Hosts: []string{"app.localhost:1"}, Lookup: lookup})
	got, err := g.scope.resolve(t.Context(), "app.localhost:1")
	if err != nil || len(got) != 2 || !got[0].Addr().IsLoopback() {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "api.localhost": true, "127.0.0.1": true, "127.255.0.3": true, "::1": true,
		"[::1]": true, "::ffff:127.0.0.1": true,
		"localhost.example": false, "notlocalhost": false, "128.0.0.1": false, "0.0.0.0": false, "127.0.0.1.nip.io": false,
		"10.0.0.1": false, "": false, "127.1": false,
	} {
		if IsLoopback(host) != want {
			t.Errorf("IsLoopback(%q) = %v", host, !want)
		}
	}
}

func mustNew(t *testing.T, c Config) *Guard {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func fixed(addrs ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		var out []netip.Addr
		for _, a := range addrs {
			out = append(out, netip.MustParseAddr(a))
		}
		return out, nil
	}
}
