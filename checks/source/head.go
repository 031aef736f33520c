package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	maxRef    = 4 << 10  // bytes of a file that holds one reference
	maxPacked = 64 << 20 // bytes of git's packed references
	maxHops   = 5        // references that lead to references (git's own limit)
)

// commitName is a whole commit id, of SHA-1 or SHA-256.
var commitName = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// Head is the commit that the repository's checkout stands on, in whole. The error says in
// words why that is not known.
func (t *Tree) Head() (string, error) {
	work, _ := workTree(t.Dir)
	if work == "" {
		return "", errors.New("not a git checkout")
	}
	gitDir, err := gitFolder(work)
	if err != nil {
		return "", err
	}
	name := "HEAD"
	for range maxHops {
		text, err := reference(gitDir, name)
		if err != nil {
			return "", err
		}
		if commitName.MatchString(text) {
			return text, nil
		}
		next, ok := strings.CutPrefix(text, "ref: ")
		if next = strings.TrimSpace(next); !ok || !strings.HasPrefix(next, "refs/") || !fs.ValidPath(next) {
			return "", fmt.Errorf("git %s: neither a commit nor a reference", name)
		}
		name = next
	}
	return "", errors.New("git HEAD: too many references")
}

// reference reads what a name stands for: in a file of its own, in the folder that linked
// work trees share, or in the packed list.
func reference(gitDir, name string) (string, error) {
	common := commonFolder(gitDir)
	for _, dir := range []string{gitDir, common} {
		text, err := readOutside("git "+name, filepath.Join(dir, filepath.FromSlash(name)), maxRef)
		if err == nil {
			return strings.TrimSpace(string(text)), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	packed, err := readOutside("git packed-refs", filepath.Join(common, "packed-refs"), maxPacked)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	for line := range strings.Lines(string(packed)) {
		if commit, ref, ok := strings.Cut(strings.TrimSpace(line), " "); ok && ref == name && commitName.MatchString(commit) {
			return commit, nil
		}
	}
	return "", fmt.Errorf("git %s: no commit yet", name)
}

// commonFolder is where the references of all work trees lie.
func commonFolder(gitDir string) string {
	text, err := readOutside("commondir", filepath.Join(gitDir, "commondir"), maxRef)
	if err != nil {
		return gitDir
	}
	dir := strings.TrimSpace(string(text))
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(gitDir, dir)
}
