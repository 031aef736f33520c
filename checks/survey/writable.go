package survey

import (
	"regexp"
	"slices"
	"strings"
)

// writable are the facts that a target file can hold: what it would refuse is left out,
// wherever it came from. The given facts stay as they are.
func (f Facts) writable() Facts {
	w := f
	w.Paths, w.Roles, w.Results = map[string][]Found{}, map[string][]Found{}, map[string][]Found{}
	for key, values := range f.Paths {
		w.Paths[key] = only(values, func(s string) bool { return route(s) != "" })
	}
	for key, values := range f.Roles {
		w.Roles[key] = only(values, func(s string) bool { return shown(s) })
	}
	for key, values := range f.Results {
		w.Results[key] = only(values, ownPath)
	}
	w.EnvFiles = only(f.EnvFiles, ownPath)
	w.Required, w.SecretKeys = only(f.Required, variable.MatchString), only(f.SecretKeys, variable.MatchString)
	w.Name, w.Version = tidied(f.Name), tidied(f.Version)
	if a, err := ParseAddress(f.BaseURL.Value); err != nil || a.Origin != f.BaseURL.Value {
		w.BaseURL = Found{}
	}
	for _, one := range []*Found{&w.APIPrefix, &w.Login, &w.Logout, &w.BuildPath} {
		if route(one.Value) == "" {
			*one = Found{}
		}
	}
	if !pointerForm.MatchString(f.BuildJSON) {
		w.BuildJSON = ""
	}
	w.Services = nil
	for _, s := range f.Services {
		twice := slices.ContainsFunc(w.Services, func(o Service) bool { return o.Name == s.Name })
		if !twice && serviceName(s.Name) == s.Name && slices.Contains(serviceKinds, s.Kind) && serviceURL.MatchString(s.URL) {
			w.Services = append(w.Services, s)
		}
	}
	return w
}

// serviceKinds are the kinds of services that a survey tells apart.
var serviceKinds = []string{"postgres", "redis", "tcp", "http", "prometheus", "grafana", "alertmanager"}

var (
	pointerForm = regexp.MustCompile(`^/[A-Za-z0-9_/-]{1,80}$`)
	// serviceURL is a hole, or an address without a user: no secret has either form.
	serviceURL = regexp.MustCompile(`^(\$\{env:[A-Za-z_][A-Za-z0-9_]*\}|([a-z]+://)?[A-Za-z0-9.-]{1,200}:[1-9][0-9]{0,4})$`)
)

func only(found []Found, fits func(string) bool) []Found {
	var out []Found
	for _, f := range found {
		twice := slices.ContainsFunc(out, func(o Found) bool { return o.Value == f.Value })
		if fits(f.Value) && !twice && len(out) < maxList {
			out = append(out, f)
		}
	}
	return out
}

func tidied(f Found) Found {
	f.Value = strings.TrimSpace(tidy(f.Value, maxName))
	return f
}
