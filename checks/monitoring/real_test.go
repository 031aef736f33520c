package monitoring

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// program finds a server's program; without it the test is skipped.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("skipped: %s is not installed", name)
	}
	return path
}

// start runs a server in a folder of its own until the test ends.
func start(t *testing.T, path string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, args...)
	command.Stdout, command.Stderr, command.Dir = log, log, t.TempDir()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(3 * time.Second):
			_ = command.Process.Kill()
			<-ended
		}
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("%s said:\n%s", filepath.Base(path), said)
		}
		log.Close()
	})
}

// until asks an address until its answer holds all the words.
func until(t *testing.T, url string, words ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	last := ""
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if x, err := http.DefaultClient.Do(r); err == nil {
			body, _ := io.ReadAll(x.Body)
			x.Body.Close()
			last = string(body)
			all := true
			for _, w := range words {
				all = all && strings.Contains(last, w)
			}
			if all {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s never said %q: %s", url, words, last)
		}
	}
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func startAlertmanager(t *testing.T, config string) string {
	t.Helper()
	address := nobody(t)
	start(t, program(t, "prometheus-alertmanager"), "--config.file="+write(t, "am.yml", config), "--storage.path="+t.TempDir(),
		"--web.listen-address="+address, "--cluster.listen-address=")
	until(t, "http://"+address+"/-/ready", "OK")
	return "http://" + address
}

const goodRules = `
groups:
- name: atlas
  interval: 1s
  rules:
  - record: job:errors:rate
    expr: rate(app_errors_total[5m])
  - alert: Watchdog
    expr: vector(1)
    labels: { severity: none }
  - alert: AppDown
    expr: up{job="app"} == 0
    for: 1m
    labels: { severity: page }
    annotations: { runbook_url: "https://wiki.atlas.internal/down" }
  - alert: HighErrorRate
    expr: job:errors:rate > 0.02
    labels: { severity: page }
    annotations: { runbook_url: "https://wiki.atlas.internal/errors" }
  - alert: SlowRequests
    expr: histogram_quantile(0.95, sum by (le) (rate(app_request_seconds_bucket[5m]))) > 1
    labels: { severity: page }
  - alert: DiskFull
    expr: node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1
`

// TestRealPrometheus holds the kinds to Prometheus and Alertmanager themselves.
func TestRealPrometheus(t *testing.T) {
	t.Parallel()
	prometheus, node := program(t, "prometheus"), program(t, "prometheus-node-exporter")
	am := startAlertmanager(t, "route: {receiver: relay}\nreceivers:\n- name: relay\n  webhook_configs: [{url: 'http://relay.atlas.internal/in?key="+canary+"'}]\n")
	nodeAddress, address := nobody(t), nobody(t)
	start(t, node, "--web.listen-address="+nodeAddress, "--collector.disable-defaults", "--collector.meminfo", "--collector.cpu")
	rules := write(t, "rules.yml", goodRules)
	config := fmt.Sprintf("global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files: [%s]\n"+
		"alerting: {alertmanagers: [{static_configs: [{targets: ['%s']}]}]}\n"+
		"scrape_configs:\n- {job_name: app, static_configs: [{targets: ['%s']}]}\n- {job_name: gone, static_configs: [{targets: ['%s']}]}\n",
		rules, strings.TrimPrefix(am, "http://"), nodeAddress, nobody(t))
	start(t, prometheus, "--config.file="+write(t, "prometheus.yml", config), "--storage.tsdb.path="+t.TempDir(), "--web.listen-address="+address,
		"--web.external-url=http://"+address+"/prom/", "--log.level=warn")
	base := "http://" + address + "/prom"
	until(t, base+"/-/ready", "is Ready.")
	check(t, "ops.prometheus.up", one("prometheus", base), checks.Pass, "")
	check(t, "ops.prometheus.up", required("prometheus", "http://"+address), checks.Fail, "")
	check(t, "ops.prometheus.up", one("prometheus", am), checks.Fail, "") // it says OK, not what Prometheus says
	check(t, "ops.grafana.up", one("grafana", base), checks.Fail, "")
	check(t, "ops.alertmanager.receivers", one("alertmanager", base), checks.Inconclusive, "")

	until(t, base+"/api/v1/rules?type=alert", `"state":"firing"`)
	until(t, base+"/api/v1/targets", `"health":"up"`, `"health":"down"`)
	until(t, base+"/api/v1/alertmanagers", am+"/api/v2/alerts")
	until(t, base+"/api/v1/query?query=node_memory_MemTotal_bytes", `"value"`)
	service := one("prometheus", base)
	check(t, "ops.prometheus.targets", service, checks.Pass, `job = "app"`)
	check(t, "ops.prometheus.targets", service, checks.Fail, `job = "gone"`)
	check(t, "ops.prometheus.targets", service, checks.Fail, `job = "other"`)
	check(t, "ops.prometheus.targets", service, checks.Warn, `job = ["app", "gone"]`)
	checkTarget(t, "ops.prometheus.targets", &checks.Target{Name: "t", Dir: t.TempDir(), BaseURL: "http://" + nodeAddress, Services: service}, checks.Pass, "")
	check(t, "ops.prometheus.rules", service, checks.Pass, "")
	check(t, "ops.prometheus.watchdog", service, checks.Pass, "")
	o, _ := check(t, "ops.prometheus.coverage", service, checks.Pass, "")
	says(t, string(o.Reason), "errors by HighErrorRate, latency by SlowRequests, saturation by DiskFull")
	o, _ = check(t, "ops.prometheus.runbooks", service, checks.Warn, "")
	says(t, string(o.Reason), "1 of 3 paging alert rules have no usable runbook_url: SlowRequests")

	memory := `query = "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)", what = "memory in use", unit = "%"`
	check(t, "ops.prometheus.query", service, checks.Pass, memory+", warn = 100.1, fail = 101")
	check(t, "ops.prometheus.query", service, checks.Fail, memory+", fail = 0")
	check(t, "ops.prometheus.query", service, checks.Pass, `query = "up{job=\"app\"}", is = "above", fail = 0`)
	check(t, "ops.prometheus.query", service, checks.Fail, `query = "up", is = "above", fail = 0`)
	o, _ = check(t, "ops.prometheus.query", service, checks.Inconclusive, `query = "nothing_like_it", fail = 1`)
	says(t, string(o.Reason), "no series")
	check(t, "ops.prometheus.query", service, checks.Inconclusive, `query = "up / 0 - up / 0", fail = 1`) // NaN and Inf
	o, _ = check(t, "ops.prometheus.query", service, checks.Inconclusive, `query = "up{", fail = 1`)
	says(t, string(o.Reason), "refuses: ")
	check(t, "ops.prometheus.query", service, checks.Inconclusive, `query = "up[1m]", fail = 1`)

	o, _ = check(t, "ops.alertmanager.receivers", map[string]checks.Service{"a": {Kind: "alertmanager", URL: am}, "p": {Kind: "prometheus", URL: base}}, checks.Pass, "")
	says(t, string(o.Reason), "Prometheus sends to it")
}

// TestRealBare is what packages bring: no rules, a receiver out of an example, no alert
// manager to tell, behind basic authentication.
func TestRealBare(t *testing.T) {
	t.Parallel()
	address := nobody(t)
	// bcrypt of "test", from Prometheus' own example: this password is no canary.
	web := write(t, "web.yml", "basic_auth_users: {app: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay}\n")
	broken := write(t, "rules.yml", "groups:\n- name: g\n  interval: 1s\n  rules:\n  - {alert: Broken, expr: 'label_replace(vector(1), \"a\", \"b\", \"\", \"\") * on() group_left() (label_replace(vector(1), \"c\", \"1\", \"\", \"\") or label_replace(vector(1), \"c\", \"2\", \"\", \"\"))'}\n")
	start(t, program(t, "prometheus"), "--config.file="+write(t, "p.yml", "rule_files: ["+broken+"]\n"), "--storage.tsdb.path="+t.TempDir(),
		"--web.listen-address="+address, "--web.config.file="+web, "--log.level=error")
	open := one("prometheus", "http://app:test@"+address)
	until(t, "http://app:test@"+address+"/-/ready", "is Ready.")
	check(t, "ops.prometheus.up", one("prometheus", "http://"+address), checks.Warn, "")
	check(t, "ops.prometheus.up", open, checks.Pass, "")
	o, _ := check(t, "ops.prometheus.rules", one("prometheus", "http://"+address), checks.Inconclusive, "")
	says(t, string(o.Reason), "turns us away (401)")
	until(t, "http://app:test@"+address+"/api/v1/rules", `"health":"err"`)
	o, _ = check(t, "ops.prometheus.rules", open, checks.Fail, "")
	says(t, string(o.Reason), "all of 1 alert rule fail to evaluate")
	check(t, "ops.prometheus.coverage", open, checks.Fail, "")
	check(t, "ops.prometheus.watchdog", open, checks.Fail, "")
	check(t, "ops.prometheus.targets", open, checks.Fail, `job = "app"`)

	for config, want := range map[string]checks.Verdict{
		"route: {receiver: web.hook}\nreceivers: [{name: web.hook, webhook_configs: [{url: 'http://127.0.0.1:5001/'}]}]\n":                                         checks.Fail,
		"route: {receiver: 'null'}\nreceivers: [{name: 'null'}]\n":                                                                                                 checks.Fail,
		"route: {receiver: chat}\nreceivers: [{name: chat, slack_configs: [{api_url: 'https://hooks.slack.com/services/T0/B0/" + canary + "', channel: '#a'}]}]\n": checks.Fail,
	} {
		am := startAlertmanager(t, config)
		services := map[string]checks.Service{"a": {Kind: "alertmanager", URL: am}, "p": {Kind: "prometheus", URL: "http://app:test@" + address}}
		check(t, "ops.alertmanager.receivers", services, want, "") // the last one: Prometheus tells nobody
	}
}
