package monitoring

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

const receivers = `
receivers:
- name: "null"
- name: team
  slack_configs:
  - api_url: <secret>
    channel: '#ops'
- name: hook
  webhook_configs:
  - url: http://relay.atlas.internal:9095/in?key=zq7canaryPw91
- name: sample
  email_configs:
  - to: team-X+alerts@example.org
- name: packaged
  webhook_configs:
  - url: http://127.0.0.1:5001/
- name: half
  email_configs:
  - to: ops@example.org
  pagerduty_configs:
  - routing_key: <secret>
- name: emptied
  slack_configs: []
`

func TestRoutingRule(t *testing.T) {
	for name, c := range map[string]struct {
		route string
		want  checks.Verdict
		says  string
	}{
		"real":                      {"route: {receiver: team}", checks.Pass, `"team" (slack)`},
		"a webhook":                 {"route: {receiver: hook}", checks.Pass, "webhook"},
		"one of two is a sample":    {"route: {receiver: half}", checks.Pass, ""},
		"null":                      {`route: {receiver: "null"}`, checks.Fail, "nobody"},
		"emptied":                   {"route: {receiver: emptied}", checks.Fail, "nobody"},
		"unknown":                   {"route: {receiver: gone}", checks.Fail, "nobody"},
		"none":                      {"route: {}", checks.Fail, "nobody"},
		"a sample":                  {"route: {receiver: sample}", checks.Fail, "sample addresses"},
		"as packaged":               {"route: {receiver: packaged}", checks.Fail, "sample addresses"},
		"null, some routes real":    {`route: {receiver: "null", routes: [{receiver: team, matchers: ['severity="page"']}]}`, checks.Warn, "no route matches"},
		"real, the watchdog silent": {`route: {receiver: team, routes: [{receiver: "null", matchers: ['alertname="Watchdog"']}]}`, checks.Pass, "by choice"},
		"swallowed":                 {`route: {receiver: team, routes: [{receiver: "null"}]}`, checks.Fail, "nobody"},
		"swallowed before":          {`route: {receiver: team, routes: [{receiver: "null"}, {receiver: team, match: {a: b}}]}`, checks.Fail, "nobody"},
		"swallowed below":           {`route: {receiver: team, routes: [{match: {a: b}, receiver: team}, {receiver: team, routes: [{receiver: "null"}]}]}`, checks.Warn, "no route matches"},
		"goes on":                   {`route: {receiver: "null", routes: [{receiver: "null", continue: true}, {receiver: team}]}`, checks.Pass, "team"},
		"inherited":                 {`route: {receiver: team, routes: [{match: {a: b}}]}`, checks.Pass, "team"},
		"a branch at a sample":      {`route: {receiver: team, routes: [{match: {a: b}, receiver: sample}]}`, checks.Warn, "sample"},
		"never routed to":           {`route: {receiver: hook}`, checks.Pass, "hook"},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := readRouting(c.route + receivers)
			if err != nil {
				t.Fatal(err)
			}
			r := judgeRouting(config)
			wantVerdict(t, r, c.want)
			says(t, string(r.Reason), c.says)
			if strings.Contains(config.outline()+string(r.Reason), canary) {
				t.Errorf("an address is kept:\n%s", config.outline())
			}
		})
	}
	for _, bad := range []string{"", "- a", "receivers: []", "route: x", "route: {a: &a [*a]}\nroute: {}", "\x00", "a: b: c", strings.Repeat("[", 5000), strings.Repeat("route: {routes: [", 1)} {
		if c, err := readRouting(bad); err == nil {
			t.Errorf("%.40q is read as %+v", bad, c)
		}
	}
	// A cycle of aliases ends.
	if c, err := readRouting("route: &r {receiver: team, routes: [*r]}" + receivers); err == nil {
		judgeRouting(c)
	}
	deep := "route: " + strings.Repeat("{receiver: a, routes: [", 300) + strings.Repeat("]}", 300)
	if c, err := readRouting(deep); err == nil {
		judgeRouting(c)
		c.outline()
	}
}

// TestReceivers are stand-ins of Alertmanager, as its API shows a configuration.
func TestReceivers(t *testing.T) {
	t.Parallel()
	const id = "ops.alertmanager.receivers"
	manager := func(config string) string {
		return serve(t, map[string]string{"/-/ready": "OK", "/api/v2/status": fmt.Sprintf(`{"cluster":{"status":"ready"},"config":{"original":%q},"versionInfo":{"version":"0.28.0"}}`, config)})
	}
	sending := func(active string) string {
		return serve(t, map[string]string{"/api/v1/alertmanagers": `{"status":"success","data":{"activeAlertmanagers":[` + active + `]}}`})
	}
	both := func(am, prom string) map[string]checks.Service {
		return map[string]checks.Service{"am": {Kind: "alertmanager", URL: am}, "prom": {Kind: "prometheus", URL: prom}}
	}
	real := manager("route: {receiver: hook}" + receivers)
	o, evidence := check(t, id, both(real, sending(`{"url":"`+real+`/api/v2/alerts"}`)), checks.Pass, "")
	says(t, string(o.Reason), "Prometheus sends to it")
	says(t, evidence, `receiver "hook": webhook`)
	o, _ = check(t, id, both(real, sending(`{"url":"http://alertmanager:9093/api/v2/alerts"}`)), checks.Pass, "")
	says(t, string(o.Reason), "see that it is this one")
	check(t, id, both(real, sending("")), checks.Fail, "")
	check(t, id, both(real, serve(t, nil)), checks.Inconclusive, "")
	check(t, id, both(real, "http://"+nobody(t)), checks.Inconclusive, "")
	o, _ = check(t, id, one("alertmanager", real), checks.Pending, "")
	says(t, string(o.Reason), "not declared: [services] of kind prometheus")
	// Bad routes fail, whatever Prometheus says.
	check(t, id, one("alertmanager", manager(`route: {receiver: "null"}`+receivers)), checks.Fail, "")
	check(t, id, both(manager(`route: {receiver: "null", routes: [{receiver: team, match: {a: b}}]}`+receivers), sending(`{"url":"http://x/"}`)), checks.Warn, "")
	check(t, id, one("alertmanager", manager("route: [")), checks.Inconclusive, "")
	check(t, id, one("alertmanager", serve(t, map[string]string{"/-/ready": "OK"})), checks.Inconclusive, "")
	check(t, id, one("alertmanager", handle(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/-/ready" {
			return
		}
		w.WriteHeader(http.StatusForbidden)
	})), checks.Inconclusive, "")
	// The canary is in the address that Alertmanager shows: nothing of the answer is kept.
	check(t, id, one("alertmanager", serve(t, map[string]string{"/-/ready": "OK", "/api/v2/status": `{"config":{"original":"` + canary + `"}}`})), checks.Inconclusive, "")
}

func TestGrafanaKinds(t *testing.T) {
	t.Parallel()
	const health = `{"database":"ok","version":"11.4.0"}`
	check(t, "ops.grafana.up", one("grafana", serve(t, map[string]string{"/api/health": health})), checks.Pass, "")
	check(t, "ops.grafana.up", one("grafana", serve(t, map[string]string{"/graf/api/health": health})+"/graf/"), checks.Pass, "")
	o, _ := check(t, "ops.grafana.up", one("grafana", serve(t, map[string]string{"/api/health": health, "/api/org": `{"id":1,"name":"Main Org."}`})), checks.Warn, "")
	says(t, string(o.Reason), "strangers")
	// A token opens /api/org: it is asked without.
	guarded := handle(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/api/health":
			fmt.Fprint(w, health)
		case r.Header.Get("Authorization") != "Bearer "+canary:
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/api/org":
			fmt.Fprint(w, `{"id":1,"name":"Main Org."}`)
		case r.URL.Path == "/api/search":
			fmt.Fprint(w, `[{"uid":"a","type":"dash-db","title":"Overview"}]`)
		default:
			http.NotFound(w, r)
		}
	})
	token := map[string]checks.Service{"s": {Kind: "grafana", URL: guarded, Token: canary}}
	check(t, "ops.grafana.up", token, checks.Pass, "")
	check(t, "ops.grafana.dashboards", token, checks.Pass, "")
	check(t, "ops.grafana.dashboards", one("grafana", guarded), checks.Inconclusive, "")
	check(t, "ops.grafana.up", one("grafana", serve(t, map[string]string{"/healthz": "Ok"})), checks.Warn, "")
	check(t, "ops.grafana.up", one("grafana", always(t, 200, "text/plain", "Ok")), checks.Fail, "")

	search := func(body string) map[string]checks.Service {
		return one("grafana", serve(t, map[string]string{"/api/search": body}))
	}
	check(t, "ops.grafana.dashboards", search(`[{"uid":"a","type":"dash-db","title":"Overview"}]`), checks.Pass, "")
	check(t, "ops.grafana.dashboards", search(`[]`), checks.Fail, "")
	check(t, "ops.grafana.dashboards", search(`[{"uid":"a","type":"dash-folder"}]`), checks.Inconclusive, "")
	check(t, "ops.grafana.dashboards", search(`null`), checks.Inconclusive, "")
	check(t, "ops.grafana.dashboards", search(`{"message":"x"}`), checks.Inconclusive, "")
}
