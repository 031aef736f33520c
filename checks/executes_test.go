package checks

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

// starter is a kind that starts what the target declares.
func starter() Kind {
	type params struct {
		Name string `toml:"name"`
	}
	return Define(Kind{ID: "fake.start", Title: "Start", Class: Intrusive, Needs: []string{"commands.{name}"},
		Executes: func(t *Target, p any) string { return strings.Join(t.Commands[p.(params).Name].Run, " ") },
	}, func(_ context.Context, p *Probe, _ params) Result {
		p.Secret("env", "hunter2-of-the-command")
		return NewResult(Pass, "", "said hunter2-of-the-command", p.Note("out", string(p.Redacted([]byte("x hunter2-of-the-command")))))
	})
}

const smokeTarget = "name = \"x\"\nbase_url = \"https://pay.example\"\n[commands.smoke]\nrun = [\"make\", \"smoke\"]\n"

func TestACommandNeedsItsDeclaration(t *testing.T) {
	registry := mustRegistry(t, starter())
	for check, want := range map[string]string{
		`{ kind = "fake.start", name = "smoke" }`: "",
		`{ kind = "fake.start", name = "other" }`: "not declared: [commands] other",
	} {
		pl, err := NewPlan(mustTarget(t, smokeTarget), mustProfile(t, oneItem(check)), registry, Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if got := pl.Items[0].Waits; got != want && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s waits for %q, want %q", check, got, want)
		}
	}
	for _, check := range []string{`{ kind = "fake.start" }`, `{ kind = "fake.start", name = "a.run" }`, `{ kind = "fake.start", name = "" }`, `{ kind = "fake.start", name = "smoke", run = ["rm"] }`} {
		if _, err := NewPlan(mustTarget(t, smokeTarget), mustProfile(t, oneItem(check)), registry, Selection{}); err == nil {
			t.Errorf("%s is accepted", check)
		}
	}
}

func TestWhatIsNotDeclaredMakesNoItemIntrusive(t *testing.T) {
	registry := mustRegistry(t, starter(), fake("read", Local, nil))
	for check, want := range map[string]Class{
		`{ kind = "read" }, { kind = "fake.start", name = "other" }`: Local,
		`{ kind = "read" }, { kind = "fake.start", name = "smoke" }`: Intrusive,
		`{ kind = "fake.start", name = "other" }`:                    Intrusive,
	} {
		pl, err := NewPlan(mustTarget(t, smokeTarget), mustProfile(t, oneItem(check)), registry, Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if got := pl.Items[0].Class; got != want {
			t.Errorf("%s: class %s, want %s", check, got, want)
		}
	}
}

func TestACommandNeedsConsentButNoHost(t *testing.T) {
	pl := mustPlan(t, smokeTarget, itemsProfile("", checksOf("push"), `checks = [{ kind = "fake.start", name = "smoke" }]`), fake("push", Intrusive, nil), starter())
	ids := pl.Runnable([]Class{Intrusive})
	if len(ids) != 2 || len(pl.Runnable(nil)) != 0 {
		t.Fatalf("runnable with consent %v, without %v", ids, pl.Runnable(nil))
	}
	allow := RunOptions{Allow: []Class{Intrusive}, Items: ids[1:]}
	if err := pl.Ready(allow); err != nil {
		t.Errorf("the command alone: %v", err)
	}
	if err := pl.Ready(RunOptions{Allow: []Class{Intrusive}}); err == nil {
		t.Error("requests to another machine go without a confirmed host")
	}
	asks := pl.Asks(Intrusive)
	if got := []string{asks[0].Runs, asks[1].Runs}; !reflect.DeepEqual(got, []string{"make smoke", ""}) {
		t.Errorf("asks show %q", got)
	}
	for _, e := range play(t, t.Context(), pl, allow) {
		if f, ok := e.(Finished); ok && strings.Contains(string(f.Outcome.Reason)+string(f.Outcome.Evidence[0].Body), "hunter2") {
			t.Errorf("a secret of the kind shows: %s %s", f.Outcome.Reason, f.Outcome.Evidence[0].Body)
		}
	}
}

func TestCommandDeclarations(t *testing.T) {
	for src, want := range map[string]string{
		"[commands.a]\nrun = []\n":                                   "run is missing",
		"[commands.a]\nrun = [\"x\"]\nlimit = \"3h\"\n":              "not between 0 and 2h",
		"[commands.a]\nrun = [\"x\"]\nenv = [\"A\", \"T=geheim\"]\n": "entry 2 is not a variable's name",
		"[commands.a]\nrun = [\"x\\u0000y\"]\n":                      "can't be shown",
	} {
		_, err := ParseTarget("target.toml", []byte("name = \"x\"\n"+src), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, want %q", src, err, want)
		}
	}
}
