package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	oneCommit = "0123456789abcdef0123456789abcdef01234567"
	twoCommit = "89abcdef0123456789abcdef0123456789abcdef"
)

// TestHead reads the forms that git keeps the current commit in, and what only looks so.
func TestHead(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string // the commit, or a part of the error
	}{
		"detached":               {map[string]string{".git/HEAD": oneCommit + "\n"}, oneCommit},
		"a branch":               {map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": oneCommit + "\n"}, oneCommit},
		"a packed branch":        {map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/packed-refs": "# pack-refs with: peeled\n" + twoCommit + " refs/heads/other\n" + oneCommit + " refs/heads/main\n^" + twoCommit + "\n"}, oneCommit},
		"a file beats the pack":  {map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": oneCommit, ".git/packed-refs": twoCommit + " refs/heads/main\n"}, oneCommit},
		"a linked work tree":     {map[string]string{".git": "gitdir: g/worktrees/w\n", "g/worktrees/w/HEAD": "ref: refs/heads/main", "g/worktrees/w/commondir": "../..\n", "g/refs/heads/main": oneCommit}, oneCommit},
		"no commit yet":          {map[string]string{".git/HEAD": "ref: refs/heads/main\n"}, "no commit yet"},
		"a path out of it":       {map[string]string{".git/HEAD": "ref: refs/../../secret\n", "secret": oneCommit}, "neither a commit"},
		"another file":           {map[string]string{".git/HEAD": "ref: config\n", ".git/config": oneCommit}, "neither a commit"},
		"a circle":               {map[string]string{".git/HEAD": "ref: refs/heads/a\n", ".git/refs/heads/a": "ref: refs/heads/a\n"}, "too many"},
		"a short id":             {map[string]string{".git/HEAD": oneCommit[:12]}, "neither a commit"},
		"an endless HEAD":        {map[string]string{".git/HEAD": strings.Repeat("a", maxRef+1)}, "larger than"},
		"no version control":     {map[string]string{"README.md": "x"}, "not a git checkout"},
		"a folder instead of it": {map[string]string{".git/HEAD/x": "y"}, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range c.files {
				at := filepath.Join(dir, filepath.FromSlash(file))
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			tree, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer tree.Close()
			got, err := tree.Head()
			if err != nil {
				got = err.Error()
			}
			if got != c.want && !(err != nil && strings.Contains(got, c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
