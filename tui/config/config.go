// Package config reads config.toml: who the assessor is and how the screen looks. Missing
// keys mean defaults, unknown ones warn with the nearest name, and the file is never
// rewritten unasked.
//
// It imports themes, for the nearest name, and checks, to read a file that is one; fsnotify
// tells it when a theme changes.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"assess/gonogo/checks"
	"assess/gonogo/themes"
)

// Config is config.toml.
type Config struct {
	Me     Me     `toml:"me"`
	Theme  string `toml:"theme"`  // a theme's name; empty or "auto": by the terminal's background
	ASCII  bool   `toml:"ascii"`  // signs in ASCII
	Mouse  bool   `toml:"mouse"`  // the mouse marks rows; off leaves it to the terminal
	Editor string `toml:"editor"` // instead of $VISUAL and $EDITOR

	Plain        bool `toml:"plain"`         // line by line instead of a full screen
	ReduceMotion bool `toml:"reduce_motion"` // nothing counts on while something runs

	Store string `toml:"store"` // where sessions are kept, as --store says it

	path string
}

// Me is who acts, as journal and report name them.
type Me struct {
	Name string `toml:"name"`
	Mail string `toml:"mail"`
	Role string `toml:"role"`
}

var known = []string{"me", "name", "mail", "role", "theme", "ascii", "mouse", "editor", "plain", "reduce_motion", "store"}

// Load reads dir/config.toml. A missing file is an empty configuration; unknown keys are
// returned as warnings. dir may be empty: nothing is read then, and nothing saved.
// GONOGO_NO_SPINNER in the environment, whatever it holds, is reduce_motion = true.
func Load(dir string) (c *Config, warnings []string, err error) {
	defer func() { c.ReduceMotion = c.ReduceMotion || os.Getenv("GONOGO_NO_SPINNER") != "" }()
	c = &Config{}
	if dir == "" {
		return c, nil, nil
	}
	c.path = filepath.Join(dir, "config.toml")
	src, err := checks.ReadConfig(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil, nil
	}
	if err != nil {
		return c, nil, err
	}
	meta, err := toml.Decode(string(src), c)
	if err != nil {
		return &Config{path: c.path}, nil, fmt.Errorf("%s: %w", c.path, err)
	}
	for _, key := range meta.Undecoded() {
		warnings = append(warnings, fmt.Sprintf(unknownKey, c.path, key, themes.Nearest(key[len(key)-1], known)))
	}
	return c, warnings, nil
}

// SaveName appends [me] with the name that the first start asked for, where the file has
// none yet. A file that already has a [me] is left as it is: the name then holds for this
// sitting alone.
func (c *Config) SaveName(name string) error {
	c.Me.Name = name
	if c.path == "" || name == "" {
		return nil
	}
	src, err := os.ReadFile(c.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var have map[string]any
	if _, err := toml.Decode(string(src), &have); err != nil {
		return fmt.Errorf("%s: %w", c.path, err)
	}
	if _, ok := have["me"]; ok {
		return nil
	}
	text := string(src)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if text != "" {
		text += "\n"
	}
	text += "[me]\nname = " + quote(name) + "\n"
	return write(c.path, text)
}

// quote writes a TOML basic string. Go's quoting of cleaned text uses only the escapes that
// TOML knows too.
func quote(s string) string {
	if strings.ContainsAny(s, "\a\v") {
		s = strings.NewReplacer("\a", "", "\v", "").Replace(s)
	}
	return strconv.Quote(s)
}
