package pgstore

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/sessions"
)

const (
	// importShare is about how many bytes of lines one statement of an import carries.
	importShare = 4 << 20
	// slowest is how many bytes a second an import counts on before it is given up.
	slowest = 256 << 10
)

// Create writes a session's first line.
func (s *Store) Create(ctx context.Context, id string, first []byte) (sessions.Head, error) {
	return s.ImportWhole(ctx, id, nil, first)
}

// Import writes a whole journal: see ImportWhole.
func (s *Store) Import(ctx context.Context, id string, lines ...[]byte) (sessions.Head, error) {
	return s.ImportWhole(ctx, id, nil, lines...)
}

// ImportWhole writes a whole journal and its evidence in one transaction: whatever moment the
// process ends at, all of it is there or nothing. An id that is taken is an ErrExists.
func (s *Store) ImportWhole(ctx context.Context, id string, evidence [][]byte, lines ...[]byte) (sessions.Head, error) {
	if err := known(id); err != nil {
		return sessions.Head{}, err
	}
	r := chained(sessions.Head{}, lines)
	name := newName()
	for n := range lines {
		r.names = append(r.names, eventName(name, n))
	}
	limit, err := within(evidence, lines)
	if err != nil {
		return sessions.Head{}, fmt.Errorf("create session %s: %w", id, err)
	}
	err = s.doIn(ctx, limit, func(ctx context.Context, conn *pgx.Conn) error {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return bring(ctx, tx, id, evidence, r, lines) })
		if !unique(err) {
			return err
		}
		// Taken; by this very call, where the answer to it was lost.
		var mine bool
		err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM gonogo.sessions s JOIN gonogo.events e ON e.session = s.key
			WHERE s.id = $1 AND s.removed IS NULL AND e.seq = 1 AND e.name = $2)`, id, r.names[0]).Scan(&mine)
		if err == nil && !mine {
			err = fmt.Errorf("%s: %w", id, sessions.ErrExists)
		}
		return err
	})
	if err != nil {
		return sessions.Head{}, fmt.Errorf("create session %s: %w", id, err)
	}
	return r.head, nil
}

// within is how long it may take to write evidence and lines. Evidence that is too large is
// refused.
func within(evidence, lines [][]byte) (time.Duration, error) {
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	for _, body := range evidence {
		size += len(body)
		if len(body) > sessions.MaxEvidence {
			return 0, fmt.Errorf("evidence of more than %d bytes: %w", sessions.MaxEvidence, sessions.ErrTooLarge)
		}
	}
	return askTime + time.Duration(size/slowest)*time.Second, nil
}

// bring writes a whole session in a transaction.
func bring(ctx context.Context, tx pgx.Tx, id string, evidence [][]byte, r rows, lines [][]byte) error {
	var key int64
	err := tx.QueryRow(ctx, "INSERT INTO gonogo.sessions (id, seq, head) VALUES ($1, $2, $3) RETURNING key", id, int64(r.head.Seq), r.head.Hash[:]).Scan(&key)
	if err != nil {
		return err
	}
	for from := 0; from < len(lines); {
		to, size := from, 0
		for to < len(lines) && (to == from || size+len(lines[to]) <= importShare) {
			size += len(lines[to])
			to++
		}
		_, err := tx.Exec(ctx, `INSERT INTO gonogo.events (session, seq, hash, name, json)
			SELECT $1, l.seq, l.hash, l.name, l.json FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::bytea[]) AS l (seq, hash, name, json)`,
			key, r.seqs[from:to], r.hash[from:to], r.names[from:to], lines[from:to])
		if err != nil {
			return err
		}
		from = to
	}
	return addBlobs(ctx, tx, id, evidence)
}
