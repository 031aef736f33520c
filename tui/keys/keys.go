// Package keys binds keys to actions, as TOML says, and turns what terminals send into
// single keys. It imports tui/action and themes.
package keys

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
)

//go:embed default.toml
var defaults []byte

// Map holds the bindings, both ways.
type Map struct {
	actions map[string][]action.ID
	keys    map[action.ID][]string
}

// Default returns gonogo's own bindings.
func Default() *Map {
	m := &Map{keys: map[action.ID][]string{}}
	if err := m.merge("default.toml", defaults); err != nil {
		panic("tui/keys: " + err.Error()) // embedded and tested
	}
	m.index()
	return m
}

// Load reads a person's keys.toml over the defaults. A file that is missing changes
// nothing. Errors name every unknown action with the nearest one, every key that can't be
// bound and every conflict; the bindings returned are then the defaults.
func Load(path string) (*Map, error) {
	src, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Default(), nil
	}
	if err != nil {
		return Default(), err
	}
	m := Default()
	if err := m.merge(path, src); err != nil {
		return Default(), err
	}
	m.index()
	if c := m.Conflicts(); len(c) > 0 {
		return Default(), fmt.Errorf("%s: %s", path, strings.Join(c, "; "))
	}
	return m, nil
}

func (m *Map) merge(path string, src []byte) error {
	var f struct {
		Keys map[action.ID][]string `toml:"keys"`
	}
	meta, err := toml.Decode(string(src), &f)
	if err != nil {
		if where := (toml.ParseError{}); errors.As(err, &where) {
			return fmt.Errorf("%s:%d: %s", path, where.Position.Line, where.Message)
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return fmt.Errorf("%s: unknown key %s; bindings stand in [keys]", path, extra[0])
	}
	var wrong []string
	for _, id := range sortedIDs(f.Keys) {
		if _, ok := action.Find(id); !ok {
			wrong = append(wrong, fmt.Sprintf(noAction, at(path, src, id), id, nearestAction(id)))
			continue
		}
		for _, k := range f.Keys[id] {
			if why, bad := Never[k]; bad {
				wrong = append(wrong, fmt.Sprintf(noKey, at(path, src, id), id, Label(k), why))
			}
		}
		m.keys[id] = f.Keys[id]
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}

// at is the file with the line where an action's keys stand.
func at(path string, src []byte, id action.ID) string {
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		if name, _, ok := strings.Cut(line, "="); ok && strings.Trim(name, " \t\"'") == string(id) {
			return fmt.Sprintf("%s:%d", path, n)
		}
	}
	return path
}

func (m *Map) index() {
	m.actions = map[string][]action.ID{}
	for _, a := range action.Table { // table order decides between actions of one key
		for _, k := range m.keys[a.ID] {
			k = canonical(k)
			m.actions[k] = append(m.actions[k], a.ID)
		}
	}
}

// canonical is a key as Bubble Tea spells it.
func canonical(k string) string {
	if k == "space" {
		return " "
	}
	return k
}

// Actions lists what a key does, in the table's order; the first that the focus can do
// is meant.
func (m *Map) Actions(key string) []action.ID { return m.actions[key] }

// Changed lists the actions whose keys are not gonogo's own, in the table's order.
func (m *Map) Changed() []action.ID {
	own, out := Default(), []action.ID{}
	for _, a := range action.Table {
		if !slices.Equal(own.keys[a.ID], m.keys[a.ID]) {
			out = append(out, a.ID)
		}
	}
	return out
}

// Keys lists an action's keys as the bindings spell them.
func (m *Map) Keys(id action.ID) []string { return m.keys[id] }

// Key is the label of an action's first key, or "" when it has none.
func (m *Map) Key(id action.ID) string {
	if ks := m.keys[id]; len(ks) > 0 {
		return Label(ks[0])
	}
	return ""
}

// together lists actions that share keys on purpose: at most one of them is ever possible
// at one place.
var together = [][]action.ID{
	{action.Back, action.RunStop, action.FieldLeave, action.DialogNo},
	{action.Enter, action.DialogChoose},
	{action.NextPane, action.FieldNext},
	{action.PrevPane, action.FieldPrev},
	{action.JudgeClear, action.Remove},
	{action.ItemNote, action.Edit},
	{action.Copy, action.DialogYes},
}

// Conflicts describes every key that does two things which may both be possible at once.
func (m *Map) Conflicts() []string {
	var out []string
	for key, ids := range m.actions {
		for i, a := range ids {
			for _, b := range ids[i+1:] {
				if !shared(a, b) {
					out = append(out, fmt.Sprintf(twoActions, Label(key), a, b))
				}
			}
		}
	}
	sort.Strings(out)
	return out
}

func shared(a, b action.ID) bool {
	if scope(a) == action.Field != (scope(b) == action.Field) {
		return true
	}
	for _, group := range together {
		if slices.Contains(group, a) && slices.Contains(group, b) {
			return true
		}
	}
	return false
}

func scope(id action.ID) action.Scope {
	if a, ok := action.Find(id); ok {
		return a.Scope
	}
	return action.Palette
}

var labels = map[string]string{
	" ": "Space", "space": "Space", "enter": "Enter", "esc": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab",
	"up": "↑", "down": "↓", "left": "←", "right": "→", "pgdown": "PgDn", "pgup": "PgUp",
	"home": "Home", "end": "End", "delete": "Delete", "backspace": "Backspace", "alt+enter": "Alt+Enter",
}

// Label is a key as people read it: "ctrl+s" is Ctrl+S.
func Label(key string) string {
	if l, ok := labels[key]; ok {
		return l
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return "Ctrl+" + strings.ToUpper(rest)
	}
	return key
}

func sortedIDs(m map[action.ID][]string) []action.ID {
	ids := make([]action.ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func nearestAction(id action.ID) string {
	names := make([]string, len(action.Table))
	for i, a := range action.Table {
		names[i] = string(a.ID)
	}
	return themes.Nearest(string(id), names)
}
