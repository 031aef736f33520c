package services

import (
	"errors"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/migrations"
)

func TestAccountRule(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*postgresFacts, *accountFacts)
		want   checks.Verdict
	}{
		"least":                    {func(*postgresFacts, *accountFacts) {}, checks.Pass},
		"plain on loopback":        {func(f *postgresFacts, a *accountFacts) { f.TLS, f.Reach, a.ServerTLS = false, loopback, false }, checks.Pass},
		"plain on a network":       {func(f *postgresFacts, _ *accountFacts) { f.TLS = false }, checks.Fail},
		"TLS ends before":          {func(_ *postgresFacts, a *accountFacts) { a.ServerTLS, a.From = false, "10.0.0.9" }, checks.Warn},
		"TLS ends beside":          {func(_ *postgresFacts, a *accountFacts) { a.ServerTLS, a.From = false, "" }, checks.Pass},
		"superuser":                {func(_ *postgresFacts, a *accountFacts) { a.Super = true }, checks.Fail},
		"creates roles":            {func(_ *postgresFacts, a *accountFacts) { a.CreateRole = true }, checks.Fail},
		"bypasses row security":    {func(_ *postgresFacts, a *accountFacts) { a.BypassRLS = true }, checks.Fail},
		"runs programs":            {func(_ *postgresFacts, a *accountFacts) { a.Server = true }, checks.Fail},
		"creates databases":        {func(_ *postgresFacts, a *accountFacts) { a.CreateDB = true }, checks.Warn},
		"replicates":               {func(_ *postgresFacts, a *accountFacts) { a.Replication = true }, checks.Warn},
		"reads all":                {func(_ *postgresFacts, a *accountFacts) { a.ReadAll = true }, checks.Warn},
		"writes all":               {func(_ *postgresFacts, a *accountFacts) { a.WriteAll = true }, checks.Warn},
		"owns the database":        {func(_ *postgresFacts, a *accountFacts) { a.OwnsDatabase = true }, checks.Warn},
		"owns a schema":            {func(_ *postgresFacts, a *accountFacts) { a.OwnsSchemas = 1 }, checks.Warn},
		"owns tables":              {func(_ *postgresFacts, a *accountFacts) { a.OwnsTables = 3 }, checks.Warn},
		"creates in a schema":      {func(_ *postgresFacts, a *accountFacts) { a.MayCreate = 1 }, checks.Warn},
		"nothing is said":          {func(f *postgresFacts, _ *accountFacts) { f.Account.Err = errShape }, checks.Inconclusive},
		"nothing is said, plainly": {func(f *postgresFacts, _ *accountFacts) { f.Account.Err, f.TLS = errShape, false }, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			f := postgresFacts{Answered: true, TLS: true, Reach: private}
			f.Account.What = accountFacts{ServerTLS: true, From: "10.0.0.9"}
			c.change(&f, &f.Account.What)
			wantVerdict(t, judgeAccount(f), c.want)
		})
	}
	for _, row := range [][]string{nil, {"t"}, strings.Split("t,,f,f,f,f,f,f,f,0,0,0,t,x,", ","), strings.Split("f,f,f,f,f,f,f,f,f,many,0,0,t,x,", ",")} {
		if _, err := readAccount([][]string{row}); err == nil {
			t.Errorf("%q is read as an account", row)
		}
	}
}

func TestConnectionsRule(t *testing.T) {
	for name, c := range map[string]struct {
		used  int
		own   limitFacts
		pools pools
		want  checks.Verdict
	}{
		"fits":                     {10, limitFacts{3, -1, -1}, pools{Size: 20, Instances: 3}, checks.Pass},
		"exactly the share":        {10, limitFacts{0, -1, -1}, pools{Size: 80, Instances: 1}, checks.Pass},
		"above the share":          {10, limitFacts{0, -1, -1}, pools{Size: 81, Instances: 1}, checks.Warn},
		"exactly the limit":        {10, limitFacts{3, -1, -1}, pools{Size: 97, Instances: 1}, checks.Warn},
		"reserved ones count":      {10, limitFacts{3, -1, -1}, pools{Size: 98, Instances: 1}, checks.Fail},
		"the account's own limit":  {10, limitFacts{3, 30, -1}, pools{Size: 20, Instances: 2}, checks.Fail},
		"the database's own limit": {10, limitFacts{3, -1, 30}, pools{Size: 20, Instances: 2}, checks.Fail},
		"a limit of none":          {10, limitFacts{3, 0, -1}, pools{Size: 1, Instances: 1}, checks.Fail},
		"nearly used up":           {81, limitFacts{0, -1, -1}, pools{Size: 10, Instances: 1}, checks.Warn},
		"no pool is declared":      {10, limitFacts{3, -1, -1}, pools{Instances: 1}, checks.Pending},
		"a huge pool":              {10, limitFacts{3, -1, -1}, pools{Size: 1 << 62, Instances: 4}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			f := postgresFacts{Self: told[postgresSelf]{What: postgresSelf{Most: 100, Used: c.used}}, Limits: told[limitFacts]{What: c.own}}
			c.pools.Share = nearlyFull
			wantVerdict(t, judgeConnections(f, c.pools), c.want)
		})
	}
	wantVerdict(t, judgeConnections(postgresFacts{Limits: told[limitFacts]{Err: errShape}}, pools{Size: 1, Instances: 1}), checks.Inconclusive)
	wantVerdict(t, judgeConnections(postgresFacts{Self: told[postgresSelf]{Err: errShape}}, pools{Size: 1, Instances: 1}), checks.Inconclusive)
}

func TestReplicationRule(t *testing.T) {
	bounds := lagBounds{30 * time.Second, 5 * time.Minute}
	for name, c := range map[string]struct {
		facts replicationFacts
		want  checks.Verdict
	}{
		"streams":                       {replicationFacts{Replicas: 2, Seen: 2, Streaming: 2}, checks.Pass},
		"30 s":                          {replicationFacts{Replicas: 1, Seen: 1, Streaming: 1, Lag: 30 * time.Second}, checks.Pass},
		"31 s":                          {replicationFacts{Replicas: 1, Seen: 1, Streaming: 1, Lag: 31 * time.Second}, checks.Warn},
		"an hour":                       {replicationFacts{Replicas: 1, Seen: 1, Streaming: 1, Lag: time.Hour}, checks.Fail},
		"bytes behind, no time":         {replicationFacts{Replicas: 1, Seen: 1, Streaming: 1, Behind: 65 << 20}, checks.Warn},
		"catches up":                    {replicationFacts{Replicas: 2, Seen: 2, Streaming: 1}, checks.Warn},
		"another is gone":               {replicationFacts{Replicas: 1, Seen: 1, Streaming: 1, IdleSlots: 1}, checks.Warn},
		"hidden":                        {replicationFacts{Replicas: 1}, checks.Inconclusive},
		"none":                          {replicationFacts{}, checks.Pending},
		"none, but a slot":              {replicationFacts{IdleSlots: 1}, checks.Warn},
		"a replica":                     {replicationFacts{Replica: true, Receiving: true, CaughtUp: true}, checks.Pass},
		"a replica an hour behind":      {replicationFacts{Replica: true, Receiving: true, Lag: time.Hour}, checks.Fail},
		"a replica that hears nothing":  {replicationFacts{Replica: true, CaughtUp: true}, checks.Inconclusive},
		"a replica of a hidden primary": {replicationFacts{Replica: true, Hidden: true}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			wantVerdict(t, judgeReplication(told[replicationFacts]{What: c.facts}, bounds), c.want)
		})
	}
	wantVerdict(t, judgeReplication(told[replicationFacts]{Err: errShape}, bounds), checks.Inconclusive)
	rows := func(text string) [][]string { return [][]string{strings.Split(text, ",")} }
	f, err := readReplication(rows("t,0,0,0,0,0,0,1,1,1,f,1e300"))
	if err != nil || f.Lag <= 0 {
		t.Errorf("an endless lag is %s (%v)", f.Lag, err)
	}
	if _, err := readReplication(rows("t,0,0,0,0,0,0,1,1,1,f,-1")); err == nil {
		t.Error("a replica that never applied anything has no lag")
	}
}

func TestStatementsRule(t *testing.T) {
	on := statementFacts{Installed: true, Track: "top", LogAfter: -1, Count: 3, Slowest: []float64{9, 2, 1}}
	with := func(change func(*statementFacts)) statementFacts { f := on; change(&f); return f }
	for name, c := range map[string]struct {
		facts statementFacts
		want  checks.Verdict
	}{
		"recorded":        {on, checks.Pass},
		"not installed":   {with(func(f *statementFacts) { f.Installed = false }), checks.Fail},
		"logged only":     {with(func(f *statementFacts) { f.Installed, f.LogAfter = false, 500 }), checks.Warn},
		"every statement": {with(func(f *statementFacts) { f.Installed, f.LogAfter = false, 0 }), checks.Warn},
		"switched off":    {with(func(f *statementFacts) { f.Track = "none" }), checks.Fail},
		"not readable":    {with(func(f *statementFacts) { f.Unread = errors.New("x") }), checks.Inconclusive},
		"empty":           {with(func(f *statementFacts) { f.Count, f.Slowest = 0, nil }), checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			wantVerdict(t, judgeStatements(told[statementFacts]{What: c.facts}), c.want)
		})
	}
	wantVerdict(t, judgeStatements(told[statementFacts]{Err: errShape}), checks.Inconclusive)
}

func TestMigrationTables(t *testing.T) {
	set := func(versions ...string) repositoryVersions { return repositoryVersions{Versions: versions} }
	chain := repositoryVersions{Versions: []string{"a", "b", "c"}, Heads: []string{"c"}}
	for name, c := range map[string]struct {
		tool string
		rows [][]string
		repo repositoryVersions
		want checks.Verdict
	}{
		"alembic at the head":          {migrations.Alembic, [][]string{{"c"}}, chain, checks.Pass},
		"alembic behind":               {migrations.Alembic, [][]string{{"b"}}, chain, checks.Fail},
		"alembic ahead":                {migrations.Alembic, [][]string{{"d"}}, chain, checks.Warn},
		"alembic on two":               {migrations.Alembic, [][]string{{"b"}, {"c"}}, chain, checks.Fail},
		"alembic on nothing":           {migrations.Alembic, nil, chain, checks.Fail},
		"alembic with two heads":       {migrations.Alembic, [][]string{{"c"}}, repositoryVersions{Versions: []string{"b", "c"}, Heads: []string{"b", "c"}}, checks.Fail},
		"alembic, a file unread":       {migrations.Alembic, [][]string{{"c"}}, repositoryVersions{Versions: chain.Versions, Heads: chain.Heads, Flaw: "x"}, checks.Inconclusive},
		"django":                       {migrations.Django, [][]string{{"auth.0001_initial"}, {"shop.0001_a"}, {"shop.0002_b"}}, set("shop.0001_a", "shop.0002_b"), checks.Pass},
		"django pending":               {migrations.Django, [][]string{{"shop.0001_a"}}, set("shop.0001_a", "shop.0002_b"), checks.Fail},
		"django ahead":                 {migrations.Django, [][]string{{"shop.0001_a"}, {"shop.0002_b"}}, set("shop.0001_a"), checks.Warn},
		"django, another label":        {migrations.Django, [][]string{{"store.0001_a"}}, set("shop.0001_a"), checks.Inconclusive},
		"flyway":                       {migrations.Flyway, [][]string{{"1", "SQL", "t"}, {"1.2", "SQL", "t"}, {"", "SQL", "t"}}, set("1", "1.2"), checks.Pass},
		"flyway failed":                {migrations.Flyway, [][]string{{"1", "SQL", "t"}, {"1.2", "SQL", "f"}}, set("1", "1.2"), checks.Fail},
		"flyway on a baseline":         {migrations.Flyway, [][]string{{"2", "BASELINE", "t"}, {"10", "SQL", "t"}}, set("1", "2", "10"), checks.Pass},
		"flyway above a baseline":      {migrations.Flyway, [][]string{{"2", "BASELINE", "t"}}, set("1", "2", "10"), checks.Fail},
		"golang-migrate":               {migrations.Migrate, [][]string{{"10", "f"}}, set("9", "10"), checks.Pass},
		"golang-migrate dirty":         {migrations.Migrate, [][]string{{"10", "t"}}, set("9", "10"), checks.Fail},
		"golang-migrate behind":        {migrations.Migrate, [][]string{{"9", "f"}}, set("9", "10"), checks.Fail},
		"golang-migrate ahead":         {migrations.Migrate, [][]string{{"11", "f"}}, set("9", "10"), checks.Warn},
		"golang-migrate, nothing":      {migrations.Migrate, nil, set("9", "10"), checks.Fail},
		"golang-migrate, two rows":     {migrations.Migrate, [][]string{{"9", "f"}, {"10", "f"}}, set("9", "10"), checks.Inconclusive},
		"rails":                        {migrations.Rails, [][]string{{"20240102"}, {"20240101"}}, set("20240101", "20240102"), checks.Pass},
		"rails, one in the middle":     {migrations.Rails, [][]string{{"20240103"}, {"20240101"}}, set("20240101", "20240102", "20240103"), checks.Fail},
		"goose":                        {migrations.Goose, [][]string{{"0", "t"}, {"1", "t"}, {"2", "t"}}, set("1", "2"), checks.Pass},
		"goose, taken back":            {migrations.Goose, [][]string{{"1", "t"}, {"2", "t"}, {"2", "f"}}, set("1", "2"), checks.Fail},
		"prisma":                       {migrations.Prisma, [][]string{{"1_a", "t", "f"}}, set("1_a"), checks.Pass},
		"prisma failed":                {migrations.Prisma, [][]string{{"1_a", "t", "f"}, {"2_b", "f", "f"}}, set("1_a", "2_b"), checks.Fail},
		"prisma failed and taken back": {migrations.Prisma, [][]string{{"1_a", "f", "t"}, {"1_a", "t", "f"}}, set("1_a"), checks.Pass},
		"knex, compiled":               {migrations.Knex, [][]string{{"1_a.js"}}, set("1_a"), checks.Pass},
		"another shape":                {migrations.Prisma, [][]string{{"1_a"}}, set("1_a"), checks.Inconclusive},
		"no version in the repository": {migrations.Rails, [][]string{{"1"}}, set(), checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			table := toolTable{versionTable{Name: "public.x", Rows: c.rows}, c.tool}
			if part := judgeTable(table, c.repo); part.Verdict != c.want {
				t.Errorf("%s %s, want %s", part.Verdict, part.Reason, c.want)
			}
		})
	}
	for name, table := range map[string]versionTable{"denied": {Err: errors.New("x")}, "cut": {Rows: [][]string{{"1"}}, Cut: true}} {
		if part := judgeTable(toolTable{table, migrations.Rails}, set("1")); part.Verdict != checks.Inconclusive {
			t.Errorf("%s: %s", name, part.Verdict)
		}
	}
	wantVerdict(t, judgeUnmatched("", 0, nil), checks.Pending)
	wantVerdict(t, judgeUnmatched(migrations.Liquibase, 2, nil), checks.Pending)
	wantVerdict(t, judgeUnmatched(migrations.Alembic, 2, nil), checks.Inconclusive)
	wantVerdict(t, judgeUnmatched("", 0, []versionTable{{Name: "x"}}), checks.Inconclusive)
	wantVerdict(t, judgeUnmatched(migrations.Alembic, 1, []versionTable{{Name: "x"}}), checks.Inconclusive)
}

func TestLocalAddresses(t *testing.T) {
	for address, want := range map[string]bool{"": true, "127.0.0.1": true, "::1": true, "10.0.0.1": false, "x": false} {
		if local(address) != want {
			t.Errorf("%q is local: %t", address, !want)
		}
	}
}
