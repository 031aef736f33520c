package demo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// releasedDaysAgo is the age of the newest commit. Ages are relative to the start, so that
// the documents stay as fresh as they claim to be.
const releasedDaysAgo = 3

// chapters are the commits of the repository, oldest first: what belongs to each, and its
// age in days. A file belongs to the first that claims it.
var chapters = []struct {
	message string
	daysAgo int
	claims  func(file string) bool
}{
	{"Import the service, its configuration and its deployment", 90, func(f string) bool { return !isDocument(f) && f != "CHANGELOG.md" }},
	{"Describe plans, progress and operation", 20, isDocument},
	{"Release " + version, releasedDaysAgo, func(string) bool { return true }},
}

func isDocument(file string) bool {
	return file != "CHANGELOG.md" && (strings.HasPrefix(file, "docs/") || strings.HasSuffix(file, ".md"))
}

// commit makes the repository a git repository with the files committed chapter by chapter.
// It needs no git program and heeds nobody's git configuration.
func (f *folder) commit(files []string) error {
	root := filepath.Join(f.dir, repositoryName)
	repo, err := git.PlainInitWithOptions(root, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName("main")},
	})
	if err != nil {
		return err
	}
	tree, err := repo.Worktree()
	if err != nil {
		return err
	}
	rest := slices.Clone(files)
	for _, c := range chapters {
		when := f.day(c.daysAgo)
		var later []string
		for _, file := range rest {
			if !c.claims(file) {
				later = append(later, file)
				continue
			}
			if err := f.stage(tree, root, file, when); err != nil {
				return err
			}
		}
		rest = later
		by := &object.Signature{Name: "Atlas Team", Email: "team@atlas.internal", When: when}
		head, err := tree.Commit(c.message, &git.CommitOptions{Author: by, Committer: by})
		if err != nil {
			return err
		}
		f.head = head.String()
	}
	return nil
}

// stage puts a file into the index, with the commit's time as its own.
func (f *folder) stage(tree *git.Worktree, root, file string, when time.Time) error {
	if err := os.Chtimes(filepath.Join(root, filepath.FromSlash(file)), when, when); err != nil {
		return err
	}
	return tree.AddWithOptions(&git.AddOptions{Path: file, SkipStatus: true})
}
