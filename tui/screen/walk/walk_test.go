package walk_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/walk"
)

// The journal's clock is the real one; the screen's has to stand beside it, or times of
// day would be dates.
func TestMain(m *testing.M) {
	drive.Start = time.Now()
	os.Exit(m.Run())
}

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	o.Session, o.Run = true, true
	o.Screens = map[screen.Name]screen.Maker{screen.Walk: walk.New}
	return drive.NewWorld(t, o)
}

func (sc script) play(w *drive.World) {
	w.Frame() // panes follow the width that was painted last
	for _, k := range sc {
		if len(k) > 1 && k[0] == '+' {
			w.Press(k[1:])
		} else {
			w.Keys(k)
		}
	}
}

// script is what is typed: +NAME is a named key, all else letters.
type script []string

func verdict(w *drive.World, id string) checks.Verdict {
	if j := w.Review().Item(id).Reviewer; j != nil {
		return j.Verdict
	}
	return ""
}

// marked is the id in the row under the cursor.
func marked(w *drive.World) string {
	for _, l := range strings.Split(w.Screen(), "\n") {
		if i := strings.Index(l, "▸"); i >= 0 {
			return regexp.MustCompile(`[A-Z]+-\d+`).FindString(l[i:])
		}
	}
	return ""
}

func TestAVerdictAgainstTheMachineAsksItsReason(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("jp")
	w.Has("─ SEC-02  ✓ pass", "required for pass")
	w.Press("enter")
	w.Has("! a reason is needed")
	if verdict(w, "SEC-02") != "" {
		t.Fatal("judged without a reason")
	}
	w.Keys("The proxy adds it")
	w.Press("enter")
	it := w.Review().Item("SEC-02")
	if it.Reviewer == nil || it.Reviewer.Verdict != checks.Pass || it.Reviewer.Reason != "The proxy adds it" || it.Reviewer.Strength != checks.Stated {
		t.Fatalf("recorded %+v", it.Reviewer)
	}
	w.Has("SEC-02 pass saved · z undoes · next SEC-03", "✘✓  SEC-02")
	if got := marked(w); got != "SEC-03" {
		t.Errorf("the cursor is on %q, not on the next that waits", got)
	}
	if draft := w.Review().DraftOf("reason:SEC-02"); draft != "" {
		t.Errorf("the draft %q is still there", draft)
	}
	w.Keys("z")
	if verdict(w, "SEC-02") != "" {
		t.Error("z took nothing back")
	}
	if got := marked(w); got != "SEC-02" {
		t.Errorf("after z the cursor is on %q", got)
	}
	w.Press("ctrl+r")
	if verdict(w, "SEC-02") != checks.Pass {
		t.Error("Ctrl+R did not bring it back")
	}
}

func TestSavingAndStaying(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("jwHalf of it")
	w.Press("tab", "right", "ctrl+s")
	it := w.Review().Item("SEC-02")
	if it.Reviewer == nil || it.Reviewer.Strength != checks.Configuration {
		t.Fatalf("recorded %+v", it.Reviewer)
	}
	if got := marked(w); got != "SEC-02" {
		t.Errorf("Ctrl+S went on to %q", got)
	}
	w.Press("delete")
	if verdict(w, "SEC-02") != "" {
		t.Error("Delete did not take it back")
	}
}

func TestAQuestionIsPassedAndTheNextComes(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("jj")
	w.Keys("p")
	if verdict(w, "SEC-03") != checks.Pass {
		t.Fatal("p on a question did not save")
	}
	if got := marked(w); got != "REL-02" {
		t.Fatalf("the cursor is on %q", got)
	}
	w.Keys("u")
	if got := marked(w); got != "REL-03" {
		t.Errorf("u went to %q", got)
	}
	w.Keys("p")
	if verdict(w, "REL-03") != checks.Pass {
		t.Error("the second question has no verdict")
	}
}

func TestAgreeing(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("ja")
	if verdict(w, "SEC-02") != checks.Fail {
		t.Error("a did not take the machine's verdict")
	}
	w.Keys("gjj")
	w.Keys("a")
	w.Has("not now: the machine has no verdict yet")
}

func TestHalfAReasonIsKept(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("jfAll 12 open requests")
	w.Press("esc")
	w.Has("• draft: All 12 open requests")
	if verdict(w, "SEC-02") != "" {
		t.Fatal("Esc recorded something")
	}
	w.Keys("f got 502")
	w.Has("All 12 open requests got 502")
	w.Advance(time.Second)
	if d, _ := w.Store.Drafts(t.Context(), w.ID); d["reason:SEC-02"] != "All 12 open requests got 502" {
		t.Errorf("on disk is %q", d["reason:SEC-02"])
	}
}

func TestTickedRowsGetOneVerdict(t *testing.T) {
	w := world(t, drive.Options{})
	before := len(w.Review().Session.Events())
	w.Keys(" j w")
	w.Has("2 ticked items", "SEC-01 SEC-02")
	w.Keys("Both behind the proxy")
	w.Press("enter")
	events := w.Review().Session.Events()
	if len(events) != before+1 {
		t.Fatalf("%d events for one judgement", len(events)-before)
	}
	if j, ok := events[before].Data.(sessions.Judged); !ok || !slices.Equal(j.Items, []string{"SEC-01", "SEC-02"}) {
		t.Errorf("recorded %+v", events[before].Data)
	}
	w.Lacks("[✓]")
	w.Keys("z")
	if verdict(w, "SEC-01")+verdict(w, "SEC-02") != "" {
		t.Error("one z did not take both back")
	}
	w.Has("2 items are as they were before")
}

func TestWhatCannotBeSavedComesBack(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("jfThe disk is full")
	w.Store.Fail = os.ErrPermission
	w.Press("enter")
	w.Store.Fail = nil
	w.Has("─ SEC-02  ✘ fail", "The disk is full", "not saved")
	if verdict(w, "SEC-02") != "" {
		t.Error("it counts though it is not on disk")
	}
	if got := w.Review().DraftOf("reason:SEC-02"); got != "The disk is full" {
		t.Errorf("the draft is %q", got)
	}
}

func TestConsentIsAskedBeforeIntrusiveChecks(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("1 needs consent", "=   REL-02")
	w.Keys("s")
	w.Has("Allow intrusive?", "REL-02", "127.0.0.1:1 is this machine.")
	w.Press("enter")
	w.Has("Allow intrusive?")
	w.Press("esc")
	if m := w.Review().Item("REL-02").Machine; m != nil && m.Verdict != checks.Pending {
		t.Fatal("Esc allowed it")
	}
	w.Keys("sy")
	it := w.Review().Item("REL-02")
	if it.Machine == nil || it.Machine.Verdict != checks.Inconclusive { // nobody listens at port 1
		t.Fatalf("after consent it is %+v", it.Machine)
	}
	c := w.Review().State.Consents
	if len(c) != 1 || c[0].Class != checks.Intrusive || !slices.Equal(c[0].Items, []string{"REL-02"}) {
		t.Errorf("consents %+v", c)
	}
	w.Lacks("needs consent")
}

func TestTheHostIsTypedOffThisMachine(t *testing.T) {
	w := world(t, drive.Options{})
	far := *w.Review().State.Target
	far.BaseURL = "https://shop.example"
	st := *w.Review().State
	st.Target = &far
	w.Review().State = &st
	w.Keys("s")
	w.Has("Type the host to allow it once")
	w.Keys("y")
	w.Press("enter")
	w.Has("! that is not shop.example")
	if w.Review().Running != nil || len(w.Review().State.Consents) > 0 {
		t.Fatal("a wrong host was taken")
	}
}

func TestOneItemIsRunAgain(t *testing.T) {
	w := world(t, drive.Options{})
	runs := len(w.Review().State.Runs)
	w.Keys("jr")
	all := w.Review().State.Runs
	if len(all) != runs+1 || !slices.Equal(all[runs].Items, []string{"SEC-02"}) {
		t.Fatalf("runs %+v", all[runs:])
	}
	w.Keys("jr")
	w.Has("not now: a question; there is nothing to run")
}

func TestAWaiverNeedsAllItsParts(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("v")
	w.Has("not now: nothing to accept: it is pass")
	w.Keys("jvThe vault comes in May")
	w.Press("ctrl+s")
	w.Has("Control is needed")
	w.Keys("Only root reads it")
	w.Press("tab")
	w.Keys("L. Brandt")
	w.Press("tab")
	w.Keys("2020-01-01")
	w.Press("enter")
	w.Has("is over already")
	w.Press("ctrl+u")
	w.Keys("2099-01-31")
	w.Press("enter")
	got, ok := w.Review().State.Waivers["SEC-02"]
	if !ok || got.ApprovedBy != "L. Brandt" || got.Expires != "2099-01-31" || got.Compensating != "Only root reads it" {
		t.Fatalf("recorded %+v\n%s", got, w.Screen())
	}
	w.Has("✘ w SEC-02")
	w.Press("delete")
	w.Keys("y")
	if _, ok := w.Review().State.Waivers["SEC-02"]; ok {
		t.Error("Delete and y did not take it back")
	}
}

func TestARootCauseIsMadeAndJoined(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("jxopen to all")
	w.Press("enter")
	w.Has("open to all")
	w.Keys("jxopen")
	w.Press("enter")
	c := w.Review().State.Causes
	if len(c) != 1 || c[0].Title != "open to all" || !slices.Equal(c[0].Items, []string{"SEC-02", "SEC-03"}) {
		t.Errorf("causes %+v", c)
	}
}

func TestARunningCheckShowsAndTheRowsStay(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("j")
	r := w.Review()
	r.Running = &screen.Running{Now: map[string]time.Time{"SEC-01": w.Now()}, Started: w.Now()}
	w.Has("◔   SEC-01", "running SEC-01")
	if got := marked(w); got != "SEC-02" {
		t.Errorf("the cursor is on %q", got)
	}
}

func TestReadOnlySaysWhy(t *testing.T) {
	w := world(t, drive.Options{Change: func(o *app.Options) {
		if _, err := o.Store.Lock(context.Background(), o.Open); err != nil {
			t.Fatal(err)
		}
	}})
	for _, k := range []string{"p", "w", "a", "e", "m", "x", "v", "r", "z"} {
		w.Keys(k)
		w.Lacks("Reason", "saved ·")
		w.Has("read-only")
	}
	if verdict(w, "SEC-01") != "" {
		t.Error("judged though read-only")
	}
}

func TestThePlaceComesBack(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("2j")
	w.Keys(" ")
	w.Keys("H")
	w.Press("enter")
	if got := marked(w); got != "REL-02" {
		t.Errorf("came back to %q", got)
	}
	w.Has("[✓]")
}

func TestEvidenceTurns(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("j")
	w.Has("Evidence 1 of 1", "exchange, t turns", "answered as fail", "sha256 ")
	w.Keys("t")
	w.Has("summary, t turns", "fail  test.fail", "it is fail")
	w.Keys("t")
	w.Has("raw, t turns")
}

func TestCurl(t *testing.T) {
	lines := []string{"> POST /login?x=1 HTTP/1.1", "> Host: a.example", "> Cookie: it's=[redacted:cookie#1]", "", "body", "< HTTP/1.1 200 OK"}
	want := `curl -i -X 'POST' 'https://a.example/login?x=1' -H 'Cookie: it'\''s=[redacted:cookie#1]'`
	if got := walk.Curl("https://a.example/app", lines); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := walk.Curl("https://a.example", []string{"compose.yaml:3: image: x"}); got != "" {
		t.Errorf("a file became %s", got)
	}
}
