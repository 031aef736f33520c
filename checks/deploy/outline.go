package deploy

import (
	"context"
	"errors"
	"maps"
	"slices"

	"assess/gonogo/checks/source"
)

// ComposeService is what a compose file says of one service, for those who only want to know
// what there is. The values of Env are for classifying and must never be shown.
type ComposeService struct {
	Name, Image string
	Build       bool
	Ports       []ComposePort
	Depends     []string
	Env         map[string]string
	EnvFiles    []string // relative to the compose file
	Command     []string
	Health      []string // the words of its healthcheck; none where it is disabled
}

// ComposePort is one published port, as written: numbers, ranges or variables.
type ComposePort struct{ HostIP, Published, Target string }

// Compose reads the repository's compose file under a usual name. Without one the path is
// empty and there is no error.
func Compose(ctx context.Context, tree *source.Tree) (path string, services []ComposeService, err error) {
	c, err := openCompose(ctx, tree, nil)
	if errors.Is(err, errNoCompose) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	for _, s := range c.Services {
		out := ComposeService{Name: s.Name, Image: s.Image, Build: s.Build, Env: s.Env,
			Depends: slices.Sorted(maps.Keys(s.Depends)), Command: s.Command.Words}
		for _, p := range s.Ports {
			out.Ports = append(out.Ports, ComposePort(p))
		}
		for _, f := range s.EnvFiles {
			out.EnvFiles = append(out.EnvFiles, f.Path)
		}
		if s.Health != nil && !s.Health.Disabled {
			out.Health = s.Health.Test
		}
		services = append(services, out)
	}
	return c.Path, services, nil
}
