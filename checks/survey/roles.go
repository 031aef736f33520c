package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

// Role is a key of [roles] that a profile's items ask for.
type Role struct {
	Name  string
	What  string // what it stands for, in words
	Items []string
}

// roleReference matches a parameter that stands for a role.
var roleReference = regexp.MustCompile(`^@role\.([A-Za-z0-9_-]+)(\[\d+\])?$`)

// roleWords say what the roles of the built-in profiles stand for, each with an example.
var roleWords = map[string]struct{ What, Example string }{
	"sqli_text":          {"a GET with a text parameter that reaches the database; probed with consent", `"/api/search?q=test"`},
	"sqli_number":        {"a GET with a number parameter that reaches the database; probed with consent", `"/api/items?id=1"`},
	"xss":                {"a GET that repeats its parameter in a page; probed with consent", `"/search?q=test"`},
	"cmdi":               {"a GET whose parameter may reach a command; probed with consent", `"/api/search?q=test"`},
	"error_input":        {"a GET whose parameter is wrong, which must be answered 4xx", `"/api/items?limit=abc"`},
	"error_method":       {"a route that does not know GET", `"/api/login"`},
	"components":         {"the names under which the detailed health route lists its dependencies", `["database", "redis"]`},
	"host":               {"a node exporter that shows the host's CPU, memory and disk", `"http://127.0.0.1:9100/metrics"`},
	"config_application": {"the service's configuration files, in the repository", `["config/app.yaml"]`},
}

// Roles lists the roles that a profile's checks ask for, in the profile's order.
func Roles(p *checks.Profile) []Role {
	var roles []Role
	for _, c := range p.Categories {
		for i := range c.Items {
			it := &c.Items[i]
			for _, check := range it.Checks {
				for _, name := range references(check.Params) {
					at := slices.IndexFunc(roles, func(r Role) bool { return r.Name == name })
					if at < 0 {
						what := roleWords[name].What
						if what == "" {
							what = "for the item " + it.ID + ": " + tidy(it.Title, maxPath)
						}
						roles = append(roles, Role{Name: name, What: what})
						at = len(roles) - 1
					}
					if !slices.Contains(roles[at].Items, it.ID) {
						roles[at].Items = append(roles[at].Items, it.ID)
					}
				}
			}
		}
	}
	return roles
}

// references are the roles that a value stands for, in whole or in part, in the order of
// their keys.
func references(value any) []string {
	switch value := value.(type) {
	case string:
		if m := roleReference.FindStringSubmatch(value); m != nil {
			return []string{m[1]}
		}
	case []any:
		var out []string
		for _, v := range value {
			out = append(out, references(v)...)
		}
		return out
	case map[string]any:
		var out []string
		for _, key := range slices.Sorted(mapKeys(value)) {
			out = append(out, references(value[key])...)
		}
		return out
	}
	return nil
}

// asked says which items ask for a role.
func (r Role) asked() string {
	if len(r.Items) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(r.Items[:3], ", "), len(r.Items)-3)
	}
	return strings.Join(r.Items, ", ")
}
