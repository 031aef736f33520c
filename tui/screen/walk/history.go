package walk

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assess/gonogo/sessions"
)

// history is everything that happened to an item, latest first: who checked, judged,
// noted, linked, waived or attached what, and when.
func history(events []sessions.Event, id string, when func(time.Time) string) []string {
	undone := map[uint64]bool{}
	for _, e := range events {
		switch d := e.Data.(type) {
		case sessions.Undone:
			undone[d.Seq] = true
		case sessions.Redone:
			delete(undone, d.Seq)
		}
	}
	var out []string
	linked := map[string]bool{}
	for _, e := range events {
		now := linked
		if undone[e.Seq] {
			now = maps.Clone(linked) // it left no trace
		}
		what := happened(e.Data, id, now)
		if what == "" {
			continue
		}
		line := when(e.At) + "  " + what
		if e.By != "" {
			line += ", " + e.By.String()
		}
		if undone[e.Seq] {
			line += " (undone)"
		}
		out = append(out, strings.ReplaceAll(line, "\n", " "))
	}
	slices.Reverse(out)
	return out
}

// happened is what an event did to the item, or empty. linked remembers the causes and
// findings that it belongs to, because their events replace each other.
func happened(p sessions.Payload, id string, linked map[string]bool) string {
	has := func(ids []string) bool { return slices.Contains(ids, id) }
	link := func(key string, now bool, to, from string) string {
		was := linked[key]
		linked[key] = now
		switch {
		case now && !was:
			return to
		case was && !now:
			return from
		}
		return ""
	}
	switch d := p.(type) {
	case sessions.Checked:
		if d.Item == id {
			return fmt.Sprintf("checked %s: %s", d.Verdict, d.Reason)
		}
	case sessions.Judged:
		switch {
		case !has(d.Items):
		case d.Verdict == "":
			return "verdict taken back"
		case d.Reason == "":
			return "judged " + string(d.Verdict)
		default:
			return fmt.Sprintf("judged %s: %s", d.Verdict, d.Reason)
		}
	case sessions.Noted:
		if d.Item == id {
			return "note: " + d.Text.String()
		}
	case sessions.CauseLinked:
		return link("cause "+d.ID, has(d.Items), "linked to “"+d.Title.String()+"”", "taken out of “"+d.Title.String()+"”")
	case sessions.FindingRecorded:
		return link("finding "+d.Finding.ID, has(d.Finding.Items), "finding "+d.Finding.ID+": "+d.Finding.Title.String(), "taken out of finding "+d.Finding.ID)
	case sessions.FindingRemoved:
		return link("finding "+d.ID, false, "", "finding "+d.ID+" removed")
	case sessions.EvidenceAttached:
		if has(d.Items) {
			return fmt.Sprintf("attached %s, sha256 %.12s", d.Evidence.What, d.Evidence.SHA256)
		}
	case sessions.Waived:
		if d.Waiver.Item == id && d.Remove {
			return "waiver taken back"
		} else if d.Waiver.Item == id {
			return "waived until " + d.Waiver.Expires + ": " + d.Waiver.Reason.String()
		}
	case sessions.Consented:
		if has(d.Items) {
			return fmt.Sprintf("consent to %s on %s", d.Class, d.Host)
		}
	}
	return ""
}
