package repo

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// pipeline is one pipeline file: what starts it and what it runs.
type pipeline struct {
	Path  string
	Runs  bool // on a push to the default branch or on a pull request
	Steps []step
	Err   error // the file can't be read or parsed

	nodes int // YAML nodes walked, aliases followed
}

// mostNodes bounds a walk: aliases of aliases grow without end.
const mostNodes = 200_000

// step is one command, action, template or hook of a pipeline.
type step struct {
	Line int
	Text string // as written; never printed whole, it may hold what it should not
	Soft bool   // its failure does not stop the pipeline
}

// pipelineFiles are the places where the usual systems look.
var pipelineFiles = []string{
	".github/workflows/*.yml", ".github/workflows/*.yaml", "/.gitlab-ci.yml", "/azure-pipelines.yml", "/.circleci/config.yml",
	"/Jenkinsfile", "/.drone.yml", "/.woodpecker.yml", "/.woodpecker/*.yml", "/.forgejo/workflows/*.yml", "/.gitea/workflows/*.yml", "/.ci/run",
}

// hookFiles configure what runs before a commit.
var hookFiles = []string{"/.pre-commit-config.yaml", "/.pre-commit-config.yml", "/lefthook.yml", "/lefthook.yaml", "/.husky/pre-commit"}

// readPipelines reads every pipeline file of the tree, and what its steps call in turn.
func readPipelines(tree *source.Tree, globs []string) (all []pipeline) {
	for _, f := range tree.Find(globs...) {
		p := pipeline{Path: f.Path}
		src, err := tree.Read(f.Path, local.MaxFile)
		switch {
		case err != nil:
			p.Err = err
		case path.Ext(f.Path) == ".yml" || path.Ext(f.Path) == ".yaml":
			p = parsePipeline(f.Path, src)
		default:
			p.Runs = true
			for i, line := range strings.Split(string(src), "\n") {
				p.Steps = append(p.Steps, step{Line: i + 1, Text: line})
			}
		}
		p.Steps = append(p.Steps, called(tree, p.Steps)...)
		all = append(all, p)
	}
	startCalled(all)
	return all
}

// startCalled marks workflows that a started one calls by their path.
func startCalled(all []pipeline) {
	byPath := map[string]int{}
	for i, p := range all {
		byPath[p.Path] = i
	}
	for changed := true; changed; { // a call may be of one that calls another
		changed = false
		for _, p := range all {
			for _, s := range p.Steps {
				i, ok := byPath[strings.TrimPrefix(strings.TrimSpace(s.Text), "./")]
				if ok && p.Runs && !all[i].Runs {
					all[i].Runs, changed = true, true
				}
			}
		}
	}
}

// parsePipeline reads a YAML pipeline of any of the known systems.
func parsePipeline(name string, src []byte) pipeline {
	p := pipeline{Path: name}
	docs, err := local.YAML(src)
	if err != nil {
		p.Err = err
		return p
	}
	for _, doc := range docs {
		p.Runs = p.Runs || starts(name, doc)
		keys := commandKeys
		if strings.Contains(name, "pre-commit") || strings.HasPrefix(path.Base(name), "lefthook") {
			keys = hookKeys
		}
		p.collect(doc, keys, false, "")
	}
	return p
}

// commandKeys are the keys whose values are run, used or included; hookKeys those of files
// that configure commit hooks, where a hook is called by its id.
var (
	commandKeys = []string{"run", "uses", "script", "before_script", "after_script", "bash", "pwsh", "task", "command", "commands", "template", "steps"}
	hookKeys    = []string{"run", "id", "entry"}
)

// collect walks a file for steps. A job or step that may fail makes all below it soft.
func (p *pipeline) collect(n *yaml.Node, keys []string, soft bool, key string) {
	if p.nodes++; p.nodes > mostNodes {
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias != nil {
			p.collect(n.Alias, keys, soft, key)
		}
	case yaml.ScalarNode:
		if slices.Contains(keys, key) {
			p.Steps = append(p.Steps, step{n.Line, n.Value, soft})
		}
	case yaml.SequenceNode:
		for _, child := range n.Content {
			p.collect(child, keys, soft, key)
		}
	case yaml.MappingNode:
		for k, v := range local.Pairs(n) {
			soft = soft || slices.Contains([]string{"continue-on-error", "allow_failure", "continueOnError"}, k.Value) && v.Value != "false"
			soft = soft || k.Value == "if" && (v.Value == "false" || v.Value == "${{ false }}")
			soft = soft || k.Value == "when" && v.Value == "manual"
		}
		for k, v := range local.Pairs(n) {
			p.collect(v, keys, soft, k.Value)
		}
	}
}

// starts tells whether a push to the default branch or a pull request starts the file.
func starts(name string, doc *yaml.Node) bool {
	var on, trigger *yaml.Node
	for k, v := range local.Pairs(doc) {
		switch k.Value {
		case "on", "true": // YAML 1.1 readers take on for a boolean
			on = v
		case "trigger":
			trigger = v
		}
	}
	switch {
	case strings.Contains(name, "/workflows/"):
		return on != nil && workflowStarts(on)
	case trigger != nil:
		return trigger.Value != "none"
	}
	return true
}

func workflowStarts(on *yaml.Node) bool {
	started := func(event string) bool {
		return slices.Contains([]string{"push", "pull_request", "pull_request_target", "merge_group"}, event)
	}
	switch on.Kind {
	case yaml.ScalarNode:
		return started(on.Value)
	case yaml.SequenceNode:
		return slices.ContainsFunc(on.Content, func(n *yaml.Node) bool { return started(n.Value) })
	}
	for event, how := range local.Pairs(on) {
		if event.Value != "push" && started(event.Value) || event.Value == "push" && onDefaultBranch(how) {
			return true
		}
	}
	return false
}

var defaultBranch = regexp.MustCompile(`^(main|master|trunk|production|release|default|\$default-branch|\*\*?)$`)

// onDefaultBranch reads the branch filter of a push; without one every branch counts, but
// a filter on tags alone leaves branches out.
func onDefaultBranch(how *yaml.Node) bool {
	tagsOnly := false
	for k, v := range local.Pairs(how) {
		switch k.Value {
		case "branches":
			return defaultBranch.MatchString(v.Value) || slices.ContainsFunc(v.Content, func(n *yaml.Node) bool { return defaultBranch.MatchString(n.Value) })
		case "tags":
			tagsOnly = true
		}
	}
	return !tagsOnly
}

var makeCall = regexp.MustCompile(`(?m)(?:^|[;&|]\s*|\s)make((?:\s+[A-Za-z0-9_.-]+)+)`)

// called returns what the steps call: recipes of the root's Makefile, scripts of the tree.
func called(tree *source.Tree, steps []step) (more []step) {
	recipes, scripts := readMakefile(tree), readScripts(tree)
	seen := map[string]bool{}
	for _, s := range steps {
		for _, m := range makeCall.FindAllStringSubmatch(s.Text, -1) {
			for _, target := range strings.Fields(m[1]) {
				more = append(more, step{s.Line, recipes[target], s.Soft})
			}
		}
		for _, m := range scriptCall.FindAllStringSubmatch(s.Text, -1) {
			if script := scripts[m[1]]; script != "" && !strings.HasPrefix(strings.TrimSpace(s.Text), "#") {
				more = append(more, step{s.Line, script, s.Soft})
			}
		}
		if hookCall.MatchString(s.Text) {
			more = append(more, hookSteps(tree, s)...)
		}
		for _, word := range strings.Fields(s.Text) {
			name := strings.TrimPrefix(strings.Trim(word, `"';`), "./")
			if !strings.Contains(name, "/") && !strings.HasSuffix(name, ".sh") || seen[name] || strings.HasPrefix(name, "/") {
				continue
			}
			seen[name] = true
			if f, ok := tree.Stat(name); ok && f.Mode&0o111 != 0 && f.Size < 64<<10 {
				if src, err := tree.Read(name, 64<<10); err == nil {
					more = append(more, step{s.Line, string(src), s.Soft})
				}
			}
		}
	}
	return more
}

var (
	scriptCall = regexp.MustCompile(`\b(?:npm|yarn|pnpm|bun)(?:\s+run)?\s+([\w:.-]+)`)
	hookCall   = regexp.MustCompile(`\bpre-commit\s+(run|ci)\b|pre-commit/action`)
)

// readScripts reads the scripts of every package.json by name; of two of one name, both.
func readScripts(tree *source.Tree) map[string]string {
	all := map[string]string{}
	for _, f := range tree.Find("package.json") {
		src, err := tree.Read(f.Path, local.MaxFile)
		var p struct{ Scripts map[string]string }
		if err != nil || json.Unmarshal(src, &p) != nil {
			continue
		}
		for name, script := range p.Scripts {
			all[name] += script + "\n"
		}
	}
	return all
}

// hookSteps are the hooks that a step runs by calling pre-commit.
func hookSteps(tree *source.Tree, s step) (more []step) {
	for _, name := range []string{".pre-commit-config.yaml", ".pre-commit-config.yml"} {
		src, err := tree.Read(name, local.MaxFile)
		if err != nil {
			continue
		}
		for _, hook := range parsePipeline(name, src).Steps {
			more = append(more, step{s.Line, hook.Text, s.Soft})
		}
	}
	return more
}

var ruleLine = regexp.MustCompile(`^([A-Za-z0-9_. -]+?)\s*:([^=]*)$`)

// readMakefile reads the recipes of the root's Makefile by target, those of the targets they
// depend on included.
func readMakefile(tree *source.Tree) map[string]string {
	src, err := tree.Read("Makefile", local.MaxFile)
	if err != nil {
		return nil
	}
	recipe, needs := map[string]string{}, map[string][]string{}
	var targets []string
	for _, line := range strings.Split(string(src), "\n") {
		if strings.HasPrefix(line, "\t") {
			for _, t := range targets {
				recipe[t] += strings.TrimLeft(line, "\t@-") + "\n"
			}
		} else if m := ruleLine.FindStringSubmatch(line); m != nil {
			targets = strings.Fields(m[1])
			for _, t := range targets {
				needs[t] = strings.Fields(m[2])
			}
		}
	}
	whole := map[string]string{}
	for t := range needs {
		whole[t] = recipe[t]
		for _, n := range needs[t] {
			whole[t] += recipe[n]
		}
	}
	return whole
}

var (
	separators  = regexp.MustCompile(`&&|\|\||[;|\n]`)
	preparation = regexp.MustCompile(`^\s*(#|echo\b|printf\b|(sudo\s+)?(apt(-get)?|apk|brew|yum|dnf)\b|pip3?\s+install\b|python3?\s+-m\s+pip\s+install\b|` +
		`uv\s+(pip\s+install|sync|add)\b|npm\s+(ci|install|i)\b|yarn\s+(add|install)\b|pnpm\s+(add|install)\b|go\s+install\b|cargo\s+install\b|gem\s+install\b)`)
	forgiving = regexp.MustCompile(`\|\|\s*(true|:|exit\s+0|echo)|--exit-zero\b|--exit-code[= ]0\b|--no-fail\b`)
)

// match tells whether a step runs what pattern describes, and whether its failure counts.
// What only prints or installs the tool does not run it.
func (s step) match(pattern *regexp.Regexp) (found, blocks bool) {
	for line := range strings.Lines(s.Text) {
		for _, command := range separators.Split(line, -1) {
			if preparation.MatchString(command) || !pattern.MatchString(command) {
				continue
			}
			found = true
			blocks = blocks || !s.Soft && !forgiving.MatchString(line)
		}
	}
	return found, blocks
}
