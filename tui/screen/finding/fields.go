package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
)

// piece is a piece of evidence of one of the items.
type piece struct {
	checks.Evidence
	item   string
	n, of  int
	out    bool // left out of the finding
	strays bool // the finding names it, but no linked item has it any more
}

// begin is what a new finding on these items starts with: the worst severity among them,
// and what usually follows from it.
func begin(st *sessions.State, items []string) sessions.Finding {
	f := sessions.Finding{Severity: checks.Info}
	for _, id := range items {
		it := st.Items[id]
		if it == nil {
			continue
		}
		f.Items = append(f.Items, id)
		if f.Category == "" {
			f.Category = it.Planned.Category.ID
		}
		if sev := it.Planned.Item.Severity; slices.Index(severities, string(sev)) < slices.Index(severities, string(f.Severity)) {
			f.Severity = sev
		}
		if it.Machine != nil && it.Machine.Strength == checks.ObservedLive {
			f.Probability = certain
		}
	}
	for _, c := range st.Causes {
		if len(f.Items) > 0 && slices.Contains(c.Items, f.Items[0]) {
			f.Cause = c.ID
		}
	}
	f.Horizon, f.Impact = usual(f.Severity)
	f.Probability = cmp.Or(f.Probability, likely)
	return f
}

// usual is the horizon and the impact that usually go with a severity.
func usual(s checks.Severity) (horizon, impact string) {
	switch s {
	case checks.Critical, checks.High:
		return immediate, high
	case checks.Medium:
		return shortTerm, medium
	}
	return longTerm, low
}

// fields makes the form and fills it in.
func fields(f sessions.Finding, causes []sessions.Cause, ps []piece) *form.Form {
	sev := string(f.Severity)
	if f.Strength {
		sev = strength
	}
	one := func(name, label, word, value string, gap int, options []string) form.Field {
		x := form.OneOf(name, label, slices.Clone(options)...).With(said(f, value))
		x.Word, x.Gap = word, gap
		return x
	}
	owner, effort := form.Line("owner", ownerLabel, ownerHint), form.Line("effort", effortLabel, effortHint)
	probability := one("probability", "", probabilityWord, f.Probability, 1, probabilities)
	cause := form.OneOf("cause", causeLabel, causeWords(causes)...)
	evidence := form.OneOf("evidence", evidenceLabel, lines(ps)...)
	description := form.Block("description", descriptionLabel, descriptionHint, 2)
	effort.Beside, probability.Beside, description.Apart = true, true, true
	cause.Turn, evidence.Turn = true, true
	if i := slices.IndexFunc(causes, func(c sessions.Cause) bool { return c.ID == f.Cause }); i >= 0 && f.Cause != "" {
		cause.Choice.At = i + 1
	}
	return form.New(
		form.Line("title", titleLabel, titleHint).Must().With(string(f.Title)),
		one("severity", severityLabel, "", sev, 2, severities),
		one("horizon", horizonLabel, "", f.Horizon, 2, horizons),
		owner.With(string(f.Owner)), effort.With(string(f.Effort)),
		one("impact", riskLabel, impactWord, f.Impact, 1, impacts), probability,
		cause,
		description.With(string(f.Description)),
		form.Block("recommendation", recommendLabel, recommendHint, 1).With(string(f.Recommendation)),
		evidence,
	)
}

// said names what a recorded finding leaves empty; a new one takes the first option.
func said(f sessions.Finding, value string) string {
	if value == "" && f.ID != "" {
		return notSaid
	}
	return value
}

func causeWords(causes []sessions.Cause) []string {
	out := []string{noCause}
	for _, c := range causes {
		out = append(out, fmt.Sprintf(oneCause, c.Title, len(c.Items)))
	}
	return append(out, newCause)
}

// pieces lists the evidence of the items as it is now, then what a recorded finding names
// beyond that. What it does not name is left out.
func pieces(st *sessions.State, f sessions.Finding) []piece {
	var out []piece
	seen := map[string]bool{}
	for _, id := range f.Items {
		it := st.Items[id]
		if it == nil {
			continue
		}
		all := it.Evidence()
		for i, e := range all {
			if !seen[e.SHA256] {
				out = append(out, piece{Evidence: e, item: id, n: i + 1, of: len(all), out: f.ID != "" && !slices.Contains(f.Evidence, e.SHA256)})
			}
			seen[e.SHA256] = true
		}
	}
	for _, sha := range f.Evidence {
		if !seen[sha] {
			out = append(out, piece{Evidence: checks.Evidence{SHA256: sha, What: earlierRun}, strays: true})
		}
	}
	return out
}

// lines tells each piece: "REL-01 1 of 3   GET /api/health   5d0c1f7be2a4".
func lines(ps []piece) []string {
	if len(ps) == 0 {
		return []string{noEvidence}
	}
	var out []string
	for _, p := range ps {
		where := fmt.Sprintf(pieceWhere, p.item, p.n, p.of)
		if p.strays {
			where = ""
		}
		text := fmt.Sprintf("%s%s   %.12s", where, p.What, p.SHA256)
		if p.out {
			text = fmt.Sprintf(leftOutTo, text)
		}
		out = append(out, text)
	}
	return out
}

func leftOut(ps []piece) string {
	var out []string
	for _, p := range ps {
		if p.out {
			out = append(out, p.SHA256)
		}
	}
	return strings.Join(out, " ")
}

// build is what saving records: a root cause where it changes, then the finding, so that
// undo takes the finding back first.
func (s *finding) build() []sessions.Payload {
	get := func(name string) string {
		if v := s.form.Value(name); v != notSaid {
			return v
		}
		return ""
	}
	f := s.was
	f.Title = clean.Line(strings.TrimSpace(get("title")))
	f.Strength = get("severity") == strength
	f.Severity = checks.Severity(get("severity"))
	if f.Strength {
		f.Severity = checks.Info
	}
	f.Horizon, f.Impact, f.Probability = get("horizon"), get("impact"), get("probability")
	f.Owner, f.Effort = clean.Line(get("owner")), clean.Line(get("effort"))
	f.Description, f.Recommendation = clean.Block(get("description")), clean.Block(get("recommendation"))
	f.Evidence = nil
	for _, p := range s.pieces {
		if !p.out {
			f.Evidence = append(f.Evidence, p.SHA256)
		}
	}
	cause := s.cause(f)
	if cause == nil {
		f.Cause = ""
		return []sessions.Payload{sessions.FindingRecorded{Finding: f}}
	}
	f.Cause = cause.ID
	if i := slices.IndexFunc(s.causes, func(c sessions.Cause) bool { return c.ID == cause.ID }); i >= 0 && slices.Equal(s.causes[i].Items, cause.Items) {
		return []sessions.Payload{sessions.FindingRecorded{Finding: f}}
	}
	return []sessions.Payload{sessions.CauseLinked{ID: cause.ID, Title: cause.Title, Items: cause.Items}, sessions.FindingRecorded{Finding: f}}
}

// cause is the chosen root cause with the finding's items among those it explains, or nil.
func (s *finding) cause(f sessions.Finding) *sessions.Cause {
	var c sessions.Cause
	switch at := s.field("cause").Choice.At; {
	case at == 0:
		return nil
	case at <= len(s.causes):
		c = s.causes[at-1]
		c.Items = slices.Clone(c.Items)
	case len(f.Items) == 0:
		return nil // a cause without items is none
	default:
		c = sessions.Cause{ID: sessions.NextCause(s.env.Review.State), Title: f.Title}
	}
	for _, id := range f.Items {
		if !slices.Contains(c.Items, id) {
			c.Items = append(c.Items, id)
		}
	}
	return &c
}

// field is the form's field of that name.
func (s *finding) field(name string) *form.Field {
	for i := range s.form.Fields {
		if s.form.Fields[i].Name == name {
			return &s.form.Fields[i]
		}
	}
	return s.form.Marked()
}

// causeKey is the chosen cause as drafts keep it: its id, "+" for a new one, or empty.
func (s *finding) causeKey() string {
	switch at := s.field("cause").Choice.At; {
	case at > len(s.causes):
		return "+"
	case at > 0:
		return s.causes[at-1].ID
	}
	return ""
}

func (s *finding) chooseCause(key string) {
	at := 0
	if key == "+" {
		at = len(s.causes) + 1
	}
	for i, c := range s.causes {
		if c.ID == key {
			at = i + 1
		}
	}
	s.field("cause").Choice.At = at
}
