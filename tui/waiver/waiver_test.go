package waiver

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
)

// A waiver holds on its last day, is refused after it, and needs a day.
func TestTheLastDay(t *testing.T) {
	now := time.Date(2026, 3, 1, 23, 30, 0, 0, time.FixedZone("west", -8*3600)) // the next day in UTC
	for day, wrong := range map[string]string{
		"2026-03-01": "", " 2026-03-02 ": "", "2026-02-28": "2026-02-28 is over already", "soon": "such as 2026-04-01", "": "such as 2026-04-01", "2026-02-30": "such as 2026-04-01",
	} {
		f := form.New(Fields(sessions.Waiver{Reason: "r", Compensating: "c", ApprovedBy: "a", Expires: day})...)
		w, ok := Read(f, "SEC-01", now)
		if ok != (wrong == "") {
			t.Errorf("%q: taken %v", day, ok)
		}
		if want := (sessions.Waiver{Item: "SEC-01", Reason: "r", Compensating: "c", ApprovedBy: "a", Expires: strings.TrimSpace(day)}); ok && w != want {
			t.Errorf("%q makes %+v", day, w)
		}
		if got := f.Err; !ok && !strings.HasSuffix(got, wrong) {
			t.Errorf("%q: %q, want %q", day, got, wrong)
		}
	}
}
