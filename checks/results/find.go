package results

import (
	"path"
	"slices"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/source"
)

// maxSource is the largest result file that is read, in bytes.
const maxSource = 64 << 20

// oneRun is how long before a pattern's newest file others may have been written to count
// as left by the same run: test runners write a file a class.
const oneRun = time.Hour

// place is where the files of one kind are looked for.
type place struct {
	key   string // of [results]
	noun  string // "JUnit result file"
	usual []string
	named func(checks.Results) checks.Strings
}

// found is a result file.
type found struct {
	name     string // as declared, or relative to the repository
	size     int64
	modified time.Time
	guessed  bool // lies in the repository under one of several names; the target does not declare it
	read     func() ([]byte, error)
}

// find looks for result files: first what [results] of the target declares, then files (or,
// without any, the usual names) in the repository, which may be nil. files narrows what is
// declared, by file name, so that a check of one suite never judges another's results.
// missing are the declared patterns that no file matches.
func (w place) find(p *checks.Probe, tree *source.Tree, files []string) (out []found, missing []string, err error) {
	for _, pattern := range w.named(p.Target.Results) {
		matches, err := p.Declared(pattern)
		if err != nil {
			return nil, nil, err
		}
		if len(matches) == 0 && isNamed(pattern, files) {
			missing = append(missing, pattern)
		}
		var group []found
		for _, f := range matches {
			if isNamed(f.Name, files) {
				group = append(group, found{f.Name, f.Size, f.Modified, false, func() ([]byte, error) { return f.Read(maxSource) }})
			}
		}
		out = add(out, newestRun(group))
	}
	if len(out)+len(missing) > 0 || tree == nil {
		return out, missing, nil
	}
	if len(files) == 0 {
		files = w.usual
	}
	for _, name := range files {
		candidates := tree.Find(name)
		if f, there := tree.Stat(name); there {
			candidates = append(candidates, f)
		}
		var group []found
		for _, f := range candidates {
			group = append(group, found{f.Path, f.Size, f.Modified, true, func() ([]byte, error) { return tree.Read(f.Path, maxSource) }})
		}
		out = add(out, newestRun(group))
	}
	return out, nil, nil
}

// isNamed reports whether the file's own name, or the pattern's last part, is one of
// those asked for. Without any, all are.
func isNamed(file string, asked []string) bool {
	if len(asked) == 0 {
		return true
	}
	base := path.Base(file)
	return slices.ContainsFunc(asked, func(name string) bool {
		matches, err := path.Match(path.Base(name), base)
		return path.Base(name) == base || err == nil && matches
	})
}

// newestRun keeps the newest file and what the same run left.
func newestRun(group []found) []found {
	var newest time.Time
	for _, f := range group {
		if f.modified.After(newest) {
			newest = f.modified
		}
	}
	return slices.DeleteFunc(group, func(f found) bool { return newest.Sub(f.modified) > oneRun })
}

// add appends the files that are not there yet.
func add(out, more []found) []found {
	for _, f := range more {
		if !slices.ContainsFunc(out, func(o found) bool { return o.name == f.name && o.guessed == f.guessed }) {
			out = append(out, f)
		}
	}
	return out
}
