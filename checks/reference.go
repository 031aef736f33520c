package checks

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// referenceForm is a parameter that stands for what the target declares. A text that
// begins with @ and isn't meant so is written with @@.
var referenceForm = regexp.MustCompile(`^@([a-z_]+(?:\.[A-Za-z0-9_-]+)*)(?:\[(\d{1,3})\])?$`)

// DeclareIt ends what a check that waits for a declaration says: what to do about it.
const DeclareIt = "; declare it, or say under [not_applicable] why it does not apply"

// notDeclared is why a check waits for what the target does not say, each thing once.
func notDeclared(labels ...string) string {
	var distinct []string
	for _, label := range labels {
		if !slices.Contains(distinct, label) {
			distinct = append(distinct, label)
		}
	}
	return "not declared: " + strings.Join(distinct, ", ") + " in target.toml" + DeclareIt
}

// declared looks up what the target says under a dotted path such as "paths.health" or
// "role.admin_page". The value is nil where it says nothing; label is how the target file
// would say it. An error means that no target could say it.
func (t *Target) declared(path string) (value any, label string, err error) {
	keys := strings.Split(path, ".")
	if keys[0] == serviceReference && len(keys) == 2 {
		return t.declaredService(keys[1])
	}
	if keys[0] == "role" {
		keys[0] = "roles"
	}
	v := reflect.ValueOf(t).Elem()
	for i, key := range keys {
		switch v.Kind() {
		case reflect.Struct:
			fields := tomlFields(v.Type())
			at, ok := fields[key]
			if !ok {
				known := slices.Sorted(maps.Keys(fields))
				for j := range known {
					known[j] = strings.Join(append(slices.Clone(keys[:i]), known[j]), ".")
				}
				name := strings.Join(keys[:i+1], ".")
				return nil, "", fmt.Errorf("a target has no %q%s", name, suggest(name, known))
			}
			v = v.Field(at)
		case reflect.Map:
			v = v.MapIndex(reflect.ValueOf(key))
			if !v.IsValid() {
				return nil, targetLabel(keys, false), nil
			}
		default:
			return nil, "", fmt.Errorf("a target has nothing below %q", strings.Join(keys[:i], "."))
		}
	}
	label = targetLabel(keys, v.Kind() == reflect.Struct || v.Kind() == reflect.Map)
	return plainValue(v), label, nil
}

// targetLabel names a path as the target file writes it: `base_url`, `[paths] health`.
func targetLabel(keys []string, table bool) string {
	last := len(keys) - 1
	switch {
	case table:
		return "[" + strings.Join(keys, ".") + "]"
	case last == 0:
		return keys[0]
	}
	return "[" + strings.Join(keys[:last], ".") + "] " + keys[last]
}

// plainValue gives a declared value in the shape of the parser's: nil where it is empty.
// A boolean is always declared.
func plainValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plainValue(v.Index(i))
		}
		return list
	}
	switch {
	case v.IsZero(), v.Kind() == reflect.Map && v.Len() == 0:
		return nil
	case v.Kind() == reflect.String:
		return v.String()
	case v.CanInt():
		return v.Int()
	}
	return v.Interface()
}

// resolved is what the references of a check's parameters came to.
type resolved struct {
	params map[string]any
	lacks  []string // what the target does not declare
}

// resolve replaces the references in a check's parameters by what the target declares.
func (t *Target) resolve(k *Kind, params map[string]any) (resolved, error) {
	r := resolved{params: make(map[string]any, len(params))}
	scalars := k.scalarParams()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		value, err := t.resolveValue(params[name], &r)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		if list, ok := value.([]any); ok && scalars[name] {
			if len(list) != 1 {
				return r, fmt.Errorf("%s takes one value, %v gives %d: name one with [0]", name, params[name], len(list))
			}
			value = list[0]
		}
		r.params[name] = value
	}
	return r, nil
}

// resolveValue resolves one value, lists and tables within it included. A reference to a
// list within a list adds its elements.
func (t *Target) resolveValue(value any, r *resolved) (any, error) {
	switch value := value.(type) {
	case string:
		return t.resolveText(value, r)
	case map[string]any:
		table := make(map[string]any, len(value))
		for _, key := range slices.Sorted(maps.Keys(value)) {
			inner, err := t.resolveValue(value[key], r)
			if err != nil {
				return nil, err
			}
			table[key] = inner
		}
		return table, nil
	}
	list, ok := rawList(value)
	if !ok {
		return value, nil
	}
	out := make([]any, 0, len(list))
	for _, element := range list {
		inner, err := t.resolveValue(element, r)
		if err != nil {
			return nil, err
		}
		if many, ok := inner.([]any); ok && isReference(element) {
			out = append(out, many...)
			continue
		}
		out = append(out, inner)
	}
	return out, nil
}

func isReference(value any) bool {
	text, ok := value.(string)
	return ok && referenceForm.MatchString(text)
}

func (t *Target) resolveText(text string, r *resolved) (any, error) {
	if strings.HasPrefix(text, "@@") {
		return text[1:], nil
	}
	m := referenceForm.FindStringSubmatch(text)
	if m == nil {
		return text, nil
	}
	value, label, err := t.declared(m[1])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	if m[2] != "" {
		value, label = element(value, m[2]), label+"["+m[2]+"]"
	}
	if value == nil {
		r.lacks = append(r.lacks, label)
	}
	return value, nil
}

// element is one of a list; a single value is its own first.
func element(value any, index string) any {
	list, ok := value.([]any)
	if !ok && value != nil {
		list = []any{value}
	}
	if i, err := strconv.Atoi(index); err == nil && i < len(list) {
		return list[i]
	}
	return nil
}

// scalarParams are the parameters that take one value.
func (k *Kind) scalarParams() map[string]bool {
	scalars := map[string]bool{}
	if k.params == nil || k.params.Kind() != reflect.Struct {
		return scalars
	}
	for name, i := range tomlFields(k.params) {
		t := k.params.Field(i).Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct, reflect.Interface:
		default:
			scalars[name] = true
		}
	}
	return scalars
}
