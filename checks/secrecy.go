package checks

import (
	"sync"

	"assess/gonogo/checks/secrets"
	"assess/gonogo/checks/source"
)

// Redactor knows every secret that a run against the target would know: tokens, headers,
// passwords of services, values of env files. What people bring to a session goes through
// it. It reads files and the environment, so call it in a command; what can't be read is
// left out, as in a run, and the shapes of secrets are found all the same.
func (t *Target) Redactor() *secrets.Redactor {
	tokens, _ := t.tokens()
	headers, err := t.resolvedHeaders()
	if err != nil {
		headers = nil // a hole that can't be filled holds no secret
	}
	r := &run{plan: &Plan{Target: t}, redactor: secrets.NewRedactor(nil)}
	r.env = sync.OnceValues(func() (*source.Env, error) { return openEnvFiles(t) })
	r.keepSecrets(tokens, headers)
	return r.redactor
}
