package deploy

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type composeValidParams struct {
	Files   checks.Strings `toml:"files" doc:"compose files, each merged on the one before; default: the file compose itself would take"`
	Require checks.Strings `toml:"require" doc:"parts that must be declared and used: networks, secrets; default none"`
}

var composeValid = checks.Define(checks.Kind{
	ID:       "deploy.compose.valid",
	Title:    "Compose file loads",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends:    "nothing; loads the compose file with the compose project's own loader and schema, variables left as they are",
	Rule: "PASS: it loads. WARN: the obsolete version key; a variable with neither default nor :? message that no env file sets; " +
		"an optional env_file that is absent. FAIL: unreadable YAML, duplicate keys, a schema error, a service without image or build, " +
		"depends_on in a circle or on an unknown service, a required env_file that is absent, a required part that is missing. " +
		"Inconclusive: it extends or includes a file that can't be read or loaded.",
	Fix:  "Run `docker compose config -q` in the pipeline.",
	Refs: []string{"Compose specification", "CWE-1188"},
}, func(ctx context.Context, p *checks.Probe, params composeValidParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	if missing := absent(tree, params.Files); len(missing) > 0 {
		obs := local.Observations{}
		for _, f := range missing {
			obs.Add(checks.Fail, f, 0, "declared", "declared but not there")
		}
		return obs.Result(p, "compose file", "")
	}
	c, err := openCompose(ctx, tree, params.Files)
	if bad := (invalid{}); errors.As(err, &bad) {
		obs := local.Observations{}
		obs.Add(checks.Fail, strings.Join(params.Files, ", "), 0, "load", "%v", err)
		return obs.Result(p, "compose file", "")
	}
	if err != nil {
		_, _, r := withCompose(ctx, p, params.Files)
		return *r
	}
	known := map[string]bool{}
	if len(p.Target.EnvFiles) > 0 {
		if env, err := p.EnvFiles(ctx); err == nil {
			for _, f := range env.Files {
				for name := range f.Values {
					known[name] = true
				}
			}
		}
	}
	obs := judgeCompose(c, params.Require, known, func(name string) bool { _, ok := tree.Stat(name); return ok })
	ok := c.Path + " loads: " + local.Count(len(c.Services), "service")
	if c.Overlay != "" {
		ok += ", as an overlay of " + c.Overlay
	}
	return obs.Result(p, "compose file", ok)
})

func absent(tree *source.Tree, files []string) (missing []string) {
	for _, f := range files {
		if _, ok := tree.Stat(f); !ok {
			missing = append(missing, f)
		}
	}
	return missing
}

// judgeCompose applies the rule to a file that loaded. known are the names the env files
// set; there tells whether a file is in the repository.
func judgeCompose(c *composeFile, require []string, known map[string]bool, there func(string) bool) local.Observations {
	obs := local.Observations{}
	obs.Add(checks.Pass, c.Path, 0, "schema", "meets the compose schema")
	if c.Version {
		obs.Add(checks.Warn, c.Path, 0, "version", "the version key is obsolete and ignored")
	}
	for _, missed := range c.Missed {
		obs.Add(checks.Inconclusive, c.Path, 0, "include", "an included file can't be judged: %s", missed)
	}
	if len(c.Services) == 0 && len(c.Missed) == 0 {
		obs.Add(checks.Fail, c.Path, 0, "services", "no service")
	}
	var unset []string
	for _, name := range c.Unset {
		if !known[name] {
			unset = append(unset, name)
		}
	}
	if len(unset) > 0 {
		obs.Add(checks.Warn, c.Path, 0, "variables", "no default and not in the env files: %s", strings.Join(unset, ", "))
	}
	for _, s := range c.Services {
		if !s.runnable() {
			obs.Add(checks.Fail, c.Path, s.Line, "image", "service %s has neither image nor build", s.Name)
		}
		for _, on := range slices.Sorted(maps.Keys(s.Depends)) {
			if _, ok := c.service(on); !ok && len(c.Missed) == 0 {
				obs.Add(checks.Fail, c.Path, s.Line, "depends_on", "service %s depends on %s, which is not there", s.Name, on)
			}
		}
		for _, f := range s.EnvFiles {
			if strings.Contains(f.Path, "$") || path.IsAbs(f.Path) || there(path.Join(path.Dir(c.Path), f.Path)) {
				continue
			}
			v := checks.Warn
			if f.Required {
				v = checks.Fail
			}
			obs.Add(v, c.Path, s.Line, "env_file", "service %s: env_file %s is not there", s.Name, f.Path)
		}
	}
	if circle := dependencyCircle(c); circle != "" {
		obs.Add(checks.Fail, c.Path, 0, "depends_on", "services wait for each other: %s", circle)
	}
	for _, part := range require {
		has, known := c.has(part)
		switch {
		case !known:
			obs.Add(checks.Inconclusive, c.Path, 0, "require", "the profile asks for an unknown part %q; known: networks, secrets", part)
		case !has:
			obs.Add(checks.Fail, c.Path, 0, "require", "declares no %s that a service uses", part)
		}
	}
	return obs
}

// has tells whether a part is declared and a service uses it, and whether the part is known.
func (c *composeFile) has(part string) (has, known bool) {
	for _, s := range c.Services {
		switch part {
		case "networks":
			has = has || overlap(s.Networks, c.Networks)
		case "secrets":
			has = has || overlap(s.Secrets, slices.Collect(maps.Keys(c.Secrets)))
		}
	}
	return has, part == "networks" || part == "secrets"
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// dependencyCircle returns "a → b → a" for services that depend on each other, else "".
func dependencyCircle(c *composeFile) string {
	done := map[string]bool{}
	var walk func(name string, above []string) string
	walk = func(name string, above []string) string {
		if i := slices.Index(above, name); i >= 0 {
			return strings.Join(append(above[i:], name), " → ")
		}
		if done[name] {
			return ""
		}
		s, _ := c.service(name)
		for _, on := range slices.Sorted(maps.Keys(s.Depends)) {
			if circle := walk(on, append(above, name)); circle != "" {
				return circle
			}
		}
		done[name] = true
		return ""
	}
	for _, s := range c.Services {
		if circle := walk(s.Name, nil); circle != "" {
			return circle
		}
	}
	return ""
}
