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
	s := setup(base, options)
	outcome, ok := s.run(t, kinds, []checks.Check{{Kind: id, Params: s.Params}})[id]
	if !ok {
		return checks.Outcome{Verdict: checks.Pending, Today: checks.Pending}
	}
	return outcome
}

// RunAll runs several checks of different kinds in one run and returns their outcomes by
// kind. Those that wait for something have none.
func RunAll(t *testing.T, kinds []checks.Kind, list []checks.Check, base string, options ...Option) map[string]checks.Outcome {
	t.Helper()
	return setup(base, options).run(t, kinds, list)
}

func setup(base string, options []Option) *Setup {
	s := &Setup{
		Target: &checks.Target{Name: "test", Environment: "production", BaseURL: base, APIPrefix: "/api/"},
		Params: map[string]any{}, Rules: "modern",
		Allow: []checks.Class{checks.Intrusive},
	}
	for _, option := range options {
		option(s)
	}
	return s
}

// run lays out a profile with an item for each check and carries it out.
func (s *Setup) run(t *testing.T, kinds []checks.Kind, list []checks.Check) map[string]checks.Outcome {
	t.Helper()
	registry, err := checks.NewRegistry(kinds...)
	if err != nil {
		t.Fatal(err)
	}
	category := checks.Category{ID: "test", Title: "Test", Weight: 1}
	for _, check := range list {
		category.Items = append(category.Items, checks.Item{ID: check.Kind, Title: "test", Severity: checks.High,
			Gate: checks.Condition, Checks: []checks.Check{check}})
	}
	profile := &checks.Profile{ID: "test", Title: "test", Version: 1, Scoring: checks.Scoring{Method: "passrate", Rules: s.Rules},
		Categories: []checks.Category{category}}
	plan, err := checks.NewPlan(s.Target, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]checks.Outcome{}
	plan.Run(context.Background(), checks.RunOptions{Allow: s.Allow, Version: "test", RunID: "test"}, func(e checks.Event) {
		if finished, ok := e.(checks.Finished); ok {
			outcomes[finished.Outcome.Item] = finished.Outcome
		}
	})
	for _, item := range plan.Items {
		if _, ok := outcomes[item.Item.ID]; !ok && item.Waits == "" {
			t.Fatalf("%s: the run ended without an outcome", item.Item.ID)
		}
	}
	return outcomes
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
