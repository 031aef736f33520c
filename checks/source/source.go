// Package source reads the two local things a review looks at: the repository's tracked
// own files and the env files. It imports nothing of ours.
//
// A repository is somebody else's: the git program is never run on it, because a
// repository's configuration can name commands; its index is read as a file instead.
// Everything below the repository is opened through an os.Root, so that no link leads
// out of it, and only regular files are opened at all.
package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Tree is a repository as a review sees it: tracked files, vendored trees left out, read
// below an os.Root so that no link leads outside. It is safe for concurrent use.
type Tree struct {
	Dir     string
	Tracked bool   // false: not a git checkout, the tree was walked honouring .gitignore
	Note    string // why Tracked is false, in words
	Cut     bool   // the tree has more than MaxFiles files; the rest was not listed

	files     []File
	root      *os.Root
	tracked   map[string]bool
	ignores   *ignores
	untracked func() []File
}

// MaxFiles is how many files of a tree are listed.
const MaxFiles = 200_000

// File is one file of a Tree.
type File struct {
	Path     string // slash-separated, relative to the root
	Size     int64
	Mode     uint32 // permission bits
	Modified time.Time
	Tracked  bool
	Ignored  bool // present on disk but git-ignored (env files)
}

// Open reads the list of files below dir. Close lets go of it.
func Open(dir string) (*Tree, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("repository %s: %w", dir, cause(err))
	}
	t := &Tree{Dir: abs, root: root}
	work, prefix := workTree(abs)
	t.ignores = newIgnores(work, prefix, root)
	names, err := trackedNames(work, prefix)
	if err != nil {
		t.Note = err.Error()
		t.files = t.walk()
		t.untracked = func() []File { return nil }
		return t, nil
	}
	t.Tracked = true
	t.tracked = make(map[string]bool, len(names))
	for _, name := range names {
		t.tracked[name] = true
	}
	t.files = t.own(names)
	t.untracked = sync.OnceValue(func() []File {
		return slices.DeleteFunc(t.walk(), func(f File) bool { return f.Tracked })
	})
	return t, nil
}

// Close lets go of the folder.
func (t *Tree) Close() error { return t.root.Close() }

// Files are the tree's own files, sorted by path: tracked by git (where that is known),
// present, regular, and not part of a vendored or generated tree.
func (t *Tree) Files() []File { return slices.Clone(t.files) }

// Untracked are the files that Files leaves out because git does not track them, though
// it does not ignore them either: what the next "git add" would take in. Without a git
// checkout there are none, as Files has all.
func (t *Tree) Untracked() []File { return slices.Clone(t.untracked()) }

// own are the files among names that a review looks at.
func (t *Tree) own(names []string) []File {
	var out []File
	for _, name := range names {
		if len(out) == MaxFiles {
			t.Cut = true
			break
		}
		if vendored(name, true) {
			continue
		}
		info, err := t.root.Lstat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		out = append(out, newFile(name, info, true))
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(out, func(a, b File) bool { return a.Path == b.Path })
}

func newFile(name string, info fs.FileInfo, tracked bool) File {
	return File{
		Path: name, Size: info.Size(), Mode: uint32(info.Mode().Perm()), Modified: info.ModTime(), Tracked: tracked,
	}
}

// foreign are folders of other people's code and of tools' output; generated ones are the
// build outputs that somebody may also have chosen as the name of a folder of his own, so
// they count only where git does not track them.
var (
	foreign = []string{
		".git", "node_modules", "bower_components", "vendor", "third_party", ".venv", "venv", "site-packages",
		"__pycache__", ".tox", ".next", ".nuxt", ".svelte-kit", ".gradle", ".terraform", "Pods", "dist",
	}
	generated = []string{"build", "out", "target", "coverage"}
)

// vendored reports whether the file lies in a folder that is not the project's own work.
func vendored(name string, tracked bool) bool {
	folders := strings.Split(name, "/")
	for _, f := range folders[:len(folders)-1] {
		if isForeign(f) || !tracked && slices.Contains(generated, f) {
			return true
		}
	}
	return false
}

func isForeign(folder string) bool { return slices.Contains(foreign, folder) }

// Stat looks at any regular file on disk below the root, tracked or not.
func (t *Tree) Stat(name string) (File, bool) {
	name = path.Clean(name)
	if !fs.ValidPath(name) {
		return File{}, false
	}
	info, err := t.root.Stat(filepath.FromSlash(name))
	if err != nil || !info.Mode().IsRegular() {
		return File{}, false
	}
	f := newFile(name, info, t.tracked[name])
	f.Ignored = !f.Tracked && t.ignores.ignored(name)
	return f, true
}

// ErrTooLarge says that Read returned only the first bytes of a file.
var ErrTooLarge = errors.New("file is larger than the limit")

// Read returns a file's bytes, at most max; ErrTooLarge comes with the first max bytes. Links
// are followed inside the tree only.
func (t *Tree) Read(name string, max int64) ([]byte, error) {
	clean := path.Clean(name)
	if !fs.ValidPath(clean) {
		return nil, fmt.Errorf("%s: not a path below the repository", name)
	}
	body, err := readRegular(name, max, func() (fs.FileInfo, error) { return t.root.Stat(filepath.FromSlash(clean)) },
		func() (*os.File, error) { return t.root.OpenFile(filepath.FromSlash(clean), openFlags, 0) })
	return body, err
}

// openFlags keep an open from waiting: what was a file a moment ago may be a FIFO now.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK

// readRegular reads a regular file through its handle, after looking at the handle.
func readRegular(name string, max int64, stat func() (fs.FileInfo, error), open func() (*os.File, error)) ([]byte, error) {
	info, err := stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	f, err := open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	body, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	if int64(len(body)) > max {
		return body[:max], fmt.Errorf("%s: %w (%d bytes)", name, ErrTooLarge, max)
	}
	return body, nil
}

// readOutside is readRegular for a file the assessor named, or git's own files.
func readOutside(name, file string, max int64) ([]byte, error) {
	return readRegular(name, max, func() (fs.FileInfo, error) { return os.Stat(file) },
		func() (*os.File, error) { return os.OpenFile(file, openFlags, 0) })
}

// cause is err without the path that the caller prints in its own way.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
