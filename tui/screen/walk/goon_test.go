package walk_test

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// What was typed when the sitting was cut off is opened again, with its verdict and for
// the items that were ticked.
func TestADraftIsGoneOnWith(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys(" j wBoth behind the")
	w.Press("esc")
	w.Lacks("Strength")
	w.Send(screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Item: "SEC-01", Draft: "reason:SEC-01"}})
	w.Advance(time.Second)
	w.Has("2 ticked items", "! warn", "Both behind the", "Strength")
	w.Press("ctrl+s")
	if verdict(w, "SEC-02") != "warn" {
		t.Errorf("SEC-02 is %q", verdict(w, "SEC-02"))
	}
}

func TestAFilterFindsWhatIsElsewhere(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("1/rel-0")
	w.Has("Elsewhere", "REL-01", "REL-02")
	w.Lacks("Nothing matches")
	w.Press("enter")
	if got := marked(w); !strings.HasPrefix(got, "REL-") {
		t.Errorf("the cursor is on %q", got)
	}
}

func TestTicksAreSaid(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys(" j 2")
	w.Has("2 items ticked: a verdict goes to all of them")
}

// An item that waits for consent is run, not judged, so that key comes first, and once.
func TestRunComesFirstWhereConsentIsNeeded(t *testing.T) {
	w := world(t, drive.Options{})
	w.Send(screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Item: "REL-02"}})
	lines := strings.Split(w.Screen(), "\n")
	if foot := lines[len(lines)-1]; !strings.HasPrefix(foot, " s run, asks first   p pass") && !strings.HasPrefix(foot, " s run, asks first  p pass") {
		t.Errorf("the footer is %q", foot)
	}
	w.Keys(":run.start")
	if n := strings.Count(w.Screen(), "run, asks first"); n != 1 {
		t.Errorf("it stands there %d times\n%s", n, w.Screen())
	}
}

func TestAgreeingIsOfferedWhereThereIsAVerdict(t *testing.T) {
	w := world(t, drive.Options{})
	w.Send(screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Item: "SEC-03"}})
	w.Lacks("a agrees")
	w.Send(w.Review().Record(sessions.Marked{Items: []string{"SEC-02"}, On: true})())
	w.Send(screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Item: "SEC-02"}})
	w.Advance(time.Second)
	w.Has("a agrees")
}

// Dialogs that were open when the sitting was cut off are opened again.
func TestDialogsAreGoneOnWith(t *testing.T) {
	for _, c := range []struct{ keys, draft, item, has string }{
		{"vthe vault com", "waiver:SEC-02", "SEC-02", "the vault com"},
		{"xNo head", "cause", "", "No head"},
	} {
		w := world(t, drive.Options{})
		w.Send(screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Item: "SEC-02"}})
		w.Keys(c.keys)
		w.Press("esc")
		w.Lacks(c.has)
		w.Send(screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Item: c.item, Draft: c.draft}})
		w.Advance(time.Second)
		w.Has(c.has)
	}
}
