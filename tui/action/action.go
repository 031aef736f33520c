package action

// ID names an action in code, in keys.toml and in the palette.
type ID string

// Scope says where an action's keys are heard.
type Scope int

// The scopes.
const (
	Anywhere Scope = iota // the root carries it out
	Screen                // screens and dialogs do, outside text fields
	Field                 // heard while a text field has the keys
	Palette               // has no key of its own
)

// Action is one row of the table.
type Action struct {
	ID        ID
	Group     string
	Words     string // short, for the footer: "pass"
	Hint      string // what it does, for help and palette
	Scope     Scope
	Dangerous bool // dropped where a session is read-only
}

// State is an action as it stands on one screen at one moment.
type State struct {
	ID      ID
	Off     string // why it can't be done now; empty when it can
	Words   string // instead of the table's, where the screen knows better: "new review"
	With    []ID   // actions shown in the same entry, by their keys: "p w f i n judge"
	Quiet   bool   // in help and palette, not in the footer
	Primary bool   // kept in the footer before all others
}

// Enabled reports whether the action can be done now.
func (s State) Enabled() bool { return s.Off == "" }

// On is a State that can be done.
func On(id ID) State { return State{ID: id} }

// Off is a State that can't, with its reason.
func Off(id ID, reason string) State { return State{ID: id, Off: reason} }

// When is On where ok holds, else Off with the reason.
func When(ok bool, id ID, reason string) State {
	if ok {
		return On(id)
	}
	return Off(id, reason)
}

// Say gives a State words of its own.
func (s State) Say(words string) State { s.Words = words; return s }

// Hide keeps a State out of the footer.
func (s State) Hide() State { s.Quiet = true; return s }

// And shows further actions' keys in the same entry.
func (s State) And(ids ...ID) State { s.With = ids; return s }

var byID = func() map[ID]*Action {
	m := make(map[ID]*Action, len(Table))
	for i := range Table {
		m[Table[i].ID] = &Table[i]
	}
	return m
}()

// Find returns the table's row.
func Find(id ID) (*Action, bool) { a, ok := byID[id]; return a, ok }

// Label is what the state is called: its own words, else the table's.
func (s State) Label() string {
	if s.Words != "" {
		return s.Words
	}
	if a, ok := byID[s.ID]; ok {
		return a.Words
	}
	return string(s.ID)
}
