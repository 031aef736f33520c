package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/cmd/gonogo/help"
)

// example is the first indented block of a help topic, as people would copy it.
func example(t *testing.T, topic string) string {
	t.Helper()
	text, ok := help.Topic(topic)
	if !ok {
		t.Fatalf("no topic %s", topic)
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		rest, indented := strings.CutPrefix(line, "    ")
		switch {
		case indented:
			b.WriteString(rest)
		case strings.TrimSpace(line) == "":
			b.WriteString("\n")
		case strings.TrimSpace(b.String()) != "":
			return b.String()
		}
	}
	return b.String()
}

// TestHelpProfileIsSound holds that the profile of `gonogo help profile` reads, and does what
// its comments say.
func TestHelpProfileIsSound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "house.toml")
	if err := os.WriteFile(file, []byte(example(t, "profile")), 0o600); err != nil {
		t.Fatal(err)
	}
	house, err := profiles.Load(file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := checks.CheckProfile(house, kinds.Registry()); err != nil {
		t.Fatal(err)
	}
	production, err := profiles.Load("production", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if house.Gates.CoverageFloor != 95 || house.Gates.GoMark != production.Gates.GoMark {
		t.Errorf("gates %+v", house.Gates)
	}
	was, is := item(production, "SEC-07"), item(house, "SEC-07")
	if is == nil || is.Severity != checks.Medium || was.Severity == is.Severity || is.Title != was.Title || len(is.Checks) != len(was.Checks) {
		t.Errorf("SEC-07 became %+v", is)
	}
	if item(house, "SEC-28") != nil || len(house.Dropped) != 1 || house.Dropped[0].Dropped != "rotation is audited elsewhere" {
		t.Errorf("SEC-28 is still there, or its reason is not: %+v", house.Dropped)
	}
	own := house.Categories[len(house.Categories)-1]
	if own.ID != "house" || own.Weight != 5 || item(house, "HOUSE-01") == nil || len(item(house, "HOUSE-02").Checks) != 1 {
		t.Errorf("the new category is %+v", own)
	}
}

func item(p *checks.Profile, id string) *checks.Item {
	for c := range p.Categories {
		if i := slices.IndexFunc(p.Categories[c].Items, func(it checks.Item) bool { return it.ID == id }); i >= 0 {
			return &p.Categories[c].Items[i]
		}
	}
	return nil
}

// TestHelpTargetIsSound holds that the target file of `gonogo help target` loads.
func TestHelpTargetIsSound(t *testing.T) {
	if _, err := checks.ParseTarget("target.toml", []byte(example(t, "target")), t.TempDir()); err != nil {
		t.Fatal(err)
	}
}
