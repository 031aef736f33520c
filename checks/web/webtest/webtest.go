// Package webtest runs one kind against a test server through the real plan, runner,
// guard and store. Only tests import it.
package webtest

import (
	"context"
	"testing"

	"assess/gonogo/checks"
)

// Setup is what a test may change before its check runs.
type Setup struct {
	Target *checks.Target
	Params map[string]any
	Rules  string
	Allow  []checks.Class
}

// Option changes a Setup.
type Option func(*Setup)

// Param sets a parameter of the check.
func Param(name string, value any) Option {
	return func(s *Setup) { s.Params[name] = value }
}

// Rules sets the profile's rules.
func Rules(rules string) Option { return func(s *Setup) { s.Rules = rules } }

// Target changes the target.
func Target(change func(*checks.Target)) Option {
	return func(s *Setup) { change(s.Target) }
}

// Tokens gives the target a user's and an admin's token, by environment variables. An
// empty token is not declared.
func Tokens(t *testing.T, user, admin string) Option {
	t.Helper()
	return func(s *Setup) {
		if user != "" {
			t.Setenv("GONOGO_TEST_USER", user)
			s.Target.Auth.User.Token = "${env:GONOGO_TEST_USER}"
		}
		if admin != "" {
			t.Setenv("GONOGO_TEST_ADMIN", admin)
			s.Target.Auth.Admin.Token = "${env:GONOGO_TEST_ADMIN}"
		}
	}
}

// Run runs the kind on a target with the base URL and returns the item's outcome. All
// classes are consented to.
func Run(t *testing.T, kinds []checks.Kind, id, base string, options ...Option) checks.Outcome {
	t.Helper()
	s := &Setup{
		Target: &checks.Target{Name: "test", Environment: "production", BaseURL: base, APIPrefix: "/api/"},
		Params: map[string]any{}, Rules: "modern",
		Allow: []checks.Class{checks.Intrusive},
	}
	for _, option := range options {
		option(s)
	}
	registry, err := checks.NewRegistry(kinds...)
	if err != nil {
		t.Fatal(err)
	}
	item := checks.Item{ID: "T-01", Title: "test", Severity: checks.High, Gate: checks.Condition,
		Checks: []checks.Check{{Kind: id, Params: s.Params}}}
	profile := &checks.Profile{ID: "test", Title: "test", Version: 1, Scoring: checks.Scoring{Method: "passrate", Rules: s.Rules},
		Categories: []checks.Category{{ID: "test", Title: "Test", Weight: 1, Items: []checks.Item{item}}}}
	plan, err := checks.NewPlan(s.Target, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if waits := plan.Items[0].Waits; waits != "" {
		return checks.Outcome{Verdict: checks.Pending, Today: checks.Pending}
	}
	var outcome *checks.Outcome
	plan.Run(context.Background(), checks.RunOptions{Allow: s.Allow, Version: "test", RunID: "test"}, func(e checks.Event) {
		if finished, ok := e.(checks.Finished); ok {
			outcome = &finished.Outcome
		}
	})
	if outcome == nil {
		t.Fatalf("%s: the run ended without an outcome", id)
	}
	return *outcome
}

// Want fails the test unless the outcome has the verdict, and evidence where it decides.
func Want(t *testing.T, o checks.Outcome, want checks.Verdict) {
	t.Helper()
	if o.Verdict != want {
		t.Errorf("verdict %s, want %s: %s", o.Verdict, want, o.Reason)
	}
	if o.Verdict.Decided() && len(o.Evidence) == 0 {
		t.Errorf("%s without evidence: %s", o.Verdict, o.Reason)
	}
}
