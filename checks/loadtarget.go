package checks

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// The words that target files may use.
var (
	environments  = []string{"production", "staging", "test", "demo"}
	levels        = []string{"A", "B", "C"}
	serviceKinds  = []string{"postgres", "redis", "tcp", "http", "prometheus", "grafana", "alertmanager"}
	loginMethods  = []string{"POST", "GET"}
	secretHeaders = regexp.MustCompile(`(?i)^(proxy-)?authorization$|^cookie$|(^|[-_])(key|token|secret|password|auth|session)$`)
	tokenForm     = regexp.MustCompile(`^([A-Za-z0-9-]+:\s*)?([A-Za-z]+\s+)?([A-Za-z0-9_.-]+=)?` + holeMark + `$`)
	secretInText  = regexp.MustCompile(`(?i)(?:^|[?&\s;])(?:password|passwd|pwd|token|secret|api_?key)=([^&\s;]+)`)
)

// LoadTarget reads a target file. Its error is Mistakes with file and line, or says why the
// file can't be read.
func LoadTarget(path string) (*Target, error) {
	src, err := ReadConfig(path)
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("target %s: %w", path, err)
	}
	t, err := ParseTarget(path, src, filepath.Dir(absolute))
	if err != nil {
		return nil, err
	}
	t.Path = absolute
	return t, nil
}

// ParseTarget reads a target from src. name is what errors call the file; relative paths
// in it are meant from dir.
func ParseTarget(name string, src []byte, dir string) (*Target, error) {
	raw, f, err := parseTOML(name, src)
	if err != nil {
		return nil, err
	}
	t := &Target{Path: name, Dir: dir, Source: slices.Clone(src)}
	f.decode("", raw, reflect.ValueOf(t).Elem())
	t.check(f, raw)
	if err := f.err(); err != nil {
		return nil, err
	}
	return t, nil
}

// EffectiveLevel is how much of a profile applies: the declared level, else by SLO (under
// 99 % C, under 99.9 % B, else A); A where neither is declared.
func (t *Target) EffectiveLevel() string {
	switch {
	case t.Level != "":
		return t.Level
	case t.SLO == 0 || t.SLO >= 99.9:
		return "A"
	case t.SLO >= 99:
		return "B"
	}
	return "C"
}

// RepositoryDir is the repository's folder, made absolute from the target file's; empty
// when none is declared.
func (t *Target) RepositoryDir() string { return t.file(t.Repository) }

// file resolves a path of the target file.
func (t *Target) file(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(t.Dir, path)
}

// check notes what decoding alone does not see.
func (t *Target) check(f *file, raw map[string]any) {
	if strings.TrimSpace(t.Name) == "" {
		f.wrong("name", `name is missing: give the system's name, name = "payments"`)
	}
	if t.Environment != "" {
		oneOf(f, "environment", "environment", t.Environment, environments)
	}
	if t.Level != "" {
		oneOf(f, "level", "level", t.Level, levels)
	}
	if _, given := raw["slo"]; given && (t.SLO <= 0 || t.SLO > 100) {
		f.wrong("slo", "slo: %v is not a percentage: give 99.9 for 99.9 %%", t.SLO)
	}
	t.checkBase(f)
	t.checkPaths(f)
	t.checkScope(f)
	t.checkAuth(f)
	for _, name := range slices.Sorted(maps.Keys(t.Services)) {
		t.Services[name].check(f, "services."+name)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Headers)) {
		if secretHeaders.MatchString(name) && !holePattern.MatchString(t.Headers[name]) {
			f.wrong("headers."+name, "headers.%s: a secret has no place in this file: use ${env:NAME} or ${file:PATH}", name)
		}
	}
	t.checkDeclarations(f)
	t.checkLoad(f)
	for _, id := range slices.Sorted(maps.Keys(t.NotApplicable)) {
		if strings.TrimSpace(t.NotApplicable[id]) == "" {
			f.wrong("not_applicable."+id, "not_applicable.%s: na needs a reason", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.Seconds)) {
		if t.Seconds[id] <= 0 {
			f.wrong("seconds."+id, "seconds.%s: must be 1 or more", id)
		}
	}
}

func (t *Target) checkBase(f *file) {
	if t.BaseURL == "" {
		return
	}
	u, err := url.Parse(t.BaseURL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		f.wrong("base_url", "base_url: %q is not an http or https URL", short(t.BaseURL))
	case u.User != nil:
		f.wrong("base_url", "base_url: a user or password has no place in it: use [auth.user] token")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		f.wrong("base_url", "base_url: give the origin alone, %s://%s, and paths under [paths]", u.Scheme, u.Host)
	}
}

// checkPaths wants every path to start with / or to be an absolute URL.
func (t *Target) checkPaths(f *file) {
	v := reflect.ValueOf(t.Paths)
	for key, i := range tomlFields(v.Type()) {
		paths, ok := v.Field(i).Interface().(Strings)
		if !ok {
			paths = Strings{v.Field(i).String()}
		}
		for _, p := range paths {
			if !isPath(p) && (ok || p != "") {
				f.wrong("paths."+key, "paths.%s: %q must start with / or be an http or https URL", key, short(p))
			}
		}
	}
	if t.APIPrefix != "" && !strings.HasPrefix(t.APIPrefix, "/") {
		f.wrong("api_prefix", "api_prefix: %q must start with /", short(t.APIPrefix))
	}
}

func isPath(s string) bool {
	if strings.HasPrefix(s, "/") {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func (t *Target) checkScope(f *file) {
	for i, host := range t.Scope.Hosts {
		if !isHost(host) {
			f.wrong(indexed("scope.hosts", i), `scope.hosts: %q is not a host: give "host", "host:port" or "https://host"`, short(host))
		}
	}
	if t.Scope.Proxy != "" {
		u, err := url.Parse(t.Scope.Proxy)
		if err != nil || u.Host == "" {
			f.wrong("scope.proxy", "scope.proxy: %q is not a URL", short(t.Scope.Proxy))
		}
	}
	for i, origin := range t.CORS.AllowedOrigins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" {
			f.wrong(indexed("cors.allowed_origins", i), `cors.allowed_origins: %q is not an origin such as "https://app.example"`, short(origin))
		}
	}
}

// isHost accepts "host", "host:port", "[::1]:80" and origins.
func isHost(s string) bool {
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		return err == nil && u.Hostname() != "" && u.User == nil
	}
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	return s != "" && !strings.ContainsAny(s, "/ @?#*")
}

func (t *Target) checkAuth(f *file) {
	for key, token := range map[string]string{"auth.user.token": t.Auth.User.Token, "auth.admin.token": t.Auth.Admin.Token} {
		if token != "" && !tokenForm.MatchString(holePattern.ReplaceAllString(token, holeMark)) {
			f.wrong(key, "%s: a token has no place in this file: use ${env:NAME} or ${file:PATH}", key)
		}
	}
	l := t.Auth.Login
	if l.URL != "" && !isPath(l.URL) {
		f.wrong("auth.login.url", "auth.login.url: %q must start with / or be an http or https URL", short(l.URL))
	}
	if l.LogoutURL != "" && !isPath(l.LogoutURL) {
		f.wrong("auth.login.logout_url", "auth.login.logout_url: %q must start with / or be an http or https URL", short(l.LogoutURL))
	}
	if l.Method != "" {
		oneOf(f, "auth.login.method", "auth.login.method", l.Method, loginMethods)
	}
	if how, name, _ := strings.Cut(l.TokenFrom, ":"); l.TokenFrom != "" && (name == "" || !slices.Contains([]string{"json", "cookie", "header"}, how)) {
		f.wrong("auth.login.token_from", "auth.login.token_from: %q must be json:/pointer, cookie:NAME or header:NAME", short(l.TokenFrom))
	}
	for i, pair := range l.Pairs {
		if !strings.Contains(pair, "/") && !holePattern.MatchString(pair) {
			f.wrong(indexed("auth.login.pairs", i), "auth.login.pairs: %q must be user/password", short(pair))
		}
	}
}

// check notes what is wrong with one service. Its URL may hold holes, never a password.
func (s Service) check(f *file, path string) {
	if s.Kind == "" {
		f.wrong(path, "%s: kind is missing: one of %s", path, strings.Join(serviceKinds, ", "))
	} else {
		oneOf(f, path+".kind", path+".kind", s.Kind, serviceKinds)
	}
	if s.Pool < 0 || s.Instances < 0 {
		f.wrong(path, "%s: pool and instances must not be negative", path)
	}
	if s.Token != "" && !tokenForm.MatchString(holePattern.ReplaceAllString(s.Token, holeMark)) {
		f.wrong(path+".token", "%s.token: a token has no place in this file: use ${env:NAME} or ${file:PATH}", path)
	}
	if s.URL == "" {
		f.wrong(path, "%s: url is missing", path)
		return
	}
	plain := holePattern.ReplaceAllString(s.URL, holeMark)
	if plain == holeMark {
		return
	}
	secret := false
	if u, err := url.Parse(plain); err == nil && u.User != nil {
		password, _ := u.User.Password()
		secret = password != "" && password != holeMark
	}
	for _, m := range secretInText.FindAllStringSubmatch(plain, -1) {
		secret = secret || m[1] != holeMark
	}
	if secret {
		f.wrong(path+".url", "%s.url: a password has no place in this file: use ${env:NAME} or ${file:PATH}", path)
		return
	}
	if _, err := serviceHost(s.Kind, plain); err != nil {
		f.wrong(path+".url", "%s.url: %v", path, err)
	}
}
