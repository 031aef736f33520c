package themes

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
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
	On []string
	// Contrast is the least contrast that its text is meant to have with them, 4.5 or more.
	Contrast float64
	// Eyes are the kinds of colour vision, beside the ordinary, that it is made for.
	Eyes   []Vision
	Styles [Count]Style
}

// Style is how one token looks. Colours are #rrggbb, or empty for the terminal's own.
// ANSI is the colour, 0 to 15, of terminals with sixteen colours; nil leaves it out there.
// XTerm is the foreground, 16 to 255, of those with 256; nil takes the nearest to Fg.
type Style struct {
	Fg        string `toml:"fg"`
	Bg        string `toml:"bg"`
	ANSI      *int   `toml:"ansi"`
	XTerm     *int   `toml:"xterm"`
	Bold      bool   `toml:"bold"`
	Underline bool   `toml:"underline"`
}

// ErrUnknown is wrapped by the error for a theme that does not exist.
var ErrUnknown = errors.New("no such theme")

// aliases are names that themes had before: they still load, and no list shows them.
var aliases = map[string]string{"dark-colourblind": "deuteranopia", "light-colourblind": "deuteranopia-light"}

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

// All lists the built-in themes and those of a folder, each name once.
func All(dir string) []string {
	names := Names()
	for _, n := range User(dir) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// Load reads a theme by name: dir/NAME.toml where dir is not empty and the file exists,
// else a built-in one. The error names the nearest theme that exists.
func Load(name, dir string) (*Theme, error) { return load(name, dir, 0) }

// Source is a theme as its file spells it, to begin a theme of one's own from.
func Source(name, dir string) ([]byte, error) {
	src, _, err := source(name, dir)
	return src, err
}

// maxSize is how large a theme's file may be, in bytes. One that names every token has two
// thousand.
const maxSize = 64 << 10

// maxDepth bounds how long a chain of extends may be.
const maxDepth = 4

func load(name, dir string, depth int) (*Theme, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("theme %s: extends itself, or more than %d others", name, maxDepth)
	}
	src, path, err := source(name, dir)
	if now, ok := aliases[name]; ok && errors.Is(err, ErrUnknown) {
		src, path, err = source(now, dir)
	}
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
		src, err = readFile(path)
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return src, path, err
		}
	}
	path = name + ".toml"
	src, err = builtin.ReadFile("builtin/" + path)
	if err != nil {
		return nil, "", fmt.Errorf("%w %q; the nearest is %q", ErrUnknown, name, Nearest(name, All(dir)))
	}
	return src, path, nil
}

// readFile reads a theme of the person's own: a plain file of a theme's size, so that a
// pipe or a device in the folder keeps nobody waiting.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: no plain file", path)
	case info.Size() > maxSize:
		return nil, fmt.Errorf("%s: larger than 64 KiB, which no theme is", path)
	}
	return os.ReadFile(path)
}
