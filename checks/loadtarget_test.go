package checks

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const fullTarget = `name = "payments"
version = "2.3.1"
environment = "production"
base_url = "https://pay.example"
api_prefix = "/api/"
repository = "../app"
env_files = [".env"]
slo = 99.5
contact = "on-call"
[scope]
hosts = ["cdn.pay.example", "https://www.pay.example", "10.0.0.1:8443", "[::1]:80"]
authorised_by = "OPS-77"
[paths]
health = ["/api/health"]
protected = "/api/me"
[roles]
admin_page = "/admin"
[env]
required = ["DATABASE_URL"]
[auth.user]
token = "${env:USER_TOKEN}"
[auth.admin]
token = "X-Api-Key: ${file:admin.key}"
[auth.login]
url = "/api/login"
token_from = "json:/access_token"
pairs = ["admin/admin"]
[services.db]
kind = "postgres"
url = "postgres://app:${env:DB_PASSWORD}@db.example/pay"
required = true
[services.bus]
kind = "tcp"
url = "bus.example:5672"
[headers]
X-Api-Key = "${env:KEY}"
[cors]
allowed_origins = ["https://app.example"]
[seconds]
scalability = 60
[not_applicable]
"DAT-01" = "no database"
`

func TestParseTarget(t *testing.T) {
	got, err := ParseTarget("target.toml", []byte(fullTarget), "/home/me/review")
	if err != nil {
		t.Fatal(err)
	}
	if got.EffectiveLevel() != "B" {
		t.Errorf("level %s, want B", got.EffectiveLevel())
	}
	if want := "/home/me/app"; got.RepositoryDir() != want {
		t.Errorf("repository %s, want %s", got.RepositoryDir(), want)
	}
	if want := (Strings{"/api/me"}); !reflect.DeepEqual(got.Paths.Protected, want) {
		t.Errorf("protected %v, want %v", got.Paths.Protected, want)
	}
	if !got.Services["db"].Required || got.NotApplicable["DAT-01"] != "no database" || got.Seconds["scalability"] != 60 {
		t.Errorf("tables were not read: %+v", got)
	}
	if string(got.Source) != fullTarget {
		t.Error("Source is not the file's bytes")
	}
}

func TestEffectiveLevel(t *testing.T) {
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{}, "A"}, {Target{SLO: 98.9}, "C"}, {Target{SLO: 99}, "B"}, {Target{SLO: 99.89}, "B"},
		{Target{SLO: 99.9}, "A"}, {Target{SLO: 100}, "A"}, {Target{Level: "C", SLO: 99.99}, "C"},
	} {
		if got := c.target.EffectiveLevel(); got != c.want {
			t.Errorf("level %q, slo %v: %s, want %s", c.target.Level, c.target.SLO, got, c.want)
		}
	}
}

// TestTargetMistakes holds the texts that people correct their file by.
func TestTargetMistakes(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"unknown key": {"name = \"x\"\nscpoe.hosts = []\n", `t.toml:2: unknown key "scpoe.hosts": did you mean "scope.hosts"?`},
		"unknown table": {"name = \"x\"\n[scpoe]\nhosts = []\nproxy = \"\"\n",
			`t.toml:2: unknown key "scpoe": did you mean "scope"?`},
		"unknown key in a table": {"name = \"x\"\n[paths]\nhelth = \"/\"\n", `t.toml:3: unknown key "paths.helth": did you mean "paths.health"?`},
		"nothing near":           {"name = \"x\"\n[tls]\nversion = 1\n", `t.toml:3: unknown key "tls.version": known are ca_file`},
		"case counts":            {"Name = \"x\"\n", `t.toml:1: unknown key "Name": did you mean "name"?`},
		"type": {"name = 1\nenv_files = \"a\"\nslo = \"high\"\n[services.db]\nkind = \"redis\"\nurl = \"redis://h\"\nrequired = \"yes\"\n",
			"t.toml:1: name: must be a string, not 1\nt.toml:2: env_files: must be a list of strings, not the string \"a\"\n" +
				"t.toml:3: slo: must be a number, not the string \"high\"\n" +
				"t.toml:7: services.db.required: must be true or false, not the string \"yes\""},
		"list or string": {"name = \"x\"\n[paths]\nhealth = [1]\n", `t.toml:3: paths.health: must be a string or a list of strings`},
		"syntax":         {"name = \"x\"\nversion = \n", `t.toml:2: expected value but found '\n' instead`},
		"twice":          {"name = \"x\"\nname = \"y\"\n", `t.toml:2: Key 'name' has already been defined.`},
		"words": {"name = \"x\"\nenvironment = \"prodution\"\nlevel = \"D\"\nslo = 101\n",
			"t.toml:2: environment: \"prodution\" is not one of production, staging, test, demo: did you mean \"production\"?\n" +
				"t.toml:3: level: \"D\" is not one of A, B, C: did you mean \"A\"?\nt.toml:4: slo: 101 is not a percentage: give 99.9 for 99.9 %"},
		"urls": {"name = \"x\"\nbase_url = \"pay.example\"\napi_prefix = \"api\"\n[scope]\nhosts = [\"https://ok.example\", \"a b\"]\n[paths]\nadmin = [\"/ok\", \"no\"]\n[cors]\nallowed_origins = [\"app.example\"]\n",
			"t.toml:2: base_url: \"pay.example\" is not an http or https URL\nt.toml:3: api_prefix: \"api\" must start with /\n" +
				"t.toml:5: scope.hosts: \"a b\" is not a host: give \"host\", \"host:port\" or \"https://host\"\n" +
				"t.toml:7: paths.admin: \"no\" must start with / or be an http or https URL\n" +
				"t.toml:9: cors.allowed_origins: \"app.example\" is not an origin such as \"https://app.example\""},
		"base url with a path": {"name = \"x\"\nbase_url = \"https://pay.example/app\"\n",
			"t.toml:2: base_url: give the origin alone, https://pay.example, and paths under [paths]"},
		"base url with a user": {"name = \"x\"\nbase_url = \"https://me:pw@pay.example\"\n",
			"t.toml:2: base_url: a user or password has no place in it: use [auth.user] token"},
		"secrets": {"name = \"x\"\n[auth.user]\ntoken = \"abcdef\"\n[auth.admin]\ntoken = \"abc${env:X}\"\n[services.db]\nkind = \"postgres\"\nurl = \"postgres://a:pw@db/x\"\n[services.kv]\nkind = \"postgres\"\nurl = \"host=db password=pw\"\n[headers]\nX-Api-Key = \"k\"\nX-Team = \"ops\"\n",
			"t.toml:3: auth.user.token: a token has no place in this file: use ${env:NAME} or ${file:PATH}\n" +
				"t.toml:5: auth.admin.token: a token has no place in this file: use ${env:NAME} or ${file:PATH}\n" +
				"t.toml:8: services.db.url: a password has no place in this file: use ${env:NAME} or ${file:PATH}\n" +
				"t.toml:11: services.kv.url: a password has no place in this file: use ${env:NAME} or ${file:PATH}\n" +
				"t.toml:13: headers.X-Api-Key: a secret has no place in this file: use ${env:NAME} or ${file:PATH}"},
		"services": {"name = \"x\"\n[services.a]\nkind = \"postgre\"\nurl = \"db:1\"\n[services.b]\nurl = \"b:1\"\n[services.c]\nkind = \"tcp\"\nurl = \"c\"\n[services.d]\nkind = \"http\"\n",
			"t.toml:3: services.a.kind: \"postgre\" is not one of postgres, redis, tcp, http, prometheus, grafana, alertmanager: did you mean \"postgres\"?\n" +
				"t.toml:5: services.b: kind is missing: one of postgres, redis, tcp, http, prometheus, grafana, alertmanager\n" +
				"t.toml:9: services.c.url: names no port: add :PORT\nt.toml:10: services.d: url is missing"},
		"login": {"name = \"x\"\n[auth.login]\nurl = \"login\"\nmethod = \"DELETE\"\ntoken_from = \"body\"\npairs = [\"admin\"]\n",
			"t.toml:3: auth.login.url: \"login\" must start with / or be an http or https URL\n" +
				"t.toml:4: auth.login.method: \"DELETE\" is not one of POST, GET\n" +
				"t.toml:5: auth.login.token_from: \"body\" must be json:/pointer, cookie:NAME or header:NAME\n" +
				"t.toml:6: auth.login.pairs: \"admin\" must be user/password"},
		"hostile text": {"name = \"a\\u001b[31mb\"\nversion = \"1\\u202e2\"\n[roles]\n\"x\\u0007\" = \"y\"\nok = \"tab\\tand\\nline\"\n",
			"t.toml:1: name: holds characters that can't be shown, or is too long\n" +
				"t.toml:2: version: holds characters that can't be shown, or is too long\n" +
				`t.toml:3: "x\a": a key with characters that can't be shown`},
		"na": {"name = \"x\"\n[not_applicable]\n\"DAT-01\" = \" \"\n", "t.toml:3: not_applicable.DAT-01: na needs a reason"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseTarget("t.toml", []byte(c.src), "/")
			if err == nil {
				t.Fatal("read without a mistake")
			}
			if got := err.Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestLoadTarget(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "target.toml")
	if err := os.WriteFile(file, []byte("name = \"x\"\nrepository = \"app\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := LoadTarget(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "app"); got.RepositoryDir() != want || got.Path != file {
		t.Errorf("repository %s, path %s", got.RepositoryDir(), got.Path)
	}
	if _, err := LoadTarget(filepath.Join(dir, "none.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(file, []byte(strings.Repeat("#", maxConfig+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadTarget(file); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("a huge file: %v", err)
	}
}

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GONOGO_TEST_PW", "p w")
	t.Setenv("GONOGO_TEST_EMPTY", "")
	target := &Target{Dir: dir}
	for text, want := range map[string]string{
		"plain": "plain", "${file:key}": "s3cret", "u:${env:GONOGO_TEST_PW}@h": "u:p w@h",
		`{"user":"${user}","password":"${password}"}`: `{"user":"${user}","password":"${password}"}`,
	} {
		if got, err := target.Resolve(text); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"${env:GONOGO_TEST_NONE}":  "environment variable GONOGO_TEST_NONE is not set",
		"${env:GONOGO_TEST_EMPTY}": "environment variable GONOGO_TEST_EMPTY is not set",
		"${file:none}":             "no such file",
		"${file:.}":                "must be a regular file",
	} {
		if _, err := target.Resolve(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestServiceHost(t *testing.T) {
	for _, c := range []struct{ kind, url, want string }{
		{"postgres", "postgres://u:p@db/x", "db:5432"}, {"postgres", "host=db port=6000 user=x", "db:6000"},
		{"postgres", "dbname=x", "localhost:5432"}, {"redis", "redis://[::1]:7000/0", "[::1]:7000"}, {"redis", "cache", "cache:6379"},
		{"tcp", "h:1", "h:1"}, {"http", "https://h/x", "h:443"}, {"prometheus", "http://h", "h:80"}, {"prometheus", "h", "h:9090"},
	} {
		if got, err := serviceHost(c.kind, c.url); err != nil || got != c.want {
			t.Errorf("%s %s: %q, %v, want %q", c.kind, c.url, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "tcp://", "h"} {
		if got, err := serviceHost("tcp", bad); err == nil {
			t.Errorf("tcp %q: %q, want an error", bad, got)
		}
	}
}
