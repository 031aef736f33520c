package secrets

import (
	"bytes"
	"regexp"
	"strings"
)

// Shape is a secret recognisable by its form.
type Shape struct {
	Rule     string         // the word in marks and findings: "github-token"
	Title    string         // in words, for reports
	Pattern  *regexp.Regexp // its only group is the secret
	Specific bool           // the form belongs to one issuer; otherwise only the words around it point to a secret

	keywords []string // lower case; one of them is in every text that matches
	before   int      // how far before a keyword a match may begin; 0: the whole text is searched
	accept   func(value []byte) bool
	split    func(value []byte) [][2]int // where only parts of the group are secret
}

// random reports whether a value has a digit, or capitals among small letters: an English
// word after "Bearer" is prose, not a token.
func random(v []byte) bool {
	var digit, small, capital bool
	for i, c := range v {
		digit = digit || c >= '0' && c <= '9'
		small = small || c >= 'a' && c <= 'z'
		capital = capital || i > 0 && c >= 'A' && c <= 'Z'
	}
	return digit || small && capital
}

// cookieValues are the values in a Cookie or Set-Cookie line, without the attributes.
func cookieValues(line []byte) [][2]int {
	var out [][2]int
	at := 0
	for pair := range bytes.SplitAfterSeq(line, []byte(";")) {
		name, value, ok := bytes.Cut(bytes.TrimSuffix(pair, []byte(";")), []byte("="))
		if ok && len(value) > 0 && !attribute[strings.ToLower(string(bytes.TrimSpace(name)))] {
			start := at + len(name) + 1
			out = append(out, [2]int{start, start + len(value)})
		}
		at += len(pair)
	}
	return out
}

var attribute = map[string]bool{"path": true, "domain": true, "expires": true, "max-age": true, "samesite": true, "priority": true}

func specific(rule, title, pattern string, keywords ...string) Shape {
	return Shape{Rule: rule, Title: title, Pattern: regexp.MustCompile(pattern), Specific: true, keywords: keywords}
}

func generic(rule, title, pattern string, before int, keywords ...string) Shape {
	return Shape{Rule: rule, Title: title, Pattern: regexp.MustCompile(pattern), before: before, keywords: keywords}
}

// nearby limits the search to the surroundings of the keywords, which common ones need.
func (s Shape) nearby(before int) Shape {
	s.before = before
	return s
}

// secretWords end the names of keys whose values are secrets.
const secretWords = `(?:password|passwd|passphrase|pwd|secret|secret[_-]?key|client[_-]?secret|token|api[_-]?key|` +
	`access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|auth[_-]?key|credentials?)`

// queryKeys are the names in query strings whose values are secrets.
var queryKeys = []string{
	"access_token", "refresh_token", "id_token", "auth_token", "token", "api_key", "apikey", "key", "sig", "signature",
	"code", "password", "passwd", "pwd", "secret", "client_secret", "session", "sessionid", "sid", "jwt", "auth",
	"x-amz-signature", "x-amz-security-token", "x-amz-credential", "x-goog-signature",
}

func withEquals(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n + "="
	}
	return out
}

// Shapes lists the known forms; the issuers' documentation describes each prefix.
var Shapes = []Shape{
	specific("private-key", "private key (PEM)",
		`-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=\s:,.()\\"]|-[A-Za-z0-9]){40,})`, "private key"),
	specific("aws-access-key", "AWS access key id", `\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b`, "akia", "asia", "abia", "acca"),
	specific("aws-secret-key", "AWS secret access key",
		`(?i)aws[a-z0-9_. -]{0,20}(?:secret|sk)[a-z0-9_. -]{0,20}["']?\s*(?:=>|:=|[=:,])\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)`, "aws"),
	specific("github-token", "GitHub token", `\b(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})`, "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
	specific("gitlab-token", "GitLab token", `\b(gl(?:pat|dt|ptt|rt|soat|cbt|ft|imt|agent|oas)-[A-Za-z0-9_-]{20,})`,
		"glpat-", "gldt-", "glptt-", "glrt-", "glsoat-", "glcbt-", "glft-", "glimt-", "glagent-", "gloas-"),
	specific("slack-token", "Slack token", `\b((?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,})`, "xox", "xapp-"),
	specific("slack-webhook", "Slack webhook address", `hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/_-]{20,})`, "hooks.slack.com"),
	specific("stripe-key", "Stripe key", `\b((?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,99}|whsec_[A-Za-z0-9+/=]{20,})`, "k_live_", "k_test_", "k_prod_", "whsec_"),
	specific("telegram-token", "Telegram bot token", `(?:^|[^0-9])([0-9]{8,10}:[A-Za-z0-9_-]{35})`,
		"0:", "1:", "2:", "3:", "4:", "5:", "6:", "7:", "8:", "9:").nearby(12),
	specific("google-api-key", "Google API key", `\b(AIza[A-Za-z0-9_-]{35})`, "aiza"),
	specific("google-oauth", "Google OAuth secret or token", `\b(GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,})`, "gocspx-", "ya29."),
	specific("ai-key", "AI provider key", `\b(sk-(?:proj|ant|svcacct|admin|or)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{32,})`, "sk-"),
	specific("sendgrid-key", "SendGrid key", `\b(SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64})`, "sg."),
	specific("twilio-key", "Twilio key", `\b(SK[0-9a-f]{32})\b`, "sk").nearby(1),
	specific("mailgun-key", "Mailgun key", `\b(key-[0-9a-f]{32})\b`, "key-"),
	specific("npm-token", "npm token", `\b(npm_[A-Za-z0-9]{36})`, "npm_"),
	specific("pypi-token", "PyPI token", `\b(pypi-[A-Za-z0-9_-]{50,})`, "pypi-"),
	specific("docker-token", "Docker Hub token", `\b(dckr_pat_[A-Za-z0-9_-]{20,})`, "dckr_pat_"),
	specific("digitalocean-token", "DigitalOcean token", `\b(do[opr]_v1_[0-9a-f]{64})`, "_v1_"),
	specific("vault-token", "Vault token", `\b(hv[sbr]\.[A-Za-z0-9_-]{24,})`, "hvs.", "hvb.", "hvr."),
	specific("azure-key", "Azure storage key", `(?i:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,}={0,2})`, "accountkey=", "sharedaccesskey="),
	specific("shopify-token", "Shopify token", `\b(shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32})`, "shpat_", "shpca_", "shppa_", "shpss_"),
	specific("discord-webhook", "Discord webhook address", `discord(?:app)?\.com/api/webhooks/[0-9]+/([A-Za-z0-9_-]{20,})`, "/api/webhooks/"),
	specific("django-key", "Django's generated development key", `(django-insecure-[^\s'"\\]{10,})`, "django-insecure-"),
	{Rule: "url-password", Title: "password in a URL", Specific: true, keywords: []string{"://"},
		Pattern: regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@'"<>]*:([^\s/'"<>]+)@`)},

	generic("jwt", "JSON Web Token", `\b(eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4})`, 0, "eyj"),
	generic("authorization", "credentials in an Authorization line",
		`(?i)\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:[a-z]+[ \t]+)?([^\s"'<>]{6,}(?:[ \t]*,[ \t]*[^\s<>]+)*)`, 8, "authorization"),
	{Rule: "bearer", Title: "bearer or basic credentials", keywords: []string{"bearer", "basic"}, before: 1, accept: random,
		Pattern: regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})`)},
	{Rule: "cookie", Title: "cookie value", keywords: []string{"cookie"}, before: 8, split: cookieValues,
		Pattern: regexp.MustCompile(`(?i)\bcookie["']?\s*:\s*["']?([!#$%&*+.^_|~0-9a-z-]+=[^\r\n"']+)`)},
	generic("api-key-header", "API key header",
		`(?i)\b(?:x-[a-z-]*|private-|api-)(?:key|token|secret)["']?\s*:\s*["']?([^\s"',;<>]{6,})`,
		48, "key", "token", "secret"),
	generic("query", "secret in a query string", `(?i)[?&;](?:`+strings.Join(queryKeys, "|")+`)=([^&\s"'<>#]+)`, 24, withEquals(queryKeys)...),
	generic("json-value", "secret in JSON", `(?i)["'][a-z0-9_.-]*`+secretWords+`["']\s*:\s*["']((?:[^"'\\\r\n]|\\.){4,})`, 80,
		"pass", "pwd", "secret", "token", "key", "credential"),
	generic("assigned", "secret in an assignment",
		`(?im)(?:^|[\s"'{(,;])(?:[a-z0-9_.-]*[_.-])?`+secretWords+`\s*(?:=>|:=|[=:])\s*["'`+"`"+`]?([^\s"'`+"`"+`,;<>(){}?][^\s"'`+"`"+`,;<>(){}]{5,})`, 80,
		"pass", "pwd", "secret", "token", "key", "credential"),
}
