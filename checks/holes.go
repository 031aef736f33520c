package checks

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// holePattern finds the places where a secret is filled in when a run starts.
var holePattern = regexp.MustCompile(`\$\{(env|file):([^}]+)\}`)

// holeMark stands for a hole while a text is looked at unfilled. Digits, so that it may
// stand for a port too.
const holeMark = "7700770077"

// keyValueHost finds host and port in a postgres connection string of key=value pairs.
var keyValueHost = regexp.MustCompile(`(?:^|\s)(host|port)=(\S+)`)

// maxSecret bounds a file that holds a secret, in bytes.
const maxSecret = 64 << 10

// Resolve fills the holes of a text: ${env:NAME} from gonogo's own environment,
// ${file:PATH} from a file (relative to the target file, the line end cut off). Other
// text, ${user} and ${password} included, stays. An error names the hole, never a value.
func (t *Target) Resolve(text string) (string, error) {
	var errs []error
	filled := holePattern.ReplaceAllStringFunc(text, func(hole string) string {
		m := holePattern.FindStringSubmatch(hole)
		value, err := t.fill(m[1], strings.TrimSpace(m[2]))
		if err != nil {
			errs = append(errs, err)
		}
		return value
	})
	return filled, errors.Join(errs...)
}

// fill finds the value of one hole.
func (t *Target) fill(how, name string) (string, error) {
	if how == "env" {
		value, ok := os.LookupEnv(name)
		if !ok || value == "" {
			return "", fmt.Errorf("environment variable %s is not set: set it before gonogo starts", name)
		}
		return value, nil
	}
	path := t.file(name)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("secret file: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxSecret:
		return "", fmt.Errorf("secret file %s: must be a regular file of at most 64 KiB", path)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("secret file: %w", err)
	}
	value := strings.TrimRight(string(body), "\r\n")
	if value == "" {
		return "", fmt.Errorf("secret file %s is empty", path)
	}
	return value, nil
}

// defaultPorts are the ports of services whose URL names none.
var defaultPorts = map[string]string{"postgres": "5432", "redis": "6379", "prometheus": "9090", "grafana": "3000",
	"alertmanager": "9093"}

// serviceHost is the host:port that a service's URL means. The URL may be an absolute
// one, host:port, or for postgres a list of key=value pairs.
func serviceHost(kind, raw string) (string, error) {
	if kind == "postgres" && !strings.Contains(raw, "://") && strings.Contains(raw, "=") {
		at := map[string]string{"host": "localhost", "port": defaultPorts[kind]}
		for _, m := range keyValueHost.FindAllStringSubmatch(raw, -1) {
			at[m[1]] = m[2]
		}
		return net.JoinHostPort(at["host"], at["port"]), nil
	}
	if !strings.Contains(raw, "://") {
		raw = "tcp://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return "", errors.New("is neither a URL nor host:port")
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https" || u.Scheme == "http":
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	case defaultPorts[kind] != "":
		port = defaultPorts[kind]
	default:
		return "", errors.New("names no port: add :PORT")
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// HolePart is a piece of a text: its own words, or a hole that is filled when a run starts.
type HolePart struct {
	Text string // where it is no hole
	How  string // env or file; "" where it is none
	Name string // of the variable or the file
}

// HoleParts splits a text at its holes, for those who hand it on unfilled.
func HoleParts(text string) []HolePart {
	var parts []HolePart
	at := 0
	for _, m := range holePattern.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			parts = append(parts, HolePart{Text: text[at:m[0]]})
		}
		parts = append(parts, HolePart{How: text[m[2]:m[3]], Name: strings.TrimSpace(text[m[4]:m[5]])})
		at = m[1]
	}
	if at < len(text) {
		parts = append(parts, HolePart{Text: text[at:]})
	}
	return parts
}

// Holes lists the places of the target's values where a secret is filled in, each once.
func (t *Target) Holes() []string {
	var values map[string]any
	if _, err := toml.Decode(string(t.Source), &values); err != nil {
		return nil // it was read before
	}
	return holes(values)
}

func holes(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		for _, p := range HoleParts(v) {
			if p.How != "" {
				out = append(out, fmt.Sprintf("${%s:%s}", p.How, p.Name))
			}
		}
	case []any:
		for _, x := range v {
			out = append(out, holes(x)...)
		}
	case []map[string]any:
		for _, x := range v {
			out = append(out, holes(x)...)
		}
	case map[string]any:
		for _, x := range v {
			out = append(out, holes(x)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
