package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// timeType is written as RFC 3339, as in the JSON form.
var timeType = reflect.TypeFor[time.Time]()

// plainValue is a value as its JSON form has it, with whole numbers as int and others as
// float64: structs become maps that have every key, lists are never nil.
func plainValue(v any) any { return plainOf(reflect.ValueOf(v)) }

func plainOf(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return nil
	case v.Kind() == reflect.Pointer:
		return plainOf(v.Elem())
	case v.Type() == timeType && v.IsZero():
		return nil // nothing happened yet
	case v.Type() == timeType:
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano)
	}
	switch v.Kind() {
	case reflect.Struct:
		out := map[string]any{}
		for _, f := range jsonFields(v.Type()) {
			out[f.name] = plainOf(v.FieldByIndex(f.index))
		}
		return out
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plainOf(v.Index(i))
		}
		return out
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Float64, reflect.Float32:
		return v.Float()
	}
	if v.CanInt() {
		return int(v.Int())
	}
	if v.CanUint() {
		return int(v.Uint())
	}
	panic(fmt.Sprintf("the document holds a %s", v.Type())) // a test renders every field
}

// jsonField is a struct's field by its JSON key.
type jsonField struct {
	name  string
	index []int
	typ   reflect.Type
}

// jsonFields lists what encoding/json writes of a struct, embedded structs included.
func jsonFields(t reflect.Type) []jsonField {
	var out []jsonField
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous && name == "" || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		out = append(out, jsonField{name, f.Index, f.Type})
	}
	return out
}

// Fields documents every field of the document for templates, a line a field: its path,
// what it holds and, of closed vocabularies, its words. It is made from the types that
// the JSON Schema is made from.
func Fields() string {
	var out strings.Builder
	for _, f := range fields(reflect.TypeFor[Document](), "") {
		fmt.Fprintf(&out, "  %-44s %s\n", f[0], f[1])
	}
	return out.String()
}

func fields(t reflect.Type, path string) [][2]string {
	var out [][2]string
	for _, f := range jsonFields(t) {
		at := path + "." + f.name
		typ, note := f.typ, ""
		if typ.Kind() == reflect.Pointer {
			typ, note = typ.Elem(), ", or nothing"
		}
		switch {
		case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct && typ.Elem() != timeType:
			out = append(out, [2]string{at, "a list, each with"})
			out = append(out, fields(typ.Elem(), at+"[]")...)
		case typ.Kind() == reflect.Slice:
			out = append(out, [2]string{at, "a list of " + holds(typ.Elem()) + "s"})
		case typ.Kind() == reflect.Struct && typ != timeType:
			if note != "" {
				out = append(out, [2]string{at, "all of this" + note})
			}
			out = append(out, fields(typ, at)...)
		default:
			out = append(out, [2]string{at, holds(typ) + note})
		}
	}
	return out
}

// holds says what a field of a plain type holds.
func holds(t reflect.Type) string {
	if known, ok := words[t]; ok {
		named := slices.DeleteFunc(slices.Clone(known), func(w string) bool { return w == "" })
		return strings.Join(named, ", ")
	}
	switch {
	case t == timeType:
		return "time"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Float64:
		return "number"
	}
	return "whole number"
}

// fieldNames are the keys that occur anywhere in a document.
func fieldNames() []string {
	var out []string
	for _, f := range fields(reflect.TypeFor[Document](), "") {
		name := f[0][strings.LastIndexByte(f[0], '.')+1:]
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
