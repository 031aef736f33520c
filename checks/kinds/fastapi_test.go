package kinds_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// startFastAPI starts a service on a free loopback port; the good one behind TLS with an
// authority of its own. Without uvicorn and FastAPI the test is skipped.
func startFastAPI(t *testing.T, app, scheme string) *fixture {
	t.Helper()
	program, err := exec.LookPath("uvicorn")
	if err != nil {
		t.Skip("skipped: uvicorn is not installed")
	}
	s := newFixture(t, scheme)
	args := []string{app, "--host", "127.0.0.1", "--port", s.port, "--log-level", "error", "--no-server-header", "--no-proxy-headers", "--app-dir", filepath.Join("testdata", "fastapi")}
	if scheme == "https" {
		args = append(args, "--ssl-certfile", filepath.Join(s.dir, "cert.pem"), "--ssl-keyfile", filepath.Join(s.dir, "key.pem"))
	}
	password := rand.Text()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "FIXTURE_KEY="+rand.Text()+rand.Text(), "FIXTURE_PASSWORD="+password, "PYTHONDONTWRITEBYTECODE=1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if r, err := s.client.Get(s.origin + "/api/health"); err == nil {
			r.Body.Close()
			break
		}
		select {
		case <-ended:
			if bytes.Contains(said.Bytes(), []byte("No module named")) {
				t.Skipf("skipped: FastAPI is not installed for uvicorn's Python: %s", said.String())
			}
			t.Fatalf("uvicorn ended: %s", said.String())
		default:
		}
		if time.Now().After(until) {
			t.Fatalf("the service does not answer: %s", said.String())
		}
	}
	for file, name := range map[string]string{"user": "ada", "admin": "grace"} {
		s.write(t, file, s.token(t, name, password))
	}
	return s
}

// token logs in.
func (s *fixture) token(t *testing.T, name, password string) string {
	t.Helper()
	r, err := s.client.Post(s.origin+"/api/login", "application/json",
		bytes.NewReader(fmt.Appendf(nil, `{"username":%q,"password":%q}`, name, password)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var given struct {
		Token string `json:"access_token"`
	}
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &given) != nil || given.Token == "" {
		t.Fatalf("no token for %s: %s %s", name, r.Status, body)
	}
	return given.Token
}

const fastapiTarget = `
api_prefix = "/api/"
level = "A"
[paths]
health = ["/api/health"]
health_detail = "/api/health/detailed"
protected = ["/api/portfolio", "/api/whoami"]
admin = ["/api/admin/overview", "/api/admin/users"]
pages = ["/"]
database = "/api/positions"
cheap = "/api/search?q=cotton"
whoami = "/api/whoami"
sample = "/api/positions"
[roles]
sqli_text = "/api/search?q=cotton"
sqli_number = "/api/positions?account=1"
cmdi = "/api/convert?name=cotton"
xss = "/greet?name=cotton"
cors = "/api/positions"
jwt = "/api/portfolio"
components = ["database"]
[auth.user]
token = "${file:user}"
[auth.admin]
token = "${file:admin}"
[auth.login]
url = "/api/login"
body = '{"username":"${user}","password":"${password}"}'
token_from = "json:/access_token"
pairs = ["admin/admin", "admin/password"]
[cors]
allowed_origins = ["https://desk.example"]
`

// The same service twice on the stack that teams really use: what is wrong with the bad one
// must be seen, and nothing may be seen at the good one that isn't there.
func TestFastAPI(t *testing.T) {
	const pass, warn, fail, na = checks.Pass, checks.Warn, checks.Fail, checks.NA
	want := []struct {
		item      string
		bad, good checks.Verdict
	}{
		{"SEC-02", na, pass}, // the bad one is served over plain http
		{"SEC-03", fail, pass},
		{"SEC-04", fail, pass},
		{"SEC-05", fail, pass},
		{"SEC-07", warn, pass},
		{"SEC-09", fail, pass}, // echoed only when a cookie is sent
		{"SEC-10", warn, pass},
		{"SEC-11", fail, pass},
		{"SEC-12", fail, pass},
		{"SEC-14", fail, pass},
		{"SEC-15", fail, pass}, // signatures are never looked at
		{"SEC-17", fail, pass},
		{"SEC-18", fail, pass},
		{"SEC-19", fail, pass},
		{"SEC-20", fail, pass},
		{"SEC-21", fail, pass}, // debug=True answers 500 with the stack
		{"SEC-22", na, pass},
		{"SEC-23", na, warn},   // browsers don't know its authority
		{"REL-01", fail, pass}, // 200 with "DOWN"
		{"REL-02", fail, pass},
		{"API-01", pass, pass},
		{"API-04", pass, pass},
		{"FE-06", fail, pass},
	}
	var items []string
	for _, w := range want {
		items = append(items, w.item)
	}
	for _, variant := range []struct{ app, scheme string }{{"bad:app", "http"}, {"good:guarded", "https"}} {
		t.Run(variant.app, func(t *testing.T) {
			got := startFastAPI(t, variant.app, variant.scheme).review(t, fastapiTarget, items)
			for _, w := range want {
				expected := w.bad
				if variant.scheme == "https" {
					expected = w.good
				}
				if o := got[w.item]; o.Verdict != expected {
					t.Errorf("%s: %s, want %s: %s", w.item, o.Verdict, expected, o.Reason)
				}
			}
		})
	}
}
