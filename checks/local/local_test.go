package local

import (
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

func TestWorstObservationDecides(t *testing.T) {
	var none Observations
	if v := none.Verdict(); v != checks.Pending {
		t.Errorf("nothing seen is %s, want pending", v)
	}
	var o Observations
	o.Add(checks.Pass, "a", 0, "r", "fine")
	if v, why := o.Verdict(), o.Reason("all well"); v != checks.Pass || why != "all well" {
		t.Errorf("%s %q", v, why)
	}
	o.Add(checks.Warn, "b", 7, "r", "so-so")
	o.Add(checks.Inconclusive, "c", 0, "r", "unread")
	if v, why := o.Verdict(), o.Reason("all well"); v != checks.Inconclusive || why != "c: unread" {
		t.Errorf("%s %q: a warning must not hide what could not be read", v, why)
	}
	o.Add(checks.Fail, "d", 3, "r", "bad")
	o.Add(checks.Fail, "d", 3, "other", "bad")
	if v, why := o.Verdict(), o.Reason("all well"); v != checks.Fail || why != "d:3: bad" {
		t.Errorf("%s %q", v, why)
	}
}

func TestReasonAndTableAreBounded(t *testing.T) {
	var o Observations
	for i := range 1000 {
		o.Add(checks.Fail, "f", i+1, "r", "bad")
	}
	if why := o.Reason(""); strings.Count(why, "bad") != maxInReason || !strings.HasSuffix(why, fmt.Sprintf("and %d more", 1000-maxInReason)) {
		t.Errorf("%q", why)
	}
	if lines := strings.Count(o.Table(), "\n"); lines != maxInTable+1 {
		t.Errorf("%d lines in the table", lines)
	}
}

func TestYAML(t *testing.T) {
	docs, err := YAML([]byte("a: 1\n---\nb: {c: 2}\n"))
	if err != nil || len(docs) != 2 {
		t.Fatalf("%d documents, %v", len(docs), err)
	}
	for key, value := range Pairs(docs[1]) {
		if key.Value != "b" || len(value.Content) != 2 {
			t.Errorf("%s with %d nodes", key.Value, len(value.Content))
		}
	}
	for src, want := range map[string]string{
		"a: 1\nb: 1\na: 2\n":  `line 3: key "a" again, first in line 1`,
		"- {x: 1, x: 2}\n":    `key "x" again`,
		"a: &b 1\nc: *d\n":    "d",
		"a: {'1': x, 1: y}\n": "",
	} {
		_, err := YAML([]byte(src))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", src, err, want)
		}
	}
}
