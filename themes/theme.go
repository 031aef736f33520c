package themes

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed builtin/*.toml
var builtin embed.FS

// Theme gives every token its style.
type Theme struct {
	Name  string
	About string
	Dark  bool
	// On lists backgrounds of common terminals that the theme is meant for, as #rrggbb.
	// gonogo never paints the background itself.
	On     []string
	Styles [Count]Style
}

// Style is how one token looks. Colours are #rrggbb, or empty for the terminal's own.
// ANSI is the colour, 0 to 15, of terminals with sixteen colours; nil leaves it out there.
type Style struct {
	Fg        string `toml:"fg"`
	Bg        string `toml:"bg"`
	ANSI      *int   `toml:"ansi"`
	Bold      bool   `toml:"bold"`
	Underline bool   `toml:"underline"`
}

// ErrUnknown is wrapped by the error for a theme that does not exist.
var ErrUnknown = errors.New("no such theme")

// Names lists the built-in themes.
func Names() []string {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".toml"))
	}
	sort.Strings(names)
	return names
}

// User lists the themes in a folder, by name; a folder that is not there has none.
func User(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !e.IsDir() {
			names = append(names, name)
		}
	}
	return names
}

// Load reads a theme by name: dir/NAME.toml where dir is not empty and the file exists,
// else a built-in one. The error names the nearest theme that exists.
func Load(name, dir string) (*Theme, error) { return load(name, dir, 0) }

// maxDepth bounds how long a chain of extends may be.
const maxDepth = 4

func load(name, dir string, depth int) (*Theme, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("theme %s: extends itself, or more than %d others", name, maxDepth)
	}
	src, path, err := source(name, dir)
	if err != nil {
		return nil, err
	}
	return parse(path, src, func(base string) (*Theme, error) { return load(base, dir, depth+1) })
}

func source(name, dir string) (src []byte, path string, err error) {
	if name != filepath.Base(name) || name == "." || name == ".." {
		return nil, "", fmt.Errorf("%w %q: a theme's name has no slash", ErrUnknown, name)
	}
	if dir != "" {
		path = filepath.Join(dir, name+".toml")
		src, err = os.ReadFile(path)
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return src, path, err
		}
	}
	path = name + ".toml"
	src, err = builtin.ReadFile("builtin/" + path)
	if err != nil {
		return nil, "", fmt.Errorf("%w %q; the nearest is %q", ErrUnknown, name, Nearest(name, Names()))
	}
	return src, path, nil
}

// file is a theme as its TOML spells it.
type file struct {
	About      string           `toml:"about"`
	Extends    string           `toml:"extends"`
	Background string           `toml:"background"` // dark or light
	On         []string         `toml:"on"`
	Tokens     map[string]Style `toml:"tokens"`
}

// parse reads a theme strictly: an unknown key or token is an error that names the nearest
// known one, a colour that is none is an error, and a theme that extends no other must give
// every token.
func parse(path string, src []byte, base func(string) (*Theme, error)) (*Theme, error) {
	var f file
	meta, err := toml.Decode(string(src), &f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		key := extra[0]
		known := []string{"about", "extends", "background", "on", "tokens", "fg", "bg", "ansi", "bold", "underline"}
		return nil, fmt.Errorf("%s: unknown key %s; did you mean %s?", path, key, Nearest(key[len(key)-1], known))
	}
	t := &Theme{}
	if f.Extends != "" {
		if t, err = base(f.Extends); err != nil {
			return nil, fmt.Errorf("%s: extends: %w", path, err)
		}
	}
	t.Name = strings.TrimSuffix(filepath.Base(path), ".toml")
	return t, t.apply(path, f)
}

func (t *Theme) apply(path string, f file) error {
	if f.About != "" {
		t.About = f.About
	}
	if f.On != nil {
		t.On = f.On
	}
	switch f.Background {
	case "dark", "light":
		t.Dark = f.Background == "dark"
	case "":
		if f.Extends == "" {
			return fmt.Errorf("%s: background is missing: dark or light", path)
		}
	default:
		return fmt.Errorf("%s: background = %q: must be dark or light", path, f.Background)
	}
	for name, style := range f.Tokens {
		tok, ok := tokenNamed(name)
		if !ok {
			return fmt.Errorf("%s: unknown token %s; did you mean %s?", path, name, Nearest(name, tokenNames[:]))
		}
		if err := style.check(); err != nil {
			return fmt.Errorf("%s: %s: %w", path, name, err)
		}
		t.Styles[tok] = style
	}
	if f.Extends == "" {
		for i, name := range tokenNames {
			if _, ok := f.Tokens[name]; !ok {
				return fmt.Errorf("%s: token %s is missing", path, tokenNames[i])
			}
		}
	}
	return nil
}

func (s Style) check() error {
	for _, c := range []string{s.Fg, s.Bg} {
		if c == "" {
			continue
		}
		if _, err := luminance(c); err != nil {
			return err
		}
	}
	if s.ANSI != nil && (*s.ANSI < 0 || *s.ANSI > 15) {
		return fmt.Errorf("ansi = %d: must be 0 to 15", *s.ANSI)
	}
	return nil
}
