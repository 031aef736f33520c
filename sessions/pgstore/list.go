package pgstore

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/sessions"
)

// PutSummary keeps what lists show of a session.
func (s *Store) PutSummary(ctx context.Context, sum sessions.Summary) error {
	if err := known(sum.ID); err != nil {
		return err
	}
	body, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	return s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `INSERT INTO gonogo.summaries (session, body)
			SELECT key, $2 FROM gonogo.sessions WHERE id = $1 AND removed IS NULL
			ON CONFLICT (session) DO UPDATE SET body = excluded.body`, sum.ID, body)
		return err
	})
}

// longest is more bytes than a line of a journal or a summary has.
const longest = sessions.MaxJSON + 1

// listSQL brings the first line only of sessions whose summary is missing, or longer than
// one can be.
const listSQL = `SELECT s.id, s.seq, s.head, m.body, CASE WHEN m.body IS NULL THEN
		(SELECT substr(e.json, 1, $1) FROM gonogo.events e WHERE e.session = s.key AND e.seq = 1) END
	FROM gonogo.sessions s LEFT JOIN gonogo.summaries m ON m.session = s.key AND octet_length(m.body) < $1
	WHERE s.removed IS NULL`

// List lists the sessions, newest first. One whose summary is missing or older than its
// journal is Stale: it shows the old summary, or what the first event says.
func (s *Store) List(ctx context.Context) ([]sessions.Summary, error) {
	var out []sessions.Summary
	err := s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		out = []sessions.Summary{}
		found, err := conn.Query(ctx, listSQL, longest)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var id string
			var seq int64
			var head, body, first []byte
			if err := found.Scan(&id, &seq, &head, &body, &first); err != nil {
				return err
			}
			out = append(out, summary(id, uint64(seq), head, body, first))
		}
		return found.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list the sessions: %w", err)
	}
	slices.SortFunc(out, func(a, b sessions.Summary) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
	})
	return out, nil
}

// summary is one row of the list.
func summary(id string, seq uint64, head, body, first []byte) sessions.Summary {
	var sum sessions.Summary
	if json.Unmarshal(body, &sum) == nil && sum.ID == id {
		sum.Stale = sum.Head != hex.EncodeToString(head)
		return sum
	}
	at := sessions.Head{Seq: seq}
	copy(at.Hash[:], head)
	event, err := sessions.DecodeEvent(first)
	if err == nil {
		sum, err = sessions.FirstSummary(event, at)
	}
	if err != nil {
		sum = sessions.Summary{State: sessions.Draft, Decision: sessions.Incomplete, Blockers: []string{}, Stale: true,
			Damaged: "journal line 1: " + err.Error()}
	}
	sum.ID = id
	return sum
}

// Remove takes a session out of the lists; its rows stay, and its id is free. One that
// somebody has open is refused.
func (s *Store) Remove(ctx context.Context, id string) error {
	if err := known(id); err != nil {
		return err
	}
	err := s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		tx, err := conn.Begin(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // says nothing new after a commit
		var free bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", seatKey(id)).Scan(&free); err != nil {
			return err
		}
		if !free {
			why, err := held(ctx, conn, id)
			return cmp.Or(err, error(heldError{cmp.Or(why, "somebody has it open")}))
		}
		done, err := tx.Exec(ctx, "UPDATE gonogo.sessions SET removed = now() WHERE id = $1 AND removed IS NULL", id)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return sessions.ErrNotFound
		}
		return tx.Commit(ctx)
	})
	if err != nil {
		return fmt.Errorf("remove %s: %w", id, err)
	}
	return nil
}

// heldError says why a session can't be had. It is an ErrReadOnly.
type heldError struct{ why string }

func (e heldError) Error() string { return e.why }
func (e heldError) Unwrap() error { return sessions.ErrReadOnly }

// Held is the sentence for people.
func (e heldError) Held() string { return e.why }

// Inspect tells what there is of a session beside its journal.
func (s *Store) Inspect(ctx context.Context, id string) (sessions.Files, error) {
	var f sessions.Files
	if err := known(id); err != nil {
		return f, err
	}
	err := s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		f = sessions.Files{}
		found, err := conn.Query(ctx, "SELECT encode(sum, 'hex') FROM gonogo.blobs WHERE id = $1 ORDER BY 1", id)
		if err != nil {
			return err
		}
		if f.Evidence, err = pgx.CollectRows(found, pgx.RowTo[string]); err != nil {
			return err
		}
		var there bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM gonogo.sessions WHERE id = $1 AND removed IS NULL)", id).Scan(&there); err != nil {
			return err
		}
		if !there && len(f.Evidence) == 0 {
			return fmt.Errorf("%s: %w", id, sessions.ErrNotFound)
		}
		f.Held, err = held(ctx, conn, id)
		return err
	})
	if err != nil {
		return f, err
	}
	texts, err := s.Drafts(ctx, id)
	if err != nil && !errors.Is(err, sessions.ErrNotFound) {
		return f, err
	}
	f.Drafts = len(texts)
	return f, nil
}
