package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// plain is a copy of the document in which every string went through clean.Block: what a
// profile, a target or a person wrote holds no control, bidi or invisible character then,
// whatever format it goes to. Each format still escapes for its own place.
func plain(d *Document) (*Document, error) {
	js, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("copy the document of session %s: %w", d.Session.ID, err)
	}
	var out Document
	if err := json.Unmarshal(js, &out); err != nil {
		return nil, fmt.Errorf("copy the document of session %s: %w", d.Session.ID, err)
	}
	scrub(reflect.ValueOf(&out).Elem())
	return &out, nil
}

// scrub cleans every string that v holds. A document holds no maps: one that did would
// panic in the first test that renders it.
func scrub(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(clean.Block(v.String())))
	case reflect.Pointer:
		if !v.IsNil() {
			scrub(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrub(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			scrub(v.Field(i))
		}
	case reflect.Map, reflect.Interface:
		panic("report: a document holds no " + v.Kind().String())
	}
}

// line is s as one line, at most clean.MaxLine characters.
func line(s string) string { return string(clean.Line(s)) }

// byMachine are the items that a check judges, in the order of the plan: questions alone
// have no place in a format for test results.
func byMachine(d *Document) []Item {
	var out []Item
	for _, it := range d.Items {
		if it.Machine != nil {
			out = append(out, it)
		}
	}
	return out
}

// What became of a piece of evidence's bytes in a report.
const (
	included = "included"
	withheld = "withheld"
	takenOut = "taken out"
	missing  = "missing"
)

// body reads one piece of evidence and says what became of it: included, withheld, taken
// out of the session, or missing in this copy of it.
func body(bodies Bodies, e checks.Evidence) (data []byte, state string, err error) {
	if bodies == nil {
		return nil, withheld, nil
	}
	data, err = bodies(e.SHA256)
	switch {
	case errors.Is(err, sessions.ErrTakenOut):
		return nil, takenOut, nil
	case errors.Is(err, sessions.ErrNotFound):
		return nil, missing, nil
	case err != nil:
		return nil, "", fmt.Errorf("evidence %.12s…: %w", e.SHA256, err)
	}
	return data, included, nil
}

// said joins the words that qualify an item's verdict: what the machine says where a
// person says otherwise, what today's rule says, what waives it.
func said(d *Document, it Item) []string {
	var out []string
	if m, r := it.Machine, it.Reviewer; r != nil {
		mark := "reviewer: "
		if !r.Counts {
			mark = "reviewer, counts no more: "
		}
		out = append(out, mark+string(r.Verdict)+suffix(", ", r.Reason)+suffix(", by ", r.By))
		if m != nil && m.Verdict != it.Verdict {
			out = append(out, "machine: "+string(m.Verdict)+suffix(", ", m.Reason))
		}
	}
	if m := it.Machine; m != nil && m.Today != "" && m.Today != m.Verdict {
		out = append(out, fmt.Sprintf("today's rule: %s; counted as %s by %s", m.Today, m.Verdict, m.Changed))
	}
	for _, w := range d.Waivers {
		if w.Item == it.ID {
			out = append(out, waived(w))
		}
	}
	return out
}

// waived is a waiver in words.
func waived(w Waiver) string {
	state := "waived until "
	if w.Expired {
		state = "waiver expired on "
	}
	return state + w.Expires + suffix(": ", string(w.Reason)) + suffix(", approved by ", string(w.ApprovedBy))
}
