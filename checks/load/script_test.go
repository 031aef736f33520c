package load

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

var update = flag.Bool("update", false, "write the golden script anew")

const scriptTarget = `name = "shop"
base_url = "https://shop.example"
[scope]
authorised_by = "OPS-1"
[paths]
database = "/api/orders?limit=5"
[auth.user]
token = "X-Key: ${file:tokens/user}"
[headers]
X-Tenant = "${env:TENANT}"
[load]
users = 60
mix = [
  { path = "/api/items", weight = 3, headers = { "Accept-Language" = "de" } },
  { path = "/api/cart", method = "POST", body = '{"id":1,"note":"</script> \ ${env:NOTE}"}', as = "user" },
]
`

// planned lays out a profile with these checks, one an item.
func planned(t *testing.T, target string, list ...string) *checks.Plan {
	t.Helper()
	src := "id = \"house\"\ntitle = \"t\"\nversion = 1\n[scoring]\nmethod = \"weighted\"\n[[category]]\nid = \"c\"\ntitle = \"c\"\nweight = 1\n"
	for i, check := range list {
		src += "[[category.item]]\nid = \"I-" + string(rune('A'+i)) + "\"\ntitle = \"i\"\nseverity = \"high\"\nlevel = \"C\"\nchecks = [{ " + check + " }]\n"
	}
	profile, err := checks.ParseProfile("test.toml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := checks.NewRegistry(Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	declared, err := checks.ParseTarget("target.toml", []byte(target), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(declared, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

var everyKind = []string{
	`kind = "load.steps", path = "@load.path[0]", mix = true, users = 50`,
	`kind = "load.steps", path = "@load.path[0]", mix = true, users = 200`,
	`kind = "load.steps", path = "@load.path[0]", mix = true, users = 50`,
	`kind = "load.sustained", path = "@load.path[0]", mix = true, rate = 120.5, time = "20s"`,
	`kind = "load.sustained", path = "/api/items"`,
	`kind = "load.burst", path = "@paths.database"`,
	`kind = "load.pool", path = "@paths.database", as = "user"`,
	`kind = "load.baseline", path = "/api/items", requests = 20`,
	`kind = "load.recovery", path = "/api/items"`,
	`kind = "load.resources", path = "/api/items", url = "http://shop.example:9100"`,
	`kind = "load.restart", path = "/api/items"`,
}

// TestScript holds the script to a golden one.
func TestScript(t *testing.T) {
	got, err := Script(planned(t, scriptTarget, everyKind...))
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "load.golden.js")
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the script is not testdata/load.golden.js any more (-update writes it):\n%s", got)
	}
	if again, _ := Script(planned(t, scriptTarget, everyKind...)); !bytes.Equal(got, again) {
		t.Error("two scripts of one plan differ")
	}
}

func TestScriptOfNothing(t *testing.T) {
	for target, want := range map[string]string{"name = \"x\"\n": "no base_url", "name = \"x\"\nbase_url = \"http://127.0.0.1:1\"\n": "puts no load on this target"} {
		if out, err := Script(planned(t, target, `kind = "load.burst", path = "@paths.database"`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// scriptRun is what the stub of k6 prints.
type scriptRun struct {
	Options struct {
		Discard    bool           `json:"discardResponseBodies"`
		Redirects  int            `json:"maxRedirects"`
		Thresholds map[string]any `json:"thresholds"`
		Scenarios  map[string]any `json:"scenarios"`
		Stats      []string       `json:"summaryTrendStats"`
	}
	Counters map[string]int
	Expected map[string]int
	Sent     []struct {
		Method, URL, Body, Timeout, Name string
		Headers                          map[string]string
		Redirects                        int
	}
	Written map[string]string
}

// runScript runs a script with node and a stub of k6.
func runScript(t *testing.T, script []byte, env, answers string) (scriptRun, error) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: node is not installed")
	}
	dir := t.TempDir()
	stub, err := os.ReadFile(filepath.Join("testdata", "k6stub.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string][]byte{"load.mjs": script, "stub.mjs": stub} {
		if err := os.WriteFile(filepath.Join(dir, name), src, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(node, "stub.mjs", env, answers)
	command.Dir = dir
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return scriptRun{}, &exec.Error{Name: said.String(), Err: err}
	}
	var r scriptRun
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return r, nil
}

// TestScriptRuns runs the script as k6 would, and reads what it counted.
func TestScriptRuns(t *testing.T) {
	t.Parallel()
	script, err := Script(planned(t, scriptTarget, everyKind[0], everyKind[1], everyKind[5]))
	if err != nil {
		t.Fatal(err)
	}
	const env = `{"TENANT":"t1","NOTE":"n\"1","GONOGO_TOKENS_USER":"k-1","GONOGO_BUILD":"abc1234"}`
	r, err := runScript(t, script, env, `[[200,0.5],[204,500],[200,500.1],[200,99999],[503,3],[302,3],[0,10000],[200,2000]]`)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Options.Scenarios) != 3 || !r.Options.Discard || r.Options.Redirects != 0 || !slices.Contains(r.Options.Stats, "count") || r.Expected["min"] != 200 || r.Expected["max"] != 299 {
		t.Errorf("options %+v, expected %v", r.Options, r.Expected)
	}
	for name, want := range map[string]bool{"http_req_failed{scenario:steps_50}": true, "http_req_duration{scenario:steps_50}": true, "http_req_failed{scenario:burst_50}": true, "http_req_failed{scenario:steps_200}": false} {
		if _, ok := r.Options.Thresholds[name]; ok != want {
			t.Errorf("threshold %s: %v", name, ok)
		}
	}
	// Each scenario asks 40 times: steps_200 is above what is required, the first four of
	// steps_50 are its start-up; a burst has none.
	c := r.Counters
	if c["gonogo_requests"] != 36+40 || c["gonogo_failed"] != 30 {
		t.Errorf("counters %v", c)
	}
	if c["gonogo_lat_le_1"] == 0 || c["gonogo_lat_le_500"] == 0 || c["gonogo_lat_le_700"] == 0 || c["gonogo_lat_le_inf"] == 0 || c["gonogo_lat_le_2000"] == 0 {
		t.Errorf("buckets %v", c)
	}
	good := 0
	for name, n := range c {
		if strings.HasPrefix(name, "gonogo_lat_le_") {
			good += n
		}
	}
	if good != c["gonogo_requests"]-c["gonogo_failed"] {
		t.Errorf("%d latencies of %v", good, c)
	}
	posts := 0
	for _, s := range r.Sent[:40] {
		switch {
		case s.Redirects != 0 || s.Timeout != "10s" || s.Headers["X-Tenant"] != "t1":
			t.Fatalf("sent %+v", s)
		case s.Method == "POST":
			if posts++; s.URL != "https://shop.example/api/cart" || s.Body != `{"id":1,"note":"</script> \ n"1"}` || s.Headers["Authorization"] != "Bearer k-1" && s.Headers["X-Key"] != "k-1" || s.Headers["Content-Type"] != "application/json" {
				t.Fatalf("sent %+v", s)
			}
		case s.Headers["Accept-Language"] != "de" || s.Headers["Authorization"] != "" || s.URL != "https://shop.example/api/items":
			t.Fatalf("sent %+v", s)
		}
	}
	if posts != 10 {
		t.Errorf("%d of 40 are posts, want 10", posts)
	}
	var summary struct {
		Gonogo struct {
			Plan  string
			Users int
		}
		Build string
	}
	if err := json.Unmarshal([]byte(r.Written["gonogo-k6.json"]), &summary); err != nil || len(summary.Gonogo.Plan) != 12 || summary.Gonogo.Users != 200 || summary.Build != "abc1234" {
		t.Errorf("%v: %v", err, r.Written)
	}
	if _, err := runScript(t, script, `{"TENANT":"t1"}`, `[[200,1]]`); err == nil || !strings.Contains(err.Error(), "set GONOGO_TOKENS_USER") && !strings.Contains(err.Error(), "set NOTE") {
		t.Errorf("without its secrets: %v", err)
	}
}

// TestScriptHostile: nothing in a target ends a text or a comment of the script, or puts a
// secret into it.
func TestScriptHostile(t *testing.T) {
	t.Setenv("NOTE", "the-secret-note")
	target := "name = \"x */ // \\u2028alert(1)\"\nbase_url = \"https://shop.example\"\n[load]\npath = \"/a'`${1}\\\\\\\"\\u2028\"\n[headers]\n\"X-A\" = \"'+process.exit(7)+'\"\n\"X-B\" = \"${env:NOTE}\"\n"
	declared := strings.ReplaceAll(target, "\\u2028", "")
	script, err := Script(planned(t, declared, `kind = "load.burst", path = "@load.path[0]"`))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(script, []byte("the-secret-note")) {
		t.Errorf("a secret is in the script:\n%s", script)
	}
	r, err := runScript(t, script, `{"NOTE":"n"}`, `[[200,1]]`)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Sent[0]; s.URL != "https://shop.example/a'`${1}\\\"" || s.Headers["X-A"] != "'+process.exit(7)+'" {
		t.Errorf("sent %+v", s)
	}
	if got := line("a\u2028b\nc\x1b"); strings.ContainsAny(got, "\u2028\n\x1b") {
		t.Errorf("%q", got)
	}
}

// TestScriptAuthority: who has an authority of their own is told how k6 learns of it.
func TestScriptAuthority(t *testing.T) {
	target := "name = \"x\"\nbase_url = \"https://shop.example\"\n[tls]\nca_file = \"house.pem\"\n[load]\npath = \"/a\"\n"
	script, err := Script(planned(t, target, `kind = "load.burst", path = "@load.path[0]"`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "load.js\n//\n// The target's certificate is signed by an authority of its own, which k6 is told by SSL_CERT_FILE:\n//\n//   SSL_CERT_FILE=house.pem k6 run --no-usage-report load.js\n//\n// On several"; !bytes.Contains(script, []byte(want)) {
		t.Errorf("the script is\n%s", script[:800])
	}
}
