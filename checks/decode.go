package checks

import "reflect"

// Decode reads a configuration document into what v points to, a struct with toml tags, as
// strictly as targets and profiles are read: an unknown key, a value of a wrong type and
// text that can't be shown are mistakes. What v's own rules find wrong is noted by verify;
// path is a key such as "finding[2].title". The error is Mistakes with the line of each.
func Decode(name string, src []byte, v any, verify func(wrong func(path, text string))) error {
	raw, f, err := parseTOML(name, src)
	if err != nil {
		return err
	}
	f.decode("", raw, reflect.ValueOf(v).Elem())
	if f.err() == nil {
		verify(func(path, text string) { f.wrong(path, "%s", text) })
	}
	return f.err()
}
