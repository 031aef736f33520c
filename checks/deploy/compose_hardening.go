package deploy

import (
	"context"
	"path"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/secrets"
)

type composeHardeningParams struct {
	Files checks.Strings `toml:"files" doc:"compose files, each merged on the one before; default: the file compose itself would take"`
}

var composeHardening = checks.Define(checks.Kind{
	ID:       "deploy.compose.hardening",
	Title:    "Containers are hardened",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends:    "nothing; reads the compose file and the Dockerfiles in its build contexts",
	Rule: "PASS: none of the following. WARN: an image without tag or with one that moves; no restart policy; no memory limit; " +
		"a user that is root, an image built here without USER, or another one, but for databases, caches and queues, whose user is not said; no " +
		"no-new-privileges; a capability such as SYS_ADMIN; a literal secret; a port other than 80 and 443 open on all interfaces or on an " +
		"address that a variable names. FAIL: privileged; the docker socket mounted, or a folder that holds it; the host's network, process " +
		"or IPC namespace; all capabilities; a database, cache or queue open on all interfaces.",
	Fix:  "Pinned tags, `user:`, `mem_limit:`, `restart:`, `security_opt: [no-new-privileges:true]`, `127.0.0.1:` before ports, no docker.sock.",
	Refs: []string{"CWE-250", "CWE-1327", "ASVS 13.2.2", "OWASP Docker Security Cheat Sheet"},
}, func(ctx context.Context, p *checks.Probe, params composeHardeningParams) checks.Result {
	tree, c, none := withCompose(ctx, p, params.Files)
	if none != nil {
		return *none
	}
	users := map[string]string{}
	for _, s := range c.Services {
		if file, err := readDockerfile(tree, s); err == nil {
			user, _ := file.last("USER")
			users[s.Name] = user.Args
		}
	}
	obs := judgeHardening(c, users)
	return obs.Result(p, c.Path, local.Count(len(c.Services), "service")+" of "+c.Path+" hardened")
})

// judgeHardening applies the rule. users holds the USER of images that are built here.
func judgeHardening(c *composeFile, users map[string]string) local.Observations {
	obs := local.Observations{}
	for _, s := range c.Services {
		before := len(obs)
		add := func(v checks.Verdict, rule, say string) {
			obs.Add(v, c.Path, s.Line, rule, "%s: %s", s.Name, say)
		}
		dangers(s, add)
		weaknesses(s, s.isJob(c), users, add)
		if len(obs) == before {
			add(checks.Pass, "service", "nothing found")
		}
	}
	return obs
}

// dangers reports what hands the host or its data to whoever takes the container over.
func dangers(s service, add func(v checks.Verdict, rule, say string)) {
	if s.Privileged {
		add(checks.Fail, "privileged", "runs privileged")
	}
	for _, m := range s.Mounts {
		if handsOver(m) {
			add(checks.Fail, "docker-socket", "mounts the docker socket, or a folder of the host that holds it")
			break
		}
	}
	for _, space := range []struct{ name, value string }{{"network", s.NetworkMode}, {"process", s.PID}, {"IPC", s.IPC}} {
		if space.value == "host" {
			add(checks.Fail, "host-namespace", "shares the host's "+space.name+" namespace")
		}
	}
	if slices.ContainsFunc(s.CapAdd, func(c string) bool { return strings.EqualFold(c, "ALL") }) {
		add(checks.Fail, "capabilities", "has all capabilities")
	}
	for _, p := range s.Ports {
		switch {
		case !p.everywhere():
		case s.isStore():
			add(checks.Fail, "open-store", "port "+p.Target+" of a store is open on all interfaces")
		case strings.Contains(p.HostIP, "variable") || strings.Contains(p.HostIP, "$"):
			add(checks.Warn, "open-port", "on which address port "+p.Target+" is open is left to a variable without a default")
		case p.Published != "80" && p.Published != "443":
			add(checks.Warn, "open-port", "port "+p.Target+" is open on all interfaces")
		}
	}
}

func weaknesses(s service, job bool, users map[string]string, add func(v checks.Verdict, rule, say string)) {
	if s.Image != "" && !s.Build && !strings.Contains(s.Image, "$") && !strings.Contains(s.Image, "@sha256:") && floating(s.Image) {
		add(checks.Warn, "image", "image "+s.Image+" is not pinned to a version")
	}
	if !job && (s.Restart == "" || s.Restart == "no" || s.Restart == "false") {
		add(checks.Warn, "restart", "no restart policy")
	}
	if !s.Memory {
		add(checks.Warn, "memory", "no memory limit")
	}
	user := s.User
	built, known := users[s.Name]
	if user == "" && known {
		user = built
	}
	name, _, _ := strings.Cut(user, ":")
	switch {
	case name == "root" || name == "0" || user == "" && known:
		add(checks.Warn, "user", "runs as root")
	case user == "" && !s.isStore():
		// The official images of stores give up root by themselves.
		add(checks.Warn, "user", "does not say as which user it runs")
	}
	for _, c := range s.CapAdd {
		if name := strings.TrimPrefix(strings.ToUpper(c), "CAP_"); slices.Contains(strongCapabilities, name) {
			add(checks.Warn, "capabilities", "has the capability "+name)
		}
	}
	if !slices.ContainsFunc(s.SecurityOpt, func(o string) bool {
		return strings.HasPrefix(o, "no-new-privileges") && !strings.HasSuffix(o, "false")
	}) {
		add(checks.Warn, "privileges", "no no-new-privileges")
	}
	for _, v := range s.variables() {
		if isSecretName(v) && s.Env[v] != "" && !secrets.Placeholder(s.Env[v]) {
			add(checks.Warn, "secret", v+" is a literal in the file")
		}
	}
}

// everywhere tells whether a port is published on every address of the host, be it under a
// number that the host picks, or may be, as a variable names the address.
func (p port) everywhere() bool {
	return p.HostIP == "" || p.HostIP == "0.0.0.0" || strings.Trim(p.HostIP, "[]") == "::" ||
		strings.Contains(p.HostIP, "variable") || strings.Contains(p.HostIP, "$")
}

// strongCapabilities are those with which a process gets out of its container, or reads
// what is not its own.
var strongCapabilities = []string{"SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "NET_ADMIN", "BPF"}

// handsOver tells whether a mount from the host gives the container the host: a container
// engine's socket, or a folder that holds it.
func handsOver(mount string) bool {
	if strings.Contains(mount, "docker.sock") || strings.Contains(mount, "containerd.sock") || strings.Contains(mount, "podman.sock") {
		return true
	}
	return slices.Contains([]string{"/", "/run", "/var/run", "/var", "/etc"}, path.Clean(mount))
}
