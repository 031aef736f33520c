package services

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// postgresFacts is what a PostgreSQL server showed.
type postgresFacts struct {
	Said     string // SQLSTATE of the error that ended it; empty: none
	SaidText string // the error in words
	AtDoor   bool   // the error is about who may connect from where, not about the account
	Foreign  bool   // what answered does not speak the protocol
	Answered bool   // SELECT 1 did
	Took     time.Duration
	Dialled  time.Duration
	TLS      bool
	Mode     string // the client's sslmode
	As, In   string // account and database; never shown
	Reach    reach

	Self        told[postgresSelf]
	Account     told[accountFacts]
	Limits      told[limitFacts]
	Replication told[replicationFacts]
	Statements  told[statementFacts]
	Versions    told[[]versionTable]
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
	if f.Self.What.Replica {
		role = ", a replica"
	}
	return pass(fmt.Sprintf("PostgreSQL %s%s answers in %s, %d of %d connections in use", f.Self.What.Version, role, millis(f.Took), f.Self.What.Used, f.Self.What.Most))
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
	if f.Self.Err != nil {
		return append(flaws, "tells nothing of its version and connections")
	}
	flaw(f.Self.What.Most > 0 && f.Self.What.Used*100 > f.Self.What.Most*nearlyFull, fmt.Sprintf("%d of %d connections are in use", f.Self.What.Used, f.Self.What.Most))
	flaw(f.Self.What.Superuser, "the account is a superuser")
	end, known := postgresEnds[f.Self.What.Major]
	flaw(f.Self.What.Major < firstPostgres || known && now.After(end), fmt.Sprintf("version %s is past its end of life", f.Self.What.Version))
	return flaws
}

// selfReport asks for what the rule needs, of views that every account may read.
// pg_stat_database has one row of shared objects without connections.
const selfReport = `SELECT current_setting('server_version_num'), current_setting('server_version'), pg_is_in_recovery(),
 current_setting('max_connections'), (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database), current_setting('is_superuser')`

func readSelf(rows [][]string) (postgresSelf, error) {
	row, err := oneRow(rows, 6)
	if err != nil {
		return postgresSelf{}, err
	}
	self := postgresSelf{Version: row[1], Replica: row[2] == "t", Superuser: row[5] == "on"}
	numbers, err := wholes(row[0], row[3], row[4])
	if err != nil {
		return postgresSelf{}, err
	}
	self.Major, self.Most, self.Used = numbers[0]/10000, numbers[1], numbers[2]
	return self, nil
}

// wholes reads whole numbers.
func wholes(texts ...string) ([]int, error) {
	numbers := make([]int, len(texts))
	for i, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("numbers of the server: %w", err)
		}
		numbers[i] = n
	}
	return numbers, nil
}

// table prints the facts for evidence: chosen fields, never the connection string.
func (f postgresFacts) table() string {
	var b strings.Builder
	if f.SaidText != "" {
		fmt.Fprintf(&b, "error: %s\n", f.SaidText)
	}
	if !f.Answered {
		return b.String()
	}
	fmt.Fprintf(&b, "SELECT 1 answered after %s (connect %s)\ntls: %t\naddress: %s\n", millis(f.Took), millis(f.Dialled), f.TLS, f.Reach)
	if f.Self.Err != nil {
		fmt.Fprintf(&b, "about itself: %v\n", f.Self.Err)
		return b.String()
	}
	fmt.Fprintf(&b, "version: %s\nin recovery: %t\nconnections: %d of %d\nsuperuser: %t\n", f.Self.What.Version, f.Self.What.Replica, f.Self.What.Used, f.Self.What.Most, f.Self.What.Superuser)
	return b.String()
}
