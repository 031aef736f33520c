package signing

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// fixedKey is the same key for ever: the keys of the released files in testdata.
func fixedKey(t testing.TB, seed byte) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A file of format version 1, signed, accepted and returned, verifies for ever, and the
// same contents still give its bytes. When this fails, files that people keep have become
// worthless: the format needs a new version beside this one, never another golden file.
func TestReleasedFormatVerifies(t *testing.T) {
	alice, lena, mia := fixedKey(t, 1), fixedKey(t, 2), fixedKey(t, 3)
	released, err := os.ReadFile("testdata/v1.gonogo")
	if err != nil {
		t.Fatal(err)
	}
	signers := signersFile(t, line("alice@example.com", `namespaces="gonogo.report.v1"`, alice), line("lena@example.com", asLead, lena), line("mia@example.com", asLead, mia))
	v := Verify(released, Options{Signers: signers, Now: today})
	if v.Sentence != "GOOD signed by alice@example.com; countersigned by lena@example.com (accept); countersigned by mia@example.com (return)" {
		t.Error(v.Sentence)
	}
	if _, id, err := NewStore(released); err != nil || id != exampleSession {
		t.Errorf("%s: %v", id, err)
	}
	c, f := example()
	file, err := Sign(c, f, alice)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		Statement
		key ssh.Signer
	}{{Statement{"accept", "lena@example.com", signedAt.Add(time.Hour), "read it, twice"}, lena}, {Statement{"return", "mia@example.com", signedAt.Add(2 * time.Hour), "the café’s database"}, mia}} {
		if file, err = Countersign(file, s.Statement, s.key); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(file, released) {
		t.Error("the same contents give other bytes than the released file's")
	}
}

// What verify answers as JSON has every key, and no array is null, however little is known.
func TestVerificationAsJSON(t *testing.T) {
	w := newWorld(t)
	for name, file := range map[string][]byte{"good": w.counter, "no file": nil, "no signature": alter(t, w.signed, func(c Container) { delete(c, partSignature) }),
		"changed": alter(t, w.counter, func(c Container) { c[partMarkdown] = nil })} {
		out, err := json.Marshal(Verify(file, Options{Signers: w.signers, Now: today}))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out, []byte("null")) {
			t.Errorf("%s: %s", name, out)
		}
		for _, key := range []string{"good", "sentence", "problems", "hint", "notes", "content", "signer", "fingerprint", "signed_at", "key_state", "signers_line",
			"decision", "session", "target", "profile", "profile_sha256", "tool", "journal_events", "journal_head", "manifest_sha256", "covers", "replay", "withheld", "parts", "countersignatures"} {
			if !bytes.Contains(out, []byte(`"`+key+`":`)) {
				t.Errorf("%s: no %s in %s", name, key, out)
			}
		}
	}
}

func FuzzArmor(f *testing.F) {
	c, facts := example()
	file, err := Sign(c, facts, fixedKey(f, 1))
	if err != nil {
		f.Fatal(err)
	}
	parts, err := Decode(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(parts[partSignature])
	f.Fuzz(func(t *testing.T, data []byte) {
		sig, err := readArmored(data)
		if err == nil && !bytes.Equal(data, parts[partSignature]) && checkSignature(parts[partManifest], sig, NamespaceReport) == nil && bytes.Equal(sig.PublicKey.Marshal(), fixedKey(t, 1).PublicKey().Marshal()) && strings.Count(string(data), "\n") == bytes.Count(parts[partSignature], []byte("\n")) {
			t.Errorf("other bytes hold too:\n%s", data)
		}
	})
}

func FuzzManifest(f *testing.F) {
	c, facts := example()
	f.Add(c.container().manifest(facts))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		var again strings.Builder
		again.WriteString(manifestFirst + "\n")
		for _, h := range m.heads() {
			again.WriteString("# " + h[0] + ": " + h[1] + "\n")
		}
		for _, name := range m.covers() {
			again.WriteString(m.Sums[name] + "  " + name + "\n")
		}
		if again.String() != string(data) {
			t.Errorf("read as\n%s\nfrom\n%s", again.String(), data)
		}
	})
}

func FuzzSigners(f *testing.F) {
	f.Add(line("alice@example.com", `namespaces="gonogo.report.v1",valid-after="20260101Z"`, fixedKey(f, 1)))
	f.Add(`*,!a@b namespaces="a b" ` + keyText(fixedKey(f, 2)) + " team")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseSigners("f", []byte(text))
		if err != nil {
			return
		}
		for _, l := range lines {
			if l.key == nil || l.number == 0 || len(l.principals) == 0 {
				t.Errorf("%+v", l)
			}
			l.judge(asked{key: l.key, principal: "alice@example.com", namespace: NamespaceCountersign, at: signedAt, now: today})
		}
	})
}
