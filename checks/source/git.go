package source

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

const (
	maxIndex  = 128 << 20 // bytes of a git index
	maxLevels = 16        // folders above the repository in which .git is looked for
)

// workTree finds the checkout that dir lies in: its folder, and dir within it with a final
// slash ("" at the top). Without one, work is "".
func workTree(dir string) (work, prefix string) {
	at := dir
	for range maxLevels {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			rel, err := filepath.Rel(at, dir)
			if err != nil || rel == "." {
				return at, ""
			}
			return at, filepath.ToSlash(rel) + "/"
		}
		up := filepath.Dir(at)
		if up == at {
			break
		}
		at = up
	}
	return "", ""
}

// trackedNames are the files that git tracks below prefix, relative to it. The error says
// in words why that is not known.
func trackedNames(work, prefix string) ([]string, error) {
	if work == "" {
		return nil, errors.New("not a git checkout")
	}
	gitDir, err := gitFolder(work)
	if err != nil {
		return nil, err
	}
	raw, err := readOutside("git index", filepath.Join(gitDir, "index"), maxIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("git tracks no files yet")
	}
	if err != nil {
		return nil, err
	}
	idx, err := decodeIndex(raw)
	if err != nil {
		return nil, fmt.Errorf("git index: %w", err)
	}
	var names []string
	for _, e := range idx.Entries {
		name, below := strings.CutPrefix(e.Name, prefix)
		regular := e.Mode == filemode.Regular || e.Mode == filemode.Executable || e.Mode == filemode.Deprecated
		if below && regular && fs.ValidPath(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("git tracks no files here")
	}
	return names, nil
}

// gitFolder is where the checkout's index lies: .git, or the folder that a .git file of a
// linked work tree or a submodule names.
func gitFolder(work string) (string, error) {
	dotGit := filepath.Join(work, ".git")
	info, err := os.Lstat(dotGit)
	if err != nil {
		return "", fmt.Errorf(".git: %w", cause(err))
	}
	if info.IsDir() {
		return dotGit, nil
	}
	text, err := readOutside(".git", dotGit, 4<<10)
	if err != nil {
		return "", err
	}
	dir, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return "", errors.New(".git: neither a folder nor a link to one")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(work, dir)
	}
	return dir, nil
}

// decodeIndex reads a git index. The decoder is made for git's own files; one that was made
// to break it costs the tracked-ness, not the review.
func decodeIndex(raw []byte) (idx *index.Index, err error) {
	defer func() {
		if v := recover(); v != nil {
			idx, err = nil, errors.New("not readable")
		}
	}()
	idx = &index.Index{}
	if err := index.NewDecoder(bytes.NewReader(raw)).Decode(idx); err != nil {
		return nil, err
	}
	return idx, nil
}
