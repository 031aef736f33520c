package walk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
	"assess/gonogo/tui/browser"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen/walk"
)

func brought(w *drive.World, id string) (checks.Evidence, string) {
	all := w.Review().Item(id).Attached
	if len(all) == 0 {
		return checks.Evidence{}, ""
	}
	body, err := w.Review().Session.Evidence(context.Background(), all[len(all)-1].SHA256)
	if err != nil {
		return checks.Evidence{}, err.Error()
	}
	return all[len(all)-1], string(body)
}

func TestAFileIsAttached(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "restart.log")
	if err := os.WriteFile(name, []byte("all 12 got 502\nDATABASE_URL=postgres://app:S3cr3tPassw0rdXyz@db/app\n\x1b[2Jend\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := world(t, drive.Options{})
	w.Keys("jj@" + dir)
	w.Press("ctrl+s")
	w.Has("Attach to SEC-03", "it is a folder")
	w.Lacks("NOT SAVED")
	w.Keys("/restart.log")
	w.Press("enter")
	w.Has("restart.log attached to SEC-03 · z undoes", "Evidence 1 of 1", "all 12 got 502", "[redacted:", "attached")
	e, body := brought(w, "SEC-03")
	if e.What != "restart.log" || e.Strength != checks.Stated || strings.Contains(body, "S3cr3t") || !strings.Contains(body, "all 12 got 502") {
		t.Errorf("kept %+v: %q", e, body)
	}
	for _, have := range w.Store.Blobs() {
		if strings.Contains(string(have), "S3cr3t") {
			t.Errorf("the secret is on disk: %q", have)
		}
	}
	st := w.Review().State
	text := string(report.Markdown(report.Build(st, sessions.Assess(st), nil, "test")))
	if i := strings.Index(text, "## Evidence index"); i < 0 || !strings.Contains(text[i:], e.SHA256) || !strings.Contains(text[i:], "restart.log") {
		t.Error("the report does not list it")
	}
	w.Keys("z")
	if e, _ := brought(w, "SEC-03"); e.SHA256 != "" {
		t.Error("z did not take it back")
	}
	w.Press("ctrl+r")
	if e, _ := brought(w, "SEC-03"); e.SHA256 == "" {
		t.Error("Ctrl+R did not bring it back")
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, says := range map[string]string{
		"/dev/zero": "no ordinary file", filepath.Join(dir, "none"): "! can't attach /",
		write("a.png", "\x89PNG\x00"): "not UTF-8 text", write("empty", " \n"): "it is empty", write("big", strings.Repeat("x", sessions.MaxAttached+1)): "over 1024 KiB",
	} {
		w := world(t, drive.Options{})
		before := len(w.Review().Session.Events())
		w.Keys("@" + path)
		w.Press("enter")
		w.Has("Attach to SEC-01", says)
		w.Lacks("not saved", "open /") // nothing was to be saved, and a system call says nothing
		if n := len(w.Review().Session.Events()); n != before || w.Review().Unsaved() {
			t.Errorf("%s: %d events more, unsaved %v", path, n-before, w.Review().Unsaved())
		}
	}
}

func TestALongPasteIsEvidence(t *testing.T) {
	long := strings.Repeat("line 4412 got 502 password=Tr0ub4dor&3xyz\n", 60)
	w := world(t, drive.Options{})
	w.Keys("jj")
	w.Keys("fAll of it")
	w.Paste(long)
	w.Has("pasted text,", "attached to SEC-03")
	e, body := brought(w, "SEC-03")
	if !strings.Contains(body, "line 4412 got 502") || strings.Contains(body, "Tr0ub4dor") || !strings.HasPrefix(e.What.String(), "pasted text, 2") {
		t.Errorf("kept %+v, %.80q", e, body)
	}
	w.Paste("short")
	w.Press("enter")
	if got := w.Review().Item("SEC-03").Reviewer; got == nil || got.Reason != "All of itshort" {
		t.Errorf("the reason is %+v", got)
	}
}

func TestTheAddressIsOpened(t *testing.T) {
	var opened, copied string
	answer := error(nil)
	t.Cleanup(walk.Openers(func(_ context.Context, to string) (string, error) { opened = to; return "firefox", answer },
		func(text string) string { copied = text; return "the terminal" }))
	w := world(t, drive.Options{Profile: strings.Replace(drive.Profile, `why = "Any site`, `refs = ["CWE-942", "https://fetch.spec.whatwg.org/#cors"]`+"\n"+`why = "Any site`, 1)})
	w.Press("ctrl+o")
	w.Has("not now: neither a request nor a reference here has an address")
	w.Keys("j")
	w.Press("ctrl+o")
	w.Has("opened https://fetch.spec.whatwg.org/#cors")
	answer = browser.ErrNone
	w.Press("ctrl+o")
	w.Has("no browser here; copied https://fetch")
	answer = errors.New("boom")
	w.Press("ctrl+o")
	w.Has("can't open it: boom")
	if opened != copied || opened == "" {
		t.Errorf("opened %q, copied %q", opened, copied)
	}
}

func TestOnlyTheTargetsOwnPagesAreOpened(t *testing.T) {
	const base = "http://127.0.0.1:8000/app"
	for first, want := range map[string]string{
		"> GET /api/health?x=1 HTTP/1.1":            "http://127.0.0.1:8000/api/health?x=1",
		"> POST /api/orders HTTP/1.1":               "",
		"> GET //evil.example/ HTTP/1.1":            "",
		"> GET https://evil.example/ HTTP/1.1":      "",
		"> GET javascript:alert(1) HTTP/1.1":        "",
		"> GET /?token=[redacted:token#1] HTTP/1.1": "",
		"> GET":     "",
		"SELECT 1":  "",
		"< GET / x": "",
	} {
		if got := walk.Requested(base, []string{first, "> Host: 127.0.0.1:8000"}); got != want {
			t.Errorf("%s opens %q, not %q", first, got, want)
		}
	}
	if got := walk.Requested(base, []string{"> GET / HTTP/1.1", "> Host: evil.example"}); got != "" {
		t.Errorf("another host's page opens %q", got)
	}
}

func TestFailedItemsAndCategoriesAreRunAgain(t *testing.T) {
	w := world(t, drive.Options{})
	last := func() []string {
		all := w.Review().State.Runs
		return all[len(all)-1].Items
	}
	w.Press("ctrl+f")
	if got := last(); !slices.Equal(got, []string{"SEC-02", "REL-01"}) {
		t.Errorf("failed: ran %v", got)
	}
	w.Press("ctrl+g")
	if got := last(); !slices.Equal(got, []string{"SEC-01", "SEC-02"}) {
		t.Errorf("Security: ran %v", got)
	}
	w.Keys("o") // by severity: SEC-01 is critical, as REL-01 is
	w.Press("ctrl+g")
	if got := last(); !slices.Equal(got, []string{"SEC-01", "REL-01"}) {
		t.Errorf("critical: ran %v", got)
	}
	w.Keys("oooo")
	w.Keys("2")
	w.Press("ctrl+g") // one of its checks needs consent
	w.Has("Allow intrusive?", "REL-02")
	w.Press("esc")
	w.Keys(":re-run")
	w.Has("re-run 2 failed items", "re-run Reliability")
}

func TestALinkIsTakenBack(t *testing.T) {
	w := world(t, drive.Options{Record: []sessions.Payload{sessions.CauseLinked{ID: "C-1", Title: "open to all", Items: []string{"SEC-01", "SEC-02"}}}})
	w.Keys("jx")
	w.Has("It explains SEC-02 already", "take out")
	w.Press("enter")
	if c := w.Review().State.Causes; len(c) != 1 || !slices.Equal(c[0].Items, []string{"SEC-01"}) {
		t.Errorf("causes %+v", c)
	}
	w.Keys("ttt")
	w.Has("History", "taken out of “open to all”", "linked to “open to all”", "checked fail")
	w.Keys("z")
	w.Has("(undone)")
	w.Has("open to all (2)")
}

func TestAStrengthIsOneKey(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("?")
	w.Keys("/strength")
	w.Has("+", "writes down what is done well")
}
