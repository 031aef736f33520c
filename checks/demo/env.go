package demo

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// variable is one line of the env file.
type variable struct{ name, value string }

// variables are the env file's lines as the switches leave it. Secrets are random and made
// at every start; the flawed values are the example file's.
func (s settings) variables() []variable {
	vars := []variable{{"APP_ENV", "production"}, {"PORT", "8080"}, {"DEBUG", "false"}, {"LOG_LEVEL", "info"}}
	add := func(v ...variable) { vars = append(vars, v...) }
	if s.Mended("env-values") {
		add(variable{"ALLOWED_ORIGINS", allowedOrigin}, variable{"PUBLIC_URL", "https://atlas.internal"}, variable{"SMTP_HOST", "mail.atlas.internal"})
	} else {
		add(variable{"PUBLIC_URL", "your-public-url-here"}, variable{"SMTP_HOST", "smtp.example.com"})
	}
	if s.Mended("env") {
		add(variable{"DATABASE_URL", "postgresql://atlas@database.atlas.internal:5432/atlas?sslmode=verify-full"},
			variable{"REDIS_URL", "rediss://cache.atlas.internal:6379/0"},
			variable{"HEAVYDB_HOST", "heavydb.atlas.internal"}, variable{"HEAVYDB_PORT", "6274"})
	}
	switch {
	case s.Mended("secret-key"):
		add(variable{"SECRET_KEY", base64.RawURLEncoding.EncodeToString(random(48))})
	case s.Mended("env"):
		add(variable{"SECRET_KEY", rand.Text()[:12]})
	}
	if !s.Mended("secret-files") {
		add(variable{"POSTGRES_PASSWORD", rand.Text()})
	}
	if s.Mended("sentry") {
		add(variable{"SENTRY_DSN", "https://" + hex.EncodeToString(random(16)) + "@errors.atlas.internal/7"},
			variable{"SENTRY_ENVIRONMENT", "production"}, variable{"SENTRY_RELEASE", "atlas@" + version})
	}
	if s.Mended("telegram") {
		add(variable{"TELEGRAM_BOT_TOKEN", digits(9) + ":" + base64.RawURLEncoding.EncodeToString(random(27))[:35]},
			variable{"TELEGRAM_CHAT_ID", "-100" + digits(9)})
	}
	return vars
}

// envFile writes the variables as a dotenv file.
func (s settings) envFile() []byte {
	var b strings.Builder
	b.WriteString("# Atlas in production. Never committed: see .env.example for what each name is for.\n")
	for _, v := range s.variables() {
		fmt.Fprintf(&b, "%s=%s\n", v.name, v.value)
	}
	return []byte(b.String())
}

// envMode is the env file's mode: readable by everybody until secret-files is mended.
func (s settings) envMode() uint32 {
	if s.Mended("secret-files") {
		return 0o600
	}
	return 0o644
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// digits returns n random digits, the first of which is not 0.
func digits(n int) string {
	least := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	d, err := rand.Int(rand.Reader, new(big.Int).Mul(least, big.NewInt(9)))
	if err != nil {
		return least.String() // never: the reader never fails
	}
	return d.Add(d, least).String()
}
