package sessions

import (
	"encoding/json"
	"regexp"
	"slices"

	"assess/gonogo/checks"
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
	{WaiverExpired, "waiver expired"},
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
	before, after := &view{st: old}, &view{st: new}
	a, b := before.assess(), after.assess()
	c := Comparison{Old: side(old, a), New: side(new, b)}
	kinds := map[string]string{} // item → kind
	found := map[string][]ItemChange{}
	for _, id := range union(old, new) {
		change, kind := changeOf(id, before, after)
		kinds[id] = kind
		found[kind] = append(found[kind], change)
		c.Items++
		if kind != DefinitionChanged {
			c.Comparable++
		}
		if w := waiverChange(id, before, after); w != "" {
			found[w] = append(found[w], change)
		}
	}
	c.Groups = []ComparisonGroup{}
	for _, k := range changeKinds {
		if items := found[k.kind]; len(items) > 0 {
			c.Groups = append(c.Groups, ComparisonGroup{Kind: k.kind, Title: k.title, Items: items})
		}
	}
	c.Split = splitScore(before, after, kinds, a.Score.Overall, b.Score.Overall)
	return c
}

func side(st *State, a Assessment) ComparisonSide {
	return ComparisonSide{
		ID: st.Opened.Session, Target: st.Target.Name, Version: st.Target.Version, Profile: st.Profile.ID,
		At: st.LastAt.UTC().Format(atLayout), Decision: a.Decision, Score: a.Score.Overall,
	}
}

// union lists the planned items of both, in the new plan's order, then what is gone.
func union(old, new *State) []string {
	var ids []string
	for i := range new.planned {
		ids = append(ids, i.Planned.Item.ID)
	}
	seen := new.scored()
	for i := range old.planned {
		if id := i.Planned.Item.ID; seen[id] == nil {
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

// changeOf compares one item.
func changeOf(id string, before, after *view) (ItemChange, string) {
	old, now := before.at(id), after.at(id)
	c := ItemChange{Item: id}
	for _, side := range []struct {
		v  *view
		i  *ItemState
		to *checks.Verdict
	}{{before, old, &c.Old}, {after, now, &c.New}} {
		if side.i == nil {
			continue
		}
		it := side.i.Planned.Item
		*side.to = side.v.counts(side.i)
		c.Category, c.Title = side.i.Planned.Category.ID, it.Title
		c.Gate = opened(side.v.st.Profile, it, *side.to)
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
	case definition(before.st.Profile, old) != definition(after.st.Profile, now):
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
	if c.Old == c.New && told(c.New) && observation(old) != observation(now) {
		c.Note = observation(now)
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

// observation is what the machine saw, in words, without what varies from run to run; of
// an item that only a person judged, what that person said.
func observation(i *ItemState) string {
	if i.Machine == nil {
		if i.Reviewer == nil {
			return ""
		}
		return string(i.Reviewer.Reason)
	}
	return measure.ReplaceAllString(string(i.Machine.Reason), "n")
}

// waiverChange tells whether an item's waiver came or went.
func waiverChange(id string, before, after *view) string {
	switch was, is := before.waived(id), after.waived(id); {
	case was && !is:
		return WaiverExpired
	case is && !was:
		return WaiverAdded
	}
	return ""
}
