// Package waiver holds what every dialog asks that accepts the risk of an item. It imports
// tui/form, sessions and checks/clean.
package waiver

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
)

// Fields are the fields of a waiver, with what it says already.
func Fields(w sessions.Waiver) []form.Field {
	return []form.Field{
		form.Block("reason", reasonLabel, reasonHint, 2).Must().With(w.Reason.String()),
		form.Block("compensating", controlLabel, controlHint, 2).Must().With(w.Compensating.String()),
		form.Line("approved", approvedLabel, approvedHint).Must().With(w.ApprovedBy.String()),
		form.Line("expires", expiresLabel, expiresHint).Must().With(w.Expires),
	}
}

// Read makes the waiver of an item from its fields. Where the last day is none, or is over, the
// field says so and ok is false.
func Read(f *form.Form, item string, now time.Time) (w sessions.Waiver, ok bool) {
	expires := strings.TrimSpace(f.Value("expires"))
	if wrong := expiry(expires, now); wrong != "" {
		f.Refuse("expires", wrong)
		return w, false
	}
	return sessions.Waiver{Item: item, Reason: clean.Block(f.Value("reason")), Compensating: clean.Block(f.Value("compensating")),
		ApprovedBy: clean.Line(strings.TrimSpace(f.Value("approved"))), Expires: expires}, true
}

// expiry says what is wrong with the day on which a waiver ends, or is empty.
func expiry(date string, now time.Time) string {
	day, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil:
		return fmt.Sprintf(noDay, now.AddDate(0, 1, 0).Format(time.DateOnly))
	case day.Format(time.DateOnly) < now.Format(time.DateOnly):
		return fmt.Sprintf(dayIsOver, date)
	}
	return ""
}
