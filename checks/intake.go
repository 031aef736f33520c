package checks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/source"
)

// maxNote bounds a note as evidence, in bytes.
const maxNote = 64 << 10

// newEvidence names bytes by their digest.
func newEvidence(what string, at time.Time, strength Strength, body []byte) Evidence {
	sum := sha256.Sum256(body)
	return Evidence{SHA256: hex.EncodeToString(sum[:]), What: clean.Line(what), At: at.UTC(), Bytes: int64(len(body)),
		Media: "txt", Strength: strength, Body: body}
}

// exchangeEvidence is an exchange as text, redacted.
func (r *run) exchangeEvidence(x *observe.Exchange) Evidence {
	method, where := x.Request.Method, x.URL
	if method == "" {
		method = "GET"
	}
	if u, err := url.Parse(x.URL); err == nil {
		if base := r.plan.Target.baseHost(); u.Host == base.Host && u.Scheme == base.Scheme {
			where = u.RequestURI()
		}
	}
	return newEvidence(r.redactor.Text(method+" "+where), x.At, ObservedLive, observe.Transcript(x, r.redactor))
}

// noteEvidence is a text as evidence: redacted, then cut.
func (r *run) noteEvidence(what, body string, strength Strength) Evidence {
	redacted := r.redactor.Redact([]byte(body))
	if over := len(redacted) - maxNote; over > 0 {
		redacted = fmt.Appendf(slices.Clip(redacted[:maxNote]), "\n[%d more bytes]\n", over)
	}
	return newEvidence(r.redactor.Text(what), r.now(), strength, redacted)
}

// pictureEvidence is a PNG as evidence. Nothing in it is redacted: a kind that takes it
// shows only what an anonymous visitor sees.
func (r *run) pictureEvidence(what string, png []byte) Evidence {
	e := newEvidence(r.redactor.Text(what), r.now(), ObservedLive, png)
	e.Media = "png"
	return e
}

// repository is the declared repository, opened once a run.
func (r *run) repository(ctx context.Context) (*source.Tree, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.opened.Store(true)
	return r.tree()
}

// envFiles are the declared env files, parsed once a run.
func (r *run) envFiles(ctx context.Context) (*source.Env, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.env()
}

func openRepository(t *Target) (*source.Tree, error) {
	if t.Repository == "" {
		return nil, errors.New(notDeclared("repository"))
	}
	return source.Open(t.RepositoryDir())
}

func openEnvFiles(t *Target) (*source.Env, error) {
	if len(t.EnvFiles) == 0 {
		return nil, errors.New(notDeclared("env_files"))
	}
	return source.ReadEnv(t.Dir, t.EnvFiles)
}

// keepSecrets makes every secret the run knows of known to the redactor before anything
// is seen: tokens, headers, passwords of services, values of env files.
func (r *run) keepSecrets(tokens map[observe.Identity]string, headers []observe.Field) {
	t := r.plan.Target
	for _, token := range tokens {
		r.keepToken(token)
	}
	for _, h := range headers {
		if holePattern.MatchString(t.Headers[h.Name]) {
			r.keepToken(h.Value)
		}
	}
	for _, s := range t.Services {
		if raw, err := t.Resolve(s.URL); err == nil {
			r.keepURL(raw)
		}
	}
	for _, pair := range t.Auth.Login.Pairs {
		if filled, err := t.Resolve(pair); err == nil {
			pair = filled
		}
		if _, password, ok := strings.Cut(pair, "/"); ok {
			r.redactor.Add("password", password)
		}
	}
	if body, err := t.Resolve(t.Auth.Login.Body); err == nil && body != t.Auth.Login.Body {
		r.keepHoles(t.Auth.Login.Body)
	}
	env, err := r.env()
	if err != nil {
		return
	}
	for _, f := range env.Files {
		for name, value := range f.Values {
			r.keepEnvValue(name, value)
		}
	}
}

// keepToken keeps a token, and its parts where it is "Name: scheme value".
func (r *run) keepToken(token string) {
	r.redactor.Add("token", token)
	if i := strings.LastIndexAny(token, " ="); i >= 0 {
		r.redactor.Add("token", token[i+1:])
	}
}

// keepHoles keeps the values that fill a text's holes.
func (r *run) keepHoles(text string) {
	for _, hole := range holePattern.FindAllString(text, -1) {
		if value, err := r.plan.Target.Resolve(hole); err == nil {
			r.redactor.Add("password", value)
		}
	}
}

// keepURL keeps the password of a URL, and the URL with it.
func (r *run) keepURL(raw string) {
	if u, err := url.Parse(raw); err == nil && u.User != nil {
		if password, set := u.User.Password(); set {
			r.redactor.Add("dsn", raw)
			r.redactor.Add("password", password)
		}
	}
	for _, m := range secretInText.FindAllStringSubmatch(raw, -1) {
		r.redactor.Add("password", m[1])
	}
}

var (
	// secretName finds variables whose value is a secret whatever it looks like.
	secretName = regexp.MustCompile(`(?i)(pass(word|wd)?|secret|token|key|credential|private|salt|dsn|auth|cookie|session)`)
	// openValue finds values that are settings, not secrets: words, numbers, hosts, paths and
	// addresses without a password. Redacting "production" would only blind the reader.
	openValue = regexp.MustCompile(`^(?:[a-z]+(?:[-_.][a-z]+)*|[0-9.,:]+|(?i:true|false|yes|no|on|off)|https?://[^@\s?]*|[a-zA-Z0-9.-]+:[0-9]{1,5}|/[\w./-]*|[A-Z]{2,10})$`)
)

// keepEnvValue keeps the value of an env file, unless it is plainly a setting.
func (r *run) keepEnvValue(name, value string) {
	declared := slices.Contains(r.plan.Target.Env.SecretKeys, name)
	if !declared && !secretName.MatchString(name) && openValue.MatchString(value) {
		return
	}
	r.redactor.Add("env", value)
	r.keepURL(value)
}
