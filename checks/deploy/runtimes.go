package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

var repoRuntimes = checks.Define(checks.Kind{
	ID:       "repo.runtimes",
	Title:    "Runtimes, frameworks and stores are supported versions",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends: "nothing; reads versions from Dockerfiles, compose files, cluster manifests, version files and dependency manifests, and compares them with a " +
		"table of end-of-life dates within the program",
	Rule: "PASS: every version that is named is of a supported release line. WARN: one ends within 90 days; the least version that a range allows has " +
		"ended; the table is older than a year. FAIL: a fixed version has ended. Inconclusive: a release line that the table does not know, an image " +
		"that names no version, or one without an announced end where the table is older than 180 days. Pending: nothing names a version. Products " +
		"that are not in the table are listed and not judged; what really runs may differ from what the files say.",
	Fix:  "Move to a release line that is supported for two years, and put the date of its end into the calendar.",
	Refs: []string{"ASVS 15.2.1", "CWE-1104"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	uses, unjudged := findUses(ctx, tree)
	if len(uses) == 0 {
		return *local.Pending("not declared: nothing in the repository names the version of a runtime, framework or store that is known here")
	}
	obs := judgeUses(supportDates(), uses, p.Now())
	for _, name := range unjudged {
		obs.Add(checks.NA, "", 0, "not in the table", "image %s is not judged", name)
	}
	return obs.Result(p, "versions", fmt.Sprintf("%s of %s supported, by the table of %s; %d images are not in it",
		local.Count(len(uses), "version"), strings.Join(titles(uses), ", "), supportDates().Dated, len(unjudged)))
})

// judgeUses applies the rule to all that was found.
func judgeUses(s support, uses []use, now time.Time) local.Observations {
	obs := local.Observations{}
	for _, u := range uses {
		v, say := judgeUse(s, u, now)
		obs.Add(v, u.Path, u.Line, u.Product, "%s", say)
	}
	if dated, err := time.Parse(time.DateOnly, s.Dated); err != nil || now.Sub(dated) > tableFresh {
		obs.Add(checks.Warn, "", 0, "table", "the table of end-of-life dates is of %s, more than a year old: look the dates up", s.Dated)
	}
	return obs
}

func titles(uses []use) (all []string) {
	for _, u := range uses {
		if p, ok := supportDates().find(u.Product); ok && !slices.Contains(all, p.Title) {
			all = append(all, p.Title)
		}
	}
	return all
}

// findUses collects versions from every place of the repository, and the images of which
// the table knows nothing.
func findUses(ctx context.Context, tree *source.Tree) (uses []use, unjudged []string) {
	image := func(name, file string, line int) {
		found := imageUses(name, file, line)
		if len(found) == 0 && name != "" && name != "scratch" && !slices.Contains(unjudged, name) {
			unjudged = append(unjudged, name)
		}
		uses = append(uses, found...)
	}
	built := map[string]bool{}
	for _, f := range findDockerfiles(tree) {
		if src, err := tree.Read(f, local.MaxFile); err == nil {
			for _, b := range parseDockerfile(f, src).bases() {
				image(b.Args, f, b.Line)
			}
		}
	}
	for _, f := range tree.Find("compose*.yaml", "compose*.yml", "docker-compose*.yaml", "docker-compose*.yml") {
		if notReleased.MatchString(f.Path) {
			continue
		}
		if c, err := loadCompose(ctx, tree, []string{f.Path}); err == nil {
			for _, s := range c.Services {
				if s.Build {
					built[s.Image] = true
				} else if !built[s.Image] {
					image(fill(s.Image, nil), f.Path, s.Line)
				}
			}
		}
	}
	for _, w := range readCluster(tree).Workloads {
		for _, c := range w.Containers {
			image(c.Image, w.Path, w.Line)
		}
	}
	for _, f := range tree.Files() {
		if notReleased.MatchString(f.Path) {
			continue
		}
		uses = append(uses, versionUses(tree, f.Path)...)
	}
	return dedupe(uses), unjudged
}

// dedupe keeps one use of a version in each file.
func dedupe(uses []use) (kept []use) {
	seen := map[use]bool{}
	for _, u := range uses {
		key := u
		key.Line = 0
		if !seen[key] {
			seen[key] = true
			kept = append(kept, u)
		}
	}
	return kept
}

// bases are the images of a Dockerfile that are not its own stages, variables filled in.
func (d *dockerfile) bases() (images []instruction) {
	stages := map[string]bool{}
	global := d.defaults(true)
	for _, in := range d.Instructions {
		if in.Name != "FROM" {
			continue
		}
		image, stage := splitFrom(in.Args)
		if image = fill(image, global); image != "" && !stages[strings.ToLower(image)] {
			images = append(images, instruction{in.Line, in.Name, image})
		}
		if stage != "" {
			stages[strings.ToLower(stage)] = true
		}
	}
	return images
}

// imageUses reads the product and base system that an image's name and tag tell.
func imageUses(image, file string, line int) (uses []use) {
	image, digest, _ := strings.Cut(image, "@")
	name, tag := image, ""
	if at := strings.LastIndexByte(image, ':'); at > strings.LastIndexByte(image, '/') {
		name, tag = image[:at], image[at+1:]
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/"), "library/")
	parts := strings.Split(tag, "-")
	for _, p := range supportDates().Products {
		if !slices.Contains(p.Images, name) {
			continue
		}
		version := parts[0]
		if name == "timescale/timescaledb" || name == "pgvector/pgvector" { // the store's own version is another
			version = ""
			for _, part := range strings.Split(tag, "-") {
				if v, ok := strings.CutPrefix(part, "pg"); ok {
					version = v
				}
			}
		}
		if tag == "" && digest != "" {
			version = ""
		}
		uses = append(uses, use{Product: p.ID, Version: version, Path: file, Line: line})
	}
	if len(uses) == 0 || uses[0].Product == "debian" || uses[0].Product == "ubuntu" || uses[0].Product == "alpine" {
		return uses
	}
	return append(uses, systemUses(parts[1:], file, line)...)
}

// systemUses reads the base system from the rest of a tag: bookworm, alpine3.20.
func systemUses(parts []string, file string, line int) (uses []use) {
	for _, part := range parts {
		if v, ok := strings.CutPrefix(part, "alpine"); ok && v != "" {
			uses = append(uses, use{Product: "alpine", Version: v, Path: file, Line: line})
		}
		for _, id := range []string{"debian", "ubuntu"} {
			if p, ok := supportDates().find(id); ok && p.Names[part] != "" {
				uses = append(uses, use{Product: id, Version: part, Path: file, Line: line})
			}
		}
	}
	return uses
}
