package checks

import (
	"reflect"
	"slices"
)

// Decode reads a configuration document into what v points to, a struct with toml tags, as
// strictly as targets and profiles are read: an unknown key, a value of a wrong type and
// text that can't be shown are mistakes. What v's own rules find wrong is noted by verify,
// at the first of the paths, which are keys such as "finding[2].title"; not where one of
// them has a mistake already, misspelt or of a wrong type, as the rest only follows from
// it. The error is Mistakes: everything that is wrong, with the line of each.
func Decode(name string, src []byte, v any, verify func(wrong func(text string, paths ...string))) error {
	raw, f, err := parseTOML(name, src)
	if err != nil {
		return err
	}
	f.decode("", raw, reflect.ValueOf(v).Elem())
	verify(func(text string, paths ...string) {
		if !slices.ContainsFunc(paths, func(path string) bool { return f.judged[path] }) {
			f.wrong(paths[0], "%s", text)
		}
	})
	return f.err()
}
