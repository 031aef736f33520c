package web

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/webtest"
)

// answered makes an exchange of a status, a media type and a body.
func answered(code int, media, body string) *observe.Exchange {
	return &observe.Exchange{URL: "http://127.0.0.1/x", Status: code, Header: headers("Content-Type: " + media), Body: []byte(body)}
}

func TestReadHealth(t *testing.T) {
	const js, text = "application/json", "text/plain"
	for _, c := range []struct {
		media, body string
		want        wellness
	}{
		{js, `{"status":"pass"}`, healthy}, {js, `{"status":"UP"}`, healthy}, {js, `{"Status":" Ok "}`, healthy},
		{js, `{"status":true}`, healthy}, {js, `{"status":{"status":"up"}}`, healthy},
		{js, `{"status":"warn"}`, degraded}, {js, `{"status":"DOWN"}`, unhealthy}, {js, `{"status":"out_of_service"}`, unhealthy},
		{js, `{"status":"meh"}`, unknown}, {js, `{"status":5}`, unknown}, {js, `{"status":""}`, unknown},
		{js, `{"healthy":true}`, healthy}, {js, `{"ok":false}`, unhealthy}, {js, `{"ok":"yes"}`, unhealthy},
		{js, `{"status":"ok","error":"db down"}`, healthy}, // the status member decides
		{js, `{"error":"db down"}`, unhealthy}, {js, `{"error":null}`, silent}, {js, `{}`, silent}, {js, `[1]`, silent},
		{js, `"ok"`, healthy}, {text, "OK\n", healthy}, {text, "pong", healthy}, {text, "not ok", silent},
		{text, "ok, but the database is down", silent}, {"text/html", "ok", silent}, {text, "", silent},
		{"text/html", `{"status":"ok"}`, healthy},
		{text, "Prometheus Server is Healthy.\n", healthy}, {text, "Prometheus Server is Ready.\n", healthy}, {text, "the desk is up", healthy},
		{text, "The server is not ready.", silent}, {text, "None of the servers is up", silent}, {text, "nothing is ok", silent},
		{text, "The database is unhealthy.", silent}, {text, "the queue is down, the rest is up", silent}, {text, "It is unknown whether this one is ready", silent},
		{text, "not healthy yet is ready", silent}, {"text/html", "The server is ready", silent},
	} {
		if got := readHealth(answered(200, c.media, c.body)); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.media, c.body, got, c.want)
		}
	}
}

func TestHealth(t *testing.T) {
	well := healthFacts{Status: 200, Says: healthy, Control404: true, Total: 20 * time.Millisecond}
	with := func(change func(*healthFacts)) healthFacts { f := well; change(&f); return f }
	for name, c := range map[string]struct {
		facts healthFacts
		want  checks.Verdict
	}{
		"healthy":                {well, checks.Pass},
		"404":                    {healthFacts{Status: 404}, checks.Fail},
		"401":                    {healthFacts{Status: 401}, checks.Fail},
		"500":                    {healthFacts{Status: 500}, checks.Fail},
		"503 unhealthy":          {healthFacts{Status: 503, Says: unhealthy}, checks.Fail},
		"healthy with 503":       {healthFacts{Status: 503, Says: healthy}, checks.Fail},
		"unhealthy with 200":     {with(func(f *healthFacts) { f.Says = unhealthy }), checks.Fail},
		"unhealthy for all":      {with(func(f *healthFacts) { f.Says = unhealthy; f.LikeOther = true }), checks.Fail},
		"like unknown paths":     {with(func(f *healthFacts) { f.LikeOther = true }), checks.Inconclusive},
		"shell of unknown paths": {with(func(f *healthFacts) { f.LikeOther, f.Says, f.HTML = true, silent, true }), checks.Fail},
		"degraded":               {with(func(f *healthFacts) { f.Says = degraded }), checks.Warn},
		"unknown":                {with(func(f *healthFacts) { f.Says = unknown }), checks.Warn},
		"silent":                 {with(func(f *healthFacts) { f.Says = silent }), checks.Warn},
		"empty 204":              {with(func(f *healthFacts) { f.Says, f.Empty, f.Status = silent, true, 204 }), checks.Warn},
		"html":                   {with(func(f *healthFacts) { f.HTML = true }), checks.Warn},
		"login redirect":         {healthFacts{Status: 302, ToLogin: true}, checks.Fail},
		"redirect elsewhere":     {healthFacts{Status: 302}, checks.Fail},
		"healthy with 302":       {with(func(f *healthFacts) { f.Status = 302 }), checks.Warn},
		"slash twin":             {with(func(f *healthFacts) { f.Redirected = true }), checks.Warn},
		"late":                   {with(func(f *healthFacts) { f.Total = 1500 * time.Millisecond }), checks.Warn},
		"cached":                 {with(func(f *healthFacts) { f.MaxAge = 300 }), checks.Warn},
		"within the limit":       {with(func(f *healthFacts) { f.Within = 200 * time.Millisecond }), checks.Pass},
		"beyond the limit":       {with(func(f *healthFacts) { f.Within, f.Total = 200*time.Millisecond, 201*time.Millisecond }), checks.Fail},
		"404 within the limit":   {healthFacts{Status: 404, Within: time.Second}, checks.Fail},
		"degraded and in time":   {with(func(f *healthFacts) { f.Says, f.Within = degraded, time.Second }), checks.Warn},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeHealth(c.facts), c.want) })
	}
}

func TestHealthKind(t *testing.T) {
	t.Parallel()
	json := func(code int, body string) http.HandlerFunc { return say(code, "application/json", body) }
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(30 * time.Millisecond)
		json(200, `{"status":"pass"}`)(w, r)
	}
	asking := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "120")
		json(503, `{"status":"fail"}`)(w, r)
	}
	url := serve(t, routes(map[string]http.HandlerFunc{
		"/": json(200, `{}`), "/pass": json(200, `{"status":"pass"}`), "/down": json(200, `{"status":"DOWN"}`), "/error": json(200, `{"error":"no database"}`),
		"/slow": slow, "/login": toLogin, "/asking": asking,
		"/slash": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/slash/", 301) }, "/slash/": json(200, `{"status":"ok"}`),
	}))
	for path, want := range map[string]checks.Verdict{
		"/pass": checks.Pass, "/down": checks.Fail, "/error": checks.Fail, "/gone": checks.Fail, "/slow": checks.Pass,
		"/slash": checks.Warn, "/asking": checks.Fail,
	} {
		t.Run(path, func(t *testing.T) {
			check(t, "reliability.health.endpoint", url, want, webtest.Param("path", path))
		})
	}
	check(t, "reliability.health.endpoint", url, checks.Fail, webtest.Param("path", "/slow"), webtest.Param("within", "5ms"))
	check(t, "reliability.health.endpoint", url, checks.Pass, webtest.Param("path", "/slow"), webtest.Param("within", "2s"))
	check(t, "reliability.health.endpoint", url, checks.Fail, webtest.Param("paths", []any{"/pass", "/down"}))
	check(t, "reliability.health.endpoint", url, checks.Pending)
}

func TestReadComponents(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ body, want string }{
		"draft":        {`{"status":"pass","checks":{"database:latency":[{"status":"pass"}],"database:pool":[{"status":"fail"}],"redis:up":[{"status":"warn"}]}}`, "database unhealthy, redis degraded"},
		"spring":       {`{"status":"UP","components":{"db":{"status":"UP"},"diskSpace":{"status":"UNKNOWN"}}}`, "db healthy, diskspace unknown"},
		"flat objects": {`{"status":"ok","version":"1","database":{"status":"ok"},"redis":{"healthy":false}}`, "database healthy, redis unhealthy"},
		"flat words":   {`{"database":"connected","redis":true,"count":3}`, "database healthy, redis healthy"},
		"stale":        {`{"checks":{"database":{"status":"pass","time":"2026-11-01T11:50:00Z"}}}`, "database healthy stale"},
		"says nothing": {`{"checks":{"database":{"host":"db1"}}}`, "database unknown"},
		"no object":    {`[]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, _ := readComponents(answered(200, "application/json", c.body), now)
			var words []string
			for _, f := range found {
				word := f.Name + " " + string(f.Says)
				if f.Stale {
					word += " stale"
				}
				words = append(words, word)
			}
			if got := joinComma(words); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func joinComma(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}

func TestComponents(t *testing.T) {
	facts := func(wanted string, found ...component) componentFacts {
		return componentFacts{Path: "/h", Status: 200, Readable: true, Found: found, Wanted: []string{wanted}}
	}
	db := component{Name: "database", Says: healthy}
	for name, c := range map[string]struct {
		facts componentFacts
		want  checks.Verdict
	}{
		"there":               {facts("database", db), checks.Pass},
		"another case":        {facts("Database", db), checks.Pass},
		"missing":             {facts("redis", db), checks.Fail},
		"unhealthy":           {facts("database", component{Name: "database", Says: unhealthy}), checks.Fail},
		"degraded":            {facts("database", component{Name: "database", Says: degraded}), checks.Warn},
		"stale":               {facts("database", component{Name: "database", Says: healthy, Stale: true}), checks.Warn},
		"another name":        {facts("database", component{Name: "postgres", Says: healthy}), checks.Warn},
		"another, unhealthy":  {facts("database", component{Name: "postgres", Says: unhealthy}), checks.Fail},
		"404":                 {componentFacts{Status: 404}, checks.Fail},
		"401":                 {componentFacts{Status: 401}, checks.Inconclusive},
		"503 with components": {componentFacts{Status: 503, Readable: true, Found: []component{db}, Wanted: []string{"database"}}, checks.Pass},
		"503 without":         {componentFacts{Status: 503}, checks.Fail},
		"no component":        {componentFacts{Status: 200, Readable: true}, checks.Fail},
		"like unknown paths":  {componentFacts{Status: 200, Readable: true, LikeOther: true, Found: []component{db}}, checks.Inconclusive},
		"none wanted":         {componentFacts{Status: 200, Readable: true, Found: []component{db}}, checks.Pass},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeComponents(c.facts), c.want) })
	}
}

func TestComponentsKind(t *testing.T) {
	body := `{"status":"pass","checks":{"database":{"status":"pass"},"redis":{"status":"fail"}}}`
	url := serve(t, routes(map[string]http.HandlerFunc{
		"/": say(200, "text/plain", "ok"), "/open": say(200, "application/json", body),
		"/guarded": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.WriteHeader(401)
				return
			}
			say(200, "application/json", body)(w, r)
		},
	}))
	wants := func(names ...any) webtest.Option { return webtest.Param("components", names) }
	check(t, "reliability.health.components", url, checks.Pass, webtest.Param("path", "/open"), wants("database"))
	check(t, "reliability.health.components", url, checks.Fail, webtest.Param("path", "/open"), wants("database", "redis"))
	check(t, "reliability.health.components", url, checks.Fail, webtest.Param("path", "/open"), wants("heavydb"))
	check(t, "reliability.health.components", url, checks.Fail, webtest.Param("path", "/gone"), wants("database"))
	check(t, "reliability.health.components", url, checks.Inconclusive, webtest.Param("path", "/guarded"), wants("database"))
	check(t, "reliability.health.components", serve(t, say(200, "application/json", body)), checks.Inconclusive, webtest.Param("path", "/any"), wants("database"))
	check(t, "reliability.health.components", url, checks.Pass, webtest.Param("path", "/guarded"), wants("database"), webtest.Tokens(t, "user-token-1234", ""))
}

func TestHealthDetail(t *testing.T) {
	for body, want := range map[string]checks.Verdict{
		`{"status":"ok"}`: checks.Pass, `{"status":"ok","checks":{"database":{"status":"ok"}}}`: checks.Pass,
		`{"version":"2.3.1"}`: checks.Warn, `{"db":"db.internal:5432"}`: checks.Warn, `{"e":"dial tcp 10.0.0.3"}`: checks.Warn,
		`{"missing":"DATABASE_URL"}`: checks.Warn, `{"dsn":"postgres://app@db/x"}`: checks.Warn,
		`{"dsn":"postgres://app:hunter2@db/x"}`: checks.Fail, `{"time":"12:30:00"}`: checks.Pass,
	} {
		t.Run(body, func(t *testing.T) { verdictOf(t, judgeHealthDetail(200, body), want) })
	}
	verdictOf(t, judgeHealthDetail(404, "not found"), checks.Inconclusive)
	url := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/health": say(200, "application/json", `{"status":"ok","version":"1.2"}`)}))
	check(t, "security.exposure.health_detail", url, checks.Warn, webtest.Param("path", "/health"))
}

func TestLatency(t *testing.T) {
	times := func(ms ...int) latencyFacts {
		f := latencyFacts{}
		f.setDefaults()
		for _, n := range ms {
			f.Times = append(f.Times, time.Duration(n)*time.Millisecond)
		}
		return f
	}
	verdictOf(t, judgeLatency(times(10, 20, 30)), checks.Pass)
	verdictOf(t, judgeLatency(times(10, 600, 700)), checks.Warn)
	verdictOf(t, judgeLatency(times(10, 20, 2500)), checks.Warn)
	verdictOf(t, judgeLatency(times(10, 1100, 1200)), checks.Fail)
	verdictOf(t, judgeLatency(times(10, 20, 4100)), checks.Fail)
	odd := times(10)
	odd.Odd = 404
	verdictOf(t, judgeLatency(odd), checks.Fail)
	alike := times(10)
	alike.LikeOther = true
	verdictOf(t, judgeLatency(alike), checks.Inconclusive)

	url := serve(t, routes(map[string]http.HandlerFunc{"/v": say(200, "application/json", `{"v":1}`)}))
	o := check(t, "reliability.latency", url, checks.Pass, webtest.Param("path", "/v"), webtest.Param("requests", int64(3)))
	if len(o.Measurements) != 2 {
		t.Errorf("%d measurements, want 2", len(o.Measurements))
	}
	check(t, "reliability.latency", url, checks.Fail, webtest.Param("path", "/v"), webtest.Param("median", "1ns"), webtest.Param("requests", int64(3)))
	check(t, "reliability.latency", url, checks.Fail, webtest.Param("path", "/gone"))
}

func TestReachable(t *testing.T) {
	verdictOf(t, judgeReach(reach{Statuses: []int{200}}), checks.Pass)
	verdictOf(t, judgeReach(reach{Statuses: []int{404}}), checks.Pass)
	verdictOf(t, judgeReach(reach{Statuses: []int{200}, Retried: true}), checks.Warn)
	verdictOf(t, judgeReach(reach{Statuses: []int{200}, FirstByte: 6 * time.Second}), checks.Warn)
	verdictOf(t, judgeReach(reach{Statuses: []int{502, 200}}), checks.Warn)
	verdictOf(t, judgeReach(reach{Statuses: []int{502, 502}}), checks.Fail)
	check(t, "target.reachable", serve(t, say(404, "text/plain", "no")), checks.Pass)
	check(t, "target.reachable", serve(t, say(500, "text/plain", "no")), checks.Fail)
}

func TestControls(t *testing.T) {
	for code, want := range map[int]checks.Verdict{404: checks.Pass, 410: checks.Pass, 200: checks.Warn, 401: checks.Warn, 302: checks.Warn,
		400: checks.Warn, 500: checks.Fail} {
		t.Run(fmt.Sprint(code), func(t *testing.T) { verdictOf(t, judgeControl(code), want) })
	}
	check(t, "target.controls", serve(t, http.NotFound), checks.Pass)
	check(t, "target.controls", serve(t, catchAll), checks.Warn)
	check(t, "target.controls", serve(t, blanket), checks.Warn)
	hybrid := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > 5 && r.URL.Path[:5] == "/api/" {
			http.NotFound(w, r)
			return
		}
		catchAll(w, r)
	})
	o := check(t, "target.controls", hybrid, checks.Warn)
	reads(t, o, "below /")
	check(t, "target.controls", hybrid, checks.Pass, webtest.Param("prefixes", "/api/"))
}

func TestNoQueryInMeasurements(t *testing.T) {
	base := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"),
		"/health": say(200, "application/json", `{"status":"healthy"}`)}))
	o := check(t, "reliability.health.endpoint", base, checks.Pass, webtest.Param("path", "/health?key=a-key-of-somebody"))
	if len(o.Measurements) != 1 || o.Measurements[0].Name != "/health" {
		t.Errorf("measurements %v", o.Measurements)
	}
}
