package services

import (
	"context"
	"fmt"
	"math"

	"assess/gonogo/checks"
)

// ConnectionParams are the parameters of data.postgres.connections.
type ConnectionParams struct {
	Service  string `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind postgres"`
	Required bool   `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Share    int    `toml:"share" doc:"the share of the limit, in percent, that pools and use may take; default 80"`
}

var postgresConnections = checks.Define(checks.Kind{
	ID: "data.postgres.connections", Title: "All pools together stay below the server's limit", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.postgres"},
	Sends: postgresSends,
	Rule: "The limit is max_connections less the reserved ones, or the account's or the database's own limit where it is lower. PASS: pool × instances of the declared service, and the use now, " +
		"take at most 80 % of it. WARN: more of it. FAIL: pool × instances is above the limit. pending: the target declares no pool. inconclusive: the database does not let us in or does not tell.",
	Fix:  "Declare pool and instances under [services]; size the pool from the limit downwards, leave room for migrations and people, or put a pooler in front.",
	Refs: []string{"ASVS 13.1.2", "CWE-770"},
}, func(ctx context.Context, p *checks.Probe, params ConnectionParams) checks.Result {
	s, facts, other := asked(ctx, p, Params{params.Service, params.Required})
	if other != nil {
		return *other
	}
	declared := p.Target.Services[s.Name]
	pools := pools{Service: s.Name, Size: declared.Pool, Instances: max(1, declared.Instances), Share: nearlyFull}
	if params.Share > 0 {
		pools.Share = params.Share
	}
	r := judgeConnections(facts, pools)
	if facts.Limits.Err == nil && facts.Self.Err == nil {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: "connections in use", Value: float64(facts.Self.What.Used)},
			checks.Measurement{Name: "connection limit", Value: float64(facts.Limits.What.limit(facts.Self.What.Most))})
	}
	return with(r, p.Note("connections of "+s.Name, facts.connectionTable(pools)))
})

// pools is what the target declares of its own connections.
type pools struct {
	Service         string
	Size, Instances int
	Share           int // percent of the limit that may be taken
}

// needed is how many connections all pools open at most. A product beyond any limit stays
// the largest number.
func (d pools) needed() int {
	if d.Size > math.MaxInt32 || d.Instances > math.MaxInt32 {
		return math.MaxInt
	}
	return d.Size * d.Instances
}

// limitFacts are the limits beside max_connections; -1 is none.
type limitFacts struct{ Reserved, OfAccount, OfDatabase int }

// limitsReport: reserved_connections came with PostgreSQL 16.
const limitsReport = `SELECT current_setting('superuser_reserved_connections'), coalesce(nullif(current_setting('reserved_connections', true), ''), '0'),
 (SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user), (SELECT datconnlimit FROM pg_database WHERE datname = current_database())`

func readLimits(rows [][]string) (limitFacts, error) {
	row, err := oneRow(rows, 4)
	if err != nil {
		return limitFacts{}, err
	}
	n, err := wholes(row...)
	if err != nil {
		return limitFacts{}, err
	}
	return limitFacts{Reserved: n[0] + n[1], OfAccount: n[2], OfDatabase: n[3]}, nil
}

// limit is how many connections the account can have.
func (l limitFacts) limit(most int) int {
	limit := most - l.Reserved
	for _, own := range []int{l.OfAccount, l.OfDatabase} {
		if own >= 0 {
			limit = min(limit, own)
		}
	}
	return limit
}

func judgeConnections(f postgresFacts, d pools) checks.Result {
	if f.Self.Err != nil || f.Limits.Err != nil {
		return unsure("the server does not say how many connections it has")
	}
	used, limit, needed := f.Self.What.Used, f.Limits.What.limit(f.Self.What.Most), d.needed()
	now := fmt.Sprintf("%d of %d connections are in use now", used, limit)
	switch {
	case d.Size == 0:
		return checks.NewResult(checks.Pending, "", fmt.Sprintf("not declared: [services.%s] pool and instances; %s", d.Service, now))
	case needed > limit:
		return fail(fmt.Sprintf("pools of %d in %s need up to %d connections, the server has %d", d.Size, count(d.Instances, "instance"), needed, limit))
	case over(needed, limit, d.Share):
		return warn(fmt.Sprintf("pools may take %d of %d connections, more than %d %%", needed, limit, d.Share))
	case over(used, limit, d.Share):
		return warn(fmt.Sprintf("%s, more than %d %%, whatever the pools", now, d.Share))
	}
	return pass(fmt.Sprintf("pools may take %d of %d connections; %d are in use now", needed, limit, used))
}

// over reports whether part is more than so many percent of all.
func over(part, all, percent int) bool { return float64(part)*100 > float64(all)*float64(percent) }

func (f postgresFacts) connectionTable(d pools) string {
	if f.Self.Err != nil || f.Limits.Err != nil {
		return fmt.Sprintf("about itself: %v\nlimits: %v\n", f.Self.Err, f.Limits.Err)
	}
	l := f.Limits.What
	return fmt.Sprintf("max_connections: %d\nreserved: %d\nlimit of the account: %d\nlimit of the database: %d\nin use: %d\npool: %d\ninstances: %d\n(-1: no limit of its own)\n",
		f.Self.What.Most, l.Reserved, l.OfAccount, l.OfDatabase, f.Self.What.Used, d.Size, d.Instances)
}
