package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// migrations lead from an empty database to the current schema, one version each. They are
// only ever added to. The second stamps every row with the account that wrote it, whatever
// the row says; its seats say who calls themselves what, and who may write events may sit.
var migrations = []string{`
CREATE TABLE gonogo.sessions (
	key     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id      text NOT NULL CHECK (id ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'),
	seq     bigint NOT NULL CHECK (seq > 0),
	head    bytea NOT NULL CHECK (octet_length(head) = 32),
	created timestamptz NOT NULL DEFAULT now(),
	removed timestamptz
);
CREATE UNIQUE INDEX sessions_id ON gonogo.sessions (id) WHERE removed IS NULL;
CREATE TABLE gonogo.events (
	session  bigint NOT NULL REFERENCES gonogo.sessions (key),
	seq      bigint NOT NULL CHECK (seq > 0),
	hash     bytea NOT NULL CHECK (octet_length(hash) = 32),
	name     text NOT NULL,
	json     bytea NOT NULL,
	role     text NOT NULL DEFAULT session_user,
	received timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (session, seq),
	UNIQUE (session, name)
);
CREATE FUNCTION gonogo.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'gonogo: events are only ever added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gonogo.events
	FOR EACH STATEMENT EXECUTE FUNCTION gonogo.refuse();
CREATE TABLE gonogo.summaries (
	session bigint PRIMARY KEY REFERENCES gonogo.sessions (key),
	body    bytea NOT NULL
);
CREATE TABLE gonogo.blobs (
	id     text NOT NULL,
	sum    bytea NOT NULL CHECK (octet_length(sum) = 32),
	parts  integer NOT NULL,
	stored timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (id, sum)
);
CREATE TABLE gonogo.blob_parts (
	id    text NOT NULL,
	sum   bytea NOT NULL,
	part  integer NOT NULL,
	bytes bytea NOT NULL CHECK (octet_length(bytes) <= 1048576),
	PRIMARY KEY (id, sum, part),
	FOREIGN KEY (id, sum) REFERENCES gonogo.blobs (id, sum) ON DELETE CASCADE
);
`, `
CREATE UNLOGGED TABLE gonogo.seats (
	session text NOT NULL,
	pid     integer NOT NULL,
	name    text NOT NULL,
	role    text NOT NULL DEFAULT session_user,
	since   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (session, pid)
);
CREATE FUNCTION gonogo.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.role := session_user;
	RETURN NEW;
END $$;
CREATE TRIGGER events_stamp BEFORE INSERT ON gonogo.events FOR EACH ROW EXECUTE FUNCTION gonogo.stamp();
CREATE TRIGGER seats_stamp BEFORE INSERT ON gonogo.seats FOR EACH ROW EXECUTE FUNCTION gonogo.stamp();
DO $$
DECLARE grantee text;
BEGIN
	FOR grantee IN
		SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
		FROM pg_catalog.pg_class c, aclexplode(c.relacl) a
		WHERE c.oid = 'gonogo.events'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner
	LOOP
		EXECUTE 'GRANT SELECT, INSERT, DELETE ON gonogo.seats TO ' || grantee;
	END LOOP;
END $$;
`}

// migrateKey is the advisory lock under which one process at a time changes the schema.
const migrateKey = 0x676f6e6f676f // "gonogo"

// prepare brings the schema up to this gonogo's version. Where it is already, nothing is
// written, so that an account without the right to do so can work with it.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	have, err := version(ctx, conn)
	if forbidden(err) {
		return fmt.Errorf("this account may not read the schema gonogo: whoever owns it has to grant the rights of a reviewer (%w)", err)
	}
	if err != nil || have == len(migrations) {
		return err
	}
	err = migrate(ctx, conn)
	switch {
	case !forbidden(err):
		return err
	case have == 0:
		return fmt.Errorf("this account may not make the schema gonogo: let one that may open the store once, or GRANT CREATE ON DATABASE to this one (%w)", err)
	}
	return fmt.Errorf("the schema gonogo is of version %d, this gonogo needs %d, and this account may not change it, it has to own it: let the one that does open the store once (%w)", have, len(migrations), err)
}

// migrate makes or updates the schema, one process at a time, all or nothing.
func migrate(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // says nothing new after a commit
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrateKey)); err != nil {
		return err
	}
	have, err := version(ctx, tx)
	if err != nil {
		return err
	}
	if have > len(migrations) {
		return fmt.Errorf("the schema gonogo is of a newer gonogo (version %d, this one knows %d): update gonogo", have, len(migrations))
	}
	if have == 0 {
		_, err := tx.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS gonogo;
			CREATE TABLE IF NOT EXISTS gonogo.version (version integer PRIMARY KEY, made timestamptz NOT NULL DEFAULT now())`)
		if err != nil {
			return err
		}
	}
	for n := have; n < len(migrations); n++ {
		if _, err := tx.Exec(ctx, migrations[n]); err != nil {
			return fmt.Errorf("bring the schema gonogo to version %d: %w", n+1, err)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO gonogo.version (version) VALUES ($1)", n+1); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// asker is a connection or a transaction.
type asker interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// version is the schema's version, 0 where there is none.
func version(ctx context.Context, on asker) (int, error) {
	var there bool // asked of the tables themselves: name lookups may answer from a cache that the lock does not renew
	err := on.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'gonogo' AND tablename = 'version')").Scan(&there)
	if err != nil || !there {
		return 0, err
	}
	var have int
	err = on.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM gonogo.version").Scan(&have)
	return have, err
}

// promises reads the settings on which "saved" rests and says which of them are off.
// Where only this connection's default is off, it is turned on.
func promises(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	var fsync, pages, commit string
	err := conn.QueryRow(ctx, "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')").Scan(&fsync, &pages, &commit)
	if err != nil {
		return nil, err
	}
	var off []string
	if fsync == "off" {
		off = append(off, "fsync is off on the store's server: a power cut may lose or damage everything there")
	}
	if pages == "off" {
		off = append(off, "full_page_writes is off on the store's server: a power cut may damage what is there")
	}
	if commit == "off" {
		if _, err := conn.Exec(ctx, "SET synchronous_commit = on"); err != nil {
			return nil, err
		}
		off = append(off, "synchronous_commit is off on the store's server: gonogo turned it on for its own connections")
	}
	return off, nil
}
