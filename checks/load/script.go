package load

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

//go:embed script.js.tmpl
var scriptText string

var scriptTemplate = template.Must(template.New("script").Parse(scriptText))

// bucketEdges are the upper edges, in ms, of the latencies that a script counts. The limits of
// our own rules are among them.
var bucketEdges = []int{1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10000}

// scenario is one stretch of load as k6 runs it.
type scenario struct {
	Name     string // of letters, digits and _
	Items    []string
	Executor string // the rest of the scenario's object
	Turns    []int  // of requests
	Judged   bool   // at the users that are required, or fewer
	Warm     int    // ms at its start that are not counted
	Title    string
}

// script is what the template is filled with.
type script struct {
	Target, Profile, Host string // for a comment: one line each
	Authority             string // file of the target's own; "" = none
	Base                  string // JavaScript texts and objects from here on
	Requests              []string
	Scenarios             []scenario
	Left                  []string // checks that stay with gonogo
	Env                   []string // what has to be set
	Edges                 string
	Plan                  string
	Users                 int // at most
	Deadline              time.Duration
	Required              int
}

// Script is the load plan of a review as a k6 script, for load beyond one machine: the same
// requests, users and rates, and counters from which import.load judges by the same rules. No
// secret is in it: holes become environment variables.
func Script(plan *checks.Plan) ([]byte, error) {
	t := plan.Target
	s := &script{Target: line(t.Name), Profile: line(plan.Profile.ID), Host: line(t.BaseURL), Authority: line(t.TLS.CAFile), Base: quoted(t.BaseURL), Required: required(t), Deadline: usual.Deadline}
	if t.BaseURL == "" {
		return nil, errors.New("the target declares no base_url: there is nothing to send load to")
	}
	b := &builder{script: s, target: t, at: 0, known: map[string]int{}}
	for i := range plan.Items {
		item := &plan.Items[i]
		for j := range item.Checks {
			if pc := &item.Checks[j]; item.NA == "" && pc.Waits == "" && pc.Kind.Class == checks.Load {
				b.add(item.Item.ID, pc.Kind.ID, pc.Params())
			}
		}
	}
	if len(s.Scenarios) == 0 {
		return nil, fmt.Errorf("profile %s puts no load on this target that k6 could: declare [load] path or mix, and what its load checks need", plan.Profile.ID)
	}
	edges, _ := json.Marshal(bucketEdges)
	s.Edges = string(edges)
	slices.Sort(s.Env)
	s.Env = slices.Compact(s.Env)
	var out bytes.Buffer
	if err := scriptTemplate.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("write the script: %w", err)
	}
	s.Plan = fmt.Sprintf("%x", sha256.Sum256(out.Bytes()))[:12]
	out.Reset()
	if err := scriptTemplate.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("write the script: %w", err)
	}
	return out.Bytes(), nil
}

// builder collects scenarios, one after the other.
type builder struct {
	*script
	target *checks.Target
	at     int            // s from the start
	known  map[string]int // requests by their text
}

// gap is the pause between two scenarios, in s.
const gap = 5

// add turns one check into scenarios.
func (b *builder) add(item, kind string, params any) {
	switch p := params.(type) {
	case StepsParams:
		for _, stretch := range stepsStretches(p) {
			b.users(item, "steps", stretch.Users, time.Second+or(p.Measure, 8*time.Second), sending{Path: p.Path, As: p.As, Mix: or(p.Mix, false)}, stretch.Users <= b.Required)
		}
	case PoolParams:
		one, all, what := or(p.Before, 5*time.Second), or(p.During, 10*time.Second), sending{Path: p.Path, As: p.As}
		b.users(item, "pool_before", 1, one, what, false)
		b.users(item, "pool", or(p.Users, 50), all, what, true)
		b.users(item, "pool_after", 1, one, what, false)
	case SustainedParams:
		rate := fmt.Sprintf("rate: Number(__ENV.GONOGO_RATE || %d), timeUnit: '1s'", b.Required)
		if p.Rate != nil { // k6 takes whole numbers
			rate = fmt.Sprintf("rate: %.0f, timeUnit: '10s'", math.Max(1, math.Round(10**p.Rate)))
		} else {
			b.Env = append(b.Env, "GONOGO_RATE: requests a second of the steady load, half of what the best step brought")
		}
		whole := int(or(p.Time, 30*time.Second).Seconds())
		b.scenario(item, "sustained", "steady rate", fmt.Sprintf("executor: 'constant-arrival-rate', %s, duration: '%ds', preAllocatedVUs: %d, maxVUs: %d", rate, whole, places, places),
			whole, sustainWarm, sending{Path: p.Path, As: p.As, Mix: or(p.Mix, false)}, true)
		b.Users = max(b.Users, places)
	case BurstParams:
		users, rounds := or(p.Users, 50), or(p.Rounds, 10)
		b.scenario(item, fmt.Sprintf("burst_%d", users), fmt.Sprintf("%d users, %d requests each", users, rounds),
			fmt.Sprintf("executor: 'per-vu-iterations', vus: %d, iterations: %d, maxDuration: '60s'", users, rounds), 60, 0, sending{Path: p.Path, As: p.As, Mix: or(p.Mix, false)}, true)
		b.Users = max(b.Users, users)
	case BaselineParams:
		b.scenario(item, "baseline", "one user", fmt.Sprintf("executor: 'per-vu-iterations', vus: 1, iterations: %d, maxDuration: '60s'", or(p.Requests, 100)), 60, 0, sending{Path: p.Path, As: p.As}, false)
	default:
		b.Left = append(b.Left, line(item+" "+kind))
	}
}

// users adds so many users who ask again at once.
func (b *builder) users(item, name string, users int, whole time.Duration, what sending, judged bool) {
	warm := min(time.Second, whole/4)
	b.scenario(item, fmt.Sprintf("%s_%d", name, users), count(users, "user"), fmt.Sprintf("executor: 'constant-vus', vus: %d, duration: '%gs'", users, whole.Seconds()),
		int(whole.Seconds()+0.999), warm, what, judged)
	b.Users = max(b.Users, users)
}

// scenario adds one, or the item to an equal one that is there.
func (b *builder) scenario(item, name, title, executor string, whole int, warm time.Duration, what sending, judged bool) {
	c := scenario{Items: []string{line(item)}, Title: title, Turns: b.turns(what), Judged: judged, Warm: int(warm.Milliseconds())}
	names := map[string]bool{}
	for i := range b.Scenarios {
		o := &b.Scenarios[i]
		if strings.HasPrefix(o.Executor, executor+", ") && slices.Equal(o.Turns, c.Turns) && !strings.HasPrefix(name, "pool_") {
			o.Items, o.Judged = append(o.Items, c.Items...), o.Judged || judged
			return
		}
		names[o.Name] = true
	}
	c.Name = name
	for n := 2; names[c.Name]; n++ {
		c.Name = fmt.Sprintf("%s_%d", name, n)
		if strings.HasSuffix(name, "_"+fmt.Sprint(n)) {
			c.Name = fmt.Sprintf("%s_no%d", name, n)
		}
	}
	c.Executor = fmt.Sprintf("%s, startTime: '%ds', gracefulStop: '2s'", executor, b.at)
	b.at += whole + gap
	b.Scenarios = append(b.Scenarios, c)
}

// turns are the requests of what is sent, in the order in which they take turns.
func (b *builder) turns(what sending) []int {
	if mix := b.target.Load.Mix; what.Mix && len(mix) > 0 {
		requests, weights := make([]int, len(mix)), make([]int, len(mix))
		for i, m := range mix {
			m.As = cmp.Or(m.As, what.As)
			requests[i], weights[i] = b.request(m), m.Share()
		}
		turns := interleave(weights)
		for i, r := range turns {
			turns[i] = requests[r]
		}
		return turns
	}
	return []int{b.request(checks.MixRequest{Path: what.Path, As: what.As})}
}

// request adds a request as a JavaScript object, once.
func (b *builder) request(m checks.MixRequest) int {
	url := "BASE + " + quoted(m.Path)
	if !strings.HasPrefix(m.Path, "/") {
		url = quoted(m.Path)
	}
	var headers []string
	set := func(name, value string) { headers = append(headers, quoted(name)+": "+b.filled(value)) }
	for _, name := range slices.Sorted(maps.Keys(b.target.Headers)) {
		set(name, b.target.Headers[name])
	}
	for name, token := range map[string]string{"user": b.target.Auth.User.Token, "admin": b.target.Auth.Admin.Token} {
		if m.As == name {
			headers = append(headers, "...credential("+b.filled(token)+")")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		set(name, m.Headers[name])
	}
	body := "null"
	if m.Body != "" {
		body = b.filled(m.Body)
		set("Content-Type", cmp.Or(m.ContentType, "application/json"))
	}
	text := fmt.Sprintf("{ name: %s, method: %s, url: %s, body: %s, headers: { %s } }", quoted(m.Label()), quoted(cmp.Or(m.Method, http.MethodGet)), url, body, strings.Join(headers, ", "))
	at, ok := b.known[text]
	if !ok {
		at = len(b.Requests)
		b.known[text] = at
		b.Requests = append(b.Requests, text)
	}
	return at
}

var notName = regexp.MustCompile(`[^A-Z0-9]+`)

// filled is a text as a JavaScript expression, holes taken from the environment.
func (b *builder) filled(text string) string {
	var parts []string
	for _, p := range checks.HoleParts(text) {
		switch p.How {
		case "":
			parts = append(parts, quoted(p.Text))
			continue
		case "file":
			name := "GONOGO_" + strings.Trim(notName.ReplaceAllString(strings.ToUpper(p.Name), "_"), "_")
			b.Env = append(b.Env, line(name+": what "+p.Name+" holds"))
			parts = append(parts, "secret("+quoted(name)+")")
		default:
			b.Env = append(b.Env, line(p.Name))
			parts = append(parts, "secret("+quoted(p.Name)+")")
		}
	}
	if len(parts) == 0 {
		return `""`
	}
	return strings.Join(parts, " + ")
}

// quoted is a text as a JavaScript string: JSON, whose strings are such.
func quoted(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// line is a text that stands in a comment, which no character in it can end.
func line(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u2028' || r == '\u2029' || r < ' ' {
			return ' '
		}
		return r
	}, string(clean.Line(text)))
}
