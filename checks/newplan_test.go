package checks

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"
)

// answerParams are the parameters of the fake kinds.
type answerParams struct {
	Path   string        `toml:"path" doc:"where"`
	Names  Strings       `toml:"names" doc:"which"`
	Within time.Duration `toml:"within"`
	Count  int           `toml:"count"`
	Strict *bool         `toml:"strict"`
}

// fake defines a kind that reports what it was given.
func fake(id string, class Class, run func(ctx context.Context, p *Probe, a answerParams) Result) Kind {
	k := Kind{ID: id, Title: "Fake " + id, Class: class, Severity: Low, Sends: "GET of " + id}
	if run == nil {
		run = func(_ context.Context, p *Probe, a answerParams) Result {
			return NewResult(Pass, "", "fine", p.Note("note", id))
		}
	}
	return Define(k, run)
}

func mustRegistry(t *testing.T, kinds ...Kind) *Registry {
	t.Helper()
	r, err := NewRegistry(kinds...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustTarget(t *testing.T, src string) *Target {
	t.Helper()
	target, err := ParseTarget("target.toml", []byte(src), t.TempDir())
	if err != nil {
		t.Fatalf("target:\n%v", err)
	}
	return target
}

// oneItem is a profile of one item with the given checks.
func oneItem(checks string) string {
	return "id=\"p\"\ntitle=\"P\"\nversion=1\n[[category]]\nid=\"c\"\ntitle=\"C\"\n[[category.item]]\nid=\"C-1\"\ntitle=\"T\"\nseverity=\"high\"\nchecks = [" + checks + "]\n"
}

const planTarget = `name = "x"
base_url = "http://127.0.0.1:9"
[paths]
health = ["/health", "/ready"]
metrics = "/metrics"
[roles]
page = "/page"
pages = ["/a", "/b"]
[env]
required = ["A", "B"]
[auth.login]
url = "/login"
[services.db]
kind = "postgres"
url = "${env:X}"
[load]
users = 50
`

func TestReferences(t *testing.T) {
	registry := mustRegistry(t, fake("fake.answer", Safe, nil))
	yes := true
	for params, want := range map[string]answerParams{
		`path = "/plain", within = "2s", count = 3, strict = true`: {Path: "/plain", Within: 2 * time.Second, Count: 3, Strict: &yes},
		`path = "@paths.health[1]"`:                                {Path: "/ready"},
		`path = "@paths.metrics"`:                                  {Path: "/metrics"},
		`path = "@paths.metrics[0]"`:                               {Path: "/metrics"},
		`path = "@role.page"`:                                      {Path: "/page"},
		`names = "@role.page"`:                                     {Names: Strings{"/page"}},
		`names = "@env.required"`:                                  {Names: Strings{"A", "B"}},
		`names = ["x", "@role.pages", "@auth.login.url"]`:          {Names: Strings{"x", "/a", "/b", "/login"}},
		`names = "one"`:                                            {Names: Strings{"one"}},
		`path = "@services.db.url"`:                                {Path: "${env:X}"},
		`path = "@base_url"`:                                       {Path: "http://127.0.0.1:9"},
		`path = "@@literal"`:                                       {Path: "@literal"},
		`path = "@types/node"`:                                     {Path: "@types/node"},
		`count = "@load.users"`:                                    {Count: 50},
	} {
		p := mustProfile(t, oneItem(`{ kind = "fake.answer", `+params+` }`))
		pl, err := NewPlan(mustTarget(t, planTarget), p, registry, Selection{})
		if err != nil {
			t.Errorf("%s: %v", params, err)
			continue
		}
		if got := pl.Items[0].Checks[0].params; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", params, got, want)
		}
		if pl.Items[0].Waits != "" {
			t.Errorf("%s: waits: %s", params, pl.Items[0].Waits)
		}
	}
}

func TestReferenceMistakes(t *testing.T) {
	registry := mustRegistry(t, fake("fake.answer", Safe, nil))
	for params, want := range map[string]string{
		`path = "@paths.health"`:  `profile p: item C-1: check fake.answer: path takes one value, @paths.health gives 2: name one with [0]`,
		`path = "@paths.helth"`:   `profile p: item C-1: check fake.answer: path: @paths.helth: a target has no "paths.helth": did you mean "paths.health"?`,
		`path = "@pathz.health"`:  `a target has no "pathz": did you mean "paths"?`,
		`path = "@name.x"`:        `a target has nothing below "name"`,
		`pth = "/"`:               `unknown key "pth": did you mean "path"?`,
		`count = "many"`:          `count: must be a whole number, not the string "many"`,
		`within = "soon"`:         `within: must be a duration such as "2s", not the string "soon"`,
		`count = "@paths.health"`: `count takes one value`,
	} {
		p := mustProfile(t, oneItem(`{ kind = "fake.answer", `+params+` }`))
		if _, err := NewPlan(mustTarget(t, planTarget), p, registry, Selection{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", params, err, want)
		}
	}
	p := mustProfile(t, oneItem(`{ kind = "fake.anwser" }`))
	want := `profile p: item C-1: unknown kind "fake.anwser": did you mean "fake.answer"?`
	if _, err := NewPlan(mustTarget(t, planTarget), p, registry, Selection{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWaits(t *testing.T) {
	files, login, elsewhere := fake("fake.files", Local, nil), fake("fake.login", Safe, nil), fake("fake.elsewhere", Safe, nil)
	files.Needs = []string{"repository"}
	login.Needs = []string{"base_url", "auth.login", "auth.user"}
	elsewhere.Needs = []string{}
	registry := mustRegistry(t, fake("fake.answer", Safe, nil), fake("fake.local", Local, nil), files, login, elsewhere)
	const because = " in target.toml; declare it, or say under [not_applicable] why it does not apply"
	bare := "name = \"x\"\n"
	for _, c := range []struct{ target, check, want string }{
		{bare, `{ kind = "fake.answer" }`, "not declared: base_url" + because},
		{bare, `{ kind = "fake.local" }`, ""},
		{bare, `{ kind = "fake.elsewhere" }`, ""},
		{bare, `{ kind = "fake.files" }`, "not declared: repository" + because},
		{planTarget, `{ kind = "fake.login" }`, "not declared: [auth.user]" + because},
		{planTarget, `{ kind = "fake.answer", path = "@paths.docs" }`, "not declared: [paths] docs" + because},
		{planTarget, `{ kind = "fake.answer", path = "@paths.health[2]" }`, "not declared: [paths] health[2]" + because},
		{planTarget, `{ kind = "fake.answer", path = "@role.none" }`, "not declared: [roles] none" + because},
		{planTarget, `{ kind = "fake.answer", names = ["a", "@env.secret_keys"] }`, "not declared: [env] secret_keys" + because},
		{planTarget, `{ kind = "fake.answer", path = "@services.kv.url" }`, "not declared: [services.kv] url" + because},
		{planTarget, `{ kind = "fake.answer", path = "@role.none" }, { kind = "fake.local" }`, ""},
		{bare, `{ kind = "fake.answer", path = "@role.none" }, { kind = "fake.answer", path = "@paths.docs" }`,
			"not declared: base_url, [roles] none, [paths] docs" + because},
	} {
		pl, err := NewPlan(mustTarget(t, c.target), mustProfile(t, oneItem(c.check)), registry, Selection{})
		if err != nil {
			t.Errorf("%s: %v", c.check, err)
			continue
		}
		if got := pl.Items[0].Waits; got != c.want {
			t.Errorf("%s: waits %q, want %q", c.check, got, c.want)
		}
		if runs := len(pl.Runnable(nil)) == 1; runs != (c.want == "") {
			t.Errorf("%s: runnable %v", c.check, runs)
		}
	}
}

// levelsProfile has an item of every level in two categories.
const levelsProfile = `id = "p"
title = "P"
version = 1
[[category]]
id = "one"
title = "One"
[[category.item]]
id = "ONE-1"
title = "t"
severity = "critical"
question = "?"
[[category.item]]
id = "ONE-2"
title = "t"
severity = "medium"
question = "?"
[[category]]
id = "two"
title = "Two"
[[category.item]]
id = "TWO-1"
title = "t"
severity = "low"
question = "?"
[[category.item]]
id = "TWO-2"
title = "t"
severity = "low"
level = "C"
question = "?"
`

func TestSelection(t *testing.T) {
	p := mustProfile(t, levelsProfile)
	registry := mustRegistry(t)
	for _, c := range []struct {
		level   string
		s       Selection
		want    string
		partial bool
	}{
		{"A", Selection{}, "ONE-1 ONE-2 TWO-1 TWO-2", false},
		{"B", Selection{}, "ONE-1 ONE-2 TWO-2", false},
		{"C", Selection{}, "ONE-1 TWO-2", false},
		{"A", Selection{Categories: []string{"two"}}, "TWO-1 TWO-2", true},
		{"C", Selection{Categories: []string{"two"}}, "TWO-2", true},
		{"A", Selection{Items: []string{"ONE-*"}}, "ONE-1 ONE-2", true},
		{"C", Selection{Items: []string{"ONE-*"}}, "ONE-1", true},
		{"C", Selection{Items: []string{"ONE-2"}}, "ONE-2", true},
		{"A", Selection{Categories: []string{"two"}, Items: []string{"ONE-1"}}, "ONE-1 TWO-1 TWO-2", true},
		{"A", Selection{Categories: []string{"one", "two"}}, "ONE-1 ONE-2 TWO-1 TWO-2", false},
	} {
		pl, err := NewPlan(mustTarget(t, "name = \"x\"\nlevel = \""+c.level+"\"\n"), p, registry, c.s)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		var got []string
		for _, it := range pl.Items {
			got = append(got, it.Item.ID)
		}
		if strings.Join(got, " ") != c.want || pl.Partial != c.partial {
			t.Errorf("level %s, %+v: %v partial %v, want %s %v", c.level, c.s, got, pl.Partial, c.want, c.partial)
		}
	}
	_, err := NewPlan(mustTarget(t, "name = \"x\"\n"), p, registry, Selection{Categories: []string{"on"}, Items: []string{"ONE-9", "X*"}})
	want := "profile p has no category \"on\": did you mean \"one\"?\nprofile p has no item \"ONE-9\": did you mean \"ONE-1\"?\n" +
		"profile p has no item \"X*\"; `gonogo profiles show` lists them"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestNotApplicable(t *testing.T) {
	p := mustProfile(t, levelsProfile)
	target := mustTarget(t, "name = \"x\"\n[not_applicable]\n\"ONE-1\" = \"no door\"\n\"ONE-*\" = \"no house\"\n")
	pl, err := NewPlan(target, p, mustRegistry(t), Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if pl.Items[0].NA != "no door" || pl.Items[1].NA != "no house" || pl.Items[2].NA != "" {
		t.Errorf("na: %q %q %q", pl.Items[0].NA, pl.Items[1].NA, pl.Items[2].NA)
	}
	target = mustTarget(t, "name = \"x\"\n[not_applicable]\n\"ONE-7\" = \"no door\"\n")
	want := `target.toml:3: [not_applicable]: profile p has no item "ONE-7": did you mean "ONE-1"?`
	if _, err := NewPlan(target, p, mustRegistry(t), Selection{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAsks(t *testing.T) {
	registry := mustRegistry(t, fake("fake.push", Intrusive, nil), fake("fake.answer", Safe, nil))
	p := mustProfile(t, oneItem(`{ kind = "fake.answer" }, { kind = "fake.push", path = "@paths.metrics", names = ["q", "https://x.example/a"] }, { kind = "fake.push", path = "@role.none" }`))
	pl, err := NewPlan(mustTarget(t, planTarget), p, registry, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Ask{{Item: "C-1", Kind: "fake.push", Title: "Fake fake.push", Sends: "GET of fake.push", Paths: []string{"https://x.example/a", "/metrics"}}}
	if got := pl.Asks(Intrusive); !reflect.DeepEqual(got, want) {
		t.Errorf("asks %+v, want %+v", got, want)
	}
	if pl.Items[0].Class != Intrusive {
		t.Errorf("class %s, want the strictest", pl.Items[0].Class)
	}
}

func TestRegistry(t *testing.T) {
	if _, err := NewRegistry(fake("a", Safe, nil), fake("a", Safe, nil)); err == nil || !strings.Contains(err.Error(), `"a" is defined twice`) {
		t.Errorf("a kind twice: %v", err)
	}
	if _, err := NewRegistry(Kind{ID: "a", Title: "A", Class: Safe}); err == nil {
		t.Error("a kind without Define is accepted")
	}
	k := fake("fake.answer", Safe, nil)
	k.Rule, k.Fix, k.Refs = "PASS: fine."+strings.Repeat(" or nearly", 20), "Do it.", []string{"RFC 1"}
	doc := mustRegistry(t, k).Kinds()[0].Doc()
	for _, part := range []string{"fake.answer", "safe: ordinary", "base_url", "PASS: fine.", "Do it.", "RFC 1", "path           a string: where",
		"names          a string or a list of strings: which", `within         a duration such as "2s"`, "strict         true or false"} {
		if !strings.Contains(doc, part) {
			t.Errorf("the doc lacks %q:\n%s", part, doc)
		}
	}
	for _, line := range strings.Split(doc, "\n") {
		if len(line) > docWidth {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

func TestCheckProfile(t *testing.T) {
	registry := mustRegistry(t, fake("fake.answer", Safe, nil))
	p := mustProfile(t, oneItem("\n{ kind = \"fake.answer\", pth = \"/\" },\n{ kind = \"fake.anwser\" },\n{ kind = \"fake.answer\", count = \"x\", names = \"@paths.helth\" },\n{ kind = \"fake.answer\", path = \"@role.any\", nmes = \"@role.any\" },\n{ kind = \"fake.answer\", path = \"@paths.health\", names = [\"@env.required\"] }"))
	want := `p.toml:12: item C-1: fake.answer: unknown key "pth": did you mean "path"?
p.toml:13: item C-1: unknown kind "fake.anwser": did you mean "fake.answer"?
p.toml:14: item C-1: fake.answer: names: @paths.helth: a target has no "paths.helth": did you mean "paths.health"?
p.toml:14: item C-1: fake.answer: count: must be a whole number, not the string "x"
p.toml:15: item C-1: fake.answer: unknown key "nmes": did you mean "names"?`
	if err := CheckProfile(p, registry); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if err := CheckProfile(mustProfile(t, oneItem(`{ kind = "fake.answer", count = 1 }`)), registry); err != nil {
		t.Errorf("a good profile: %v", err)
	}
	inherited := mustProfile(t, "id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"house\"\n")
	if err := CheckProfile(inherited, mustRegistry(t)); err == nil || !strings.Contains(err.Error(), `p.toml: item SEC-01: unknown kind "fake.answer"`) {
		t.Errorf("an inherited unknown kind: %v", err)
	}
}
