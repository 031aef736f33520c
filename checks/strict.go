package checks

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"assess/gonogo/checks/clean"
)

// maxConfig bounds every configuration file, in bytes.
const maxConfig = 1 << 20

// noSuchFile is the name of a file that is not there.
type noSuchFile string

func (n noSuchFile) Error() string { return string(n) + ": there is no such file" }

// Is reports that it is what fs.ErrNotExist says.
func (noSuchFile) Is(err error) bool { return err == fs.ErrNotExist }

// ReadConfig reads a configuration file: a regular one of at most 1 MiB. It asks before it
// opens, because opening a pipe waits for its writer.
func ReadConfig(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noSuchFile(path)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(src) > maxConfig {
		return nil, fmt.Errorf("%s: larger than 1 MiB, which no configuration file is", path)
	}
	return src, nil
}

// deepKey is a dotted key so deep that only reading it would take seconds.
var deepKey = regexp.MustCompile(`(?m)^[ \t]*\[{0,2}[ \t]*[\w"'-]+(?:[ \t]*\.[ \t]*[\w"'-]+){32}`)

// parseTOML parses a document into plain maps and notes where its keys stand. A syntax
// error is the file's only mistake.
func parseTOML(name string, src []byte) (map[string]any, *file, error) {
	raw := map[string]any{}
	if at := deepKey.FindIndex(src); at != nil {
		line := 1 + bytes.Count(src[:at[0]], []byte("\n"))
		return nil, nil, Mistakes{{File: name, Line: line, Text: "a key is nested deeper than any here can be"}}
	}
	if line := DeepTOML(src); line > 0 {
		return nil, nil, Mistakes{{File: name, Line: line, Text: "a value is nested deeper than any here can be"}}
	}
	if _, err := toml.Decode(string(src), &raw); err != nil {
		m := Mistake{File: name, Text: err.Error()}
		var at toml.ParseError
		if errors.As(err, &at) {
			m.Line, m.Text = at.Position.Line, at.Message
		}
		m.Text = string(clean.Line(m.Text))
		return nil, nil, Mistakes{m}
	}
	f := &file{name: name, lines: keyLines(src)}
	f.showable("", raw)
	return raw, f, nil
}

// showable notes every text that a terminal or a report can't show as it is: control,
// bidi and invisible characters, and texts of more than 64 Ki characters; and every number
// that no rule can be held to: TOML knows inf and nan, and nothing is under nan. These
// files travel inside reports, so they may come from anybody.
func (f *file) showable(path string, raw any) {
	switch raw := raw.(type) {
	case string:
		if plain := strings.NewReplacer("\t", " ", "\r\n", "\n").Replace(raw); string(clean.Block(plain)) != plain {
			f.wrong(path, "%s: holds characters that can't be shown, or is too long", plainKey(path))
		}
	case float64:
		if math.IsNaN(raw) || math.IsInf(raw, 0) {
			f.wrong(path, "%s: %v is not a number that can be compared", plainKey(path), raw)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			if string(clean.Line(key)) != key {
				f.wrong(path, "%q: a key with characters that can't be shown", short(key))
				continue
			}
			f.showable(joinKey(path, key), raw[key])
		}
	default:
		list, _ := rawList(raw)
		for i, element := range list {
			f.showable(indexed(path, i), element)
		}
	}
}

// fromTOML is what types implement that read a raw TOML value themselves.
type fromTOML interface{ UnmarshalTOML(any) error }

var durationType = reflect.TypeFor[time.Duration]()

// decode fills v from a raw TOML value and notes every unknown key and every value of a
// wrong type. Values that v already has stay where the document says nothing: defaults
// are what v holds before.
func (f *file) decode(path string, raw any, v reflect.Value) {
	if c, ok := v.Addr().Interface().(fromTOML); ok {
		if err := c.UnmarshalTOML(raw); err != nil {
			f.wrong(path, "%s: %v", plainKey(path), err)
		}
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	ok := true
	switch {
	case v.Type() == durationType:
		ok = setDuration(raw, v)
	case v.Kind() == reflect.Struct:
		ok = f.decodeStruct(path, raw, v)
	case v.Kind() == reflect.Map:
		ok = f.decodeMap(path, raw, v)
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		ok = f.decodeList(path, raw, v)
	default:
		ok = setScalar(raw, v)
	}
	if !ok {
		f.wrong(path, "%s: must be %s, not %s", plainKey(path), typeWords(v.Type()), valueWords(raw))
	}
}

func (f *file) decodeStruct(path string, raw any, v reflect.Value) bool {
	table, ok := raw.(map[string]any)
	if !ok {
		return false
	}
	fields := tomlFields(v.Type())
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if i, known := fields[key]; known {
			f.decode(joinKey(path, key), table[key], v.Field(i))
			continue
		}
		f.unknown(path, key, table[key], slices.Sorted(maps.Keys(fields)))
	}
	return true
}

// unknown notes a key that the struct does not have. Of a dotted key the whole is shown.
func (f *file) unknown(path, key string, value any, known []string) {
	full, rest := joinKey(path, key), ""
	for {
		table, ok := value.(map[string]any)
		if !ok || len(table) != 1 {
			break
		}
		only := slices.Collect(maps.Keys(table))[0]
		if f.line(full+rest+"."+only) != f.line(full) {
			break
		}
		value, rest = table[only], rest+"."+only
	}
	hint := suggest(key, known)
	if near := Nearest(key, known); near != "" {
		hint = fmt.Sprintf(": did you mean %q?", plainKey(joinKey(path, near))+rest)
	}
	f.wrong(full+rest, "unknown key %q%s", plainKey(full)+rest, hint)
	if near := Nearest(key, known); near != "" {
		f.judge(joinKey(path, near)) // that it is missing follows
	}
}

func (f *file) decodeMap(path string, raw any, v reflect.Value) bool {
	table, ok := raw.(map[string]any)
	if !ok {
		return false
	}
	m := reflect.MakeMapWithSize(v.Type(), len(table))
	for _, key := range slices.Sorted(maps.Keys(table)) {
		element := reflect.New(v.Type().Elem()).Elem()
		f.decode(joinKey(path, key), table[key], element)
		m.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), element)
	}
	v.Set(m)
	return true
}

func (f *file) decodeList(path string, raw any, v reflect.Value) bool {
	list, ok := rawList(raw)
	if !ok || v.Kind() == reflect.Array && len(list) != v.Len() {
		return false
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	}
	for i, e := range list {
		f.decode(indexed(path, i), e, v.Index(i))
	}
	return true
}

// rawList gives both forms in which the parser hands out lists as one.
func rawList(raw any) ([]any, bool) {
	switch raw := raw.(type) {
	case []any:
		return raw, true
	case []map[string]any:
		list := make([]any, len(raw))
		for i, t := range raw {
			list[i] = t
		}
		return list, true
	}
	return nil, false
}

func setScalar(raw any, v reflect.Value) bool {
	switch raw := raw.(type) {
	case string:
		if v.Kind() == reflect.String {
			v.SetString(raw)
			return true
		}
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(raw)
			return true
		}
	case int64:
		switch {
		case v.CanInt() && !v.OverflowInt(raw):
			v.SetInt(raw)
			return true
		case v.CanUint() && raw >= 0 && !v.OverflowUint(uint64(raw)):
			v.SetUint(uint64(raw))
			return true
		case v.CanFloat():
			v.SetFloat(float64(raw))
			return true
		}
	case float64:
		if v.CanFloat() {
			v.SetFloat(raw)
			return true
		}
	}
	if v.Kind() == reflect.Interface && v.NumMethod() == 0 && raw != nil {
		v.Set(reflect.ValueOf(raw))
		return true
	}
	return false
}

// setDuration reads "1m30s".
func setDuration(raw any, v reflect.Value) bool {
	text, ok := raw.(string)
	if !ok {
		return false
	}
	d, err := time.ParseDuration(text)
	v.SetInt(int64(d))
	return err == nil
}

// tomlFields maps the keys of a struct to its fields.
func tomlFields(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("toml"), ","); key != "" && key != "-" && t.Field(i).IsExported() {
			fields[key] = i
		}
	}
	return fields
}

// typeWords says what a key of type t takes.
func typeWords(t reflect.Type) string {
	switch {
	case t == durationType:
		return `a duration such as "2s"`
	case t == reflect.TypeFor[Strings]():
		return "a string or a list of strings"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeWords(t.Elem())
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Struct, reflect.Map:
		return "a table"
	case reflect.Slice:
		return "a list of " + pluralWords(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("a list of %d %s", t.Len(), pluralWords(t.Elem()))
	}
	return "a whole number"
}

func pluralWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "strings"
	case reflect.Struct, reflect.Map:
		return "tables"
	case reflect.Bool:
		return "true or false"
	}
	return "numbers"
}

// valueWords says what a raw TOML value is.
func valueWords(raw any) string {
	switch raw := raw.(type) {
	case string:
		return fmt.Sprintf("the string %q", short(raw))
	case bool, int64, float64:
		return fmt.Sprint(raw)
	case map[string]any:
		return "a table"
	case time.Time:
		return "a date"
	}
	return "a list"
}

// short cuts foreign text that an error quotes.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
