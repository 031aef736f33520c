package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks/clean"
)

// Mistake is one thing wrong with a configuration file. Line is 0 where the file lacks
// something that has no line, such as a required key.
type Mistake struct {
	File string
	Line int
	Text string
}

// Error prints the mistake as file:line: text.
func (m Mistake) Error() string {
	if m.Line == 0 {
		return m.File + ": " + m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text)
}

// Mistakes is everything wrong with a file, in the order of its lines.
type Mistakes []Mistake

// Error prints one mistake a line.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// file is a configuration file while it is read: where its keys stand and what was found
// wrong with it.
type file struct {
	name     string
	lines    map[string]int // key path → line, see keyLines
	mistakes Mistakes
	judged   map[string]bool // paths that have a mistake
}

// line is where path stands in the file, or where the nearest table around it starts.
func (f *file) line(path string) int {
	for {
		if n, ok := f.lines[path]; ok {
			return n
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return 0
		}
		path = path[:cut]
	}
}

// wrong notes a mistake at path, unless one is known there: what follows from a first
// mistake only distracts from it.
func (f *file) wrong(path, format string, args ...any) {
	if path != "" && f.judged[path] {
		return
	}
	f.judge(path)
	f.mistakes = append(f.mistakes, Mistake{File: f.name, Line: f.line(path), Text: string(clean.Line(fmt.Sprintf(format, args...)))})
}

// judge keeps what follows from a mistake at path from being noted there.
func (f *file) judge(path string) {
	if f.judged == nil {
		f.judged = map[string]bool{}
	}
	f.judged[path] = true
}

// err returns the mistakes in line order, nil when there are none.
func (f *file) err() error {
	if len(f.mistakes) == 0 {
		return nil
	}
	slices.SortStableFunc(f.mistakes, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
	return slices.Compact(f.mistakes)
}

// oneOf notes a mistake unless value is among known; label names the key for people.
func oneOf[T ~string](f *file, path, label string, value T, known []T) {
	if slices.Contains(known, value) {
		return
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	near := Nearest(string(value), words)
	if near != "" {
		near = fmt.Sprintf(": did you mean %q?", near)
	}
	f.wrong(path, "%s: %q is not one of %s%s", label, string(value), strings.Join(words, ", "), near)
}
