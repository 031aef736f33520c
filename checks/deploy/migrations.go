package deploy

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	history "assess/gonogo/checks/migrations"
	"assess/gonogo/checks/source"
)

type migrationsParams struct {
	Files checks.Strings `toml:"files" doc:"globs of the migration files; default: the usual places of Alembic, Django, Flyway, golang-migrate, Rails, Prisma, Knex and Liquibase"`
}

var migrations = checks.Define(checks.Kind{
	ID:       "deploy.migrations",
	Title:    "Schema changes go through migrations",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the migration files",
	Rule: "PASS: a migration tool with at least one migration; Alembic's have exactly one head. WARN: database models, but no migrations. " +
		"FAIL: Alembic revisions with several heads, the same revision twice, or one that follows an unknown revision; a declared place " +
		"without migrations. na: neither migrations nor models.",
	Fix:  "A linear history: merge heads before the release (`alembic merge heads`).",
	Refs: []string{"CWE-1188"},
}, func(ctx context.Context, p *checks.Probe, params migrationsParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	tool, files := history.Find(tree, params.Files)
	if tool == history.Alembic && len(params.Files) == 0 && !isAlembic(tree, files) {
		tool, files = "", nil
	}
	obs := local.Observations{}
	switch {
	case tool == history.Alembic:
		revisions, unread := history.Revisions(tree, files)
		for _, u := range unread {
			obs.Add(checks.Inconclusive, u.Path, 0, "read", "%v", u.Err)
		}
		obs = append(obs, judgeHistories(revisions)...)
	case len(files) > 0:
		obs.Add(checks.Pass, path.Dir(files[0]), 0, tool, "%s", local.Count(len(files), "migration"))
	case len(params.Files) > 0:
		obs.Add(checks.Fail, strings.Join(params.Files, ", "), 0, "declared", "no migration there")
	default:
		models := findModels(tree)
		if models == "" {
			return checks.NewResult(checks.NA, checks.Configuration, "no migrations and no database models in the repository",
				p.Note("migrations", "looked for: "+strings.Join(history.Tools(), ", ")+"\n"))
		}
		obs.Add(checks.Warn, models, 0, "models", "database models, but no migration tool")
	}
	return obs.Result(p, "migrations", fmt.Sprintf("%s, %s", local.Count(len(files), "migration"), tool))
})

var modelLine = regexp.MustCompile(`(?m)(declarative_base\(|DeclarativeBase\)|__tablename__\s*=|models\.Model\)|@Entity\b|gorm\.Model\b|ActiveRecord::Base|ApplicationRecord|^model \w+ \{)`)

// findModels returns the first file that defines a database model, "" when there is none.
func findModels(tree *source.Tree) string {
	for _, f := range tree.Find("*.py", "*.java", "*.kt", "*.go", "*.rb", "*.ts", "*.prisma") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err == nil && modelLine.Match(src) {
			return f.Path
		}
	}
	return ""
}

// isAlembic tells Alembic's versions from another folder of that name: an env.py lies above,
// or one file is a revision.
func isAlembic(tree *source.Tree, files []string) bool {
	for _, f := range files {
		if _, ok := tree.Stat(path.Join(path.Dir(path.Dir(f)), "env.py")); ok {
			return true
		}
	}
	revisions, _ := history.Revisions(tree, files)
	return len(revisions) > 0
}

// judgeHistories applies the rule to each folder of revisions; a repository of several
// services has a history for each.
func judgeHistories(revisions []history.Revision) local.Observations {
	if len(revisions) == 0 {
		return judgeRevisions(nil)
	}
	folders := map[string][]history.Revision{}
	for _, r := range revisions {
		folders[path.Dir(r.Path)] = append(folders[path.Dir(r.Path)], r)
	}
	obs := local.Observations{}
	for _, folder := range sortedKeys(folders) {
		obs = append(obs, judgeRevisions(folders[folder])...)
	}
	return obs
}

// judgeRevisions applies the rule to one Alembic history.
func judgeRevisions(revisions []history.Revision) local.Observations {
	obs := local.Observations{}
	if len(revisions) == 0 {
		obs.Add(checks.Fail, "", 0, "alembic", "no revision in the versions folder")
		return obs
	}
	for _, f := range history.Flaws(revisions) {
		obs.Add(checks.Fail, f.Path, 0, f.Rule, "%s", f.Text)
	}
	if heads := history.Heads(revisions); len(heads) != 1 {
		obs.Add(checks.Fail, path.Dir(revisions[0].Path), 0, "heads", "%d heads: %s", len(heads), strings.Join(heads, ", "))
		return obs
	}
	obs.Add(checks.Pass, path.Dir(revisions[0].Path), 0, "heads", "%s, one head", local.Count(len(revisions), "revision"))
	return obs
}
