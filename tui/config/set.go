package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// Path is the file, or empty where there is no folder for one.
func (c *Config) Path() string { return c.path }

// Set writes one top-level key into the file, because the person asked for it: the key's
// line is replaced, or a line is added before the first table. Everything else in the
// file, comments too, stays as it is. value is a string or a bool.
func (c *Config) Set(key string, value any) error {
	if c.path == "" {
		return errors.New("there is no folder for config.toml; XDG_CONFIG_HOME names one")
	}
	var text string
	switch v := value.(type) {
	case string:
		text = quote(v)
	case bool:
		text = strconv.FormatBool(v)
	default:
		return fmt.Errorf("%s: a %T can't be written", key, value)
	}
	src, err := os.ReadFile(c.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	next := set(string(src), key, text)
	var after Config
	if _, err := toml.Decode(next, &after); err != nil {
		return fmt.Errorf("%s is not changed: %w", c.path, err)
	}
	return write(c.path, next)
}

// set returns a TOML text in which key has a value.
func set(src, key, value string) string {
	line := key + " = " + value
	lines := strings.Split(src, "\n")
	for i, l := range lines {
		trimmed := strings.TrimSpace(l)
		if strings.HasPrefix(trimmed, "[") {
			break
		}
		name, _, ok := strings.Cut(trimmed, "=")
		if !ok || strings.HasPrefix(trimmed, "#") || strings.Trim(strings.TrimSpace(name), `"'`) != key {
			continue
		}
		lines[i] = line
		return strings.Join(lines, "\n")
	}
	if src == "" {
		return line + "\n"
	}
	return line + "\n" + src
}

// write replaces a file whole: it is never seen half written.
func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	next := path + ".new"
	if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
