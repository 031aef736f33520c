package deploy

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// Made at run time, so that no scanner takes this file for a leak.
var (
	githubToken = "gh" + "p_" + "a8Fk2LmQ9xZ7tR4wB1nC6vD3sE5yU0iOpH2j"
	stripeKey   = "sk_" + "live_" + "51HqLyXa9ZpQ2mN8vB7cR4tW"
	pemKey      = "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----\n"
)

func TestSecretsScan(t *testing.T) {
	runFiles(t, secretsScan, nil, nil, []fileCase{
		{"clean", file("app.py", "import os\ntoken = os.environ['TOKEN']\npassword = get_password(user)\nsecret_key: str = settings.secret_key\n"), "", checks.Pass, "1 file read"},
		{"forge token", file("a/deploy.sh", "x\nexport T="+githubToken+"\n"), "", checks.Fail, "a/deploy.sh:2: github-token"},
		{"payment key", file("config.yaml", "stripe: "+stripeKey+"\n"), "", checks.Fail, "stripe-key"},
		{"private key", file("server.pem", pemKey), "", checks.Fail, "private-key"},
		{"password in a URL", file("settings.py", "DB = 'postgres://app:"+"k3Jx9vQ2m"+"@db/app'\n"), "", checks.Fail, "url-password"},
		{"placeholder in a URL", file("README.md", "postgres://user:${PASSWORD}@host and postgres://user:<password>@host, postgres://user:your-password-here@host\n"), "", checks.Pass, ""},
		{"throwaway in a URL", file("README.md", "postgres://postgres:postgres@localhost/test\n"), "", checks.Warn, "throwaway"},
		{"django's key", file("settings.py", "SECRET_KEY = 'django-"+"insecure-k3x9vq2mzj7w8r5t1'\n"), "", checks.Fail, "django-key"},
		{"jwt secret", file("app.js", "const JWT_"+"SECRET = 'secret'\n"), "", checks.Fail, "jwt-secret"},
		{"jwt secret from outside", file("app.js", "const JWT_SECRET = process.env.JWT_SECRET\nJWT_SECRET: ${JWT_SECRET}\n"), "", checks.Pass, ""},
		{"jwt placeholder", file(".env.example", "JWT_SECRET=\nJWT_SECRET_KEY=changeme\n"), "", checks.Pass, ""},
		{"in a test", file("tests/test_a.py", "T = '"+githubToken+"'\n"), "", checks.Warn, "test or example"},
		{"in a fixture", file("pkg/testdata/key.pem", pemKey), "", checks.Warn, "test or example"},
		{"random after a word", file("app.py", "api_key = 'a8Fk2LmQ9xZ7tR4wB1nC6vD3'\n"), "", checks.Warn, "looks like a secret"},
		{"a chosen password in compose", file("compose.yaml", "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: "+"Tr0ub4dor\n"), "", checks.Warn, "compose.yaml:4"},
		{"a chosen password in an env file", file("prod.env", "DB_PASSWORD=\""+"gT7vR2pLq9Zx\"\n"), "", checks.Warn, "prod.env:1"},
		{"a chosen secret key", file("settings.ini", "secret_key = "+"s3cr3tKey99\n"), "", checks.Warn, "settings.ini:1"},
		{"no chosen password", file("compose.yaml", "x:\n  PASSWORD_FILE: /run/secrets/db1pass\n  PASSWORD: ${DB_PASSWORD1}\n  DB_PASSWORD: changeme1\n  password_policy: min8chars\n"), "", checks.Pass, ""},
		{"a chosen password in code is not told from a name", file("a.py", "password = user1password\n"), "", checks.Pass, ""},
		{"random after a word, in a test", file("tests/test_app.py", "api_key = 'a8Fk2LmQ9xZ7tR4wB1nC6vD3'\n"), "", checks.Pass, ""},
		{"a hash in a lock file", file("package-lock.json", "{\"token\": \"a8Fk2LmQ9xZ7tR4wB1nC6vD3\"}\n"), "", checks.Pass, ""},
		{"documentation's own example", file("README.md", "AKIA"+"IOSFODNN7EXAMPLE and gh"+"p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"), "", checks.Pass, ""},
		{"installed packages", map[string]string{"node_modules/x/a.js": githubToken, "a.py": "x = 1\n"}, "", checks.Pass, ""},
		{"binary", map[string]string{"a.bin": "\x00\x01\x02\xff" + githubToken, "b": "x"}, "", checks.Pass, "1 binary"},
		{"a zero makes no text binary", file("a.py", "\x00\nT = '"+githubToken+"'\n"), "", checks.Fail, "a.py:2: github-token"},
		{"UTF-16 that does not say so", file("a.txt", strings.Join(strings.Split("T = '"+githubToken+"'\n", ""), "\x00")+"\x00"), "", checks.Fail, "a.txt:1: github-token"},
		{"zeros in a long text of wide characters", file("a.py", "\x00#"+strings.Repeat("€", 4000)+"\nT = '"+githubToken+"'\n"), "", checks.Fail, "a.py:2: github-token"},
		{"UTF-32", file("a.txt", "\xff\xfe\x00\x00"+strings.Join(strings.Split("T = '"+githubToken+"'\n", ""), "\x00\x00\x00")+"\x00\x00\x00"), "", checks.Fail, "a.txt:1: github-token"},
		{"minified", map[string]string{"a.js": strings.Repeat("a", 3000) + githubToken, "b": "x"}, "", checks.Pass, "1 minified"},
		{"the same twice", map[string]string{"a.sh": githubToken, "b.sh": githubToken}, "", checks.Fail, "and in 1 more place"},
		{"the same in a test and in earnest", map[string]string{"a_test.go": githubToken, "b.go": githubToken, "c_test.go": githubToken}, "", checks.Fail, "b.go:1: github-token, and in 2 more places"},
		{"nothing to read", map[string]string{".gitignore": "*\n"}, "", checks.Inconclusive, "no file"},
	})
}

func TestScanThatStopsCannotPass(t *testing.T) {
	obs := judgeScan(scanned{Files: 1, Read: 94, All: 100})
	if v := obs.Verdict(); v != checks.Inconclusive {
		t.Errorf("94 %% read gave %s", v)
	}
	if v := judgeScan(scanned{Files: 1, Read: 96, All: 100}).Verdict(); v != checks.Pass {
		t.Errorf("96 %% read gave %s", v)
	}
	cut := judgeScan(scanned{Files: 1, Read: 100, All: 100, Cut: true})
	if v := cut.Verdict(); v != checks.Inconclusive {
		t.Errorf("a list of files that was cut gave %s", v)
	}
}

func TestSecretsNeverShow(t *testing.T) {
	out, evidence := kindtest.Run(t, secretsScan, kindtest.Case{Files: file("a.js", "const JWT_"+"SECRET = 'Q7zq9X'\n")})
	if out.Verdict != checks.Fail || strings.Contains(evidence+string(out.Reason), "Q7zq9X") {
		t.Errorf("%s %s\n%s", out.Verdict, out.Reason, evidence)
	}
}

func TestSecretsStorage(t *testing.T) {
	service := func(rest string) string { return "services:\n  a:\n    image: x:1\n" + rest }
	literal := service("    environment: {DB_PASSWORD: k3Jx9vQ2m}\n")
	runFiles(t, secretsStorage, nil, nil, []fileCase{
		{"mounted", file("compose.yaml", service("    secrets: [db]\n    environment: {DB_PASSWORD_FILE: /run/secrets/db}\n")+"secrets: {db: {file: db.txt}}\n"), "", checks.Pass, "1 secret mounted"},
		{"env_file with a password", map[string]string{"compose.yaml": service("    env_file: .env\n"), ".env": "DB_PASSWORD=k3Jx9vQ2m\n", ".gitignore": ".env\n"}, "", checks.Warn, "env_file .env hands over DB_PASSWORD"},
		{"env_file without one", map[string]string{"compose.yaml": service("    env_file: .env\n"), ".env": "PORT=80\n"}, "", checks.Inconclusive, "no secret is seen"},
		{"env_file with a URL", map[string]string{"compose.yaml": service("    env_file: .env\n"), ".env": "DATABASE_URL=postgres://a:k3Jx9vQ2m@db/a\n"}, "", checks.Warn, "DATABASE_URL"},
		{"plain variable", file("compose.yaml", service("    environment: {SECRET_KEY: \"${SECRET_KEY:?must be set}\"}\n")), "", checks.Warn, "plain variable"},
		{"a pipeline without secrets", file(".github/workflows/ci.yml", "on: push\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n"), "", checks.Inconclusive, "process in .github/workflows/ci.yml"},
		{"literal", file("compose.yaml", literal), "", checks.Fail, "DB_PASSWORD is a literal in a file of the repository"},
		{"literal for development", file("compose.dev.yaml", literal), "", checks.Warn, "literal"},
		{"literal, ignored", map[string]string{"compose.yaml": service("    environment: {PORT: 1}\n"), "docker-compose.yml": literal, ".gitignore": "docker-compose.yml\n"}, `files = ["docker-compose.yml"]`, checks.Warn, "literal"},
		{"a file that is no secret", file("compose.yaml", service("    environment: {LOG_FILE: /var/log/a}\n")), "", checks.Inconclusive, "no secret"},
		{"literal in a pipeline", map[string]string{"compose.yaml": service(""), ".github/workflows/ci.yml": "on: push\nenv:\n  API_TOKEN: a8Fk2LmQ9xZ7tR4w\n"}, "", checks.Fail, "API_TOKEN is a literal in a pipeline"},
		{"reference in a pipeline", map[string]string{"compose.yaml": service("    environment: {A_SECRET_FILE: /run/secrets/a}\n"), ".github/workflows/ci.yml": "on: push\nenv:\n  API_TOKEN: ${{ secrets.T }}\n  POSTGRES_PASSWORD: postgres\n"}, "", checks.Pass, ""},
		{"sealed", map[string]string{"compose.yaml": service(""), "k8s/s.yaml": "kind: SealedSecret\n"}, "", checks.Pass, "takes secrets from a store"},
		{"nothing deployed", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}
