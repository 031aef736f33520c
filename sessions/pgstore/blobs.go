package pgstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/sessions"
)

// partSize is the most that one row of evidence holds, in bytes.
const partSize = 1 << 20

// PutBlob keeps a piece of evidence under the hash of its bytes, once. Bytes of another
// hash, or more than sessions.MaxEvidence of them, are refused.
func (s *Store) PutBlob(ctx context.Context, id string, sum [sha256.Size]byte, r io.Reader) error {
	if err := known(id); err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(r, sessions.MaxEvidence+1))
	switch {
	case err != nil:
		return err
	case len(body) > sessions.MaxEvidence:
		return fmt.Errorf("evidence of more than %d bytes: %w", sessions.MaxEvidence, sessions.ErrTooLarge)
	case sha256.Sum256(body) != sum:
		return errors.New("the evidence has other bytes than its name says")
	}
	return s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return addBlob(ctx, tx, id, body) })
	})
}

// addBlob adds a piece of evidence in a transaction, in parts.
func addBlob(ctx context.Context, tx pgx.Tx, id string, body []byte) error {
	sum := sha256.Sum256(body)
	parts := (len(body) + partSize - 1) / partSize
	made, err := tx.Exec(ctx, "INSERT INTO gonogo.blobs (id, sum, parts) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", id, sum[:], parts)
	if err != nil || made.RowsAffected() == 0 {
		return err // the same bytes are there: the hash is their name
	}
	for n := range parts {
		part := body[n*partSize : min((n+1)*partSize, len(body))]
		if _, err := tx.Exec(ctx, "INSERT INTO gonogo.blob_parts (id, sum, part, bytes) VALUES ($1, $2, $3, $4)", id, sum[:], n, part); err != nil {
			return err
		}
	}
	return nil
}

func addBlobs(ctx context.Context, tx pgx.Tx, id string, evidence [][]byte) error {
	for _, body := range evidence {
		if err := addBlob(ctx, tx, id, body); err != nil {
			return err
		}
	}
	return nil
}

// GetBlob opens a piece of evidence; ErrNotFound says that its bytes are not here. The
// caller checks the hash of what it reads.
func (s *Store) GetBlob(ctx context.Context, id string, sum [sha256.Size]byte) (io.ReadCloser, error) {
	if err := known(id); err != nil {
		return nil, err
	}
	var body []byte
	err := s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		body = nil
		found, err := conn.Query(ctx, `SELECT b.parts, p.bytes FROM gonogo.blobs b
			LEFT JOIN gonogo.blob_parts p ON p.id = b.id AND p.sum = b.sum WHERE b.id = $1 AND b.sum = $2 ORDER BY p.part`, id, sum[:])
		if err != nil {
			return err
		}
		defer found.Close()
		parts, have := -1, 0
		for found.Next() {
			var part []byte
			if err := found.Scan(&parts, &part); err != nil {
				return err
			}
			if body = append(body, part...); part != nil {
				have++
			}
			if len(body) > sessions.MaxEvidence {
				return fmt.Errorf("evidence %x…: %w", sum[:6], sessions.ErrTooLarge)
			}
		}
		switch err := found.Err(); {
		case err != nil:
			return err
		case parts < 0:
			return fmt.Errorf("evidence %x… is not here: %w", sum[:6], sessions.ErrNotFound)
		case have != parts:
			return fmt.Errorf("evidence %x…: %d of its %d parts are here", sum[:6], have, parts)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

// RemoveBlob takes a piece of evidence away for good.
func (s *Store) RemoveBlob(ctx context.Context, id string, sum [sha256.Size]byte) error {
	if err := known(id); err != nil {
		return err
	}
	return s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DELETE FROM gonogo.blobs WHERE id = $1 AND sum = $2", id, sum[:])
		return err
	})
}
