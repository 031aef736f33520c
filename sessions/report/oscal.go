package report

import (
	"bytes"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// oscalVersion is the version of NIST's OSCAL whose assessment-results model is written. What
// is written also keeps to the JSON Schema of 1.2.0, which is stricter about titles.
const oscalVersion = "1.1.2"

// oscalNS is where gonogo's own properties belong to; it is a name, not an address.
const oscalNS = "urn:gonogo:oscal"

// OSCAL renders the document as NIST OSCAL assessment results: an observation for what was
// seen of an item, a finding for what it was judged to be, a risk for what is open. An
// item that nobody could judge has an observation and no finding. The items are the
// document's own objectives: no catalogue has them. Titles and descriptions are Markdown in
// OSCAL, so what is not ours is escaped in them. UUIDs are version 5 (RFC 9562, 5.5), of the
// journal's head, so that the same session gives the same ones.
func OSCAL(d *Document) ([]byte, error) {
	d, err := plain(d)
	if err != nil {
		return nil, err
	}
	o := oscal{d: d}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{"assessment-results": o.results()}); err != nil {
		return nil, fmt.Errorf("render session %s as OSCAL: %w", d.Session.ID, err)
	}
	return b.Bytes(), nil
}

type oscal struct{ d *Document }

// object is a JSON object; its keys come out sorted.
type object = map[string]any

// uuidURL is the name space of addresses (RFC 9562, 6.6).
var uuidURL = [16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// uuid names a part of the document.
func (o oscal) uuid(parts ...string) string {
	h := sha1.New()
	h.Write(uuidURL[:])
	h.Write([]byte("urn:gonogo:" + o.d.Session.ID + ":" + o.d.Session.Head + ":" + strings.Join(parts, ":")))
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// filled is a string that OSCAL takes: it has no blank at its ends and is not empty.
func filled(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return "none"
	}
	return s
}

// notToken is what can't stand in a token: an XML NCName.
var notToken = regexp.MustCompile(`[^\pL\pN._-]`)

// token makes an item's id one.
func token(id string) string {
	t := notToken.ReplaceAllString(id, "-")
	if t == "" || !regexp.MustCompile(`^[\pL_]`).MatchString(t) {
		t = "_" + t
	}
	return t
}

// objective is the id of what an item asks for, beside that of the item as a control.
func objective(id string) string { return token(id) + "_obj" }

// heading is one line of OSCAL's markup-line, markup one or more of its markup-multiline.
func heading(s string) string { return filled(text(s)) }
func markup(s string) string  { return filled(block(s)) }

// moment is a time as OSCAL takes it: of the years 1900 to 2999. A journal of a clock that
// went wrong may name another; the nearest stands for it then.
func moment(t time.Time) string {
	first, last := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2999, 12, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case t.Before(first):
		t = first
	case t.After(last):
		t = last
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func prop(name, value string) object {
	return object{"name": name, "ns": oscalNS, "value": filled(line(value))}
}

func (o oscal) results() object {
	d := o.d
	when := moment(d.Report.CompletedAt)
	target := join(" ", d.Target.Name, d.Target.Version, d.Target.Environment)
	observations, findings, risks := o.items()
	controls, objectives := o.asked()
	selection := object{"include-all": object{}}
	if len(controls) > 0 {
		selection = object{"include-controls": controls}
	}
	result := object{
		"uuid": o.uuid("result"), "title": heading("Production readiness of " + target), "description": markup(d.Report.Summary),
		"start": moment(d.Session.Created), "end": when,
		"props": []object{prop("decision", string(d.Decision.Stands)), prop("score", fmt.Sprint(d.Score.Overall)), prop("coverage", fmt.Sprint(d.Score.Coverage)),
			prop("profile", d.Profile.ID), prop("profile-sha256", d.Profile.SHA256)},
		"local-definitions": object{"components": []object{{"uuid": o.uuid("target"), "type": "this-system", "title": heading(target),
			"description": markup(join(", ", target, d.Target.BaseURL)),
			"status":      object{"state": "other", "remarks": "The assessment does not record whether the system is in operation."}}}},
		"reviewed-controls": object{"control-selections": []object{selection}},
	}
	for name, list := range map[string][]object{"observations": observations, "findings": findings, "risks": risks} {
		if len(list) > 0 {
			result[name] = list
		}
	}
	out := object{
		"uuid": o.uuid("assessment-results"),
		"metadata": object{"title": heading(target + ": production readiness assessment"), "last-modified": when, "version": filled(line(d.Session.Head)),
			"oscal-version": oscalVersion, "props": []object{prop("session", d.Session.ID), prop("tool", "gonogo "+d.Tool.Version)},
			"parties": o.parties()},
		"import-ap": object{"href": "#" + o.uuid("plan"), "remarks": "There is no assessment plan in OSCAL: the profile says what was assessed."},
		"results":   []object{result},
		"back-matter": object{"resources": []object{{"uuid": o.uuid("plan"), "title": heading("Profile " + d.Profile.ID + ": " + d.Profile.Title),
			"description": "The standard that the system was held to. It travels with the session; this is its digest.",
			"rlinks":      []object{{"href": "urn:sha256:" + d.Profile.SHA256, "hashes": []object{{"algorithm": "SHA-256", "value": d.Profile.SHA256}}}}}}},
	}
	if len(objectives) > 0 {
		out["local-definitions"] = object{"objectives-and-methods": objectives}
	}
	return out
}

// asked are the items as controls, and what each asks for as the objective of one.
func (o oscal) asked() (controls, objectives []object) {
	for _, it := range o.d.Items {
		controls = append(controls, object{"control-id": token(it.ID)})
		objectives = append(objectives, object{"control-id": token(it.ID),
			"parts": []object{{"id": objective(it.ID), "name": "assessment-objective", "prose": heading(it.Title)}}})
	}
	return controls, objectives
}

func (o oscal) parties() []object {
	out := []object{}
	for _, a := range o.d.Session.Assessors {
		out = append(out, object{"uuid": o.uuid("party", a), "type": "person", "name": filled(line(a))})
	}
	if len(out) == 0 {
		out = append(out, object{"uuid": o.uuid("party"), "type": "organization", "name": "unknown"})
	}
	return out
}

func (o oscal) items() (observations, findings, risks []object) {
	open := map[string]string{}
	for _, w := range o.d.Waivers {
		if !w.Expired {
			open[w.Item] = "deviation-approved"
		}
	}
	for _, it := range o.d.Items {
		observations = append(observations, o.observation(it))
		if !it.Verdict.Decided() {
			continue
		}
		f := o.finding(it)
		if it.Verdict != checks.Pass {
			status := open[it.ID]
			if status == "" {
				status = "open"
			}
			risks = append(risks, object{"uuid": o.uuid("risk", it.ID), "title": heading(it.Title), "description": markup(it.Summary),
				"statement": filled(join(" ", rich(it.Why), rich(it.Fix))), "status": status,
				"props":                []object{prop("severity", string(it.Severity)), prop("gate", string(it.Gate))},
				"related-observations": []object{{"observation-uuid": o.uuid("observation", it.ID)}}})
			f["related-risks"] = []object{{"risk-uuid": o.uuid("risk", it.ID)}}
		}
		findings = append(findings, f)
	}
	return observations, findings, risks
}

func (o oscal) observation(it Item) object {
	methods := []string{}
	if it.Machine != nil {
		methods = append(methods, "TEST")
	}
	if it.Reviewer != nil || it.Machine == nil {
		methods = append(methods, "INTERVIEW")
	}
	out := object{"uuid": o.uuid("observation", it.ID), "title": heading(it.Title),
		"description": markup(join("\n", it.Summary, strings.Join(said(o.d, it), "\n"))), "methods": methods,
		"props": []object{prop("verdict", string(it.Verdict)), prop("item", it.ID)}, "collected": o.collected(it),
		"subjects": []object{{"subject-uuid": o.uuid("target"), "type": "component"}}}
	evidence := []object{}
	for _, e := range it.Evidence {
		evidence = append(evidence, object{"description": markup(string(e.What)), "href": "urn:sha256:" + e.SHA256,
			"props": []object{prop("sha256", e.SHA256), prop("strength", string(e.Strength))}})
	}
	if len(evidence) > 0 {
		out["relevant-evidence"] = evidence
	}
	return out
}

// collected is when the last of the item's evidence was taken, else when the review ended.
func (o oscal) collected(it Item) string {
	at := time.Time{}
	for _, e := range it.Evidence {
		if e.At.After(at) {
			at = e.At
		}
	}
	if at.IsZero() {
		at = o.d.Report.CompletedAt
	}
	return moment(at)
}

// finding: a warning satisfies nothing fully, so only a pass is satisfied; it is no fail
// either, and OSCAL has no word for it.
func (o oscal) finding(it Item) object {
	state, reason := "not-satisfied", "other"
	switch it.Verdict {
	case checks.Pass:
		state, reason = "satisfied", "pass"
	case checks.Fail:
		reason = "fail"
	}
	return object{"uuid": o.uuid("finding", it.ID), "title": heading(it.Title), "description": markup(it.Summary),
		"target": object{"type": "objective-id", "target-id": objective(it.ID), "title": heading(it.Title),
			"status": object{"state": state, "reason": reason, "remarks": "judged: " + string(it.Verdict)}},
		"related-observations": []object{{"observation-uuid": o.uuid("observation", it.ID)}}}
}
