package pgstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/sessions"
)

// channel is where the server tells who appended to which session.
const channel = "gonogo"

func known(id string) error {
	if !sessions.ValidID(id) {
		return fmt.Errorf("%.80q is no session id: %w", id, sessions.ErrNotFound)
	}
	return nil
}

func newName() string { return strings.ToLower(rand.Text()) }

// eventName is the name of one of the events that are appended together.
func eventName(name string, n int) string { return fmt.Sprintf("%s.%d", name, n) }

// unique reports whether the server refused something because it is there already.
func unique(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == "23505"
}

// Append adds lines after the expected head, all or none, or says that somebody else was
// first. Lines whose acknowledgement is lost are looked for, and never added twice.
func (s *Store) Append(ctx context.Context, id string, expect sessions.Head, lines ...[]byte) (sessions.Head, error) {
	return s.AppendWhole(ctx, id, expect, nil, lines...)
}

// AppendWhole is Append with evidence, in one transaction.
func (s *Store) AppendWhole(ctx context.Context, id string, expect sessions.Head, evidence [][]byte, lines ...[]byte) (sessions.Head, error) {
	head, err := s.append(ctx, id, newName(), expect, evidence, lines)
	if errors.Is(err, sessions.ErrAppended) { // by this very call
		return chained(expect, lines).head, nil
	}
	return head, err
}

// rows are lines as the events table takes them.
type rows struct {
	head  sessions.Head
	seqs  []int64
	hash  [][]byte
	names []string
}

func chained(expect sessions.Head, lines [][]byte) rows {
	r := rows{head: expect}
	for _, line := range lines {
		r.head = sessions.Head{Seq: r.head.Seq + 1, Hash: sessions.LineHash(r.head.Hash, line)}
		hash := r.head.Hash
		r.seqs, r.hash = append(r.seqs, int64(r.head.Seq)), append(r.hash, hash[:])
	}
	return r
}

// appendSQL moves the head only from the expected one, adds the lines only where it moved,
// and tells everybody when that is durable: one statement, one transaction.
const appendSQL = `WITH moved AS (
	UPDATE gonogo.sessions SET seq = $4, head = $5 WHERE id = $1 AND removed IS NULL AND seq = $2 AND head = $3 RETURNING key
), added AS (
	INSERT INTO gonogo.events (session, seq, hash, name, json)
	SELECT moved.key, l.seq, l.hash, l.name, l.json
	FROM moved, unnest($6::bigint[], $7::bytea[], $8::text[], $9::bytea[]) AS l (seq, hash, name, json) RETURNING seq
) SELECT count(*), (SELECT pg_notify('` + channel + `', $1)::text FROM moved) FROM added`

// AppendAs is Append under a name: see sessions.Shared.
func (s *Store) AppendAs(ctx context.Context, id, name string, expect sessions.Head, lines ...[]byte) (sessions.Head, error) {
	return s.append(ctx, id, name, expect, nil, lines)
}

func (s *Store) append(ctx context.Context, id, name string, expect sessions.Head, evidence, lines [][]byte) (sessions.Head, error) {
	if err := known(id); err != nil {
		return sessions.Head{}, err
	}
	if len(lines) == 0 {
		return expect, nil
	}
	r := chained(expect, lines)
	for n := range lines {
		r.names = append(r.names, eventName(name, n))
	}
	limit, err := within(evidence, lines)
	if err != nil {
		return sessions.Head{}, fmt.Errorf("session %s: %w", id, err)
	}
	err = s.doIn(ctx, limit, func(ctx context.Context, conn *pgx.Conn) error {
		var err error
		if len(evidence) == 0 { // one statement is a transaction by itself
			err = move(ctx, conn, id, expect, r, lines)
		} else {
			err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
				if err := move(ctx, tx, id, expect, r, lines); err != nil {
					return err
				}
				return addBlobs(ctx, tx, id, evidence)
			})
		}
		if unique(err) || errors.Is(err, errMoved) {
			return refusal(ctx, conn, id, r.names[0])
		}
		return err
	})
	if err != nil {
		return sessions.Head{}, fmt.Errorf("session %s: %w", id, err)
	}
	return r.head, nil
}

// errMoved says that the head is not the expected one.
var errMoved = errors.New("the head is another one")

// move moves the head and adds the lines.
func move(ctx context.Context, on asker, id string, expect sessions.Head, r rows, lines [][]byte) error {
	var added int
	var none *string
	err := on.QueryRow(ctx, appendSQL, id, int64(expect.Seq), expect.Hash[:], int64(r.head.Seq), r.head.Hash[:],
		r.seqs, r.hash, r.names, lines).Scan(&added, &none)
	switch {
	case err != nil:
		return err
	case added == 0:
		return errMoved
	case added != len(lines):
		return fmt.Errorf("%d of %d events were added", added, len(lines))
	}
	return nil
}

// refusal says why nothing was added.
func refusal(ctx context.Context, conn *pgx.Conn, id, name string) error {
	var there bool
	err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM gonogo.events e WHERE e.session = s.key AND e.name = $2)
		FROM gonogo.sessions s WHERE s.id = $1 AND s.removed IS NULL`, id, name).Scan(&there)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return sessions.ErrNotFound
	case err != nil:
		return err
	case there:
		return sessions.ErrAppended
	}
	return sessions.ErrConflict
}

// Read yields the lines after a seq. That the journal does not end where the head says is
// damage, and comes last, as a *sessions.ChainError.
func (s *Store) Read(ctx context.Context, id string, after uint64) iter.Seq2[sessions.Entry, error] {
	return func(yield func(sessions.Entry, error) bool) {
		entries, damage, err := s.read(ctx, id, after)
		if err != nil {
			yield(sessions.Entry{}, err)
			return
		}
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
		if damage != nil {
			yield(sessions.Entry{}, damage)
		}
	}
}

// readSQL is one statement, so that head and lines are of one moment. Of a line that is
// longer than any can be, only so much comes that the chain breaks there: who may add rows
// could send everybody gigabytes.
const readSQL = `SELECT s.seq, s.head, e.seq, e.hash, substr(e.json, 1, $3), left(e.role, 64)
	FROM gonogo.sessions s LEFT JOIN gonogo.events e ON e.session = s.key AND e.seq > $2
	WHERE s.id = $1 AND s.removed IS NULL ORDER BY e.seq`

func (s *Store) read(ctx context.Context, id string, after uint64) (entries []sessions.Entry, damage *sessions.ChainError, err error) {
	if err := known(id); err != nil {
		return nil, nil, err
	}
	var head sessions.Head
	err = s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		entries, damage, head = nil, nil, sessions.Head{}
		found, err := conn.Query(ctx, readSQL, id, int64(after), longest)
		if err != nil {
			return err
		}
		defer found.Close()
		size := 0
		for found.Next() {
			e, err := scanEntry(found, &head)
			if err != nil {
				return err
			}
			if size += len(e.JSON); size > sessions.MaxJournal {
				return fmt.Errorf("a journal of more than %d bytes: %w", sessions.MaxJournal, sessions.ErrTooLarge)
			}
			if e.Seq > 0 {
				entries = append(entries, e)
			}
		}
		if err := found.Err(); err != nil {
			return err
		}
		if head.Seq == 0 {
			return sessions.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("session %s: %w", id, err)
	}
	return entries, missing(entries, head, after), nil
}

// scanEntry reads a row of readSQL; an entry without a seq is none.
func scanEntry(found pgx.Rows, head *sessions.Head) (e sessions.Entry, err error) {
	var last, seq *int64
	var lastHash, hash []byte
	var role *string
	if err := found.Scan(&last, &lastHash, &seq, &hash, &e.JSON, &role); err != nil {
		return e, err
	}
	if role != nil {
		e.Role = *role
	}
	if last != nil && len(lastHash) == len(head.Hash) {
		*head = sessions.Head{Seq: uint64(*last), Hash: [32]byte(lastHash)}
	}
	if seq != nil && len(hash) == len(e.Hash) {
		e.Seq, e.Hash = uint64(*seq), [32]byte(hash)
	}
	return e, nil
}

// missing holds the lines after a seq to the session's head.
func missing(entries []sessions.Entry, head sessions.Head, after uint64) *sessions.ChainError {
	have := after
	if n := len(entries); n > 0 {
		have = entries[n-1].Seq
	}
	switch {
	case head.Seq > have:
		return &sessions.ChainError{Line: have + 1, Kind: sessions.DamagedMissing,
			Why: fmt.Sprintf("events that were saved are gone: the head names %d, the journal ends at %d", head.Seq, have)}
	case head.Seq < have, len(entries) > 0 && entries[len(entries)-1].Hash != head.Hash:
		return &sessions.ChainError{Line: head.Seq, Kind: sessions.DamagedRewritten,
			Why: "it is not the last line that was written: the journal or its head was changed"}
	}
	return nil
}
