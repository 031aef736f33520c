package source

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

const maxIgnore = 1 << 20 // bytes of a .gitignore

// ignores answers whether git would ignore a path, from the .gitignore files of its folders
// and from .git/info/exclude. The user's global file is not asked: another person's
// checkout would not have it.
type ignores struct {
	above []gitignore.Pattern // of the checkout's folders above the root
	upper []string            // those folders' names, from the checkout's top
	root  *os.Root

	mu    sync.Mutex
	known map[string][]gitignore.Pattern // by folder below the root
}

// newIgnores prepares for a root that lies at prefix in the checkout work ("" for none).
func newIgnores(work, prefix string, root *os.Root) *ignores {
	g := &ignores{root: root, known: map[string][]gitignore.Pattern{}}
	if work == "" {
		return g
	}
	if gitDir, err := gitFolder(work); err == nil {
		text, _ := readOutside("exclude", filepath.Join(gitDir, "info", "exclude"), maxIgnore)
		g.above = parseIgnore(text, nil)
	}
	if prefix == "" {
		return g
	}
	g.upper = strings.Split(strings.TrimSuffix(prefix, "/"), "/")
	for i := range g.upper {
		file := filepath.Join(append(append([]string{work}, g.upper[:i]...), ".gitignore")...)
		text, _ := readOutside(".gitignore", file, maxIgnore)
		g.above = append(g.above, parseIgnore(text, g.upper[:i])...)
	}
	return g
}

func parseIgnore(text []byte, domain []string) []gitignore.Pattern {
	var out []gitignore.Pattern
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			out = append(out, gitignore.ParsePattern(line, domain))
		}
	}
	return out
}

// patterns are those that hold in a folder below the root ("." is the root).
func (g *ignores) patterns(folder string) []gitignore.Pattern {
	g.mu.Lock()
	p, ok := g.known[folder]
	g.mu.Unlock()
	if ok {
		return p
	}
	if folder == "." {
		p = g.above
	} else {
		p = g.patterns(path.Dir(folder))
	}
	own := parseIgnore(g.file(path.Join(folder, ".gitignore")), g.path(folder))
	p = append(p[:len(p):len(p)], own...)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known[folder] = p
	return p
}

func (g *ignores) file(name string) []byte {
	name = filepath.FromSlash(name)
	text, _ := readRegular(name, maxIgnore, func() (fs.FileInfo, error) { return g.root.Stat(name) },
		func() (*os.File, error) { return g.root.OpenFile(name, openFlags, 0) })
	return text
}

// path is a path below the root as one below the checkout's top, in its elements.
func (g *ignores) path(name string) []string {
	out := g.upper[:len(g.upper):len(g.upper)]
	if name == "." {
		return out
	}
	return append(out, strings.Split(name, "/")...)
}

// excludes reports whether the patterns of its folder exclude name itself.
func (g *ignores) excludes(name string, isDir bool) bool {
	return gitignore.NewMatcher(g.patterns(path.Dir(name))).Match(g.path(name), isDir)
}

// ignored reports whether name, or a folder it lies in, is excluded.
func (g *ignores) ignored(name string) bool {
	for i, c := range name {
		if c == '/' && g.excludes(name[:i], true) {
			return true
		}
	}
	return g.excludes(name, false)
}
