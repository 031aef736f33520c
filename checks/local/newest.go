package local

import (
	"path"
	"regexp"
	"time"

	"assess/gonogo/checks/source"
)

// SourceExt matches the names of source files.
var SourceExt = regexp.MustCompile(`\.(go|py|js|jsx|ts|tsx|java|kt|rb|rs|php|cs|c|cc|cpp|swift|scala|ex|exs|sql|sh)$`)

// NewestSource is when a source file of the tree last changed; zero where it has none.
func NewestSource(tree *source.Tree) (newest time.Time) {
	for _, f := range tree.Files() {
		if SourceExt.MatchString(path.Base(f.Path)) && f.Modified.After(newest) {
			newest = f.Modified
		}
	}
	return newest
}
