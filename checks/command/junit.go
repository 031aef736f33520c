package command

import (
	"fmt"
	"slices"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/results"
)

const (
	maxJUnit = 64 << 20 // bytes of one result file
	maxFiles = 200
	// File systems round the time of a change down, some to two seconds.
	grain = 2 * time.Second
)

// snapshot is what result files there are before the run.
func snapshot(p *checks.Probe, pattern string) []checks.DeclaredFile {
	if pattern == "" {
		return nil
	}
	files, _ := p.Declared(pattern)
	return files
}

// anew reports whether a file was written after start: a file that is as it was before, or
// older than the start, was not.
func anew(f checks.DeclaredFile, before []checks.DeclaredFile, start time.Time) bool {
	if f.Modified.Before(start.Add(-grain)) {
		return false
	}
	return !slices.ContainsFunc(before, func(b checks.DeclaredFile) bool {
		return b.Name == f.Name && b.Modified.Equal(f.Modified) && b.Size == f.Size
	})
}

// readTests sums up the result files that the run wrote. One that it did not write, or that
// can't be read, spoils all: a test may stand there that failed.
func readTests(p *checks.Probe, pattern string, before []checks.DeclaredFile, start time.Time) (t tests) {
	files, err := p.Declared(pattern)
	switch {
	case err != nil:
		return tests{Trouble: "JUnit file: " + err.Error()}
	case len(files) == 0:
		return tests{Trouble: fmt.Sprintf("it wrote no JUnit file %s", pattern)}
	case len(files) > maxFiles:
		return tests{Trouble: fmt.Sprintf("%d JUnit files, %d are read at most", len(files), maxFiles)}
	}
	for _, f := range files {
		if !anew(f, before, start) {
			t.Trouble = fmt.Sprintf("%s is from %s, before the run: it was not written anew", f.Name, f.Modified.UTC().Format(time.RFC3339))
			continue
		}
		src, err := f.Read(maxJUnit)
		if err != nil {
			t.Trouble = err.Error()
			continue
		}
		one, err := results.ReadTests(src)
		if err != nil {
			t.Trouble = fmt.Sprintf("%s does not parse: %v", f.Name, err)
			continue
		}
		t.add(f.Name, one)
	}
	return t
}

// add takes one file's tests in.
func (t *tests) add(name string, one results.Tests) {
	if one.Cut != "" {
		t.Trouble = name + " is cut off: " + one.Cut
	}
	if t.Failed == 0 {
		t.First = one.First
	}
	t.Ran, t.Failed, t.Skipped, t.Flaky = t.Ran+one.Ran, t.Failed+one.Failed, t.Skipped+one.Skipped, t.Flaky+one.Flaky
}
