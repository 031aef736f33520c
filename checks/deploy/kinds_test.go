package deploy

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// fileCase is a kind run on files.
type fileCase struct {
	name    string
	files   map[string]string
	params  string
	verdict checks.Verdict
	says    string // in the reason or the evidence
}

func runFiles(t *testing.T, kind checks.Kind, target func(*checks.Target), mode map[string]os.FileMode, cases []fileCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, evidence := kindtest.Run(t, kind, kindtest.Case{Files: c.files, Profile: c.params, Target: target, Mode: mode})
			if out.Verdict != c.verdict || !strings.Contains(string(out.Reason)+evidence, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
			if out.Verdict != checks.Pending && evidence == "" {
				t.Error("a verdict without evidence")
			}
		})
	}
}

func file(name, content string) map[string]string { return map[string]string{name: content} }

func TestDockerfileBasics(t *testing.T) {
	runFiles(t, dockerfileBasics, nil, nil, []fileCase{
		{"good", file("Dockerfile", "FROM go:1.2 AS build\nFROM scratch\nCOPY --from=build /a /a\nUSER 10001\n"), "", checks.Pass, ""},
		{"stage as base", file("Dockerfile", "FROM go:1.2 AS Base\nFROM base\nUSER app\n"), "", checks.Pass, ""},
		{"no USER", file("Dockerfile", "FROM go:1.2\nCMD [\"a\"]\n"), "", checks.Warn, "no USER"},
		{"USER only in an earlier stage", file("Dockerfile", "FROM go:1.2 AS b\nUSER app\nFROM go:1.2\n"), "", checks.Warn, "no USER"},
		{"root at the end", file("Dockerfile", "FROM go:1.2\nUSER app\nUSER root\n"), "", checks.Warn, "runs as root"},
		{"untagged", file("Dockerfile", "FROM go\nUSER app\n"), "", checks.Warn, "not pinned"},
		{"platform and latest", file("Dockerfile", "FROM --platform=linux/amd64 go:latest\nUSER app\n"), "", checks.Warn, "go:latest"},
		{"ADD of a file", file("Dockerfile", "FROM go:1.2\nADD a /a\nUSER app\n"), "", checks.Warn, "ADD"},
		{"ADD of an archive", file("Dockerfile", "FROM go:1.2\nADD a.tar.gz /a\nUSER app\n"), "", checks.Pass, ""},
		{"secret in ENV", file("Dockerfile", "FROM go:1.2\nENV PORT=80 \\\n  API_TOKEN=abc123def456\nUSER app\n"), "", checks.Fail, "API_TOKEN"},
		{"secret in ARG, without value", file("Dockerfile", "FROM go:1.2\nARG API_TOKEN\nUSER app\n"), "", checks.Pass, ""},
		{"placeholder in ENV", file("Dockerfile", "FROM go:1.2\nENV API_TOKEN=changeme\nUSER app\n"), "", checks.Pass, ""},
		{"a here-document is no instruction", file("Dockerfile", "FROM go:1.2\nRUN <<EOF\nENV API_TOKEN=abc123def456\nEOF\nUSER app\n"), "", checks.Pass, ""},
		{"user of the stage it is built on", file("Dockerfile", "FROM go:1.2 AS base\nUSER app\nFROM go:1.3 AS other\nUSER root\nFROM base\nCOPY a /a\n"), "", checks.Pass, ""},
		{"root of the stage it is built on", file("Dockerfile", "FROM go:1.2 AS base\nUSER root\nFROM base\nCOPY a /a\n"), "", checks.Warn, "runs as root"},
		{"a base by argument that moves", file("Dockerfile", "ARG BASE=go:latest\nFROM ${BASE}\nUSER app\n"), "", checks.Warn, "go:latest"},
		{"a base by argument that is pinned", file("Dockerfile", "ARG V=1.2\nFROM go:$V\nUSER app\n"), "", checks.Pass, ""},
		{"a base by argument without default", file("Dockerfile", "ARG BASE\nFROM ${BASE}\nUSER app\n"), "", checks.Warn, "without a default"},
		{"root by argument", file("Dockerfile", "FROM go:1.2\nARG U=root\nUSER ${U}\n"), "", checks.Warn, "runs as root"},
		{"user by argument without default", file("Dockerfile", "FROM go:1.2\nARG U\nUSER ${U}\n"), "", checks.Warn, "left to a build argument"},
		{"00 is root", file("Dockerfile", "FROM go:1.2\nUSER 00:0\n"), "", checks.Warn, "runs as root"},
		{"health check wanted", file("Dockerfile", "FROM go:1.2\nUSER app\n"), "healthcheck = true", checks.Warn, "no HEALTHCHECK"},
		{"health check there", file("Dockerfile", "FROM go:1.2\nUSER app\nHEALTHCHECK CMD true\n"), "healthcheck = true", checks.Pass, ""},
		{"health check in the compose file", map[string]string{"Dockerfile": "FROM go:1.2\nUSER app\n", "compose.yaml": "services:\n  a: {build: ., healthcheck: {test: x}}\n"}, "healthcheck = true", checks.Pass, ""},
		{"health check for one of two", map[string]string{"Dockerfile": "FROM go:1.2\nUSER app\n", "compose.yaml": "services:\n  a: {build: ., healthcheck: {test: x}}\n  b: {build: .}\n"}, "healthcheck = true", checks.Warn, "no HEALTHCHECK"},
		{"probes instead", map[string]string{"Dockerfile": "FROM go:1.2\nUSER app\n", "k.yaml": goodManifest}, "healthcheck = true", checks.Pass, ""},
		{"comment with USER", file("Dockerfile", "FROM go:1.2\n# USER app\n"), "", checks.Warn, "no USER"},
		{"no FROM", file("Dockerfile", "USER app\n"), "", checks.Fail, "no FROM"},
		{"declared but missing", file("README.md", "x"), `files = "Dockerfile"`, checks.Fail, "not there"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

func TestConfigFiles(t *testing.T) {
	runFiles(t, configFiles, nil, nil, []fileCase{
		{"parses", file("app.yaml", "a: 1\n"), `files = "app.yaml"`, checks.Pass, "1 file"},
		{"a folder", map[string]string{"conf/a.json": "{}", "conf/b.toml": "x = 1", "conf/readme": "?"}, `files = "conf"`, checks.Pass, "2 files"},
		{"a glob", map[string]string{"conf/a.json": "{}", "conf/b.json": "{"}, `files = "conf/*.json"`, checks.Fail, "conf/b.json:1"},
		{"an empty folder", file("README.md", "x"), `files = "dashboards"`, checks.Fail, "not there"},
		{"one of two missing", file("a.yaml", "a: 1"), `files = ["a.yaml", "b.yaml"]`, checks.Fail, "b.yaml"},
		{"empty", file("a.yaml", "  \n"), `files = "a.yaml"`, checks.Fail, "is empty"},
		{"a key twice", file("a.yaml", "a: 1\na: 2\n"), `files = "a.yaml"`, checks.Fail, `a.yaml:2: key "a" again`},
		{"change-me", file("a.yaml", "mail: change-me\n"), `files = "a.yaml"`, checks.Warn, "a.yaml:1: mail"},
		{"TODO in a comment", file("a.yaml", "# TODO\na: 1\n"), `files = "a.yaml"`, checks.Pass, ""},
		{"localhost where it belongs", file("dev.yaml", "db: localhost:5432\n"), `files = "dev.yaml"`, checks.Pass, ""},
		{"localhost in production", file("production.yaml", "db: localhost:5432\n"), `files = "production.yaml"`, checks.Warn, "points at this machine"},
		{"format unknown", file("nginx.conf", "x"), `files = "nginx.conf"`, checks.Inconclusive, "unknown format"},
		{"outside", file("a.yaml", "a: 1"), `files = "../a.yaml"`, checks.Fail, "not there"},
		{"none declared", file("a.yaml", "a: 1"), "", checks.Pending, "not declared"},
	})
}

func TestScripts(t *testing.T) {
	mode := map[string]os.FileMode{"run.sh": 0o755, "plain.sh": 0o644}
	runFiles(t, scripts, nil, mode, []fileCase{
		{"good", file("run.sh", "#!/bin/sh\nset -eu\necho\n"), `files = "run.sh"`, checks.Pass, ""},
		{"pipefail", file("run.sh", "#!/usr/bin/env bash\nset -o errexit\n"), `files = "run.sh"`, checks.Pass, ""},
		{"python needs no set -e", file("run.sh", "#!/usr/bin/env python3\nprint()\n"), `files = "run.sh"`, checks.Pass, ""},
		{"no set -e", file("run.sh", "#!/bin/bash\nset -u\n"), `files = "run.sh"`, checks.Warn, "set -e"},
		{"set -e in a comment", file("run.sh", "#!/bin/bash\n# set -e\n"), `files = "run.sh"`, checks.Warn, "set -e"},
		{"not executable", file("plain.sh", "#!/bin/sh\nset -e\n"), `files = "plain.sh"`, checks.Fail, "not executable"},
		{"no first line", file("run.sh", "set -e\n"), `files = "run.sh"`, checks.Fail, "no #! line"},
		{"Windows line ends", file("run.sh", "#!/bin/sh\r\nset -e\r\n"), `files = "run.sh"`, checks.Fail, "Windows"},
		{"missing", file("run.sh", "x"), `files = "other.sh"`, checks.Fail, "not there"},
	})
}

func withEnv(t *checks.Target) { t.EnvFiles = []string{".env"} }

func TestDebugOff(t *testing.T) {
	runFiles(t, debugOff, withEnv, nil, []fileCase{
		{"off", file(".env", "DEBUG=false\n"), "", checks.Pass, "DEBUG is off"},
		{"mode is production", file(".env", "NODE_ENV=production\n"), "", checks.Pass, ""},
		{"on", file(".env", "DEBUG=False\nFLASK_DEBUG=1\n"), "", checks.Fail, ".env:2: FLASK_DEBUG is on"},
		{"mode is development", file(".env", "NODE_ENV=development\n"), "", checks.Fail, "NODE_ENV"},
		{"unset", file(".env", "PORT=80\n"), "", checks.Warn, "nothing says"},
		{"a reloading server", map[string]string{".env": "DEBUG=0\n", "compose.yaml": "services:\n  a: {image: x:1, command: uvicorn app --reload}\n"}, "", checks.Fail, "development server"},
		{"a reloading server in the Dockerfile", map[string]string{".env": "DEBUG=0\n", "compose.yaml": "services:\n  a: {build: .}\n",
			"Dockerfile": "FROM x:1\nCMD [\"python\", \"manage.py\", \"runserver\"]\n"}, "", checks.Fail, "runserver"},
		{"only for development", map[string]string{".env": "DEBUG=0\n", "compose.yaml": "services:\n  a: {image: x:1, command: flask run}\n",
			"compose.production.yaml": "services:\n  a: {image: x:1, command: gunicorn app}\n"}, "", checks.Pass, ""},
		{"a mode by its default", map[string]string{".env": "DEBUG=0\n", "compose.yaml": "services:\n  a: {image: x:1, environment: {NODE_ENV: '${NODE_ENV:-development}'}}\n"}, "", checks.Fail, "NODE_ENV"},
		{"a mode that the env file sets", map[string]string{".env": "NODE_ENV=production\n", "compose.yaml": "services:\n  a: {image: x:1, environment: {NODE_ENV: '${NODE_ENV:-development}'}}\n"}, "", checks.Pass, ""},
		{"a mode that nothing sets", map[string]string{".env": "DEBUG=0\n", "compose.yaml": "services:\n  a: {image: x:1, environment: {NODE_ENV: '${MODE}'}}\n"}, "", checks.Warn, "left to a variable"},
		{"a Dockerfile without compose file", map[string]string{".env": "DEBUG=0\n", "Dockerfile": "FROM x:1\nCMD flask run\n"}, "", checks.Fail, "flask run"},
		{"an entrypoint", map[string]string{".env": "DEBUG=0\n", "Dockerfile": "FROM x:1\nENTRYPOINT [\"uvicorn\", \"a\", \"--reload\"]\n"}, "", checks.Fail, "--reload"},
		{"a Dockerfile for development", map[string]string{".env": "DEBUG=0\n", "Dockerfile.dev": "FROM x:1\nCMD flask run\n"}, "", checks.Pass, ""},
		{"on in the image", map[string]string{".env": "PORT=1\n", "Dockerfile": "FROM x:1\nENV FLASK_DEBUG=1\n"}, "", checks.Fail, "FLASK_DEBUG is on"},
		{"on in the image, off in the compose file", map[string]string{".env": "PORT=1\n", "Dockerfile": "FROM x:1\nENV FLASK_DEBUG=1\n", "compose.yaml": "services:\n  a: {build: ., environment: {FLASK_DEBUG: '0'}}\n"}, "", checks.Pass, ""},
		{"made with debug", map[string]string{".env": "DEBUG=0\n", "app/main.py": "from fastapi import FastAPI\napp = FastAPI(\n    title=\"a\", dependencies=[Depends(x)],\n    debug=True,\n)\n"}, "", checks.Fail, "app/main.py:4: the application is made with debug=True"},
		{"made with debug from a setting", map[string]string{".env": "DEBUG=0\n", "app/main.py": "app = FastAPI(debug=settings.debug)\nother(debug=True)\n"}, "", checks.Pass, ""},
		{"made with debug in a test", map[string]string{".env": "DEBUG=0\n", "tests/app.py": "app = FastAPI(debug=True)\n"}, "", checks.Pass, ""},
		{"run with debug", map[string]string{".env": "DEBUG=0\n", "app.py": "if __name__ == '__main__':\n    app.run(port=1, debug=True)\n"}, "", checks.Warn, "started directly"},
		{"settings", map[string]string{".env": "DEBUG=0\n", "site/settings.py": "DEBUG = True\n"}, "", checks.Warn, "DEBUG is True here"},
		{"settings for development", map[string]string{".env": "DEBUG=0\n", "site/settings/dev.py": "DEBUG = True\n"}, "", checks.Pass, ""},
		{"on in the compose file", map[string]string{".env": "PORT=1\n", "compose.yaml": "services:\n  a: {image: x:1, environment: {APP_DEBUG: 'true'}}\n"}, "", checks.Fail, "APP_DEBUG"},
	})
}

func TestManifests(t *testing.T) {
	lock := `{"packages": {"": {"dependencies": {"a": "^1.0.0"}}}}`
	runFiles(t, depsManifests, nil, nil, []fileCase{
		{"pinned requirements", file("requirements.txt", "# c\na==1.2\nb[x]==2.0 ; python_version > '3'\nc==3 \\\n  --hash=sha256:00\n-r other.txt\n"), "", checks.Pass, "3 dependencies"},
		{"loose requirements", file("requirements.txt", "a==1.2\nb>=2\nc\nd==1.*\n"), "", checks.Warn, "3 of 4 dependencies"},
		{"requirements that are none", file("requirements.txt", "a == 1\n???\n"), "", checks.Fail, "line 2"},
		{"npm with lock", map[string]string{"package.json": `{"dependencies": {"a": "^1.0.0"}}`, "package-lock.json": lock}, "", checks.Pass, "package-lock.json"},
		{"npm lock of another manifest", map[string]string{"package.json": `{"dependencies": {"a": "^1.0.0", "b": "1"}}`, "package-lock.json": lock}, "", checks.Fail, "b differs"},
		{"npm without lock", file("package.json", `{"dependencies": {"a": "^1.0.0"}}`), "", checks.Warn, "no lock file"},
		{"npm with two locks", map[string]string{"package.json": `{"dependencies": {"a": "^1.0.0"}}`, "package-lock.json": lock, "yarn.lock": "x"}, "", checks.Warn, "2 lock files"},
		{"npm, broken", file("package.json", `{"dependencies": `), "", checks.Fail, "does not parse"},
		{"go", map[string]string{"go.mod": "module a\nrequire b.c/d v1.2.3\n", "go.sum": "b.c/d v1.2.3 h1:x=\n"}, "", checks.Pass, "go.sum"},
		{"go, sum lacks one", map[string]string{"go.mod": "module a\nrequire b.c/d v1.2.3\n", "go.sum": "b.c/e v1.2.3 h1:x=\n"}, "", checks.Fail, "lacks b.c/d v1.2.3"},
		{"go, sum has a longer version only", map[string]string{"go.mod": "module a\nrequire b.c/d v1.2.3\n", "go.sum": "b.c/d v1.2.30 h1:x=\n"}, "", checks.Fail, "lacks b.c/d v1.2.3"},
		{"npm, exact without lock", file("package.json", `{"dependencies": {"a": "1.0.0"}}`), "", checks.Warn, "no lock file"},
		{"npm workspace", map[string]string{"package.json": `{"workspaces": ["p/*"]}`, "package-lock.json": `{"packages": {"": {}, "p/a": {"dependencies": {"a": "^1.0.0"}}}}`, "p/a/package.json": `{"dependencies": {"a": "^1.0.0"}}`}, "", checks.Pass, "fixed by package-lock.json"},
		{"npm workspace that the lock does not know", map[string]string{"package-lock.json": `{"packages": {"": {}}}`, "p/a/package.json": `{"dependencies": {"a": "^1.0.0"}}`}, "", checks.Fail, "does not know the workspace p/a"},
		{"an address without commit", file("requirements.txt", "git+https://h.lan/a/b\n"), "", checks.Warn, "an address without a commit"},
		{"an address with a commit", file("requirements.txt", "-e git+https://h.lan/a/b@0123456789abcdef0123#egg=b\n"), "", checks.Pass, ""},
		{"compiled requirements", map[string]string{"requirements.in": "a\n", "requirements.txt": "a==1\n"}, "", checks.Pass, "compiled into"},
		{"gradle, exact", file("build.gradle", "dependencies {\n  implementation 'a:b:1.2'\n}\n"), "", checks.Pass, ""},
		{"gradle, moving", file("build.gradle", "dependencies {\n  implementation 'a:b:1.+'\n}\n"), "", checks.Warn, "a:b:1.+"},
		{"go without sum", file("go.mod", "module a\nrequire b.c/d v1.2.3\n"), "", checks.Warn, "no lock file"},
		{"go without dependencies", file("go.mod", "module a\n"), "", checks.Pass, "no dependencies"},
		{"pyproject, no lock", file("pyproject.toml", "[project]\ndependencies = [\"a>=1\"]\n"), "", checks.Warn, "no lock file"},
		{"pyproject with lock", map[string]string{"pyproject.toml": "[project]\ndependencies = [\"a>=1\"]\n", "uv.lock": "x"}, "", checks.Pass, "uv.lock"},
		{"cargo", map[string]string{"Cargo.toml": "[dependencies]\na = \"1\"\n", "Cargo.lock": "x"}, "", checks.Pass, "Cargo.lock"},
		{"maven, exact", file("pom.xml", "<project><dependencies><dependency><artifactId>a</artifactId><version>1.2</version></dependency></dependencies></project>"), "", checks.Pass, ""},
		{"maven, range", file("pom.xml", "<project><dependencies><dependency><artifactId>a</artifactId><version>[1,2)</version></dependency></dependencies></project>"), "", checks.Warn, "a"},
		{"vendored manifests do not count", file("node_modules/x/package.json", "{"), "", checks.Pending, "not declared"},
		{"declared but missing", file("README.md", "x"), `files = "requirements.txt"`, checks.Fail, "not there"},
	})
}

func TestMigrations(t *testing.T) {
	rev := func(id, down string) string { return "revision = \"" + id + "\"\ndown_revision = " + down + "\n" }
	runFiles(t, migrations, nil, nil, []fileCase{
		{"one head", map[string]string{"m/versions/1.py": rev("1", "None"), "m/versions/2.py": rev("2", `"1"`)}, "", checks.Pass, "2 revisions, one head"},
		{"typed", map[string]string{"m/versions/1.py": "revision: str = '1'\ndown_revision: Union[str, None] = None\n"}, "", checks.Pass, "one head"},
		{"two heads", map[string]string{"m/versions/1.py": rev("1", "None"), "m/versions/2.py": rev("2", `"1"`), "m/versions/3.py": rev("3", `"1"`)}, "", checks.Fail, "2 heads: 2, 3"},
		{"merged", map[string]string{"m/versions/1.py": rev("1", "None"), "m/versions/2.py": rev("2", `"1"`), "m/versions/3.py": rev("3", `"1"`), "m/versions/4.py": rev("4", `("2", "3")`)}, "", checks.Pass, ""},
		{"the same twice", map[string]string{"m/versions/1.py": rev("1", "None"), "m/versions/2.py": rev("1", "None")}, "", checks.Fail, "again"},
		{"follows nobody known", map[string]string{"m/versions/2.py": rev("2", `"1"`)}, "", checks.Fail, "follows 1"},
		{"sql files", file("db/migrations/001_a.sql", "select 1"), "", checks.Pass, "1 migration"},
		{"two services with a history each", map[string]string{"a/versions/1.py": rev("1", "None"), "b/versions/1.py": rev("x1", "None")}, "", checks.Pass, ""},
		{"versions of something else", map[string]string{"docs/versions/conf.py": "x = 1\n"}, "", checks.NA, "no migrations"},
		{"Prisma models only", file("prisma/schema.prisma", "model User {\n}\n"), "", checks.Warn, "no migration tool"},
		{"models only", file("app/models.py", "class A(Base):\n    __tablename__ = 'a'\n"), "", checks.Warn, "no migration tool"},
		{"neither", file("app/a.py", "x = 1\n"), "", checks.NA, "no migrations"},
	})
}

func TestAlerting(t *testing.T) {
	good := "SENTRY_DSN=https://0123456789abcdef@errors.corp.lan/7\nSENTRY_ENVIRONMENT=production\nSENTRY_RELEASE=a@1\n"
	sdk := "sentry-sdk==2.0\n"
	both := func(env, req string) map[string]string {
		return map[string]string{".env": env, "requirements.txt": req}
	}
	runFiles(t, alertingSentry, withEnv, nil, []fileCase{
		{"good", both(good, sdk), "", checks.Pass, "SDK in requirements.txt"},
		{"SDK only in a comment", both(good, "# sentry-sdk==2.0\na==1\n"), "", checks.Warn, "no SDK"},
		{"http and old secret", both(strings.Replace(good, "https://0123456789abcdef", "http://0123456789abcdef:fedcba9876543210", 1), sdk), "", checks.Warn, "old secret part; the DSN is plain http"},
		{"no release", both("SENTRY_DSN=https://k@h.lan/7\nSENTRY_ENVIRONMENT=x\n", sdk), "", checks.Warn, "SENTRY_RELEASE"},
		{"no project", both(strings.Replace(good, "/7", "", 1), sdk), "", checks.Fail, "malformed"},
		{"empty and required", both("SENTRY_DSN=   # later\n", sdk), "required = true", checks.Fail, "not set"},
		{"absent, not required", both("A=1\n", sdk), "", checks.Pending, "not declared"},
	})
	token := "123456789:" + strings.Repeat("aB3_-", 7)
	runFiles(t, alertingTelegram, withEnv, nil, []fileCase{
		{"good", file(".env", "TELEGRAM_BOT_TOKEN="+token+"\nTELEGRAM_CHAT_ID=-1001234567890\n"), "", checks.Pass, ""},
		{"channel name", file(".env", "TELEGRAM_BOT_TOKEN="+token+"\nTELEGRAM_CHAT_ID=@ops_alerts\n"), "", checks.Pass, ""},
		{"no chat", file(".env", "TELEGRAM_BOT_TOKEN="+token+"\n"), "required = true", checks.Warn, "chat id is not set"},
		{"malformed", file(".env", "TELEGRAM_BOT_TOKEN=12:short\nTELEGRAM_CHAT_ID=-1001234567890\n"), "", checks.Fail, "token is malformed"},
		{"absent and required", file(".env", "A=1\n"), "required = true", checks.Fail, "not set"},
		{"absent", file(".env", "A=1\n"), "", checks.Pending, "not declared"},
	})
}

func TestEnvRequiredFromEndToEnd(t *testing.T) {
	runFiles(t, envRequired, withEnv, nil, []fileCase{
		{"set", file(".env", "A=x\nB=y\n"), `names = ["A", "B"]`, checks.Pass, "2 of 2 set"},
		{"a comment is no value", file(".env", "A=   # note\n"), `names = ["A"]`, checks.Fail, "empty: A"},
		{"the example's value", map[string]string{".env": "HOST=mail.sample.lan\n", ".env.example": "HOST=mail.sample.lan\n"}, `names = ["HOST"]`, checks.Warn, "HOST"},
		{"missing", file(".env", "A=x\n"), `names = ["A", "B"]`, checks.Fail, "1 of 2 missing: B"},
		{"through a file", map[string]string{".env": "A_FILE=./secrets/a\n", "secrets/a": "x"}, `names = ["A"]`, checks.Pass, ""},
		{"through a file nobody sees", file(".env", "A_FILE=/run/secrets/a\n"), `names = ["A"]`, checks.Warn, "can't be seen"},
		{"env file missing", file("README.md", "x"), `names = ["A"]`, checks.Inconclusive, "can't be read"},
		{"env file that is none", file(".env", "what is this\n"), `names = ["A"]`, checks.Inconclusive, "can't be read"},
		{"no names", file(".env", "A=x\n"), "", checks.Pending, "not declared"},
		{"demanded by the compose file", map[string]string{".env": "B=x\n", "compose.yaml": "services: {a: {image: x, environment: {A: '${A:?say}'}}}\n"}, "", checks.Fail, "missing: A"},
		{"listed in the example file only", map[string]string{".env": "A=x\n", ".env.example": "A=\nB=\n"}, "", checks.Warn, "B (missing, in the example file)"},
		{"all that the example file lists", map[string]string{".env": "A=x\nB=y\n", ".env.example": "A=\nB=\n"}, "", checks.Pass, "2 of 2"},
	})
}

func TestSecretKeyFromEndToEnd(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(random(48))
	ignored := ".env\n"
	runFiles(t, secretKey, withEnv, nil, []fileCase{
		{"48 random bytes", map[string]string{".env": "SECRET_KEY=" + key + "\n", ".gitignore": ignored}, "required = true", checks.Pass, "searched"},
		{"12 characters", file(".env", "SECRET_KEY=Kx7pQ2mZ9wLc\n"), "required = true", checks.Fail, "shorter than 16"},
		{"missing", file(".env", "A=1\n"), "required = true", checks.Fail, "SECRET_KEY is missing"},
		{"missing, not required", file(".env", "A=1\n"), "", checks.Pending, "not declared"},
		{"missing, but Django", map[string]string{".env": "A=1\n", "manage.py": "x"}, "", checks.Fail, "missing"},
		{"in the repository too", map[string]string{".env": "SECRET_KEY=" + key + "\n", ".gitignore": ignored, "settings.py": "KEY = '" + key + "'\n"}, "", checks.Fail, "settings.py"},
		{"one key for two purposes", file(".env", "SECRET_KEY="+key+"\nJWT_SECRET="+key+"\n"), "", checks.Fail, "same value as"},
	})
}

func TestValuesNeverBecomeEvidence(t *testing.T) {
	const canary = "Q7zq9X" // too short for the redactor to know: the kinds themselves must keep quiet
	files := map[string]string{
		".env":         "SECRET_KEY=" + canary + "\nDB_PASSWORD=" + canary + "1\nSENTRY_DSN=https://" + canary + "@h.lan/x\nTELEGRAM_BOT_TOKEN=" + canary + "\n",
		"compose.yaml": "services:\n  a:\n    image: x:1\n    env_file: .env\n    environment: {API_TOKEN: " + canary + "2}\n",
		"Dockerfile":   "FROM x:1\nENV API_TOKEN=" + canary + "3\n",
		"settings.py":  "JWT_SECRET = '" + canary + "4'\nurl = 'postgres://u:" + canary + "5@h/db'\n",
	}
	for _, kind := range Kinds() {
		out, evidence := kindtest.Run(t, kind, kindtest.Case{Files: files, Target: func(t *checks.Target) {
			t.EnvFiles, t.Env.Required = []string{".env"}, []string{"SECRET_KEY", "DB_PASSWORD"}
		}})
		if strings.Contains(evidence+string(out.Reason), canary) {
			t.Errorf("%s shows a value:\n%s\n%s", kind.ID, out.Reason, evidence)
		}
	}
}
