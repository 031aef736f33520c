package deploy

import (
	"context"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type debugOffParams struct {
	Files checks.Strings `toml:"files" doc:"compose files whose commands are looked at; default: those named for production, else the one compose would take"`
}

var debugOff = checks.Define(checks.Kind{
	ID:       "deploy.debug_off",
	Title:    "Debug and development modes are off",
	Class:    checks.Local,
	Severity: checks.High,
	Sends:    "nothing; reads the declared env files, the compose file, its Dockerfiles and the code",
	Rule: "PASS: a debug switch is off or a framework's mode is production, and no container starts a development server; of a repository without " +
		"compose file the Dockerfiles are read. WARN: nothing says so; a switch is left to a variable without a default. FAIL: DEBUG, FLASK_DEBUG, APP_DEBUG or a like switch is on; NODE_ENV or a like mode is not production; a container " +
		"starts with --reload, runserver, flask run, vite dev or the like; the code makes the application with debug=True. WARN also: DEBUG = True in a settings file.",
	Fix:  "A production profile with debug off and a server command without reload.",
	Refs: []string{"CWE-489", "ASVS 13.4.2", "ASVS 15.2.3"},
}, func(ctx context.Context, p *checks.Probe, params debugOffParams) checks.Result {
	if len(p.Target.EnvFiles) == 0 && p.Target.Repository == "" {
		return *local.Pending("not declared: neither env_files nor repository")
	}
	obs := local.Observations{}
	if len(p.Target.EnvFiles) > 0 {
		env, none := local.EnvFiles(ctx, p)
		if none != nil {
			return *none
		}
		for _, f := range env.Files {
			obs = append(obs, judgeDebug(f.Path, f.Values, f.Lines)...)
		}
	}
	if p.Target.Repository != "" {
		tree, none := local.Repository(ctx, p)
		if none != nil {
			return *none
		}
		set := map[string]string{}
		if len(p.Target.EnvFiles) > 0 {
			if env, err := p.EnvFiles(ctx); err == nil {
				for _, f := range env.Files {
					maps.Copy(set, f.Values)
				}
			}
		}
		obs = append(obs, debugInContainers(ctx, tree, params.Files, set)...)
		obs = append(obs, debugInCode(tree)...)
	}
	if obs.Verdict() == checks.Pending {
		obs.Add(checks.Warn, "", 0, "unset", "nothing says whether debug mode is on")
	}
	return obs.Result(p, "debug mode", "debug mode is off")
})

var (
	debugSwitch = regexp.MustCompile(`(?i)^([A-Z0-9]+_)*DEBUG(_MODE)?$`)
	modeNames   = map[string]string{
		"NODE_ENV": "production", "FLASK_ENV": "production", "RAILS_ENV": "production", "RACK_ENV": "production",
		"GIN_MODE": "release", "ASPNETCORE_ENVIRONMENT": "production", "DOTNET_ENVIRONMENT": "production",
		"MIX_ENV": "prod", "SYMFONY_ENV": "prod",
	}
	truthy = regexp.MustCompile(`(?i)^(1|true|yes|on|y|t|\*|.*:\*)$`)
	falsy  = regexp.MustCompile(`(?i)^(0|false|no|off|n|f)$`)
)

// judgeDebug looks at the switches and modes among variables.
func judgeDebug(file string, values map[string]string, lines map[string]int) local.Observations {
	obs := local.Observations{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := strings.TrimSpace(values[name])
		production, isMode := modeNames[strings.ToUpper(name)]
		switch {
		case isEmpty(value):
		case strings.Contains(value, "$"):
			if isMode || debugSwitch.MatchString(name) {
				obs.Add(checks.Warn, file, lines[name], "variable", "%s is left to a variable that nothing seen here sets", name)
			}
		case isMode && strings.EqualFold(value, production):
			obs.Add(checks.Pass, file, lines[name], "mode", "%s says production", name)
		case isMode:
			obs.Add(checks.Fail, file, lines[name], "mode", "%s does not say %s", name, production)
		case debugSwitch.MatchString(name) && truthy.MatchString(value):
			obs.Add(checks.Fail, file, lines[name], "switch", "%s is on", name)
		case debugSwitch.MatchString(name) && falsy.MatchString(value):
			obs.Add(checks.Pass, file, lines[name], "switch", "%s is off", name)
		}
	}
	return obs
}

var devServer = regexp.MustCompile(`(?i)(--reload\b|\brunserver\b|\bflask( --\S+)* run\b|\bvite( dev)?$|\bvite dev\b|\bnext dev\b|\bnuxt dev\b|\bnodemon\b|` +
	`\b(npm|yarn|pnpm)( run)? (dev|start:dev|serve)\b|\bng serve\b|\brails s(erver)?\b.*development|\bfastapi dev\b|\bair\b$|\bphp artisan serve\b|` +
	`\bwebpack(-dev-server| serve)\b|\breact-scripts start\b|\bvue-cli-service serve\b|\bspring-boot:run\b|\bbootRun\b|\bdotnet watch\b|\bcargo watch\b|\bhttp\.server\b)`)

// debugInContainers looks at what containers are started with, in the files for production.
// set are the variables of the env files, which compose fills in.
func debugInContainers(ctx context.Context, tree *source.Tree, files []string, set map[string]string) local.Observations {
	obs := local.Observations{}
	if len(files) == 0 {
		files = productionCompose(tree)
	}
	c, err := openCompose(ctx, tree, files)
	if err != nil {
		if len(files) > 0 {
			obs.Add(checks.Inconclusive, strings.Join(files, ", "), 0, "load", "%v", err)
			return obs
		}
		return debugInImages(tree)
	}
	for _, s := range c.Services {
		words := strings.Join(slices.Concat(s.Entrypoint.Words, s.Command.Words), " ")
		if file, err := readDockerfile(tree, s); err == nil {
			words += file.starts(!s.Entrypoint.Given, !s.Command.Given && !s.Entrypoint.Given)
			obs = append(obs, file.debug(s.Env)...)
		}
		if m := devServer.FindString(strings.TrimSpace(words)); m != "" {
			obs.Add(checks.Fail, c.Path, s.Line, "server", "%s starts a development server (%s)", s.Name, strings.TrimSpace(m))
		}
		own := map[string]string{}
		for name, value := range s.Env {
			own[name] = fill(value, set)
		}
		obs = append(obs, judgeDebug(c.Path, own, map[string]int{})...)
	}
	return obs
}

// debugInImages looks at the Dockerfiles of a repository without a compose file, but for
// those that are named for development.
func debugInImages(tree *source.Tree) local.Observations {
	obs := local.Observations{}
	for _, name := range findDockerfiles(tree) {
		if forDevelopment.MatchString(name) {
			continue
		}
		src, err := tree.Read(name, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, name, 0, "read", "%v", err)
			continue
		}
		d := parseDockerfile(name, src)
		if m := devServer.FindString(strings.TrimSpace(d.starts(true, true))); m != "" {
			obs.Add(checks.Fail, name, 0, "server", "starts a development server (%s)", strings.TrimSpace(m))
		}
		obs = append(obs, d.debug(nil)...)
	}
	return obs
}

var forDevelopment = regexp.MustCompile(`(?i)(^|[/._-])(dev|devel|development|test|local)([/._-]|$)|\.devcontainer`)

// starts are the words that an image's first process is made of.
func (d *dockerfile) starts(entry, command bool) (words string) {
	plain := strings.NewReplacer("[", " ", "]", " ", ",", " ")
	for _, part := range []struct {
		name string
		take bool
	}{{"ENTRYPOINT", entry}, {"CMD", command}} {
		if in, ok := d.last(part.name); ok && part.take {
			words += " " + strings.Join(splitWords(plain.Replace(in.Args)), " ")
		}
	}
	return words
}

// debug looks at the variables of the final stage that over does not set anew.
func (d *dockerfile) debug(over map[string]string) local.Observations {
	values := map[string]string{}
	for _, in := range slices.Backward(d.Instructions) {
		if in.Name == "FROM" {
			break
		}
		if in.Name != "ENV" {
			continue
		}
		for _, m := range assignment.FindAllStringSubmatch(in.Args, -1) {
			if _, later := values[m[1]]; later {
				continue
			}
			if _, set := over[m[1]]; !set {
				values[m[1]] = strings.Trim(m[2], `"'`)
			}
		}
	}
	return judgeDebug(d.Path, values, map[string]int{})
}

// productionCompose is the file named for production, else the one compose would take.
func productionCompose(tree *source.Tree) []string {
	var base string
	for _, name := range composeNames {
		if _, ok := tree.Stat(name); ok {
			base = name
			break
		}
	}
	for _, f := range tree.Find("compose.*.yaml", "compose.*.yml", "docker-compose.*.yaml", "docker-compose.*.yml") {
		if path.Dir(f.Path) == "." && forProd.MatchString(f.Path) {
			return []string{f.Path}
		}
	}
	if base == "" {
		return nil
	}
	return []string{base}
}
