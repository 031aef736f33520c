// Package deploy holds the kinds that read how a release is configured and put together:
// env files, secret keys, configuration, compose files, Dockerfiles, manifests, scripts,
// migrations, alerting, and where secrets lie. They send nothing and execute nothing.
//
// Each file reads facts first; the judgement is a pure function beside it. It may import
// checks, checks/local, checks/migrations, checks/source and checks/secrets.
package deploy

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{
		envRequired, envFilesKind, secretKey, debugOff, configFiles,
		composeValid, composeHealth, composeHardening, composeShutdown, composeScaling, dockerfileBasics,
		kubernetesValid, kubernetesResources, kubernetesProbes, kubernetesHardening,
		depsManifests, scripts, migrations, environments, repoRuntimes,
		secretsStorage, secretsScan,
		alertingSentry, alertingTelegram, alertingChannel,
	}
}
