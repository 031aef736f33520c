// Package migrations reads the schema migrations that a repository holds: which tool's
// they are, their versions, and the heads of a history that branches. What a database says
// it is on is compared elsewhere. It may import checks/source.
package migrations

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks/source"
)

// The tools whose files are known by their usual places.
const (
	Alembic   = "alembic"
	Django    = "django"
	Flyway    = "flyway"
	Migrate   = "migrate" // golang-migrate
	Rails     = "rails"
	Prisma    = "prisma"
	Knex      = "knex"
	Liquibase = "liquibase"
	Goose     = "goose, sql" // numbered SQL files, as goose and others have them
	Declared  = "declared"   // files at places that the profile names, of whatever tool
)

// places are the usual places of each tool's files.
var places = map[string][]string{
	Alembic:   {"**/versions/*.py"},
	Django:    {"**/migrations/0*.py"},
	Flyway:    {"**/V*__*.sql"},
	Migrate:   {"**/*.up.sql"},
	Rails:     {"**/db/migrate/*.rb"},
	Prisma:    {"**/prisma/migrations/*/migration.sql"},
	Knex:      {"**/migrations/[0-9]*.js", "**/migrations/[0-9]*.ts"},
	Liquibase: {"**/db/changelog/*.xml", "**/db/changelog/*.yaml", "**/db/changelog/*.sql"},
	Goose:     {"**/migrations/[0-9]*.sql"},
}

// Tools lists the known tools by name.
func Tools() []string { return slices.Sorted(maps.Keys(places)) }

// Find looks at declared globs, else at the usual places, and names the tool. Without any
// file the tool is "".
func Find(tree *source.Tree, declared []string) (tool string, files []string) {
	if len(declared) > 0 {
		files = matching(tree, declared)
		if slices.ContainsFunc(files, func(f string) bool { return path.Base(path.Dir(f)) == "versions" && path.Ext(f) == ".py" }) {
			return Alembic, files
		}
		return Declared, files
	}
	for _, tool := range Tools() {
		if files := matching(tree, places[tool]); len(files) > 0 {
			return tool, files
		}
	}
	return "", nil
}

// Of lists the files of one tool: those that declared globs match, else those at its usual
// places.
func Of(tree *source.Tree, tool string, declared []string) []string {
	if len(declared) > 0 {
		return matching(tree, declared)
	}
	return matching(tree, places[tool])
}

func matching(tree *source.Tree, globs []string) (paths []string) {
	for _, f := range tree.Find(globs...) {
		if path.Base(f.Path) != "__init__.py" {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

var (
	flywayName   = regexp.MustCompile(`^V([0-9][0-9._]*)__.*\.sql$`)
	numberedName = regexp.MustCompile(`^([0-9]+)(?:_|\.)`)
)

// Version is how a tool's table names what a file holds: "1.2" of Flyway's
// V1_2__add.sql, "shop.0003_add" of Django's shop/migrations/0003_add.py, the folder of
// Prisma's, the number of others. It is "" for a file that is no migration of the tool.
func Version(tool, file string) string {
	base := path.Base(file)
	switch tool {
	case Django:
		folder := path.Base(path.Dir(path.Dir(file)))
		return folder + "." + strings.TrimSuffix(base, ".py")
	case Flyway:
		if m := flywayName.FindStringSubmatch(base); m != nil {
			return FlywayVersion(m[1])
		}
		return ""
	case Prisma:
		return path.Base(path.Dir(file))
	case Knex:
		return strings.TrimSuffix(base, path.Ext(base))
	case Goose:
		if strings.HasSuffix(base, ".up.sql") || strings.HasSuffix(base, ".down.sql") {
			return ""
		}
	}
	if m := numberedName.FindStringSubmatch(base); m != nil {
		return Number(m[1])
	}
	return ""
}

// Number is a whole number without leading zeros, so that 0007 and 7 are the same.
func Number(digits string) string {
	if trimmed := strings.TrimLeft(digits, "0"); trimmed != "" {
		return trimmed
	}
	return "0"
}

// FlywayVersion is the one form of a version of Flyway: 1_2 and 01.2.0 are both 1.2.
func FlywayVersion(version string) string {
	parts := strings.FieldsFunc(version, func(r rune) bool { return r == '_' || r == '.' })
	for i := range parts {
		parts[i] = Number(parts[i])
	}
	for len(parts) > 1 && parts[len(parts)-1] == "0" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}

// Less orders versions of numbers and dots. Numbers may be longer than an int.
func Less(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return len(as[i]) < len(bs[i]) || len(as[i]) == len(bs[i]) && as[i] < bs[i]
		}
	}
	return len(as) < len(bs)
}
