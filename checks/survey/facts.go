package survey

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks/clean"
)

// Found is a fact and the place that shows it: a file of the repository, or a request.
type Found struct {
	Value string
	From  string
	Sure  bool // it may be relied on; else it is a guess for a person to confirm
}

// Service is something the system depends on.
type Service struct {
	Name, Kind string
	URL        string // with a hole where a password may be; empty where it is not known
	From       string
	Sure       bool
}

// Facts are what a survey found out. The zero value knows nothing and renders too.
type Facts struct {
	Name, Version Found
	BaseURL       Found
	APIPrefix     Found
	Stack         []Found // frameworks and languages
	Ships         []Found // how it is built and deployed: Dockerfile, compose file, workflows
	EnvFiles      []Found // relative to the repository
	Required      []Found // names of environment variables
	SecretKeys    []Found
	Services      []Service
	Paths         map[string][]Found // by key of [paths]
	Roles         map[string][]Found // by key of [roles]
	Results       map[string][]Found // by key of [results]; relative to the repository
	Login, Logout Found
	BuildPath     Found // a GET that names the running build
	BuildJSON     string

	Repository bool     // a repository was looked at
	Site       string   // the origin that was asked
	Asked      int      // how many requests
	Stopped    bool     // the system was not asked for everything
	Notes      []string // what went wrong or is worth knowing, a line each
}

// The longest texts that are taken over, in bytes.
const (
	maxName = 80
	maxPath = 400
	maxList = 40 // values of one key
)

// add appends a fact to a list of a map, once.
func add(m map[string][]Found, key string, f Found) {
	if f.Value == "" || len(m[key]) >= maxList || slices.ContainsFunc(m[key], func(g Found) bool { return g.Value == f.Value }) {
		return
	}
	m[key] = append(m[key], f)
}

// note remembers a line for the person at the terminal.
func (f *Facts) note(text string) { f.Notes = append(f.Notes, string(clean.Line(text))) }

// newFacts knows nothing yet.
func newFacts() Facts {
	return Facts{Paths: map[string][]Found{}, Roles: map[string][]Found{}, Results: map[string][]Found{}}
}

// Merge puts what the running system showed over what the repository said: an answer is
// better evidence than a file.
func Merge(repository, site Facts) Facts {
	m := newFacts()
	better := func(a, b Found) Found { // the first sure one, else the first
		if a.Value == "" || !a.Sure && b.Sure {
			return b
		}
		return a
	}
	m.Name, m.Version = better(repository.Name, site.Name), better(repository.Version, site.Version)
	m.BaseURL, m.APIPrefix = better(site.BaseURL, repository.BaseURL), better(site.APIPrefix, repository.APIPrefix)
	m.Login, m.Logout = better(site.Login, repository.Login), better(site.Logout, repository.Logout)
	m.BuildPath, m.BuildJSON = better(site.BuildPath, repository.BuildPath), cmp.Or(site.BuildJSON, repository.BuildJSON)
	for _, f := range []Facts{site, repository} {
		for _, both := range []struct{ into, from map[string][]Found }{{m.Paths, f.Paths}, {m.Roles, f.Roles}, {m.Results, f.Results}} {
			for key, values := range both.from {
				for _, v := range values {
					add(both.into, key, v)
				}
			}
		}
	}
	m.confirm(site)
	m.Stack, m.Ships = repository.Stack, repository.Ships
	m.EnvFiles, m.Required, m.SecretKeys = repository.EnvFiles, repository.Required, repository.SecretKeys
	m.Services = repository.Services
	m.Repository, m.Site, m.Asked, m.Stopped = repository.Repository, site.Site, site.Asked, site.Stopped
	m.Notes = slices.Concat(repository.Notes, site.Notes)
	return m
}

// confirm makes guesses of routes that only the repository names, where the running system
// was asked for them and showed no such thing.
func (f *Facts) confirm(site Facts) {
	if site.Site == "" || site.Stopped {
		return
	}
	for _, key := range []string{"health", "health_detail", "metrics", "docs"} {
		for i, found := range f.Paths[key] {
			if !slices.Contains(site.Paths[key], found) {
				f.Paths[key][i].Sure = false
				f.Paths[key][i].From += "; " + site.Site + " has no such answer"
			}
		}
	}
}

// sure are the facts that may be relied on.
func sure(found []Found) []Found {
	var out []Found
	for _, f := range found {
		if f.Sure {
			out = append(out, f)
		}
	}
	return out
}

// tidy is foreign text as one line of at most max bytes, without what a terminal can't show.
func tidy(s string, max int) string {
	if len(s) > 4*max {
		s = strings.ToValidUTF8(s[:4*max], "")
	}
	s = strings.Join(strings.Fields(string(clean.Line(s))), " ")
	if len(s) > max {
		s = strings.ToValidUTF8(s[:max], "")
	}
	return s
}

// shown reports whether a text can be written down as it is: one that must be changed for it
// no longer names what it named.
func shown(s string) bool { return s != "" && tidy(s, maxPath) == s }

// route is a path that can be asked for as it is; others are "".
func route(s string) string {
	u, err := url.Parse(s)
	if !shown(s) || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "{}<>\"'`\\ *") || err != nil ||
		u.Fragment != "" || path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") && u.Path != "/" {
		return ""
	}
	return s
}

// variable matches the name of an environment variable.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,79}$`)

// ownPath reports whether a path of the repository can be written into a target file where
// * and ? are marks of a pattern.
func ownPath(s string) bool { return shown(s) && !strings.ContainsAny(s, `*?[]\`) }
