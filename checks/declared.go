package checks

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxDeclared bounds how many files the patterns of one declaration may match.
const maxDeclared = 1000

// DeclaredFile is a regular file that the target file names.
type DeclaredFile struct {
	Name     string // as declared, the pattern filled in
	Size     int64  // bytes
	Modified time.Time

	path string
}

// Declared finds the files that a declaration of the target file names, newest first.
// Patterns are relative to the target file; * and ? match within one folder. Symbolic
// links are followed, because the target's author names them; only regular files count.
// A pattern that matches nothing is no error.
func (p *Probe) Declared(patterns ...string) ([]DeclaredFile, error) {
	var found []DeclaredFile
	seen := map[string]bool{}
	for _, pattern := range patterns {
		matches, err := p.Target.glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: not a file name or glob: %w", pattern, err)
		}
		for _, path := range matches {
			info, err := os.Stat(path)
			if err != nil || !info.Mode().IsRegular() || seen[path] {
				continue
			}
			seen[path] = true
			found = append(found, DeclaredFile{Name: p.Target.shownPath(path), Size: info.Size(), Modified: info.ModTime(), path: path})
		}
		if len(found) > maxDeclared {
			return nil, fmt.Errorf("%s: more than %d files", pattern, maxDeclared)
		}
	}
	slices.SortStableFunc(found, func(a, b DeclaredFile) int {
		return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.Name, b.Name))
	})
	return found, nil
}

// glob matches a pattern of the target file. Its folder's own name is no pattern.
func (t *Target) glob(pattern string) ([]string, error) {
	if filepath.IsAbs(pattern) {
		return filepath.Glob(pattern)
	}
	return filepath.Glob(filepath.Join(globMarks.Replace(t.Dir), pattern))
}

// globMarks takes the meaning from what would be special in a pattern.
var globMarks = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// shownPath names a file relative to the target file where that is shorter.
func (t *Target) shownPath(path string) string {
	if relative, err := filepath.Rel(t.Dir, path); err == nil && filepath.IsLocal(relative) {
		return filepath.ToSlash(relative)
	}
	return filepath.ToSlash(path)
}

// Read reads at most limit bytes; a larger file is an error.
func (f DeclaredFile) Read(limit int64) ([]byte, error) {
	src, err := f.Head(limit + 1)
	if err == nil && int64(len(src)) > limit {
		return nil, fmt.Errorf("%s: larger than %d bytes", f.Name, limit)
	}
	return src, err
}

// Head reads the first bytes, at most limit of them.
func (f DeclaredFile) Head(limit int64) ([]byte, error) {
	file, _, err := f.open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}

// Tail reads the last bytes, at most limit of them.
func (f DeclaredFile) Tail(limit int64) ([]byte, error) {
	file, size, err := f.open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if over := size - limit; over > 0 {
		if _, err := file.Seek(over, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return io.ReadAll(io.LimitReader(file, limit))
}

// Open opens the file for reading as a stream, for kinds that look at large files piece by
// piece and bound what they read.
func (f DeclaredFile) Open() (io.ReadCloser, error) {
	file, _, err := f.open()
	if err != nil {
		return nil, err
	}
	return file, nil
}

// open opens the file if it still is a regular one, and tells its size in bytes.
func (f DeclaredFile) open() (*os.File, int64, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, 0, fmt.Errorf("%s: not a regular file any more", f.Name)
	}
	return file, info.Size(), nil
}

// Beside is the regular file of the same name with a suffix, such as its checksum; false
// where there is none.
func (f DeclaredFile) Beside(suffix string) (DeclaredFile, bool) {
	info, err := os.Stat(f.path + suffix)
	if err != nil || !info.Mode().IsRegular() {
		return DeclaredFile{}, false
	}
	return DeclaredFile{Name: f.Name + suffix, Size: info.Size(), Modified: info.ModTime(), path: f.path + suffix}, true
}

// Folder tells whether the folder that a pattern looks into can be listed from here: where
// it can't, that nothing matches says nothing.
func (p *Probe) Folder(pattern string) error {
	folder := filepath.Dir(pattern)
	if at := strings.IndexAny(folder, `*?[\`); at >= 0 {
		folder = filepath.Dir(folder[:at] + "x")
	}
	dir, err := os.Open(p.Target.file(folder))
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := dir.Readdirnames(1); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// File is the absolute path of what a declaration of the target file names, for programs
// that are started in it.
func (p *Probe) File(declared string) string { return p.Target.file(declared) }
