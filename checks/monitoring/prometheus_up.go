package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/services"
	"assess/gonogo/checks/web/answer"
)

var prometheusUp = checks.Define(checks.Kind{
	ID: "ops.prometheus.up", Title: "Prometheus is healthy and ready", Class: checks.Safe, Severity: checks.Critical, Needs: []string{},
	Sends: "GET of /-/healthy, /-/ready, /api/v1/status/buildinfo and a random path beside them, below the declared address",
	Rule: "PASS: its own words, healthy and ready, or its build information, which random paths don't get. WARN: healthy but not ready (it starts, replays or stops), " +
		"refused with 401 or 403, or open to strangers on a public address. FAIL: other content with 2xx, 5xx, or a required service whose host refuses the connection. " +
		"inconclusive: timed out, name not found, refused while not required, sent to a login page, or random paths get the same.",
	Fix:  "Start the stack; ask /-/ready, since /-/healthy always answers 200; put authentication in front.",
	Refs: []string{"Prometheus management API"},
}, func(ctx context.Context, p *checks.Probe, params services.Params) checks.Result {
	s, missing := services.FindHTTP(p, params, "prometheus")
	if missing != nil {
		return *missing
	}
	facts := prometheusFacts{Trusted: s.Trusted()}
	var evidence []checks.Evidence
	var claim *observe.Exchange
	for _, path := range []string{"/-/healthy", "/-/ready", "/api/v1/status/buildinfo"} {
		x, bad := s.Ask(ctx, p, path)
		if bad != nil {
			return with(*bad, evidence...)
		}
		evidence = append(evidence, p.Exchange(x))
		if facts.read(path, x) && (claim == nil || path == "/-/ready") {
			claim = x
		}
	}
	if claim != nil {
		same, bad := alike(ctx, p, claim)
		if bad != nil {
			return with(*bad, evidence...)
		}
		facts.Alike, facts.Public = same, services.Public(claim.Remote)
	}
	return with(judgePrometheus(facts), evidence...)
})

// saying is an answer of a service about itself.
type saying struct {
	Status int
	Says   bool // the expected words were there
}

// prometheusFacts are Prometheus' answers about itself.
type prometheusFacts struct {
	Healthy, Ready, Build saying
	Stopping              bool // it says that it shuts down
	Login                 bool // it sends strangers to a login page
	Alike                 bool // a random path gets what its own words are
	Trusted               bool // credentials were sent
	Public                bool // reached over the internet
}

// read takes in the answer to a path, and reports whether it has Prometheus' words.
func (f *prometheusFacts) read(path string, x *observe.Exchange) bool {
	f.Login = f.Login || answer.ToLogin(x)
	var at *saying
	switch path {
	case "/-/healthy":
		at, f.Healthy = &f.Healthy, readSaying(x, "is Healthy.")
	case "/-/ready":
		at, f.Ready = &f.Ready, readSaying(x, "is Ready.")
		f.Stopping = x.Status == 503 && x.Header.Get("X-Prometheus-Stopping") != ""
	default:
		at, f.Build = &f.Build, readBuild(x)
	}
	return at.Says
}

// maxWords bounds an answer that is one sentence, in bytes.
const maxWords = 200

// readSaying looks for the one sentence that the management API answers. The product's name
// before it is a setting.
func readSaying(x *observe.Exchange, words string) saying {
	body := strings.TrimSpace(string(x.Body))
	says := x.Status == 200 && len(body) <= maxWords && !strings.ContainsAny(body, "\n<{") && strings.HasSuffix(body, words)
	return saying{Status: x.Status, Says: says && !answer.HTML(x)}
}

var versionForm = regexp.MustCompile(`^v?\d+\.\d+`)

func readBuild(x *observe.Exchange) saying {
	var build struct {
		Status string `json:"status"`
		Data   struct {
			Version   string  `json:"version"`
			Revision  *string `json:"revision"`
			Branch    *string `json:"branch"`
			GoVersion *string `json:"goVersion"`
		} `json:"data"`
	}
	read := x.Status == 200 && json.Unmarshal(x.Body, &build) == nil && build.Status == "success"
	named := build.Data.Revision != nil || build.Data.Branch != nil || build.Data.GoVersion != nil
	return saying{Status: x.Status, Says: read && named && versionForm.MatchString(build.Data.Version)}
}

func judgePrometheus(f prometheusFacts) checks.Result {
	worst := max(f.Ready.Status, f.Healthy.Status)
	words := f.Ready.Says && f.Healthy.Says
	build := f.Build.Says && (f.Ready.Says || f.Ready.Status == 404)
	switch {
	case (words || build) && f.Alike:
		return unsure("unknown paths get Prometheus' words too: what answers there can't be told")
	case (words || build) && f.Public && !f.Trusted:
		return warn("Prometheus is ready, and open to strangers on a public address")
	case words && f.Trusted:
		return pass("Prometheus says to the declared account that it is healthy and ready")
	case words:
		return pass("Prometheus says that it is healthy and ready")
	case f.Healthy.Says && f.Ready.Status == 503 && f.Stopping:
		return warn("Prometheus is healthy but not ready (503): it stops")
	case f.Healthy.Says && f.Ready.Status == 503:
		return warn("Prometheus is healthy but not ready (503): it starts or replays its log")
	case build:
		return pass("Prometheus tells its build information")
	case (turnedAway(f.Ready) || turnedAway(f.Healthy)) && f.Trusted:
		return warn(fmt.Sprintf("something answers %d to the declared credentials: alive, but what it is can't be seen", worst))
	case turnedAway(f.Ready) || turnedAway(f.Healthy):
		return warn(fmt.Sprintf("something answers %d: alive, but what it is can't be seen", worst))
	case worst >= 500:
		return fail(fmt.Sprintf("Prometheus answers %d", worst))
	case f.Login:
		return unsure("what answers there sends us to a login page: declare a token of the service")
	}
	return fail(fmt.Sprintf("what answers there does not speak as Prometheus does (%d for /-/ready)", f.Ready.Status))
}

func turnedAway(s saying) bool { return s.Status == 401 || s.Status == 403 }
