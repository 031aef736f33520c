package signing

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/sessions"
)

// newKey makes a signer and its line for a signers file.
func newKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keyText(s ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey())))
}

func signersFile(t testing.TB, lines ...string) *Signers {
	t.Helper()
	file := filepath.Join(t.TempDir(), "allowed_signers")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := LoadSigners(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func line(principal, options string, s ssh.Signer) string {
	return strings.Join(strings.Fields(principal+" "+options+" "+keyText(s)), " ")
}

var (
	signedAt = time.Date(2026, 1, 14, 16, 2, 11, 0, time.UTC)
	today    = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
)

// example is a small report's contents with a sound journal of three lines.
func example() (Contents, Facts) { return exampleOf(exampleSession, exampleSession) }

const exampleSession = "20260114-160000-payments-x7kq"

// exampleOf names one session in the MANIFEST and another, or the same, in the journal.
func exampleOf(session, inJournal string) (Contents, Facts) {
	target, profile, evidence := []byte("name = \"payments\"\n"), []byte("id = \"phase5\"\n"), []byte("> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n")
	first, err := sessions.EncodeEvent(sessions.Event{Seq: 1, At: signedAt, By: "alice", Data: sessions.Opened{Format: 1, Session: inJournal,
		Target: "payments", Version: "1", Environment: "production", Profile: "phase5", TargetSHA: sum(target), ProfileSHA: sum(profile), Tool: "gonogo test"}})
	if err != nil {
		panic(err)
	}
	journal := sessions.EncodeJournal([]sessions.Entry{{JSON: first}, {JSON: []byte(`{"seq":2}`)}, {JSON: []byte(`{"seq":3}`)}})
	entries, _, _ := sessions.ReadJournal(bytes.NewReader(journal))
	c := Contents{Markdown: []byte("# report\n"), JSON: []byte(`{"decision":"no-go"}` + "\n"), Journal: journal,
		Evidence: map[string][]byte{sum(evidence) + ".txt": evidence, sum(target) + ".toml": target, sum(profile) + ".toml": profile}}
	f := Facts{Session: session, Target: "payments 1 production", Profile: "phase5", ProfileSHA256: sum(profile), Decision: "no-go",
		Signer: "alice@example.com", SignedAt: signedAt, JournalEvents: 3, JournalHead: fmt.Sprintf("%x", entries[2].Hash), Tool: "gonogo test"}
	return c, f
}

// asLead is what makes a line of a signers file a lead's.
const asLead = `namespaces="gonogo.countersign.v1"`

type world struct {
	alice, lena ssh.Signer
	signers     *Signers
	signed      []byte
	counter     []byte
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{alice: newKey(t), lena: newKey(t)}
	w.signers = signersFile(t, line("alice@example.com", `namespaces="gonogo.report.v1",valid-after="20260101Z",valid-before="20270101Z"`, w.alice),
		line("lena@example.com", `namespaces="gonogo.report.v1,gonogo.countersign.v1"`, w.lena))
	c, f := example()
	var err error
	if w.signed, err = Sign(c, f, w.alice); err != nil {
		t.Fatal(err)
	}
	w.counter, err = Countersign(w.signed, Statement{Decision: "accept", By: "lena@example.com", At: signedAt.Add(time.Hour), Comment: "read it"}, w.lena)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// alter decodes a file, changes its parts and lays it out again.
func alter(t testing.TB, file []byte, change func(Container)) []byte {
	t.Helper()
	c, err := Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	change(c)
	return c.Encode()
}

func evidencePart(c Container) string {
	for n := range maps.Keys(c) {
		if strings.HasPrefix(n, "evidence/") && strings.HasSuffix(n, ".txt") {
			return n
		}
	}
	return ""
}

func TestVerifyTellsEveryTampering(t *testing.T) {
	w := newWorld(t)
	stranger := newKey(t)
	c, f := example()
	byStranger, err := Sign(c, f, stranger)
	if err != nil {
		t.Fatal(err)
	}
	crlf := func(c Container) { c[partManifest] = bytes.ReplaceAll(c[partManifest], []byte("\n"), []byte("\r\n")) }
	part := func(name, data string) func(Container) { return func(c Container) { c[name] = []byte(data) } }
	for _, tt := range []struct {
		name    string
		file    []byte
		options Options
		want    string
		hint    string
	}{
		{"nothing", w.counter, Options{}, "GOOD signed by alice@example.com; countersigned by lena@example.com (accept)", ""},
		{"not countersigned", w.signed, Options{}, "GOOD signed by alice@example.com; not countersigned", ""},
		{"markdown changed", alter(t, w.signed, part(partMarkdown, "# other\n")), Options{}, "signed by alice@example.com, but report.md changed", ""},
		{"json changed", alter(t, w.signed, part(partJSON, "{}")), Options{}, "but report.json changed", ""},
		{"journal edited", alter(t, w.signed, part(partJournal, "")), Options{}, "but journal.jsonl changed", ""},
		{"decision edited", alter(t, w.signed, func(c Container) {
			c[partManifest] = bytes.Replace(c[partManifest], []byte("decision: no-go"), []byte("decision: go"), 1)
		}), Options{}, "signature does not match the content", ""},
		{"line ends converted", alter(t, w.signed, crlf), Options{}, "signature does not match the content", "line ends were converted"},
		{"evidence swapped", alter(t, w.signed, func(c Container) { c[evidencePart(c)] = []byte("x") }), Options{}, ".txt changed", ""},
		{"evidence missing", alter(t, w.signed, func(c Container) { delete(c, evidencePart(c)) }), Options{}, ".txt missing", ""},
		{"evidence added", alter(t, w.signed, part("evidence/"+strings.Repeat("0", 64)+".txt", "x")), Options{}, "not covered by the signature", ""},
		{"unknown key", byStranger, Options{}, "a key nobody here vouches for: SHA256:", "add to the signers file: alice@example.com"},
		{"no signers file", w.signed, Options{Signers: &Signers{}}, "nobody here vouches for", ""},
		{"expired now", w.signed, Options{AtNow: true, Now: today.AddDate(3, 0, 0)}, "key of alice@example.com expired 2027-01-01", ""},
		{"signature removed", alter(t, w.signed, func(c Container) { delete(c, partSignature) }), Options{}, "not signed", ""},
		{"two signatures glued", alter(t, w.signed, func(c Container) { c[partSignature] = append(c[partSignature], c[partSignature]...) }), Options{}, "not one complete armored block", ""},
		{"signature cut", alter(t, w.signed, func(c Container) { c[partSignature] = c[partSignature][:100] }), Options{}, "not one complete armored block", ""},
		{"text before the signature", alter(t, w.signed, func(c Container) { c[partSignature] = append([]byte("x\n"), c[partSignature]...) }), Options{}, "not one complete armored block", ""},
		{"report signature as countersignature", alter(t, w.counter, func(c Container) { c["countersign-1.txt.sig"] = c[partSignature] }), Options{}, "namespace does not match", ""},
		{"countersignature removed", alter(t, w.counter, func(c Container) { delete(c, "countersign-1.txt"); delete(c, "countersign-1.txt.sig") }), Options{RequireCountersign: true}, "but not countersigned", ""},
		{"half a countersignature", alter(t, w.counter, func(c Container) { delete(c, "countersign-1.txt.sig") }), Options{}, "countersignature 1: not signed", ""},
		{"bytes behind", append(bytes.Clone(w.signed), 'x'), Options{}, "NOT GOOD", ""},
		{"bytes in front", append([]byte("x"), w.signed...), Options{}, "NOT GOOD", ""},
		{"empty", nil, Options{}, "not a signed report, or cut short", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.options
			if o.Signers == nil {
				o.Signers = w.signers
			}
			if o.Now.IsZero() {
				o.Now = today
			}
			v := Verify(tt.file, o)
			if !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
			if v.Good != strings.HasPrefix(tt.want, "GOOD") {
				t.Errorf("good is %v", v.Good)
			}
			if !strings.Contains(string(v.Hint), tt.hint) {
				t.Errorf("hint %q, want %q", v.Hint, tt.hint)
			}
		})
	}
}

func TestVerifyKeys(t *testing.T) {
	w := newWorld(t)
	verify := func(file []byte, lines ...string) Verification {
		return Verify(file, Options{Signers: signersFile(t, lines...), Now: today.AddDate(2, 0, 0)})
	}
	t.Run("expired since signing is good with a note", func(t *testing.T) {
		v := verify(w.signed, line("alice@example.com", `valid-before="20270101Z"`, w.alice))
		if !v.Good || len(v.Notes) != 1 || !strings.Contains(string(v.Notes[0]), "key expired 2027-01-01, after signing") {
			t.Errorf("%v %v", v.Sentence, v.Notes)
		}
	})
	for _, tt := range []struct {
		name, want string
		lines      []string
	}{
		{"not yet valid", "not yet valid", []string{line("alice@example.com", `valid-after="20260601Z"`, w.alice)}},
		{"wrong role", "alice@example.com may not sign as gonogo.report.v1", []string{line("alice@example.com", `namespaces="gonogo.countersign.v1"`, w.alice)}},
		{"somebody else's key", "the key belongs to bob@example.com", []string{line("bob@example.com", "", w.alice)}},
		{"excluded by a pattern", "the key belongs to", []string{line("*,!alice@example.com", "", w.alice)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if v := verify(w.signed, tt.lines...); v.Good || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
		})
	}
	t.Run("an expired line does not hide a later one", func(t *testing.T) {
		v := verify(w.signed, line("alice@example.com", `valid-before="20250101Z"`, w.alice), line("alice@example.com", "", w.alice))
		if !v.Good {
			t.Error(v.Sentence)
		}
	})
	t.Run("revoked, whatever the date", func(t *testing.T) {
		w.revokes(t, []byte("# stolen\n"+keyText(w.alice)+"\n"))
	})
}

func TestCountersignNeedsFourEyes(t *testing.T) {
	w := newWorld(t)
	by := func(name string, key ssh.Signer) error {
		_, err := Countersign(w.signed, Statement{Decision: "accept", By: name, At: signedAt}, key)
		return err
	}
	if err := by("lena@example.com", w.alice); err == nil {
		t.Error("the assessor's key countersigned")
	}
	if err := by("Alice@example.com", w.lena); err == nil {
		t.Error("the assessor's name countersigned")
	}
	// A file made by other means is refused when it is verified.
	c, err := Decode(w.signed)
	if err != nil {
		t.Fatal(err)
	}
	body := statementText(c, Statement{Decision: "accept", By: "lena@example.com", At: signedAt}, "-")
	sig, err := signatureOver(body, w.alice, NamespaceCountersign)
	if err != nil {
		t.Fatal(err)
	}
	c["countersign-1.txt"], c["countersign-1.txt.sig"] = body, sig
	if v := Verify(c.Encode(), Options{Signers: w.signers, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "countersigned by the assessor") {
		t.Error(v.Sentence)
	}
}

func TestCountersignatureOfAnotherReport(t *testing.T) {
	w := newWorld(t)
	c, f := exampleOf("20260115-another", "20260115-another")
	other, err := Sign(c, f, w.alice)
	if err != nil {
		t.Fatal(err)
	}
	from, err := Decode(w.counter)
	if err != nil {
		t.Fatal(err)
	}
	moved := alter(t, other, func(c Container) {
		c["countersign-1.txt"], c["countersign-1.txt.sig"] = from["countersign-1.txt"], from["countersign-1.txt.sig"]
	})
	if v := Verify(moved, Options{Signers: w.signers, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "countersignature is for another report") {
		t.Error(v.Sentence)
	}
}

func TestSecondCountersignatureNamesTheFirst(t *testing.T) {
	w := newWorld(t)
	mia := newKey(t)
	s := signersFile(t, line("alice@example.com", "", w.alice), line("lena@example.com", asLead, w.lena), line("mia@example.com", asLead, mia))
	two, err := Countersign(w.counter, Statement{Decision: "return", By: "mia@example.com", At: signedAt.Add(2 * time.Hour), Comment: "no"}, mia)
	if err != nil {
		t.Fatal(err)
	}
	if v := Verify(two, Options{Signers: s, Now: today}); !v.Good || len(v.Countersignatures) != 2 {
		t.Fatal(v.Sentence)
	}
	// Taking the first out and moving the second up is seen.
	cut := alter(t, two, func(c Container) {
		c["countersign-1.txt"], c["countersign-1.txt.sig"] = c["countersign-2.txt"], c["countersign-2.txt.sig"]
		delete(c, "countersign-2.txt")
		delete(c, "countersign-2.txt.sig")
	})
	if v := Verify(cut, Options{Signers: s, Now: today}); v.Good || !strings.Contains(string(v.Sentence), "an earlier countersignature was changed or removed") {
		t.Error(v.Sentence)
	}
}

// No flipped bit and no cut of a signed file is ever good.
func TestNoFlipAndNoCutIsGood(t *testing.T) {
	w := newWorld(t)
	o := Options{Signers: w.signers, Now: today, RequireCountersign: true}
	for i := range w.counter {
		if Verify(w.counter[:i], o).Good {
			t.Fatalf("cut at byte %d is good", i)
		}
		flipped := bytes.Clone(w.counter)
		flipped[i] ^= 1 << (i % 8)
		if Verify(flipped, o).Good {
			t.Fatalf("bit %d of byte %d flipped is good", i%8, i)
		}
	}
}

func TestSameContentsGiveSameBytes(t *testing.T) {
	c, f := example()
	if !bytes.Equal(Pack(c, f), Pack(c, f)) {
		t.Error("two packs of the same session differ")
	}
	if v := Verify(Pack(c, f), Options{Now: today}); v.Good || !strings.Contains(string(v.Sentence), "not signed") {
		t.Error(v.Sentence)
	}
}

func TestSignersFileIsReadStrictly(t *testing.T) {
	key := keyText(newKey(t))
	for _, tt := range []struct{ name, text, want string }{
		{"byte order mark", "\ufeffa@b " + key, "byte order mark"},
		{"unknown option", "a@b no-touch " + key, `:1: unknown option "no-touch"`},
		{"certificates", "a@b cert-authority " + key, ":1: certificates are not accepted"},
		{"local time", "# c\na@b valid-after=\"20260101\" " + key, ":2: time"},
		{"no key", "a@b ssh-ed25519", ":1: key is missing"},
		{"garbled key", "a@b ssh-ed25519 AAAA", ":1: key is not"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "allowed_signers")
			if err := os.WriteFile(file, []byte(tt.text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadSigners(file); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("writable by others", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "allowed_signers")
		if err := os.WriteFile(file, []byte("a@b "+key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadSigners(file); err == nil || !strings.Contains(err.Error(), "chmod go-w") {
			t.Errorf("error %v", err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	c, facts := example()
	f.Add(Pack(c, facts))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Decode(data); err == nil && !bytes.Equal(c.Encode(), data) {
			t.Error("decoded to other bytes than it was read from")
		}
	})
}
