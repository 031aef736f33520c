// Package kinds lists every kind of this build. It may import the folders that hold kinds;
// nothing below checks imports it.
package kinds

import (
	"slices"
	"sync"

	"assess/gonogo/checks"
	"assess/gonogo/checks/api"
	"assess/gonogo/checks/auth"
	"assess/gonogo/checks/backup"
	"assess/gonogo/checks/browser"
	"assess/gonogo/checks/build"
	"assess/gonogo/checks/command"
	"assess/gonogo/checks/deploy"
	"assess/gonogo/checks/host"
	"assess/gonogo/checks/load"
	"assess/gonogo/checks/logs"
	"assess/gonogo/checks/monitoring"
	"assess/gonogo/checks/repo"
	"assess/gonogo/checks/results"
	"assess/gonogo/checks/services"
	"assess/gonogo/checks/web"
)

// Registry is the set of all kinds, the same at every call.
func Registry() *checks.Registry { return registry() }

// Kinds that don't fit together are a mistake of this program, found by the first test that
// runs: it panics.
var registry = sync.OnceValue(func() *checks.Registry {
	r, err := checks.NewRegistry(slices.Concat(auth.Kinds(), web.Kinds(), browser.Kinds(), api.Kinds(), command.Kinds(), deploy.Kinds(), repo.Kinds(), results.Kinds(), services.Kinds(), backup.Kinds(), build.Kinds(), host.Kinds(), load.Kinds(), logs.Kinds(), monitoring.Kinds())...)
	if err != nil {
		panic(err)
	}
	return r
})
