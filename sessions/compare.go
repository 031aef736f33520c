package sessions

import (
	"encoding/json"
	"regexp"
	"slices"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Comparison says, item by item, what changed between two sessions, and what the score's
// change is made of.
type Comparison struct {
	Old        ComparisonSide    `json:"old"`
	New        ComparisonSide    `json:"new"`
	Groups     []ComparisonGroup `json:"groups"` // worst first; only those with items
	Split      []SplitPart       `json:"split"`  // adds up to the score's change
	Items      int               `json:"items"`  // in either session
	Comparable int               `json:"comparable"`
}

// ComparisonSide is one of the two sessions.
type ComparisonSide struct {
	ID       string   `json:"id"`
	Target   string   `json:"target"`
	Version  string   `json:"version"`
	Profile  string   `json:"profile"`
	At       string   `json:"at"` // of its last event, RFC 3339
	Decision Decision `json:"decision"`
	Score    float64  `json:"score"`
}

// ComparisonGroup holds the items that changed alike.
type ComparisonGroup struct {
	Kind  string       `json:"kind"`
	Title string       `json:"title"`
	Items []ItemChange `json:"items"`
}

// ItemChange is one item in both sessions. A verdict is empty where the item is not there.
type ItemChange struct {
	Item     string         `json:"item"`
	Category string         `json:"category"`
	Title    string         `json:"title"`
	Old      checks.Verdict `json:"old"`
	New      checks.Verdict `json:"new"`
	Gate     checks.Gate    `json:"gate"` // what it holds open now, or held
	Note     string         `json:"note"`
}

// SplitPart is a share of the score's change, in points.
type SplitPart struct {
	Kind   string  `json:"kind"`
	Title  string  `json:"title"`
	Points float64 `json:"points"`
}

// The kinds of change.
const (
	Regressed          = "regressed"
	NewFailure         = "new-failure"
	StillOpen          = "still-open"
	NoLongerKnown      = "no-longer-known"
	ObservationChanged = "observation-changed"
	DefinitionChanged  = "definition-changed"
	WaiverExpired      = "waiver-expired"
	WaiverAdded        = "waiver-added"
	Fixed              = "fixed"
	NewlyKnown         = "newly-known"
	Same               = "same"
)

// changeKinds lists the groups: what got worse, what got better, then what stayed.
var changeKinds = []struct{ kind, title string }{
	{Regressed, "regressed"},
	{NewFailure, "new failure"},
	{NoLongerKnown, "no longer known"},
	{WaiverExpired, "no longer waived"},
	{Fixed, "fixed"},
	{NewlyKnown, "newly known"},
	{WaiverAdded, "waiver added"},
	{StillOpen, "still open"},
	{ObservationChanged, "same verdict, something else observed"},
	{DefinitionChanged, "definition changed, not comparable"},
	{Same, "the same"},
}

// Regressed reports whether something got worse: an item that passed or only warned, or
// one that was not known, and now warns or fails.
func (c Comparison) Regressed() bool {
	return slices.ContainsFunc(c.Groups, func(g ComparisonGroup) bool {
		return (g.Kind == Regressed || g.Kind == NewFailure) && len(g.Items) > 0
	})
}

// Compare compares two sessions item by item. It is a pure function of both.
func Compare(old, new *State) Comparison {
	e := earlierOf(old, new)
	return CompareEarlier(&e, new)
}

// CompareEarlier compares a session with what is remembered of the one before.
func CompareEarlier(old *Earlier, new *State) Comparison {
	before, after := old.byID(), &view{st: new}
	now := side(new, after.assess())
	c := Comparison{Old: old.side(), New: now}
	kinds := map[string]string{} // item → kind
	found := map[string][]ItemChange{}
	for _, id := range union(old, new) {
		was, is := before[id], after.at(id)
		change, kind := changeOf(id, was, is, after)
		kinds[id] = kind
		found[kind] = append(found[kind], change)
		c.Items++
		if kind != DefinitionChanged {
			c.Comparable++
		}
		if w := waiverChange(was != nil && was.Waived, after.waived(id)); w != "" {
			found[w] = append(found[w], change)
		}
	}
	c.Groups = []ComparisonGroup{}
	for _, k := range changeKinds {
		if items := found[k.kind]; len(items) > 0 {
			c.Groups = append(c.Groups, ComparisonGroup{Kind: k.kind, Title: k.title, Items: items})
		}
	}
	c.Split = splitScore(before, after, kinds, old.Score, now.Score)
	return c
}

func side(st *State, a Assessment) ComparisonSide {
	return ComparisonSide{
		ID: st.Opened.Session, Target: st.Target.Name, Version: st.Target.Version, Profile: st.Profile.ID,
		At: st.LastAt.UTC().Format(atLayout), Decision: a.Decision, Score: a.Score.Overall,
	}
}

// union lists the planned items of both, in the new plan's order, then what is gone.
func union(old *Earlier, new *State) []string {
	var ids []string
	for i := range new.planned {
		ids = append(ids, i.Planned.Item.ID)
	}
	seen := map[string]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	for _, i := range old.Items {
		if id := string(i.Item); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// scored are the items of the plan's score, by id.
func (st *State) scored() map[string]*ItemState {
	out := make(map[string]*ItemState, len(st.Items))
	for i := range st.planned {
		out[i.Planned.Item.ID] = i
	}
	return out
}

// at is an item of the view's score, or nil.
func (v *view) at(id string) *ItemState {
	if i := v.st.Items[id]; i != nil && !i.Planned.Observe {
		return i
	}
	return nil
}

// changeOf compares one item; old or now is nil where it is not there.
func changeOf(id string, old *EarlierItem, now *ItemState, after *view) (ItemChange, string) {
	c := ItemChange{Item: id}
	if old != nil {
		c.Old, c.Category, c.Title, c.Gate = old.Verdict, string(old.Category), string(old.Title), old.Gate
	}
	if now != nil {
		it := now.Planned.Item
		c.New, c.Category, c.Title = after.counts(now), now.Planned.Category.ID, it.Title
		c.Gate = opened(after.st.Profile, it, c.New)
	}
	switch {
	case now == nil:
		c.Note = "not asked any more"
		return c, DefinitionChanged
	case old == nil && bad(c.New):
		c.Note = "was not asked before"
		return c, NewFailure
	case old == nil:
		c.Note = "was not asked before"
		return c, DefinitionChanged
	case old.Redefined:
		c.Note = "the item says something else now"
		return c, DefinitionChanged
	}
	kind := kindOfChange(c.Old, c.New)
	if kind == DefinitionChanged {
		c.Note = "applies no more"
		if c.Old == checks.NA {
			c.Note = "applies now"
		}
	}
	if saw := steady(observed(now), now.Machine == nil); c.Old == c.New && told(c.New) && steady(old.Observed, old.Person) != saw {
		c.Note = saw
		kind = ObservationChanged
	}
	return c, kind
}

func bad(v checks.Verdict) bool { return v == checks.Warn || v == checks.Fail }

// kindOfChange names the step from one verdict to another.
func kindOfChange(old, now checks.Verdict) string {
	worse := map[checks.Verdict]int{checks.Pass: 0, checks.Warn: 1, checks.Fail: 2}
	switch {
	case !told(now) && told(old):
		return NoLongerKnown
	case !told(now):
		return StillOpen
	case !told(old) && bad(now):
		return NewFailure
	case !told(old):
		return NewlyKnown
	case old == checks.NA && bad(now):
		return NewFailure
	case (old == checks.NA) != (now == checks.NA):
		return DefinitionChanged
	case old == now && bad(now):
		return StillOpen
	case old == now:
		return Same
	case worse[now] > worse[old]:
		return Regressed
	case now == checks.Pass:
		return Fixed
	}
	return StillOpen // a fail that only warns now
}

// definition is what makes an item the same one: two items with the same definition ask
// the same and count the same.
func definition(p *checks.Profile, i *ItemState) string {
	it := i.Planned.Item
	text, err := json.Marshal([]any{
		it.ID, it.Title, it.Severity, checks.ItemGate(p, it), it.Checks, it.Question, it.When, it.Read, it.OpenOn, p.Scoring.Rules,
	})
	if err != nil {
		return it.Title // parameters of TOML always have a JSON form, but for odd numbers
	}
	return string(text)
}

// measure finds numbers with a unit, which differ from run to run without meaning
// anything.
var measure = regexp.MustCompile(`\d+(?:[.,]\d+)?\s?(?:ms|s|%|B|KiB|MiB|KB|MB|/s)\b|\d+(?:\.\d+)?\s?%`)

// observed is what the machine saw, in words; of an item that only a person judged, what
// that person said.
func observed(i *ItemState) clean.Text {
	switch {
	case i.Machine != nil:
		return clean.Line(string(i.Machine.Reason))
	case i.Reviewer != nil:
		return clean.Line(string(i.Reviewer.Reason))
	}
	return ""
}

// steady is an observation without what varies from run to run. What a person said is
// taken word by word.
func steady(s clean.Text, person bool) string {
	if person {
		return string(s)
	}
	return measure.ReplaceAllString(string(s), "n")
}

// waiverChange tells whether an item's waiver came or went.
func waiverChange(was, is bool) string {
	switch {
	case was && !is:
		return WaiverExpired
	case is && !was:
		return WaiverAdded
	}
	return ""
}
