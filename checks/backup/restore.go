package backup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
)

var restore = checks.Define(checks.Kind{
	ID: "ops.backup.restore", Title: "A restore was tested lately", Class: checks.Local, Severity: checks.Critical,
	Sends: "nothing; reads [backup.restore] of the target file, and restores nothing",
	Rule: "What counts is what a person states. PASS: a drill at most 90 days ago, within the recovery time objective, with who did it and how the data were compared. " +
		"WARN: at most 180 days ago, or one of these facts is missing. FAIL: longer ago, or it took longer than the objective. pending: nothing is declared. inconclusive: the date lies ahead.",
	Fix:  "Restore into an empty environment each quarter; count rows, keep the time, and write date, took, rto, checked and by under [backup.restore].",
	Refs: []string{"SRE 26", "ISO/IEC 27001 A.8.13"},
}, func(_ context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	d := p.Target.Backup.Restore
	v, reason := judgeRestore(d, p.Now())
	r := checks.NewResult(v, checks.Stated, reason, p.Note("[backup.restore] as declared", fmt.Sprintf(
		"date: %s\ntook: %s\nrto: %s\nchecked: %s\nby: %s\n", d.Date, d.Took, d.RTO, d.Checked, d.By)))
	for i := range r.Evidence {
		r.Evidence[i].Strength = checks.Stated
	}
	return r
})

// The ages of a drill at which it is worth less.
const (
	freshDrill = 90 * 24 * time.Hour
	oldDrill   = 180 * 24 * time.Hour
)

// judgeRestore judges the drill that the team states. The day of the drill counts whole.
func judgeRestore(d checks.Restore, now time.Time) (checks.Verdict, string) {
	if d.Date == "" {
		return checks.Pending, "not declared: [backup.restore] date, took, rto, checked and by"
	}
	date, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return checks.Inconclusive, "the date of the drill can't be read"
	}
	age := now.UTC().Truncate(24 * time.Hour).Sub(date)
	if age < -24*time.Hour { // a day, because dates have no time zone
		return checks.Inconclusive, "the drill of " + d.Date + " lies ahead"
	}
	age = max(0, age)
	stated := fmt.Sprintf("the last restore drill was %s ago, as stated", hours(age))
	if age > oldDrill {
		return checks.Fail, stated + "; 180 days are the most"
	}
	if d.RTO > 0 && d.Took > d.RTO {
		return checks.Fail, fmt.Sprintf("the restore took %s, the objective is %s", d.Took, d.RTO)
	}
	var missing []string
	for _, fact := range []struct {
		is   bool
		name string
	}{{d.Took > 0, "took"}, {d.RTO > 0, "rto"}, {strings.TrimSpace(d.Checked) != "", "checked"}, {strings.TrimSpace(d.By) != "", "by"}} {
		if !fact.is {
			missing = append(missing, fact.name)
		}
	}
	switch {
	case len(missing) > 0:
		return checks.Warn, stated + ", without " + strings.Join(missing, ", ")
	case age > freshDrill:
		return checks.Warn, stated + "; 90 days are the aim"
	}
	return checks.Pass, fmt.Sprintf("%s by %s: took %s of %s; compared by %s", stated, d.By, d.Took, d.RTO, d.Checked)
}
