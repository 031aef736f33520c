package deploy

import "testing"

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		name, value, example string
		want                 class
	}{
		{"DATABASE_URL", "postgres://app:s3cr3t@db.internal/app", "", classSet},
		{"DATABASE_URL", "", "", classEmpty},
		{"DATABASE_URL", "   ", "", classEmpty},
		{"COLOUR", "#663399", "", classSet},
		{"API_TOKEN", "changeme", "", classPlaceholder},
		{"API_TOKEN", "change-me-please", "", classPlaceholder},
		{"API_TOKEN", "your-token-here", "", classPlaceholder},
		{"API_TOKEN", "<token>", "", classPlaceholder},
		{"API_TOKEN", "${API_TOKEN}", "", classPlaceholder},
		{"API_TOKEN", "{{ api_token }}", "", classPlaceholder},
		{"API_TOKEN", "xxxxxxxx", "", classPlaceholder},
		{"API_TOKEN", "api_token", "", classPlaceholder},
		{"API_TOKEN", "test", "", classPlaceholder},
		{"APP_ENV", "test", "", classSet},
		{"PORT", "8888", "8888", classSet},
		{"APP_ENV", "production", "production", classSet},
		{"LOG_LEVEL", "info", "info", classSet},
		{"TIMEOUT", "30s", "30s", classSet},
		{"PUBLIC_URL", "https://app.example.com", "", classPlaceholder},
		{"PUBLIC_URL", "https://your-domain.net/", "", classPlaceholder},
		{"SMTP_HOST", "mail.example:25", "", classPlaceholder},
		{"SMTP_HOST", "smtp.sample.host", "smtp.sample.host", classExample},
		{"SMTP_HOST", "smtp.corp.lan", "smtp.sample.host", classSet},
		{"MOTTO", "testing is caring", "", classSet},
	} {
		if got := classify(c.name, c.value, c.example); got != c.want {
			t.Errorf("classify(%s=%q, example %q) = %s, want %s", c.name, c.value, c.example, got, c.want)
		}
	}
}

func TestSecretNames(t *testing.T) {
	for name, want := range map[string]bool{
		"SECRET_KEY": true, "DB_PASSWORD": true, "SENTRY_DSN": true, "STRIPE_API_KEY": true, "PGPASSWD": true,
		"AUTH_TOKEN": true, "TOKEN_TTL": false, "PUBLIC_KEY": false, "SECRET_KEY_FILE": false,
		"TOKEN_URL": false, "MONKEY": false, "PORT": false, "JWT_ALGORITHM": false, "MAX_TOKENS": false,
	} {
		if got := isSecretName(name); got != want {
			t.Errorf("isSecretName(%s) = %v, want %v", name, got, want)
		}
	}
}

func TestLengthClassHidesTheLength(t *testing.T) {
	for value, want := range map[string]string{"": "0", "abc": "1-7", "12345678": "8-15", "0123456789abcdef": "16-31"} {
		if got := lengthClass(value); got != want {
			t.Errorf("lengthClass of %d bytes = %q, want %q", len(value), got, want)
		}
	}
}
