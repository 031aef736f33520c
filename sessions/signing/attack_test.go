package signing

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/sessions"
)

// resign signs whatever MANIFEST a signer wrote by hand.
func resign(t testing.TB, file []byte, key ssh.Signer, change func(manifest string) string) []byte {
	t.Helper()
	return alter(t, file, func(c Container) {
		c[partManifest] = []byte(change(string(c[partManifest])))
		sig, err := sshsig.Sign(bytes.NewReader(c[partManifest]), key, sshsig.HashSHA512, NamespaceReport)
		if err != nil {
			t.Fatal(err)
		}
		c[partSignature] = sshsig.Armor(sig)
	})
}

// state signs whatever statement a lead wrote by hand, as countersignature n.
func state(t testing.TB, file []byte, n int, key ssh.Signer, s Statement, previous string, change func(string) string) []byte {
	t.Helper()
	return alter(t, file, func(c Container) {
		body := []byte(change(string(statementText(c, s, previous))))
		sig, err := sshsig.Sign(bytes.NewReader(body), key, sshsig.HashSHA512, NamespaceCountersign)
		if err != nil {
			t.Fatal(err)
		}
		c[countersignName(n)], c[countersignName(n)+".sig"] = body, sshsig.Armor(sig)
	})
}

func same(s string) string { return s }

func swap(old, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, to, 1) }
}

// What a person with a good key writes by hand is read as strictly as what gonogo writes.
func TestManifestsWrittenByHand(t *testing.T) {
	w := newWorld(t)
	anybody := signersFile(t, line("*", "", w.alice), line("lena@example.com", asLead, w.lena))
	head := "# signer: alice@example.com"
	for _, tt := range []struct {
		name, want string
		change     func(string) string
	}{
		{"the name of another", "alice@example.com, not to bob@example.com", swap(head, "# signer: bob@example.com")},
		{"a name that reads like a verdict", "can't be a signer's name", swap(head, "# signer: alice@example.com; countersigned by lena@example.com (accept)")},
		{"a name with a hidden letter", "can't be a signer's name", swap(head, "# signer: alice\u200b@example.com")},
		{"a name turned round", "can't be a signer's name", swap(head, "# signer: \u202emoc.elpmaxe@ecila")},
		{"a composed name for a plain one", "not to al\u00efce@example.com", swap(head, "# signer: al\u00efce@example.com")},
		{"a pattern for a name", "can't be a signer's name", swap(head, "# signer: *")},
		{"two names", "can't be a signer's name", swap(head, "# signer: alice@example.com,lena@example.com")},
		{"a decision of its own", "is no decision", swap("# decision: no-go", "# decision: go; GOOD")},
		{"another target", "the manifest names", swap("# target: payments", "# target: ledger")},
		{"another profile's name", "another profile", swap("# profile: phase5", "# profile: lenient")},
		{"a head line twice", "MANIFEST:6: expected # signer", swap(head, "# decision: no-go\n"+head)},
		{"head lines swapped", "MANIFEST:5: expected # decision", func(s string) string {
			return strings.Replace(s, "# decision: no-go\n# signer: alice@example.com\n", "# signer: alice@example.com\n# decision: no-go\n", 1)
		}},
		{"another first line", "MANIFEST:1: not a gonogo-report v1", swap("gonogo-report: v1", "gonogo-report: v2")},
		{"an event count with zeros", "not written as gonogo writes it", swap("journal-events: 3", "journal-events: 0003")},
		{"fewer events", "its head is not the one", swap("journal-events: 3", "journal-events: 2")},
		{"a time with an offset", "not written as gonogo writes it", swap("2026-01-14T16:02:11Z", "2026-01-14T17:02:11+01:00")},
		{"a time with a fraction", "not written as gonogo writes it", swap("16:02:11Z", "16:02:11.000Z")},
		{"blanks at an end", "not written as gonogo writes it", swap("# tool: gonogo test", "# tool: gonogo test ")},
		{"parts in another order", "not a sum line in order", func(s string) string {
			l := strings.SplitAfter(s, "\n")
			l[len(l)-2], l[len(l)-3] = l[len(l)-3], l[len(l)-2]
			return strings.Join(l, "")
		}},
		{"a part twice", "not a sum line in order", func(s string) string {
			l := strings.SplitAfter(s, "\n")
			return s + l[len(l)-2]
		}},
		{"the page left out", "it does not cover report.md", func(s string) string { return s[:strings.LastIndex(strings.TrimSuffix(s, "\n"), "\n")+1] }},
		{"a sum for a countersignature", "not a sum line", func(s string) string {
			return strings.Replace(s, "  evidence/", "  countersign-1.txt\n"+strings.Repeat("0", 64)+"  evidence/", 1)
		}},
		{"a path outside", "not a sum line", swap("  report.md", "  ../report.md")},
		{"binary mode of sha256sum", "not a sum line", swap("  report.md", " *report.md")},
		{"capital digits", "not a sum line", func(s string) string {
			i := strings.LastIndex(s, "  report.md")
			return s[:i-64] + strings.ToUpper(s[i-64:i]) + s[i:]
		}},
		{"no last line feed", "does not end in a line feed", func(s string) string { return strings.TrimSuffix(s, "\n") }},
		{"CRLF", "MANIFEST:1:", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
		{"a byte order mark", "MANIFEST:1:", func(s string) string { return "\ufeff" + s }},
		{"a trailing comment", "not a sum line", func(s string) string { return s + "# the end\n" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			signers := w.signers
			if strings.Contains(tt.want, "signer's name") {
				signers = anybody // the signers file would take any name
			}
			file := resign(t, w.signed, w.alice, tt.change)
			if v := Verify(file, Options{Signers: signers, Now: today}); v.Good || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
		})
	}
	if v := Verify(resign(t, w.signed, w.alice, same), Options{Signers: w.signers, Now: today}); !v.Good {
		t.Errorf("unchanged: %s", v.Sentence) // else the cases above would prove nothing
	}
}

// A date that is put back does not make an expired key valid: the journal goes on after it.
func TestBackdatedSignature(t *testing.T) {
	w := newWorld(t)
	signers := signersFile(t, line("alice@example.com", `valid-before="20260101Z"`, w.alice))
	back := resign(t, w.signed, w.alice, swap("signed-at: 2026-01-14T16:02:11Z", "signed-at: 2025-12-01T00:00:00Z"))
	v := Verify(back, Options{Signers: signers, Now: today})
	if v.Good || !strings.Contains(string(v.Sentence), "its journal goes on until 2026-01-14T16:02:11Z: key of alice@example.com expired 2026-01-01") {
		t.Error(v.Sentence)
	}
	if v := Verify(back, Options{Signers: signersFile(t, line("alice@example.com", "", w.alice)), Now: today}); !v.Good || len(v.Notes) != 1 {
		t.Errorf("under a key that was valid all along: %s %v", v.Sentence, v.Notes)
	}
}

// Statements that are signed well and say something wrong.
func TestStatementsWrittenByHand(t *testing.T) {
	w := newWorld(t)
	mia := newKey(t)
	lena := Statement{Decision: "accept", By: "lena@example.com", At: signedAt.Add(time.Hour)}
	aliceLine := line("alice@example.com", `namespaces="gonogo.report.v1"`, w.alice)
	lenaLine := line("lena@example.com", asLead, w.lena)
	by := func(s Statement, change func(*Statement)) Statement { change(&s); return s }
	for _, tt := range []struct {
		name, want string
		statement  Statement
		key        ssh.Signer
		change     func(string) string
		signers    []string
	}{
		{"the assessor under another name", "countersigned by the assessor", lena, w.alice, same, []string{aliceLine, line("lena@example.com", asLead, w.alice)}},
		{"the assessor's name in capitals", "countersigned by the assessor", by(lena, func(s *Statement) { s.By = "ALICE@example.com" }), w.lena, same, []string{aliceLine, line("ALICE@example.com", asLead, w.lena)}},
		{"the assessor's second key", "not two people", lena, w.lena, same, []string{aliceLine, line("lena@example.com,alice@example.com", asLead, w.lena)}},
		{"a second line for the assessor's second key", "not two people", lena, w.lena, same, []string{aliceLine, lenaLine, line("alice@example.com", "", w.lena)}},
		{"a lead of any name", "a lead needs a line that names lena@example.com", lena, w.lena, same, []string{aliceLine, line("*", asLead, w.lena)}},
		{"a lead by the lack of namespaces", "may not sign as gonogo.countersign.v1: a lead's line names it", lena, w.lena, same, []string{aliceLine, line("lena@example.com", "", w.lena)}},
		{"a lead by a pattern of namespaces", "may not sign as gonogo.countersign.v1", lena, w.lena, same, []string{aliceLine, line("lena@example.com", `namespaces="*"`, w.lena)}},
		{"a lead who was taken out", "may not sign as gonogo.countersign.v1", lena, w.lena, same, []string{aliceLine, line("lena@example.com", `namespaces="gonogo.countersign.v1,!gonogo.countersign.v1"`, w.lena)}},
		{"no lead", "may not sign as gonogo.countersign.v1", lena, w.lena, same, []string{aliceLine, line("lena@example.com", `namespaces="gonogo.report.v1"`, w.lena)}},
		{"a stranger", "nobody here vouches for", by(lena, func(s *Statement) { s.By = "mia@example.com" }), mia, same, []string{aliceLine, lenaLine}},
		{"a stranger under a lead's name", "nobody here vouches for", lena, mia, same, []string{aliceLine, lenaLine}},
		{"expired", "key of lena@example.com expired 2026-01-10, signed 2026-01-14", lena, w.lena, same, []string{aliceLine, line("lena@example.com", asLead+`,valid-before="20260110Z"`, w.lena)}},
		{"a time to come, for a key of then", "has not come yet", by(lena, func(s *Statement) { s.At = today.AddDate(1, 0, 0) }), w.lena, same, []string{aliceLine, line("lena@example.com", asLead+`,valid-after="20270101Z"`, w.lena)}},
		{"before the report", "before the report was", by(lena, func(s *Statement) { s.At = signedAt.AddDate(0, 0, -2) }), w.lena, same, []string{aliceLine, lenaLine}},
		{"a name that reads like a verdict", "can't be a signer's name", lena, w.lena, swap("by: lena@example.com", "by: lena@example.com (accept); checked"), []string{aliceLine, line("*", asLead, w.lena)}},
		{"another word for a decision", "accepts or returns", lena, w.lena, swap("decision: accept", "decision: Accept"), []string{aliceLine, lenaLine}},
		{"two decisions", "not eight lines", lena, w.lena, swap("decision: accept", "decision: accept\ndecision: return"), []string{aliceLine, lenaLine}},
		{"a time in words", "not RFC 3339", lena, w.lena, swap("at: 2026", "at: c. 2026"), []string{aliceLine, lenaLine}},
		{"nothing before it named as something", "an earlier countersignature was changed or removed", lena, w.lena, swap("previous: -", "previous: "+strings.Repeat("0", 64)), []string{aliceLine, lenaLine}},
		{"another report's digest", "is for another report", lena, w.lena, func(s string) string {
			i := strings.Index(s, "sha256: ") + 8
			return s[:i] + strings.Repeat("0", 64) + s[i+64:]
		}, []string{aliceLine, lenaLine}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := state(t, w.signed, 1, tt.key, tt.statement, "-", tt.change)
			v := Verify(file, Options{Signers: signersFile(t, tt.signers...), Now: today})
			if v.Good || !strings.Contains(string(v.Sentence), tt.want) || len(v.Countersignatures) != 1 || v.Countersignatures[0].Good {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
		})
	}
	if v := Verify(state(t, w.signed, 1, w.lena, lena, "-", same), Options{Signers: signersFile(t, aliceLine, lenaLine), Now: today}); !v.Good {
		t.Errorf("unchanged: %s", v.Sentence)
	}
}

// Nobody puts a name under a file whose earlier countersignatures don't hold.
func TestCountersignRefusesATamperedFile(t *testing.T) {
	w := newWorld(t)
	mia := newKey(t)
	for name, change := range map[string]func(Container){
		"report": func(c Container) { c[partMarkdown] = []byte("# other\n") },
		"statement": func(c Container) {
			c["countersign-1.txt"] = bytes.Replace(c["countersign-1.txt"], []byte("accept"), []byte("return"), 1)
		},
		"statement's key":      func(c Container) { c["countersign-1.txt.sig"] = c[partSignature] },
		"half a statement":     func(c Container) { delete(c, "countersign-1.txt") },
		"evidence":             func(c Container) { c[evidencePart(c)] = []byte("x") },
		"evidence that is new": func(c Container) { c["evidence/"+strings.Repeat("0", 64)+".txt"] = []byte("x") },
	} {
		if _, err := Countersign(alter(t, w.counter, change), Statement{Decision: "accept", By: "mia@example.com", At: today}, mia); err == nil {
			t.Errorf("%s: countersigned", name)
		}
	}
	if _, err := Countersign(w.counter, Statement{Decision: "accept", By: "mia@example.com", At: today}, mia); err != nil {
		t.Errorf("whole: %v", err)
	}
}

// A countersignature is over one report: the assessor's later one of the same session,
// changed or not, does not inherit it.
func TestCountersignatureDoesNotOutliveItsReport(t *testing.T) {
	w := newWorld(t)
	c, f := example()
	f.SignedAt = signedAt.Add(2 * time.Hour)
	later, err := Sign(c, f, w.alice)
	if err != nil {
		t.Fatal(err)
	}
	from, err := Decode(w.counter)
	if err != nil {
		t.Fatal(err)
	}
	moved := alter(t, later, func(c Container) {
		c["countersign-1.txt"], c["countersign-1.txt.sig"] = from["countersign-1.txt"], from["countersign-1.txt.sig"]
	})
	if v := Verify(moved, Options{Signers: w.signers, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "for another report") {
		t.Error(v.Sentence)
	}
}

// Under a pattern a name is only a claim, and the sentence says so.
func TestPatternsNameNobody(t *testing.T) {
	w := newWorld(t)
	v := Verify(w.signed, Options{Signers: signersFile(t, line("*@example.com", "", w.alice)), Now: today})
	if !v.Good || !strings.HasPrefix(string(v.Sentence), "GOOD signed by a key of *@example.com, as alice@example.com") || len(v.Notes) != 1 {
		t.Errorf("%s %v", v.Sentence, v.Notes)
	}
	v = Verify(w.signed, Options{Signers: signersFile(t, line("*@example.com", "", w.alice), line("alice@example.com", "", w.alice)), Now: today})
	if v.Sentence != "GOOD signed by alice@example.com; not countersigned" || v.SignersLine != 2 {
		t.Errorf("a line that names her is better: %s, line %d", v.Sentence, v.SignersLine)
	}
}

// Of several lines that don't vouch, the one that came nearest gives the reason.
func TestBestReasonOfAllLines(t *testing.T) {
	w := newWorld(t)
	v := Verify(w.signed, Options{Now: today, Signers: signersFile(t,
		line("alice@example.com", `valid-before="20260101Z"`, w.alice),
		line("alice@example.com", `namespaces="git"`, w.alice),
		line("bob@example.com", "", w.alice))})
	if v.Good || v.SignersLine != 1 || !strings.Contains(string(v.Sentence), "expired 2026-01-01, signed 2026-01-14") {
		t.Errorf("line %d: %s", v.SignersLine, v.Sentence)
	}
}

// Parts moved between sound files of the same signer.
func TestPartsOfOtherReports(t *testing.T) {
	w := newWorld(t)
	c, f := exampleOf("20260115-another", "20260115-another")
	c.Evidence[sum([]byte("other"))+".txt"] = []byte("other")
	raw, err := Sign(c, f, w.alice)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := Decode(w.counter)
	if err != nil {
		t.Fatal(err)
	}
	cut := mine[partJournal][:bytes.LastIndexByte(bytes.TrimSuffix(mine[partJournal], []byte("\n")), '\n')+1]
	entries, _, _ := sessions.ReadJournal(bytes.NewReader(mine[partJournal]))
	rewritten := sessions.EncodeJournal(append(entries[:2:2], sessions.Entry{JSON: []byte(`{"seq":4}`)}))
	edited := bytes.Replace(mine[partJournal], []byte(`{"seq":2}`), []byte(`{"seq":7}`), 1)
	for _, tt := range []struct {
		name, want string
		change     func(Container)
	}{
		{"manifest alone", "signature does not match the content", func(c Container) { c[partManifest] = other[partManifest] }},
		{"signature alone", "signature does not match the content", func(c Container) { c[partSignature] = other[partSignature] }},
		{"manifest and signature", "journal.jsonl changed", func(c Container) { c[partManifest], c[partSignature] = other[partManifest], other[partSignature] }},
		{"journal", "journal.jsonl changed (a chain of its own, which ends in another head)", func(c Container) { c[partJournal] = other[partJournal] }},
		{"journal with another end", "journal.jsonl changed (a chain of its own", func(c Container) { c[partJournal] = rewritten }},
		{"journal cut at a line's end", "journal.jsonl changed (it holds 2 events, 3 were signed)", func(c Container) { c[partJournal] = cut }},
		{"a journal's line", "journal.jsonl changed (line 2: its hash does not fit", func(c Container) { c[partJournal] = edited }},
		{"evidence added", "not covered by the signature", func(c Container) { c["evidence/"+sum([]byte("other"))+".txt"] = []byte("other") }},
		{"evidence under another ending", "not covered by the signature", func(c Container) { c[strings.TrimSuffix(evidencePart(c), "txt")+"bin"] = c[evidencePart(c)] }},
		{"all of it but the countersignature", "countersignature is for another report", func(c Container) {
			for name := range c {
				if covered(name) {
					delete(c, name)
				}
			}
			for name, data := range other {
				c[name] = data
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := Verify(alter(t, w.counter, tt.change), Options{Signers: w.signers, Now: today})
			if v.Good || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
		})
	}
}

// All that is wrong is told, not only the first.
func TestEveryProblemIsTold(t *testing.T) {
	w := newWorld(t)
	file := alter(t, w.counter, func(c Container) {
		c[partMarkdown] = []byte("# other\n")
		c["countersign-1.txt"] = bytes.Replace(c["countersign-1.txt"], []byte("accept"), []byte("return"), 1)
	})
	v := Verify(file, Options{Signers: signersFile(t, line("bob@example.com", "", w.alice)), Now: today})
	if v.Good || len(v.Problems) != 3 {
		t.Fatalf("%q", v.Problems)
	}
	for i, want := range []string{"the key belongs to bob@example.com", "report.md changed", "countersignature 1: signature does not match"} {
		if !strings.Contains(string(v.Problems[i]), want) {
			t.Errorf("problem %d: %q", i, v.Problems[i])
		}
	}
	if strings.Contains(string(v.Problems[1]), "signed by") {
		t.Errorf("it names a signer nobody vouches for: %q", v.Problems[1])
	}
}

// A document that changed is told with the line, when the journal still gives what was signed.
func TestChangedDocumentIsToldWithItsLine(t *testing.T) {
	w := newWorld(t)
	c, f := example()
	c.Markdown = []byte("# report\n\none\ntwo\n")
	file, err := Sign(c, f, w.alice)
	if err != nil {
		t.Fatal(err)
	}
	changed := alter(t, file, func(c Container) { c[partMarkdown] = []byte("# report\n\none\nfour\n") })
	o := Options{Signers: w.signers, Now: today, Render: func(Container) (Contents, Facts, error) { return c, f, nil }}
	if v := Verify(changed, o); v.Good || !strings.Contains(string(v.Sentence), "report.md changed (from line 4 on)") {
		t.Error(v.Sentence)
	}
	o.Render = func(Container) (Contents, Facts, error) { return Contents{Markdown: []byte("made otherwise")}, f, nil }
	if v := Verify(changed, o); v.Good || strings.Contains(string(v.Sentence), "line") {
		t.Errorf("a line of something that was never signed: %s", v.Sentence)
	}
}
