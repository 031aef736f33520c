package library_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/library"
)

// Every built-in entry names kinds that there are, and every blocker of the built-in
// profiles that a machine checks has an entry to pick.
func TestTheBuiltInLibrary(t *testing.T) {
	all := library.BuiltIn()
	if len(all) < 20 {
		t.Fatalf("%d entries", len(all))
	}
	known := kinds.Registry().Kinds()
	for _, e := range all {
		if e.Source != "built in" || e.Description == "" || e.Recommendation == "" || e.Severity == "" || e.Horizon == "" {
			t.Errorf("%s is not whole: %+v", e.ID, e)
		}
		for _, p := range e.Kinds {
			start, open := strings.CutSuffix(p, "*")
			found := false
			for _, k := range known {
				found = found || k.ID == p || open && strings.HasPrefix(k.ID, start)
			}
			if !found {
				t.Errorf("%s names the kind %q, which there is not", e.ID, p)
			}
		}
	}
	for _, name := range profiles.Names() {
		p, err := profiles.Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		for c := range p.Categories {
			for i := range p.Categories[c].Items {
				it := &p.Categories[c].Items[i]
				blocks := checks.ItemGate(p, it) == checks.Blocker && len(it.Checks) > 0
				if blocks && len(library.Match(all, it, p.Categories[c].ID)) == 0 && !strings.HasPrefix(it.Checks[0].Kind, "target.") && !strings.HasPrefix(it.Checks[0].Kind, "web.") {
					t.Errorf("%s: no finding to pick for the blocker %s (%s)", name, it.ID, it.Checks[0].Kind)
				}
			}
		}
	}
}

func TestMatchTellsTheBestFirst(t *testing.T) {
	all, err := library.Parse("x.toml", []byte(`
[[finding]]
id = "tag"
title = "by tag"
tags = ["headers"]
[[finding]]
id = "kind-start"
title = "by the start of a kind"
kinds = ["security.headers.*"]
[[finding]]
id = "kind"
title = "by kind"
kinds = ["security.headers.csp"]
[[finding]]
id = "start"
title = "by the start of an id"
items = ["SEC-*"]
[[finding]]
id = "exact"
title = "by id"
items = ["SEC-05"]
[[finding]]
id = "category"
title = "by category"
tags = ["frontend"]
[[finding]]
id = "other"
title = "another item's"
items = ["SEC-0"]
kinds = ["security.cors.policy"]
`))
	if err != nil {
		t.Fatal(err)
	}
	it := &checks.Item{ID: "SEC-05", Checks: []checks.Check{{Kind: "security.headers.csp"}}}
	for category, want := range map[string]string{"security": "exact start kind kind-start tag", "frontend": "exact start kind kind-start tag category"} {
		var got []string
		for _, e := range library.Match(all, it, category) {
			got = append(got, e.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", category, got, want)
		}
	}
}

// Facts stand where the texts name them, once: what a target calls itself is never read
// for facts, and control characters stay visible.
func TestFill(t *testing.T) {
	e := library.Entry{Title: "{target} fails {item}", Description: "\n{found}. At {url}.\nIn {environment}. And so on.\n", Recommendation: "Keep {\"json\": 1}.", Severity: checks.High, Effort: "1 day"}
	f := library.Fill(e, library.Facts{Item: "SEC-05", Target: "shop {found}", Found: "it\x1b[31m broke", URL: "http://x"})
	want := sessions.Finding{Title: "shop {found} fails SEC-05", Description: "it^[[31m broke. At http://x.\nAnd so on.", Recommendation: "Keep {\"json\": 1}.", Severity: checks.High, Effort: "1 day"}
	if f.Title != want.Title || f.Description != want.Description || f.Recommendation != want.Recommendation || f.Severity != want.Severity || f.Effort != want.Effort {
		t.Errorf("%+v\nwant %+v", f, want)
	}
}

// What nobody knows is not written down: a sentence that would need it is left out, and of a
// title what it names; a text of such sentences alone stays empty.
func TestFillLeavesOutWhatIsNotKnown(t *testing.T) {
	f := library.Facts{Item: "OPS-01", Target: "shop"}
	for text, want := range map[string]string{
		"{item}: {found}.\nOne illness, and nothing can be restored.": "One illness, and nothing can be restored.",
		"{item}: {found}. One illness! Is {target} lost?":             "One illness! Is shop lost?",
		"Seen {found}":                        "",
		"Version 1.2 of {target} {version}.":  "",
		"Ask {someone}. Keep {target} at 1.5": "Ask {someone}. Keep shop at 1.5",
	} {
		got := library.Fill(library.Entry{Title: "{target} {version} fails", Description: text, Recommendation: text}, f)
		if string(got.Description) != want || string(got.Recommendation) != want || got.Title != "shop fails" {
			t.Errorf("%q becomes %q under %q, want %q", text, got.Description, got.Title, want)
		}
	}
	for _, e := range library.BuiltIn() {
		if got := library.Fill(e, f); got.Title == "" || strings.Contains(string(got.Title+got.Description+got.Recommendation), "not known)") || got.Recommendation == "" {
			t.Errorf("%s without what was found: %+v", e.ID, got)
		}
	}
}

func TestMistakesHaveLines(t *testing.T) {
	for src, want := range map[string]string{
		"":               "f.toml: holds no [[finding]]",
		"[[findings]]\n": `f.toml:1: unknown key "findings": did you mean "finding"?`,
		"[[finding]]\nid = \"a\"\ntitle = \"t\"\nkinds = [\"x\"]\nsevertiy = \"high\"\n": `f.toml:5: unknown key "finding.severtiy": did you mean "finding.severity"?`,
		"[[finding]]\nid = \"a\"\ntitle = \"t\"\nkinds = [\"x\"]\nseverity = \"hihg\"\n": `f.toml:5: severity "hihg": one of critical, high, medium, low, info`,
		"[[finding]]\nid = \"a\"\ntitle = \"t {taget}\"\nkinds = [\"x\"]\n":              `f.toml:3: no fact is called {taget}: did you mean {target}?`,
		// everything at once, but for what follows from another mistake
		"[[finding]]\nid = \"A b\"\ntilte = \"t\"\nkinds = 3\nseverity = \"hihg\"\n[[finding]]\nid = \"b\"\nkidns = [\"x\"]\nhorizon = \"soon\"\n": `f.toml:2: id "A b": lower-case letters, digits and hyphens, at most 64
f.toml:3: unknown key "finding.tilte": did you mean "finding.title"?
f.toml:4: finding.kinds: must be a list of strings, not 3
f.toml:5: severity "hihg": one of critical, high, medium, low, info
f.toml:6: finding b needs a title
f.toml:8: unknown key "finding.kidns": did you mean "finding.kinds"?
f.toml:9: horizon "soon": one of immediate, short term, long term`,
		"[[finding]]\nid = \"A b\"\ntitle = \"t\"\nkinds = [\"x\"]\n":                                                      `f.toml:2: id "A b": lower-case letters, digits and hyphens, at most 64`,
		"[[finding]]\nid = \"a\"\ntitle = \"t\"\n":                                                                         "f.toml:1: finding a says nothing of what it is for: give items, kinds or tags",
		"[[finding]]\nid = \"a\"\nkinds = [\"x\"]\n":                                                                       "f.toml:1: finding a needs a title",
		"[[finding]]\nid = \"a\"\ntitle = \"t\"\ntags = [\"x\"]\n[[finding]]\nid = \"a\"\ntitle = \"t\"\ntags = [\"x\"]\n": `f.toml:6: id "a" is there twice`,
	} {
		if _, err := library.Parse("f.toml", []byte(src)); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", src, err, want)
		}
	}
}

// A house's entries come after the built-in ones or take their place; a file with a
// mistake is told and keeps no other from being read.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if all, err := library.Load(dir); err != nil || len(all) != len(library.BuiltIn()) {
		t.Fatalf("without a folder: %d, %v", len(all), err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, "findings"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "findings", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.toml", "[[finding]]\nid = \"csp-missing\"\ntitle = \"our CSP\"\nkinds = [\"security.headers.csp\"]\n[[finding]]\nid = \"ours\"\ntitle = \"ours\"\ntags = [\"headers\"]\n")
	write("b.toml", "[[finding]]\nid = \"bad\"\ntitel = \"t\"\n")
	write("c.toml", "[[finding]]\nid = \"ours\"\ntitle = \"again\"\ntags = [\"headers\"]\n")
	write("notes.txt", "no findings")
	all, err := library.Load(dir)
	if err == nil || !strings.Contains(err.Error(), `b.toml:3: unknown key "finding.titel"`) || !strings.Contains(err.Error(), "finding ours is in "+filepath.Join(dir, "findings", "a.toml")+" already") {
		t.Errorf("the mistakes are told as %v", err)
	}
	if len(all) != len(library.BuiltIn())+1 {
		t.Errorf("%d entries", len(all))
	}
	it := &checks.Item{ID: "X", Checks: []checks.Check{{Kind: "security.headers.csp"}}}
	got := library.Match(all, it, "security")
	if len(got) == 0 || got[0].Title != "our CSP" || got[len(got)-1].Title != "ours" {
		t.Errorf("%+v", got)
	}
}
