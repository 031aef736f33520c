package source

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
)

// write makes files below dir; a name that ends in / is a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, body := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// track makes dir a checkout that tracks names.
func track(t *testing.T, dir string, names ...string) {
	t.Helper()
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	w, err := repo.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if _, err := w.Add(n); err != nil {
			t.Fatal(n, err)
		}
	}
}

func open(t *testing.T, dir string) *Tree {
	t.Helper()
	tree, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

func paths(files []File) []string {
	out := []string{}
	for _, f := range files {
		out = append(out, f.Path)
	}
	return out
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func project(t *testing.T) string {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"README.md": "hello", "src/app.py": "x", "src/deep/mod.py": "y", "Dockerfile": "FROM x", "web/Dockerfile": "FROM y",
		"node_modules/a/index.js": "z", "vendor/v.go": "z", "web/dist/app.js": "z", "build/run.sh": "z", "gone.txt": "z",
		".gitignore": "*.log\n/.env\nsecret/\n!keep.log\n!secret/key.pem\n", ".env": "A=1", "debug.log": "l", "keep.log": "k", "secret/key.pem": "p",
		"new.txt": "not added", ".github/workflows/ci.yml": "on: push", "src/.gitignore": "local.cfg\n", "src/local.cfg": "c",
	})
	return dir
}

func TestTrackedTree(t *testing.T) {
	dir := project(t)
	track(t, dir, "README.md", "src/app.py", "src/deep/mod.py", "Dockerfile", "web/Dockerfile", "node_modules/a/index.js",
		"vendor/v.go", "web/dist/app.js", "build/run.sh", "gone.txt", ".gitignore", ".github/workflows/ci.yml", "src/.gitignore")
	if err := os.Remove(filepath.Join(dir, "gone.txt")); err != nil {
		t.Fatal(err)
	}
	tree := open(t, dir)
	if !tree.Tracked || tree.Note != "" {
		t.Errorf("tracked %v, %q", tree.Tracked, tree.Note)
	}
	want(t, "files", paths(tree.Files()), []string{".github/workflows/ci.yml", ".gitignore", "Dockerfile", "README.md",
		"build/run.sh", "src/.gitignore", "src/app.py", "src/deep/mod.py", "web/Dockerfile"})
	want(t, "untracked", paths(tree.Untracked()), []string{"keep.log", "new.txt"})
	for name, w := range map[string]File{
		"README.md": {Tracked: true}, ".env": {Ignored: true}, "debug.log": {Ignored: true}, "keep.log": {},
		"secret/key.pem": {Ignored: true}, "new.txt": {}, "src/local.cfg": {Ignored: true}, "vendor/v.go": {Tracked: true},
	} {
		f, ok := tree.Stat(name)
		if !ok || f.Tracked != w.Tracked || f.Ignored != w.Ignored || f.Size == 0 || f.Mode != 0o644 {
			t.Errorf("%s: %+v, %v", name, f, ok)
		}
	}
	for _, name := range []string{"gone.txt", "src", "../x", "/etc/passwd", "", "."} {
		if f, ok := tree.Stat(name); ok {
			t.Errorf("%q: %+v", name, f)
		}
	}
}

func TestTreeWithoutGit(t *testing.T) {
	tree := open(t, project(t))
	if tree.Tracked || tree.Note != "not a git checkout" {
		t.Errorf("tracked %v, %q", tree.Tracked, tree.Note)
	}
	want(t, "files", paths(tree.Files()), []string{".github/workflows/ci.yml", ".gitignore", "Dockerfile", "README.md",
		"gone.txt", "keep.log", "new.txt", "src/.gitignore", "src/app.py", "src/deep/mod.py", "web/Dockerfile"})
	want(t, "untracked", paths(tree.Untracked()), []string{})
	if f, ok := tree.Stat(".env"); !ok || !f.Ignored || f.Tracked {
		t.Errorf(".env: %+v, %v", f, ok)
	}
}

func TestPartOfACheckout(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{"services/api/main.go": "m", "services/api/.env": "A=1", "services/api/x.tmp": "t",
		"other/main.go": "m", ".gitignore": "*.tmp\n", "services/.gitignore": "/api/.env\n"})
	track(t, top, "services/api/main.go", "other/main.go", ".gitignore")
	tree := open(t, filepath.Join(top, "services", "api"))
	want(t, "files", paths(tree.Files()), []string{"main.go"})
	for _, name := range []string{".env", "x.tmp"} {
		if f, ok := tree.Stat(name); !ok || !f.Ignored {
			t.Errorf("%s is ignored by a folder above: %+v, %v", name, f, ok)
		}
	}
	write(t, top, map[string]string{"apart/a.txt": "a"})
	tree = open(t, filepath.Join(top, "apart"))
	if tree.Tracked || tree.Note != "git tracks no files here" {
		t.Errorf("a folder that the checkout above knows nothing of: %v, %q", tree.Tracked, tree.Note)
	}
	want(t, "files apart", paths(tree.Files()), []string{"a.txt"})
}

func TestLinkedWorkTree(t *testing.T) {
	main, linked := t.TempDir(), t.TempDir()
	write(t, main, map[string]string{"a.txt": "a"})
	track(t, main, "a.txt")
	write(t, linked, map[string]string{"a.txt": "a", "b.txt": "b", ".git": "gitdir: " + filepath.Join(main, ".git") + "\n"})
	tree := open(t, linked)
	want(t, "files", paths(tree.Files()), []string{"a.txt"})
}

func TestBrokenIndexCostsTrackednessOnly(t *testing.T) {
	for name, index := range map[string]string{
		"empty": "", "text": "not an index", "cut": "DIRC\x00\x00\x00\x02\x00\x00\xff\xff", "version": "DIRC\x00\x00\x00\x09\x00\x00\x00\x01",
		"name length": "DIRC\x00\x00\x00\x04\x00\x00\x00\x01" + strings.Repeat("\xff", 70),
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{".git/index": index, "a.txt": "a"})
		tree := open(t, dir)
		if tree.Tracked || tree.Note == "" {
			t.Errorf("%s: tracked %v, %q", name, tree.Tracked, tree.Note)
		}
		want(t, name, paths(tree.Files()), []string{"a.txt"})
	}
}

func TestNothingOutsideIsRead(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, map[string]string{"secret.txt": "s"})
	dir := t.TempDir()
	write(t, dir, map[string]string{"in.txt": "i", "sub/f.txt": "f"})
	for link, to := range map[string]string{
		"abs": filepath.Join(outside, "secret.txt"), "up": "../" + filepath.Base(outside) + "/secret.txt", "folder": outside, "inside": "in.txt", "loop": "loop",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	tree := open(t, dir)
	want(t, "files", paths(tree.Files()), []string{"in.txt", "sub/f.txt"})
	for _, name := range []string{"abs", "up", "folder/secret.txt", "../secret.txt", "/etc/passwd", "fifo", "loop", "sub", "missing"} {
		if body, err := tree.Read(name, 100); err == nil {
			t.Errorf("%s: read %q", name, body)
		}
		if _, ok := tree.Stat(name); ok {
			t.Errorf("%s: stat", name)
		}
	}
	if body, err := tree.Read("inside", 100); err != nil || string(body) != "i" {
		t.Errorf("link inside the tree: %q, %v", body, err)
	}
}

func TestReadIsBounded(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "0123456789"})
	tree := open(t, dir)
	for max, wanted := range map[int64]string{0: "", 9: "012345678", 10: "0123456789", 11: "0123456789"} {
		body, err := tree.Read("a.txt", max)
		if string(body) != wanted || errors.Is(err, ErrTooLarge) != (max < 10) {
			t.Errorf("%d: %q, %v", max, body, err)
		}
	}
}

func TestFind(t *testing.T) {
	dir := project(t)
	tree := open(t, dir)
	for glob, wanted := range map[string][]string{
		"Dockerfile": {"Dockerfile", "web/Dockerfile"}, "/Dockerfile": {"Dockerfile"}, "*.py": {"src/app.py", "src/deep/mod.py"},
		"src/*.py": {"src/app.py"}, "src/**/*.py": {"src/app.py", "src/deep/mod.py"}, "**/mod.py": {"src/deep/mod.py"},
		".github/workflows/*.{yml,yaml}": {".github/workflows/ci.yml"}, "web/**": {"web/Dockerfile"}, "**/Dockerfile": {"Dockerfile", "web/Dockerfile"},
		"[": {}, "src": {}, "nothing*": {}, "{README,LICENSE}.md": {"README.md"}, "src/**": {"src/.gitignore", "src/app.py", "src/deep/mod.py"},
	} {
		want(t, glob, paths(tree.Find(glob)), wanted)
	}
	want(t, "two globs", paths(tree.Find("*.py", "src/app.py", "README*")), []string{"README.md", "src/app.py", "src/deep/mod.py"})
}

func TestGlobsOfStarsEndSoon(t *testing.T) {
	start := time.Now()
	matches(strings.Repeat("**/", 12)+"x", strings.Repeat("a/", 24)+"y")
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestOpenErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(file), map[string]string{"file": "x"})
	for _, dir := range []string{file, file + "-missing"} {
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), filepath.Base(dir)) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestLargeTree(t *testing.T) {
	files := map[string]string{}
	for i := range 2000 {
		files["d/"+strings.Repeat("x", i%50+1)+"/"+strings.Repeat("y", i/50+1)] = "z"
	}
	dir := t.TempDir()
	write(t, dir, files)
	got := open(t, dir).Files()
	if len(got) != 2000 || !slices.IsSortedFunc(got, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Errorf("%d files", len(got))
	}
}
