// Package source reads the two local things a review looks at: the repository's tracked
// own files and the env files. It imports nothing of ours but checks/clean.
package source

import (
	"errors"
	"time"
)

// Tree is a repository as a review sees it: tracked files, vendored trees left out, read
// below an os.Root so that no link leads outside.
type Tree struct {
	Dir     string
	Tracked bool // false: not a git checkout, the tree was walked honouring .gitignore

	files []File
}

// File is one file of a Tree.
type File struct {
	Path     string // slash-separated, relative to the root
	Size     int64
	Mode     uint32 // permission bits
	Modified time.Time
	Tracked  bool
	Ignored  bool // present on disk but git-ignored (env files)
}

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
	Lines  map[string]int
}

// ErrTooLarge says that Read returned only the first bytes of a file.
var ErrTooLarge = errors.New("file is larger than the limit")

// Open reads the list of files below dir.
func Open(dir string) (*Tree, error) { return nil, errors.New("not built yet") }

// Close lets go of the folder.
func (t *Tree) Close() error { return nil }

// Files are the tree's own files, sorted by path.
func (t *Tree) Files() []File { return t.files }

// Find returns the own files that match one of the globs. A glob without a slash matches
// the last element of a path in any folder ("*.md"); with one, the whole path from the
// root, where ** stands for any folders (".github/workflows/*.yml", "docs/**/*.md",
// "/Dockerfile").
func (t *Tree) Find(globs ...string) []File { return nil }

// Read returns a file's bytes, at most max; ErrTooLarge comes with the first max bytes.
func (t *Tree) Read(path string, max int64) ([]byte, error) { return nil, errors.New("not built yet") }

// Stat looks at any regular file on disk below the root, tracked or not.
func (t *Tree) Stat(path string) (File, bool) { return File{}, false }

// ReadEnv parses the env files; paths are relative to dir.
func ReadEnv(dir string, paths []string) (*Env, error) { return nil, errors.New("not built yet") }

// Lookup finds a variable; a later file wins over an earlier one.
func (e *Env) Lookup(name string) (value, file string, ok bool) { return "", "", false }
