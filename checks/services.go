package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// serviceReference is the first word of a reference to a declared service by its kind:
// "@service.postgres" stands for the name of the target's service of that kind.
const serviceReference = "service"

// ServiceOf is the name of the target's service of a kind, by name the first where there
// are several; empty where none is declared.
func (t *Target) ServiceOf(kind string) string {
	for _, name := range slices.Sorted(maps.Keys(t.Services)) {
		if s := t.Services[name]; s.Kind == kind && s.URL != "" {
			return name
		}
	}
	return ""
}

// declaredService looks up the name of the service of a kind, as declared does.
func (t *Target) declaredService(kind string) (value any, label string, err error) {
	if !slices.Contains(serviceKinds, kind) {
		return nil, "", fmt.Errorf("no service is of kind %q%s", kind, suggest(kind, serviceKinds))
	}
	if name := t.ServiceOf(kind); name != "" {
		value = name
	}
	return value, "[services] of kind " + kind, nil
}

// Address is what a service's URL means once its holes are filled: the URL itself, which
// may hold a password, and host:port with the kind's own port where it names none. An
// error names the hole or what is wrong, never a value.
func (t *Target) Address(s Service) (filled, hostport string, err error) {
	if filled, err = t.Resolve(s.URL); err != nil {
		return "", "", err
	}
	filled = strings.TrimSpace(filled)
	hostport, err = serviceHost(s.Kind, filled)
	return filled, hostport, err
}
