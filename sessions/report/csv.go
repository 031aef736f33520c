package report

import (
	"bytes"
	"encoding/csv"
	"strings"

	"assess/gonogo/sessions"
)

// csvHead names the columns of the one table: items and findings, told apart by the first.
var csvHead = []string{"type", "id", "category", "title", "severity", "gate", "verdict", "machine", "machine_reason", "reviewer",
	"reviewer_reason", "by", "summary", "recommendation", "horizon", "owner", "effort", "impact", "probability", "waiver", "checks",
	"references", "linked_items", "evidence"}

// CSV renders items and findings as one table (RFC 4180), a row each, in UTF-8 without a
// byte order mark. A cell that a spreadsheet would take for a formula begins with an
// apostrophe, and so does one that begins with an apostrophe itself: taking one away gives
// every text back.
func CSV(d *Document) ([]byte, error) {
	d, err := plain(d)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{csvHead}
	for _, it := range d.Items {
		rows = append(rows, csvItem(d, it))
	}
	for _, f := range d.Findings {
		rows = append(rows, csvFinding(f))
	}
	for i, r := range rows {
		for j := range r {
			if i > 0 {
				r[j] = cellText(r[j])
			}
		}
		if err := w.Write(append([]string(nil), r...)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// cellText keeps a spreadsheet from running what a cell says (OWASP, "CSV injection").
func cellText(s string) string {
	if s != "" && strings.ContainsRune("=+-@'\t\r\n", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func csvItem(d *Document, it Item) []string {
	var machine, machineReason, reviewer, reviewerReason, by, waiver string
	if m := it.Machine; m != nil {
		machine, machineReason = string(m.Verdict), m.Reason
	}
	if r := it.Reviewer; r != nil {
		reviewer, reviewerReason, by = string(r.Verdict), r.Reason, r.By
	}
	for _, w := range d.Waivers {
		if w.Item == it.ID {
			waiver = waived(w)
		}
	}
	sums := []string{}
	for _, e := range it.Evidence {
		sums = append(sums, e.SHA256)
	}
	return []string{"item", it.ID, it.Category, it.Title, string(it.Severity), string(it.Gate), string(it.Verdict), machine, machineReason, reviewer,
		reviewerReason, by, it.Summary, it.Fix, "", "", "", "", "", waiver, strings.Join(it.Kinds, " "),
		strings.Join(it.Refs, "; "), "", strings.Join(sums, " ")}
}

func csvFinding(f sessions.Finding) []string {
	state := "open"
	if f.Closed {
		state = "closed"
	}
	return []string{"finding", f.ID, f.Category, string(f.Title), string(f.Severity), "", state, "", "", "",
		"", "", string(f.Description), string(f.Recommendation), f.Horizon, string(f.Owner), string(f.Effort), f.Impact, f.Probability, "", "",
		"", strings.Join(f.Items, " "), strings.Join(f.Evidence, " ")}
}
