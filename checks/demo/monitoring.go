package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.yaml.in/yaml/v4"
)

// watch starts the monitoring services, or leaves their ports refusing: Prometheus, Grafana
// and, where no seed says otherwise, an Alertmanager.
func (h *house) watch(ctx context.Context, s settings) (err error) {
	if !s.Analytics() {
		if h.Alertmanager, err = h.neighbour(ctx, true, alertmanager()); err != nil {
			return err
		}
	}
	rules, err := alertRules(s)
	if err != nil {
		return err
	}
	if h.Prometheus, err = h.neighbour(ctx, s.Mended("prometheus"), prometheus(rules, h.Alertmanager)); err != nil {
		return err
	}
	h.Grafana, err = h.neighbour(ctx, s.Mended("grafana"), grafana())
	return err
}

// alertGroup is a group of a rules file.
type alertGroup struct {
	Name  string
	Rules []struct {
		Alert       string
		Expr        string
		Labels      map[string]string
		Annotations map[string]string
	}
}

// alertRules reads the rules that the repository's own file has, none without the file.
func alertRules(s settings) ([]alertGroup, error) {
	if !s.Mended("alerts") {
		return nil, nil
	}
	src, err := texts.ReadFile(analytics + "/monitoring/alerts.yml")
	if err != nil {
		return nil, err
	}
	var file struct{ Groups []alertGroup }
	if err := yaml.Unmarshal(src, &file); err != nil {
		return nil, fmt.Errorf("demo alert rules: %w", err)
	}
	return file.Groups, nil
}

// prometheus answers as Prometheus' management API and its HTTP API v1 do.
func prometheus(groups []alertGroup, alertmanager string) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /-/healthy", says("Prometheus Server is Healthy.\n"))
	m.HandleFunc("GET /-/ready", says("Prometheus Server is Ready.\n"))
	answer := func(route string, data func() any) {
		m.HandleFunc("GET /api/v1/"+route, func(w http.ResponseWriter, _ *http.Request) {
			writeJSON(w, http.StatusOK, map[string]any{"status": "success", "data": data()})
		})
	}
	answer("status/buildinfo", func() any { return map[string]string{"version": "3.0.1", "branch": "HEAD"} })
	answer("targets", func() any {
		labels := map[string]string{"job": "atlas", "instance": "api:8080"}
		return map[string]any{"droppedTargets": []any{}, "activeTargets": []any{map[string]any{
			"discoveredLabels": labels, "labels": labels, "scrapePool": "atlas", "scrapeUrl": "http://api:8080/metrics",
			"globalUrl": "http://api:8080/metrics", "lastError": "", "lastScrape": time.Now().UTC().Add(-6 * time.Second).Format(time.RFC3339Nano),
			"lastScrapeDuration": 0.004, "health": "up", "scrapeInterval": "15s", "scrapeTimeout": "10s",
		}}}
	})
	answer("rules", func() any { return map[string]any{"groups": ruleGroups(groups)} })
	answer("alertmanagers", func() any {
		active := []any{}
		if alertmanager != "" {
			active = append(active, map[string]string{"url": alertmanager + "/api/v2/alerts"})
		}
		return map[string]any{"activeAlertmanagers": active, "droppedAlertmanagers": []any{}}
	})
	return m
}

// ruleGroups are rule groups as the API lists them. The rule that always fires fires.
func ruleGroups(groups []alertGroup) []any {
	now := time.Now().UTC().Format(time.RFC3339Nano)
	out := []any{}
	for _, g := range groups {
		rules := []any{}
		for _, r := range g.Rules {
			state, alerts := "inactive", []any{}
			if r.Expr == "vector(1)" {
				state = "firing"
				alerts = append(alerts, map[string]any{"labels": r.Labels, "annotations": r.Annotations, "state": state, "activeAt": now, "value": "1e+00"})
			}
			rules = append(rules, map[string]any{"type": "alerting", "name": r.Alert, "query": r.Expr, "duration": 120, "labels": r.Labels,
				"annotations": r.Annotations, "alerts": alerts, "health": "ok", "state": state, "evaluationTime": 0.0004, "lastEvaluation": now})
		}
		out = append(out, map[string]any{"name": g.Name, "file": "/etc/prometheus/alerts.yml", "interval": 15, "rules": rules})
	}
	return out
}

// alertmanager answers as Alertmanager's management API and its API v2 do; secrets in its
// configuration read <secret>, as there.
func alertmanager() http.Handler {
	const config = `route:
  receiver: on-call
  group_by: [alertname]
  routes:
    - matchers: [alertname="Watchdog"]
      receiver: dead-man-switch
receivers:
  - name: on-call
    telegram_configs:
      - bot_token: <secret>
        chat_id: -100123456789
  - name: dead-man-switch
    webhook_configs:
      - url: <secret>
`
	m := http.NewServeMux()
	m.HandleFunc("GET /-/healthy", says("OK"))
	m.HandleFunc("GET /-/ready", says("OK"))
	m.HandleFunc("GET /api/v2/status", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{
			"cluster":     map[string]any{"status": "ready", "name": "01JD8X6D8Z", "peers": []any{}},
			"config":      map[string]string{"original": config},
			"uptime":      time.Now().UTC().Add(-31 * time.Hour).Format(time.RFC3339),
			"versionInfo": map[string]string{"version": "0.27.0", "branch": "HEAD"},
		})
	})
	m.HandleFunc("GET /api/v2/receivers", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, []map[string]string{{"name": "on-call"}, {"name": "dead-man-switch"}})
	})
	return m
}

// grafana answers as Grafana's health route and its search do.
func grafana() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /api/health", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"database": "ok", "version": "11.4.0"})
	})
	m.HandleFunc("GET /api/search", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			writeJSON(w, http.StatusUnauthorized, map[string]string{"message": "Unauthorized"})
			return
		}
		found := []map[string]any{}
		for i, title := range []string{"CPU", "Memory", "Response times"} {
			found = append(found, map[string]any{"id": i + 1, "uid": fmt.Sprintf("atlas-%d", i+1), "title": title, "type": "dash-db"})
		}
		writeJSON(w, http.StatusOK, found)
	})
	return m
}

func says(words string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, words)
	}
}
