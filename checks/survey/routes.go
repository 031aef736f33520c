package survey

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks/deploy"
)

// ownURL matches an address of the container itself in a health command.
var ownURL = regexp.MustCompile(`https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^/\s"']*)?(/[^\s"'|;&)]*)`)

// probes finds the health routes that the platform itself asks: compose and Dockerfile
// health checks, and the HTTP probes of Kubernetes. What a platform relies on is relied on.
func (r *repository) probes(composed []deploy.ComposeService, composePath string) {
	for _, s := range composed {
		if kind, _ := imageKind(s.Image); kind == "" || s.Build {
			r.ownURLs(strings.Join(s.Health, " "), composePath+", the healthcheck of "+tidy(s.Name, maxName))
		}
	}
	for _, file := range r.tree.Find("Dockerfile", "*.Dockerfile", "Containerfile") {
		if !shown(file.Path) || forTests(file.Path) {
			continue
		}
		text := strings.ReplaceAll(string(r.read(file.Path)), "\\\n", " ")
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.ToUpper(strings.TrimSpace(line)), "HEALTHCHECK") {
				r.ownURLs(line, file.Path+", HEALTHCHECK")
			}
		}
	}
	for i, file := range r.tree.Find("{k8s,kubernetes,manifests,deploy,deployment}/**/*.{yml,yaml}", "**/{k8s,kubernetes,manifests}/**/*.{yml,yaml}") {
		if i == maxList {
			break
		}
		if shown(file.Path) && !forTests(file.Path) {
			r.httpGets(string(r.read(file.Path)), file.Path)
		}
	}
}

func (r *repository) ownURLs(text, from string) {
	for _, m := range ownURL.FindAllStringSubmatch(text, 4) {
		r.health(m[1], from, true)
	}
}

// health adds a health route: a detailed one to its own key.
func (r *repository) health(at, from string, sure bool) {
	at, _, _ = strings.Cut(at, "?")
	if at = route(at); at == "" || at == "/" {
		return
	}
	key := "health"
	if detailed.MatchString(at) {
		key = "health_detail"
	}
	add(r.Paths, key, Found{at, from, sure})
}

// detailed matches the ends of routes that name the dependencies' health one by one.
var detailed = regexp.MustCompile(`(?i)health[a-z]*/(details?|detailed|full|deep|components|dependencies)$`)

// kubernetesPath matches the path of an HTTP probe, in either form of YAML.
var kubernetesPath = regexp.MustCompile(`\bpath:\s*["']?(/[^\s"'{},]*)`)

func (r *repository) httpGets(text, from string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		_, behind, found := strings.Cut(line, "httpGet:")
		if !found {
			continue
		}
		near := behind + "\n" + strings.Join(lines[i+1:min(i+6, len(lines))], "\n")
		if m := kubernetesPath.FindStringSubmatch(near); m != nil {
			r.health(m[1], from, true)
		}
	}
}

// literal matches a health route as a string of a program.
var literal = regexp.MustCompile("[\"'`](/(?:[A-Za-z0-9_.-]+/){0,3}(?:health|healthz|healthcheck|livez|readyz|live|ready|ping|up)(?:/[A-Za-z0-9_-]+)?/?)[\"'`]")

// languages are the files in which programs name their routes.
const languages = "*.{py,js,mjs,ts,go,java,kt,rb,php,rs,cs,ex}"

// literals looks through the program for health routes. A router may put something before
// them, so they are guesses.
func (r *repository) literals() {
	read, scanned := 0, int64(0)
	for _, file := range r.tree.Find(languages) {
		if read == maxSources || scanned > maxScanned {
			r.note("the program is large: health routes were looked for in a part of it")
			return
		}
		if forTests(file.Path) || file.Size > maxSource || !shown(file.Path) {
			continue
		}
		read, scanned = read+1, scanned+file.Size
		src, err := r.tree.Read(file.Path, maxSource)
		if err != nil {
			continue
		}
		for _, m := range literal.FindAllSubmatch(src, 8) {
			r.health(string(m[1]), file.Path, false)
		}
	}
}

// frontDoors are programs that stand before others.
var frontDoors = regexp.MustCompile(`(?i)(^|/)(nginx|traefik|caddy|haproxy|envoy)([:@-]|$)`)

// baseURL takes the port that the compose file publishes: a reverse proxy's first, then
// that of what is built here. Where nothing is published it stays open.
func (r *repository) baseURL(composed []deploy.ComposeService, composePath string) {
	rank := func(s deploy.ComposeService) int {
		kind, _ := imageKind(s.Image)
		switch {
		case frontDoors.MatchString(s.Image):
			return 0
		case s.Build:
			return 1
		case kind == "":
			return 2
		}
		return 9
	}
	sorted := slices.Clone(composed)
	slices.SortStableFunc(sorted, func(a, b deploy.ComposeService) int { return rank(a) - rank(b) })
	for _, s := range sorted {
		if rank(s) > 2 {
			break
		}
		for _, p := range s.Ports {
			if port, ok := published(p); ok {
				scheme := "http"
				if p.Target == "443" || p.Target == "8443" {
					scheme = "https"
				}
				r.BaseURL = Found{scheme + "://127.0.0.1:" + port, composePath + ", the port of " + tidy(s.Name, maxName), true}
				return
			}
		}
	}
}

// defaultPort is what a variable for a port is without a value: ${PORT:-8000}.
var defaultPort = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*:?-([0-9]{1,5})\}$`)

// published is the port of this machine under which a container's is reached.
func published(p deploy.ComposePort) (string, bool) {
	if m := defaultPort.FindStringSubmatch(p.Published); m != nil {
		p.Published = m[1]
	}
	switch p.HostIP {
	case "", "0.0.0.0", "127.0.0.1", "::", "::1":
	default:
		return "", false
	}
	return p.Published, portNumber.MatchString(p.Published)
}

var portNumber = regexp.MustCompile(`^([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$`)

// images are the programs that are known by their image's name.
var images = []struct{ Name, Kind, Port string }{
	{"postgres", "postgres", "5432"}, {"postgresql", "postgres", "5432"}, {"postgis", "postgres", "5432"}, {"timescaledb", "postgres", "5432"},
	{"pgvector", "postgres", "5432"}, {"redis", "redis", "6379"}, {"redis-stack", "redis", "6379"}, {"redis-stack-server", "redis", "6379"},
	{"valkey", "redis", "6379"}, {"keydb", "redis", "6379"},
	{"prometheus", "prometheus", "9090"}, {"grafana", "grafana", "3000"}, {"grafana-oss", "grafana", "3000"}, {"alertmanager", "alertmanager", "9093"},
	{"mysql", "tcp", "3306"}, {"mariadb", "tcp", "3306"}, {"mongo", "tcp", "27017"}, {"mongodb", "tcp", "27017"}, {"rabbitmq", "tcp", "5672"},
	{"kafka", "tcp", "9092"}, {"cp-kafka", "tcp", "9092"}, {"memcached", "tcp", "11211"}, {"nats", "tcp", "4222"}, {"clickhouse", "tcp", "9000"},
	{"clickhouse-server", "tcp", "9000"}, {"elasticsearch", "http", "9200"}, {"opensearch", "http", "9200"}, {"minio", "http", "9000"},
	{"heavydb-ce", "tcp", "6274"}, {"core-os-cpu", "tcp", "6274"},
}

// imageKind is the kind of service that an image is, and the port it listens on.
func imageKind(image string) (kind, port string) {
	name, _, _ := strings.Cut(image, "@")
	name = path.Base(name)
	name, _, _ = strings.Cut(name, ":")
	for _, known := range images {
		if strings.EqualFold(name, known.Name) {
			return known.Kind, known.Port
		}
	}
	return "", ""
}

// services declares what the compose file starts beside the system itself.
func (r *repository) services(composed []deploy.ComposeService, composePath string) {
	for _, s := range composed {
		kind, port := imageKind(s.Image)
		name := serviceName(s.Name)
		known := slices.ContainsFunc(r.Services, func(o Service) bool { return o.Name == name })
		if kind == "" || s.Build || name == "" || known || len(r.Services) == maxList {
			continue
		}
		out := Service{Name: name, Kind: kind, From: composePath + ", " + tidy(path.Base(s.Image), maxName)}
		out.URL, out.Sure = r.address(s, kind, port, composed)
		r.Services = append(r.Services, out)
	}
}

var (
	serviceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	redisGuard  = regexp.MustCompile(`(?i)requirepass|redis_(args|password)|aclfile`)
)

// serviceName is a compose service's name as a bare TOML key.
func serviceName(name string) string {
	if !serviceForm.MatchString(name) {
		return ""
	}
	return strings.ReplaceAll(name, ".", "-")
}

// address is how a service is reached: by the variable that holds its URL, else by its
// published port where no password is needed. A URL itself is never taken over: it may
// hold one.
func (r *repository) address(s deploy.ComposeService, kind, port string, composed []deploy.ComposeService) (string, bool) {
	if name := r.urlVariable(s.Name, kind, composed); name != "" {
		return "${env:" + name + "}", true
	}
	if kind == "postgres" || kind == "redis" && guarded(s) {
		return "${env:" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(serviceName(s.Name))) + "_URL}", false
	}
	scheme := map[string]string{"redis": "redis://", "tcp": ""}
	prefix, plain := scheme[kind]
	if !plain {
		prefix = "http://"
	}
	for _, p := range s.Ports {
		if at, ok := published(p); ok && (p.Target == port || len(s.Ports) == 1) {
			return prefix + "127.0.0.1:" + at, true
		}
	}
	return prefix + "127.0.0.1:" + port, false
}

// guarded reports whether a redis asks for a password.
func guarded(s deploy.ComposeService) bool {
	all := strings.Join(s.Command, " ")
	for name := range s.Env {
		all += " " + name
	}
	return redisGuard.MatchString(all)
}

// schemes are those of the URLs that lead to a kind of service.
var schemes = map[string][]string{
	"postgres": {"postgres", "postgresql"}, "redis": {"redis", "rediss"},
	"tcp": {"mysql", "mariadb", "mongodb", "amqp", "amqps", "nats", "tcp", "clickhouse"},
}

// usualNames are those of the variables that hold a service's URL, where an example file
// leaves them empty.
var usualNames = map[string]*regexp.Regexp{
	"postgres": regexp.MustCompile(`(?i)^(.*_)?(database|db|postgres|postgresql|pg)_(url|uri|dsn)$`),
	"redis":    regexp.MustCompile(`(?i)^(.*_)?(redis|cache|valkey)_(url|uri|dsn)$`),
}

// urlVariable is the name of the variable that holds the URL of a service: by its value in
// an example file or in the compose file, where scheme and host tell it. One whose host is no
// service of the compose file is told by its scheme.
func (r *repository) urlVariable(service, kind string, composed []deploy.ComposeService) string {
	named := map[string]string{}
	for name, value := range r.examples {
		named[name] = value
	}
	for _, s := range composed {
		if k, _ := imageKind(s.Image); k != "" && !s.Build {
			continue
		}
		for name, value := range s.Env {
			named[name] = value
		}
	}
	alone, best := onlyOne(kind, composed), ""
	for _, name := range slices.Sorted(mapKeys(named)) {
		scheme, host := leadsTo(named[name])
		if !variable.MatchString(name) || !slices.Contains(schemes[kind], scheme) {
			if form := usualNames[kind]; alone && best == "" && scheme == "" && form != nil && form.MatchString(name) {
				best = name
			}
			continue
		}
		if host == service {
			return name
		}
		elsewhere := slices.ContainsFunc(composed, func(s deploy.ComposeService) bool { return s.Name == host })
		if best == "" && kind != "tcp" && !elsewhere {
			best = name
		}
	}
	return best
}

// onlyOne reports whether a compose file has one service of a kind.
func onlyOne(kind string, composed []deploy.ComposeService) bool {
	n := 0
	for _, s := range composed {
		if k, _ := imageKind(s.Image); k == kind && !s.Build {
			n++
		}
	}
	return n == 1
}

// leadsTo is the scheme and host of a URL; a driver behind the scheme is left out
// (postgresql+asyncpg).
func leadsTo(value string) (scheme, host string) {
	before, rest, ok := strings.Cut(strings.TrimSpace(value), "://")
	if !ok {
		return "", ""
	}
	scheme, _, _ = strings.Cut(strings.ToLower(before), "+")
	if u, err := url.Parse("x://" + rest); err == nil {
		return scheme, u.Hostname()
	}
	return scheme, ""
}
