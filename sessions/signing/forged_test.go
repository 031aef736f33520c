package signing

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

// What a signer with a good key could put into a file by other means than Sign.
func TestForgeriesByTheSigner(t *testing.T) {
	w := newWorld(t)
	file := func(session, inJournal string, change func(*Contents, *Facts)) []byte {
		c, f := exampleOf(session, inJournal)
		change(&c, &f)
		out, err := Sign(c, f, w.alice)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	same := func(change func(*Contents, *Facts)) []byte { return file(exampleSession, exampleSession, change) }
	none := func(*Contents, *Facts) {}
	for _, tt := range []struct {
		name, want string
		file       []byte
	}{
		{"evidence of other bytes", "does not hold the bytes its name promises", same(func(c *Contents, _ *Facts) { c.Evidence[strings.Repeat("0", 64)+".txt"] = []byte("x") })},
		{"another session's journal", "the manifest names", file("20260114-another", exampleSession, none)},
		{"an id that is a path", "is no session id", file("../../evil", "../../evil", none)},
		{"another profile", "another profile", same(func(_ *Contents, f *Facts) { f.ProfileSHA256 = sum([]byte("other")) })},
		{"no time", "needs a signed-at", same(func(_ *Contents, f *Facts) { f.SignedAt = time.Time{} })},
		{"a time to come", "has not come yet", same(func(_ *Contents, f *Facts) { f.SignedAt = today.Add(48 * time.Hour) })},
		{"without the target", "the session's target", same(func(c *Contents, _ *Facts) { delete(c.Evidence, sum([]byte("name = \"payments\"\n"))+".toml") })},
		{"a journal that opens nothing", "journal line 1", same(func(c *Contents, f *Facts) {
			c.Journal = sessions.EncodeJournal([]sessions.Entry{{JSON: []byte(`{"seq":1}`)}})
			entries, _, _ := sessions.ReadJournal(bytes.NewReader(c.Journal))
			f.JournalEvents, f.JournalHead = 1, fmt.Sprintf("%x", entries[0].Hash)
		})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if v := Verify(tt.file, Options{Signers: w.signers, Now: today}); v.Good || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
			if strings.HasPrefix(tt.name, "a time") || tt.name == "no time" {
				return
			}
			if _, _, err := NewStore(tt.file); err == nil {
				t.Error("it opens")
			}
			if _, err := Countersign(tt.file, Statement{Decision: "accept", By: "lena@example.com", At: today}, w.lena); err == nil {
				t.Error("it can be countersigned")
			}
		})
	}
}

// Nothing but a countersignature that follows the one before may ride along unsigned.
func TestStrayCountersignParts(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"countersign-2.txt", "countersign-2.txt.sig", "countersign-3.txt", "countersign-99.txt.sig"} {
		for _, file := range [][]byte{w.signed, w.counter} {
			stray := alter(t, file, func(c Container) { c[name] = []byte("anything") })
			if v := Verify(stray, Options{Signers: w.signers, Now: today}); v.Good {
				t.Errorf("%s: %s", name, v.Sentence)
			}
			if _, err := Countersign(stray, Statement{Decision: "accept", By: "mia@example.com", At: today}, newKey(t)); err == nil {
				t.Errorf("%s: could be countersigned", name)
			}
		}
	}
}

func TestRequiredCountersignatureAccepts(t *testing.T) {
	w := newWorld(t)
	returned, err := Countersign(w.signed, Statement{Decision: "return", By: "lena@example.com", At: signedAt}, w.lena)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Signers: w.signers, Now: today}
	if v := Verify(returned, o); !v.Good {
		t.Error(v.Sentence)
	}
	o.RequireCountersign = true
	if v := Verify(returned, o); v.Good || !strings.Contains(string(v.Sentence), "lena@example.com returned it") {
		t.Error(v.Sentence)
	}
	if v := Verify(w.counter, o); !v.Good {
		t.Error(v.Sentence)
	}
}

func TestReplayComparesFactsAndEvidence(t *testing.T) {
	w := newWorld(t)
	c, f := example()
	evidence := map[string][]byte{}
	for _, tt := range []struct {
		name, want string
		change     func(*Contents, *Facts)
	}{
		{"the same", "", func(*Contents, *Facts) {}},
		{"another decision", "MANIFEST", func(_ *Contents, f *Facts) { f.Decision = "go" }},
		{"another target", "MANIFEST", func(_ *Contents, f *Facts) { f.Target = "other 1 production" }},
		{"another page", "report.md", func(c *Contents, _ *Facts) { c.Markdown = []byte("# other\n") }},
		{"evidence that was left out", "evidence/", func(c *Contents, _ *Facts) {
			for name, data := range c.Evidence {
				evidence[name] = data
			}
			evidence[sum([]byte("x"))+".txt"] = []byte("x")
			c.Evidence = evidence
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			again, facts := c, f
			tt.change(&again, &facts)
			v := Verify(w.signed, Options{Signers: w.signers, Now: today, Replay: func(Container) (Contents, Facts, error) { return again, facts, nil }})
			if v.Good != (tt.want == "") || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
		})
	}
}

// A file that lost its signature, or carries one that does not fit, is not read as if it
// were a packed session.
func TestBrokenSignatureDoesNotOpen(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(Container){
		"taken away": func(c Container) { delete(c, partSignature) },
		"cut":        func(c Container) { c[partSignature] = c[partSignature][:100] },
		"another's":  func(c Container) { c[partSignature] = c["countersign-1.txt.sig"] },
	} {
		if _, _, err := NewStore(alter(t, w.counter, change)); err == nil {
			t.Errorf("%s: it opens", name)
		}
	}
	c, f := example()
	if _, _, err := NewStore(Pack(c, f)); err != nil {
		t.Errorf("packed: %v", err)
	}
}

func TestUnpackLeavesTheStoreAsItWas(t *testing.T) {
	ctx := context.Background()
	st, err := filestore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	c, f := example()
	if u, err := Unpack(ctx, st, Pack(c, f)); err != nil || u.Done != "new" {
		t.Fatalf("%+v %v", u, err)
	}
	if u, err := Unpack(ctx, st, Pack(c, f)); err != nil || u.Done != "nothing to do" {
		t.Errorf("again: %+v %v", u, err)
	}
	before, err := readAll(ctx, st, exampleSession)
	if err != nil {
		t.Fatal(err)
	}
	other := c
	other.Journal = sessions.EncodeJournal([]sessions.Entry{before[0], {JSON: []byte(`{"seq":9}`)}})
	entries, _, _ := sessions.ReadJournal(bytes.NewReader(other.Journal))
	facts := f
	facts.JournalEvents, facts.JournalHead = 2, fmt.Sprintf("%x", entries[1].Hash)
	if _, err := Unpack(ctx, st, Pack(other, facts)); err == nil || !strings.Contains(err.Error(), "went another way from event 2 on") {
		t.Errorf("another history: %v", err)
	}
	after, err := readAll(ctx, st, exampleSession)
	if err != nil || len(after) != len(before) {
		t.Errorf("%d events, before %d: %v", len(after), len(before), err)
	}
}

func TestNamesAreShowableAndCommentsOneCleanLine(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"", "a b", "a\x1b[31m", "a\nb", "\u202ealice@example.com", "a\xff"} {
		c, f := example()
		f.Signer = name
		if _, err := Sign(c, f, w.alice); err == nil {
			t.Errorf("%q signed", name)
		}
		if _, err := Countersign(w.signed, Statement{Decision: "accept", By: name, At: today}, w.lena); err == nil {
			t.Errorf("%q countersigned", name)
		}
	}
	file, err := Countersign(w.signed, Statement{Decision: "accept", By: "lena@example.com", At: signedAt, Comment: "a\x1b[2J\ndecision: return"}, w.lena)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if body := c["countersign-1.txt"]; bytes.ContainsRune(body, 0x1b) || bytes.Count(body, []byte("\n")) != 8 {
		t.Errorf("%q", body)
	}
}

// Nothing that never ends, or never begins, is waited for.
func TestReadFileWantsRegularFiles(t *testing.T) {
	for _, name := range []string{t.TempDir(), os.DevNull} {
		if _, err := ReadFile(name); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := LoadSigners(name); err == nil {
			t.Errorf("signers from %s", name)
		}
		if _, err := LoadKey(context.Background(), name, nil); err == nil {
			t.Errorf("a key from %s", name)
		}
	}
}
