package services

import (
	"context"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/migrations"
	"assess/gonogo/checks/source"
	"assess/gonogo/checks/web/answer"
)

// MigrationParams are the parameters of data.postgres.migrations.
type MigrationParams struct {
	Service  string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind postgres"`
	Required bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Files    checks.Strings `toml:"files" doc:"globs of the migration files; default the usual places of the tool whose version table the database has"`
}

var postgresMigrations = checks.Define(checks.Kind{
	ID: "data.postgres.migrations", Title: "The database is on the repository's newest migration", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.postgres", "repository"},
	Sends: postgresSends,
	Rule: "Compared are the version tables of Alembic, Django, Flyway, golang-migrate, Rails, goose, Prisma and Knex with the repository's files. PASS: everything in the repository is applied, and nothing else. " +
		"WARN: the database has migrations that the repository does not have. FAIL: migrations of the repository are not applied, one failed or is dirty, or the history has several heads. " +
		"pending: neither side shows a tool that is known here. inconclusive: a table can't be read, or the two sides are of different tools.",
	Fix:  "Apply migrations as a step of the deployment; mend a failed one by hand, then mark it so in the tool; merge heads before the release.",
	Refs: []string{"SRE 8"},
}, func(ctx context.Context, p *checks.Probe, params MigrationParams) checks.Result {
	s, facts, other := asked(ctx, p, Params{params.Service, params.Required})
	if other != nil {
		return *other
	}
	tree, err := p.Repository(ctx)
	if err != nil {
		return with(unsure("the repository can't be read"), p.Note("repository", err.Error()))
	}
	note := facts.versionTableNote()
	if facts.Versions.Err != nil {
		return with(unsure("the database does not say which migrations it has"), p.Note("migrations of "+s.Name, note))
	}
	known := func(tool string) bool { return len(migrations.Of(tree, tool, params.Files)) > 0 }
	tables := toolTables(facts.Versions.What, known)
	if len(tables) == 0 {
		tool, files := migrations.Find(tree, params.Files)
		r := judgeUnmatched(tool, len(files), facts.Versions.What)
		return with(r, p.Note("migrations of "+s.Name, note+fmt.Sprintf("repository: %d files of %q\n", len(files), tool)))
	}
	var parts []answer.Part
	for _, t := range tables {
		want := wanted(tree, t.Tool, params.Files)
		part := judgeTable(t, want)
		parts = append(parts, part)
		note += fmt.Sprintf("repository: %d of %s, heads %s\n", len(want.Versions), t.Tool, short(want.Heads))
	}
	verdict, reason := answer.Combine(parts)
	return checks.NewResult(verdict, "", reason, p.Note("migrations of "+s.Name, note+answer.Table(parts)))
})

// toolTable is a version table with the tool that it is taken to belong to.
type toolTable struct {
	versionTable
	Tool string
}

// toolTables names each table's tool, where the repository has files of that tool.
func toolTables(tables []versionTable, known func(tool string) bool) (out []toolTable) {
	tools := map[string]string{"alembic_version": migrations.Alembic, "django_migrations": migrations.Django, "flyway_schema_history": migrations.Flyway,
		"schema_migrations": migrations.Rails, "goose_db_version": migrations.Goose, "_prisma_migrations": migrations.Prisma, "knex_migrations": migrations.Knex}
	for _, t := range tables {
		tool := tools[t.Base]
		if t.Form == "dirty" && t.Base == "schema_migrations" {
			tool = migrations.Migrate
		}
		if known(tool) {
			out = append(out, toolTable{t, tool})
		}
	}
	return out
}

// judgeUnmatched judges a database and a repository of which only one, or neither, shows a
// known tool.
func judgeUnmatched(tool string, files int, tables []versionTable) checks.Result {
	switch {
	case files == 0 && len(tables) == 0:
		return checks.NewResult(checks.Pending, "", "neither the database nor the repository shows a migration tool that is known here")
	case files == 0:
		return unsure("the database has " + tables[0].Name + ", but the repository has no migrations for it")
	case len(tables) == 0 && (tool == migrations.Liquibase || tool == migrations.Declared):
		return checks.NewResult(checks.Pending, "", "the repository's migrations are of "+tool+": what is applied has to be looked up by hand")
	case len(tables) == 0:
		return unsure(fmt.Sprintf("the repository has %s of %s, but the database has no version table of its usual name", count(files, "migration"), tool))
	}
	return unsure("the database has " + tables[0].Name + ", but the repository's migrations are of " + tool)
}

// repositoryVersions is the repository's side.
type repositoryVersions struct {
	Versions []string
	Heads    []string // Alembic's
	Flaw     string
}

// wanted reads the repository's side of a tool.
func wanted(tree *source.Tree, tool string, globs []string) (want repositoryVersions) {
	files := migrations.Of(tree, tool, globs)
	if tool == migrations.Alembic {
		revisions, unread := migrations.Revisions(tree, files)
		for _, r := range revisions {
			want.Versions = append(want.Versions, r.ID)
		}
		want.Heads = migrations.Heads(revisions)
		if len(unread) > 0 {
			want.Flaw = unread[0].Path + " can't be read"
		}
		return want
	}
	for _, f := range files {
		if v := migrations.Version(tool, f); v != "" {
			want.Versions = append(want.Versions, v)
		}
	}
	return want
}

// short prints the first few of a list.
func short(list []string) string {
	const most = 3
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}

func (f postgresFacts) versionTableNote() string {
	if f.Versions.Err != nil {
		return fmt.Sprintf("version tables: %v\n", f.Versions.Err)
	}
	var b strings.Builder
	for _, t := range f.Versions.What {
		if t.Err != nil {
			fmt.Fprintf(&b, "%s: %v\n", t.Name, t.Err)
			continue
		}
		last := ""
		if len(t.Rows) > 0 {
			last = strings.Join(t.Rows[len(t.Rows)-1], " | ")
		}
		fmt.Fprintf(&b, "%s: %s, the last %q\n", t.Name, count(len(t.Rows), "row"), last)
	}
	return b.String()
}
