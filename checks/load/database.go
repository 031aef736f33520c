package load

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services"
)

// DatabaseParams are the parameters of load.database.
type DatabaseParams struct {
	Path    string         `toml:"path" doc:"a route that uses the database"`
	Service string         `toml:"service" doc:"the name of the database in the target's [services]; default the first of kind postgres"`
	Users   *int           `toml:"users" doc:"default what [load] requires, or 50"`
	Before  *time.Duration `toml:"before" doc:"how long is looked before the load; default 3s"`
	Measure *time.Duration `toml:"measure" doc:"how long the load is measured after 1 s of start; default 8s"`
	After   *time.Duration `toml:"after" doc:"how long is looked after the load; default 5s"`
	As      string         `toml:"as" doc:"identity: user or admin; default none"`
}

func databaseKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return databaseStretches(params.(DatabaseParams), 0) },
		ID:        "load.database", Title: "The database has connections to spare under load", Class: checks.Load, Severity: checks.Medium, Limit: limit,
		Needs: []string{"base_url", "service.postgres"},
		Sends: "GET of a route that uses the database by as many users as are required for 8 s; to the database one connection, and once a second a reading of pg_stat_activity and pg_stat_database in a read-only transaction",
		Rule: "Connections in use at most, of those the account can have: PASS up to 80 %, WARN up to 95 %, else FAIL. WARN also: a connection stays idle within a transaction after the load. " +
			"PASS takes a load of 100 answers of which 95 % are good, and that it shows in the database: a transaction for every second answer. inconclusive: it does not, or the database does not let us in or does not tell. " + unsureIf,
		Fix:  "Size the pool from the server's limit downwards, put a pooler in front, end every transaction on every path.",
		Refs: []string{"ASVS 13.1.2", "SRE App. E"},
	}, func(ctx context.Context, p *checks.Probe, params DatabaseParams) checks.Result {
		users := or(params.Users, required(p.Target))
		before, measure, after := or(params.Before, 3*time.Second), or(params.Measure, 8*time.Second), or(params.After, 5*time.Second)
		if min(before, measure, after) < 2*c.Look || max(before, after) > mostLook {
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: before, measure and after take %s at least, and up to %s", words(2*c.Look), words(mostLook)))
		}
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As}, users, databaseStretches(params, users))
		if stop != nil {
			return *stop
		}
		asked := fmt.Sprint(t.label, params.Service, params.As, users, before, measure, after)
		if known, ok := t.results[asked]; ok {
			t.close()
			return known
		}
		watch, silent := services.WatchPostgres(ctx, p, params.Service)
		if silent != nil {
			t.close()
			return *silent
		}
		defer watch.Close()
		if _, blocked := t.gate(ctx, t.driver); blocked != nil {
			return t.done(*blocked)
		}
		t.hold(time.Second + measure)
		d := connections{Service: watch.Name, Limit: watch.Limit}
		ph := phase{Users: users, Warm: time.Second, Measure: measure, Least: leastAnswers, Pass: passWithin, Fail: failBeyond, Show: t.shows(0)}
		f, during := t.around(ctx, ph, before, after, func(ctx context.Context) { d.look(ctx, watch, c.Look) })
		d.during = during
		t.ended(0, fmt.Sprintf("%s on a route that uses %s", count(users, "user"), d.Service), &f, checks.Stretched{})
		t.tables = append(t.tables, d.table())
		r := t.done(judgeDatabase(&f, d, t.held, t.budget), checks.Measurement{Name: "connections at most", Value: float64(d.most())}, checks.Measurement{Name: "connection limit", Value: float64(d.Limit)})
		t.results[asked] = r
		return r
	})
}

func databaseStretches(params DatabaseParams, users int) []checks.Stretch {
	if users == 0 {
		users = or(params.Users, 50)
	}
	return []checks.Stretch{{Title: count(users, "user"), Users: users, Time: time.Second + or(params.Measure, 8*time.Second), Limit: passWithin}}
}

// connections is what a database said of its connections before, during and after a load.
type connections struct {
	during
	Service string
	Limit   int
	Glances []services.PostgresGlance
	Why     string // the last trouble
}

// look asks until ctx ends.
func (d *connections) look(ctx context.Context, watch *services.PostgresWatch, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		g, err := watch.Look(ctx)
		switch {
		case err == nil:
			d.Glances = append(d.Glances, g)
		case ctx.Err() == nil:
			d.Why = err.Error()
			return // the connection is gone, or in no state to ask again
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (d *connections) split() (before, on, after []services.PostgresGlance) {
	for _, g := range d.Glances {
		switch {
		case g.At.Before(d.From.Add(-time.Second)):
			before = append(before, g)
		case g.At.After(d.To):
			after = append(after, g)
		default:
			on = append(on, g)
		}
	}
	return before, on, after
}

// most is the largest number of connections while the load was on.
func (d *connections) most() int {
	_, on, _ := d.split()
	most := 0
	for _, g := range on {
		most = max(most, g.Used)
	}
	return most
}

// The shares of the limit, in percent, that connections may take.
const (
	connectionsPass = 80
	connectionsWarn = 95
)

// judgeDatabase judges the connections beside the load that took them.
func judgeDatabase(f *facts, d connections, held float64, budget string) opinion {
	return beside(f, append(d.judge(f.All-f.Bad), f.cached(true)), d.Cooled, held, budget)
}

// judge judges the figures; of so many good answers, start-up included.
func (d *connections) judge(good int) []opinion {
	before, on, after := d.split()
	if len(before) < 2 || len(on) < 2 || len(after) < 2 && d.Cooled || d.Limit <= 0 {
		why := ""
		if d.Why != "" {
			why = " (" + d.Why + ")"
		}
		return []opinion{unsure("%s told too little: %d times before, %d during, %d after the load%s", d.Service, len(before), len(on), len(after), why)}
	}
	most, first, last := d.most(), before[len(before)-1], d.Glances[len(d.Glances)-1]
	o := opinion{checks.Pass, fmt.Sprintf("%d of %d connections to %s at most, %d before, %d after", most, d.Limit, d.Service, first.Used, last.Used)}
	switch {
	case 100*most > connectionsWarn*d.Limit:
		o.verdict = checks.Fail
	case 100*most > connectionsPass*d.Limit:
		o.verdict = checks.Warn
	}
	out := []opinion{o}
	if last.Hidden > 0 {
		out = append(out, opinion{reason: fmt.Sprintf("the account may not see the state of %d", last.Hidden)})
	}
	if open := left(after); open > 0 {
		out = append(out, opinion{checks.Warn, fmt.Sprintf("%d stay idle within a transaction while nobody asks", open)})
	} else if ran := ran(before, last); 2*ran < float64(good) && o.verdict == checks.Pass {
		out = append(out, unsure("the load does not show there: %.0f more transactions for %s", max(0, ran), count(good, "good answer")))
	}
	return out
}

// left is how many connections are idle within a transaction all the time.
func left(after []services.PostgresGlance) int {
	if len(after) == 0 {
		return 0
	}
	open := after[0].Idle
	for _, g := range after {
		open = min(open, g.Idle)
	}
	return open
}

// ran is how many transactions there were since the load began; what ran before it goes on
// meanwhile, and is left out. The server counts one that touched no table late, and one in a
// connection that never rests outside a transaction not at all.
func ran(before []services.PostgresGlance, last services.PostgresGlance) float64 {
	first := before[len(before)-1]
	own := float64(first.Transactions-before[0].Transactions) / first.At.Sub(before[0].At).Seconds()
	return float64(last.Transactions-first.Transactions) - own*last.At.Sub(first.At).Seconds()
}

// table is the evidence.
func (d *connections) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "connections to %s, of %d, look by look\n", d.Service, d.Limit)
	if d.Why != "" {
		fmt.Fprintf(&b, "  ended: %s\n", d.Why)
	}
	for _, g := range d.Glances {
		fmt.Fprintf(&b, "  %6.1f s: %d in use, %d active, %d idle within a transaction, %d waiting for a lock, %d not told; %d transactions so far\n",
			g.At.Sub(d.Glances[0].At).Seconds(), g.Used, g.Active, g.Idle, g.Waiting, g.Hidden, g.Transactions)
	}
	fmt.Fprintf(&b, "  the load was on from %.1f s to %.1f s\n", d.at(d.From), d.at(d.To))
	return b.String()
}

func (d *connections) at(moment time.Time) float64 {
	if len(d.Glances) == 0 {
		return 0
	}
	return moment.Sub(d.Glances[0].At).Seconds()
}
