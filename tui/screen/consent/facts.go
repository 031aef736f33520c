package consent

import (
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/tui/screen"
)

// facts are the rows of the dialog, label and text: what is sent as the kinds declare it,
// and the bounds that the guard holds every run to.
func (d *Dialog) facts() [][2]string {
	out := d.what()
	out = append(out, [2]string{"Where", d.host + ", its address pinned for the run; nowhere else"})
	if d.class == checks.Load {
		return append(out, d.load()...)
	}
	return append(out,
		[2]string{"At most", fmt.Sprintf("%s requests in the run; a burst to one path %d", screen.Number(guard.DefaultBudget), guard.BurstBudget)},
		[2]string{"Stops by", "Esc, within a second; what ran until then is saved"},
		[2]string{"Leaves", "log lines that name gonogo and the run; failed logins where logins are tried"})
}

// what lists each check once: its items' ids, what it sends and to which paths.
func (d *Dialog) what() [][2]string {
	var out [][2]string
	for _, a := range d.asks {
		text := a.Sends
		if len(a.Paths) > 0 {
			text += " (" + strings.Join(a.Paths, " ") + ")"
		}
		label := a.Item
		if len(label) > 9 || d.class == checks.Load {
			label, text = "What", a.Item+"  "+text
		}
		if n := len(out); n > 0 && label == "What" {
			label = ""
		}
		out = append(out, [2]string{label, text})
	}
	return out
}

// load is how a load run goes.
func (d *Dialog) load() [][2]string {
	plan := d.target.Load
	how := "as many users as the checks say"
	if plan.Users > 0 {
		how = "at most " + screen.Count(plan.Users, "user", "users")
	}
	if plan.Seconds > 0 {
		how += ", " + screen.Count(plan.Seconds, "second", "seconds") + " at most"
	}
	return [][2]string{
		{"How", how + "; GET without body, cookies or redirects"},
		{"Stops by", "Esc, within a second; by itself when the target fails or falls silent"},
		{"Leaves", "log lines that name gonogo and the run; slower answers meanwhile"},
	}
}
