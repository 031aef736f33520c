package services

import (
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/migrations"
	"assess/gonogo/checks/web/answer"
)

// judgeTable holds what a version table says against the repository.
func judgeTable(t toolTable, want repositoryVersions) answer.Part {
	part := func(v checks.Verdict, reason string) answer.Part {
		return answer.Part{What: t.Name, Verdict: v, Reason: reason}
	}
	switch {
	case denied(t.Err):
		return part(checks.Inconclusive, "can't be read with this account")
	case t.Err != nil:
		return part(checks.Inconclusive, "does not answer as "+t.Tool+"'s table does")
	case t.Cut:
		return part(checks.Inconclusive, "has more rows than are read")
	case want.Flaw != "":
		return part(checks.Inconclusive, "is not compared: "+want.Flaw)
	case len(want.Versions) == 0:
		return part(checks.Inconclusive, "is not compared: the repository's files name no version of "+t.Tool)
	}
	v, reason := compare(t, want)
	return part(v, reason)
}

// compare judges a table that could be read.
func compare(t toolTable, want repositoryVersions) (checks.Verdict, string) {
	a, ok := readApplied(t)
	switch {
	case !ok:
		return checks.Inconclusive, "does not answer as " + t.Tool + "'s table does"
	case len(a.Failed) > 0:
		return checks.Fail, "says that " + short(a.Failed) + " failed or is dirty"
	}
	switch t.Tool {
	case migrations.Alembic:
		return compareHeads(a.Versions, want)
	case migrations.Migrate:
		return comparePointer(a.Versions, want.Versions)
	case migrations.Django:
		if app := unknownApp(a.Versions, want.Versions); app != "" {
			return checks.Inconclusive, "has no row of " + app + ": never applied, or known by another label"
		}
	}
	return compareSets(t.Tool, a, want.Versions)
}

// applied is what a table says.
type applied struct {
	Versions []string
	Failed   []string
	Baseline string // Flyway's: what is not above it counts as applied
}

// readApplied reads the rows of a tool's table; false where they have another shape.
func readApplied(t toolTable) (a applied, ok bool) {
	fields := map[string]int{migrations.Flyway: 3, migrations.Prisma: 3, migrations.Migrate: 2, migrations.Goose: 2}[t.Tool]
	latest := map[string]bool{}
	for _, row := range t.Rows {
		if len(row) != max(1, fields) {
			return a, false
		}
		version := row[0]
		switch t.Tool {
		case migrations.Flyway:
			version = migrations.FlywayVersion(version)
			switch {
			case row[2] != "t":
				a.Failed = append(a.Failed, "migration "+row[0])
				continue
			case strings.Contains(row[1], "BASELINE"):
				a.Baseline = version
			case row[0] == "": // repeatable
				continue
			}
		case migrations.Migrate:
			version = migrations.Number(version)
			if row[1] != "f" {
				a.Failed = append(a.Failed, "version "+version)
			}
		case migrations.Goose:
			version = migrations.Number(version)
			latest[version] = row[1] == "t"
			continue
		case migrations.Prisma:
			switch finished, back := row[1] == "t", row[2] == "t"; {
			case back:
				continue
			case !finished:
				a.Failed = append(a.Failed, version)
				continue
			}
		case migrations.Rails:
			version = migrations.Number(version)
		case migrations.Knex:
			if dot := strings.LastIndexByte(version, '.'); dot > 0 {
				version = version[:dot]
			}
		}
		a.Versions = append(a.Versions, version)
	}
	for version, is := range latest {
		if is && version != "0" {
			a.Versions = append(a.Versions, version)
		}
	}
	return a, true
}

// compareHeads compares Alembic's: the table holds the heads that the database is on.
func compareHeads(on []string, want repositoryVersions) (checks.Verdict, string) {
	if len(want.Heads) != 1 {
		return checks.Fail, "can't be on the newest: the repository has " + count(len(want.Heads), "head")
	}
	head := want.Heads[0]
	switch unknown := missing(on, want.Versions); {
	case len(on) == 0:
		return checks.Fail, "says that nothing is applied; the repository is at " + head
	case len(unknown) > 0:
		return checks.Warn, "is on " + short(unknown) + ", which the repository does not have"
	case len(on) > 1:
		return checks.Fail, "is on several revisions: " + short(on)
	case on[0] != head:
		return checks.Fail, "is on " + on[0] + ", the repository is at " + head
	}
	return checks.Pass, "is on " + head + ", the repository's only head"
}

// comparePointer compares golang-migrate's: the table holds one version, the newest.
func comparePointer(on, want []string) (checks.Verdict, string) {
	newest := slices.MaxFunc(want, byVersion)
	switch {
	case len(on) == 0:
		return checks.Fail, "says that nothing is applied; the repository is at " + newest
	case len(on) > 1:
		return checks.Inconclusive, "has several rows where one is meant"
	case migrations.Less(on[0], newest):
		return checks.Fail, "is on " + on[0] + ", the repository is at " + newest
	case on[0] != newest:
		return checks.Warn, "is on " + on[0] + ", ahead of the repository at " + newest
	}
	return checks.Pass, "is on " + newest + ", the repository's newest"
}

// compareSets compares tables that name every migration that is applied.
func compareSets(tool string, a applied, want []string) (checks.Verdict, string) {
	pending := missing(want, a.Versions)
	if a.Baseline != "" {
		pending = slices.DeleteFunc(pending, func(v string) bool { return !migrations.Less(a.Baseline, v) })
	}
	if len(pending) > 0 {
		return checks.Fail, "lacks " + verb(len(pending), "migration", "migrations") + " of the repository: " + short(pending)
	}
	extra := missing(a.Versions, want)
	switch tool {
	case migrations.Django: // other people's applications have migrations of their own
		extra = slices.DeleteFunc(extra, func(v string) bool { return !hasApp(want, appOf(v)) })
	case migrations.Flyway:
		extra = slices.DeleteFunc(extra, func(v string) bool { return v == a.Baseline })
	}
	if len(extra) > 0 {
		return checks.Warn, "has " + verb(len(extra), "migration", "migrations") + " that the repository does not have: " + short(extra)
	}
	return checks.Pass, "has " + count(len(want), "migration") + " of the repository, all there are"
}

// missing are the distinct elements of list that are not in others, in their order.
func missing(list, others []string) (out []string) {
	in := map[string]bool{}
	for _, v := range others {
		in[v] = true
	}
	for _, v := range list {
		if !in[v] {
			in[v] = true
			out = append(out, v)
		}
	}
	return out
}

func byVersion(a, b string) int {
	switch {
	case migrations.Less(a, b):
		return -1
	case migrations.Less(b, a):
		return 1
	}
	return 0
}

// appOf is Django's application of a migration "app.name".
func appOf(version string) string {
	app, _, _ := strings.Cut(version, ".")
	return app
}

func hasApp(versions []string, app string) bool {
	return slices.ContainsFunc(versions, func(v string) bool { return appOf(v) == app })
}

// unknownApp is an application of the repository of which the database has no row.
func unknownApp(on, want []string) string {
	for _, v := range want {
		if !hasApp(on, appOf(v)) {
			return appOf(v)
		}
	}
	return ""
}
