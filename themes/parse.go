package themes

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// file is a theme as its TOML spells it.
type file struct {
	About      string           `toml:"about"`
	Extends    string           `toml:"extends"`
	Background string           `toml:"background"` // dark or light
	On         []string         `toml:"on"`
	Contrast   float64          `toml:"contrast"`
	Eyes       []Vision         `toml:"eyes"`
	Tokens     map[string]Style `toml:"tokens"`

	path string
	src  []byte
}

var knownKeys = []string{"about", "extends", "background", "on", "contrast", "eyes", "tokens", "fg", "bg", "ansi", "xterm", "bold", "underline"}

// lineFirst takes the line, the key and the rest out of what the TOML library says of a
// value that has not the type it needs.
var lineFirst = regexp.MustCompile(`^toml: line (\d+) \(last key "([^"]*)"\): (.*)`)

// wrong is an error at the line where a key stands.
func (f *file) wrong(key, format string, args ...any) error {
	return fmt.Errorf("%s: %w", f.at(key), fmt.Errorf(format, args...))
}

// at is the file with the line where a key stands, or the file alone where it has none.
func (f *file) at(key string) string {
	if key != "" {
		at := regexp.MustCompile(`(?m)^[^#\n]*?(?:^|[\s{,.\["'])` + regexp.QuoteMeta(key) + `["']?\s*[=.\]]`).FindIndex(f.src)
		if at != nil {
			return fmt.Sprintf("%s:%d", f.path, 1+bytes.Count(f.src[:at[1]], []byte("\n")))
		}
	}
	return f.path
}

// parse reads a theme strictly: an unknown key or token is an error that names the nearest
// known one, a colour that is none is an error, and a theme that extends no other must give
// every token. Errors begin with the file and, where one is to blame, the line.
func parse(path string, src []byte, base func(string) (*Theme, error)) (*Theme, error) {
	f := file{path: path, src: src}
	meta, err := toml.Decode(string(src), &f)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return nil, fmt.Errorf("%s:%d: %s", path, at.Position.Line, at.Message)
		}
		if m := lineFirst.FindStringSubmatch(err.Error()); m != nil { // a value of another type
			return nil, fmt.Errorf("%s:%s: %s: %s", path, m[1], m[2], m[3])
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		last := extra[0][len(extra[0])-1]
		return nil, f.wrong(last, "unknown key %s; did you mean %s?", extra[0], Nearest(last, knownKeys))
	}
	t := &Theme{Contrast: readable}
	if f.Extends != "" {
		if t, err = base(f.Extends); err != nil {
			return nil, f.wrong("extends", "extends: %w", err)
		}
	}
	t.Name = strings.TrimSuffix(filepath.Base(path), ".toml")
	if err := t.apply(&f); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Theme) apply(f *file) error {
	if f.About != "" {
		t.About = f.About
	}
	switch f.Background {
	case "dark", "light":
		t.Dark = f.Background == "dark"
	case "":
		if f.Extends == "" {
			return f.wrong("", "background is missing: dark or light")
		}
	default:
		return f.wrong("background", "background = %q: must be dark or light", f.Background)
	}
	if err := t.promise(f); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(f.Tokens)) {
		tok, ok := tokenNamed(name)
		if !ok {
			return f.wrong(name, "unknown token %s; did you mean %s?", name, Nearest(name, tokenNames[:]))
		}
		if err := f.Tokens[name].check(); err != nil {
			return f.wrong(name, "%s: %w", name, err)
		}
		t.Styles[tok] = f.Tokens[name]
	}
	if f.Extends == "" {
		for _, name := range tokenNames {
			if _, ok := f.Tokens[name]; !ok {
				return f.wrong("tokens", "token %s is missing; extends = \"dark\" takes what is left out from there", name)
			}
		}
	}
	return nil
}

// promise takes what the theme says of itself, which Problems holds it to.
func (t *Theme) promise(f *file) error {
	for _, bg := range f.On {
		if _, err := linear(bg); err != nil {
			return f.wrong("on", "on: %w", err)
		}
	}
	for _, v := range f.Eyes {
		if !slices.Contains(visions, string(v)) {
			return f.wrong("eyes", "eyes: %q is none; did you mean %q?", v, Nearest(string(v), visions))
		}
	}
	if f.Contrast != 0 && !(f.Contrast >= readable && f.Contrast <= 21) { // nan too
		return f.wrong("contrast", "contrast = %v: must be 4.5 to 21", f.Contrast)
	}
	if f.On != nil {
		t.On = f.On
	}
	if f.Eyes != nil {
		t.Eyes = f.Eyes
	}
	if f.Contrast != 0 {
		t.Contrast = f.Contrast
	}
	return nil
}

func (s Style) check() error {
	for _, c := range []string{s.Fg, s.Bg} {
		if c == "" {
			continue
		}
		if _, err := linear(c); err != nil {
			return err
		}
	}
	if s.ANSI != nil && (*s.ANSI < 0 || *s.ANSI > 15) {
		return fmt.Errorf("ansi = %d: must be 0 to 15", *s.ANSI)
	}
	if s.XTerm != nil && (*s.XTerm < 16 || *s.XTerm > 255) {
		return fmt.Errorf("xterm = %d: must be 16 to 255", *s.XTerm)
	}
	return nil
}
