package migrations

import (
	"reflect"
	"testing"
)

func TestVersion(t *testing.T) {
	for _, c := range []struct{ tool, file, want string }{
		{Django, "shop/migrations/0003_add.py", "shop.0003_add"}, {Flyway, "db/V1_2__add.sql", "1.2"}, {Flyway, "db/V01.20.0__x.sql", "1.20"}, {Flyway, "db/R__view.sql", ""},
		{Migrate, "db/0007_x.up.sql", "7"}, {Rails, "db/migrate/20240101000000_x.rb", "20240101000000"}, {Prisma, "prisma/migrations/1_a/migration.sql", "1_a"},
		{Knex, "migrations/1_a.ts", "1_a"}, {Goose, "migrations/00001_x.sql", "1"}, {Goose, "migrations/1_x.up.sql", ""}, {Goose, "migrations/0000_x.sql", "0"}, {Rails, "db/migrate/x.rb", ""},
	} {
		if got := Version(c.tool, c.file); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.tool, c.file, got, c.want)
		}
	}
}

func TestLess(t *testing.T) {
	order := []string{"1", "1.2", "1.10", "2", "9", "10", "20240101000000", "99999999999999999999999"}
	for i, a := range order {
		for j, b := range order {
			if Less(a, b) != (i < j) {
				t.Errorf("%s before %s: %t", a, b, !(i < j))
			}
		}
	}
}

func TestHeads(t *testing.T) {
	revisions := []Revision{{ID: "a"}, {ID: "b", Down: []string{"a"}}, {ID: "c", Down: []string{"a"}}}
	if got := Heads(revisions); !reflect.DeepEqual(got, []string{"b", "c"}) {
		t.Errorf("two heads: %v", got)
	}
	merged := append(revisions, Revision{ID: "d", Down: []string{"b", "c"}})
	if got := Heads(merged); !reflect.DeepEqual(got, []string{"d"}) {
		t.Errorf("merged: %v", got)
	}
	flaws := Flaws([]Revision{{ID: "a", Path: "1"}, {ID: "a", Path: "2"}, {ID: "b", Down: []string{"x"}}})
	if len(flaws) != 2 || flaws[0].Rule != "duplicate" || flaws[1].Rule != "unknown" {
		t.Errorf("flaws: %v", flaws)
	}
}
