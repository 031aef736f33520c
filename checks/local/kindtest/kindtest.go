// Package kindtest runs one kind from end to end in tests: files on disk, a target, a
// profile of one item, a plan and its run. Only tests import it.
package kindtest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"assess/gonogo/checks"
)

// Case is what a kind is run on.
type Case struct {
	Files   map[string]string // below the repository, which has no version control; name → content
	Mode    map[string]os.FileMode
	Target  func(*checks.Target) // declares more than the repository
	Profile string               // parameters as a TOML inline table's inside: `required = true`
}

// Run runs the kind and returns the outcome with the text of all evidence.
func Run(t *testing.T, kind checks.Kind, c Case) (checks.Outcome, string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range c.Files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		mode, ok := c.Mode[name]
		if !ok {
			mode = 0o644
		}
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(at, mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	target := &checks.Target{Name: "t", Environment: "production", Repository: ".", Dir: dir}
	if c.Target != nil {
		c.Target(target)
	}
	return Plan(t, kind, target, c.Profile)
}

// Plan runs the kind on a target that is already there.
func Plan(t *testing.T, kind checks.Kind, target *checks.Target, params string) (checks.Outcome, string) {
	t.Helper()
	if params != "" {
		params = ", " + params
	}
	src := "id = \"test\"\ntitle = \"t\"\nversion = 1\n[scoring]\nmethod = \"weighted\"\n" +
		"[[category]]\nid = \"c\"\ntitle = \"c\"\nweight = 1\n[[category.item]]\nid = \"I-01\"\ntitle = \"i\"\nseverity = \"high\"\n" +
		"checks = [{ kind = \"" + kind.ID + "\"" + params + " }]\n"
	profile, err := checks.ParseProfile("test.toml", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := checks.NewRegistry(kind)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(target, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if waits := plan.Items[0].Waits; waits != "" {
		return checks.Outcome{Verdict: checks.Pending}, waits
	}
	var outcome checks.Outcome
	plan.Run(context.Background(), checks.RunOptions{}, func(e checks.Event) {
		if f, ok := e.(checks.Finished); ok {
			outcome = f.Outcome
		}
	})
	evidence := ""
	for _, e := range outcome.Evidence {
		evidence += string(e.Body)
	}
	return outcome, evidence
}
