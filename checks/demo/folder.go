package demo

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"
)

// The repository's files are templates in <% %>, so that braces and brackets of all
// formats stay what they are.
//
//go:embed all:repository all:analytics target.toml.tmpl *.answers.toml.tmpl
var texts embed.FS

// place is where the service listens, as its target file names it.
type place struct {
	BaseURL      string // of the service
	Plain        string // plain http origin beside the https one, empty without https
	Exporter     string // URL of the host's metrics
	Proxy        string // https origin in front of the service, empty where there is none
	Prometheus   string // empty where none is declared
	Grafana      string
	Alertmanager string
}

// folder is what is written beside the running service: its repository, its env file, its
// tokens and the target file of a review.
type folder struct {
	dir string
	settings
	place
	caPEM []byte
	now   time.Time
	head  string // the newest commit, once the repository is written
}

// Names within the folder.
const (
	targetName     = "target.toml"
	answersName    = "answers.toml"
	repositoryName = "repository"
	tokensName     = "tokens"
	authorityName  = "authority.pem"
	accountsName   = "accounts.txt"
)

// write fills the folder and returns the target file's path.
func (f *folder) write(who *identities) (string, error) {
	if err := f.writeRepository(); err != nil {
		return "", fmt.Errorf("demo repository: %w", err)
	}
	if err := f.writeHealthy(); err != nil {
		return "", fmt.Errorf("demo files: %w", err)
	}
	if err := f.writeTokens(who); err != nil {
		return "", fmt.Errorf("demo tokens: %w", err)
	}
	if f.caPEM != nil {
		if err := f.put(authorityName, f.caPEM, 0o644); err != nil {
			return "", err
		}
	}
	if f.Wide() {
		src, err := f.render(f.Scenario + "." + answersName + ".tmpl")
		if err == nil {
			err = f.put(answersName, src, 0o600)
		}
		if err != nil {
			return "", err
		}
	}
	src, err := f.render(targetName + ".tmpl")
	if err != nil {
		return "", err
	}
	return filepath.Join(f.dir, targetName), f.put(targetName, src, 0o600)
}

// answersFile is where the answers of the people who run the system are, empty in
// scenarios without any.
func (f *folder) answersFile() string {
	if !f.Wide() {
		return ""
	}
	return filepath.Join(f.dir, answersName)
}

// put writes a file of the folder with exactly this mode, whatever the umask.
func (f *folder) put(name string, body []byte, mode fs.FileMode) error {
	file := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(file, body, mode); err != nil {
		return err
	}
	return os.Chmod(file, mode)
}

// render fills a template in.
func (f *folder) render(name string) ([]byte, error) {
	src, err := texts.ReadFile(name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(path.Base(name)).Delims("<%", "%>").Parse(string(src))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, f); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Version is the service's, for the templates.
func (f *folder) Version() string { return version }

// Today is the day of the newest commit, for the templates.
func (f *folder) Today() string { return f.day(releasedDaysAgo).Format(time.DateOnly) }

// Drilled is the day of the last restore drill, for the templates.
func (f *folder) Drilled() string { return f.day(26).Format(time.DateOnly) }

// day is noon UTC so many days ago.
func (f *folder) day(ago int) time.Time {
	return f.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -ago).Add(12 * time.Hour)
}

// writeTokens writes a token for each role and the accounts for people, readable by their
// owner only.
func (f *folder) writeTokens(who *identities) error {
	for _, role := range []string{"user", "admin"} {
		token, err := who.token(role)
		if err != nil {
			return err
		}
		if err := f.put(path.Join(tokensName, role), []byte(token), 0o600); err != nil {
			return err
		}
	}
	if err := f.put(path.Join(tokensName, "grafana"), []byte("glsa_"+rand.Text()), 0o600); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Who may log in at /login while this demo runs.\n")
	for _, a := range who.accounts {
		fmt.Fprintf(&b, "%s %s (%s)\n", a.Name, a.Password, a.Role)
	}
	return f.put(accountsName, []byte(b.String()), 0o600)
}

// unlessMended lists the repository's files that are missing until a switch is on.
var unlessMended = map[string]string{
	".pre-commit-config.yaml":                     "ci-security",
	"monitoring/alerts.yml":                       "alerts",
	"monitoring/dashboards/cpu.json":              "dashboards",
	"monitoring/dashboards/memory.json":           "dashboards",
	"monitoring/dashboards/response-times.json":   "dashboards",
	"tests/integration/test_portfolio_journey.py": "integration",
}

// sources are the repository's files and the templates they come from: a scenario's own
// add to the common ones or replace them.
func (s settings) sources() (map[string]string, error) {
	folders := []string{repositoryName}
	if s.Wide() {
		folders = append(folders, analytics)
	}
	from := map[string]string{}
	for _, top := range folders {
		err := fs.WalkDir(texts, top, func(name string, d fs.DirEntry, err error) error {
			file := strings.TrimPrefix(name, top+"/")
			if err == nil && !d.IsDir() && (unlessMended[file] == "" || s.Mended(unlessMended[file])) {
				from[file] = name
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return from, nil
}

// writeRepository writes the files, commits them and then adds what a working copy has
// beside them: the env file, installed packages and what test runs left.
func (f *folder) writeRepository() error {
	from, err := f.sources()
	if err != nil {
		return err
	}
	files := slices.Sorted(maps.Keys(from))
	for _, file := range files {
		body, err := f.render(from[file])
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if strings.HasSuffix(file, ".sh") {
			mode = 0o755
		}
		if err := f.put(repositoryName+"/"+file, body, mode); err != nil {
			return err
		}
	}
	if err := f.commit(files); err != nil {
		return fmt.Errorf("git: %w", err)
	}
	if err := f.put(repositoryName+"/.env", f.envFile(), fs.FileMode(f.envMode())); err != nil {
		return err
	}
	if err := f.writeResults(); err != nil {
		return err
	}
	return f.install(from["frontend/package-lock.json"])
}

// install writes what a package manager would have put beside the front end: a folder a
// package of the lock file, each with files of its own that are nobody's documentation here.
func (f *folder) install(lockFile string) error {
	const frontend = repositoryName + "/frontend/"
	src, err := f.render(lockFile)
	if err != nil {
		return err
	}
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(src, &lock); err != nil {
		return fmt.Errorf("package-lock.json: %w", err)
	}
	for name, p := range lock.Packages {
		if name == "" {
			continue
		}
		title := strings.TrimPrefix(name, "node_modules/")
		err := errors.Join(
			f.put(frontend+name+"/README.md", fmt.Appendf(nil, "# %s\n\nInstalled package, version %s.\n", title, p.Version), 0o644),
			f.put(frontend+name+"/docs/README.md", fmt.Appendf(nil, "# %s in detail\n\nSee [the start](../README.md).\n", title), 0o644),
			f.put(frontend+name+"/package.json", fmt.Appendf(nil, "{\"name\": %q, \"version\": %q}\n", title, p.Version), 0o644),
		)
		if err != nil {
			return err
		}
	}
	return nil
}
