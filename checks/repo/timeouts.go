package repo

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

var repoTimeouts = checks.Define(checks.Kind{
	ID:       "repo.timeouts",
	Title:    "Outbound HTTP calls say how long they wait",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads Python, Go, JavaScript and TypeScript files but tests",
	Rule: "PASS: every call found of a client that waits for ever by default says how long it waits: requests and urlopen in Python, net/http in Go, fetch and axios in " +
		"JavaScript. WARN: one does not; a wrapper around it may. na: no such call. Clients with a limit of their own, retries and other languages are not looked at: " +
		"it is a hint, never the answer.",
	Fix:  "`requests.get(url, timeout=(3, 10))`, `&http.Client{Timeout: 10 * time.Second}`, `fetch(url, {signal: AbortSignal.timeout(10_000)})`, `axios.create({timeout: 10_000})`.",
	Refs: []string{"SRE 22", "ASVS 13.1.3", "CWE-1088"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	bounded := 0
	for _, c := range clients {
		for _, f := range tree.Find(c.files...) {
			if notRuntime.MatchString(f.Path) || strings.HasSuffix(f.Path, "_test.go") {
				continue
			}
			src, err := tree.Read(f.Path, local.MaxFile)
			if err != nil || minified(f.Path, string(src)) {
				continue
			}
			for _, call := range c.find(string(src)) {
				if call.Bounded || c.elsewhere != nil && c.elsewhere.Match(src) {
					bounded++
					continue
				}
				obs.Add(checks.Warn, f.Path, call.Line, c.language, "%s says nothing of how long it waits", call.Name)
			}
		}
	}
	if len(obs) == 0 && bounded == 0 {
		return checks.NewResult(checks.NA, checks.Configuration, "no call of an HTTP client that is known here", p.Note("outbound calls", "none\n"))
	}
	obs.Add(checks.Pass, "", 0, "bounded", "%s with a time limit", local.Count(bounded, "call"))
	return obs.Result(p, "outbound calls", fmt.Sprintf("all %s found have a time limit", local.Count(bounded, "call")))
})

// outbound is one call of a client.
type outbound struct {
	Name    string
	Line    int
	Bounded bool // says how long it waits
}

// client is how the HTTP clients of one language are called.
type client struct {
	language  string
	files     []string
	call      *regexp.Regexp // up to the opening bracket
	limit     *regexp.Regexp // within the brackets
	elsewhere *regexp.Regexp // anywhere in the file: a limit for all of its calls
	code      func(src string) string
}

var clients = []client{
	{"Python", []string{"*.py"}, regexp.MustCompile(`\b(requests\.(?:get|post|put|delete|patch|head|options|request)|urlopen)\s*\(`),
		regexp.MustCompile(`\btimeout\s*=|\*\*|^\((?:[^,()]*,){2}\s*[\d.]+`), nil, pythonCode},
	{"Go", []string{"*.go"}, regexp.MustCompile(`\b(http\.(?:Get|Post|PostForm|Head)\s*\(|http\.DefaultClient\b|http\.Client\{)`), regexp.MustCompile(`\bTimeout\s*:`), nil, cCode},
	{"JavaScript", []string{"*.js", "*.mjs", "*.cjs", "*.ts", "*.jsx", "*.tsx", "*.vue"}, regexp.MustCompile(`(?:^|[^.\w$])(fetch|axios(?:\.(?:get|post|put|delete|patch|head|request))?)\s*\(`),
		regexp.MustCompile(`\bsignal\b|\btimeout\s*:|\.\.\.`), regexp.MustCompile(`axios\.defaults\.timeout`), cCode},
}

// find lists the calls in a file.
func (c client) find(src string) (calls []outbound) {
	code := c.code(src)
	for _, m := range c.call.FindAllStringSubmatchIndex(code, -1) {
		name := strings.TrimRight(code[m[2]:m[3]], " \t({")
		arguments := ""
		if last := code[m[1]-1]; last == '(' || last == '{' {
			arguments = bracketedCode(code[m[1]-1:])
			if after := strings.TrimLeft(code[m[1]-1+len(arguments):], " \t"); last == '(' && strings.HasPrefix(after, "{") {
				continue // the definition of a method of that name
			}
		}
		calls = append(calls, outbound{name, 1 + strings.Count(code[:m[2]], "\n"), c.limit.MatchString(arguments)})
	}
	return calls
}

// bracketedCode is the part of a text from the bracket that it begins with to its end.
func bracketedCode(code string) string {
	depth := 0
	for i := range len(code) {
		if depth = nested(depth, code[i]); depth == 0 {
			return code[:i+1]
		}
	}
	return code
}

// pythonCode empties strings and comments and keeps the lines.
func pythonCode(src string) string {
	var b strings.Builder
	for i := 0; i < len(src); i++ {
		switch {
		case src[i] == '#':
			i += lineLength(src[i:]) - 1
		case src[i] == '"' || src[i] == '\'':
			end := stringEnd(src, i)
			b.WriteString(`""` + strings.Repeat("\n", strings.Count(src[i:end], "\n")))
			i = end - 1
		default:
			b.WriteByte(src[i])
		}
	}
	return b.String()
}

// cCode empties strings and comments of Go and JavaScript and keeps the lines.
func cCode(src string) string {
	var b strings.Builder
	for i := 0; i < len(src); i++ {
		end := 0
		switch {
		case strings.HasPrefix(src[i:], "//"):
			end = i + lineLength(src[i:])
		case strings.HasPrefix(src[i:], "/*"):
			end = len(src)
			if n := strings.Index(src[i+2:], "*/"); n >= 0 {
				end = i + n + 4
			}
		case src[i] == '`':
			end = templateEnd(src, i)
		case src[i] == '"' || src[i] == '\'':
			end = stringEnd(src, i)
			if strings.HasPrefix(src[i:], strings.Repeat(src[i:i+1], 2)) {
				end = i + 2
			}
		default:
			b.WriteByte(src[i])
			continue
		}
		b.WriteString(`""` + strings.Repeat("\n", strings.Count(src[i:end], "\n")))
		i = end - 1
	}
	return b.String()
}

var repoSLO = checks.Define(checks.Kind{
	ID:       "repo.slo",
	Title:    "Service level objectives are written down",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads YAML files of OpenSLO, Sloth and Pyrra",
	Rule: "PASS: a file defines an objective with a target between 0 and 100 per cent and names what is measured. WARN: one without target, or with one of 0, 100 or more. " +
		"Pending: no such file; objectives may stand elsewhere. Who agreed on it, and what follows when it is missed, can't be seen.",
	Fix:  "One file a service in a format that makes alerts: OpenSLO, Sloth or Pyrra.",
	Refs: []string{"SRE 4", "OpenSLO specification"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := findObjectives(tree)
	if len(obs) == 0 {
		return *local.Pending("not declared: no file of OpenSLO, Sloth or Pyrra in the repository; say which objectives there are")
	}
	return obs.Result(p, "objectives", local.Count(len(obs), "objective")+" with a target")
})

var sloFile = regexp.MustCompile(`(?m)^\s*(apiVersion:\s*["']?(openslo(\.com)?/|sloth\.slok\.dev/|pyrra\.dev/)|version:\s*["']?prometheus/v1)`)

// findObjectives judges every objective of the repository.
func findObjectives(tree *source.Tree) local.Observations {
	obs := local.Observations{}
	for _, f := range tree.Find("*.yaml", "*.yml") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil || !sloFile.Match(src) {
			continue
		}
		docs, err := local.YAML(src)
		if err != nil {
			obs.Add(checks.Inconclusive, f.Path, 0, "slo", "does not parse: %v", err)
			continue
		}
		for _, doc := range docs {
			for _, o := range objectives(doc) {
				v, say := judgeObjective(o)
				obs.Add(v, f.Path, doc.Line, "slo", "%s %s", o.Name, say)
			}
		}
	}
	return obs
}
