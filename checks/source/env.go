package source

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/joho/godotenv"
)

const maxEnv = 1 << 20 // bytes of an env file

// Env is the union of the declared env files.
type Env struct {
	Files []EnvFile
}

// EnvFile is one parsed env file. Values are for classifying; they never become evidence.
type EnvFile struct {
	Path   string // as declared
	Abs    string
	Mode   uint32
	Values map[string]string
	Lines  map[string]int // where each was set last, from 1
}

// ReadEnv parses the env files; paths are relative to dir. Errors name file and line,
// never what the line says. One file that can't be read fails all: "the variable is
// missing" must not mean "its file was".
func ReadEnv(dir string, paths []string) (*Env, error) {
	env := &Env{}
	for _, p := range paths {
		f, err := readEnvFile(dir, p)
		if err != nil {
			return nil, err
		}
		env.Files = append(env.Files, f)
	}
	return env, nil
}

func readEnvFile(dir, name string) (EnvFile, error) {
	abs := name
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(dir, name)
	}
	src, err := readOutside(name, abs, maxEnv)
	if err != nil {
		return EnvFile{}, fmt.Errorf("env file %w", err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return EnvFile{}, fmt.Errorf("env file %s: %w", name, cause(err))
	}
	values, lines, err := ParseEnv(src)
	if err != nil {
		return EnvFile{}, fmt.Errorf("env file %s:%w", name, err)
	}
	return EnvFile{Path: name, Abs: abs, Mode: uint32(info.Mode().Perm()), Values: values, Lines: lines}, nil
}

// EnvError says where an env file is not one, without quoting it.
type EnvError struct {
	Line int // from 1
	What string
}

// Error says "3: a quote is not closed".
func (e *EnvError) Error() string { return fmt.Sprintf("%d: %s", e.Line, e.What) }

// ParseEnv parses an env file's bytes as godotenv does, but for values that begin with #:
// those are comments behind an empty value. The error is an *EnvError.
func ParseEnv(src []byte) (values map[string]string, lines map[string]int, err error) {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	if !utf8.Valid(src) || bytes.IndexByte(src, 0) >= 0 {
		return nil, nil, &EnvError{1, "not a UTF-8 text"}
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	statements, err := scanEnv(string(src))
	if err != nil {
		return nil, nil, err
	}
	values, err = godotenv.UnmarshalBytes(src)
	if err != nil { // its text quotes the line
		return nil, nil, &EnvError{1, "the file is not in the form NAME=value"}
	}
	lines = make(map[string]int, len(statements))
	empty := map[string]bool{}
	for _, s := range statements {
		lines[s.name], empty[s.name] = s.line, s.comment
	}
	for name := range empty {
		if empty[name] {
			values[name] = ""
		}
	}
	return values, lines, nil
}

// statement is one assignment of an env file.
type statement struct {
	name    string
	line    int
	comment bool // nothing but a comment stands where the value would
}

// scanEnv finds the statements by godotenv's own grammar, to know their lines.
func scanEnv(src string) ([]statement, error) {
	var out []statement
	for at := 0; ; {
		at += len(src[at:]) - len(strings.TrimLeft(src[at:], " \t\r\n\v\f\u0085\u00a0"))
		if at == len(src) {
			return out, nil
		}
		rest := src[at:]
		if rest[0] == '#' {
			at += lineEnd(rest)
			continue
		}
		line := 1 + strings.Count(src[:at], "\n")
		name, value, ok := cutName(rest)
		if !ok {
			return nil, &EnvError{line, "not in the form NAME=value"}
		}
		end := lineEnd(value)
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			if end = quoteEnd(value); end < 0 {
				return nil, &EnvError{line, "a quote is not closed"}
			}
		}
		out = append(out, statement{name: name, line: line, comment: strings.HasPrefix(value, "#")})
		at = len(src) - len(value) + end
	}
}

// cutName splits "export NAME = value…" behind the sign.
func cutName(s string) (name, value string, ok bool) {
	if rest, found := strings.CutPrefix(s, "export"); found && rest != "" && strings.ContainsRune(" \t", rune(rest[0])) {
		s = strings.TrimLeft(rest, " \t")
	}
	i := strings.IndexAny(s, "=:\n")
	if i < 0 || s[i] == '\n' {
		return "", "", false
	}
	name = strings.TrimSpace(s[:i])
	for _, r := range name {
		if r != '_' && r != '.' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') {
			return "", "", false
		}
	}
	return name, strings.TrimLeft(s[i+1:], " \t\v\f\r"), name != ""
}

func lineEnd(s string) int {
	if i := strings.IndexAny(s, "\n\r"); i >= 0 {
		return i
	}
	return len(s)
}

// quoteEnd is the place behind the closing quote, or -1.
func quoteEnd(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] == s[0] && s[i-1] != '\\' {
			return i + 1
		}
	}
	return -1
}

// Lookup finds a variable; a later file wins over an earlier one, as with compose's
// env_file.
func (e *Env) Lookup(name string) (value, file string, ok bool) {
	for i := len(e.Files) - 1; i >= 0; i-- {
		if v, found := e.Files[i].Values[name]; found {
			return v, e.Files[i].Path, true
		}
	}
	return "", "", false
}
