package sessions

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/profiles"
)

// letters are the verdicts of the tables in the tests.
var letters = map[byte]checks.Verdict{
	'P': checks.Pass, 'W': checks.Warn, 'F': checks.Fail, '?': checks.Inconclusive, 'N': checks.NA, '.': checks.Pending,
}

// start is when the sessions of the tests begin.
var start = time.Date(2026, 11, 22, 14, 9, 31, 0, time.UTC)

// testProfile parses a profile and takes its checks out, so that verdicts come from events
// alone.
func testProfile(t testing.TB, name string, src []byte) *checks.Profile {
	t.Helper()
	p, err := checks.ParseProfile(name, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	for c := range p.Categories {
		for i := range p.Categories[c].Items {
			p.Categories[c].Items[i].Checks = nil
		}
	}
	return p
}

func builtin(t testing.TB, id string) *checks.Profile {
	t.Helper()
	src, err := profiles.Source(id)
	if err != nil {
		t.Fatal(err)
	}
	return testProfile(t, id, src)
}

const testTarget = `
name = "atlas-demo"
version = "1.4"
environment = "production"
level = "A"
[owners]
platform = "Platform team"
backend = "Backend team"
data = "Data team"
security = "Security team"
`

// testBasis is a session of a profile against the test target.
func testBasis(t testing.TB, p *checks.Profile, target string) *basis {
	t.Helper()
	tg, err := checks.ParseTarget("target.toml", []byte(target), "")
	if err != nil {
		t.Fatal(err)
	}
	reg, err := checks.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(tg, p, reg, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	o := Opened{Format: 1, Session: "20261122-140931-atlas-demo-x7k2", Target: "atlas-demo", Profile: p.ID}
	return &basis{opened: o, target: tg, profile: p, plan: plan, reg: reg}
}

// script makes events of payloads, one a second.
func script(b *basis, data ...Payload) []Event {
	events := []Event{{Seq: 1, At: start, By: "ann", Data: b.opened}}
	for _, p := range data {
		n := len(events)
		events = append(events, Event{Seq: uint64(n) + 1, At: start.Add(time.Duration(n) * time.Second), By: "ann", Data: p})
	}
	return events
}

// machine says what the machine found: rows such as "P5-SEC-AUT 01-04 PPPP" name a start,
// the numbers after it and a letter for each; two letters a number ("WF") where the
// verdict by today's rules differs are given with a slash: "F/W".
func machine(t testing.TB, rows string) []Payload {
	t.Helper()
	var out []Payload
	for line := range strings.Lines(rows) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 3 {
			t.Fatalf("row %q", line)
		}
		var first, last int
		if _, err := fmt.Sscanf(f[1], "%d-%d", &first, &last); err != nil {
			t.Fatalf("row %q: %v", line, err)
		}
		counts, today := f[2], f[2]
		if before, after, ok := strings.Cut(f[2], ">"); ok {
			today, counts = before, after
		}
		if len(counts) != last-first+1 || len(today) != len(counts) {
			t.Fatalf("row %q: %d verdicts for %d to %d", line, len(counts), first, last)
		}
		for n := range len(counts) {
			out = append(out, checked(fmt.Sprintf("%s-%02d", f[0], first+n), letters[counts[n]], letters[today[n]]))
		}
	}
	return out
}

func checked(id string, v, today checks.Verdict) Checked {
	return Checked{Item: id, Run: "r1", Verdict: v, Today: today, Reason: "seen", Strength: checks.ObservedLive}
}

// verdicts that the demo system shows under the phase5 profile; today's before >.
const phase5Rows = `
P5-SEC-AUT 01-04 PPPP
P5-SEC-INP 01-04 PPPP
P5-SEC-COR 01-01 W
P5-SEC-RAT 01-02 WW
P5-SEC-HDR 01-05 FFFPN>WWWWW
P5-SEC-RBA 01-02 WW
P5-SEC-JWT 01-02 WW
P5-REL-DBH 01-03 FFF>FWW
P5-REL-POO 01-01 F
P5-REL-REC 01-02 FW
P5-REL-CON 01-01 F
P5-REL-RES 01-03 PPP
P5-REL-ERR 01-03 WWW
P5-SCA-LOD 01-05 ?????
P5-SCA-CST 01-01 ?
P5-SCA-UTL 01-01 ?
P5-SCA-DBS 01-01 ?
P5-DEP-CFG 01-05 PPPPP
P5-DEP-ENV 01-05 FPFWW>FPWWW
P5-DEP-DPD 01-04 PPPP
P5-DEP-SCR 01-06 PPPPPP
P5-DEP-SEC 01-08 FFNWWWPP>FWWWWWPP
P5-DEP-MON 01-04 FFFP>WWWP
P5-QUA-API 01-02 FF>WW
P5-QUA-WFL 01-02 PP
P5-QUA-INT 01-03 FFF
P5-QUA-ERR 01-02 PP
P5-QUA-PRF 01-02 FF
P5-QUA-UIF 01-02 PP
P5-QUA-SEC 01-02 FF
P5-DOC-INV 01-02 PP
P5-DOC-REQ 01-01 P
P5-DOC-LNK 01-01 P
`

// verdicts of the analytics scenario under the full-stack profile, with all answers; the
// answers are given as the machine's here.
const fullStackRows = `
S2-FE 01-09 PPPPPPFWW
S2-BE 01-12 PPPPPPPFWFWW
S2-DB 01-08 PPPPFWWW
S2-IN 01-13 PPPPPFF?WWWWW
S2-SE 01-16 PPPPPWFFFFFFWWWW
S2-MO 01-09 FFPPFFWWW
S2-QA 01-07 PPPWFWF
`

// fullStackManual are the items of it that only a person answers.
var fullStackManual = []string{
	"S2-FE-09", "S2-BE-11", "S2-DB-07", "S2-DB-08", "S2-IN-09", "S2-IN-10", "S2-IN-12", "S2-IN-13",
	"S2-SE-02", "S2-SE-13", "S2-SE-14", "S2-SE-15", "S2-SE-16", "S2-MO-07", "S2-MO-08", "S2-MO-09",
}

func without(data []Payload, ids []string) []Payload {
	var out []Payload
	for _, p := range data {
		drop := false
		for _, id := range ids {
			drop = drop || p.(Checked).Item == id
		}
		if !drop {
			out = append(out, p)
		}
	}
	return out
}

// phase5 is the state of the first profile's report.
func phase5(t testing.TB) *State {
	b := testBasis(t, builtin(t, "phase5"), testTarget)
	return b.fold(script(b, machine(t, phase5Rows)...))
}

// fullStack is the state of the second one's.
func fullStack(t testing.TB, leaveOut []string, more ...Payload) *State {
	b := testBasis(t, builtin(t, "full-stack"), testTarget)
	return b.fold(script(b, append(without(machine(t, fullStackRows), leaveOut), more...)...))
}
