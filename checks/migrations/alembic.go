package migrations

import (
	"fmt"
	"regexp"
	"slices"

	"assess/gonogo/checks/source"
)

// maxFile bounds what is read of one migration, in bytes.
const maxFile = 1 << 20

// Revision is one revision of Alembic.
type Revision struct {
	Path, ID string
	Down     []string // the revisions it follows
}

var (
	revisionLine = regexp.MustCompile(`(?m)^revision\s*(?::[^=\n]+)?=\s*["']([^"']+)["']`)
	downLine     = regexp.MustCompile(`(?m)^down_revision\s*(?::[^=\n]+)?=\s*(\([^)]*\)|[^\n#]*)`)
	quoted       = regexp.MustCompile(`["']([^"']+)["']`)
)

// Unread is a file that could not be read.
type Unread struct {
	Path string
	Err  error
}

// Revisions reads Alembic's files. Files without a revision are left out.
func Revisions(tree *source.Tree, files []string) (revisions []Revision, unread []Unread) {
	for _, f := range files {
		src, err := tree.Read(f, maxFile)
		if err != nil {
			unread = append(unread, Unread{f, err})
			continue
		}
		if r, ok := parseRevision(f, src); ok {
			revisions = append(revisions, r)
		}
	}
	return revisions, unread
}

func parseRevision(file string, src []byte) (Revision, bool) {
	id := revisionLine.FindSubmatch(src)
	if id == nil {
		return Revision{}, false
	}
	r := Revision{Path: file, ID: string(id[1])}
	if down := downLine.FindSubmatch(src); down != nil {
		for _, m := range quoted.FindAllSubmatch(down[1], -1) {
			r.Down = append(r.Down, string(m[1]))
		}
	}
	return r, true
}

// Heads are the revisions that no other follows, in order of their ids.
func Heads(revisions []Revision) []string {
	followed := map[string]bool{}
	for _, r := range revisions {
		for _, d := range r.Down {
			followed[d] = true
		}
	}
	var heads []string
	for _, r := range revisions {
		if !followed[r.ID] && !slices.Contains(heads, r.ID) {
			heads = append(heads, r.ID)
		}
	}
	slices.Sort(heads)
	return heads
}

// Flaw is what is wrong with a history of revisions.
type Flaw struct {
	Path string
	Rule string // duplicate or unknown
	Text string
}

// Flaws are revisions that are there twice, and those that follow one that is not there.
func Flaws(revisions []Revision) []Flaw {
	var flaws []Flaw
	at := map[string]string{}
	for _, r := range revisions {
		if first, ok := at[r.ID]; ok {
			flaws = append(flaws, Flaw{r.Path, "duplicate", fmt.Sprintf("revision %s again, first in %s", r.ID, first)})
		}
		at[r.ID] = r.Path
	}
	for _, r := range revisions {
		for _, d := range r.Down {
			if at[d] == "" {
				flaws = append(flaws, Flaw{r.Path, "unknown", fmt.Sprintf("follows %s, which is not there", d)})
			}
		}
	}
	return flaws
}
