package survey

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web"
	"assess/gonogo/checks/web/answer"
)

// MaxRequests is how many requests a survey of a running system sends at most.
const MaxRequests = 40

// The routes that are asked for, beside those that a description names.
var (
	usualHealth  = []string{"/health", "/healthz", "/livez", "/readyz", "/api/health", "/actuator/health", "/-/healthy", "/status"}
	usualDocs    = []string{"/openapi.json", "/swagger.json", "/v3/api-docs", "/docs"}
	usualBuilds  = []string{"/version"}
	usualMetrics = "/metrics"
)

// About is how many requests a survey sends to a system that has none of what is looked for:
// its first page, a random path and metrics beside the lists above; each route that answers costs one or two more.
var About = 3 + len(usualHealth) + len(usualDocs) + len(usualBuilds)

// maxExtra is how many routes of each sort are asked for because a description or the
// repository names them.
const maxExtra = 4

// SiteOptions are what asking a running system needs beside its address.
type SiteOptions struct {
	Version string // of gonogo, for the User-Agent
	Known   Facts  // of the repository: its routes are asked for first
}

// Site asks a running system for what is usual, with ordinary GETs and to its own origin
// alone, and collects what stands up to a random path beside it. The error says why the
// system could not be asked at all.
func Site(ctx context.Context, at Address, o SiteOptions) (Facts, error) {
	f := newFacts()
	g, err := guard.New(guard.Config{Hosts: []string{at.Origin}, Budget: MaxRequests, Version: o.Version})
	if err != nil {
		return f, err
	}
	defer g.Close()
	s := &site{Facts: &f, ctx: ctx, at: at, known: map[string][]Found{}, build: o.Known.BuildPath.Value,
		store: observe.NewStore(observe.Options{Base: at.Origin, Guard: g})}
	for _, key := range []string{"health", "health_detail", "metrics", "docs"} {
		for _, k := range o.Known.Paths[key] {
			add(s.known, key, k)
		}
	}
	f.Site = at.Origin
	err = s.survey()
	f.Asked = g.Sent()
	return f, err
}

// site is a survey of a running system in progress.
type site struct {
	*Facts
	ctx   context.Context
	store *observe.Store
	at    Address
	known map[string][]Found // routes to ask for, by key of [paths]
	build string             // a route that may name the build
}

func (s *site) survey() error {
	first, err := s.store.Do(s.ctx, observe.Request{URL: s.at.Path})
	if last := answer.LastWord(err); last != nil {
		first, err = last, nil
	}
	if err != nil {
		return err
	}
	s.BaseURL = Found{s.at.Origin, "as given; it answers " + fmt.Sprint(first.Status), true}
	s.front(first)
	if s.shut() {
		return nil
	}
	s.docs()
	s.health()
	s.metrics()
	s.builds()
	s.sample()
	return s.ctx.Err()
}

// ask sends a GET, following redirects that stay on the origin. nil means that there is no
// answer of its own; after a trouble that will not pass nothing more is asked.
func (s *site) ask(at string) *observe.Exchange {
	for range 3 {
		if s.Stopped {
			return nil
		}
		x, err := s.store.Do(s.ctx, observe.Request{URL: at})
		if last := answer.LastWord(err); last != nil && last.Status == http.StatusServiceUnavailable {
			return last
		}
		if err != nil {
			s.trouble(err)
			return nil
		}
		to := answer.Location(x)
		here, _ := url.Parse(s.at.Origin)
		if to == nil || !answer.SameOrigin(to, here) || answer.ToLogin(x) {
			return x
		}
		at = to.String()
	}
	return nil
}

// trouble ends the survey where it would only go on knocking.
func (s *site) trouble(err error) {
	switch answer.Trouble(err) {
	case observe.Timeout, observe.NotHTTP:
		s.note(err.Error())
		return
	}
	s.Stopped = true
	s.note("stopped asking: " + err.Error())
}

// own reports whether x stands up to a random path beside it.
func (s *site) own(x *observe.Exchange) (answer.Standing, *observe.Exchange) {
	control, err := s.store.Control(s.ctx, observe.Request{URL: x.URL})
	if err != nil {
		s.trouble(err)
		return answer.Other, nil
	}
	return answer.Stand(x, control), control
}

// pageTitle matches the title of a page.
var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>([^<]{1,200})</title>`)

// front looks at the first page.
func (s *site) front(x *observe.Exchange) {
	here, _ := url.Parse(s.at.Origin)
	if to := answer.Location(x); to != nil {
		if !answer.SameOrigin(to, here) {
			s.note(fmt.Sprintf("%s redirects to %s, another origin, which was not asked: give that URL to survey it", s.at.Origin, to.Scheme+"://"+to.Host))
			return
		}
		if x = s.ask(s.at.Path); x == nil {
			return
		}
	}
	switch {
	case x.Status >= 500:
		s.note(fmt.Sprintf("the first page answers %d", x.Status))
	case answer.Success(x) && answer.HTML(x):
		add(s.Paths, "pages", Found{s.at.Path, "it is a page", true})
		if m := pageTitle.FindSubmatch(x.Body); m != nil {
			s.Name = Found{tidy(string(m[1]), maxName), "the page's title", false}
		}
	}
	if s.Name.Value == "" {
		s.Name = Found{tidy(s.at.Host, maxName), "the host's name", false}
	}
}

// shut reports whether the system refuses everything that is unknown: then nothing can be
// told from its absence.
func (s *site) shut() bool {
	control, err := s.store.Control(s.ctx, observe.Request{URL: "/gonogo"})
	if err != nil {
		s.trouble(err)
		return true
	}
	switch {
	case answer.Refused(control):
		s.note(fmt.Sprintf("unknown paths are refused like protected ones (%d): what exists can't be told from outside, so little is proposed", control.Status))
	case answer.Success(control):
		s.note("unknown paths are answered with success: only what differs from that counts")
	}
	return false
}

// docs looks for a description of the API, and takes over what it says.
func (s *site) docs() {
	places := s.with("docs", usualDocs)
	for _, at := range places {
		x := s.ask(at)
		if x == nil || !answer.Success(x) {
			continue
		}
		page := answer.HTML(x) && docsPage.Match(x.Body)
		if !page && !speaksOpenAPI(x.Body) {
			continue
		}
		if standing, _ := s.own(x); standing != answer.Real {
			continue
		}
		add(s.Paths, "docs", Found{at, "it answers", true})
		if page {
			return
		}
		d, err := ReadDescription(x.Body)
		if x.Truncated {
			err = errors.New("larger than 1 MiB")
		}
		if err != nil {
			s.note(fmt.Sprintf("%s: not read as an API description: %v", at, err))
			return
		}
		s.note(fmt.Sprintf("%s describes %d operations", at, len(d.Operations)))
		own := newFacts()
		own.describe(d, at)
		s.take(own)
		if d.Title != "" && d.Title != "FastAPI" { // what the framework says for itself
			s.Name = Found{d.Title, at, false}
		}
		return
	}
}

// docsPage matches pages that show a description.
var docsPage = regexp.MustCompile(`(?i)SwaggerUIBundle|id=["']swagger-ui["']|<redoc[ >]|Redoc\.init|<elements-api`)

// speaksOpenAPI reports whether a body begins like a description, whole or cut.
func speaksOpenAPI(body []byte) bool {
	head := body[:min(len(body), 4<<10)]
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) && (bytes.Contains(head, []byte(`"openapi"`)) || bytes.Contains(head, []byte(`"swagger"`)))
}

// take adopts a description's facts: its health and metrics routes are asked for before
// they count.
func (s *site) take(d Facts) {
	for _, key := range []string{"health", "health_detail", "metrics"} {
		for _, route := range d.Paths[key] {
			add(s.known, key, route)
		}
		delete(d.Paths, key)
	}
	for key, routes := range d.Paths {
		for _, r := range routes {
			add(s.Paths, key, r)
		}
	}
	s.Roles, s.APIPrefix, s.Login, s.Logout = d.Roles, d.APIPrefix, d.Login, d.Logout
	s.Version = d.Version
	s.build = cmp.Or(s.build, d.BuildPath.Value)
}

// with are the routes that the repository or a description names, and the usual ones.
func (s *site) with(key string, usual []string) []string {
	var out []string
	for _, k := range s.known[key] {
		if len(out) < maxExtra {
			out = append(out, k.Value)
		}
	}
	for _, at := range usual {
		if !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// health asks for health routes. One counts when it speaks of health and no random path
// beside it says the same; an unwell one counts too.
func (s *site) health() {
	for _, key := range []string{"health", "health_detail"} {
		usual := usualHealth
		if key == "health_detail" {
			usual = nil
		}
		for _, at := range s.with(key, usual) {
			x := s.ask(at)
			if x == nil || !answer.Success(x) && x.Status != http.StatusServiceUnavailable {
				continue
			}
			empty := len(x.Body) == 0
			if !web.SaysHealth(x) && !empty {
				continue
			}
			standing, control := s.own(x)
			real := standing == answer.Real || x.Status == http.StatusServiceUnavailable && control != nil && !observe.Same(x, control)
			if !real || empty && control.Status != http.StatusNotFound {
				continue
			}
			add(s.Paths, key, Found{at, fmt.Sprintf("it answers %d", x.Status), true})
		}
	}
}

// exposition matches a line that only metrics have.
var exposition = regexp.MustCompile(`(?m)^# (HELP|TYPE) [a-zA-Z_:]`)

// metrics asks for the metrics route.
func (s *site) metrics() {
	for _, at := range s.with("metrics", []string{usualMetrics}) {
		x := s.ask(at)
		if x == nil {
			continue
		}
		standing, _ := s.own(x)
		switch {
		case standing == answer.Real && !answer.HTML(x) && exposition.Match(x.Body):
			add(s.Paths, "metrics", Found{at, "it answers", true})
		case standing == answer.Guarded:
			add(s.Paths, "metrics", Found{at, fmt.Sprintf("it answers %d: a credential is needed", x.Status), true})
		}
	}
}

// builds asks for a route that names the running build.
func (s *site) builds() {
	places := usualBuilds
	if at := s.build; at != "" && !slices.Contains(places, at) {
		places = append([]string{at}, places...)
	}
	for _, at := range places {
		x := s.ask(at)
		if x == nil || !answer.Success(x) {
			continue
		}
		pointer := buildPointer(x.Body)
		if pointer == "" {
			continue
		}
		if standing, _ := s.own(x); standing == answer.Real {
			s.BuildPath, s.BuildJSON = Found{at, "it answers", true}, pointer
			return
		}
	}
}

// sample asks for described routes that are open and need nothing, until one answers: it
// shows the headers of an API that has no page. One that refuses is protected, whatever
// the description says.
func (s *site) sample() {
	for i, candidate := range slices.Clone(s.Paths["sample"]) {
		if i == maxExtra {
			return
		}
		x := s.ask(candidate.Value)
		if x == nil {
			continue
		}
		standing, _ := s.own(x)
		if standing == answer.Guarded {
			s.guarded(candidate.Value, x.Status)
		}
		if standing != answer.Real {
			continue
		}
		for _, key := range []string{"cheap", "database", "recovery"} { // it is the best guess for these too
			s.Paths[key] = append([]Found{candidate}, without(s.Paths[key], candidate.Value)...)
		}
		s.Paths["sample"] = []Found{{candidate.Value, fmt.Sprintf("open by %s; it answers %d", candidate.From, x.Status), true}}
		return
	}
}

// guarded moves a route from the open ones to the protected ones.
func (s *site) guarded(at string, status int) {
	for _, key := range []string{"sample", "cheap", "database", "recovery"} {
		s.Paths[key] = without(s.Paths[key], at)
	}
	found := Found{at, fmt.Sprintf("it answers %d", status), false}
	add(s.Paths, "protected", found)
	if meEnd.MatchString(at) {
		add(s.Paths, "whoami", found)
	}
}

func without(found []Found, value string) []Found {
	return slices.DeleteFunc(slices.Clone(found), func(f Found) bool { return f.Value == value })
}

// buildPointer is where a JSON object names its build.
func buildPointer(body []byte) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return ""
	}
	for _, key := range []string{"commit", "git_commit", "git_sha", "sha", "revision", "version"} {
		var text string
		if json.Unmarshal(object[key], &text) == nil && text != "" {
			return "/" + key
		}
	}
	return ""
}
