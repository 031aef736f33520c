// Package deploy holds the kinds that read how a release is configured and put together:
// env files, secret keys, configuration, compose files, Dockerfiles, manifests, scripts,
// migrations, alerting, and where secrets
// lie. They send nothing and execute nothing.
//
// Each file reads facts first; the judgement is a pure function beside it. It may import
// checks, checks/local, checks/source and checks/secrets.
package deploy

import (
	"fmt"

	"assess/gonogo/checks"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{
		envRequired, envFilesKind, secretKey, debugOff, configFiles,
		composeValid, composeHealth, composeHardening, composeShutdown, dockerfileBasics,
		depsManifests, scripts, migrations,
		secretsStorage, secretsScan,
		alertingSentry, alertingTelegram,
	}
}

// count says "1 service" or "3 services".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
