package web

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// ComponentParams are the parameters of reliability.health.components.
type ComponentParams struct {
	Path       string         `toml:"path" doc:"the detailed health route; default the target's health_detail path"`
	Components checks.Strings `toml:"components" doc:"names that must be there and healthy; default all that are listed"`
}

var healthComponents = checks.Define(checks.Kind{
	ID: "reliability.health.components", Title: "Detailed health names each dependency", Class: checks.Safe, Severity: checks.High,
	Sends: "GET of the detailed health route, with the user's token where it is refused without, and of a random path beside it",
	Rule: "PASS: every named component is there and healthy. WARN: degraded, of unknown health, under another name, or seen more than 5 min ago. " +
		"FAIL: missing, unhealthy, or the route answers 404 or 5xx without it. inconclusive: unknown paths get the same answer, or the token is refused.",
	Fix:  "List each hard dependency with its own status in the readiness answer.",
	Refs: []string{"draft-inadarei-api-health-check", "ASVS 13.4.5"},
}, runComponents)

func runComponents(ctx context.Context, p *checks.Probe, params ComponentParams) checks.Result {
	path := params.Path
	if path == "" {
		path = p.Target.Paths.HealthDetail
	}
	if path == "" {
		return answer.NotDeclared("paths.health_detail")
	}
	r := observe.Request{URL: path}
	x, err := askUnwell(ctx, p, r)
	if err == nil && refusedStatus(x.Status) && p.Target.Auth.User.Token != "" {
		r.As = observe.User
		x, err = p.Do(ctx, r)
	}
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	facts := componentFacts{Path: path, Status: x.Status, Wanted: params.Components}
	evidence := []checks.Evidence{p.Exchange(x)}
	if answer.Success(x) {
		control, err := p.Control(ctx, r)
		if err != nil {
			return answer.Unanswered(p, "GET of a random path beside "+path, err)
		}
		facts.LikeOther = observe.Same(x, control)
		evidence = append(evidence, p.Exchange(control))
	}
	facts.Found, facts.Readable = readComponents(x, p.Now())
	return judgeComponents(facts).Result(append(evidence, p.Note("components of "+path, facts.table()))...)
}

// component is one dependency in a detailed health answer.
type component struct {
	Name  string
	Says  wellness
	Stale bool // its time is more than five minutes old
}

// componentFacts is what a detailed health route showed.
type componentFacts struct {
	Path      string
	Status    int
	LikeOther bool
	Readable  bool
	Found     []component
	Wanted    []string
}

func (f componentFacts) table() string {
	var b strings.Builder
	for _, c := range f.Found {
		fmt.Fprintf(&b, "%-24s  %s\n", c.Name, orNone(string(c.Says)))
	}
	return b.String()
}

// readComponents walks the three usual forms: "checks" keyed component:measurement with
// arrays (draft-inadarei-api-health-check), "components" or "details" (Spring), or a
// flat object of names.
func readComponents(x *observe.Exchange, now time.Time) ([]component, bool) {
	object, ok := answer.Object(x)
	if !ok {
		return nil, false
	}
	tree := object
	for _, name := range []string{"checks", "components", "details", "dependencies", "services"} {
		if inner, ok := member(object, name); ok {
			if branch, ok := inner.(map[string]any); ok {
				tree = branch
				break
			}
		}
	}
	byName := map[string]component{}
	for key, value := range tree {
		c, ok := readComponent(key, value, now)
		if !ok {
			continue
		}
		if earlier, twice := byName[c.Name]; twice {
			c = worseComponent(earlier, c)
		}
		byName[c.Name] = c
	}
	found := make([]component, 0, len(byName))
	for _, c := range byName {
		found = append(found, c)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found, true
}

// overall are the members of a flat health object that are not components.
var overall = map[string]bool{"status": true, "version": true, "releaseid": true, "serviceid": true, "description": true,
	"notes": true, "output": true, "links": true, "timestamp": true, "time": true, "uptime": true, "healthy": true, "ok": true,
	"environment": true, "name": true, "service": true, "hostname": true, "error": true, "message": true, "detail": true}

func readComponent(key string, value any, now time.Time) (component, bool) {
	name, _, _ := strings.Cut(strings.ToLower(key), ":")
	if overall[name] {
		return component{}, false
	}
	c := component{Name: name}
	switch v := value.(type) {
	case []any:
		if len(v) == 0 {
			return component{}, false
		}
		for i, entry := range v {
			one, _ := readComponent(key, entry, now)
			if i == 0 {
				c = one
				continue
			}
			c = worseComponent(c, one)
		}
		c.Name = name
		return c, true
	case map[string]any:
		c.Says = objectHealth(v)
		if c.Says == silent {
			c.Says = unknown
		}
		if at, ok := member(v, "time"); ok {
			if text, ok := at.(string); ok {
				seen, err := time.Parse(time.RFC3339, text)
				c.Stale = err == nil && now.Sub(seen) > 5*time.Minute
			}
		}
		return c, true
	case string, bool:
		c.Says = wellnessOf(v)
		return c, true
	}
	return component{}, false
}

func worseComponent(a, b component) component {
	order := map[wellness]int{healthy: 0, unknown: 1, degraded: 2, unhealthy: 3}
	if order[b.Says] > order[a.Says] {
		a.Says = b.Says
	}
	a.Stale = a.Stale || b.Stale
	return a
}

// componentAliases are names that dependencies of one role go by.
var componentAliases = [][]string{
	{"database", "db", "postgres", "postgresql", "mysql", "mariadb", "sql", "sqlite"},
	{"redis", "cache", "valkey"},
	{"heavydb", "gpu", "omnisci", "gpu_database"},
	{"queue", "broker", "rabbitmq", "kafka", "nats"},
}

func judgeComponents(f componentFacts) opinion {
	switch {
	case f.Status >= 500 && len(f.Found) == 0:
		return fail(f.Path + " answers " + statusText(f.Status) + " and names no component")
	case refusedStatus(f.Status):
		return unsure(f.Path + " refuses us with " + statusText(f.Status) + ": declare a token that may see it")
	case f.Status >= 300 && f.Status < 500:
		return fail(f.Path + " answers " + statusText(f.Status) + ": no component can be seen")
	case f.LikeOther:
		return unsure(f.Path + " is answered like unknown paths")
	case !f.Readable || len(f.Found) == 0:
		return fail(f.Path + " names no component")
	}
	wanted := f.Wanted
	if len(wanted) == 0 {
		for _, c := range f.Found {
			wanted = append(wanted, c.Name)
		}
	}
	var parts []answer.Part
	for _, name := range wanted {
		o := judgeComponent(name, f.Found)
		parts = append(parts, answer.Part{What: name, Verdict: o.Verdict, Reason: o.Reason})
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass && len(wanted) > 1 {
		reason = list(wanted) + " are there and healthy"
	}
	return opinion{Verdict: verdict, Reason: reason}
}

func judgeComponent(name string, found []component) opinion {
	c, as := findComponent(strings.ToLower(name), found)
	switch {
	case c == nil:
		return fail("is missing from the detailed health answer")
	case c.Says == unhealthy:
		return fail("is unhealthy")
	case c.Says != healthy:
		return warn("is " + orNone(string(c.Says)))
	case c.Stale:
		return warn("was seen healthy more than 5 min ago")
	case as != "":
		return warn("is there under another name, " + as + ", and healthy")
	}
	return pass("is there and healthy")
}

// findComponent looks for a name, then for another name of the same role.
func findComponent(name string, found []component) (c *component, as string) {
	for i := range found {
		if found[i].Name == name {
			return &found[i], ""
		}
	}
	for _, group := range componentAliases {
		if !contains(group, name) {
			continue
		}
		for i := range found {
			if contains(group, found[i].Name) {
				return &found[i], found[i].Name
			}
		}
	}
	return nil, ""
}
