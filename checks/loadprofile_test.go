package checks

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// house is a small profile that others extend in tests.
const house = `id = "house"
title = "House standard"
version = 3
review_after = "7d"
retest = ["again"]
[scoring]
rules = "seed-legacy"
[gates]
category_floor = 0
[rag]
words = { Fine = 70, Bad = 0 }
[phrases]
failed = "{fails} failures"
[[category]]
id = "security"
title = "Security"
weight = 20
[[category.item]]
id = "SEC-01"
title = "Answers"
severity = "critical"
why = "because"
checks = [{ kind = "fake.answer", path = "@paths.health[0]", "quoted key" = 1 }, { kind = "fake.answer", hint = true }]
read = { fail = "warn" }
[[category.item]]
id = "SEC-02"
title = "Asked"
severity = "low"
question = "Is it so?"
when = "always"
[[category]]
id = "data"
title = "Data"
[[category.item]]
id = "DAT-01"
title = "Asked too"
severity = "medium"
gate = "blocker"
level = "A"
question = "?"
open_on = ["fail", "warn"]
[[theme]]
title = "All"
items = ["SEC-*", "DAT-01"]
line = [{ text = "one", items = ["SEC-01"] }]
`

func bases(id string) ([]byte, error) {
	if id == "house" {
		return []byte(house), nil
	}
	return nil, errors.New("no profile " + id)
}

func mustProfile(t *testing.T, src string) *Profile {
	t.Helper()
	p, err := ParseProfile("p.toml", []byte(src), bases)
	if err != nil {
		t.Fatalf("profile:\n%v", err)
	}
	return p
}

func TestParseProfile(t *testing.T) {
	p := mustProfile(t, house)
	wantScoring := Scoring{Method: "weighted", Rules: "seed-legacy", CompleteAt: 0.5}
	wantGates := Gates{CoverageFloor: 90, CategoryFloor: 0, OverallFloor: 60, GoMark: 85, Critical: Blocker, High: Condition}
	if p.Scoring != wantScoring || p.Gates != wantGates {
		t.Errorf("scoring %+v, gates %+v", p.Scoring, p.Gates)
	}
	if want := map[string]float64{"Fine": 70, "Bad": 0}; !reflect.DeepEqual(p.RAG.Words, want) || p.RAG.Green != 85 || p.RAG.Amber != 60 {
		t.Errorf("rag %+v", p.RAG)
	}
	items := p.allItems()
	levels, whens := "", ""
	for _, it := range items {
		levels, whens = levels+it.Level, whens+it.When+" "
	}
	if levels != "CAA" || whens != "unknown always unknown " {
		t.Errorf("levels %s, whens %s", levels, whens)
	}
	want := []Check{
		{Kind: "fake.answer", Params: map[string]any{"path": "@paths.health[0]", "quoted key": int64(1)}},
		{Kind: "fake.answer", Hint: true, Params: map[string]any{}},
	}
	if !reflect.DeepEqual(items[0].Checks, want) {
		t.Errorf("checks %+v", items[0].Checks)
	}
	if ItemGate(p, items[0]) != Blocker || ItemGate(p, items[1]) != Advisory || ItemGate(p, items[2]) != Blocker {
		t.Errorf("gates %s %s %s", ItemGate(p, items[0]), ItemGate(p, items[1]), ItemGate(p, items[2]))
	}
	if got := MatchItems(p, []string{"DAT-01", "SEC-*", "SEC-01"}); !reflect.DeepEqual(got, []string{"SEC-01", "SEC-02", "DAT-01"}) {
		t.Errorf("MatchItems: %v", got)
	}
}

func TestProfileDefaults(t *testing.T) {
	p := mustProfile(t, "id=\"x\"\ntitle=\"X\"\nversion=1\n[[category]]\nid=\"c\"\ntitle=\"C\"\n[[category.item]]\nid=\"C-1\"\ntitle=\"t\"\nseverity=\"high\"\nquestion=\"?\"\n")
	if want := map[string]float64{"Excellent": 95, "Good": 80, "Fair": 60, "Poor": 0}; !reflect.DeepEqual(p.RAG.Words, want) {
		t.Errorf("words %v", p.RAG.Words)
	}
	if p.Gates.CategoryFloor != 50 || p.Scoring.Rules != "modern" || ItemGate(p, p.allItems()[0]) != Condition {
		t.Errorf("gates %+v, scoring %+v", p.Gates, p.Scoring)
	}
}

const extending = `id = "mine"
title = "Mine"
version = 1
extends = "house"
[gates]
go_mark = 95
[phrases]
warnings = "{warnings} warnings"
[[category]]
id = "security"
weight = 30
[[category.item]]
id = "SEC-01"
severity = "high"
[[category.item]]
id = "SEC-02"
dropped = "asked elsewhere"
[[category.item]]
id = "SEC-90"
title = "New"
severity = "info"
question = "New?"
[[category]]
id = "extra"
title = "Extra"
[[category.item]]
id = "EXT-01"
title = "Extra"
severity = "high"
checks = [{ kind = "fake.answer" }]
`

func TestExtends(t *testing.T) {
	p := mustProfile(t, extending)
	var got []string
	for _, c := range p.Categories {
		got = append(got, c.ID)
		for _, it := range c.Items {
			got = append(got, it.ID+" "+string(it.Severity))
		}
	}
	want := []string{"security", "SEC-01 high", "SEC-90 info", "data", "DAT-01 medium", "extra", "EXT-01 high"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("categories and items\n%v\nwant\n%v", got, want)
	}
	sec := p.Categories[0]
	if sec.Weight != 30 || sec.Title != "Security" || sec.Items[0].Why != "because" || len(sec.Items[0].Checks) != 2 {
		t.Errorf("an override changed more than its keys: %+v", sec)
	}
	if len(p.Dropped) != 1 || p.Dropped[0].ID != "SEC-02" || p.Dropped[0].Dropped != "asked elsewhere" {
		t.Errorf("dropped %+v", p.Dropped)
	}
	if p.Gates.GoMark != 95 || p.Gates.CategoryFloor != 0 || p.Scoring.Rules != "seed-legacy" ||
		p.Phrases.Failed != "{fails} failures" || p.Phrases.Warnings != "{warnings} warnings" || p.ReviewAfter != "7d" {
		t.Errorf("gates %+v, scoring %+v, phrases %+v", p.Gates, p.Scoring, p.Phrases)
	}
	if p.Extends != "house" || p.ID != "mine" {
		t.Errorf("id %s extends %s", p.ID, p.Extends)
	}
}

// TestSourceReadsBack holds that a session can read a profile from its Source alone.
func TestSourceReadsBack(t *testing.T) {
	for name, src := range map[string]string{"plain": house, "extending": extending} {
		p := mustProfile(t, src)
		again, err := ParseProfile("p.toml", p.Source, nil)
		if err != nil {
			t.Errorf("%s:\n%v\n%s", name, err, p.Source)
			continue
		}
		p.written, again.written = nil, nil
		if !reflect.DeepEqual(p, again) {
			t.Errorf("%s differs:\n%+v\n%+v", name, p, again)
		}
	}
}

func TestExtendsMistakes(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"unknown base":             {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"none\"\n", "p.toml:4: extends: no profile none"},
		"moved item":               {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"house\"\n[[category]]\nid=\"data\"\n[[category.item]]\nid=\"SEC-01\"\n", "p.toml:8: item SEC-01 belongs to category security: change it there"},
		"bad override":             {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"house\"\n[[category]]\nid=\"security\"\n[[category.item]]\nid=\"SEC-01\"\nread = { fail = \"pass\" }\n", `p.toml:9: item SEC-01: read: fail can't be read as "pass", only as warn`},
		"item, no title":           {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"house\"\n[[category]]\nid=\"security\"\n[[category.item]]\nid=\"SEC-1\"\nseverity=\"low\"\nquestion=\"?\"\n", `p.toml:7: item SEC-1: title is missing: did you mean "SEC-01"?`},
		"dropped without a reason": {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"house\"\n[[category]]\nid=\"security\"\n[[category.item]]\nid=\"SEC-01\"\ndropped=\" \"\n", "p.toml:9: item SEC-01: dropped: say why it is left out"},
		"dropped, not there":       {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"house\"\n[[category]]\nid=\"security\"\n[[category.item]]\nid=\"SEC-1\"\ndropped=\"old\"\n", `p.toml:9: item SEC-1: dropped: there is no such item to leave out: did you mean "SEC-01"?`},
		"itself":                   {"id=\"a\"\ntitle=\"A\"\nversion=1\nextends=\"a\"\n", `p.toml:4: extends: "a" is the profile's own id, and none extends itself: give it another id, or extend another`},
	} {
		if _, err := ParseProfile("p.toml", []byte(c.src), bases); err == nil || err.Error() != c.want {
			t.Errorf("%s: got\n%v\nwant\n%s", name, err, c.want)
		}
	}
	loop := func(id string) ([]byte, error) { return []byte("id=\"x\"\nextends=\"y" + id + "\"\n"), nil }
	if _, err := ParseProfile("p.toml", []byte("id=\"a\"\nextends=\"b\"\n"), loop); err == nil || !strings.Contains(err.Error(), "behind one another") {
		t.Errorf("profiles that extend one another: %v", err)
	}
}

// TestProfileMistakes breaks the house profile in every way its validation knows.
func TestProfileMistakes(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`severity = "critical"`, `severity = "critcal"`, `p.toml:21: item SEC-01: severity: "critcal" is not one of critical, high, medium, low, info: did you mean "critical"?`},
		{`severity = "critical"`, ``, `p.toml:18: item SEC-01: severity is missing: one of critical, high, medium, low, info`},
		{`severity = "critical"`, `severty = "critical"`, `p.toml:21: unknown key "category.item.severty": did you mean "category.item.severity"?`},
		{`gate = "blocker"`, `gate = "stopper"`, `p.toml:38: item DAT-01: gate: "stopper" is not one of blocker, condition, advisory`},
		{`level = "A"`, `level = "E"`, `p.toml:39: item DAT-01: level: "E" is not one of A, B, C: did you mean "A"?`},
		{`fail = "warn"`, `fail = "na"`, `p.toml:24: item SEC-01: read: fail can't be read as "na", only as warn`},
		{`fail = "warn"`, `pass = "warn"`, `p.toml:24: item SEC-01: read: a pass is read as it is`},
		{`fail = "warn"`, `pending = "warn"`, `p.toml:24: item SEC-01: read: a pending is read as it is`},
		{`fail = "warn"`, `na = "pass"`, `p.toml:24: item SEC-01: read: na can't be read as "pass", only as warn or fail`},
		{`fail = "warn"`, `inconclusive = "na"`, `p.toml:24: item SEC-01: read: inconclusive can't be read as "na", only as warn or fail`},
		{`fail = "warn"`, `faill = "warn"`, `p.toml:24: item SEC-01: read: "faill" is no verdict: did you mean "fail"?`},
		{`when = "always"`, `when = "never"`, `p.toml:30: item SEC-02: when: "never" is not one of unknown, always`},
		{`question = "Is it so?"`, ``, `p.toml:25: item SEC-02: needs checks or a question`},
		{`question = "Is it so?"`, `checks = [{ kind = "fake.answer", hint = true }]`, `p.toml:29: item SEC-02: all its checks are hints, which never count: add a question, or a check that counts`},
		{`question = "Is it so?"`, `checks = [{ kind = "fake.answer" }]`, `p.toml:30: item SEC-02: when = "always" needs a question: without one its checks alone would decide`},
		{`id = "house"`, ``, `p.toml: id is missing: give the profile one, id = "house"`},
		{`open_on = ["fail", "warn"]`, `open_on = ["fail", "na"]`, `p.toml:41: item DAT-01: open_on: "na" is not one of fail, warn`},
		{`id = "SEC-02"`, `id = "SEC-01"`, `p.toml:26: item "SEC-01" is there twice`},
		{`id = "data"`, `id = "security"`, `p.toml:32: category "security" is there twice`},
		{`items = ["SEC-*", "DAT-01"]`, `items = ["SEC-*", "DAT-10"]`, `p.toml:44: theme All: no item "DAT-10": did you mean "DAT-01"?`},
		{`items = ["SEC-01"]`, `items = ["SEK-*"]`, `p.toml:45: line "one": no item "SEK-*"`},
		{`{ kind = "fake.answer", hint = true }`, `{ hint = true }`, `p.toml:23: category.item.checks: kind is missing: { kind = "target.reachable" }`},
		{`{ kind = "fake.answer", hint = true }`, `"fake.answer"`, `p.toml:23: category.item.checks: must be a table such as { kind = "target.reachable" }`},
		{`hint = true`, `hint = 1`, `p.toml:23: category.item.checks: hint must be true or false`},
		{`rules = "seed-legacy"`, `rules = "old"`, `p.toml:7: scoring.rules: "old" is not one of modern, strict, seed-legacy`},
		{`category_floor = 0`, `category_floor = 101`, `p.toml:9: gates.category_floor: 101 must be between 0 and 100`},
		{`category_floor = 0`, `critical = "none"`, `p.toml:9: gates.critical: "none" is not one of blocker, condition, advisory`},
		{`words = { Fine = 70, Bad = 0 }`, `amber = 90`, `p.toml:11: rag.amber: 90 is above rag.green, 85`},
		{`review_after = "7d"`, `review_after = "soon"`, `p.toml:4: review_after: "soon" must be hours or days such as "7d"`},
		{`version = 3`, ``, `p.toml: version must be 1 or more`},
		{`title = "House standard"`, ``, `p.toml: title is missing`},
		{`weight = 20`, `weight = nan`, `p.toml:17: category.weight: NaN is not a number that can be compared`},
		{`weight = 20`, `weight = 1e308`, `p.toml:17: category security: weight must be between 0 and 1000000`},
		{`category_floor = 0`, `go_mark = -inf`, `p.toml:9: gates.go_mark: -Inf is not a number that can be compared`},
		{`hint = true`, `least = nan`, `p.toml:23: category.item.checks.least: NaN is not a number that can be compared`},
		{`weight = 20`, `status = { grene = "x" }`, `p.toml:17: category.status: "grene" is not one of green, amber, red, incomplete: did you mean "green"?`},
	} {
		src := strings.Replace(house, c.old, c.new, 1)
		if src == house {
			t.Fatalf("%q is not in the sample", c.old)
		}
		_, err := ParseProfile("p.toml", []byte(src), bases)
		if err == nil {
			t.Errorf("%s: read without a mistake", c.new)
			continue
		}
		if !strings.Contains("\n"+err.Error()+"\n", "\n"+c.want) {
			t.Errorf("%s: got\n%v\nwant\n%s", c.new, err, c.want)
		}
	}
}

func TestProfileWithoutItems(t *testing.T) {
	_, err := ParseProfile("p.toml", []byte("id = \"a\"\ntitle = \"A\"\nversion = 1\n[[category]]\nid = \"x\"\ntitle = \"X\"\n"), nil)
	if want := "p.toml:4: no [[category.item]]: a profile needs at least one item"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestAllMistakesInLineOrder holds that one reading explains everything.
func TestAllMistakesInLineOrder(t *testing.T) {
	src := strings.NewReplacer(`severity = "low"`, `severity = "lowest"`, `gate = "blocker"`, `gate = "b"`, `version = 3`, `version = 0`).Replace(house)
	_, err := ParseProfile("p.toml", []byte(src), nil)
	var mistakes Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 3 {
		t.Fatalf("got %v", err)
	}
	if mistakes[0].Line != 3 || mistakes[1].Line != 28 || mistakes[2].Line != 38 {
		t.Errorf("not in line order:\n%v", err)
	}
}
