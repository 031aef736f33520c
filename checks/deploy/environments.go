package deploy

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

var environments = checks.Define(checks.Kind{
	ID:       "deploy.environments",
	Title:    "Development, test and production have settings of their own",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads files named for an environment: .env.production, settings/dev.py, application-test.yml, compose.staging.yaml, values-prod.yaml, …",
	Rule: "Per set of files that differ in the environment's name only. PASS: production and at least one other have a file each, and no secret or " +
		"store address of production is another's too. WARN: such a value is the same in both; a name that production lacks although others have it, " +
		"in files that stand alone (.env.*); production has no file though others do, or the other way round. Inconclusive: a file that does not parse. " +
		"Pending: no file is named for an environment; settings may come from outside. Values are compared and never shown.",
	Fix:  "One file or store for each environment with the same names; production's secrets exist in production only.",
	Refs: []string{"12-factor X", "12-factor III"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	families, unread := readFamilies(tree)
	obs := append(unread, judgeFamilies(families)...)
	if len(obs) == 0 {
		return *local.Pending("not declared: no file of the repository is named for an environment; say how the settings differ")
	}
	return obs.Result(p, "settings by environment", local.Count(len(families), "set")+" of settings, by environment")
})

// family is a set of settings files that differ only in the environment they are for.
type family struct {
	Name  string // the path with * in the environment's place
	Alone bool   // each file stands alone, so that all should have the same names
	Files map[string]settings
}

// settings are the values of one environment's file by name.
type settings struct {
	Path   string
	Values map[string]string
}

// environmentWords are the words that name an environment, by the environment.
var environmentWords = map[string]string{
	"dev": "development", "develop": "development", "development": "development", "local": "development",
	"test": "test", "tests": "test", "testing": "test", "ci": "test",
	"stage": "staging", "staging": "staging", "uat": "staging", "preprod": "staging",
	"prod": "production", "production": "production", "live": "production",
}

// environmentFile recognises files that hold settings, whose names an environment may be part of.
var environmentFile = regexp.MustCompile(`(?i)(^|/)(\.env\.[^/]+|[^/]*\.env|(application|appsettings|settings|config|values|compose|docker-compose|environment|database|logging)[-._][^/]+` +
	`\.(ya?ml|json|toml|ini|properties|py|ts|js|rb)|(config|configs|settings|environments|conf|env|envs)/([^/]+/)*[^/]+\.(ya?ml|json|toml|ini|properties|env|py|rb|js|ts))$`)

// notSettings are folders whose files are code or other tools' own.
var notSettings = regexp.MustCompile(`(?i)(^|/)(tests?|testdata|fixtures?|spec|__tests__|docs?|examples?|\.github|node_modules|src/test)/`)

// placeOf splits a settings file's path at the environment that it names.
func placeOf(name string) (family, environment string, ok bool) {
	if !environmentFile.MatchString(name) && !slices.Contains(composeNames, path.Base(name)) || notSettings.MatchString(name) {
		return "", "", false
	}
	dir, base := path.Split(name)
	if slices.Contains(composeNames, base) { // what compose takes when nothing is said
		ext := path.Ext(base)
		return dir + strings.TrimSuffix(base, ext) + ".*" + ext, "development", true
	}
	parts := regexp.MustCompile(`[-._]`).FindAllStringIndex(base, -1)
	at := 0
	for _, p := range append(parts, []int{len(base), len(base)}) {
		if environment, known := environmentWords[strings.ToLower(base[at:p[0]])]; known {
			return dir + base[:at] + "*" + base[p[0]:], environment, true
		}
		at = p[1]
	}
	return "", "", false
}

// readFamilies finds the sets; observations tell of files that can't be read.
func readFamilies(tree *source.Tree) (families []family, unread local.Observations) {
	byName := map[string]int{}
	for _, f := range tree.Files() {
		name, environment, ok := placeOf(f.Path)
		if !ok {
			continue
		}
		i, known := byName[name]
		if !known {
			i = len(families)
			byName[name] = i
			families = append(families, family{Name: name, Alone: strings.Contains(path.Base(name), ".env"), Files: map[string]settings{}})
		}
		values, err := readSettings(tree, f.Path)
		if err != nil {
			unread.Add(checks.Inconclusive, f.Path, 0, "read", "can't be read: %v", err)
			continue
		}
		families[i].Files[environment] = settings{f.Path, values}
	}
	families = slices.DeleteFunc(families, func(f family) bool { return len(f.Files) == 0 })
	return families, unread
}

var (
	codeSetting = regexp.MustCompile(`(?m)^\s*(?:export\s+|config\.)?([A-Za-z_][A-Za-z0-9_.]*)\s*[:=]\s*(?:["']([^"'\n]*)["'])?`)
	storeName   = regexp.MustCompile(`(?i)(database|^db_|_db_|db_(url|host|dsn)|redis|broker|amqp|mongo|dsn$|cache_url|smtp)`)
)

// readSettings reads names and values by the file's format.
func readSettings(tree *source.Tree, name string) (map[string]string, error) {
	src, err := tree.Read(name, local.MaxFile)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	switch ext := path.Ext(name); {
	case strings.Contains(path.Base(name), ".env"):
		values, _, err = source.ParseEnv(src)
		return values, err
	case slices.Contains([]string{".py", ".rb", ".ts", ".js"}, ext):
		for _, m := range codeSetting.FindAllStringSubmatch(string(src), -1) {
			values[m[1]] = m[2]
		}
		return values, nil
	}
	_, scalars, err := parseConfig(name, src)
	for _, s := range scalars {
		values[s.Key] = s.Value
	}
	return values, err
}

// judgeFamilies applies the rule to all sets.
func judgeFamilies(families []family) local.Observations {
	obs := local.Observations{}
	for _, f := range families {
		production, ok := f.Files["production"]
		var others []string
		for _, environment := range sortedKeys(f.Files) {
			if environment != "production" {
				others = append(others, environment)
			}
		}
		switch {
		case !ok && strings.Contains(f.Name, "compose.*"):
			continue // a compose file alone is for every environment
		case !ok:
			obs.Add(checks.Warn, f.Name, 0, "production", "settings for %s, none for production", strings.Join(others, ", "))
			continue
		case len(others) == 0:
			obs.Add(checks.Warn, f.Name, 0, "others", "settings for production only")
			continue
		}
		before := len(obs)
		for _, environment := range others {
			judgePair(&obs, f, production, f.Files[environment], environment)
		}
		if len(obs) == before {
			obs.Add(checks.Pass, f.Name, 0, "separate", "production and %s have a file each, %d names", strings.Join(others, ", "), len(production.Values))
		}
	}
	// One set that is complete shows that the environments are kept apart; sets that only one
	// environment has are then no warning.
	if slices.ContainsFunc(obs, func(o local.Observation) bool { return o.Rule != "production" && o.Rule != "others" }) {
		for i := range obs {
			if obs[i].Rule == "production" || obs[i].Rule == "others" {
				obs[i].Verdict = checks.Pass
			}
		}
	}
	return obs
}

// judgePair compares production's settings with another environment's.
func judgePair(obs *local.Observations, f family, production, other settings, environment string) {
	var same, missing []string
	for _, name := range sortedKeys(other.Values) {
		value, ok := production.Values[name]
		switch {
		case !ok && f.Alone:
			missing = append(missing, name)
		case ok && value == other.Values[name] && isPrivate(name, value):
			same = append(same, name)
		}
	}
	if len(same) > 0 {
		obs.Add(checks.Warn, production.Path, 0, "same", "has the same value as %s: %s", environment, strings.Join(firstFew(same, 5), ", "))
	}
	if len(missing) > 0 {
		obs.Add(checks.Warn, production.Path, 0, "missing", "lacks %s that %s has: %s",
			local.Count(len(missing), "name"), environment, strings.Join(firstFew(missing, 5), ", "))
	}
}

// isPrivate tells values that each environment should have for itself: secrets, and
// addresses of stores.
func isPrivate(name, value string) bool {
	value = strings.TrimSpace(value)
	if len(value) < 4 || strings.Contains(value, "${") || strings.Contains(value, "{{") || isOrdinary(value) {
		return false
	}
	if isSecretName(name) {
		return !isPlaceholder(name, value)
	}
	u, err := url.Parse(value)
	hasHost := err == nil && u.Host != ""
	store := hasHost && u.Scheme != "http" && u.Scheme != "https" && !strings.HasPrefix(value, fmt.Sprintf("%s://%s", u.Scheme, "localhost"))
	return store || storeName.MatchString(name) && (hasHost || strings.Contains(value, "."))
}
