package action

import (
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	seen := map[ID]bool{}
	for _, a := range Table {
		if seen[a.ID] {
			t.Errorf("%s stands twice", a.ID)
		}
		seen[a.ID] = true
		if a.Words == "" || a.Hint == "" || !slices.Contains(Groups, a.Group) {
			t.Errorf("%s lacks words, hint or a group: %+v", a.ID, a)
		}
		if !strings.Contains(string(a.ID), ".") || strings.ToLower(string(a.ID)) != string(a.ID) {
			t.Errorf("%s is no id", a.ID)
		}
		if len(a.Words) > 16 {
			t.Errorf("%s: %q is too long for a footer", a.ID, a.Words)
		}
	}
	if _, ok := Find("judge.pas"); ok {
		t.Error("an unknown id was found")
	}
}

func TestCategory(t *testing.T) {
	for n := 1; n <= 9; n++ {
		if got, ok := CategoryOf(Category(n)); !ok || got != n {
			t.Errorf("category %d reads back as %d", n, got)
		}
	}
	for _, id := range []ID{"nav.category.0", "nav.category.10", "nav.category.", Down, "nav.category.x"} {
		if n, ok := CategoryOf(id); ok {
			t.Errorf("%s is category %d", id, n)
		}
	}
}

func TestState(t *testing.T) {
	if s := When(false, Undo, "nothing to undo"); s.Enabled() || s.Off != "nothing to undo" {
		t.Errorf("%+v", s)
	}
	if s := On(Create).Say("new review").Hide().And(Edit); s.Label() != "new review" || !s.Quiet || len(s.With) != 1 || !s.Enabled() {
		t.Errorf("%+v", s)
	}
	if got := On(JudgePass).Label(); got != "pass" {
		t.Errorf("label %q", got)
	}
}
