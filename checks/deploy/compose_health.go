package deploy

import (
	"context"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type composeHealthParams struct {
	Files    checks.Strings `toml:"files" doc:"compose files, each merged on the one before; default: the file compose itself would take"`
	Services checks.Strings `toml:"services" doc:"only these services, by name or image; default all that run for long"`
}

var composeHealth = checks.Define(checks.Kind{
	ID:       "deploy.compose.healthchecks",
	Title:    "Containers have health checks",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the compose file and the Dockerfiles in its build contexts",
	Rule: "Per service that runs for long. PASS: a test, not disabled, as a string or a list that begins with CMD or CMD-SHELL. " +
		"WARN: only the Dockerfile has a HEALTHCHECK; a third-party image without one here; it calls curl or wget on a base that lacks it; a database without interval, timeout, " +
		"retries or start_period; another service waits for it only to have started. FAIL: none for a service that publishes ports " +
		"or is depended on; disabled or NONE; a list that begins with anything else, which compose accepts silently; service_healthy " +
		"asked of a service without a check. Jobs (restart: no with a one-shot command, or awaited to complete) are left out.",
	Fix:  "`test: [\"CMD\", …]` with a program that the image holds, interval, timeout, retries, start_period; `condition: service_healthy`.",
	Refs: []string{"Compose specification"},
}, func(ctx context.Context, p *checks.Probe, params composeHealthParams) checks.Result {
	tree, c, none := withCompose(ctx, p, params.Files)
	if none != nil {
		return *none
	}
	obs := judgeHealth(c, params.Services, imageHealth(c, tree))
	for _, s := range c.Services {
		if program := missingProgram(tree, s); program != "" {
			obs.Add(checks.Warn, c.Path, s.Line, "program", "%s: its health check calls %s, which its image probably lacks", s.Name, program)
		}
	}
	if len(obs) == 0 {
		return checks.NewResult(checks.NA, checks.Configuration, c.Path+" has no service that runs for long", p.Note(c.Path, "only jobs\n"))
	}
	return obs.Result(p, c.Path, local.Count(len(obs), "service")+" with a health check")
})

// imageHealth tells which services are built from a Dockerfile with a HEALTHCHECK.
func imageHealth(c *composeFile, tree *source.Tree) map[string]bool {
	has := map[string]bool{}
	for _, s := range c.Services {
		if file, err := readDockerfile(tree, s); err == nil {
			has[s.Name] = file.healthcheck()
		}
	}
	return has
}

// readDockerfile reads the Dockerfile that a service is built from.
func readDockerfile(tree *source.Tree, s service) (*dockerfile, error) {
	if !s.Build || s.Dockerfile == "" {
		return nil, errNoDockerfile
	}
	src, err := tree.Read(path.Join(s.Context, s.Dockerfile), local.MaxFile)
	if err != nil {
		return nil, err
	}
	return parseDockerfile(path.Join(s.Context, s.Dockerfile), src), nil
}

// bareImage are bases without curl; those of Alpine have a small wget.
var bareImage = regexp.MustCompile(`(?i)(-slim|-alpine|:alpine|^alpine|distroless|^scratch|busybox)`)

// missingProgram names a program that a health check calls though nothing puts it into the
// image: curl on a slim base, any on an image of a store that is known to have none.
func missingProgram(tree *source.Tree, s service) string {
	if s.Health == nil || s.Health.Disabled {
		return ""
	}
	called := ""
	for _, word := range strings.Fields(strings.Join(s.Health.Test, " ")) {
		if word == "curl" || word == "wget" {
			called = word
		}
	}
	switch {
	case called == "":
		return ""
	case !s.Build:
		if s.isStore() && called == "curl" && !strings.Contains(s.Image, "search") {
			return called
		}
		return ""
	}
	file, err := readDockerfile(tree, s)
	if err != nil {
		return ""
	}
	base := ""
	for _, in := range file.Instructions {
		switch {
		case in.Name == "FROM":
			base, _ = splitFrom(in.Args)
		case (in.Name == "RUN" || in.Name == "COPY" || in.Name == "ADD") && strings.Contains(in.Args, called):
			return ""
		}
	}
	if !bareImage.MatchString(base) || called == "wget" && strings.Contains(base, "alpine") {
		return ""
	}
	return called
}

// judgeHealth applies the rule to every service, or to those named.
func judgeHealth(c *composeFile, only []string, image map[string]bool) local.Observations {
	obs := local.Observations{}
	for _, s := range c.Services {
		if len(only) > 0 && !slices.ContainsFunc(only, s.is) || len(only) == 0 && s.isJob(c) {
			continue
		}
		v, say := judgeServiceHealth(c, s, image[s.Name])
		obs.Add(v, c.Path, s.Line, s.Name, "%s: %s", s.Name, say)
	}
	for _, name := range only {
		if !slices.ContainsFunc(c.Services, func(s service) bool { return s.is(name) }) {
			obs.Add(checks.Fail, c.Path, 0, "services", "no service %s", name)
		}
	}
	return obs
}

func judgeServiceHealth(c *composeFile, s service, image bool) (checks.Verdict, string) {
	awaited, waited := s.dependents(c)
	h := s.Health
	switch {
	case h != nil && (h.Disabled || len(h.Test) > 0 && strings.EqualFold(h.Test[0], "NONE")):
		return checks.Fail, "its health check is switched off"
	case h != nil && h.IsList && len(h.Test) > 0 && h.Test[0] != "CMD" && h.Test[0] != "CMD-SHELL":
		return checks.Fail, "its test is a list that begins with neither CMD nor CMD-SHELL, so it never runs"
	case h != nil && (len(h.Test) > 0 && strings.TrimSpace(strings.Join(h.Test, "")) != "CMD"):
		return judgeTimed(s, waited)
	case image:
		return checks.Warn, "only its Dockerfile has a health check"
	case awaited:
		return checks.Fail, "others wait until it is healthy, but it has no health check"
	case !s.Build:
		return checks.Warn, "no health check here; its image may define one"
	case len(s.Ports) > 0 || waited:
		return checks.Fail, "no health check"
	}
	return checks.Warn, "no health check, though nothing depends on it"
}

func judgeTimed(s service, waited bool) (checks.Verdict, string) {
	switch {
	case s.isStore() && !s.Health.Timed:
		return checks.Warn, "its health check has no interval, timeout, retries or start_period"
	case waited:
		return checks.Warn, "another service waits only until it has started, not until it is healthy"
	}
	return checks.Pass, "has a health check"
}

// dependents tells whether a service is awaited until it is healthy, and whether one waits only for its start.
func (s service) dependents(c *composeFile) (healthy, started bool) {
	for _, o := range c.Services {
		switch o.Depends[s.Name] {
		case "service_healthy":
			healthy = true
		case "service_started":
			started = true
		}
	}
	return healthy, started
}

var oneShot = regexp.MustCompile(`(?i)(migrat|\binit|seed|setup|bootstrap|collectstatic|alembic upgrade)`)

// isJob tells services that run once: others wait until they are done, or they are not
// restarted and their command says so.
func (s service) isJob(c *composeFile) bool {
	for _, o := range c.Services {
		if o.Depends[s.Name] == "service_completed_successfully" {
			return true
		}
	}
	once := s.Restart == "no" || s.Restart == "false"
	return len(s.Profiles) > 0 || once && oneShot.MatchString(s.Name+" "+strings.Join(s.Command.Words, " "))
}

var storeImage = regexp.MustCompile(`(?i)(postgres|postgis|timescale|mysql|mariadb|mongo|redis|valkey|memcached|rabbitmq|kafka|elasticsearch|opensearch|clickhouse|cassandra|mssql|heavydb|cockroach|etcd|influx)`)

// isStore tells databases, caches and queues, by the name of their image.
func (s service) isStore() bool { return storeImage.MatchString(path.Base(s.Image)) }

// is matches a service by its name or its image's.
func (s service) is(name string) bool {
	image, _, _ := strings.Cut(path.Base(s.Image), ":")
	return s.Name == name || image == name
}

// variables lists a service's environment names in order.
func (s service) variables() []string { return slices.Sorted(maps.Keys(s.Env)) }
