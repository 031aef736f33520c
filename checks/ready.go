package checks

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/secrets"
)

// The reasons why a run is refused before anything is sent.
var (
	ErrNotAuthorised = errors.New("not authorised")
	ErrNotConfirmed  = errors.New("host not confirmed")
)

// RunOptions say what a run may do.
type RunOptions struct {
	Allow         []Class  // classes consented to, beside local and safe
	Items         []string // ids or patterns; empty: all that can run
	ConfirmedHost string   // typed again by the assessor; needed for intrusive and load off loopback
	Version       string   // of gonogo, for the User-Agent
	RunID         string   // sent along, so that the operator finds the run in the log
	Now           func() time.Time
	Redactor      *secrets.Redactor // nil: a new one
}

// Ready reports why a run can't start, before anything is sent: ErrNotAuthorised,
// ErrNotConfirmed, an item that the plan does not have, a header whose secret is not set,
// a file that can't be read. Run refuses the same.
func (pl *Plan) Ready(o RunOptions) error {
	if err := (Selection{Items: o.Items}).known(pl.Profile); err != nil {
		return err
	}
	reach := pl.reaches(o)
	if len(reach) == 0 {
		return nil
	}
	if err := pl.authorised(); err != nil {
		return err
	}
	base := pl.Target.baseHost()
	for _, class := range reach {
		if class.NeedsConsent() && !guard.IsLoopback(base.Hostname()) && !confirms(o.ConfirmedHost, base) {
			return fmt.Errorf("%w: %s checks of %s need its name typed again: --confirm-host %s", ErrNotConfirmed, class, base.Host, base.Hostname())
		}
	}
	if _, err := pl.Target.resolvedHeaders(); err != nil {
		return err
	}
	_, err := guard.New(pl.guardConfig(o))
	return err
}

// reaches lists the classes, local left out, of the checks that the run would make, but for
// those that only start a program here: they reach no host.
func (pl *Plan) reaches(o RunOptions) []Class {
	var classes []Class
	for _, item := range pl.running(o) {
		for _, pc := range item.Checks {
			if c := pc.Kind.Class; c != Local && pc.Kind.Executes == nil && pc.runnable(o.Allow) && !slices.Contains(classes, c) {
				classes = append(classes, c)
			}
		}
	}
	return classes
}

// running lists the items that the run would check, in plan order.
func (pl *Plan) running(o RunOptions) []*Planned {
	ids := pl.Runnable(o.Allow)
	if len(o.Items) > 0 {
		wanted := MatchItems(pl.Profile, o.Items)
		ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(wanted, id) })
	}
	var items []*Planned
	for i := range pl.Items {
		if slices.Contains(ids, pl.Items[i].Item.ID) {
			items = append(items, &pl.Items[i])
		}
	}
	return items
}

// authorised wants a name or ticket for every host in scope that is not this machine.
func (pl *Plan) authorised() error {
	t := pl.Target
	if strings.TrimSpace(t.Scope.AuthorisedBy) != "" {
		return nil
	}
	for _, host := range t.hosts() {
		if !guard.IsLoopback(hostName(host)) {
			return fmt.Errorf("%w: %s is not this machine: say under [scope] authorised_by in %s who allowed the review (a name or ticket)",
				ErrNotAuthorised, host, t.Path)
		}
	}
	return nil
}

// baseHost is base_url as a URL; empty parts where none is declared.
func (t *Target) baseHost() *url.URL {
	if u, err := url.Parse(t.BaseURL); err == nil {
		return u
	}
	return &url.URL{}
}

// confirms compares a typed host with the target's, with or without the port.
func confirms(typed string, base *url.URL) bool {
	return strings.EqualFold(typed, base.Hostname()) || strings.EqualFold(typed, base.Host)
}

// hostName is the host of an origin, a URL, host:port or host.
func hostName(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		return u.Hostname()
	}
	if host, _, err := net.SplitHostPort(s); err == nil {
		return host
	}
	return strings.Trim(s, "[]")
}

// hosts lists what is in scope: the base URL's origin, the services and [scope] hosts. A
// service whose secret is not set is left out: nothing can be asked of it.
func (t *Target) hosts() []string {
	var hosts []string
	if u := t.baseHost(); u.Host != "" {
		hosts = append(hosts, u.Scheme+"://"+u.Host)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Services)) {
		s := t.Services[name]
		raw, err := t.Resolve(s.URL)
		if err != nil {
			continue
		}
		if host, err := serviceHost(s.Kind, raw); err == nil {
			hosts = append(hosts, host)
		}
	}
	return append(hosts, t.Scope.Hosts...)
}

func (pl *Plan) guardConfig(o RunOptions) guard.Config {
	allow := map[string]bool{}
	for _, class := range o.Allow {
		allow[string(class)] = true
	}
	return guard.Config{Hosts: pl.Target.hosts(), Allow: allow, CAFile: pl.Target.file(pl.Target.TLS.CAFile),
		Proxy: pl.Target.Scope.Proxy, Version: o.Version, RunID: o.RunID}
}

// resolvedHeaders fills the holes of [headers].
func (t *Target) resolvedHeaders() ([]observe.Field, error) {
	var fields []observe.Field
	for _, name := range slices.Sorted(maps.Keys(t.Headers)) {
		value, err := t.Resolve(t.Headers[name])
		if err != nil {
			return nil, fmt.Errorf("%s: [headers] %s: %w", t.Path, name, err)
		}
		fields = append(fields, observe.Field{Name: name, Value: value})
	}
	return fields, nil
}

// tokens fills the holes of the two identities; missing says why one can't be used.
func (t *Target) tokens() (tokens map[observe.Identity]string, missing map[string]error) {
	tokens, missing = map[observe.Identity]string{}, map[string]error{}
	for name, hole := range map[string]string{"user": t.Auth.User.Token, "admin": t.Auth.Admin.Token} {
		if hole == "" {
			continue
		}
		token, err := t.Resolve(hole)
		if err != nil {
			missing["auth."+name] = fmt.Errorf("the token of [auth.%s] is missing: %w", name, err)
			continue
		}
		tokens[observe.Identity(name)] = token
	}
	return tokens, missing
}
