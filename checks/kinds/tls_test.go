package kinds_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// startNginx starts a private nginx that speaks these TLS versions.
func startNginx(t *testing.T, protocols string) *fixture {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program = "/usr/sbin/nginx"; exec.Command(program, "-v").Run() != nil {
			t.Skip("skipped: nginx is not installed")
		}
	}
	s := newFixture(t, "https")
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // its workers have to read the private folder
	}
	s.write(t, "nginx.conf", fmt.Sprintf(`%[1]s daemon off; pid %[2]s/pid; error_log %[2]s/error.log;
events {}
http { access_log off; client_body_temp_path %[2]s/b; proxy_temp_path %[2]s/p; fastcgi_temp_path %[2]s/f; uwsgi_temp_path %[2]s/u; scgi_temp_path %[2]s/s;
	ssl_certificate %[2]s/cert.pem; ssl_certificate_key %[2]s/key.pem; ssl_ciphers ALL:@SECLEVEL=0;
	server { listen 127.0.0.1:%[3]s ssl; server_name localhost; ssl_protocols %[4]s; root %[2]s; }
}`, user, s.dir, s.port, protocols))
	cmd := exec.Command(program, "-c", filepath.Join(s.dir, "nginx.conf"), "-p", s.dir, "-e", filepath.Join(s.dir, "error.log"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			c.Close()
			return s
		}
		if time.Now().After(until) {
			log, _ := os.ReadFile(filepath.Join(s.dir, "error.log"))
			t.Fatalf("nginx does not listen\n%s", log)
		}
	}
}

// testssl asks testssl.sh which of the versions that nobody should speak any more are offered.
func testssl(t *testing.T, s *fixture) (old []string) {
	t.Helper()
	program, err := exec.LookPath("testssl")
	if err != nil {
		t.Skip("skipped: testssl.sh is not installed")
	}
	file := filepath.Join(s.dir, "testssl.json")
	said, err := exec.Command(program, "--quiet", "--color", "0", "--warnings", "off", "--jsonfile", file, "-p", "localhost:"+s.port).CombinedOutput()
	src, readErr := os.ReadFile(file)
	var lines []struct{ ID, Finding string }
	if readErr != nil || json.Unmarshal(src, &lines) != nil {
		t.Fatalf("testssl: %v\n%s", err, said)
	}
	asked := 0
	for _, l := range lines {
		switch l.ID {
		case "SSLv2", "SSLv3", "TLS1", "TLS1_1":
			asked++
			if strings.HasPrefix(l.Finding, "offered") {
				old = append(old, l.ID)
			}
		}
	}
	if asked != 4 {
		t.Fatalf("testssl asked for %d versions\n%s", asked, src)
	}
	return old
}

// The verdict on TLS versions is that of testssl.sh, on the server that most systems have in front.
func TestProtocolsAgreeWithTestssl(t *testing.T) {
	for protocols, want := range map[string]checks.Verdict{
		"TLSv1.2 TLSv1.3":         checks.Pass,
		"TLSv1.1 TLSv1.2 TLSv1.3": checks.Fail,
		"TLSv1 TLSv1.1":           checks.Fail,
	} {
		t.Run(protocols, func(t *testing.T) {
			t.Parallel()
			s := startNginx(t, protocols)
			got := s.review(t, "", []string{"SEC-22"})["SEC-22"]
			if got.Verdict != want {
				t.Errorf("%s: %s, want %s: %s", protocols, got.Verdict, want, got.Reason)
			}
			if old := testssl(t, s); (len(old) > 0) != (got.Verdict == checks.Fail) {
				t.Errorf("%s: %s (%s), but testssl.sh finds %v", protocols, got.Verdict, got.Reason, old)
			}
		})
	}
}
