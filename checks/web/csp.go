package web

import (
	"strings"
)

// policy is one serialised Content-Security-Policy as CSP level 3 parses it.
type policy struct {
	Directives map[string][]string // name → source list; the first of duplicates counts
	Repeated   []string            // directives that appear again and are ignored
	Meta       bool                // from a meta element
}

// parsePolicies reads the lines of a header field, or of a meta element. Commas separate
// policies, semicolons directives; names are case-insensitive and the first of
// duplicate directives counts (CSP3 section 2.2).
func parsePolicies(lines []string, meta bool) []policy {
	var out []policy
	for _, serialised := range strings.Split(strings.Join(lines, ","), ",") {
		p := policy{Directives: map[string][]string{}, Meta: meta}
		for _, directive := range strings.Split(serialised, ";") {
			words := strings.Fields(directive)
			if len(words) == 0 || !isDirectiveName(words[0]) {
				continue
			}
			name := strings.ToLower(words[0])
			if meta && (name == "frame-ancestors" || name == "report-uri" || name == "sandbox") {
				continue // ignored in meta elements (CSP3 section 3.3)
			}
			if _, again := p.Directives[name]; again {
				p.Repeated = append(p.Repeated, name)
				continue
			}
			p.Directives[name] = words[1:]
		}
		if len(p.Directives) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func isDirectiveName(s string) bool {
	for _, r := range s {
		if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// sources returns the first of the named directives that the policy has.
func (p policy) sources(names ...string) (list []string, present bool) {
	for _, name := range names {
		if list, present = p.Directives[name]; present {
			return list, true
		}
	}
	return nil, false
}

// grants is what a source list lets through, as far as it matters for injected content.
type grants struct {
	Inline  bool // 'unsafe-inline' that is in force
	Eval    bool // 'unsafe-eval'
	Data    bool // data:
	Any     bool // *, a bare web scheme, or a scheme with any host
	Plain   bool // http: or ftp: sources
	Useless bool // 'strict-dynamic' without nonce or hash: nothing can be trusted, scripts break
}

// everything is what a missing list without fallback lets through.
var everything = grants{Inline: true, Eval: true, Data: true, Any: true, Plain: true}

// and is what two policies that apply at once both let through.
func (g grants) and(o grants) grants {
	return grants{g.Inline && o.Inline, g.Eval && o.Eval, g.Data && o.Data, g.Any && o.Any, g.Plain && o.Plain,
		g.Useless || o.Useless}
}

// grantsOf reads a source list. A nonce or hash puts 'unsafe-inline' out of force, and
// together with 'strict-dynamic' also hosts, schemes and 'self' (CSP3 section 6.7).
func grantsOf(list []string) grants {
	var g grants
	trusted, dynamic := false, false
	for _, raw := range list {
		source := strings.ToLower(raw)
		switch {
		case source == "'unsafe-inline'":
			g.Inline = true
		case source == "'unsafe-eval'":
			g.Eval = true
		case source == "'strict-dynamic'":
			dynamic = true
		case isNonce(source) || isHash(source):
			trusted = true
		case source == "data:":
			g.Data = true
		case anyHost(source):
			g.Any = true
		}
		if source == "http:" || source == "ftp:" || strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "ftp://") {
			g.Plain = true
		}
	}
	if trusted {
		g.Inline = false
	}
	if dynamic && trusted {
		g.Any, g.Data, g.Plain = false, false, false
	}
	g.Useless = dynamic && !trusted
	return g
}

func isNonce(source string) bool { return strings.HasPrefix(source, "'nonce-") }

func isHash(source string) bool {
	return strings.HasPrefix(source, "'sha256-") || strings.HasPrefix(source, "'sha384-") || strings.HasPrefix(source, "'sha512-")
}

// anyHost reports whether a source stands for hosts of anybody: *, a bare web scheme,
// https://*, *:443, or a wildcard below a top-level domain.
func anyHost(source string) bool {
	if strings.HasPrefix(source, "'") {
		return false
	}
	source = strings.ToLower(source)
	switch source {
	case "*", "http:", "https:", "ws:", "wss:", "ftp:":
		return true
	}
	if _, rest, ok := strings.Cut(source, "://"); ok {
		source = rest
	}
	host, _, _ := strings.Cut(source, "/")
	host, _, _ = strings.Cut(host, ":")
	return host == "*" || (strings.HasPrefix(host, "*.") && strings.Count(host, ".") == 1)
}

// nonces returns the nonces of the policies' script lists.
func nonces(policies []policy) []string {
	var out []string
	for _, p := range policies {
		list, _ := p.sources("script-src-elem", "script-src", "default-src")
		for _, source := range list {
			if isNonce(strings.ToLower(source)) {
				out = append(out, strings.TrimSuffix(source[len("'nonce-"):], "'"))
			}
		}
	}
	return out
}

// effective is what all policies together let through for the resource whose directives
// are named, in order of fallback.
func effective(policies []policy, names ...string) grants {
	out := everything
	for i, p := range policies {
		g := everything
		if list, ok := p.sources(names...); ok {
			g = grantsOf(list)
		}
		if i == 0 {
			out = g
			continue
		}
		out = out.and(g)
	}
	return out
}

// directiveSet reports whether any policy has the directive.
func directiveSet(policies []policy, name string) bool {
	for _, p := range policies {
		if _, ok := p.Directives[name]; ok {
			return true
		}
	}
	return false
}
