package handover

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
	"assess/gonogo/sessions/signing"
)

// marker is in the bytes of a piece of evidence and in no reason.
const marker = "only-in-the-body-7f3a"

// seeded is a session of the phase5 profile with a body that nothing else repeats.
func seeded(t *testing.T) (s *sessions.Session, sha string) {
	t.Helper()
	_, s, sha = seededIn(t)
	return s, sha
}

func seededIn(t *testing.T) (store *filestore.Store, s *sessions.Session, sha string) {
	t.Helper()
	ctx := context.Background()
	file, err := os.ReadFile(filepath.Join("..", "report", "testdata", "phase5.gonogo"))
	if err != nil {
		t.Fatal(err)
	}
	store, err = filestore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	u, err := signing.Unpack(ctx, store, file)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = sessions.Open(ctx, store, kinds.Registry(), u.ID); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	body := []byte("< HTTP/1.1 200 OK\n\n" + marker + "\n")
	if sha, err = s.PutEvidence(ctx, body); err != nil {
		t.Fatal(err)
	}
	_, err = s.Record(ctx, "Assessor", sessions.RunStarted{Run: "more", Vantage: "seed"},
		sessions.Checked{Item: "P5-SEC-AUT-01", Run: "more", Verdict: checks.Pass, Reason: "refused", Strength: checks.ObservedLive, Vantage: "seed",
			Evidence: []checks.Evidence{{SHA256: sha, What: "GET /", At: s.State().CreatedAt, Bytes: int64(len(body)), Media: "txt", Strength: checks.ObservedLive}}},
		sessions.RunEnded{Run: "more", RequestsSent: 1, Reached: true})
	if err != nil {
		t.Fatal(err)
	}
	return store, s, sha
}

// signer is a new key and a signers file that vouches for it as alice's.
func signer(t *testing.T) (ssh.Signer, *signing.Signers) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "allowed_signers")
	if err := os.WriteFile(name, []byte("alice@example.com "+string(ssh.MarshalAuthorizedKey(key.PublicKey()))), 0o600); err != nil {
		t.Fatal(err)
	}
	signers, err := signing.LoadSigners(name)
	if err != nil {
		t.Fatal(err)
	}
	return key, signers
}

func signedFile(t *testing.T, s *sessions.Session, held func(string) bool) ([]byte, *signing.Signers) {
	t.Helper()
	key, signers := signer(t)
	c, f, err := SomeContents(context.Background(), s, "test", held)
	if err != nil {
		t.Fatal(err)
	}
	f.Signer, f.SignedAt = "alice@example.com", s.State().LastAt.UTC().Truncate(time.Second)
	file, err := signing.Sign(c, f, key)
	if err != nil {
		t.Fatal(err)
	}
	return file, signers
}

// A file signed without its evidence's bytes has none of them, is good all the same and says
// so, replays to the same, and can be held against the whole session.
func TestWithheldEvidence(t *testing.T) {
	ctx := context.Background()
	s, sha := seeded(t)
	whole, _ := signedFile(t, s, func(string) bool { return true })
	if !bytes.Contains(whole, []byte(marker)) {
		t.Fatal("the whole file lacks the body: the test would see nothing")
	}
	file, signers := signedFile(t, s, func(string) bool { return false })
	if bytes.Contains(file, []byte(marker)) {
		t.Error("a body's bytes are in the file")
	}
	if !bytes.Contains(file, []byte(sha)) {
		t.Error("the digest is not in the file")
	}
	o := signing.Options{Signers: signers, Now: s.State().LastAt, Replay: func(c signing.Container) (signing.Contents, signing.Facts, error) {
		st, id, err := signing.NewStore(file)
		if err != nil {
			return signing.Contents{}, signing.Facts{}, err
		}
		again, err := sessions.View(ctx, st, kinds.Registry(), id)
		if err != nil {
			return signing.Contents{}, signing.Facts{}, err
		}
		defer again.Close()
		held := c.Held()
		return SomeContents(ctx, again, "test", func(sha string) bool { return held[sha] })
	}, Evidence: func(sha string) error { _, err := s.Evidence(ctx, sha); return err }}
	v := signing.Verify(file, o)
	if !v.Good || !strings.Contains(string(v.Sentence), "bodies withheld, digests kept") || v.Replay != "same" || len(v.Withheld) < 2 {
		t.Errorf("%s, replay %q, %d withheld", v.Sentence, v.Replay, len(v.Withheld))
	}
	if len(v.Notes) == 0 || !strings.Contains(string(v.Notes[len(v.Notes)-1]), "were compared") {
		t.Errorf("notes: %v", v.Notes)
	}
	if err := s.Redact(ctx, "Assessor", sha, "personal data"); err != nil {
		t.Fatal(err)
	}
	if v = signing.Verify(file, o); v.Good || !strings.Contains(string(v.Sentence), "withheld evidence "+sha[:12]) {
		t.Errorf("bytes that are not there were compared: %s", v.Sentence)
	}
}

// Nothing is withheld in a whole file, and a withheld one unpacks with its digests alone.
func TestWithheldUnpacks(t *testing.T) {
	ctx := context.Background()
	s, sha := seeded(t)
	whole, signers := signedFile(t, s, func(string) bool { return true })
	if v := signing.Verify(whole, signing.Options{Signers: signers, Now: s.State().LastAt}); !v.Good || len(v.Withheld) != 0 || strings.Contains(string(v.Sentence), "withheld") {
		t.Errorf("whole: %s, %v", v.Sentence, v.Withheld)
	}
	c, f, err := SomeContents(ctx, s, "test", func(h string) bool { return h != sha })
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	u, err := signing.Unpack(ctx, store, signing.Pack(c, f))
	if err != nil || u.Done != "new" || u.Withheld != 1 {
		t.Fatalf("%+v, %v", u, err)
	}
	got, err := sessions.View(ctx, store, kinds.Registry(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if got.State().Head != s.State().Head {
		t.Error("another head")
	}
}
