package checks

import (
	"maps"
	"slices"
	"strings"

	"assess/gonogo/checks/clean"
)

// Plan is a review laid out: which items of the profile apply to this target, which of
// their checks can run, and why the others wait.
type Plan struct {
	Target  *Target
	Profile *Profile
	Partial bool // --category or --item left something out
	Items   []Planned
}

// Planned is one item of the plan.
type Planned struct {
	Item     *Item
	Category *Category
	Observe  bool   // not part of the plan's score; runs because a planned item depends on it
	NA       string // the target's reason why it does not apply
	Waits    string // why no check can run: what is not declared; empty when checks can
	Class    Class  // the strictest class among its checks that can run; among all where none can
	Checks   []PlannedCheck
}

// PlannedCheck is a check with its kind found and its parameters resolved and decoded.
type PlannedCheck struct {
	Check  *Check
	Kind   *Kind
	Waits  string // what this check needs that the target does not declare
	params any

	lacks    []string       // what Waits names
	resolved map[string]any // params as the profile names them, references resolved
}

// Params are the decoded parameters, of the type that the kind was defined with; nil while
// the check waits.
func (pc *PlannedCheck) Params() any { return pc.params }

// Selection narrows a plan to categories or items; empty means all. Items may be patterns
// with a trailing * (see MatchItems).
type Selection struct {
	Categories []string
	Items      []string
}

// Runnable lists the items that a run which allows these classes would check, in plan
// order. Local and safe checks need no allowance. Items it leaves out are not applicable,
// have only a question, or wait for a declaration or for consent.
func (pl *Plan) Runnable(allow []Class) []string {
	var ids []string
	for i := range pl.Items {
		if item := &pl.Items[i]; item.NA == "" && slices.ContainsFunc(item.Checks, func(pc PlannedCheck) bool { return pc.runnable(allow) }) {
			ids = append(ids, item.Item.ID)
		}
	}
	return ids
}

// runnable reports whether the check can run when these classes are allowed.
func (pc *PlannedCheck) runnable(allow []Class) bool {
	return pc.Waits == "" && (!pc.Kind.Class.NeedsConsent() || slices.Contains(allow, pc.Kind.Class))
}

// Ask is one check that consent is asked for.
type Ask struct {
	Item  string
	Kind  string
	Title string   // the kind's
	Sends string   // what it sends, in words
	Paths []string // the paths and URLs among its parameters, or the requests of the load's mix
	Runs  string   // the command line that it starts on this machine, and in which folder; empty when none
}

// Asks lists the checks of a class that could run, those first that start a program here,
// else in plan order: what the dialog that asks for consent shows.
func (pl *Plan) Asks(class Class) []Ask {
	var asks []Ask
	for _, item := range pl.Items {
		for _, pc := range item.Checks {
			if item.NA == "" && pc.Waits == "" && pc.Kind.Class == class {
				ask := Ask{Item: item.Item.ID, Kind: pc.Kind.ID, Title: pc.Kind.Title, Sends: pc.Kind.Sends, Paths: pl.Target.asked(pc.resolved)}
				if pc.Kind.Executes != nil {
					ask.Runs = string(clean.Block(pc.Kind.Executes(pl.Target, pc.params)))
				}
				asks = append(asks, ask)
			}
		}
	}
	slices.SortStableFunc(asks, func(a, b Ask) int { return min(len(b.Runs), 1) - min(len(a.Runs), 1) })
	return asks
}

// asked lists the paths and URLs that a check asks: those among its parameters, or where it
// sends the target's mix, the requests of that.
func (t *Target) asked(params map[string]any) []string {
	if params["mix"] != true || len(t.Load.Mix) == 0 {
		return pathsIn(params)
	}
	var labels []string
	for _, m := range t.Load.Mix {
		labels = append(labels, m.Label())
	}
	others := maps.Clone(params)
	delete(others, "path")
	return append(labels, pathsIn(others)...)
}

// pathsIn finds the paths and URLs among parameters.
func pathsIn(value any) []string {
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(value, "/") || strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
			return []string{value}
		}
	case map[string]any:
		var paths []string
		for _, key := range slices.Sorted(maps.Keys(value)) {
			paths = append(paths, pathsIn(value[key])...)
		}
		return paths
	case []any:
		var paths []string
		for _, element := range value {
			paths = append(paths, pathsIn(element)...)
		}
		return paths
	}
	return nil
}
