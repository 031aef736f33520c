package deploy

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bareVariable matches $NAME and ${NAME}, but no ${NAME:-default} or ${NAME:?message}.
var bareVariable = regexp.MustCompile(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)

// service is one service of a compose file.
type service struct {
	Name, Image string
	Line        int
	Build       bool
	Context     string // of the build, relative to the repository
	Dockerfile  string // relative to the context, unless inline
	Extends     bool   // of another file's service that was not followed
	Provider    bool
	Profiles    []string
	Restart     string
	Depends     map[string]string // service → condition
	Health      *health
	Command     command
	Entrypoint  command
	Init        bool
	Grace       *time.Duration // stop_grace_period; nil when not given or a variable
	Ports       []port
	Networks    []string
	NetworkMode string
	PID, IPC    string
	Privileged  bool
	User        string
	CapAdd      []string
	SecurityOpt []string
	Mounts      []string // sources of bind mounts
	Memory      bool     // has a memory limit
	Replicas    int      // as written; 0 when nothing is said
	Env         map[string]string
	EnvFiles    []envFileRef
	Secrets     []string
}

type envFileRef struct {
	Path     string
	Required bool
}

// health is a service's healthcheck as written.
type health struct {
	Disabled bool
	Test     []string
	IsList   bool
	Timed    bool // interval, timeout, retries or start_period is given
}

// command is a command or entrypoint: a list, or a string that compose splits into words
// without a shell.
type command struct {
	Given bool
	Words []string
}

// port is one published port.
type port struct{ HostIP, Published, Target string }

// replicas says how many of a service run: deploy.replicas or scale; 0 when neither is
// given as a number.
func replicas(m map[string]any) int {
	for _, v := range []any{object(m["deploy"])["replicas"], m["scale"]} {
		if n, err := strconv.Atoi(fill(text(v), nil)); err == nil {
			return n
		}
	}
	return 0
}

func (s service) runnable() bool { return s.Image != "" || s.Build || s.Extends || s.Provider }

// fill reads the facts out of the loaded model.
func (c *composeFile) fill(model map[string]any, lines map[string]int) {
	services := object(model["services"])
	for _, name := range slices.Sorted(maps.Keys(services)) {
		s := readService(name, object(services[name]), path.Dir(c.Path))
		s.Line = lines[name]
		c.Services = append(c.Services, s)
	}
	c.Networks = slices.Sorted(maps.Keys(object(model["networks"])))
	c.Secrets = map[string]string{}
	for name, v := range object(model["secrets"]) {
		kind := "external"
		for _, key := range []string{"environment", "file"} {
			if _, ok := object(v)[key]; ok {
				kind = key
			}
		}
		c.Secrets[name] = kind
	}
}

func readService(name string, m map[string]any, dir string) service {
	s := service{
		Name: name, Image: text(m["image"]), Extends: m["extends"] != nil, Provider: m["provider"] != nil,
		Profiles: texts(m["profiles"]), Restart: text(m["restart"]),
		Command: readCommand(m["command"]), Entrypoint: readCommand(m["entrypoint"]),
		Init: text(m["init"]) == "true", NetworkMode: text(m["network_mode"]), PID: text(m["pid"]), IPC: text(m["ipc"]),
		Privileged: text(m["privileged"]) == "true", User: text(m["user"]),
		CapAdd: texts(m["cap_add"]), SecurityOpt: texts(m["security_opt"]), Env: readEnvironment(m["environment"]),
		Networks: slices.Sorted(maps.Keys(object(m["networks"]))), Replicas: replicas(m),
	}
	if policy := object(object(m["deploy"])["restart_policy"]); s.Restart == "" && len(policy) > 0 {
		s.Restart = "deploy"
	}
	if grace := text(m["stop_grace_period"]); grace != "" {
		d, err := time.ParseDuration(grace)
		s.Grace = &d
		if err != nil {
			s.Grace = nil
		}
	}
	if b, ok := m["build"]; ok && b != nil {
		s.Build, s.Context, s.Dockerfile = true, dir, "Dockerfile"
		if at := text(object(b)["context"]); at != "" {
			s.Context = path.Join(dir, at)
		}
		if at := text(object(b)["dockerfile"]); at != "" {
			s.Dockerfile = at
		}
		if object(b)["dockerfile_inline"] != nil {
			s.Dockerfile = ""
		}
	}
	s.Depends = map[string]string{}
	for on, how := range object(m["depends_on"]) {
		s.Depends[on] = text(object(how)["condition"])
	}
	s.Health = readHealth(object(m["healthcheck"]))
	limits := object(object(object(m["deploy"])["resources"])["limits"])
	s.Memory = m["mem_limit"] != nil || limits["memory"] != nil
	for _, v := range list(m["ports"]) {
		s.Ports = append(s.Ports, readPort(v))
	}
	for _, v := range list(m["volumes"]) {
		// A path that begins with a variable is taken for a volume's name by the loader.
		from := text(object(v)["source"])
		if text(object(v)["type"]) == "bind" || strings.ContainsAny(from, "/$") {
			s.Mounts = append(s.Mounts, fill(from, nil))
		}
	}
	for _, v := range list(m["env_file"]) {
		s.EnvFiles = append(s.EnvFiles, envFileRef{text(object(v)["path"]), text(object(v)["required"]) != "false"})
	}
	for _, v := range list(m["secrets"]) {
		s.Secrets = append(s.Secrets, text(object(v)["source"]))
	}
	return s
}

func readHealth(m map[string]any) *health {
	if len(m) == 0 {
		return nil
	}
	h := &health{Disabled: text(m["disable"]) == "true"}
	if s, ok := m["test"].(string); ok {
		h.Test = []string{s}
	} else if l := list(m["test"]); l != nil {
		h.Test, h.IsList = texts(m["test"]), true
	}
	for _, key := range []string{"interval", "timeout", "retries", "start_period"} {
		h.Timed = h.Timed || m[key] != nil
	}
	return h
}

func readCommand(v any) command {
	switch v := v.(type) {
	case nil:
		return command{}
	case string:
		return command{v != "", splitWords(v)}
	}
	words := texts(v)
	return command{len(words) > 0, words}
}

// splitWords splits as a shell would, quotes taken off; good enough to see which program
// is started and with which script.
func splitWords(s string) (words []string) {
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if open {
				words, open = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		words = append(words, word.String())
	}
	return words
}

func readEnvironment(v any) map[string]string {
	env := map[string]string{}
	for name, value := range object(v) {
		env[name] = text(value)
	}
	for _, line := range texts(v) {
		if name, value, ok := strings.Cut(line, "="); ok {
			env[name] = value
		}
	}
	return env
}

var braces = regexp.MustCompile(`\$\{[^}]*\}`)

// readPort understands the long form and the short one, HOST:PUBLISHED:TARGET/PROTOCOL.
func readPort(v any) port {
	if m := object(v); m != nil {
		return port{fill(text(m["host_ip"]), nil), text(m["published"]), text(m["target"])}
	}
	s := braces.ReplaceAllString(fill(text(v), nil), "variable")
	s, _, _ = strings.Cut(s, "/")
	var ip string
	if strings.HasPrefix(s, "[") {
		if end := strings.Index(s, "]:"); end > 0 {
			ip, s = s[1:end], s[end+2:]
		}
	}
	parts := strings.Split(s, ":")
	switch {
	case len(parts) == 1:
		return port{ip, "", parts[0]}
	case len(parts) == 2:
		return port{ip, parts[0], parts[1]}
	}
	return port{parts[0], parts[1], parts[2]}
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func list(v any) []any { l, _ := v.([]any); return l }

// text prints a scalar; maps and lists give nothing.
func text(v any) string {
	switch v.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	return fmt.Sprint(v)
}

func texts(v any) (out []string) {
	for _, e := range list(v) {
		out = append(out, text(e))
	}
	return out
}
