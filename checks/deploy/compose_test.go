package deploy

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

const goodCompose = `
services:
  api:
    image: atlas/api:1.2
    restart: always
    user: "1000"
    mem_limit: ${MEMORY:-512m}
    environment:
      SECRET_KEY: ${SECRET_KEY:?must be set}
    ports: ["127.0.0.1:${PORT:-8080}:8080"]
    networks: [front]
    security_opt: ["no-new-privileges:true"]
    healthcheck: {test: ["CMD", "probe"], interval: 5s}
    stop_grace_period: 30s
    command: ["serve"]
    depends_on:
      db: {condition: service_healthy}
  db:
    image: postgres:16.6
    restart: always
    user: "70"
    mem_limit: 1g
    networks: [front]
    security_opt: ["no-new-privileges"]
    healthcheck: {test: "pg_isready", interval: 5s}
networks:
  front:
`

// changed is the good file with parts replaced: old, new, old, new.
func changed(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(goodCompose) }

type composeCase struct {
	name    string
	files   map[string]string
	params  string
	verdict checks.Verdict
	says    string
}

func runCompose(t *testing.T, kind checks.Kind, cases []composeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, evidence := kindtest.Run(t, kind, kindtest.Case{Files: c.files, Profile: c.params})
			if reason := string(out.Reason) + evidence; out.Verdict != c.verdict || !strings.Contains(reason, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
		})
	}
}

func one(src string) map[string]string { return map[string]string{"compose.yaml": src} }

func TestComposeValid(t *testing.T) {
	runCompose(t, composeValid, []composeCase{
		{"good, with a variable that must be set", one(goodCompose), "", checks.Pass, "2 services"},
		{"needs networks and has them", one(goodCompose), `require = ["networks"]`, checks.Pass, ""},
		{"needs networks and has none", one(changed("    networks: [front]\n", "", "networks:\n  front:\n", "")), `require = ["networks"]`, checks.Fail, "declares no networks"},
		{"needs something unknown", one(goodCompose), `require = ["wings"]`, checks.Inconclusive, "wings"},
		{"neither image nor build", one(changed("    image: atlas/api:1.2\n", "")), "", checks.Fail, "api has neither image nor build"},
		{"an anchor and a merge are no duplicates", one("x-a: &a {restart: always}\nservices:\n  a: {<<: *a, image: b:1}\n"), "", checks.Pass, ""},
		{"a service twice", one("services:\n  a: {image: b:1}\n  a: {image: c:1}\n"), "", checks.Fail, `key "a" again`},
		{"tab", one("services:\n\ta: {image: b}\n"), "", checks.Fail, "compose.yaml"},
		{"unknown key", one("services:\n  a: {image: b, prots: []}\n"), "", checks.Fail, "prots"},
		{"old version key", one("version: '3'\n" + goodCompose), "", checks.Warn, "obsolete"},
		{"variable nobody sets", one(changed("atlas/api:1.2", "atlas/api:${TAG}")), "", checks.Warn, "TAG"},
		{"a dollar that is none", one(changed(`["serve"]`, `["echo", "$$HOME"]`)), "", checks.Pass, ""},
		{"published on a variable address", one(changed("127.0.0.1", "${BIND:-127.0.0.1}")), "", checks.Pass, ""},
		{"env_file absent", one(changed("    restart: always\n    user: \"1000\"", "    env_file: .env\n    user: \"1000\"")), "", checks.Fail, "env_file .env is not there"},
		{"env_file absent but optional", one(changed("    user: \"1000\"", "    env_file: [{path: .env, required: false}]")), "", checks.Warn, ".env"},
		{"circle", one("services:\n  a: {image: b:1, depends_on: [c]}\n  c: {image: b:1, depends_on: [a]}\n"), "", checks.Fail, "a → c → a"},
		{"depends on nobody", one("services:\n  a: {image: b:1, depends_on: [ghost]}\n"), "", checks.Fail, "ghost"},
		{"overlay of a base", map[string]string{"compose.yaml": goodCompose, "compose.prod.yaml": "services:\n  api: {restart: unless-stopped}\n"},
			`files = "compose.prod.yaml"`, checks.Pass, "overlay of compose.yaml"},
		{"overlay of nothing", map[string]string{"compose.prod.yaml": "services:\n  api: {restart: always}\n"}, `files = "compose.prod.yaml"`, checks.Fail, "neither image nor build"},
		{"declared but missing", one(goodCompose), `files = "compose.prod.yaml"`, checks.Fail, "not there"},
		{"extends a file of the tree", map[string]string{"compose.yaml": "services:\n  a: {extends: {file: common.yaml, service: base}}\n", "common.yaml": "services:\n  base: {image: b:1}\n"}, "", checks.Pass, ""},
		{"extends a file elsewhere", one("services:\n  a: {extends: {file: ../../../etc/passwd, service: base}}\n"), "", checks.Inconclusive, "extends names"},
		{"a number where a name belongs", one("services:\n  a: {extends: {file: 5, service: b}}\n"), "", checks.Fail, "does not allow"},
		{"a list of services", one("services: [a, b]\n"), "", checks.Fail, "services"},
		{"none", map[string]string{"README.md": "x"}, "", checks.Pending, "not declared"},
		{"includes another", map[string]string{"compose.yaml": "include: [db/compose.yaml]\n", "db/compose.yaml": "services:\n  db: {image: x:1}\n"}, "", checks.Pass, "1 service"},
		{"includes a broken one", map[string]string{"compose.yaml": "include: [{path: db.yaml}]\nservices:\n  a: {image: x:1}\n", "db.yaml": "services: [\n"}, "", checks.Inconclusive, "can't be judged"},
		{"includes itself", one("include: [compose.yaml]\nservices:\n  a: {image: x:1}\n"), "", checks.Pass, ""},
		{"a cluster instead", map[string]string{"k.yaml": goodManifest}, "", checks.NA, "cluster manifests"},
		{"no service", one("name: x\n"), "", checks.Fail, "no service"},
	})
}

func TestComposeHealth(t *testing.T) {
	health := `healthcheck: {test: ["CMD", "probe"], interval: 5s}`
	runCompose(t, composeHealth, []composeCase{
		{"both have one", one(goodCompose), "", checks.Pass, "2 services"},
		{"list with a wrong first element", one(changed(health, `healthcheck: {test: ["probe", "-q"]}`)), "", checks.Fail, "neither CMD nor CMD-SHELL"},
		{"disabled", one(changed(health, `healthcheck: {disable: true}`)), "", checks.Fail, "switched off"},
		{"none, as a list", one(changed(health, `healthcheck: {test: ["NONE"]}`)), "", checks.Fail, "switched off"},
		{"none, as a string", one(changed(health, `healthcheck: {test: NONE}`)), "", checks.Fail, "switched off"},
		{"interval without a test", one(changed(health, `healthcheck: {interval: 5s}`)), "", checks.Warn, "may define one"},
		{"image of a third party without one", one(changed("    "+health+"\n", "")), "", checks.Warn, "its image may define one"},
		{"healthy asked of one without", one(changed(`    healthcheck: {test: "pg_isready", interval: 5s}`+"\n", "")), "", checks.Fail, "others wait until it is healthy"},
		{"store without timing", one(changed(`"pg_isready", interval: 5s`, `"pg_isready"`)), "", checks.Warn, "no interval"},
		{"waits for the start only", one(changed("service_healthy", "service_started")), "", checks.Warn, "until it has started"},
		{"built here, published, without", one("services:\n  a: {build: ., ports: ['80:80']}\n"), "", checks.Fail, "no health check"},
		{"built here, checked by the image", map[string]string{"compose.yaml": "services:\n  a: {build: ., ports: ['80:80']}\n",
			"Dockerfile": "FROM x:1\nHEALTHCHECK CMD true\n"}, "", checks.Warn, "only its Dockerfile"},
		{"a job needs none", one(goodCompose + "\nx-rest: 1\n" + ""), "", checks.Pass, ""},
		{"job awaited to complete", one(strings.Replace(goodCompose, "  db:\n    image", "  migrate: {image: m:1}\n  late: {image: l:1, healthcheck: {test: x}, depends_on: {migrate: {condition: service_completed_successfully}}}\n  db:\n    image", 1)), "", checks.Pass, "3 services"},
		{"curl in an image without it", map[string]string{"compose.yaml": "services:\n  a: {build: ., ports: ['80:80'], healthcheck: {test: [CMD, curl, -f, 'http://localhost']}}\n",
			"Dockerfile": "FROM python:3.12-slim\n"}, "", checks.Warn, "calls curl"},
		{"curl that is installed", map[string]string{"compose.yaml": "services:\n  a: {build: ., ports: ['80:80'], healthcheck: {test: [CMD, curl, -f, 'http://localhost']}}\n",
			"Dockerfile": "FROM python:3.12-slim\nRUN apt-get install -y curl\n"}, "", checks.Pass, ""},
		{"one service by its image", one(goodCompose), `services = ["postgres"]`, checks.Pass, "1 service"},
		{"a service that is not there", one(goodCompose), `services = ["redis"]`, checks.Fail, "no service redis"},
	})
}

func TestComposeHardening(t *testing.T) {
	runCompose(t, composeHardening, []composeCase{
		{"hardened", one(goodCompose), "", checks.Pass, ""},
		{"no memory limit", one(changed("    mem_limit: 1g\n", "")), "", checks.Warn, "no memory limit"},
		{"limit under deploy", one(changed("    mem_limit: 1g\n", "    deploy: {resources: {limits: {memory: 1g}}}\n")), "", checks.Pass, ""},
		{"no restart", one(strings.Replace(goodCompose, "    restart: always\n", "", 1)), "", checks.Warn, "no restart policy"},
		{"root", one(changed(`user: "70"`, `user: "0:0"`)), "", checks.Warn, "runs as root"},
		{"latest", one(changed("postgres:16.6", "postgres:latest")), "", checks.Warn, "not pinned"},
		{"no tag behind a registry port", one(changed("postgres:16.6", "registry:5000/postgres")), "", checks.Warn, "not pinned"},
		{"digest", one(changed("postgres:16.6", "postgres@sha256:"+strings.Repeat("ab", 32))), "", checks.Pass, ""},
		{"literal secret", one(changed("${SECRET_KEY:?must be set}", "hunter2hunter2")), "", checks.Warn, "SECRET_KEY is a literal"},
		{"app on all interfaces", one(changed("127.0.0.1:${PORT:-8080}:8080", "8080:8080")), "", checks.Warn, "open on all interfaces"},
		{"proxy on 443", one(changed("127.0.0.1:${PORT:-8080}:8080", "443:8443")), "", checks.Pass, ""},
		{"database on all interfaces", one(changed("    user: \"70\"\n", "    user: \"70\"\n    ports: [\"5432:5432\"]\n")), "", checks.Fail, "store is open"},
		{"database on IPv6 loopback", one(changed("    user: \"70\"\n", "    user: \"70\"\n    ports: [\"[::1]:5432:5432\"]\n")), "", checks.Pass, ""},
		{"privileged", one(changed(`user: "70"`, "privileged: true\n    user: \"70\"")), "", checks.Fail, "privileged"},
		{"docker socket by a variable", one(changed(`user: "70"`, "volumes: ['${SOCK:-/var/run/docker.sock}:/s']\n    user: \"70\"")), "", checks.Fail, "docker socket"},
		{"the folder of the socket", one(changed(`user: "70"`, "volumes: ['/var/run:/host/run']\n    user: \"70\"")), "", checks.Fail, "docker socket"},
		{"a strong capability", one(changed(`user: "70"`, "cap_add: [CAP_SYS_ADMIN]\n    user: \"70\"")), "", checks.Warn, "SYS_ADMIN"},
		{"database on a port that the host picks", one(changed("    user: \"70\"\n", "    user: \"70\"\n    ports: [\"5432\"]\n")), "", checks.Fail, "store is open"},
		{"database on all interfaces by default", one(changed("    user: \"70\"\n", "    user: \"70\"\n    ports: [\"${BIND:-0.0.0.0}:5432:5432\"]\n")), "", checks.Fail, "store is open"},
		{"app on an address that a variable names", one(changed("127.0.0.1:${PORT:-8080}:8080", "${BIND}:8080:8080")), "", checks.Warn, "left to a variable"},
		{"user not said", one(changed("    user: \"1000\"\n", "")), "", checks.Warn, "does not say as which user"},
		{"docker socket", one(changed(`user: "70"`, "volumes: ['/var/run/docker.sock:/s']\n    user: \"70\"")), "", checks.Fail, "docker socket"},
		{"host network", one(changed("    user: \"70\"\n", "    user: \"70\"\n    pid: host\n")), "", checks.Fail, "process namespace"},
		{"all capabilities", one(changed(`user: "70"`, "cap_add: [all]\n    user: \"70\"")), "", checks.Fail, "all capabilities"},
		{"built as root", map[string]string{"compose.yaml": changed("    image: atlas/api:1.2\n", "    build: .\n", "    user: \"1000\"\n", ""), "Dockerfile": "FROM x:1\n"}, "", checks.Warn, "runs as root"},
		{"built as somebody", map[string]string{"compose.yaml": changed("    image: atlas/api:1.2\n", "    build: .\n", "    user: \"1000\"\n", ""), "Dockerfile": "FROM x:1\nUSER app\n"}, "", checks.Pass, ""},
	})
}

func TestComposeShutdown(t *testing.T) {
	command := `command: ["serve"]`
	built := func(dockerfile string) map[string]string {
		return map[string]string{"compose.yaml": "services:\n  a: {build: ., restart: always}\n", "Dockerfile": "FROM x:1\n" + dockerfile}
	}
	runCompose(t, composeShutdown, []composeCase{
		{"exec form, 30 s", one(goodCompose), "", checks.Pass, "30s"},
		{"default grace", one(changed("    stop_grace_period: 30s\n", "")), "", checks.Pass, "10 s by default"},
		{"5 s", one(changed("30s", "5s")), "", checks.Warn, "only 5s"},
		{"a string is split, not given to a shell", one(changed(command, "command: serve --port 80")), "", checks.Pass, ""},
		{"a shell", one(changed(command, `command: ["sh", "-c", "serve --port 80"]`)), "", checks.Warn, "swallows"},
		{"a shell in a string", one(changed(command, `command: bash -lc "prepare && serve"`)), "", checks.Warn, "swallows"},
		{"a shell that hands over", one(changed(command, `command: bash -c "prepare && exec serve"`)), "", checks.Pass, ""},
		{"a shell under init", one(changed(command, "init: true\n    command: sh -c serve")), "", checks.Pass, ""},
		{"Dockerfile in shell form", built("CMD serve --port 80\n"), "", checks.Warn, "Dockerfile CMD"},
		{"Dockerfile in exec form", built("CMD [\"serve\"]\n"), "", checks.Pass, ""},
		{"shell form of an earlier stage", built("CMD serve\nFROM y:1\nCMD [\"serve\"]\n"), "", checks.Pass, ""},
		{"entrypoint in shell form", built("ENTRYPOINT serve\nCMD [\"--port\"]\n"), "", checks.Warn, "ENTRYPOINT"},
		{"continued over lines", built("CMD [\"serve\", \\\n  \"--port\", \"80\"]\n"), "", checks.Pass, ""},
		{"SIGKILL", built("STOPSIGNAL SIGKILL\nCMD [\"serve\"]\n"), "", checks.Warn, "SIGKILL"},
		{"nobody shows how it starts", one("services:\n  a: {image: x:1}\n"), "", checks.Inconclusive, "no service"},
	})
}
