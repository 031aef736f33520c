package deploy

import (
	"os"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
	"assess/gonogo/checks/source"
)

func TestJudgeEnvFile(t *testing.T) {
	private := envFileFacts{Path: ".env", Mode: 0o600, Inside: true, Ignored: true, KnownTracked: true,
		Secrets: []string{"DB_PASSWORD"}, Example: ".env.example"}
	with := func(change func(*envFileFacts)) envFileFacts { f := private; change(&f); return f }
	for _, c := range []struct {
		name    string
		facts   envFileFacts
		aspects []string
		want    checks.Verdict
		says    string
	}{
		{"private", private, envAspects, checks.Pass, ""},
		{"ignored but 0644", with(func(f *envFileFacts) { f.Mode = 0o644 }), envAspects, checks.Warn, "mode 0644"},
		{"0644 where mode is not asked", with(func(f *envFileFacts) { f.Mode = 0o644 }), []string{"ignored"}, checks.Pass, ""},
		{"0640", with(func(f *envFileFacts) { f.Mode = 0o640 }), []string{"mode"}, checks.Warn, "0640"},
		{"not ignored", with(func(f *envFileFacts) { f.Ignored = false }), []string{"ignored"}, checks.Warn, "not ignored"},
		{"tracked although ignored", with(func(f *envFileFacts) { f.Tracked = true }), []string{"ignored"}, checks.Warn, "not ignored"},
		{"tracked with a password", with(func(f *envFileFacts) { f.Tracked = true }), envAspects, checks.Fail, "DB_PASSWORD"},
		{"tracked, nothing secret", with(func(f *envFileFacts) { f.Tracked, f.Secrets = true, nil }), []string{"tracked"}, checks.Warn, "without secret"},
		{"no git to ask", with(func(f *envFileFacts) { f.KnownTracked, f.Ignored = false, false }), []string{"tracked"}, checks.Inconclusive, "whether it is tracked is unknown"},
		{"no git to ask, but a mode to see", with(func(f *envFileFacts) { f.KnownTracked, f.Ignored = false, false }), []string{"tracked", "mode"}, checks.Warn, "whether it is tracked is unknown"},
		{"no git, but ignored", with(func(f *envFileFacts) { f.KnownTracked = false }), []string{"ignored", "tracked"}, checks.Warn, "unknown, though .gitignore names it"},
		{"outside the repository", envFileFacts{Path: "/etc/app.env", Mode: 0o600}, []string{"ignored", "mode", "tracked"}, checks.Pass, ""},
		{"no example", with(func(f *envFileFacts) { f.Example = "" }), []string{"example"}, checks.Warn, "no example"},
		{"example lacks a name", with(func(f *envFileFacts) { f.Missing = []string{"PORT"} }), []string{"example"}, checks.Warn, "lacks PORT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			obs := judgeEnvFile(c.facts, c.aspects)
			if got, say := obs.Verdict(), obs.Reason(""); got != c.want || !strings.Contains(say, c.says) {
				t.Errorf("judgeEnvFile = %s %q, want %s … %q", got, say, c.want, c.says)
			}
		})
	}
}

func TestFindKeys(t *testing.T) {
	env := &source.Env{Files: []source.EnvFile{
		{Path: ".env", Values: map[string]string{"SECRET_KEY": "a", "DJANGO_SECRET_KEY": "b", "PORT": "80", "SECRET_KEY_FILE": "c"}},
	}}
	keys, missing := findKeys(env, nil)
	if got := keyNames(keys); got != "DJANGO_SECRET_KEY, SECRET_KEY" || len(missing) > 0 {
		t.Errorf("usual keys = %s, missing %v", got, missing)
	}
	keys, missing = findKeys(env, []string{"PORT", "JWT_SECRET"})
	if got := keyNames(keys); got != "PORT" || len(missing) != 1 || missing[0] != "JWT_SECRET" {
		t.Errorf("declared keys = %s, missing %v", got, missing)
	}
	if _, missing = findKeys(&source.Env{}, nil); len(missing) != 1 {
		t.Errorf("without any key, missing = %v", missing)
	}
}

// TestWithoutGit holds what the kinds say of a folder that no version control knows: they
// judge what can be seen, and say that which files are tracked is unknown.
func TestWithoutGit(t *testing.T) {
	const unknown = "not a git checkout: "
	password := "DB_PASSWORD=" + "k3Jx9vQ2mTr" + "\n"
	compose := "services:\n  a:\n    image: x:1\n    environment: {" + "DB_PASSWORD: k3Jx9vQ2m}\n"
	for _, c := range []struct {
		name   string
		kind   checks.Kind
		files  map[string]string
		mode   os.FileMode
		params string
		want   checks.Verdict
		says   string
	}{
		{"private and ignored", envFilesKind, map[string]string{".env": password, ".gitignore": ".env\n"}, 0o600, `aspects = ["ignored", "tracked", "mode"]`, checks.Warn, unknown + "whether it is tracked is unknown, though .gitignore names it"},
		{"private only", envFilesKind, map[string]string{".env": password}, 0o600, `aspects = ["ignored", "tracked", "mode"]`, checks.Warn, unknown + "whether it is tracked is unknown"},
		{"open to all", envFilesKind, map[string]string{".env": password, ".gitignore": ".env\n"}, 0o644, `aspects = ["ignored", "tracked", "mode"]`, checks.Warn, "mode 0644"},
		{"only whether tracked", envFilesKind, map[string]string{".env": password}, 0o600, `aspects = ["tracked"]`, checks.Inconclusive, unknown},
		{"a secret", secretsScan, map[string]string{".env": "", "a.sh": "T=" + githubToken}, 0o600, "", checks.Fail, "a.sh:1: github-token; " + unknown + "which files are tracked is unknown"},
		{"a secret where .gitignore looks away", secretsScan, map[string]string{".env": "T=" + githubToken, ".gitignore": ".env\n", "a.sh": "x"}, 0o600, "", checks.Pass, unknown},
		{"a literal", secretsStorage, map[string]string{".env": "", "compose.yaml": compose}, 0o600, "", checks.Fail, "literal in a file of the repository (" + unknown + "whether it is tracked is unknown)"},
	} {
		out, evidence := kindtest.Run(t, c.kind, kindtest.Case{Files: c.files, Mode: map[string]os.FileMode{".env": c.mode}, Profile: c.params,
			Target: func(t *checks.Target) { t.EnvFiles = []string{".env"} }})
		if out.Verdict != c.want || !strings.Contains(string(out.Reason)+evidence, c.says) {
			t.Errorf("%s: %s %s, want %s %q\n%s", c.name, out.Verdict, out.Reason, c.want, c.says, evidence)
		}
	}
}
