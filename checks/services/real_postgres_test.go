package services

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services/pgtest"
)

// startPostgres runs a private server with the accounts app and admin, whose password is
// the canary, and outsider, who is not let in. It has twelve connections: one that was closed
// counts until the server has noticed.
func startPostgres(t *testing.T) (port string, log func() string) {
	t.Helper()
	server := pgtest.Start(t, pgtest.Options{
		Password: canary, Files: certificate(t),
		HBA: "host replication admin 127.0.0.1/32 scram-sha-256\nhost all outsider 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n",
		Settings: []string{"max_connections=12", "superuser_reserved_connections=0", "max_wal_senders=4", "shared_preload_libraries=pg_stat_statements",
			"ssl=on", "log_statement=all", "log_line_prefix=[%a] "},
	})
	conn := connect(t, "admin", server.Port)
	ctx := context.Background()
	if err := run(ctx, conn, "CREATE ROLE app LOGIN PASSWORD '"+canary+"'", "CREATE ROLE outsider LOGIN PASSWORD '"+canary+"'"); err != nil {
		t.Fatal(err)
	}
	conn.Close(ctx)
	return server.Port, server.Said
}

// certificate makes a certificate that nobody trusts, as PostgreSQL looks for it.
func certificate(t *testing.T) map[string][]byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"server.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}),
		"server.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})}
}

// connect opens a connection as an account; the server may still be starting.
func connect(t *testing.T, user, port string) *pgconn.PgConn {
	t.Helper()
	var err error
	for range 200 {
		var conn *pgconn.PgConn
		conn, err = pgconn.Connect(context.Background(), fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s/postgres?sslmode=disable", user, canary, port))
		if err == nil {
			return conn
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(err)
	return nil
}

func TestRealPostgres(t *testing.T) {
	t.Parallel()
	port, log := startPostgres(t)
	as := func(user, password, database string) map[string]checks.Service {
		return required("postgres", fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s/%s", user, password, port, database))
	}
	const id = "data.postgres.reachable"
	well := checks.Pass
	out, err := exec.Command(program(t, "postgres"), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	var major int
	if _, err := fmt.Sscanf(string(out), "postgres (PostgreSQL) %d", &major); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	if end, known := postgresEnds[major]; major < firstPostgres || known && time.Now().After(end) {
		well = checks.Warn // the version that is installed here is too old
	}
	o, evidence := check(t, id, as("app", canary, "postgres"), well, "")
	says(t, string(o.Reason), fmt.Sprint(major))
	for _, line := range []string{"SELECT 1 answered", " of 12\n", "superuser: false", "in recovery: false", "tls: true", "address: loopback"} {
		says(t, evidence, line)
	}
	for _, line := range []string{"[gonogo] LOG:  statement: BEGIN READ ONLY", "[gonogo] LOG:  statement: SET LOCAL statement_timeout = 2000"} {
		says(t, log(), line)
	}
	keywords := one("postgres", fmt.Sprintf("host=127.0.0.1 port=%s user=app password=%s dbname=postgres", port, canary))
	check(t, id, keywords, well, "")
	_, evidence = check(t, id, as("app", canary, "postgres?sslmode=disable"), well, "")
	says(t, evidence, "tls: false")
	// A certificate that can't be trusted proves nothing about the database.
	check(t, id, as("app", canary, "postgres?sslmode=verify-full"), checks.Inconclusive, "")
	o, _ = check(t, id, as("admin", canary, "postgres"), checks.Warn, "")
	says(t, string(o.Reason), "superuser")
	o, _ = check(t, id, as("app", "wrong"+canary[:4], "postgres"), checks.Fail, "")
	says(t, string(o.Reason), "refuses the password")
	o, _ = check(t, id, as("app", canary, "nowhere"), checks.Fail, "")
	says(t, string(o.Reason), "does not exist")
	o, _ = check(t, id, as("outsider", canary, "postgres"), checks.Inconclusive, "")
	says(t, string(o.Reason), "pg_hba.conf")

	var held []*pgconn.PgConn
	for range 11 {
		held = append(held, connect(t, "app", port))
	}
	o, _ = check(t, id, as("app", canary, "postgres"), checks.Warn, "")
	says(t, string(o.Reason), "12 of 12 connections")
	held = append(held, connect(t, "app", port))
	o, _ = check(t, id, as("app", canary, "postgres"), checks.Fail, "")
	says(t, string(o.Reason), "no connection left")
	for _, conn := range held {
		conn.Close(context.Background())
	}
	says(t, log(), "[gonogo] LOG:  statement: ROLLBACK")
}
