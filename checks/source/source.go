// Package source reads the two local things a review looks at: the repository's tracked
// own files and the env files. It imports nothing of ours but checks/clean.
package source

import "time"

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
