package deploy

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/secrets"
	"assess/gonogo/checks/source"
)

var errNoDockerfile = errors.New("no Dockerfile")

// dockerfile is a parsed Dockerfile.
type dockerfile struct {
	Path         string
	Instructions []instruction
}

// instruction is one instruction with its arguments, continuation lines joined.
type instruction struct {
	Line int
	Name string // upper case
	Args string
}

var (
	escapeLine = regexp.MustCompile("(?i)^#\\s*escape\\s*=\\s*(\\\\|`)")
	heredoc    = regexp.MustCompile(`<<-?["']?([A-Za-z_][A-Za-z0-9_]*)["']?`)
)

// parseDockerfile splits a Dockerfile into instructions: comments left out, continued
// lines joined, here-documents skipped.
func parseDockerfile(name string, src []byte) *dockerfile {
	d := &dockerfile{Path: name}
	escape, until := `\`, ""
	var current *instruction
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(strings.TrimSuffix(line, "\r"))
		if m := escapeLine.FindStringSubmatch(line); m != nil && len(d.Instructions) == 0 {
			escape = m[1]
		}
		if until != "" {
			if line == until {
				until = ""
			}
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		text, continued := strings.CutSuffix(line, escape)
		text = strings.TrimSpace(text)
		if current == nil {
			word, args, _ := strings.Cut(text, " ")
			d.Instructions = append(d.Instructions, instruction{i + 1, strings.ToUpper(word), strings.TrimSpace(args)})
			current = &d.Instructions[len(d.Instructions)-1]
		} else {
			current.Args += " " + text
		}
		if !continued {
			if m := heredoc.FindStringSubmatch(current.Args); m != nil && (current.Name == "RUN" || current.Name == "COPY" || current.Name == "ADD") {
				until = m[1]
			}
			current = nil
		}
	}
	return d
}

// last returns the last instruction of a name that holds in the final stage: its own, or
// one of the earlier stage that it is built on.
func (d *dockerfile) last(name string) (instruction, bool) {
	stage := ""
	for i, in := range slices.Backward(d.Instructions) {
		if in.Name != "FROM" {
			if in.Name == name && stage == "" {
				return in, true
			}
			continue
		}
		image, own := splitFrom(in.Args)
		if stage != "" && !strings.EqualFold(own, stage) {
			continue
		}
		// From here on only the stage that this one is built on counts.
		if found, ok := lastOf(d.Instructions[i:], name); ok && stage != "" {
			return found, true
		}
		stage = cmp.Or(image, "scratch")
	}
	return instruction{}, false
}

// lastOf is the last instruction of a name before the next FROM.
func lastOf(stage []instruction, name string) (found instruction, ok bool) {
	for _, in := range stage[1:] {
		if in.Name == "FROM" {
			break
		}
		if in.Name == name {
			found, ok = in, true
		}
	}
	return found, ok
}

var assignment = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)(?:=|\s+)("[^"]*"|'[^']*'|\S+)`)

// defaults are the values that ARG, and ENV too unless only those before the first FROM
// are asked for, give to names.
func (d *dockerfile) defaults(beforeFrom bool) map[string]string {
	values := map[string]string{}
	for _, in := range d.Instructions {
		if in.Name == "FROM" && beforeFrom {
			break
		}
		if in.Name == "ARG" || in.Name == "ENV" {
			for _, m := range assignment.FindAllStringSubmatch(in.Args, -1) {
				values[m[1]] = fill(strings.Trim(m[2], `"'`), values)
			}
		}
	}
	return values
}

var reference = regexp.MustCompile(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\})`)

// fill puts values and written defaults in the place of variables; one without either
// stays as it is.
func fill(s string, values map[string]string) string {
	return reference.ReplaceAllStringFunc(s, func(found string) string {
		m := reference.FindStringSubmatch(found)
		if v, ok := values[m[1]+m[2]]; ok {
			return v
		}
		if m[3] != "" {
			return m[3]
		}
		return found
	})
}

func (d *dockerfile) healthcheck() bool {
	in, ok := d.last("HEALTHCHECK")
	return ok && !strings.EqualFold(in.Args, "NONE")
}

// execForm returns the words of an instruction written as a JSON list; ok is false for the
// shell form.
func (in instruction) execForm() (words []string, ok bool) {
	return words, json.Unmarshal([]byte(in.Args), &words) == nil
}

type dockerfileParams struct {
	Files       checks.Strings `toml:"files" doc:"Dockerfiles; default: every Dockerfile of the repository"`
	Healthcheck bool           `toml:"healthcheck" doc:"a missing HEALTHCHECK is a warning, unless the compose file checks what is built from it or a cluster probes it; default false: noted only"`
}

var dockerfileBasics = checks.Define(checks.Kind{
	ID:       "deploy.dockerfile.basics",
	Title:    "Image pins its base, drops root and holds no secret",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the Dockerfiles",
	Rule: "PASS: a pinned base and a last USER that is not root. WARN: no USER or root; a base without tag or with latest (earlier " +
		"stages and scratch are exempt; the defaults of ARGs are filled in); a user or base that only a build argument names; ADD of a local file; with " +
		"healthcheck = true, no HEALTHCHECK here nor in the compose file, where no cluster manifest takes its place. " +
		"FAIL: declared but missing; no FROM; a secret in ENV or ARG. A missing HEALTHCHECK is otherwise noted only.",
	Fix:  "Pinned tag or digest, `USER app`, COPY for local files, secrets by `RUN --mount=type=secret`.",
	Refs: []string{"CIS Docker 4.1", "CIS Docker 4.6", "CIS Docker 4.9", "CIS Docker 4.10", "CWE-250"},
}, func(ctx context.Context, p *checks.Probe, params dockerfileParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	files := []string(params.Files)
	if len(files) == 0 {
		files = findDockerfiles(tree)
	}
	if len(files) == 0 {
		return *local.Pending("not declared: no Dockerfile in the repository; name it, or say why it does not apply")
	}
	obs := local.Observations{}
	checked := map[string]bool{}
	if params.Healthcheck {
		checked = checkedElsewhere(ctx, tree, files)
	}
	for _, f := range files {
		if len(absent(tree, []string{f})) > 0 {
			obs.Add(checks.Fail, f, 0, "declared", "declared but not there")
			continue
		}
		src, err := tree.Read(f, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, f, 0, "read", "%v", err)
			continue
		}
		obs = append(obs, judgeDockerfile(parseDockerfile(f, src), params.Healthcheck && !checked[f])...)
	}
	return obs.Result(p, "Dockerfile", strings.Join(files, ", ")+": base pinned, not root, no secret")
})

var secretArg = regexp.MustCompile(`(?:^|\s)([A-Za-z_][A-Za-z0-9_]*)[= ]("[^"]*"|'[^']*'|\S+)`)

// notReleased are files of tests, examples and work places: no release is made of them.
var notReleased = regexp.MustCompile(`(?i)(^|/)(testdata|fixtures?|__fixtures__|examples?|samples?|docs?|documentation|\.devcontainer)/|\.gitpod`)

// findDockerfiles lists the repository's Dockerfiles.
func findDockerfiles(tree *source.Tree) (files []string) {
	for _, f := range tree.Find("Dockerfile", "Dockerfile.*", "*.Dockerfile", "Containerfile") {
		if !strings.HasSuffix(f.Path, ".dockerignore") && !notReleased.MatchString(f.Path) {
			files = append(files, f.Path)
		}
	}
	return files
}

// checkedElsewhere tells which Dockerfiles need no HEALTHCHECK of their own: the compose
// file has one for every service built from it, or there are cluster manifests, whose
// probes take its place.
func checkedElsewhere(ctx context.Context, tree *source.Tree, files []string) map[string]bool {
	checked := map[string]bool{}
	if cluster := readCluster(tree); len(cluster.Workloads) > 0 {
		for _, f := range files {
			checked[f] = true
		}
		return checked
	}
	c, err := openCompose(ctx, tree, nil)
	if err != nil {
		return checked
	}
	without := map[string]bool{}
	for _, s := range c.Services {
		if !s.Build || s.Dockerfile == "" {
			continue
		}
		at := path.Join(s.Context, s.Dockerfile)
		checked[at] = true
		if s.Health == nil || s.Health.Disabled || len(s.Health.Test) == 0 || strings.EqualFold(s.Health.Test[0], "NONE") {
			without[at] = true
		}
	}
	for at := range without {
		delete(checked, at)
	}
	return checked
}

// judgeDockerfile applies the rule to one Dockerfile.
func judgeDockerfile(d *dockerfile, needsHealth bool) local.Observations {
	obs := local.Observations{}
	stages := map[string]bool{"scratch": true}
	froms := 0
	global := d.defaults(true)
	for _, in := range d.Instructions {
		switch in.Name {
		case "FROM":
			froms++
			image, stage := splitFrom(in.Args)
			if v, say := judgeBase(fill(image, global), stages); v != checks.Pass {
				obs.Add(v, d.Path, in.Line, "base", "%s", say)
			}
			stages[strings.ToLower(stage)] = true
		case "ADD":
			if words := strings.Fields(in.Args); !strings.Contains(in.Args, "://") && !strings.Contains(in.Args, "git@") && !isArchive(words) {
				obs.Add(checks.Warn, d.Path, in.Line, "add", "ADD of a local file; COPY does no more than it says")
			}
		case "ENV", "ARG":
			for _, m := range secretArg.FindAllStringSubmatch(in.Args, -1) {
				if isSecretName(m[1]) && !secrets.Placeholder(strings.Trim(m[2], `"'`)) && !strings.HasPrefix(m[2], "$") {
					obs.Add(checks.Fail, d.Path, in.Line, "secret", "%s %s holds a value that stays in the image", in.Name, m[1])
				}
			}
		}
	}
	if froms == 0 {
		obs.Add(checks.Fail, d.Path, 0, "from", "no FROM instruction")
		return obs
	}
	user, ok := d.last("USER")
	name, _, _ := strings.Cut(fill(user.Args, d.defaults(false)), ":")
	name = strings.Trim(name, `"' `)
	switch {
	case ok && strings.Contains(name, "$"):
		obs.Add(checks.Warn, d.Path, user.Line, "user", "which user it runs as is left to a build argument without a default")
	case !ok:
		obs.Add(checks.Warn, d.Path, 0, "user", "no USER: it runs as root, unless the base image says otherwise")
	case name == "root" || strings.Trim(name, "0") == "":
		obs.Add(checks.Warn, d.Path, user.Line, "user", "runs as root")
	default:
		obs.Add(checks.Pass, d.Path, user.Line, "user", "does not run as root")
	}
	switch {
	case d.healthcheck():
	case needsHealth:
		obs.Add(checks.Warn, d.Path, 0, "healthcheck", "no HEALTHCHECK, and no compose file that has one for it")
	default:
		obs.Add(checks.Pass, d.Path, 0, "healthcheck", "no HEALTHCHECK of its own (noted only)")
	}
	return obs
}

// splitFrom takes `--platform=x image:tag AS stage` apart.
func splitFrom(args string) (image, stage string) {
	var words []string
	for _, w := range strings.Fields(args) {
		if !strings.HasPrefix(w, "--") {
			words = append(words, w)
		}
	}
	if len(words) > 0 {
		image = words[0]
	}
	if len(words) > 2 && strings.EqualFold(words[1], "AS") {
		stage = words[2]
	}
	return image, stage
}

func judgeBase(image string, stages map[string]bool) (checks.Verdict, string) {
	switch {
	case stages[strings.ToLower(image)], strings.Contains(image, "@sha256:"):
		return checks.Pass, ""
	case strings.Contains(image, "$"):
		return checks.Warn, "base " + image + " is left to a build argument without a default"
	case floating(image):
		return checks.Warn, "base " + image + " is not pinned to a version"
	}
	return checks.Pass, ""
}

// floating tells images without a tag, or with one that moves.
func floating(image string) bool {
	name := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, ok := strings.Cut(name, ":")
	return !ok || slices.Contains([]string{"latest", "stable", "edge", "main", "master", "nightly", ""}, tag)
}

func isArchive(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.Contains(w, ".tar") || strings.HasSuffix(w, ".tgz") || strings.HasSuffix(w, ".txz")
	})
}
