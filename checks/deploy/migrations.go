package deploy

import (
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
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
	tool, files := findMigrations(tree, params.Files)
	obs := local.Observations{}
	switch {
	case tool == "alembic":
		revisions, unread := readRevisions(tree, files)
		obs = append(unread, judgeRevisions(revisions)...)
	case len(files) > 0:
		obs.Add(checks.Pass, path.Dir(files[0]), 0, tool, "%s", local.Count(len(files), "migration"))
	case len(params.Files) > 0:
		obs.Add(checks.Fail, strings.Join(params.Files, ", "), 0, "declared", "no migration there")
	default:
		models := findModels(tree)
		if models == "" {
			return checks.NewResult(checks.NA, checks.Configuration, "no migrations and no database models in the repository",
				p.Note("migrations", "looked for: "+strings.Join(slices.Sorted(maps.Keys(migrationPlaces)), ", ")+"\n"))
		}
		obs.Add(checks.Warn, models, 0, "models", "database models, but no migration tool")
	}
	return obs.Result(p, "migrations", fmt.Sprintf("%s, %s", local.Count(len(files), "migration"), tool))
})

// migrationPlaces are the usual places of each tool's files.
var migrationPlaces = map[string][]string{
	"alembic":    {"**/versions/*.py"},
	"django":     {"**/migrations/0*.py"},
	"flyway":     {"**/V*__*.sql"},
	"migrate":    {"**/*.up.sql"},
	"rails":      {"**/db/migrate/*.rb"},
	"prisma":     {"**/prisma/migrations/*/migration.sql"},
	"knex":       {"**/migrations/[0-9]*.js", "**/migrations/[0-9]*.ts"},
	"liquibase":  {"**/db/changelog/*.xml", "**/db/changelog/*.yaml", "**/db/changelog/*.sql"},
	"goose, sql": {"**/migrations/[0-9]*.sql"},
}

func findMigrations(tree *source.Tree, declared []string) (tool string, files []string) {
	found := func(globs []string) (paths []string) {
		for _, f := range tree.Find(globs...) {
			if path.Base(f.Path) != "__init__.py" {
				paths = append(paths, f.Path)
			}
		}
		return paths
	}
	if len(declared) > 0 {
		files = found(declared)
		if slices.ContainsFunc(files, func(f string) bool { return path.Base(path.Dir(f)) == "versions" && path.Ext(f) == ".py" }) {
			return "alembic", files
		}
		return "declared", files
	}
	for _, tool := range slices.Sorted(maps.Keys(migrationPlaces)) {
		if files := found(migrationPlaces[tool]); len(files) > 0 {
			return tool, files
		}
	}
	return "", nil
}

var modelLine = regexp.MustCompile(`(?m)(declarative_base\(|DeclarativeBase\)|__tablename__\s*=|models\.Model\)|@Entity\b|gorm\.Model\b|ActiveRecord::Base|ApplicationRecord)`)

// findModels returns the first file that defines a database model, "" when there is none.
func findModels(tree *source.Tree) string {
	for _, f := range tree.Find("*.py", "*.java", "*.kt", "*.go", "*.rb", "*.ts") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err == nil && modelLine.Match(src) {
			return f.Path
		}
	}
	return ""
}

// revision is one Alembic revision.
type revision struct {
	Path, ID string
	Down     []string // the revisions it follows
}

var (
	revisionLine = regexp.MustCompile(`(?m)^revision\s*(?::[^=\n]+)?=\s*["']([^"']+)["']`)
	downLine     = regexp.MustCompile(`(?m)^down_revision\s*(?::[^=\n]+)?=\s*(\([^)]*\)|[^\n#]*)`)
	quoted       = regexp.MustCompile(`["']([^"']+)["']`)
)

func readRevisions(tree *source.Tree, files []string) (revisions []revision, unread local.Observations) {
	for _, f := range files {
		src, err := tree.Read(f, local.MaxFile)
		if err != nil {
			unread.Add(checks.Inconclusive, f, 0, "read", "%v", err)
			continue
		}
		if r, ok := parseRevision(f, src); ok {
			revisions = append(revisions, r)
		}
	}
	return revisions, unread
}

func parseRevision(file string, src []byte) (revision, bool) {
	id := revisionLine.FindSubmatch(src)
	if id == nil {
		return revision{}, false
	}
	r := revision{Path: file, ID: string(id[1])}
	if down := downLine.FindSubmatch(src); down != nil {
		for _, m := range quoted.FindAllSubmatch(down[1], -1) {
			r.Down = append(r.Down, string(m[1]))
		}
	}
	return r, true
}

// judgeRevisions applies the rule to Alembic's history.
func judgeRevisions(revisions []revision) local.Observations {
	obs := local.Observations{}
	if len(revisions) == 0 {
		obs.Add(checks.Fail, "", 0, "alembic", "no revision in the versions folder")
		return obs
	}
	at, followed := map[string]string{}, map[string]bool{}
	for _, r := range revisions {
		if first, ok := at[r.ID]; ok {
			obs.Add(checks.Fail, r.Path, 0, "duplicate", "revision %s again, first in %s", r.ID, first)
		}
		at[r.ID] = r.Path
	}
	for _, r := range revisions {
		for _, d := range r.Down {
			followed[d] = true
			if at[d] == "" {
				obs.Add(checks.Fail, r.Path, 0, "unknown", "follows %s, which is not there", d)
			}
		}
	}
	var heads []string
	for _, r := range revisions {
		if !followed[r.ID] {
			heads = append(heads, r.ID)
		}
	}
	if len(heads) != 1 {
		obs.Add(checks.Fail, path.Dir(revisions[0].Path), 0, "heads", "%d heads: %s", len(heads), strings.Join(heads, ", "))
		return obs
	}
	obs.Add(checks.Pass, path.Dir(revisions[0].Path), 0, "heads", "%s, one head", local.Count(len(revisions), "revision"))
	return obs
}
