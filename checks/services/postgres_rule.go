package services

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// postgresFacts is what a PostgreSQL server showed.
type postgresFacts struct {
	Said     string // SQLSTATE of the error that ended it; empty: none
	AtDoor   bool   // the error is about who may connect from where, not about the account
	Foreign  bool   // what answered does not speak the protocol
	Answered bool   // SELECT 1 did
	Took     time.Duration
	Dialled  time.Duration
	TLS      bool
	Reach    reach
	Self     postgresSelf
	NoSelf   error
}

// postgresSelf is what the server says of itself.
type postgresSelf struct {
	Version   string
	Major     int
	Replica   bool
	Most      int // max_connections
	Used      int
	Superuser bool // our account's
}

const (
	slowAnswer = 500 * time.Millisecond
	// nearlyFull is the share of connections in use, in percent, above which growth meets the limit.
	nearlyFull = 80
)

// postgresEnds are the days after which a major version gets no more fixes (PostgreSQL
// versioning policy). Majors before the first are past theirs, later ones are not.
var postgresEnds = map[int]time.Time{
	13: day(2025, time.November, 13), 14: day(2026, time.November, 12), 15: day(2027, time.November, 11),
	16: day(2028, time.November, 9), 17: day(2029, time.November, 8), 18: day(2030, time.November, 14),
}

const firstPostgres = 13

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 23, 59, 59, 0, time.UTC)
}

// postgresRefusals are the errors of a server that will not serve this account now
// (PostgreSQL, Appendix A).
var postgresRefusals = map[string]string{
	"28P01": "it refuses the password",
	"28000": "it refuses the account",
	"3D000": "the database does not exist",
	"42501": "the account may not connect to the database",
	"53300": "it has no connection left",
	"57014": "SELECT 1 was cut off after 2 s",
}

func judgePostgres(f postgresFacts, now time.Time) checks.Result {
	switch {
	case f.Foreign:
		return fail("what answers there does not speak as PostgreSQL does")
	case f.AtDoor:
		return unsure("PostgreSQL does not let this host in (pg_hba.conf): ask from where the application runs")
	case f.Said == "57P03":
		return unsure("PostgreSQL is there, but starts, recovers or stops: ask again")
	case f.Said != "" && postgresRefusals[f.Said] != "":
		return fail("PostgreSQL is there, but " + postgresRefusals[f.Said])
	case f.Said != "":
		return fail("PostgreSQL is there, but answers with the error " + f.Said)
	case !f.Answered:
		return unsure("SELECT 1 was not answered")
	}
	if flaws := f.flaws(now); len(flaws) > 0 {
		return warn("PostgreSQL answers, but " + strings.Join(flaws, "; "))
	}
	role := ""
	if f.Self.Replica {
		role = ", a replica"
	}
	return pass(fmt.Sprintf("PostgreSQL %s%s answers in %s, %d of %d connections in use", f.Self.Version, role, millis(f.Took), f.Self.Used, f.Self.Most))
}

// flaws are what a server that answers should do better.
func (f postgresFacts) flaws(now time.Time) []string {
	var flaws []string
	flaw := func(is bool, text string) {
		if is {
			flaws = append(flaws, text)
		}
	}
	flaw(f.Took > slowAnswer, "only after "+millis(f.Took))
	flaw(!f.TLS && f.Reach != loopback, "without TLS across a network")
	if f.NoSelf != nil {
		return append(flaws, "tells nothing of its version and connections")
	}
	flaw(f.Self.Most > 0 && f.Self.Used*100 > f.Self.Most*nearlyFull, fmt.Sprintf("%d of %d connections are in use", f.Self.Used, f.Self.Most))
	flaw(f.Self.Superuser, "the account is a superuser")
	end, known := postgresEnds[f.Self.Major]
	flaw(f.Self.Major < firstPostgres || known && now.After(end), fmt.Sprintf("version %s is past its end of life", f.Self.Version))
	return flaws
}

// table prints the facts for evidence: chosen fields, never the connection string.
func (f postgresFacts) table() string {
	if !f.Answered {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT 1 answered after %s (connect %s)\ntls: %t\naddress: %s\n", millis(f.Took), millis(f.Dialled), f.TLS, f.Reach)
	if f.NoSelf != nil {
		fmt.Fprintf(&b, "about itself: %v\n", f.NoSelf)
		return b.String()
	}
	fmt.Fprintf(&b, "version: %s\nin recovery: %t\nconnections: %d of %d\nsuperuser: %t\n", f.Self.Version, f.Self.Replica, f.Self.Used, f.Self.Most, f.Self.Superuser)
	return b.String()
}
