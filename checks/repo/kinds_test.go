package repo

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

func TestOwners(t *testing.T) {
	tree := func(owners string) map[string]string {
		return map[string]string{".github/CODEOWNERS": owners, "app/a.go": "x", "deploy/b.sh": "x", "README.md": "x"}
	}
	runFiles(t, repoOwners, []fileCase{
		{"everything", tree("# who\n* @acme/payments # all\n"), "", checks.Pass, "owners for everything"},
		{"each folder", tree("/app/ @ann\n/deploy/** bob@corp.lan\n"), "", checks.Pass, "every folder at the top"},
		{"one folder is nobody's", tree("/app/ @ann\n"), "", checks.Warn, "no owner for deploy"},
		{"only a part of a folder", tree("/app/ @ann\n/deploy/*.sh @bob\n"), "", checks.Warn, "no owner for deploy"},
		{"taken away again", tree("* @ann\n/deploy/\n"), "", checks.Warn, "no owner for deploy"},
		{"a placeholder", tree("* @your-org/team\n"), "", checks.Warn, "placeholder"},
		{"not a name", tree("* ann\n"), "", checks.Warn, "no @name"},
		{"names nobody", tree("*\n"), "", checks.Fail, "names no owner"},
		{"empty", tree("# later\n"), "", checks.Fail, "names no owner"},
		{"sections of GitLab", map[string]string{"CODEOWNERS": "[Code] @ann\n*\n", "app/a.go": "x"}, "", checks.Pass, ""},
		{"GitHub's place goes first", map[string]string{".github/CODEOWNERS": "*\n", "CODEOWNERS": "* @ann\n"}, "", checks.Fail, "names no owner"},
		{"maintainers", file("MAINTAINERS.md", "* Ann <ann@corp.lan>\n"), "", checks.Pass, "names who"},
		{"maintainers without any", file("MAINTAINERS.md", "To be written.\n"), "", checks.Fail, "names nobody"},
		{"catalogue", file("catalog-info.yaml", "kind: Component\nspec:\n  owner: payments-team\n"), "", checks.Pass, ""},
		{"catalogue without", file("catalog-info.yaml", "kind: Component\nspec: {}\n"), "", checks.Fail, "names nobody"},
		{"OWNERS", file("OWNERS", "approvers: [ann]\n"), "", checks.Pass, ""},
		{"none", file("README.md", "mail ann@corp.lan"), "", checks.Pending, "no CODEOWNERS"},
	})
}

func TestSBOM(t *testing.T) {
	const at = ".github/workflows/release.yml"
	runFiles(t, repoSBOM, []fileCase{
		{"made on release", file(at, workflow("{push: {tags: ['v*']}}", "      - uses: anchore/sbom-action@v0\n")), "", checks.Pass, "release.yml:6"},
		{"may fail", file(at, workflow("push", "      - run: syft . -o spdx-json || true\n")), "", checks.Warn, "goes on without it"},
		{"only installed", file(at, workflow("push", "      - run: go install github.com/anchore/syft@v1\n")), "", checks.Fail, "no list"},
		{"by trivy", file(at, workflow("push", "      - run: trivy fs --format cyclonedx .\n")), "", checks.Pass, ""},
		{"trivy that only scans", file(at, workflow("push", "      - run: trivy fs .\n")), "", checks.Fail, "no list"},
		{"by the release tool", file(".goreleaser.yaml", "builds: []\nsboms:\n  - artifacts: archive\n"), "", checks.Pass, "the build makes one"},
		{"tracked", file("sbom.cdx.json", `{"bomFormat": "CycloneDX", "components": [{}, {}]}`), "", checks.Pass, "2 components"},
		{"tracked, SPDX", file("a.spdx.json", `{"spdxVersion": "SPDX-2.3", "packages": [{}]}`), "", checks.Pass, "1 component"},
		{"tracked, empty", file("sbom.json", `{"bomFormat": "CycloneDX", "components": []}`), "", checks.Fail, "lists no component"},
		{"of that name only", file("bom.json", `{"a": 1}`), "", checks.Fail, "no list"},
		{"cut off", file("bom.json", `{"bomFormat": "CycloneDX", "comp`), "", checks.Inconclusive, "does not parse"},
		{"none", file("README.md", "x"), "", checks.Fail, "no list"},
	})
}

func TestJudgeChangelog(t *testing.T) {
	for _, c := range []struct {
		text, version string
		want          checks.Verdict
	}{
		{"# Changelog\n\n## [2.3.1] - 2026-01-01\n- a\n## [2.3.0]\n", "2.3.1", checks.Pass},
		{"v2.3.1\n=====\n", "v2.3.1", checks.Pass},
		{"## 2.3.10\n", "2.3.1", checks.Warn},
		{"## 2.3.0\n", "2.3.1", checks.Warn},
		{"## 2.3.0\n", "", checks.Warn},
		{"# Changes\n\nUnreleased: 2.3.1 soon\n", "2.3.1", checks.Warn},
		{" \n", "2.3.1", checks.Fail},
	} {
		if v, say := judgeChangelog(c.text, c.version); v != c.want {
			t.Errorf("%q for %q: %s %s, want %s", c.text, c.version, v, say, c.want)
		}
	}
	runFiles(t, repoChangelog, []fileCase{
		{"none", file("README.md", "## 1.0.0"), "", checks.Fail, "no changelog"},
		{"of another name", file("History.md", "1.0.0 / 2026-01-01\n==================\n"), "", checks.Warn, "not declared"},
		{"a script of that name", file("changes.sh", "1.0.0\n"), "", checks.Fail, "no changelog"},
		{"without a declared version", file("CHANGELOG.md", "## 1.0.0\n"), "", checks.Warn, "not declared"},
	})
}

func TestDocsFreshnessWithoutHistory(t *testing.T) {
	runFiles(t, docsFreshness, []fileCase{
		{"no history", map[string]string{"docs/architecture.md": document(""), "a.go": "x"}, "", checks.Inconclusive, "not known"},
		{"no document", map[string]string{"README.md": document(""), "a.go": "x"}, "", checks.Pending, "say where the design is described"},
		{"a declared document", map[string]string{"README.md": document("")}, `files = "notes/*.md"`, checks.Fail, "no such document"},
	})
}

func TestTimeouts(t *testing.T) {
	runFiles(t, repoTimeouts, []fileCase{
		{"Python, bounded", file("a.py", "import requests\nrequests.get(url,\n  params={'a': (1, 2)}, timeout=5)\n"), "", checks.Pass, "1 call"},
		{"Python, not", file("a.py", "requests.get(url, headers={'timeout': 'x'})\n"), "", checks.Warn, "a.py:1: requests.get"},
		{"Python, the next call's limit", file("a.py", "requests.get(a)\nrequests.get(b, timeout=5)\n"), "", checks.Warn, "a.py:1"},
		{"Python, in a comment or string", file("a.py", "# requests.get(a)\nx = 'requests.get(a)'\n"), "", checks.NA, "no call"},
		{"Python, the third argument", file("a.py", "urlopen(url, None, 10)\n"), "", checks.Pass, ""},
		{"Python, by a mapping", file("a.py", "requests.get(url, **options)\n"), "", checks.Pass, ""},
		{"Go, a client without", file("a.go", "c := &http.Client{Transport: t}\n"), "", checks.Warn, "http.Client"},
		{"Go, a client with", file("a.go", "c := &http.Client{\n\tTimeout: time.Second,\n}\n"), "", checks.Pass, ""},
		{"Go, the default client", file("a.go", "r, err := http.Get(u)\n"), "", checks.Warn, "http.Get"},
		{"Go, a test", file("a_test.go", "r, err := http.Get(u)\n"), "", checks.NA, ""},
		{"fetch without", file("a.ts", "const r = await fetch(url, {method: 'POST'})\n"), "", checks.Warn, "fetch"},
		{"fetch with a signal", file("a.ts", "const r = await fetch(url, {signal: AbortSignal.timeout(5000)})\n"), "", checks.Pass, ""},
		{"a function that returns one", file("a.go", "func c() *http.Client {\n\treturn x\n}\n"), "", checks.NA, ""},
		{"a method of that name", file("a.ts", "x.fetch(url)\nclass A { async fetch(url) { return 1 } }\n"), "", checks.NA, ""},
		{"axios", file("a.js", "axios.get(url)\n"), "", checks.Warn, "axios.get"},
		{"axios with a default", file("a.js", "axios.defaults.timeout = 5000\naxios.get(url)\n"), "", checks.Pass, ""},
		{"brackets without end", file("a.py", "requests.get((((\n"), "", checks.Warn, ""},
	})
}

func TestPasswords(t *testing.T) {
	runFiles(t, repoPasswords, []fileCase{
		{"bcrypt", file("a.py", "h = bcrypt.hashpw(password, bcrypt.gensalt(12))\n"), "", checks.Pass, "calls bcrypt"},
		{"a low cost", file("a.py", "h = bcrypt.hashpw(password, bcrypt.gensalt(4))\n"), "", checks.Warn, "cost below 10"},
		{"md5", file("a.py", "h = hashlib.md5(password.encode()).hexdigest()\n"), "", checks.Fail, "a.py:1: gives a password to md5"},
		{"sha256 in node", file("a.js", "crypto.createHash('sha256').update(user.password).digest('hex')\n"), "", checks.Fail, "sha256"},
		{"Go", file("a.go", "h := sha256.Sum256([]byte(password))\n"), "", checks.Fail, "sha256"},
		{"one of both", map[string]string{"a.py": "bcrypt.hashpw(p, s)\n", "b.py": "hashlib.sha1(passwd)\n"}, "", checks.Fail, "b.py:1"},
		{"PBKDF2 over SHA-256", file("a.py", "hashlib.pbkdf2_hmac('sha256', password, salt, 600000)\n"), "", checks.Pass, "pbkdf2_hmac"},
		{"of a file, not a password", file("a.py", "hashlib.md5(open(path).read())\n"), "", checks.NA, "no hashing"},
		{"in a comment", file("a.py", "# hashlib.md5(password)\n"), "", checks.NA, ""},
		{"in a test", file("tests/test_a.py", "hashlib.md5(password)\n"), "", checks.NA, ""},
		{"only imported", file("a.py", "import bcrypt\n"), "", checks.NA, ""},
	})
}

func TestSLO(t *testing.T) {
	openslo := "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: up}\nspec:\n  indicatorRef: x\n  objectives: [{target: 0.999}]\n"
	runFiles(t, repoSLO, []fileCase{
		{"OpenSLO", file("slo.yaml", openslo), "", checks.Pass, "up has a target of 99.9 %"},
		{"all of it", file("slo.yaml", strings.Replace(openslo, "0.999", "1", 1)), "", checks.Warn, "no budget"},
		{"no target", file("slo.yaml", strings.Replace(openslo, "[{target: 0.999}]", "[]", 1)), "", checks.Warn, "no target"},
		{"not measured", file("slo.yaml", strings.Replace(openslo, "  indicatorRef: x\n", "", 1)), "", checks.Warn, "what is measured"},
		{"Sloth", file("slo.yml", "version: prometheus/v1\nservice: a\nslos:\n  - {name: ok, objective: 99.5, sli: {events: {}}}\n"), "", checks.Pass, "99.5"},
		{"Pyrra", file("slo.yml", "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {name: a}\nspec: {target: '99', indicator: {ratio: {}}}\n"), "", checks.Pass, "99 %"},
		{"broken", file("slo.yml", "version: prometheus/v1\nslos: [\n"), "", checks.Inconclusive, "does not parse"},
		{"another file", file("a.yaml", "slo: 99.9\n"), "", checks.Pending, "not declared"},
	})
}

// committed makes a checkout in which the document and the code were committed that many
// days before now.
func committed(t *testing.T, document, code int) string {
	t.Helper()
	dir := t.TempDir()
	repository, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	work, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	files := []struct {
		name, content string
		days          int
	}{{"docs/architecture.md", "# Title\n" + strings.Repeat("A line.\n", 30), document}, {"app/a.go", "package a\n", code}}
	if document < code {
		slices.Reverse(files)
	}
	for _, f := range files {
		at := filepath.Join(dir, f.name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(f.content), 0o644)); err != nil {
			t.Fatal(err)
		}
		if _, err := work.Add(f.name); err != nil {
			t.Fatal(err)
		}
		who := &object.Signature{Name: "a", Email: "a@b.lan", When: time.Now().AddDate(0, 0, -f.days)}
		if _, err := work.Commit("c", &git.CommitOptions{Author: who, Committer: who}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFreshnessByHistory(t *testing.T) {
	for _, c := range []struct {
		name           string
		document, code int // days ago
		want           checks.Verdict
	}{
		{"fresh", 10, 5, checks.Pass},
		{"old, and the code is newer", 500, 5, checks.Warn},
		{"old, and so is the code", 500, 600, checks.Pass},
	} {
		target := &checks.Target{Name: "t", Repository: ".", Dir: committed(t, c.document, c.code)}
		if out, evidence := kindtest.Plan(t, docsFreshness, target, ""); out.Verdict != c.want {
			t.Errorf("%s: %s %s\n%s, want %s", c.name, out.Verdict, out.Reason, evidence, c.want)
		}
	}
}

func FuzzClients(f *testing.F) {
	for _, s := range []string{"requests.get(", "fetch(`${", "http.Client{", "/*", "'''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, c := range clients {
			for _, call := range c.find(src) {
				if call.Line < 1 || call.Line > strings.Count(src, "\n")+1 {
					t.Errorf("%+v", call)
				}
			}
		}
		readOwners(src)
		judgeChangelog(src, "1.0")
	})
}
