package survey

import (
	"reflect"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
)

// TestEveryKeyIsOffered holds that whatever a target file can say stands in the written
// one, filled in or as a proposal: what a profile asks for with @ is among it.
func TestEveryKeyIsOffered(t *testing.T) {
	text, err := Render(newFacts(), RenderOptions{Repository: "app", Roles: roles(t)})
	if err != nil {
		t.Fatal(err)
	}
	accepted := accept(string(text))
	table := ""
	offered := map[string]bool{}
	for line := range strings.Lines(accepted) {
		if strings.HasPrefix(line, "[") {
			table, _, _ = strings.Cut(strings.TrimPrefix(line, "["), "]")
			continue
		}
		if key, _, found := strings.Cut(line, " = "); found && !strings.HasPrefix(line, "#") {
			offered[table+"."+key] = true
		}
	}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			key := f.Tag.Get("toml")
			if key == "" || key == "-" {
				continue
			}
			at := strings.TrimPrefix(path+"."+key, ".")
			inner := f.Type
			if inner.Kind() == reflect.Map {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				walk(at, inner)
				continue
			}
			if f.Type.Kind() == reflect.Map { // its keys are the author's
				if !strings.Contains(accepted, "\n["+at+"]\n") {
					t.Errorf("no table [%s]", at)
				}
				continue
			}
			if !offersKey(offered, path, key) {
				t.Errorf("no key %s: add it to target.toml.tmpl", at)
			}
		}
	}
	walk("", reflect.TypeFor[checks.Target]())
	for _, role := range roles(t) {
		if !offered["roles."+role.Name] {
			t.Errorf("no key roles.%s", role.Name)
		}
	}
}

// offersKey looks for a key in its table; that of a service or a command has a name.
func offersKey(offered map[string]bool, path, key string) bool {
	if offered[path+"."+key] {
		return true
	}
	for o := range offered {
		if (path == "services" || path == "commands") && strings.HasPrefix(o, path+".") && strings.HasSuffix(o, "."+key) {
			return true
		}
	}
	return false
}

// TestRolesAreThoseOfTheProfile holds that every role that the default profile's checks
// name is found, whatever form the parameter has.
func TestRolesAreThoseOfTheProfile(t *testing.T) {
	src, err := profiles.Source(profiles.Default)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range roles(t) {
		found[r.Name] = true
		if r.What == "" || len(r.Items) == 0 {
			t.Errorf("role %s says nothing", r.Name)
		}
	}
	for i, rest := range strings.Split(string(src), `"@role.`) {
		name, _, _ := strings.Cut(rest, `"`)
		name, _, _ = strings.Cut(name, "[")
		if i > 0 && !found[name] {
			t.Errorf("@role.%s was not found", name)
		}
	}
}

// TestPlans holds that a written file goes into a plan of the default profile.
func TestPlans(t *testing.T) {
	p, err := profiles.Load(profiles.Default, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range []map[string]string{nil, composed} {
		target, _ := loaded(t, surveyed(t, "x", files))
		plan, err := checks.NewPlan(target, p, kinds.Registry(), checks.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if err := plan.Ready(checks.RunOptions{}); err != nil {
			t.Error(err)
		}
	}
}

func TestAwayNeedsAuthorisation(t *testing.T) {
	f := newFacts()
	f.BaseURL = Found{"https://pay.example", "as given", true}
	_, text := loaded(t, f)
	if !strings.Contains(text, "\nauthorised_by = \"\" ") {
		t.Errorf("authorised_by is not left to be filled in:\n%s", text)
	}
	f.BaseURL.Value = "http://127.0.0.1:8000"
	if _, text = loaded(t, f); strings.Contains(text, "\nauthorised_by") {
		t.Error("authorised_by is asked for on loopback")
	}
}

func TestListsStayReadable(t *testing.T) {
	f := newFacts()
	for _, n := range []string{"ONE", "TWO", "THREE"} {
		f.Required = append(f.Required, Found{strings.Repeat(n+"_", 8) + "X", ".env.example", true})
	}
	_, text := loaded(t, f)
	for line := range strings.Lines(text) {
		if head, _, _ := strings.Cut(line, "   #"); len(head) > widest+10 {
			t.Errorf("a line of %d: %s", len(head), line)
		}
	}
}

// FuzzRender holds that any facts render, load, and load again when every proposal is
// accepted.
func FuzzRender(f *testing.F) {
	f.Add("orders", "/health", "compose.yaml", "DATABASE_URL", "../app", true)
	f.Add("a\"]\n[scope]\nproxy = \"x\"\n", "/\"]\n[x]", "x\n[tls]", "A\nB", "..\\a\"b", false)
	f.Add("\u202e\x1b]0;x\a", "//evil\x00", "# [x", "${env:A}", "", true)
	f.Add("", "http://u:p@h/", "=", "@role.x", "a*[b", false)
	profile, err := profiles.Load(profiles.Default, f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	asked := Roles(profile)
	f.Fuzz(func(t *testing.T, name, path, from, word, folder string, sure bool) {
		f := newFacts()
		one := func(v string) Found { return Found{v, from, sure} }
		f.Name, f.Version, f.BaseURL, f.APIPrefix, f.Login, f.Logout, f.BuildPath = one(name), one(word), one(name), one(path), one(path), one(path), one(path)
		f.BuildJSON, f.Site, f.Repository = path, name, sure
		f.Stack, f.Ships, f.EnvFiles = []Found{one(name)}, []Found{one(word)}, []Found{one(path), one(word)}
		f.Required, f.SecretKeys = []Found{one(word), one(name), one(word)}, []Found{one(word)}
		for _, kind := range append(serviceKinds, word) {
			f.Services = append(f.Services, Service{word, kind, name, from, sure}, Service{name, kind, "${env:" + word + "}", from, sure},
				Service{"db", kind, path, from, sure}, Service{word + kind, kind, "127.0.0.1:80", from, sure})
		}
		for _, key := range []string{"health", "health_detail", "protected", "admin", "pages", "metrics", "docs", "database", "cheap", "whoami", "sample", "recovery"} {
			f.Paths[key] = []Found{one(path), {name, from, !sure}, one(word)}
		}
		for _, r := range asked {
			f.Roles[r.Name] = []Found{one(path), one(word)}
		}
		for kind := range usualResults {
			f.Results[kind] = []Found{one(path), one(word)}
		}
		o := RenderOptions{File: word, Repository: folder, Roles: append([]Role{{"x" + word, name, []string{from}}}, asked...)}
		text, err := Render(f, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := checks.ParseTarget("t", []byte(accept(string(text))), "."); err != nil {
			t.Fatalf("with all proposals accepted: %v\n%s", err, text)
		}
		f.Summary()
	})
}

func FuzzReadDescription(f *testing.F) {
	f.Add([]byte(fastAPI))
	f.Add([]byte("swagger: '2.0'\npaths: {/a: {get: {parameters: [{in: body}]}}}"))
	f.Add([]byte(`{"openapi":"3.0.0","paths":{"/x":{"$ref":"#/paths/~1x"},"/y":null,"/z":{"get":null}}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := ReadDescription(src)
		if err != nil {
			return
		}
		facts := newFacts()
		facts.describe(d, "x")
		if _, err := Render(facts, RenderOptions{}); err != nil {
			t.Fatal(err)
		}
	})
}
