package sessions

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Happening is an event as people read it: who did what, when.
type Happening struct {
	Seq    uint64     `json:"seq"`
	At     time.Time  `json:"at"`
	By     clean.Text `json:"by"`
	Role   clean.Text `json:"role,omitempty"` // the store's account that wrote it, where that is not called By
	What   string     `json:"what"`
	Items  []string   `json:"items"`  // that it is about; empty: the whole session
	Undone bool       `json:"undone"` // somebody took it back
}

// teller is a payload that can say what happened and to which items.
type teller interface {
	tell() (what string, items []string)
}

// Tell says in a few words what an event is, and names the items it is about.
func Tell(p Payload) (what string, items []string) {
	if t, ok := p.(teller); ok {
		what, items = t.tell()
		return strings.TrimSpace(strings.ReplaceAll(what, "\n", " ")), items
	}
	if p == nil {
		return "nothing", nil
	}
	return p.Type(), nil
}

// History tells what happened, oldest first: in the whole session, or to some items where
// ids are given. To an item belongs what names it, and what was done to a finding or a root
// cause while that named it; of those it says when the item was linked and taken out.
func History(events []Event, ids ...string) []Happening {
	undone, _, _ := history(events)
	out := []Happening{}
	titles := map[string]string{} // of the findings, causes and conditions that hold one of them
	for _, e := range events {
		what, items := Tell(e.Data)
		about := len(ids) == 0 || slices.ContainsFunc(items, func(id string) bool { return slices.Contains(ids, id) })
		if key := subject(e.Data); key != "" && len(ids) > 0 {
			title, was := titles[key]
			switch {
			case undone[e.Seq]:
			case about:
				titles[key] = causeTitle(e.Data)
			default:
				delete(titles, key)
			}
			what = joined(e.Data, what, was, about)
			_, cause := e.Data.(CauseLinked)
			about = (about || was) && !(about && was && cause && title == causeTitle(e.Data)) // else only others came or went
		}
		if about {
			out = append(out, Happening{Seq: e.Seq, At: e.At, By: e.By, Role: e.strange(), What: what, Items: slices.Concat([]string{}, items), Undone: undone[e.Seq]})
		}
	}
	return out
}

// strange is the account that wrote an event under another name than its own, or empty.
func (e Event) strange() clean.Text {
	if strings.EqualFold(string(e.Role), string(e.By)) {
		return ""
	}
	return e.Role
}

// Who is who did it, for people: "ann", or "ann as role reviewer" where the store's account
// that wrote it is called otherwise.
func (h Happening) Who() string {
	if h.Role == "" {
		return string(h.By)
	}
	return strings.TrimSpace(string(h.By) + " as role " + string(h.Role))
}

// causeTitle is what a root cause says of each of its items; other records say nothing.
func causeTitle(p Payload) string {
	c, _ := p.(CauseLinked)
	return string(c.Title)
}

// joined says what an event on a root cause or a finding did to an item that was linked to
// it before, and is after.
func joined(p Payload, what string, was, is bool) string {
	if was == is {
		return what
	}
	word := "linked to "
	if was {
		word = "taken out of "
	}
	switch p := p.(type) {
	case CauseLinked:
		if len(p.Items) > 0 {
			return word + "“" + string(p.Title) + "”"
		}
	case FindingRecorded:
		return word + what
	}
	return what
}

// subject names the record that an event replaces or removes.
func subject(p Payload) string {
	switch p := p.(type) {
	case FindingRecorded:
		return "finding " + p.Finding.ID
	case FindingRemoved:
		return "finding " + p.ID
	case CauseLinked:
		return "cause " + p.ID
	case ConditionRecorded:
		return "condition " + p.Condition.ID
	case ConditionRemoved:
		return "condition " + p.ID
	}
	return ""
}

// says puts a reason behind what was said.
func says(what string, reason clean.Text) string {
	if blank(reason) {
		return what
	}
	return what + ": " + string(reason)
}

// names lists items for a sentence.
func names(items []string) string { return firstOf(items, 4) }

func (o Opened) tell() (string, []string) {
	if o.From != "" {
		return "opened, to test " + o.From + " again", nil
	}
	return fmt.Sprintf("opened on %s with the profile %s", o.Target, o.Profile), nil
}

func (r RunStarted) tell() (string, []string) {
	items := "items"
	if len(r.Items) == 1 {
		items = "item"
	}
	what := fmt.Sprintf("run %s of %d %s", r.Run, len(r.Items), items)
	if len(r.Allowed) > 0 {
		what += ", allowed " + joinClasses(r.Allowed)
	}
	return what, nil
}

func joinClasses(classes []checks.Class) string {
	words := make([]string, len(classes))
	for i, c := range classes {
		words[i] = string(c)
	}
	return strings.Join(words, " and ")
}

func (r RunEnded) tell() (string, []string) {
	what := fmt.Sprintf("run %s ended, %d requests sent", r.Run, r.RequestsSent)
	if r.Interrupted {
		what = fmt.Sprintf("run %s was cut off, %d requests sent", r.Run, r.RequestsSent)
	}
	return what, nil
}

func (c Consented) tell() (string, []string) {
	return fmt.Sprintf("allowed %s on %s", c.Class, c.Host), c.Items
}

func (c Checked) tell() (string, []string) {
	return says(c.Item+" checked "+string(c.Verdict), c.Reason), []string{c.Item}
}

func (j Judged) tell() (string, []string) {
	switch {
	case j.Verdict == "":
		return names(j.Items) + " not judged any more", j.Items
	case j.Carried:
		return says(names(j.Items)+" judged "+string(j.Verdict)+", carried over", j.Reason), j.Items
	}
	return says(names(j.Items)+" judged "+string(j.Verdict), j.Reason), j.Items
}

func (n Noted) tell() (string, []string) {
	if blank(n.Text) {
		return n.Item + " note removed", []string{n.Item}
	}
	return n.Item + " noted: " + string(n.Text), []string{n.Item}
}

func (m Marked) tell() (string, []string) {
	if m.On {
		return names(m.Items) + " marked", m.Items
	}
	return names(m.Items) + " no longer marked", m.Items
}

func (f FindingRecorded) tell() (string, []string) {
	kind := "finding"
	if f.Finding.Strength {
		kind = "strength"
	}
	what := fmt.Sprintf("%s %s: %s", kind, f.Finding.ID, f.Finding.Title)
	if f.Finding.Closed {
		what += ", closed"
	}
	return what, f.Finding.Items
}

func (f FindingRemoved) tell() (string, []string) { return "finding " + f.ID + " removed", nil }

func (c CauseLinked) tell() (string, []string) {
	if len(c.Items) == 0 {
		return "root cause " + c.ID + " removed", nil
	}
	return fmt.Sprintf("root cause “%s”: %s", c.Title, names(c.Items)), c.Items
}

func (w Waived) tell() (string, []string) {
	if w.Remove {
		return w.Waiver.Item + " waived no more", []string{w.Waiver.Item}
	}
	return says(fmt.Sprintf("%s waived until %s", w.Waiver.Item, w.Waiver.Expires), w.Waiver.Reason), []string{w.Waiver.Item}
}

func (c ConditionRecorded) tell() (string, []string) {
	return fmt.Sprintf("condition %s: %s", c.Condition.ID, c.Condition.Text), c.Condition.VerifiedBy
}

func (c ConditionRemoved) tell() (string, []string) { return "condition " + c.ID + " removed", nil }

func (d Declared) tell() (string, []string) {
	word := "as computed"
	if d.Decision != "" {
		word = d.Decision.Words()
	}
	return says("decision declared, "+word, d.Reason), nil
}

func (c ColourDeclared) tell() (string, []string) {
	if c.RAG == "" && c.Health == "" {
		return "colour of " + c.Category + " as computed", nil
	}
	return says(strings.TrimSpace(fmt.Sprintf("colour of %s: %s %s", c.Category, c.RAG, c.Health)), c.Reason), nil
}

func (t TextEdited) tell() (string, []string) {
	if blank(t.Text) {
		return "report text " + t.Section + " as drafted", nil
	}
	return "report text " + t.Section + " written", nil
}

func (t Ticked) tell() (string, []string) {
	if t.On {
		return "ticked " + t.Line, nil
	}
	return "tick taken from " + t.Line, nil
}

func (p Promoted) tell() (string, []string) {
	if p.On {
		return p.Item + " made a critical issue", []string{p.Item}
	}
	return p.Item + " no critical issue any more", []string{p.Item}
}

func (s SignedOff) tell() (string, []string) { return says(s.State, s.Comment), nil }

func (b BaselineSet) tell() (string, []string) {
	if b.On {
		return "made the baseline", nil
	}
	return "no longer the baseline", nil
}

func (a EvidenceAttached) tell() (string, []string) {
	what := fmt.Sprintf("%s evidence attached: %s, sha256 %.12s", names(a.Items), a.Evidence.What, a.Evidence.SHA256)
	if a.Carried {
		what += ", carried over"
	}
	return what, a.Items
}

func (u Undone) tell() (string, []string) { return fmt.Sprintf("event %d undone", u.Seq), nil }

func (r Redone) tell() (string, []string) { return fmt.Sprintf("event %d redone", r.Seq), nil }

func (r EvidenceRedacted) tell() (string, []string) {
	return says(fmt.Sprintf("evidence %.12s… taken out", r.SHA256), r.Reason), nil
}

func (u Unknown) tell() (string, []string) { return "something a newer gonogo wrote: " + u.Name, nil }
