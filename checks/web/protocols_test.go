package web

import (
	"crypto/tls"
	"net"
	"sync"
	"testing"

	"assess/gonogo/checks"
)

// TestProtocolsOfUnsteadyServers asks a server of TLS 1.0 to 1.3 that cuts handshakes off:
// a busy one at first, which refuses nothing by it, and one that does so to old
// versions always.
func TestProtocolsOfUnsteadyServers(t *testing.T) {
	cert := certify(t, nil)
	for name, c := range map[string]struct {
		cut  func(nth int, old bool) bool
		want checks.Verdict
	}{
		"the first of each version": {func(nth int, _ bool) bool { return nth == 1 }, checks.Fail},
		"old versions always":       {func(_ int, old bool) bool { return old }, checks.Pass},
		"everything, all the time":  {func(int, bool) bool { return true }, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			var counting sync.Mutex
			seen := map[uint16]int{}
			config := &tls.Config{MinVersion: tls.VersionTLS10, Certificates: []tls.Certificate{cert.Certificate}}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					go func() {
						defer conn.Close()
						unsteady := config.Clone()
						unsteady.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
							version := hello.SupportedVersions[0]
							counting.Lock()
							seen[version]++
							n := seen[version]
							counting.Unlock()
							if c.cut(n, version < tls.VersionTLS12) {
								conn.(*net.TCPConn).SetLinger(0)
								conn.Close()
							}
							return nil, nil
						}
						_ = tls.Server(conn, unsteady).Handshake()
					}()
				}
			}()
			check(t, "security.transport.protocols", "https://"+listener.Addr().String(), c.want)
		})
	}
}
