package services

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"assess/gonogo/checks"
)

// ReplicationParams are the parameters of data.postgres.replication.
type ReplicationParams struct {
	Service  string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind postgres"`
	Required bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Lag      *time.Duration `toml:"lag" doc:"how far behind a replica may be; default 30s"`
	Most     *time.Duration `toml:"most" doc:"how far behind is a failure; default 5m"`
}

var postgresReplication = checks.Define(checks.Kind{
	ID: "data.postgres.replication", Title: "Replicas follow closely", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.postgres"},
	Sends: postgresSends,
	Rule: "PASS: every replica streams and is at most 30 s behind. WARN: further behind, still catching up, a replication slot that nobody reads, or more than 64 MiB behind. FAIL: more than 5 min behind. " +
		"pending: the server has no replica, which is a decision of people. inconclusive: the account may not see the replicas, or a replica's source can't be told. An exercise of failover is not seen.",
	Fix:  "GRANT pg_monitor to the account that watches; alert on lag; drop slots of replicas that are gone.",
	Refs: []string{"SRE 26", "PostgreSQL monitoring statistics"},
}, func(ctx context.Context, p *checks.Probe, params ReplicationParams) checks.Result {
	s, facts, other := asked(ctx, p, Params{params.Service, params.Required})
	if other != nil {
		return *other
	}
	bounds := lagBounds{Lag: 30 * time.Second, Most: 5 * time.Minute}
	if params.Lag != nil {
		bounds.Lag = *params.Lag
	}
	if params.Most != nil {
		bounds.Most = *params.Most
	}
	r := judgeReplication(facts.Replication, bounds)
	f := facts.Replication.What
	if facts.Replication.Err == nil && (f.Replica && f.Receiving || f.Seen > 0) {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: "replication lag", Value: f.Lag.Seconds(), Unit: "s"})
	}
	return with(r, p.Note("replication of "+s.Name, facts.replicationTable()))
})

// lagBounds are how far behind is worth a warning, and how far is a failure.
type lagBounds struct{ Lag, Most time.Duration }

// maxBehind is how many bytes of the log a replica may lack without a warning: four
// segments of the usual size.
const maxBehind = 64 << 20

// replicationFacts is what the server says of its replicas, or of its source when it is
// one itself.
type replicationFacts struct {
	Replica   bool
	Receiving bool // a replica's receiver streams
	Hidden    bool // the account may not see the receiver
	CaughtUp  bool // all that was received is applied

	Replicas  int // connected ones
	Seen      int // those whose state the account may see
	Streaming int
	IdleSlots int // slots of replicas that are not connected

	Lag    time.Duration // of the worst
	Behind int64         // bytes of the worst
}

// replicationReport: to accounts without pg_monitor the views show rows whose columns are
// NULL. A base backup and a logical subscriber are no replicas to fail over to.
const replicationReport = `WITH r AS (SELECT * FROM pg_stat_replication WHERE state IS NULL OR state NOT IN ('backup', 'stopping')),
 w AS (SELECT * FROM pg_stat_wal_receiver)
SELECT pg_is_in_recovery(), (SELECT count(*) FROM r), (SELECT count(state) FROM r), (SELECT count(*) FROM r WHERE state = 'streaming'),
 (SELECT coalesce(max(extract(epoch FROM replay_lag)), 0) FROM r),
 (SELECT coalesce(max(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_lsn() END, replay_lsn)), 0) FROM r),
 (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active),
 (SELECT count(*) FROM w), (SELECT count(*) FROM w WHERE status = 'streaming'), (SELECT count(status) FROM w),
 coalesce(pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn(), false),
 coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), -1)`

func readReplication(rows [][]string) (replicationFacts, error) {
	row, err := oneRow(rows, 12)
	if err != nil {
		return replicationFacts{}, err
	}
	n, err := wholes(row[1], row[2], row[3], row[6], row[7], row[8], row[9])
	if err != nil {
		return replicationFacts{}, err
	}
	var seconds [3]float64
	for i, text := range []string{row[4], row[5], row[11]} {
		if seconds[i], err = strconv.ParseFloat(text, 64); err != nil {
			return replicationFacts{}, fmt.Errorf("numbers of the server: %w", err)
		}
	}
	f := replicationFacts{Replica: row[0] == "t", Replicas: n[0], Seen: n[1], Streaming: n[2], IdleSlots: n[3],
		Receiving: n[5] > 0, Hidden: n[4] > 0 && n[6] == 0, CaughtUp: row[10] == "t", Lag: span(seconds[0]), Behind: int64(min(seconds[1], 1<<62))}
	switch {
	case !f.Replica:
	case f.CaughtUp:
		f.Lag = 0
	case seconds[2] < 0:
		return f, errors.New("the replica does not say when it last applied a transaction")
	default:
		f.Lag = span(seconds[2])
	}
	return f, nil
}

// span makes a duration of seconds, within what one can hold.
func span(seconds float64) time.Duration {
	const most = float64(1 << 62)
	return time.Duration(max(0, min(seconds*float64(time.Second), most)))
}

func judgeReplication(t told[replicationFacts], b lagBounds) checks.Result {
	f := t.What
	switch {
	case t.Err != nil:
		return unsure("the server does not say how it is replicated")
	case f.Replica && f.Hidden:
		return unsure("a replica, whose source the account may not see: GRANT pg_monitor")
	case f.Replica && !f.Receiving:
		return unsure("a replica that receives nothing by streaming: how far behind it is can't be told")
	case f.Replica:
		return judgeLag("this replica is", f, b)
	case f.Replicas == 0 && f.IdleSlots == 0:
		return checks.NewResult(checks.Pending, "", "the server has no replica: is recovery by restore accepted, and is its time?")
	case f.Replicas == 0:
		return warn(fmt.Sprintf("no replica is connected, but %s for one", verb(f.IdleSlots, "slot waits", "slots wait")))
	case f.Seen < f.Replicas:
		return unsure(count(f.Replicas, "replica") + " connected, but the account may not see how far behind: GRANT pg_monitor")
	}
	return judgeLag(count(f.Replicas, "replica")+", the slowest", f, b)
}

// judgeLag judges what is known of the lag; who begins the sentence.
func judgeLag(who string, f replicationFacts, b lagBounds) checks.Result {
	behind := who + " " + millis(f.Lag) + " behind"
	switch {
	case f.Lag > b.Most:
		return fail(behind)
	case f.Lag > b.Lag:
		return warn(behind)
	case f.Behind > maxBehind:
		return warn(fmt.Sprintf("%s, and %d MiB", behind, f.Behind>>20))
	case !f.Replica && f.Streaming < f.Replicas:
		return warn(fmt.Sprintf("%d of %s stream, others still catch up", f.Streaming, count(f.Replicas, "replica")))
	case f.IdleSlots > 0:
		return warn(behind + "; " + verb(f.IdleSlots, "slot waits", "slots wait") + " for a replica that is not connected")
	}
	return pass(behind)
}

func (f postgresFacts) replicationTable() string {
	if f.Replication.Err != nil {
		return fmt.Sprintf("replication: %v\n", f.Replication.Err)
	}
	r := f.Replication.What
	return fmt.Sprintf("in recovery: %t\nreceiver streams: %t (hidden: %t), all applied: %t\nreplicas: %d, seen: %d, streaming: %d\nslots without a replica: %d\nlag: %s\nbytes behind: %d\n",
		r.Replica, r.Receiving, r.Hidden, r.CaughtUp, r.Replicas, r.Seen, r.Streaming, r.IdleSlots, r.Lag, r.Behind)
}
