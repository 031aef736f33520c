package report_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assess/gonogo/checks"
	"assess/gonogo/sessions/report"
)

// OSCAL has the keys and values of the model, every UUID once, and every reference meets one.
func TestOSCAL(t *testing.T) {
	for _, seed := range []string{"phase5", "full-stack"} {
		data := output(t, named(t, "oscal"), seedDocument(t, seed), nil)
		v := validOSCAL(t, data)
		defined, asked := map[string]int{}, []string{}
		var walk func(any)
		walk = func(x any) {
			switch x := x.(type) {
			case []any:
				for _, y := range x {
					walk(y)
				}
			case map[string]any:
				for k, y := range x {
					s, _ := y.(string)
					switch {
					case k == "uuid":
						defined[s]++
					case strings.HasSuffix(k, "-uuid"):
						asked = append(asked, s)
					}
					walk(y)
				}
			}
		}
		walk(v)
		for u, n := range defined {
			if n != 1 {
				t.Errorf("%s: %s is there %d times", seed, u, n)
			}
		}
		for _, u := range asked {
			if defined[u] == 0 {
				t.Errorf("%s: %s is named and not there", seed, u)
			}
		}
		if len(defined) < 100 || len(asked) < 100 {
			t.Errorf("%s: %d UUIDs, %d references", seed, len(defined), len(asked))
		}
		for what, spoil := range map[string]func(string) string{
			"a foreign key": func(s string) string {
				return strings.Replace(s, `"import-ap": {`, `"import-ap": {"status": "fine",`, 1)
			},
			"a bad UUID":   func(s string) string { return strings.Replace(s, `"uuid": "`, `"uuid": "x`, 1) },
			"no time zone": func(s string) string { return strings.Replace(s, `Z",`, `",`, 1) },
			"no time":      func(s string) string { return strings.Replace(s, `"collected": "2`, `"collected": "0`, 1) },
			"two lines":    func(s string) string { return strings.Replace(s, `"title": "`, `"title": "x\n`, 1) },
			"an empty list": func(s string) string {
				return regexp.MustCompile(`(?s)"parties": \[.*?\]`).ReplaceAllString(s, `"parties": []`)
			},
			"a bare other": func(s string) string {
				return strings.Replace(s, `"The assessment does not record whether the system is in operation."`, `""`, 1)
			},
			"a bad token": func(s string) string { return strings.Replace(s, `"control-id": "`, `"control-id": "1 `, 1) },
		} {
			bad, err := jsonschema.UnmarshalJSON(strings.NewReader(spoil(string(data))))
			if err != nil || compile(t, "oscal-assessment-results-part.json").Validate(bad) == nil {
				t.Errorf("%s passes: %v", what, err)
			}
		}
	}
}

// What a finding is about is an objective that the document has, each of them once.
func TestOSCALObjectives(t *testing.T) {
	var out oscalFile
	if err := json.Unmarshal(output(t, named(t, "oscal"), seedDocument(t, "phase5"), nil), &out); err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	for _, o := range out.Results.Local.Objectives {
		for _, p := range o.Parts {
			there[p.ID]++
		}
	}
	if len(there) != 92 {
		t.Errorf("%d objectives of 92 items", len(there))
	}
	for _, f := range out.Results.Results[0].Findings {
		if there[f.Target.ID] != 1 {
			t.Errorf("finding about %s, which is there %d times", f.Target.ID, there[f.Target.ID])
		}
	}
}

// A warning is neither satisfied nor a fail, text of others is no markup, and evidence that
// says no time does not make the observation one of the year 1.
// Times that OSCAL has no form for become the nearest that it has: a clock went wrong.
func TestOSCALOfAnotherMillennium(t *testing.T) {
	for _, year := range []int{1, 1899, 3000, 9999} {
		d := seedDocument(t, "phase5")
		at := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		d.Session.Created, d.Report.CompletedAt = at, at
		for i := range d.Items {
			for j := range d.Items[i].Evidence {
				d.Items[i].Evidence[j].At = at
			}
		}
		validOSCAL(t, output(t, named(t, "oscal"), d, nil))
	}
}

func TestOSCALSaysNoMoreThanIsKnown(t *testing.T) {
	d := seedDocument(t, "phase5")
	first := slices.IndexFunc(d.Items, func(it report.Item) bool { return len(it.Evidence) > 0 })
	it := &d.Items[first]
	it.Verdict, it.Title, it.Summary = checks.Warn, "two\nlines of *this* <b>", "{{ insert: param, x }}\n# <img src=x>"
	for i := range it.Evidence {
		it.Evidence[i].At = time.Time{}
	}
	data := output(t, named(t, "oscal"), d, nil)
	validOSCAL(t, data)
	var out oscalFile
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	r := out.Results.Results[0]
	at := slices.IndexFunc(r.Findings, func(f oscalFinding) bool { return strings.HasPrefix(f.Title, "two") })
	f := r.Findings[at]
	if s := f.Target.Status; s.State != "not-satisfied" || s.Reason != "other" || s.Remarks != "judged: warn" {
		t.Errorf("a warning is %+v", s)
	}
	if f.Title != `two lines of \*this\* \<b\>` || strings.Contains(f.Description, "{{") || strings.Contains(f.Description, "\n#") || !strings.Contains(f.Description, `\<img`) {
		t.Errorf("markup came through: %q, %q", f.Title, f.Description)
	}
	if got := r.Observations[first].Collected; got != d.Report.CompletedAt.UTC().Format(time.RFC3339) {
		t.Errorf("collected %s, completed %s", got, d.Report.CompletedAt)
	}
}

type oscalFile struct {
	Results struct {
		Local struct {
			Objectives []struct{ Parts []struct{ ID string } } `json:"objectives-and-methods"`
		} `json:"local-definitions"`
		Results []struct {
			Observations []struct{ Collected string }
			Findings     []oscalFinding
		}
	} `json:"assessment-results"`
}

type oscalFinding struct {
	Title, Description string
	Target             struct {
		ID     string `json:"target-id"`
		Status struct{ State, Reason, Remarks string }
	}
}
