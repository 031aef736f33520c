package web

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// nginx starts a private instance of the real server with one server block, on a free
// loopback port, and returns its base URL. Without nginx the test is skipped.
func nginx(t *testing.T, server string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program = "/usr/sbin/nginx"; exec.Command(program, "-v").Run() != nil {
			t.Skip("skipped: nginx is not installed")
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<!doctype html><html lang=en><title>x</title><h1>Hello</h1></html>\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	config := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log %[1]s/error.log;\nevents {}\nhttp {\naccess_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\ndefault_type text/html;\nserver { listen %[2]s; root %[1]s; %[3]s }\n}\n", dir, address, server)
	if os.Getuid() == 0 {
		config = "user root;\n" + config // its workers have to read the private folder
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", file, "-p", dir, "-e", filepath.Join(dir, "error.log"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get("http://" + address + "/"); err == nil {
			r.Body.Close()
			return "http://" + address
		}
		if time.Now().After(until) {
			log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("nginx does not answer\n%s", log)
		}
	}
}

// The real server as Debian ships it, and the same with what an operator would add.
func TestNginx(t *testing.T) {
	bare := nginx(t, "")
	hardened := nginx(t, `server_tokens off;
		add_header X-Content-Type-Options nosniff always;
		add_header Content-Security-Policy "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'" always;
		location = /api/health { default_type application/json; add_header Cache-Control no-store; return 200 '{"status":"pass"}'; }
		location /api/ { default_type application/json; return 404 '{"detail":"Not Found"}'; }`)
	for _, c := range []struct {
		kind           string
		bare, hardened checks.Verdict
	}{
		{"target.reachable", checks.Pass, checks.Pass},
		{"target.controls", checks.Pass, checks.Pass},
		{"security.headers.xcto", checks.Fail, checks.Pass},
		{"security.headers.frame", checks.Fail, checks.Pass},
		{"security.headers.csp", checks.Fail, checks.Pass},
		{"security.headers.disclosure", checks.Fail, checks.Pass},
		{"security.headers.error_pages", checks.Warn, checks.Pass},
		{"security.http.methods", checks.Pass, checks.Pass},
		{"security.exposure.files", checks.Pass, checks.Pass},
		{"reliability.health.endpoint", checks.Fail, checks.Pass},
		{"reliability.errors.not_found", checks.Fail, checks.Pass},
	} {
		t.Run(c.kind, func(t *testing.T) {
			target := webtest.Target(func(target *checks.Target) {
				target.APIPrefix = "/api/"
				target.Paths.Health = checks.Strings{"/api/health"}
				target.Paths.Sample = "/"
			})
			for base, want := range map[string]checks.Verdict{bare: c.bare, hardened: c.hardened} {
				o := webtest.Run(t, Kinds(), c.kind, base, target)
				if o.Verdict != want {
					t.Errorf("%s (hardened %v): %s, want %s: %s", c.kind, base == hardened, o.Verdict, want, o.Reason)
				}
			}
		})
	}
}
