// Package build holds the kind that compares the running build with the assessed one. It
// may import checks, checks/observe and checks/web/answer.
package build

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind { return []checks.Kind{running} }

var running = checks.Define(checks.Kind{
	ID: "deploy.build", Title: "The running build is the assessed build", Class: checks.Safe, Severity: checks.Critical,
	Sends: "GET of the route that [build] names, with the user's token where it is refused without, and of a random path beside it; or of the base page or the metrics route",
	Rule: "The assessed build is [build] commit, else the repository's current commit, else the target's version. PASS: the running build says the same commit, at least 7 hex digits of it; " +
		"or the same version, where no commit of the assessed build is known. WARN: the same version without a commit, or a build of changed files (dirty). FAIL: another commit or version, " +
		"or the declared place says nothing. pending: [build] names no path, header or metric, or nothing is known to compare with. inconclusive: no answer, refused, or unknown paths get the same.",
	Fix: "Stamp the commit into the build and serve it: GET /api/version → {\"version\": \"2.3.1\", \"commit\": \"9f2c1d7…\"}, and as a label of build_info. " +
		"Go: debug.ReadBuildInfo has vcs.revision; others: --build-arg COMMIT=$(git rev-parse HEAD).",
	Refs: []string{"SLSA provenance"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	place, ok := declared(p.Target)
	if !ok {
		return answer.NotDeclared("[build] path, header or metric")
	}
	want := assessed(ctx, p)
	if want.Commit == "" && want.Version == "" {
		return answer.NotDeclared("[build] commit, a repository with its version control, or version")
	}
	seen, proof, bad := place.ask(ctx, p)
	if bad != nil {
		return *bad
	}
	v, reason := judge(want, seen)
	return checks.NewResult(v, "", reason, append(proof, p.Note("builds", table(want, seen)))...)
})

// place is where the running build says which it is.
type place struct {
	What string // as people say it: "GET /api/version"
	URL  string
	read func(x *observe.Exchange) (stamps []stamp, why string)

	Own bool // a route of its own, which unknown paths must not answer alike
}

// declared is the first declared place.
func declared(t *checks.Target) (place, bool) {
	b := t.Build
	switch {
	case b.Path != "":
		return place{What: "GET " + b.Path, URL: b.Path, Own: true, read: func(x *observe.Exchange) ([]stamp, string) { return inBody(x, b.JSON) }}, true
	case b.Header != "":
		return place{What: "the header " + b.Header + " of the base page", URL: t.BaseURL, read: func(x *observe.Exchange) ([]stamp, string) { return inHeader(x.Header, b.Header) }}, true
	case b.Metric != "":
		path := t.Paths.Metrics
		if path == "" {
			path = "/metrics"
		}
		return place{What: b.Metric + " of " + path, URL: path, Own: true, read: func(x *observe.Exchange) ([]stamp, string) { return inMetrics(x, b.Metric) }}, true
	}
	return place{}, false
}

// identity is what is known of the assessed build.
type identity struct {
	Commit  string // 7 hex digits or more, in lower case
	Version string
	From    string // where the commit is known from
}

// assessed finds out which build is under review.
func assessed(ctx context.Context, p *checks.Probe) identity {
	id := identity{Version: strings.TrimSpace(p.Target.Version)}
	if c := p.Target.Build.Commit; c != "" {
		id.Commit, id.From = strings.ToLower(c), "[build] commit"
		return id
	}
	if p.Target.Repository == "" {
		return id
	}
	tree, err := p.Repository(ctx)
	if err != nil {
		return id
	}
	if head, err := tree.Head(); err == nil {
		id.Commit, id.From = head, "the repository's current commit"
	}
	return id
}

// seen is what the declared place showed.
type seen struct {
	What   string
	Stamps []stamp
	Why    string // why there is none
	Alike  bool   // unknown paths get the same answer
	Status int
	Denied bool
}

// ask looks at the declared place.
func (pl place) ask(ctx context.Context, p *checks.Probe) (seen, []checks.Evidence, *checks.Result) {
	r := observe.Request{URL: pl.URL}
	x, err := p.Do(ctx, r)
	if err == nil && answer.Refused(x) && p.Target.Auth.User.Token != "" {
		r.As = observe.User
		x, err = p.Do(ctx, r)
	}
	if err != nil {
		bad := answer.Unanswered(p, answer.Label(p, r), err)
		return seen{}, nil, &bad
	}
	s := seen{What: pl.What, Status: x.Status, Denied: pl.Own && (answer.Refused(x) || answer.LoginForm(x))}
	proof := []checks.Evidence{p.Exchange(x)}
	if pl.Own && answer.Success(x) {
		control, err := p.Control(ctx, r)
		if err != nil {
			bad := answer.Unanswered(p, "a random path beside "+pl.URL, err)
			return s, proof, &bad
		}
		s.Alike = observe.Same(x, control)
		proof = append(proof, p.Exchange(control))
	}
	if pl.Own && x.Status != http.StatusOK {
		s.Why = fmt.Sprintf("answers %d", x.Status)
		return s, proof, nil
	}
	s.Stamps, s.Why = pl.read(x)
	return s, proof, nil
}

func table(want identity, s seen) string {
	var b strings.Builder
	fmt.Fprintf(&b, "assessed commit: %s (%s)\nassessed version: %s\nasked: %s\n", want.Commit, want.From, want.Version, s.What)
	for _, st := range s.Stamps {
		fmt.Fprintf(&b, "running: %s\n", st)
	}
	return b.String()
}
