package secrets

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// canary is a made-up secret that holds every character an encoding may change.
const canary = `c4nary/+&"<p w=\é%zZ9`

func TestExactValueInEveryEncoding(t *testing.T) {
	r := NewRedactor(map[string]string{canary: "env"})
	quoted, _ := json.Marshal(canary)
	texts := map[string]string{
		"raw":          canary,
		"query":        url.QueryEscape(canary),
		"query lower":  lowerPercent(url.QueryEscape(canary)),
		"path":         url.PathEscape(canary),
		"json":         strings.Trim(string(quoted), `"`),
		"html":         html.EscapeString(canary),
		"base64":       base64.StdEncoding.EncodeToString([]byte(canary)),
		"base64url":    base64.RawURLEncoding.EncodeToString([]byte(canary)),
		"basic":        base64.StdEncoding.EncodeToString([]byte("user:" + canary)),
		"basic, 1 off": base64.StdEncoding.EncodeToString([]byte("users:" + canary + "!")),
		"basic, 2 off": base64.StdEncoding.EncodeToString([]byte("use:" + canary + "!!")),
		"line break":   canary[:7] + "\r\n    " + canary[7:],
		"wrapped":      wrap(base64.StdEncoding.EncodeToString([]byte(canary))),
	}
	for name, text := range texts {
		for _, around := range []string{"%s", "before %s after", `{"x":"%s"}`, "a prose line\n%s\nanother line\n"} {
			in := fmt.Sprintf(around, text)
			want := fmt.Sprintf(around, "[redacted:env#1]")
			if got := r.Text(in); got != want {
				t.Errorf("%s: %q became %q, want %q", name, in, got, want)
			}
		}
	}
}

func wrap(s string) string {
	var lines []string
	for len(s) > 16 {
		lines, s = append(lines, s[:16]), s[16:]
	}
	return strings.Join(append(lines, s), "\n")
}

func TestShortAndEmptyValuesAreIgnored(t *testing.T) {
	r := NewRedactor(map[string]string{"": "env", "abc": "env", "1234567": "env", "--------": "env", "   \t   \n  ": "env", "Password": "env"})
	in := "an abc of 1234567 things -------- with   \t   \n   blanks and a default Password"
	if got := r.Text(in); got != in {
		t.Errorf("got %q", got)
	}
}

func TestSecretEqualToACommonWord(t *testing.T) {
	r := NewRedactor(map[string]string{"sunshine": "env"})
	got := r.Text("sunshine and sunshines in the sunshine, key=sunshine")
	if want := "[redacted:env#1] and sunshines in the [redacted:env#1], key=[redacted:env#1]"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestPasswordOfADSN(t *testing.T) {
	r := NewRedactor(map[string]string{"postgres://app:s3cr%2Ft-pw@db:5432/x": "dsn"})
	for _, in := range []string{"auth failed for s3cr/t-pw", "s3cr%2Ft-pw", "postgres://app:s3cr%2Ft-pw@db:5432/x"} {
		if got := r.Text(in); strings.Contains(got, "t-pw") {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestOneValueOneMark(t *testing.T) {
	r := NewRedactor(nil)
	token := "ghp_" + strings.Repeat("aB3", 12)
	a := r.Text("first " + token)
	b := r.Text("other xoxb-1234567890-abc and " + token)
	if a != "first [redacted:github-token#1]" || b != "other [redacted:slack-token#2] and [redacted:github-token#1]" {
		t.Errorf("got %q and %q", a, b)
	}
	h := r.Header(http.Header{"Authorization": {"Bearer " + token}})
	if got := h.Get("Authorization"); got != "Bearer [redacted:github-token#1]" {
		t.Errorf("the header shows %q", got)
	}
	exact := map[string]string{"value-number-one": "b", "value-number-two": "a", "value-number-three": "a"}
	for range 20 {
		if got := NewRedactor(exact).Text("value-number-one"); got != "[redacted:b#3]" {
			t.Fatalf("numbers depend on the order of a map: %q", got)
		}
	}
}

func TestRuleWordIsHarmless(t *testing.T) {
	r := NewRedactor(map[string]string{"a-long-value": "[x]#1\n\x1bEnv KEY"})
	if got := r.Text("a-long-value"); !regexp.MustCompile(`^\[redacted:x-1-env-key#1\]$`).MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func TestRedactingTwiceChangesNothing(t *testing.T) {
	r := NewRedactor(map[string]string{"redacted": "env", "hunter2hunter2": "env"})
	in := strings.Join([]string{
		"Authorization: Bearer abcdef123456", "Authorization: Basic dXNlcjpwYXNzd29yZA==",
		"Cookie: sid=abcdef; theme=dark", "Set-Cookie: sid=abc; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
		"GET /x?token=abcdef&y=1", `{"password":"correct horse","api_key":"k-12345678"}`, "DB_PASSWORD=s3cretpw",
		"postgres://u:hunter2hunter2@h/d", "X-Api-Key: 12345678", "a redacted page",
		"-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat("MIIEabcd\n", 20) + "-----END RSA PRIVATE KEY-----",
	}, "\n")
	once := r.Text(in)
	if twice := r.Text(once); twice != once {
		t.Errorf("twice:\n%s\nonce:\n%s", twice, once)
	}
	for _, gone := range []string{"abcdef", "hunter2", "correct horse", "k-1234", "MIIE", "s3cret", "a redacted page"} {
		if strings.Contains(once, gone) {
			t.Errorf("%q is still there:\n%s", gone, once)
		}
	}
	for _, stays := range []string{"Bearer [", "; theme=[", "; Path=/; HttpOnly; Expires=Wed", "&y=1", "-----END RSA"} {
		if !strings.Contains(once, stays) {
			t.Errorf("%q was lost:\n%s", stays, once)
		}
	}
}

func TestShapes(t *testing.T) {
	x := func(n int) string { return strings.Repeat("a1B2c3D4", n/8+1)[:n] }
	h := func(n int) string { return strings.Repeat("0123456789abcdef", n/16+1)[:n] }
	found := map[string]string{ // rule → text whose {…} is the secret
		"private-key":        "-----BEGIN PRIVATE KEY-----{\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\\n}-----END PRIVATE KEY-----",
		"aws-access-key":     "id {AKIAQ3EGRIHJKLMNOPQR} x",
		"aws-secret-key":     `aws_secret_access_key = "{` + x(40) + `}"`,
		"github-token":       "{ghp_" + x(36) + "}",
		"gitlab-token":       "{glpat-" + x(20) + "}",
		"slack-token":        "{xoxb-123456789012-abcdef}",
		"slack-webhook":      "https://hooks.slack.com/services/{T0000/B0000/" + x(24) + "}",
		"stripe-key":         "{sk_live_" + x(24) + "}",
		"telegram-token":     "https://api.telegram.org/bot{123456789:" + x(35) + "}/getMe",
		"google-api-key":     "{AIza" + x(35) + "}",
		"google-oauth":       "{GOCSPX-" + x(28) + "}",
		"ai-key":             "{sk-proj-" + x(40) + "}",
		"sendgrid-key":       "{SG." + x(22) + "." + x(43) + "}",
		"twilio-key":         "{SK" + h(32) + "}",
		"mailgun-key":        "{key-" + h(32) + "}",
		"npm-token":          "{npm_" + x(36) + "}",
		"pypi-token":         "{pypi-" + x(60) + "}",
		"docker-token":       "{dckr_pat_" + x(27) + "}",
		"digitalocean-token": "{dop_v1_" + h(64) + "}",
		"vault-token":        "{hvs." + x(24) + "}",
		"azure-key":          "AccountName=x;AccountKey={" + x(86) + "==};EndpointSuffix=y",
		"shopify-token":      "{shpat_" + h(32) + "}",
		"discord-webhook":    "https://discord.com/api/webhooks/12345/{" + x(60) + "}",
		"django-key":         `SECRET = '{django-insecure-$%^` + x(40) + `}'`,
		"url-password":       "redis://:{p@ssw0rd}@cache:6379/0",
		"jwt":                "{eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0." + x(43) + "}",
		"authorization":      `curl -H "Authorization: Token {0123456789}"`,
		"bearer":             "use Bearer {abc123def456}",
		"cookie":             "Cookie: sid={abc}; Path=/",
		"api-key-header":     "x-api-key: {abcdef12}",
		"query":              "/cb?state=1&code={abc}#frag",
		"json-value":         `{"userPassword" : "{pass word}"}`,
		"assigned":           "export DB_PASSWORD={hunter22}\n",
	}
	for _, s := range Shapes {
		text, ok := found[s.Rule]
		if !ok {
			t.Errorf("%s has no example", s.Rule)
			continue
		}
		open := strings.Index(text, "{")
		if s.Rule == "json-value" {
			open = strings.LastIndex(text, "{")
		}
		shut := open + strings.Index(text[open:], "}")
		secret := text[open+1 : shut]
		in := text[:open] + secret + text[shut+1:]
		var got []string
		for _, m := range Find([]byte(in)) {
			if m.Rule == s.Rule {
				got = append(got, in[m.Start:m.End])
				if m.Specific != s.Specific {
					t.Errorf("%s: specific = %v", s.Rule, m.Specific)
				}
			}
		}
		if !reflect.DeepEqual(got, []string{secret}) {
			t.Errorf("%s: found %q in %q, want %q", s.Rule, got, in, secret)
		}
		if out := NewRedactor(nil).Text(in); strings.Contains(out, secret) {
			t.Errorf("%s: still in %q", s.Rule, out)
		}
	}
}

func TestPlainTextStays(t *testing.T) {
	for _, in := range []string{
		"Bearer authentication is required", "basic information about us", `WWW-Authenticate: Bearer realm="api"`,
		"access-control-allow-headers: Authorization, Content-Type", `{"status":"ok","token_type":"bearer"}`,
		"POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?missing}", "url: postgres://app:${DB_PASSWORD}@db/app",
		"class=sk-spinner-three-bounce-delay", "https://example.com:8080/path?page=2&sort=name",
		"password: <your password>", "the cookie: a short history", "2026-10-12T10:11:12Z up 12345:67",
		`<input type="password" name="password">`, "sha256:" + strings.Repeat("ab12", 16),
	} {
		if got := NewRedactor(nil).Text(in); got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestHeader(t *testing.T) {
	r := NewRedactor(map[string]string{"in-a-location-1": "env"})
	in := http.Header{
		"Authorization":       {"Bearer abc", "opaque"},
		"Proxy-Authorization": {"Digest username=\"x\", response=\"y\""},
		"Cookie":              {"a=1; b=two words; c"},
		"Set-Cookie":          {"sid=s1; Path=/; HttpOnly; SameSite=Lax", "gone=; Max-Age=0", "bare"},
		"X-Api-Key":           {"k"},
		"X-Csrf-Token":        {"t"},
		"Location":            {"/next?token=xyz&x=1", "/in-a-location-1"},
		"Content-Type":        {"text/html"},
		"X-Empty-Token":       {""},
	}
	want := http.Header{
		"Authorization":       {"Bearer [redacted:authorization#N]", "[redacted:authorization#N]"},
		"Proxy-Authorization": {"Digest [redacted:proxy-authorization#N]"},
		"Cookie":              {"a=[redacted:cookie#N]; b=[redacted:cookie#N];[redacted:cookie#N]"},
		"Set-Cookie":          {"sid=[redacted:cookie#N]; Path=/; HttpOnly; SameSite=Lax", "gone=; Max-Age=0", "[redacted:cookie#N]"},
		"X-Api-Key":           {"[redacted:x-api-key#N]"},
		"X-Csrf-Token":        {"[redacted:x-csrf-token#N]"},
		"Location":            {"/next?token=[redacted:query#N]&x=1", "/[redacted:env#N]"},
		"Content-Type":        {"text/html"},
		"X-Empty-Token":       {""},
	}
	before := in.Clone()
	got := r.Header(in)
	again := r.Header(got)
	if !reflect.DeepEqual(got, again) {
		t.Errorf("twice: %v", again)
	}
	number := regexp.MustCompile(`#\d+\]`)
	for name, values := range got {
		for i := range values {
			values[i] = number.ReplaceAllString(values[i], "#N]")
		}
		if !reflect.DeepEqual(values, want[name]) {
			t.Errorf("%s: got %q, want %q", name, values, want[name])
		}
	}
	if !reflect.DeepEqual(in, before) {
		t.Error("the header itself was changed")
	}
}

func TestPlaceholder(t *testing.T) {
	yes := []string{
		"", "  ", "changeme", "change-me", "CHANGE_ME", "your-secret-key-here", "YOUR_API_KEY", "xxxxxxxx", "xxx-xxx",
		"<password>", "${DB_PASSWORD}", "{{ secret }}", "$SECRET", "example", "AKIAIOSFODNN7EXAMPLE", "dummy", "test",
		"REDACTED", "aaaaaaaa", "********", "---", "replace-with-a-long-random-string", "[redacted:env#3]", "%(pass)s",
	}
	no := []string{"secret", "password", "hunter2", "s3cr3t-k3y-9f8e7d", "testing-1234", "django-insecure-abc", "Yours", "latest", "ab"}
	for _, v := range yes {
		if !Placeholder(v) {
			t.Errorf("%q was taken for a secret", v)
		}
	}
	for _, v := range no {
		if Placeholder(v) {
			t.Errorf("%q was taken for a placeholder", v)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	r := NewRedactor(nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				v := fmt.Sprintf("secret-value-%d-%d", i, j)
				r.Add("env", v)
				if got := r.Text("x " + v); strings.Contains(got, v) {
					t.Errorf("%q survived", v)
				}
				r.Header(http.Header{"Cookie": {"a=" + v}})
			}
		})
	}
	wg.Wait()
}

func FuzzRedact(f *testing.F) {
	for _, s := range []string{"Cookie: a=b; c=d", `{"token":"abcdefgh"}`, "?token=a&b=" + canary, "Basic dXNlcjpwYXNzd29yZA==", "[redacted:env#1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := NewRedactor(map[string]string{canary: "env"})
		once := r.Text(s + canary + s)
		if strings.Contains(once, canary) {
			t.Fatalf("the canary survived in %q", once)
		}
	})
}

func BenchmarkRedact64KiB(b *testing.B) {
	exact := map[string]string{}
	for i := range 40 {
		exact[fmt.Sprintf("env-value-%d/%d", i, i*i)] = "env"
	}
	r := NewRedactor(exact)
	body := []byte(strings.Repeat("GET /api/health 200 {\"status\":\"ok\",\"token\":\"abcdef123456\"}\n", 1100))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		r.Redact(body)
	}
}

// A search that looks at the surroundings of keywords only must still take out all of a
// value that is longer than those surroundings.
func TestLongSecretsGoWhole(t *testing.T) {
	long := strings.Repeat("aB3_", 1000)
	for _, form := range []string{
		`{"İ":1,"api_key":"%s"}`, "DB_PASSWORD=%s", "/x?token=%s", "Authorization: Bearer %s", "Cookie: sid=%s",
		"x-api-key: %s", "postgres://app:%s@db/x", "eyJhbGciOiJub25lIn0.%s.sig",
	} {
		for _, pad := range []string{"", strings.Repeat("İ some other text\n", 50)} {
			in := pad + fmt.Sprintf(form, long) + "\n" + pad
			if got := NewRedactor(nil).Text(in); strings.Contains(got, "aB3_") {
				t.Errorf("%s: something is left of the value", form)
			} else if !strings.HasPrefix(got, pad) || !strings.HasSuffix(got, pad) {
				t.Errorf("%s: the text around it changed", form)
			}
		}
	}
}
