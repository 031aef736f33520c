package report

import (
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// Build makes the document of a session. prev is a session to compare it with; without one
// the changes are told from what the session itself remembers of the one it tests again,
// so that a document made from the journal alone has them too. version is the program's.
func Build(st *sessions.State, a sessions.Assessment, prev *sessions.State, version string) *Document {
	_, d := build(st, a, prev, version)
	return d
}

// Drafts are the texts that the facts give, by the section that a person may write over:
// summary, rationale, closing and, of each category, category:ID. A text that is edited remembers its draft by DraftSum.
func Drafts(st *sessions.State, a sessions.Assessment) map[string]string {
	b, d := build(st, a, nil, "")
	return b.drafts(d)
}

func build(st *sessions.State, a sessions.Assessment, prev *sessions.State, version string) (*builder, *Document) {
	b := &builder{st: st, a: a, asOf: st.LastAt, byID: map[string]*Item{}}
	d := &Document{
		Schema:       Schema,
		Tool:         Tool{Name: "gonogo", Version: version},
		Session:      b.session(),
		Target:       b.target(),
		Profile:      Profile{ID: st.Profile.ID, Title: st.Profile.Title, Version: st.Profile.Version, Method: st.Profile.Scoring.Method, SHA256: st.Opened.ProfileSHA},
		Score:        b.score(),
		Items:        b.items(),
		Findings:     b.findings(),
		Causes:       orEmpty(st.Causes),
		Waivers:      b.waivers(),
		Overrides:    orEmpty(a.Overrides),
		Consent:      b.consent(),
		RequestsSent: st.RequestsSent,
	}
	d.Strengths = b.strengths()
	d.Risks = b.risks()
	d.Actions = b.actions()
	d.Checklist = b.checklist(d.Actions)
	d.Decision = b.decision()
	d.Changes, d.Trend = changes(prev, st), sessions.TrendOf(prev, st)
	d.Report = b.narrative(d)
	return b, d
}

// changes are told from prev, else from what is remembered of the session before.
func changes(prev, st *sessions.State) *sessions.Comparison {
	var c sessions.Comparison
	switch {
	case prev != nil:
		c = sessions.Compare(prev, st)
	case st.Earlier != nil:
		c = sessions.CompareEarlier(st.Earlier, st)
	default:
		return nil
	}
	return &c
}

// builder carries what every part of the document looks at.
type builder struct {
	st   *sessions.State
	a    sessions.Assessment
	asOf time.Time // of the last event: documents read no clock
	byID map[string]*Item
}

func (b *builder) session() Session {
	o := b.st.Opened
	return Session{
		ID: o.Session, Created: b.st.CreatedAt, Touched: b.st.LastAt, Head: b.st.Head, Events: b.st.Seq,
		State: b.st.SignOff.State, Comment: string(b.st.SignOff.Comment),
		Assessors: texts(b.assessors()), From: o.From,
	}
}

// assessors are those who judged or wrote something; before anybody did, who opened it.
func (b *builder) assessors() []clean.Text {
	if len(b.st.Assessors) == 0 && b.st.By != "" {
		return []clean.Text{b.st.By}
	}
	return b.st.Assessors
}

func (b *builder) target() Target {
	t := b.st.Target
	return Target{
		Name: t.Name, Version: t.Version, Environment: t.Environment, Subtitle: t.Subtitle,
		BaseURL: t.BaseURL, Level: t.EffectiveLevel(), Hosts: orEmpty(t.Scope.Hosts),
		Authorised: t.Scope.AuthorisedBy, Contact: t.Contact, SHA256: b.st.Opened.TargetSHA,
	}
}

func (b *builder) score() Score {
	s := Score{
		Overall: b.a.Score.Overall, Low: b.a.Score.Low, High: b.a.Score.High,
		Coverage: b.a.Score.Coverage, Adjusted: b.a.Score.Adjusted, Today: b.a.Score.Today, RAG: b.a.RAG,
		Categories: []Category{},
	}
	for _, c := range b.a.Categories {
		s.Categories = append(s.Categories, b.category(c))
	}
	return s
}

func (b *builder) category(c sessions.CategoryScore) Category {
	out := Category{
		ID: c.Category.ID, Title: c.Category.Title, Weight: c.Category.Weight,
		Score: c.Score, Low: c.Low, High: c.High, Coverage: c.Coverage, Adjusted: c.Adjusted, Today: c.Today,
		Incomplete: c.Incomplete, Empty: c.Empty, RAG: c.RAG, Health: c.Health,
		ComputedRAG: c.ComputedRAG, ComputedHealth: c.ComputedHealth, Counts: c.Counts,
	}
	if d, ok := b.st.Colours[c.Category.ID]; ok {
		out.DeclaredBy, out.DeclaredWhy = string(d.By), string(d.Reason)
	}
	return out
}

func (b *builder) items() []Item {
	causes := map[string]string{}
	for _, c := range b.st.Causes {
		for _, id := range c.Items {
			causes[id] = string(c.Title)
		}
	}
	out := []Item{}
	for _, p := range b.st.Plan.Items {
		if p.Observe {
			continue
		}
		it := b.item(p)
		it.Cause = causes[it.ID]
		out = append(out, it)
	}
	for i := range out {
		b.byID[out[i].ID] = &out[i]
	}
	return out
}

func (b *builder) item(p checks.Planned) Item {
	is := b.st.Items[p.Item.ID]
	it := Item{
		ID: p.Item.ID, Category: p.Category.ID, Row: p.Item.Row, Title: p.Item.Title, Severity: p.Item.Severity,
		Gate: checks.ItemGate(b.st.Profile, p.Item), Kinds: []string{}, Verdict: is.Counts(), Note: string(is.Note), Assigned: string(is.Assigned),
		Question: p.Item.Question, Why: p.Item.Why, Fix: p.Item.Fix, Refs: orEmpty(p.Item.Refs),
		Evidence: orEmpty(is.Evidence()), Measurements: []checks.Measurement{},
	}
	for _, c := range p.Item.Checks {
		it.Kinds = append(it.Kinds, c.Kind)
	}
	if m := is.Machine; m != nil {
		it.Machine = &Machine{Verdict: m.Verdict, Today: m.Today, Changed: m.Changed, Reason: string(m.Reason), Strength: m.Strength, Vantage: string(m.Vantage)}
		it.Measurements, it.ElapsedMS = orEmpty(m.Measurements), m.ElapsedMS
	} else if len(p.Item.Checks) > 0 {
		v := checks.Pending
		if p.NA != "" {
			v = checks.NA
		}
		it.Machine = &Machine{Verdict: v, Today: v, Reason: waits(p)}
	}
	if r := is.Reviewer; r != nil {
		it.Reviewer = &Reviewer{Verdict: r.Verdict, Reason: string(r.Reason), By: string(r.By), At: r.At, Strength: r.Strength, Expires: r.Expires, Carried: r.Carried, Counts: is.ReviewerCounts()}
	}
	it.Summary = summary(p, it)
	return it
}

// notRun is the reason of a check that nothing keeps from running.
const notRun = "not run yet"

// waits says in words why the machine has no verdict yet.
func waits(p checks.Planned) string {
	switch {
	case p.NA != "":
		return p.NA
	case p.Waits != "":
		return p.Waits
	case p.Class.NeedsConsent():
		return "waits for consent to " + string(p.Class) + " checks"
	}
	return notRun
}

// summary is the reason of the verdict that counts. Of an item without one it says what is
// not answered yet, and what the machine has to say or waits for.
func summary(p checks.Planned, it Item) string {
	m := it.Machine
	switch {
	case it.Reviewer != nil && it.Reviewer.Counts:
		if it.Reviewer.Reason != "" {
			return it.Reviewer.Reason
		}
		return "said by " + it.Reviewer.By
	case p.NA != "":
		return p.NA
	case m == nil:
		return "not answered: " + it.Question
	case it.Question == "", m.Verdict == checks.Inconclusive, it.Verdict != checks.Pending:
		return m.Reason
	case m.Verdict.Decided(): // and asked all the same
		return m.Reason + "; not answered: " + it.Question
	case m.Reason == "", m.Reason == notRun:
		return "not answered: " + it.Question
	}
	return "not answered: " + it.Question + " (" + strings.ReplaceAll(m.Reason, checks.DeclareIt, "") + ")"
}

func (b *builder) findings() []sessions.Finding {
	out := []sessions.Finding{}
	for _, f := range b.st.Findings {
		if !f.Strength {
			out = append(out, f)
		}
	}
	return out
}

func (b *builder) strengths() []Strength {
	out := []Strength{}
	for _, p := range b.st.Plan.Items {
		it := b.byID[p.Item.ID]
		if it != nil && it.Verdict == checks.Pass && p.Item.Strength != "" {
			out = append(out, Strength{Category: it.Category, Text: p.Item.Strength, Item: it.ID})
		}
	}
	for _, f := range b.st.Findings {
		if f.Strength {
			out = append(out, Strength{Category: f.Category, Text: join(": ", string(f.Title), string(f.Description)), By: "recorded by a reviewer"})
		}
	}
	return out
}

func (b *builder) waivers() []Waiver {
	out := []Waiver{}
	for _, p := range b.st.Plan.Items {
		if w, ok := b.st.Waivers[p.Item.ID]; ok {
			out = append(out, Waiver{Waiver: w, Expired: sessions.Expired(w.Expires, b.asOf)})
		}
	}
	return out
}

func (b *builder) consent() []Consent {
	out := []Consent{}
	for _, c := range b.st.Consents {
		out = append(out, Consent{Class: c.Class, Host: string(c.Host), By: string(c.By), At: c.At, Items: orEmpty(c.Items)})
	}
	return out
}

// verdicts returns the verdicts that count for the items a pattern list names.
func (b *builder) verdicts(patterns []string) []checks.Verdict {
	var out []checks.Verdict
	for _, id := range checks.MatchItems(b.st.Profile, patterns) {
		if it := b.byID[id]; it != nil {
			out = append(out, it.Verdict)
		}
	}
	return out
}

// open returns the items of the patterns that need work: warn, fail or inconclusive.
func (b *builder) open(patterns []string) []string {
	out := []string{}
	for _, id := range checks.MatchItems(b.st.Profile, patterns) {
		if it := b.byID[id]; it != nil && needsWork(it.Verdict) {
			out = append(out, id)
		}
	}
	return out
}

func needsWork(v checks.Verdict) bool {
	return v == checks.Warn || v == checks.Fail || v == checks.Inconclusive
}

// settled reports whether every named item passes or does not apply, and at least one is known.
func (b *builder) settled(patterns []string) bool {
	vs := b.verdicts(patterns)
	return len(vs) > 0 && !slices.ContainsFunc(vs, func(v checks.Verdict) bool { return v != checks.Pass && v != checks.NA })
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func texts[T ~string](in []T) []string {
	out := []string{}
	for _, t := range in {
		out = append(out, string(t))
	}
	return out
}

// join puts sep between the parts that are not empty.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}
