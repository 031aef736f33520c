package demo

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

func TestFolder(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	for name, want := range map[string]fs.FileMode{
		".": 0o700, targetName: 0o600, "tokens/user": 0o600, "tokens/admin": 0o600, accountsName: 0o600,
		"repository/.env": 0o644, "repository/deploy.sh": 0o755, "repository/rollback.sh": 0o755, "repository/README.md": 0o644,
	} {
		i, err := os.Stat(filepath.Join(s.Dir, name))
		if err != nil || i.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", name, i.Mode(), err, want)
		}
	}
	var target struct {
		Name, Environment string
		BaseURL           string `toml:"base_url"`
		Repository        string
		EnvFiles          []string `toml:"env_files"`
		Roles             map[string]any
		Scope             struct{ Hosts []string }
		Auth              struct{ User struct{ Token string } }
	}
	if _, err := toml.Decode(s.read(targetName), &target); err != nil {
		t.Fatal(err)
	}
	if target.Name != "atlas-demo" || target.Environment != "production" || target.BaseURL != s.BaseURL {
		t.Errorf("target: %+v", target)
	}
	if a := s.get(target.Scope.Hosts[0]); a.Status != 200 || !strings.Contains(a.Body, "node_cpu_seconds_total") {
		t.Errorf("the host's page: %d", a.Status)
	}
	for name, v := range target.Roles {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, one := range list {
			file := one.(string)
			kind, _, _ := strings.Cut(name, "_")
			if slices.Contains([]string{"config", "deps", "compose", "script", "dockerfile", "documents"}, kind) {
				if _, err := os.Stat(filepath.Join(s.Dir, target.Repository, file)); err != nil {
					t.Errorf("role %s: %v", name, err)
				}
			}
		}
	}
	if _, err := os.Stat(filepath.Join(s.Dir, target.EnvFiles[0])); err != nil {
		t.Error(err)
	}
}

// TestHistory reads the repository back with the library and, where there is one, with the
// git program.
func TestHistory(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	dir := filepath.Join(s.Dir, repositoryName)
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	index, err := repo.Storer.Index()
	if err != nil {
		t.Fatal(err)
	}
	var tracked []string
	for _, e := range index.Entries {
		tracked = append(tracked, e.Name)
		if strings.Contains(e.Name, "node_modules") || e.Name == ".env" {
			t.Errorf("%s is tracked", e.Name)
		}
	}
	for _, want := range []string{".gitignore", ".env.example", "README.md", "docs/README.md", "compose.yaml", "frontend/package-lock.json"} {
		if !slices.Contains(tracked, want) {
			t.Errorf("%s is not tracked", want)
		}
	}
	log, err := repo.Log(&git.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var ages []int
	log.ForEach(func(c *object.Commit) error {
		ages = append(ages, int(time.Since(c.Author.When).Hours()/24+0.5))
		return nil
	})
	if len(ages) != len(chapters) || ages[0] > 4 || ages[len(ages)-1] < 89 {
		t.Errorf("ages of the commits in days: %v", ages)
	}
	if i, err := os.Stat(filepath.Join(dir, "README.md")); err != nil || time.Since(i.ModTime()) > 21*24*time.Hour || time.Since(i.ModTime()) < 19*24*time.Hour {
		t.Errorf("README.md is of %v, want its commit's time", i.ModTime())
	}
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git program here")
	}
	out, err := exec.Command(program, "-C", dir, "-c", "safe.directory=*", "status", "--porcelain").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("git status: %v %s", err, out)
	}
}

// TestDocuments holds the repository's own promises: headings, length and links.
func TestDocuments(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	root := filepath.Join(s.Dir, repositoryName)
	vendored := 0
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		if strings.Contains(path, "node_modules") {
			vendored++
			return nil
		}
		b, _ := os.ReadFile(path)
		text := string(b)
		if !strings.HasPrefix(text, "# ") || strings.Contains(text, "<%") {
			t.Errorf("%s has no heading, or half a template", path)
		}
		for _, part := range strings.Split(text, "](")[1:] {
			link, _, _ := strings.Cut(part, ")")
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), link)); err != nil {
				t.Errorf("%s: link %s: %v", path, link, err)
			}
		}
		return nil
	})
	if vendored < 50 {
		t.Errorf("%d vendored documents, want enough to be worth leaving out", vendored)
	}
}

// TestStable holds that two starts write the same, but for addresses, times and secrets.
func TestStable(t *testing.T) {
	t.Parallel()
	a, b := start(t, "phase5"), start(t, "phase5")
	for _, name := range []string{"README.md", "compose.yaml", "CHANGELOG.md", "frontend/package-lock.json", "docs/architecture.md"} {
		if a.read(repositoryName+"/"+name) != b.read(repositoryName+"/"+name) {
			t.Errorf("%s differs between two starts", name)
		}
	}
	heads := []string{}
	for _, s := range []*system{a, b} {
		repo, err := git.PlainOpen(filepath.Join(s.Dir, repositoryName))
		if err != nil {
			t.Fatal(err)
		}
		head, err := repo.Head()
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, head.Hash().String())
	}
	if heads[0] != heads[1] {
		t.Errorf("the commits differ: %v", heads)
	}
	if a.read("tokens/user") == b.read("tokens/user") {
		t.Error("two starts share a token")
	}
	for _, path := range []string{"/", "/api/quotes", "/api/positions", "/api/search?q=w"} {
		if a.get(path).Body != b.get(path).Body {
			t.Errorf("%s differs between two starts", path)
		}
	}
}

// TestStop loads the service and stops it in the middle: nothing is left running or lying
// about. It must not run beside tests that start goroutines of their own.
func TestStop(t *testing.T) {
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	infos, ended := make(chan Info, 1), make(chan error, 1)
	go func() { ended <- Serve(ctx, Options{Fix: []string{"https"}}, func(i Info) { infos <- i }) }()
	s := &system{t: t, Info: <-infos}
	s.client = clientFor(t, s)
	answered := make(chan struct{}, 200)
	for range 200 {
		go func() {
			s.try("GET", "/api/report", "")
			answered <- struct{}{}
		}()
	}
	<-answered // the first report: 199 wait
	began := time.Now()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve ended with %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for range 199 {
		<-answered
	}
	s.client.CloseIdleConnections()
	if _, err := os.Stat(s.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", s.Dir, err)
	}
	deadline := time.Now().Add(3 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines, %d before\n%s", n, before, stacks[:runtime.Stack(stacks, true)])
	}
}

func TestOwnFolder(t *testing.T) {
	empty, full := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), Options{Dir: full}, nil); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a folder with files in it: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := Serve(ctx, Options{Dir: empty}, func(Info) { cancel() }); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(empty, targetName)); err != nil {
		t.Errorf("the folder that was there lost its files: %v", err)
	}
}

func TestSpawn(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, info, err := Spawn(t.Context(), exe, Options{Scenario: "phase5", Fix: []string{"health", "slow"}})
	if err != nil {
		t.Fatal(err)
	}
	s := &system{t: t, Info: info}
	s.client = clientFor(t, s)
	if a := s.get("/api/health"); a.Status != 200 {
		t.Errorf("/api/health of the child: %d", a.Status)
	}
	// What a closing terminal sends must not end the child before it has tidied up.
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if err := p.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if a, err := s.try("GET", "/api/version", ""); err != nil || a.Status != 200 {
				t.Fatalf("after %v: %d, %v", sig, a.Status, err)
			}
		}
	}
	s.client.CloseIdleConnections()
	p.Stop()
	p.Stop()
	if _, err := os.Stat(info.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", info.Dir, err)
	}
	if _, err := s.try("GET", "/", ""); err == nil {
		t.Error("the child still answers")
	}

	if _, _, err := Spawn(t.Context(), exe, Options{Scenario: "analytic"}); err == nil || !strings.Contains(err.Error(), "phase5, analytics and healthy") {
		t.Errorf("a wrong scenario: %v", err)
	}
	if _, _, err := Spawn(t.Context(), filepath.Join(t.TempDir(), "missing"), Options{}); err == nil {
		t.Error("a missing program started")
	}

	ctx, cancel := context.WithCancel(t.Context())
	p, info, err = Spawn(ctx, exe, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-p.Ended():
	case <-time.After(10 * time.Second):
		t.Fatal("the child outlives its context")
	}
	p.Stop()
	if _, err := os.Stat(info.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", info.Dir, err)
	}
}

// TestServeChild holds the protocol: one line of JSON, and the end when stdin closes.
func TestServeChild(t *testing.T) {
	stdin, parent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	ended := make(chan error, 1)
	go func() { ended <- ServeChild(context.Background(), Options{}, stdin, &stdout) }()
	parent.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(stdout.String(), "\n"); lines != 1 || !strings.Contains(stdout.String(), `"target_file":"/`) {
		t.Errorf("the child said %q", stdout.String())
	}
}
