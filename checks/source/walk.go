package source

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxDepth is how deep a walk goes.
const maxDepth = 64

// walk lists the files below the root that git would not ignore, vendored trees left out,
// sorted by path. Links are neither followed nor listed. Folders that can't be read are
// passed by.
func (t *Tree) walk() []File {
	var out []File
	fsys := t.root.FS()
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && (d == nil || d.IsDir()):
			return fs.SkipDir
		case name == ".":
			return nil
		case d.IsDir():
			if isForeign(d.Name()) || strings.Count(name, "/") >= maxDepth || t.ignores.excludes(name, true) {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular() || vendored(name, t.tracked[name]) || t.ignores.excludes(name, false):
			return nil
		}
		if len(out) == MaxFiles {
			t.Cut = true
			return fs.SkipAll
		}
		if info, err := d.Info(); err == nil {
			out = append(out, newFile(name, info, t.tracked[name]))
		}
		return nil
	})
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Find returns the own files that match one of the globs, sorted by path. A glob without a
// slash matches the last element of a path in any folder ("*.md"); with one, the whole path
// from the root, where ** stands for any number of folders (".github/workflows/*.yml",
// "docs/**/*.md", "/Dockerfile"). {a,b} stands for either. A malformed glob matches nothing.
func (t *Tree) Find(globs ...string) []File {
	var all []string
	for _, g := range globs {
		all = append(all, braces(g)...)
	}
	var out []File
	for _, f := range t.files {
		if slices.ContainsFunc(all, func(g string) bool { return matches(g, f.Path) }) {
			out = append(out, f)
		}
	}
	return out
}

// braces expands every {a,b} of a glob.
func braces(glob string) []string {
	open := strings.IndexByte(glob, '{')
	if open < 0 {
		return []string{glob}
	}
	shut := strings.IndexByte(glob[open:], '}')
	if shut < 0 {
		return []string{glob}
	}
	var out []string
	for choice := range strings.SplitSeq(glob[open+1:open+shut], ",") {
		out = append(out, braces(glob[:open]+choice+glob[open+shut+1:])...)
	}
	return out
}

func matches(glob, name string) bool {
	if !strings.Contains(glob, "/") {
		ok, _ := path.Match(glob, path.Base(name))
		return ok
	}
	return matchElements(strings.Split(strings.TrimPrefix(glob, "/"), "/"), strings.Split(name, "/"))
}

// matchElements matches path elements; it goes back to the last ** only, which is enough
// and keeps globs of many stars cheap.
func matchElements(glob, name []string) bool {
	g, n := 0, 0
	star, from := -1, 0
	for n < len(name) {
		switch {
		case g < len(glob) && glob[g] == "**":
			star, from = g, n
			g++
			continue
		case g < len(glob):
			if ok, _ := path.Match(glob[g], name[n]); ok {
				g, n = g+1, n+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		g, n = star+1, from
	}
	for g < len(glob) && glob[g] == "**" {
		g++
	}
	return g == len(glob)
}
