package services

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
)

var postgresReachable = checks.Define(checks.Kind{
	ID: "data.postgres.reachable", Title: "PostgreSQL answers a trivial query", Class: checks.Safe, Severity: checks.Critical, Needs: []string{"service.postgres"},
	Sends: postgresSends,
	Rule: "PASS: it connects and SELECT 1 answers, together within 500 ms. WARN: slower, no TLS to a host that is not loopback, more than 80 % of the connections in use, " +
		"a superuser's account, a version past its end of life, or a server that tells nothing of itself. " +
		"FAIL: wrong credentials, no such database, no connection left, a query that fails, another protocol, or a required service whose host refuses the connection. " +
		"inconclusive: timed out, name not found, untrusted certificate, starting up, this host not let in by pg_hba.conf, or refused while not required.",
	Fix:  "Correct address, credentials or firewall; require TLS in pg_hba.conf; give the application an account of its own.",
	Refs: []string{"CWE-319", "ASVS 12.3.1", "ASVS 13.2.2", "PostgreSQL versioning policy"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	s, missing := find(p, params, "postgres")
	if missing != nil {
		return *missing
	}
	facts, err := s.postgres(ctx, p)
	if err != nil {
		return s.silent(p, "PostgreSQL "+s.Address, err)
	}
	r := with(judgePostgres(facts, p.Now()), p.Note("PostgreSQL "+s.Address, facts.table()))
	if facts.Answered {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: "connect and SELECT 1", Value: float64(facts.Took.Microseconds()) / 1000, Unit: "ms"})
	}
	return r
})

// postgresSends is what every kind about PostgreSQL sends, since they share one connection.
const postgresSends = "one connection to the declared address with the declared account (application_name gonogo), shared by all kinds of data.postgres; SELECT 1 and readings of " +
	"settings, catalogues, statistics and version tables, in a read-only transaction with a statement time-out of 2 s that is rolled back"

// postgres is what the server showed, asked once a run. The error says why nothing was
// heard of a PostgreSQL server.
func (s service) postgres(ctx context.Context, p *checks.Probe) (postgresFacts, error) {
	o := p.Shared("postgres "+s.Name, func() any { return newObserved[postgresFacts]() }).(*observed[postgresFacts])
	return o.get(ctx, func(ctx context.Context) (postgresFacts, error) {
		ctx, cancel := context.WithTimeout(ctx, postgresTime)
		defer cancel()
		facts, last, err := s.askPostgres(ctx, p)
		var said *pgconn.PgError
		switch {
		case errors.As(err, &said):
			facts.Said, facts.SaidText = said.Code, err.Error()
			facts.AtDoor = isAtDoor(said)
		case err != nil && last.foreign(postgresBytes):
			facts.Foreign, facts.SaidText = true, err.Error()
		case err != nil:
			return facts, err
		}
		return facts, nil
	})
}

// asked is the common beginning of the kinds that judge what a server says of itself:
// the facts where it answered, else the result of the kind.
func asked(ctx context.Context, p *checks.Probe, params Params) (service, postgresFacts, *checks.Result) {
	s, missing := find(p, params, "postgres")
	if missing != nil {
		return s, postgresFacts{}, missing
	}
	facts, err := s.postgres(ctx, p)
	if err != nil {
		r := s.silent(p, "PostgreSQL "+s.Address, err)
		return s, facts, &r
	}
	if !facts.Answered {
		// Whether that is a failure is judged by data.postgres.reachable, once.
		r := with(unsure(string(judgePostgres(facts, p.Now()).Reason)), p.Note("PostgreSQL "+s.Address, facts.table()))
		return s, facts, &r
	}
	return s, facts, nil
}
