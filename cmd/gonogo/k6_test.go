package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const k6Profile = `id = "k6"
title = "Load elsewhere"
version = 1
[scoring]
method = "weighted"
[[category]]
id = "load"
title = "Load"
weight = 1
[[category.item]]
id = "L-1"
title = "Steps"
severity = "high"
checks = [{ kind = "load.steps", path = "@load.path[0]", mix = true, users = 6, measure = "1s" }]
[[category.item]]
id = "L-2"
title = "A load test was run elsewhere"
severity = "high"
checks = [{ kind = "import.load" }]
`

// TestK6 takes the way of a user whose load is beyond one machine: export the script, let k6
// run it in two parts with a secret from the environment, and have the result judged.
func TestK6(t *testing.T) {
	k6, err := exec.LookPath("k6")
	if err != nil {
		t.Skip("skipped: k6 is not installed")
	}
	var wrong, posts, served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		if r.Method == http.MethodPost {
			posts.Add(1)
		}
		if r.Header.Get("X-Key") != "s3cret-key" || r.URL.Path == "/cart" && r.Method != http.MethodPost {
			wrong.Add(1)
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	target := `name = "shop"
base_url = "` + server.URL + `"
[headers]
X-Key = "${env:SHOP_KEY}"
[load]
mix = [{ path = "/items", weight = 3 }, { path = "/cart", method = "POST", body = "{}" }]
[results]
load = ["part*.json"]
`
	for name, text := range map[string]string{"target.toml": target, "k6.toml": k6Profile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(program string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "SHOP_KEY=s3cret-key", "HOME="+dir, "GONOGO_HOME="+filepath.Join(dir, "home"))
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); err != nil && !(filepath.Base(program) == "gonogo" && args[0] == "run" && code >= 3) {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
	gonogo := filepath.Join(binaries, "gonogo")
	run(gonogo, "load", "export", "target.toml", "--profile", "k6.toml", "-o", "load.js")
	if script, err := os.ReadFile(filepath.Join(dir, "load.js")); err != nil || strings.Contains(string(script), "s3cret-key") {
		t.Fatalf("the script tells the secret, or is not there: %v", err)
	}
	said := run(k6, "run", "--no-usage-report", "-q", "--address", "127.0.0.1:0", "--execution-segment", "0:1/2", "-e", "GONOGO_SUMMARY=part1.json", "load.js") +
		run(k6, "run", "--no-usage-report", "-q", "--address", "127.0.0.1:0", "--execution-segment", "1/2:1", "-e", "GONOGO_SUMMARY=part2.json", "load.js")
	sum := 0
	for _, m := range regexp.MustCompile(`(\d+) requests count, 0 of them failed`).FindAllStringSubmatch(said, -1) {
		n, _ := strconv.Atoi(m[1])
		sum += n
	}
	if sum < 100 || int64(sum) > served.Load() || wrong.Load() > 0 || posts.Load() == 0 {
		t.Errorf("k6 counted %d of %d served requests, %d of them wrong, %d posts:\n%s", sum, served.Load(), wrong.Load(), posts.Load(), said)
	}
	run(gonogo, "run", "target.toml", "--profile", "k6.toml", "--item", "L-2")
	shown := run(gonogo, "show", "latest", "L-2")
	if want := strconv.Itoa(sum) + " requests in 2 parts, 0 failed"; !strings.Contains(shown, want) || !strings.Contains(shown, "pass") {
		t.Errorf("gonogo does not say %q:\n%s", want, shown)
	}
}
