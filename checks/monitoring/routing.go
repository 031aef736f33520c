package monitoring

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

// routing is what matters of Alertmanager's configuration: where alerts end.
type routing struct {
	Root      route
	Receivers map[string]receiver
}

// receiver is who is told, by which integrations.
type receiver struct {
	Integrations []string // slack, email, webhook …, one for each
	Samples      int      // of them, those with an address out of an example
}

// real reports whether somebody is told.
func (r receiver) real() bool { return len(r.Integrations) > r.Samples }

// route is a branch of the tree that alerts go down.
type route struct {
	Receiver string // its own or inherited
	Matches  bool   // only some alerts take it
	Continue bool   // the routes beside it are tried too
	Routes   []route
}

// maxDepth bounds how deep routes are followed.
const maxDepth = 50

// readRouting reads the configuration as the API shows it, secrets hidden.
func readRouting(original string) (routing, error) {
	docs, err := local.YAML([]byte(original))
	if err != nil {
		return routing{}, errors.New("it is not YAML") // an error may quote what stands there
	}
	out := routing{Receivers: map[string]receiver{}}
	if len(docs) == 0 {
		return out, errors.New("it is empty")
	}
	root := member(docs[0], "route")
	if root == nil || root.Kind != yaml.MappingNode {
		return out, errors.New("it has no route")
	}
	out.Root = readRoute(root, "", 0)
	if receivers := member(docs[0], "receivers"); receivers != nil {
		for _, node := range receivers.Content {
			if name := member(node, "name"); name != nil {
				out.Receivers[name.Value] = readReceiver(node)
			}
		}
	}
	return out, nil
}

// member is the value of a mapping's key, nil where there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	for k, v := range local.Pairs(n) {
		if k.Value == key {
			return v
		}
	}
	return nil
}

func readRoute(n *yaml.Node, inherited string, depth int) route {
	r := route{Receiver: inherited}
	if own := member(n, "receiver"); own != nil && own.Value != "" {
		r.Receiver = own.Value
	}
	for _, key := range []string{"match", "match_re", "matchers"} {
		if m := member(n, key); m != nil && len(m.Content) > 0 {
			r.Matches = true
		}
	}
	if c := member(n, "continue"); c != nil {
		r.Continue = c.Value == "true"
	}
	if routes := member(n, "routes"); routes != nil && depth < maxDepth {
		for _, child := range routes.Content {
			r.Routes = append(r.Routes, readRoute(child, r.Receiver, depth+1))
		}
	}
	return r
}

func readReceiver(n *yaml.Node) receiver {
	var r receiver
	for key, value := range local.Pairs(n) {
		kind, ok := strings.CutSuffix(key.Value, "_configs")
		if !ok || value.Kind != yaml.SequenceNode {
			continue
		}
		for _, integration := range value.Content {
			r.Integrations = append(r.Integrations, kind)
			if isSample(integration) {
				r.Samples++
			}
		}
	}
	return r
}

// destinations are the keys of integrations that say where a message goes.
var destinations = []string{"url", "to", "api_url", "webhook_url", "routing_key", "service_key", "api_key", "bot_token", "chat_id",
	"user_key", "token", "room_id", "topic_arn", "phone_number", "channel", "smarthost"}

var (
	sampleHost = regexp.MustCompile(`(?i)(@|//|\.|^)example\.(com|net|org)\b|\.(example|invalid)([:/]|$)`)
	// The addresses of the configuration that Alertmanager's packages and images come with.
	packaged = regexp.MustCompile(`^http://(127\.0\.0\.1|localhost):5001(/|$)`)
	filler   = regexp.MustCompile(`(?i)^(change[-_ ]?me|to[-_ ]?do|placeholder|xxx+|your[-_ ].*)$|[/=]your[-_]`)
)

// isSample reports whether an integration leads to an address out of an example. What
// Alertmanager hides is taken as real.
func isSample(n *yaml.Node) bool {
	for key, value := range local.Pairs(n) {
		if slices.Contains(destinations, key.Value) && value.Kind == yaml.ScalarNode &&
			(sampleHost.MatchString(value.Value) || packaged.MatchString(value.Value) || filler.MatchString(value.Value)) {
			return true
		}
	}
	return false
}

// ends are the receivers at which alerts can end; last is where those end that match
// nothing. A route that takes every alert hides what stands behind it.
func (r route) ends() (all []string, last string) {
	last = r.Receiver
	for _, child := range r.Routes {
		below, end := child.ends()
		all = append(all, below...)
		if !child.Matches {
			last = end
			if !child.Continue {
				return all, last
			}
		}
	}
	return append(all, last), last
}

func judgeRouting(c routing) checks.Result {
	all, last := c.Root.ends()
	var dead, samples []string
	some := false
	for _, name := range all {
		r := c.Receivers[name]
		switch {
		case r.real():
			some = true
		case len(r.Integrations) > 0 && !slices.Contains(samples, cut(name)):
			samples = append(samples, cut(name))
		case len(r.Integrations) == 0 && !slices.Contains(dead, cut(name)):
			dead = append(dead, cut(name))
		}
	}
	switch {
	case !some && len(samples) > 0:
		return fail("alerts end at sample addresses only: " + names(samples))
	case !some:
		return fail("alerts end at nobody: no receiver that a route leads to has an integration")
	case !c.Receivers[last].real():
		return warn(fmt.Sprintf("an alert that no route matches ends at %q, which tells nobody", cut(last)))
	case len(samples) > 0:
		return warn("routes end at sample addresses: " + names(samples))
	}
	said := fmt.Sprintf("alerts end at %q (%s)", cut(last), names(c.Receivers[last].Integrations))
	if len(dead) > 0 {
		said += ", some by choice at nobody (" + names(dead) + ")"
	}
	return pass(said)
}

// maxOutlined bounds the lines of an outline.
const maxOutlined = 200

// outline is what evidence shows: names and kinds, no address.
func (c routing) outline() string {
	var lines []string
	for _, name := range sortedNames(c.Receivers) {
		r := c.Receivers[name]
		line := fmt.Sprintf("receiver %q: ", cut(name))
		if len(r.Integrations) == 0 {
			line += "no integration"
		} else {
			line += names(r.Integrations)
		}
		if r.Samples > 0 {
			line += fmt.Sprintf(" (%d with a sample address)", r.Samples)
		}
		lines = append(lines, line)
	}
	var walk func(r route, indent string)
	walk = func(r route, indent string) {
		which := "every alert"
		if r.Matches {
			which = "some alerts"
		}
		lines = append(lines, fmt.Sprintf("%sroute of %s to %q", indent, which, cut(r.Receiver)))
		for _, child := range r.Routes {
			walk(child, indent+"  ")
		}
	}
	walk(c.Root, "")
	if over := len(lines) - maxOutlined; over > 0 {
		lines = append(lines[:maxOutlined], fmt.Sprintf("… and %d more lines", over))
	}
	return strings.Join(lines, "\n") + "\n"
}

func sortedNames(m map[string]receiver) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
