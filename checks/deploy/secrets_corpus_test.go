package deploy

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
	"assess/gonogo/checks/source"
)

const (
	lower = "abcdefghijklmnopqrstuvwxyz"
	upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digit = "0123456789"
	hex16 = "0123456789abcdef"
	alnum = lower + upper + digit
)

// maker makes text that looks random, the same in every run: no token stands in this file.
type maker struct{ *rand.Rand }

func newMaker() maker { return maker{rand.New(rand.NewPCG(7, 11))} }

func (m maker) of(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[m.IntN(len(alphabet))]
	}
	return string(b)
}

// tokens are made-up ones of issuers, by a word for each.
func tokens() map[string]string {
	m := newMaker()
	uuid := func() string {
		return m.of(hex16, 8) + "-" + m.of(hex16, 4) + "-" + m.of(hex16, 4) + "-" + m.of(hex16, 4) + "-" + m.of(hex16, 12)
	}
	return map[string]string{
		"1password":      "A3-" + m.of(upper+digit, 6) + "-" + m.of(upper+digit, 11) + "-" + m.of(upper+digit, 5) + "-" + m.of(upper+digit, 5) + "-" + m.of(upper+digit, 5),
		"age":            "AGE-SECRET-" + "KEY-1" + m.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
		"airtable":       "# airtable\npat" + m.of(alnum, 14) + "." + m.of(hex16, 64),
		"alibaba":        "LTAI" + m.of(lower+digit, 20),
		"anthropic":      "sk-ant-" + "api03-" + m.of(alnum, 93) + "AA",
		"aws":            "AKIA" + m.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
		"databricks":     "dapi" + m.of(hex16, 32),
		"digitalocean":   "dop_" + "v1_" + m.of(hex16, 64),
		"discord":        "https://discord.com/api/" + "webhooks/" + m.of(digit, 18) + "/" + m.of(alnum, 68),
		"docker":         "dckr_" + "pat_" + m.of(alnum, 27),
		"doppler":        "dp.pt." + m.of(lower+digit, 43),
		"dynatrace":      "dt0c01." + m.of(lower+digit, 24) + "." + m.of(lower+digit, 64),
		"flyio":          "fo1_" + m.of(alnum, 43),
		"github":         "gh" + "p_" + m.of(alnum, 36),
		"github fine":    "github_" + "pat_" + m.of(alnum, 82),
		"gitlab":         "glpat-" + m.of(alnum, 20),
		"google":         "AIza" + m.of(alnum, 35),
		"grafana":        "glsa_" + m.of(alnum, 32) + "_" + m.of(hex16, 8),
		"heroku":         "HRKU-" + "AA" + m.of(alnum, 58),
		"huggingface":    "hf_" + m.of(lower, 34),
		"linear":         "lin_" + "api_" + m.of(lower+digit, 40),
		"mailgun":        "key-" + m.of(hex16, 32),
		"notion":         "ntn_" + m.of(digit, 11) + m.of(alnum, 35),
		"npm":            "npm_" + m.of(alnum, 36),
		"openai":         "sk-proj-" + m.of(alnum, 74) + "T3Blb" + "kFJ" + m.of(alnum, 74),
		"perplexity":     "pplx-" + m.of(alnum, 48),
		"planetscale":    "pscale_" + "tkn_" + m.of(alnum, 40),
		"postman":        "PMAK-" + m.of(hex16, 24) + "-" + m.of(hex16, 34),
		"prefect":        "pnu_" + m.of(alnum, 36),
		"pulumi":         "pul-" + m.of(hex16, 40),
		"pypi":           "pypi-" + "AgEIcHlwaS5vcmc" + m.of(alnum, 70),
		"readme":         "rdme_" + m.of(lower+digit, 70),
		"rubygems":       "rubygems_" + m.of(hex16, 48),
		"sourcegraph":    "sgp_" + m.of(hex16, 16) + "_" + m.of(hex16, 40),
		"sendgrid":       "SG." + m.of(alnum, 22) + "." + m.of(alnum, 43),
		"sendinblue":     "xkeysib-" + m.of(hex16, 64) + "-" + m.of(lower+digit, 16),
		"sentry":         "sntryu_" + m.of(hex16, 64),
		"shippo":         "shippo_" + "live_" + m.of(hex16, 40),
		"shopify":        "shpat_" + m.of(hex16, 32),
		"slack":          "xox" + "b-" + m.of(digit, 12) + "-" + m.of(digit, 12) + "-" + m.of(alnum, 24),
		"slack hook":     "https://hooks." + "slack.com/services/T" + m.of(upper+digit, 8) + "/B" + m.of(upper+digit, 8) + "/" + m.of(alnum, 24),
		"stripe":         "sk_" + "live_" + m.of(alnum, 24),
		"teams":          "https://acme.webhook." + "office.com/webhookb2/" + uuid() + "@" + uuid() + "/IncomingWebhook/" + m.of(hex16, 32) + "/" + uuid(),
		"telegram":       m.of("123456789", 9) + ":" + m.of(alnum, 35),
		"terraform":      "tf_token: " + m.of(alnum, 14) + ".atlas" + "v1." + m.of(alnum, 64),
		"vault":          "hvs." + m.of(alnum, 95),
		"private key":    "-----BEGIN RSA " + "PRIVATE KEY-----\n" + m.of(alnum, 64) + "\n" + m.of(alnum, 64) + "\n-----END RSA " + "PRIVATE KEY-----",
		"service acct":   `{"type":"service_account","pad":"` + m.of(lower, 1800) + `","private_key":"-----BEGIN ` + `PRIVATE KEY-----\n` + m.of(alnum, 400) + `\n-----END ` + `PRIVATE KEY-----\n"}`,
		"url password":   "amqp://app:" + m.of(alnum, 14) + "@mq.internal:5672/",
		"django":         "django-" + "insecure-" + m.of(lower+digit, 40),
		"jwt secret":     "JWT_" + "SECRET = '" + "tops3cret'",
		"in UTF-16":      "gh" + "p_" + m.of(alnum, 36),
		"beside a weak":  "api_token = dapi" + m.of(hex16, 32),
		"in a lock file": "resolved \"https://ci:" + m.of(alnum, 16) + "@npm.internal/x.tgz\"",
	}
}

// weakly are found, but by more than an issuer's form.
func weakly() map[string]string {
	m := newMaker()
	return map[string]string{
		"k8s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata:\n  password: " + base64.StdEncoding.EncodeToString([]byte(m.of(alnum, 18))) + "\n",
		"named":    "datadog_api_key = \"" + m.of(lower+digit, 40) + "\"",
		"curl":     "curl -u deploy:" + m.of(alnum, 16) + " https://ci.internal/job",
		"nuget":    "<add key=\"ClearText" + "Password\" value=\"" + m.of(alnum, 12) + "\" />",
	}
}

func TestEveryIssuersTokenIsFound(t *testing.T) {
	for name, token := range tokens() {
		file := "deploy/settings.txt"
		body := "# settings\nvalue = \"" + token + "\"\n"
		switch name {
		case "in UTF-16":
			units := utf16.Encode([]rune("\ufeff" + body))
			raw := make([]byte, 0, 2*len(units))
			for _, u := range units {
				raw = binary.LittleEndian.AppendUint16(raw, u)
			}
			body = string(raw)
		case "in a lock file":
			file = "yarn.lock"
		case "service acct":
			file, body = "key.json", token
		}
		out, evidence := kindtest.Run(t, secretsScan, kindtest.Case{Files: map[string]string{file: body}})
		if out.Verdict != checks.Fail || !strings.Contains(string(out.Reason), file) {
			t.Errorf("%s: %s %s", name, out.Verdict, out.Reason)
		}
		secret := token[len(token)-min(len(token), 12):]
		if strings.Contains(evidence+string(out.Reason), secret) {
			t.Errorf("%s: the secret shows", name)
		}
		below, _ := kindtest.Run(t, secretsScan, kindtest.Case{Files: map[string]string{"tests/" + filepath.Base(file): body}})
		if below.Verdict != checks.Warn {
			t.Errorf("%s below tests: %s %s", name, below.Verdict, below.Reason)
		}
	}
	for name, body := range weakly() {
		file := map[string]string{"k8s.yaml": "k8s/secret.yaml", "nuget": "nuget.config"}[name]
		if file == "" {
			file = "deploy/run.sh"
		}
		if out, _ := kindtest.Run(t, secretsScan, kindtest.Case{Files: map[string]string{file: body + "\n"}}); out.Verdict != checks.Warn {
			t.Errorf("%s: %s %s", name, out.Verdict, out.Reason)
		}
	}
}

// innocent are files that look like secrets to a hasty eye.
func innocent() map[string]string {
	m := newMaker()
	image := base64.StdEncoding.EncodeToString([]byte(m.of(alnum+"\x00\x01\xfe\xff", 6000)))
	uuid := m.of(hex16, 8) + "-" + m.of(hex16, 4) + "-4" + m.of(hex16, 3) + "-a" + m.of(hex16, 3) + "-" + m.of(hex16, 12)
	pem := func(what string) string {
		return "-----BEGIN " + what + "-----\n" + m.of(alnum, 64) + "\n" + m.of(alnum, 64) + "\n-----END " + what + "-----\n"
	}
	return map[string]string{
		"ids.json":              `{"id": "` + uuid + `", "tenant_id": "` + uuid + `", "key_id": "` + uuid + `", "client_id": "` + uuid + `"}`,
		"keys/public.pem":       pem("PUBLIC KEY") + pem("CERTIFICATE") + pem("RSA PUBLIC KEY"),
		"authorized_keys":       "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ" + m.of(alnum, 360) + "= ops@example.com\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5" + m.of(alnum, 48) + " a@b\n",
		"package-lock.json":     `{"packages":{"x":{"integrity":"sha512-` + m.of(alnum, 86) + `==","token":"` + m.of(alnum, 40) + `"}}}`,
		"go.sum":                "example.com/x v1.0.0 h1:" + m.of(alnum, 43) + "=\n",
		"poetry.lock":           "hash = \"sha256:" + m.of(hex16, 64) + "\"\n",
		"logo.md":               "![x](data:image/png;base64," + image + ")\n",
		"style.css":             "a { background: url(data:image/png;base64," + image + ") }\n",
		"app.min.js":            strings.Repeat("var a=function(b){return b.token||'"+m.of(alnum, 32)+"'};", 60),
		"logo.svg":              "<svg><image href=\"data:image/png;base64," + image + "\"/></svg>",
		"README.md":             "export TOKEN=<your-token>\nAPI_KEY=your-api-key-here\ncurl -H 'Authorization: Bearer $TOKEN' https://api.example.com\ncurl -u user:password https://x.example\nAKIA" + "IOSFODNN7EXAMPLE\nsk_" + "live_xxxxxxxxxxxxxxxxxxxxxxxx\ngh" + "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
		".github/w.yml":         "env:\n  TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n  PASSWORD: ${DB_PASSWORD}\n",
		"compose.yaml":          "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n      API_KEY: ${API_KEY:?}\n",
		"k8s/secret.yaml":       "kind: Secret\nmetadata: {name: a}\ndata:\n  password: {{ .Values.password | b64enc }}\n",
		"settings.py":           "SECRET_KEY = os.environ['SECRET_KEY']\npassword = get_password()\ntoken: str = config.token\nkeyword = 'monkey'\npublic_key = 'value'\n",
		"CHANGELOG.md":          "sourcegraph: update to " + m.of(hex16, 40) + "\nfix (" + m.of(hex16, 40) + ")\n",
		"docs/bot.md":           "https://api.telegram.org/bot" + samples[0] + "/getMe\n",
		"checksums.txt":         m.of(hex16, 64) + "  gonogo_linux\n" + m.of(hex16, 128) + "  sums\n",
		"openapi.yaml":          "securitySchemes:\n  bearer: {type: http, scheme: bearer, bearerFormat: JWT}\n",
		".env.example":          "DATABASE_URL=postgres://user:password@localhost/app\nSTRIPE_KEY=sk_" + "test_...\nSECRET_KEY=\nTOKEN=changeme\n",
		"docs/dsn.md":           "https://" + m.of(hex16, 32) + "@o1.ingest.sentry.io/1\n",
		"src/methods.go":        "s.handleAuthenticationRequest(ctx)\nres.DescribeInstanceAttributes(x)\n",
		"integrity.html":        "<script integrity=\"sha384-" + m.of(alnum, 64) + "\" src=\"a.js\"></script>\n",
		"discord.yaml":          "discord_client_id: \"" + m.of(digit, 18) + "\"\n",
		"data/embedding.json":   "[" + strings.Repeat("0.0123456789,-0.5,", 400) + "1]",
		"translations/en.json":  `{"password": "Password", "forgot_password": "Forgot your password?", "api_key": "API key", "token_expired": "Your token has expired"}`,
		"terraform.tfvars.tmpl": "db_password = \"${random_password.db.result}\"\n",
	}
}

func TestNothingInnocentIsFound(t *testing.T) {
	files := innocent()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out, evidence := kindtest.Run(t, secretsScan, kindtest.Case{Files: map[string]string{name: files[name], "main.go": "package main\n"}})
		if name == ".env.example" || name == "README.md" {
			if out.Verdict == checks.Fail {
				t.Errorf("%s: %s\n%s", name, out.Reason, evidence)
			}
			continue
		}
		if out.Verdict != checks.Pass {
			t.Errorf("%s: %s %s\n%s", name, out.Verdict, out.Reason, evidence)
		}
	}
}

func TestGenericRuleIsAWarningAtMost(t *testing.T) {
	files := map[string]string{"app.go": "var access = lookup(key, \"" + newMaker().of(lower+digit, 24) + "\")\nconst clientAuth = \"" + newMaker().of(lower+digit, 30) + "\"\n"}
	if out, _ := kindtest.Run(t, secretsScan, kindtest.Case{Files: files}); out.Verdict != checks.Pass {
		t.Errorf("by default: %s %s", out.Verdict, out.Reason)
	}
	if out, _ := kindtest.Run(t, secretsScan, kindtest.Case{Files: files, Profile: "generic = true"}); out.Verdict != checks.Warn || !strings.Contains(string(out.Reason), genericRule) {
		t.Errorf("with generic: %s %s", out.Verdict, out.Reason)
	}
}

// TestARepositoryCannotSilenceTheScan holds that what gitleaks takes from a repository
// changes nothing unseen.
func TestARepositoryCannotSilenceTheScan(t *testing.T) {
	token := "databricks = \"dapi" + newMaker().of(hex16, 32) + "\""
	config := "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''.*''']\nregexes = ['''.*''']\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  checks.Verdict
		says  string
	}{
		"configuration": {map[string]string{"a.tf": token, ".gitleaks.toml": config}, checks.Fail, "a.tf:1"},
		"ignore file":   {map[string]string{"a.tf": token, ".gitleaksignore": "a.tf:databricks-api-token:1\n"}, checks.Fail, "a.tf:1"},
		"comment":       {map[string]string{"a.tf": token + " # gitleaks:allow\n"}, checks.Warn, "a.tf:1: databricks-api-token, marked gitleaks:allow"},
		"comment on our own rule": {map[string]string{"a.py": "K = 'django-" + "insecure-" + newMaker().of(lower+digit, 30) + "'  # gitleaks:allow\n"}, checks.Warn,
			"marked gitleaks:allow"},
		"comment elsewhere":        {map[string]string{"a.tf": "# gitleaks:allow\n" + token + "\n# gitleaks:allow\n"}, checks.Fail, "a.tf:2"},
		"comment at one of two":    {map[string]string{"a.tf": token + " # gitleaks:allow\n", "b.tf": token}, checks.Fail, "b.tf:1"},
		"a name gitleaks skips":    {map[string]string{"deploy/gitleaks.toml": token}, checks.Fail, "deploy/gitleaks.toml:1"},
		"another such name":        {map[string]string{"jquery.js": token, "x.bin": token}, checks.Fail, "jquery.js:1"},
		"a key store":              {map[string]string{"tls/server.p12": "0\x82\x00binary"}, checks.Warn, "key store"},
		"the file itself":          {map[string]string{".gitleaks.toml": "# " + token}, checks.Fail, ".gitleaks.toml:1"},
		"said that it is not read": {map[string]string{"a.go": "package a\n", ".gitleaksignore": "x\n"}, checks.Pass, ".gitleaksignore is there and was not read"},
	} {
		out, evidence := kindtest.Run(t, secretsScan, kindtest.Case{Files: c.files})
		if out.Verdict != c.want || !strings.Contains(string(out.Reason)+evidence, c.says) {
			t.Errorf("%s: %s %s, want %s %q", name, out.Verdict, out.Reason, c.want, c.says)
		}
	}
}

// TestScanStopsInTime holds that a scan whose time is up passes nothing, and tells on its
// way how far it is.
func TestScanStopsInTime(t *testing.T) {
	dir := t.TempDir()
	for i := range 40 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%02d.txt", i)), []byte(strings.Repeat("api token key secret\n", 2000)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	built, err := engines()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	s := scan(ctx, built[false], tree, func(string) {})
	if v := judgeScan(s).Verdict(); v != checks.Inconclusive || s.Read >= s.All || s.All == 0 {
		t.Errorf("%s after %d of %d bytes", v, s.Read, s.All)
	}
}

// late is a context that ends as soon as it was asked once.
type late struct {
	context.Context
	asked int
}

func (l *late) Err() error {
	if l.asked++; l.asked > 1 {
		return context.Canceled
	}
	return nil
}

func (l *late) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// TestAFileThatWasBegunDoesNotCount holds that a file in which the search was cut off is not
// among those that were read.
func TestAFileThatWasBegunDoesNotCount(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("key = dapi"+newMaker().of(hex16, 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	tree, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	built, err := engines()
	if err != nil {
		t.Fatal(err)
	}
	if s := scan(&late{Context: t.Context()}, built[false], tree, func(string) {}); s.Read != 0 || s.Files != 0 || s.All == 0 {
		t.Errorf("%d files, %d bytes count as read", s.Files, s.Read)
	}
}

func FuzzFindLeaks(f *testing.F) {
	for _, token := range tokens() {
		f.Add("a.yaml", []byte("key: "+token))
	}
	f.Add("x\xff.js", []byte("\xff\xfe\x00JWT_SECRET='\xff' -----BEGIN PRIVATE KEY-----\u0130\u0130 gitleaks:allow"))
	built, err := engines()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, src []byte) {
		for _, l := range findLeaks(t.Context(), built[true], name, readable(src)) {
			if l.Line < 1 || l.start < 0 || l.end > len(readable(src)) || l.start >= l.end {
				t.Fatalf("%+v in %q", l, src)
			}
		}
	})
}
