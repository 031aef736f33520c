package sessions

import "assess/gonogo/checks/clean"

// maxAssignee is the longest name that items are assigned to, in bytes.
const maxAssignee = 200

// Assigned gives items to one of several assessors; an empty To takes them back. It says
// who is to look, not who may: anybody's judgement counts. Carried says that a re-test took
// it over.
type Assigned struct {
	Items   []string   `json:"items"`
	To      clean.Text `json:"to"`
	Carried bool       `json:"carried,omitempty"`
}

// Type is the word in the journal.
func (Assigned) Type() string { return "item.assigned" }

func (a Assigned) apply(st *State, _ Event) {
	for _, id := range a.Items {
		if i := st.Items[id]; i != nil {
			i.Assigned = a.To
		}
	}
}

func (a Assigned) check(st *State) error {
	switch {
	case len(a.Items) == 0:
		return refuse("nothing to assign")
	case a.To != "" && blank(a.To), len(a.To) > maxAssignee:
		return refuse("items are assigned to a name of at most %d bytes", maxAssignee)
	}
	return checkItems(st, a.Items)
}

func (a Assigned) tell() (string, []string) {
	switch {
	case a.To == "":
		return names(a.Items) + " assigned to nobody", a.Items
	case a.Carried:
		return names(a.Items) + " assigned to " + string(a.To) + ", carried over", a.Items
	}
	return names(a.Items) + " assigned to " + string(a.To), a.Items
}
