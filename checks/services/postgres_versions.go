package services

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxVersions bounds the rows that are read of a version table, maxTables the tables.
const maxVersions, maxTables = 5000, 8

// versionTable is the table in which a migration tool notes what it has applied.
type versionTable struct {
	Name string // with its schema, quoted by the server
	Base string // alembic_version, django_migrations …
	Form string // which of the tools that share a name: "dirty" is golang-migrate's
	Rows [][]string
	Cut  bool // there are more rows
	Err  error
}

// versionTables are the columns that are read of each tool's table.
var versionTables = map[string]string{
	"alembic_version":       "SELECT version_num FROM %s",
	"django_migrations":     "SELECT app || '.' || name FROM %s",
	"flyway_schema_history": "SELECT coalesce(version, ''), type, success FROM %s ORDER BY installed_rank",
	"schema_migrations":     "SELECT version::text FROM %s",
	"goose_db_version":      "SELECT version_id::text, is_applied FROM %s ORDER BY id",
	"_prisma_migrations":    "SELECT migration_name, finished_at IS NOT NULL, rolled_back_at IS NOT NULL FROM %s ORDER BY started_at",
	"knex_migrations":       "SELECT name FROM %s",
}

// dirtyTable is golang-migrate's, which shares its table's name with Rails.
const dirtyTable = "SELECT version::text, dirty FROM %s"

const versionTablesReport = `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relname,
 CASE WHEN EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'dirty' AND NOT a.attisdropped) THEN 'dirty' ELSE '' END
 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relname IN (%s) ORDER BY 1 LIMIT %d`

// askVersionTables finds and reads the version tables of the database.
func askVersionTables(ctx context.Context, conn *pgconn.PgConn) told[[]versionTable] {
	var names []string
	for name := range versionTables {
		names = append(names, "'"+name+"'")
	}
	t := ask(ctx, conn, fmt.Sprintf(versionTablesReport, strings.Join(names, ", "), maxTables+1), readVersionTables)
	for i := range t.What {
		table := &t.What[i]
		query := versionTables[table.Base]
		if table.Form == "dirty" {
			query = dirtyTable
		}
		table.Rows, table.Err = rowsOf(ctx, conn, fmt.Sprintf(query, table.Name)+fmt.Sprintf(" LIMIT %d", maxVersions+1))
		if len(table.Rows) > maxVersions {
			table.Rows, table.Cut = table.Rows[:maxVersions], true
		}
	}
	return t
}

func readVersionTables(rows [][]string) ([]versionTable, error) {
	if len(rows) > maxTables {
		return nil, fmt.Errorf("more than %d version tables", maxTables)
	}
	var tables []versionTable
	for _, row := range rows {
		if len(row) != 3 || versionTables[row[1]] == "" {
			return nil, errShape
		}
		tables = append(tables, versionTable{Name: row[0], Base: row[1], Form: row[2]})
	}
	return tables, nil
}
