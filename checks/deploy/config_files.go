package deploy

import (
	"context"
	"crypto/sha256"
	"errors"
	"path"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type configFilesParams struct {
	Files checks.Strings `toml:"files" doc:"files, globs (config/*.yaml) or folders below the repository"`
}

var configFiles = checks.Define(checks.Kind{
	ID:       "deploy.config.files",
	Title:    "Configuration files exist and parse",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; parses the declared files (YAML, JSON, TOML, INI, XML, by extension)",
	Rule: "PASS: every declared file is there, has content and parses. WARN: in production, a value that still says change-me or TODO, " +
		"or localhost in a file named for production. FAIL: missing or empty; a syntax error; a key twice in YAML, JSON, TOML or INI; a " +
		"tab that indents YAML. Inconclusive: unreadable, larger than 1 MiB, or a format that is not known.",
	Fix:  "Parse every configuration file in the pipeline with the parser of the program that reads it.",
	Refs: []string{"12-factor III", "CWE-1188"},
}, func(ctx context.Context, p *checks.Probe, params configFilesParams) checks.Result {
	if len(params.Files) == 0 {
		return *local.Pending("not declared: which configuration files there are")
	}
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	parsed := 0
	for _, entry := range params.Files {
		names := expand(tree, entry)
		if len(names) == 0 {
			obs.Add(checks.Fail, entry, 0, "declared", "declared but not there")
		}
		for _, name := range names {
			parsed++
			src, err := tree.Read(name, local.MaxFile)
			if err != nil {
				obs.Add(checks.Inconclusive, name, 0, "read", "%v", err)
				continue
			}
			obs = append(obs, judgeConfig(name, src, p.Target.Environment == "production")...)
		}
	}
	return obs.Result(p, "configuration files", local.Count(parsed, "file")+" parsed: "+strings.Join(params.Files, ", "))
})

// expand finds what an entry names: one file, the files of a folder in a known format, or
// those that match a glob.
func expand(tree *source.Tree, entry string) (names []string) {
	entry = strings.TrimPrefix(path.Clean(entry), "./")
	if _, ok := tree.Stat(entry); ok {
		return []string{entry}
	}
	if strings.ContainsAny(entry, "*?[") {
		for _, f := range tree.Find(entry) {
			names = append(names, f.Path)
		}
		return names
	}
	for _, f := range tree.Files() {
		if _, known := parsers[path.Ext(f.Path)]; known && strings.HasPrefix(f.Path, entry+"/") {
			names = append(names, f.Path)
		}
	}
	return names
}

var (
	leftover = regexp.MustCompile(`(?i)(change[-_ ]?me|replace[-_ ]?me|\bTODO\b|\bFIXME\b|<your|your-[a-z-]+-here)`)
	loopback = regexp.MustCompile(`(?i)(^|[/@])(localhost|127\.0\.0\.1)($|[:/])`)
	forProd  = regexp.MustCompile(`(?i)prod`)
)

// judgeConfig applies the rule to one file.
func judgeConfig(name string, src []byte, production bool) local.Observations {
	obs := local.Observations{}
	if strings.TrimSpace(string(src)) == "" {
		obs.Add(checks.Fail, name, 0, "empty", "is empty")
		return obs
	}
	format, values, err := parseConfig(name, src)
	var bad *local.SyntaxError
	switch {
	case errors.Is(err, errFormat):
		obs.Add(checks.Inconclusive, name, 0, "format", "%v; known: yaml, json, toml, ini, cfg, properties, xml", err)
		return obs
	case errors.As(err, &bad):
		obs.Add(checks.Fail, name, bad.Line, format, "%s", bad.Say)
		return obs
	case err != nil:
		obs.Add(checks.Fail, name, 0, format, "%v", err)
		return obs
	}
	for _, v := range values {
		switch {
		case production && leftover.MatchString(v.Value):
			obs.Add(checks.Warn, name, v.Line, "leftover", "%s still holds a placeholder", v.Key)
		case forProd.MatchString(path.Base(name)) && loopback.MatchString(v.Value):
			obs.Add(checks.Warn, name, v.Line, "localhost", "%s points at this machine", v.Key)
		}
	}
	obs.Add(checks.Pass, name, 0, format, "parses as %s, %d values, sha256 %.12x", format, len(values), sha256.Sum256(src))
	return obs
}
