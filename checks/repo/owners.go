package repo

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// ownersPlaces are where GitHub, GitLab and Gitea look for CODEOWNERS; the first counts.
var ownersPlaces = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS"}

// contactPlaces name people or teams without saying of which files.
var contactPlaces = []string{"/MAINTAINERS*", "/OWNERS", "/catalog-info.yaml", "/catalog-info.yml", "/.github/MAINTAINERS*", "/docs/MAINTAINERS*"}

var repoOwners = checks.Define(checks.Kind{
	ID:       "repo.owners",
	Title:    "Owners are recorded",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads CODEOWNERS, MAINTAINERS, OWNERS or catalog-info.yaml",
	Rule: "PASS: CODEOWNERS has owners for everything, by a pattern such as *, or for every folder at the top; or MAINTAINERS, OWNERS or catalog-info.yaml names " +
		"somebody by @name, mail address or team. WARN: a folder without owner; an owner that is none, or a placeholder; a line that forges skip. FAIL: a file that names nobody. " +
		"Pending: none of these files; owners may be recorded elsewhere. Whether they answer can't be seen.",
	Fix:  "```\n# .github/CODEOWNERS\n*        @acme/payments\n/deploy/ @acme/platform\n```",
	Refs: []string{"SRE 27"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	for _, name := range ownersPlaces {
		if _, ok := tree.Stat(name); !ok {
			continue
		}
		src, err := tree.Read(name, local.MaxFile)
		if err != nil {
			return local.Unclear(p, name, err.Error())
		}
		return judgeOwners(name, readOwners(string(src)), topFolders(tree)).Result(p, name, name+" has owners for everything")
	}
	obs := local.Observations{}
	for _, f := range tree.Find(contactPlaces...) {
		src, err := tree.Read(f.Path, local.MaxFile)
		switch {
		case err != nil:
			obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
		case namesSomebody(f.Path, string(src)):
			obs.Add(checks.Pass, f.Path, 0, "contact", "names who maintains it")
		default:
			obs.Add(checks.Fail, f.Path, 0, "contact", "names nobody by @name, mail address or team")
		}
	}
	if len(obs) == 0 {
		return *local.Pending("not declared: no CODEOWNERS, MAINTAINERS, OWNERS or catalog-info.yaml; say where the owners are recorded")
	}
	return obs.Result(p, "owners", obs[0].Path+" names who maintains it")
})

// ownerLine is one rule of a CODEOWNERS file.
type ownerLine struct {
	Line    int
	Pattern string
	Owners  []string
}

var (
	section     = regexp.MustCompile(`^\^?\[[^\]]+\](\[\d+\])?\s*(.*)$`)
	ownerName   = regexp.MustCompile(`^(@[A-Za-z0-9][\w.-]*(/[\w./-]+)?|@@[a-z]+|[^@\s]+@[^@\s]+\.[^@\s]+)$`)
	placeholder = regexp.MustCompile(`(?i)^@?(your|my|example|org|owner|team|username|user|todo|tbd|change)([-_]?(org|team|name|user|company|me))?(/.*)?$|@example\.(com|org|net)$`)
	contact     = regexp.MustCompile(`(^|[\s(<"'\[,:])(@[A-Za-z0-9][\w.-]+(/[\w.-]+)?|[\w.+-]+@[\w-]+\.[\w.-]+)`)
)

// readOwners reads CODEOWNERS: comments and blank lines left out, sections of GitLab with
// their default owners.
func readOwners(src string) (lines []ownerLine) {
	n := 0
	var usual []string
	for line := range strings.Lines(src) {
		n++
		if at := strings.Index(line, " #"); at >= 0 {
			line = line[:at]
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if m := section.FindStringSubmatch(line); m != nil {
			usual = strings.Fields(m[2])
			continue
		}
		fields := strings.Fields(strings.ReplaceAll(line, `\ `, "\x00"))
		l := ownerLine{n, strings.ReplaceAll(fields[0], "\x00", " "), fields[1:]}
		if len(l.Owners) == 0 {
			l.Owners = usual
		}
		lines = append(lines, l)
	}
	return lines
}

// topFolders are the folders at the root, and . for files there.
func topFolders(tree *source.Tree) (folders []string) {
	for _, f := range tree.Files() {
		top, _, deep := strings.Cut(f.Path, "/")
		if deep && !strings.HasPrefix(top, ".") && !slices.Contains(folders, top) {
			folders = append(folders, top)
		}
	}
	return folders
}

// judgeOwners applies the rule to a CODEOWNERS file.
func judgeOwners(name string, lines []ownerLine, folders []string) local.Observations {
	obs := local.Observations{}
	owned := map[string]bool{}
	everything := false
	for _, l := range lines {
		real := 0
		for _, o := range l.Owners {
			switch {
			case !ownerName.MatchString(o):
				obs.Add(checks.Warn, name, l.Line, "owner", "%q is no @name, team or mail address", o)
			case placeholder.MatchString(o):
				obs.Add(checks.Warn, name, l.Line, "placeholder", "%s is a placeholder", o)
			default:
				real++
			}
		}
		// The last line that matches decides, so a later one without owners takes them away.
		covers, all := coverage(l.Pattern, folders)
		for _, folder := range covers {
			owned[folder] = real > 0
		}
		if all {
			everything = real > 0
		}
	}
	var bare []string
	for _, folder := range folders {
		if !owned[folder] {
			bare = append(bare, folder)
		}
	}
	switch {
	case len(lines) == 0:
		obs.Add(checks.Fail, name, 0, "empty", "names no owner")
	case !slices.ContainsFunc(lines, func(l ownerLine) bool { return len(l.Owners) > 0 }):
		obs.Add(checks.Fail, name, 0, "empty", "names no owner")
	case len(bare) > 0:
		obs.Add(checks.Warn, name, 0, "coverage", "no owner for %s", strings.Join(few(bare), ", "))
	case !everything:
		obs.Add(checks.Pass, name, 0, "coverage", "has owners for every folder at the top")
	default:
		obs.Add(checks.Pass, name, 0, "coverage", "has owners for everything")
	}
	return obs
}

// coverage tells which folders at the top a pattern owns wholly, and whether it owns all.
func coverage(pattern string, folders []string) (owned []string, all bool) {
	if slices.Contains([]string{"*", "/**", "**", "/", "**/*", "/**/*", "/*"}, pattern) && pattern != "/*" {
		return folders, true
	}
	bare := strings.TrimPrefix(pattern, "/")
	for _, end := range []string{"/**/*", "/**", "/*", "/"} {
		if rest, ok := strings.CutSuffix(bare, end); ok && end != "/*" {
			bare = rest
			break
		}
	}
	for _, folder := range folders {
		if ok, _ := path.Match(bare, folder); ok && bare != "" {
			owned = append(owned, folder)
		}
	}
	return owned, false
}

func few(s []string) []string {
	if len(s) > 5 {
		return append(slices.Clone(s[:5]), "…")
	}
	return s
}

// namesSomebody tells whether a file names a person or team.
func namesSomebody(name, src string) bool {
	if base := path.Base(name); base == "OWNERS" || strings.HasPrefix(base, "catalog-info") {
		return namesInYAML(src)
	}
	for _, m := range contact.FindAllStringSubmatch(src, -1) {
		if !placeholder.MatchString(m[2]) {
			return true
		}
	}
	return false
}

// namesInYAML looks for approvers and reviewers of an OWNERS file, or the owner of a
// catalogue entry.
func namesInYAML(src string) bool {
	docs, err := local.YAML([]byte(src))
	if err != nil {
		return false
	}
	for _, doc := range docs {
		for key, value := range local.Pairs(doc) {
			if (key.Value == "approvers" || key.Value == "reviewers") && len(value.Content) > 0 {
				return true
			}
			for inner, owner := range local.Pairs(value) {
				if key.Value == "spec" && inner.Value == "owner" && owner.Value != "" && !placeholder.MatchString(owner.Value) {
					return true
				}
			}
		}
	}
	return false
}
