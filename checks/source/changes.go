package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// maxCommits is how far back Changes looks.
const maxCommits = 20_000

// ErrHistory says that the history does not reach back to a file's last change.
var ErrHistory = errors.New("the history does not reach back far enough")

// Changes tells when files or folders were last changed on the current branch, following
// the first parent of each commit. Names are relative to the root; what is not in the
// current commit is left out. The date of a file on disk would be that of the checkout.
//
// The error is ErrHistory, with the dates that are known, for a shallow clone or a history
// of more than 20,000 commits, and another where there is no history to read.
func (t *Tree) Changes(ctx context.Context, names ...string) (dates map[string]time.Time, err error) {
	// The library is made for git's own files; a repository that was made to break it costs
	// the dates, not the review.
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("git history: not readable")
		}
	}()
	head, err := t.Head()
	if err != nil {
		return nil, err
	}
	work, prefix := workTree(t.Dir)
	gitDir, err := gitFolder(work)
	if err != nil {
		return nil, err
	}
	common := commonFolder(gitDir)
	store := filesystem.NewStorage(osfs.New(common, osfs.WithBoundOS()), cache.NewObjectLRUDefault())
	defer store.Close()
	commit, err := object.GetCommit(store, plumbing.NewHash(head))
	if err != nil {
		return nil, fmt.Errorf("git history: %w", err)
	}
	_, shallow := os.Lstat(filepath.Join(common, "shallow"))
	return walkBack(ctx, commit, prefix, names, shallow == nil)
}

// walkBack compares each commit with the one before until every name's change is found.
func walkBack(ctx context.Context, commit *object.Commit, prefix string, names []string, shallow bool) (map[string]time.Time, error) {
	dates := map[string]time.Time{}
	here, err := entries(commit, prefix, names)
	if err != nil {
		return nil, err
	}
	for range maxCommits {
		if err := ctx.Err(); err != nil {
			return dates, err
		}
		if len(here) == 0 {
			return dates, nil
		}
		if commit.NumParents() == 0 {
			for name := range here {
				dates[name] = commit.Committer.When
			}
			return dates, nil
		}
		before, err := commit.Parent(0)
		if err != nil && shallow {
			return dates, ErrHistory
		}
		if err != nil {
			return dates, fmt.Errorf("git history: %w", err)
		}
		if before.TreeHash != commit.TreeHash {
			left := make([]string, 0, len(here))
			for name := range here {
				left = append(left, name)
			}
			there, err := entries(before, prefix, left)
			if err != nil {
				return dates, err
			}
			for name, hash := range here {
				if there[name] != hash {
					dates[name] = commit.Committer.When
					delete(here, name)
				}
			}
		}
		commit = before
	}
	return dates, ErrHistory
}

// entries are the hashes of files or folders in a commit.
func entries(commit *object.Commit, prefix string, names []string) (map[string]plumbing.Hash, error) {
	tree, err := commit.Tree()
	if err != nil {
		return nil, fmt.Errorf("git history: %w", err)
	}
	found := map[string]plumbing.Hash{}
	for _, name := range names {
		if e, err := tree.FindEntry(prefix + name); err == nil {
			found[name] = e.Hash
		}
	}
	return found, nil
}
