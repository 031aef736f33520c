package signing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"assess/gonogo/sessions"
)

// Collect gathers what a report file of the session holds: the rendered documents, the
// journal as it is on disk and every piece of evidence that was not taken out.
func Collect(ctx context.Context, s *sessions.Session, markdown, json []byte) (Contents, Facts, error) {
	return CollectSome(ctx, s, s.State(), markdown, json, func(string) bool { return true })
}

// CollectSome is Collect with only those bytes of evidence that held names by their SHA-256.
// What the session was opened with is always there: without it no journal can be read. The
// journal keeps the digests of the others, so that Verify can hold the bytes against them.
// All is of one moment, that of the state, which the session had: what was written to it
// since, here or by somebody else, is left out.
func CollectSome(ctx context.Context, s *sessions.Session, st *sessions.State, markdown, json []byte, held func(sha string) bool) (Contents, Facts, error) {
	o, events := st.Opened, s.Events()
	f := Facts{
		Session: o.Session, Target: targetLine(o), Profile: oneLine(o.Profile), ProfileSHA256: o.ProfileSHA, Decision: string(sessions.Assess(st).Decision),
		JournalEvents: st.Seq, JournalHead: st.Head, Tool: o.Tool,
	}
	journal, err := journalOf(ctx, s, st)
	if err != nil {
		return Contents{}, f, err
	}
	c := Contents{Markdown: markdown, JSON: json, Journal: journal, Evidence: map[string][]byte{}}
	for sum, media := range evidenceIn(events[:min(st.Seq, uint64(len(events)))]) {
		if _, gone := st.Redacted[sum]; gone || !(held(sum) || opens(o, sum)) {
			continue
		}
		data, err := s.Evidence(ctx, sum)
		if err != nil {
			return c, f, fmt.Errorf("evidence %.12s…: %w", sum, err)
		}
		c.Evidence[sum+"."+media] = data
	}
	return c, f, nil
}

// journalOf is the journal as far as the state goes.
func journalOf(ctx context.Context, s *sessions.Session, st *sessions.State) ([]byte, error) {
	data, err := s.Journal(ctx)
	if err != nil {
		return nil, err
	}
	entries, _, damage := sessions.ReadJournal(bytes.NewReader(data))
	switch n := uint64(len(entries)); {
	case damage != nil:
		return nil, damage
	case n < st.Seq:
		return nil, fmt.Errorf("session %s: its store holds %d of %d events: a report file holds what is saved, try again when all is", s.ID(), n, st.Seq)
	case st.Seq == 0 || fmt.Sprintf("%x", entries[st.Seq-1].Hash) != st.Head:
		return nil, fmt.Errorf("session %s: its journal is another one than was opened: open it again", s.ID())
	}
	return sessions.EncodeJournal(entries[:st.Seq]), nil
}

// opens reports whether a session can't be opened without the bytes.
func opens(o sessions.Opened, sha string) bool {
	return sha == o.TargetSHA || sha == o.ProfileSHA || sha == o.MoreSHA
}

// evidenceIn maps every piece of evidence that the events name to its kind of bytes.
func evidenceIn(events []sessions.Event) map[string]string {
	out := map[string]string{}
	for _, e := range events {
		switch d := e.Data.(type) {
		case sessions.Opened:
			out[d.TargetSHA], out[d.ProfileSHA] = "toml", "toml"
			if d.MoreSHA != "" {
				out[d.MoreSHA] = "json"
			}
		case sessions.Checked:
			for _, ev := range d.Evidence {
				out[ev.SHA256] = ev.Media
			}
		case sessions.EvidenceAttached:
			out[d.Evidence.SHA256] = d.Evidence.Media
		case sessions.FindingRecorded:
			for _, sum := range d.Finding.Evidence {
				if out[sum] == "" {
					out[sum] = "txt"
				}
			}
		}
	}
	for sum, media := range out {
		if !partName.MatchString("evidence/" + sum + "." + media) {
			out[sum] = "bin"
		}
	}
	return out
}

// store is a report file as a read-only sessions.Store, so that it opens wherever a session
// does. Only reading is implemented; everything else answers ErrReadOnly.
type store struct {
	sessions.Store // nil: methods not overridden below are never called on it
	id             string
	entries        []sessions.Entry
	blobs          map[string][]byte
}

// NewStore opens a report file for reading. The parts must be whole, the journal's chain
// sound and, where there is a signature, it must fit; whose key made it is for Verify to say.
func NewStore(file []byte) (sessions.Store, string, error) {
	c, err := Decode(file)
	if err != nil {
		return nil, "", err
	}
	m, err := c.opened()
	if err != nil {
		return nil, "", err
	}
	var v Verification
	if err := v.contents(c, m, Options{}); err != nil {
		if v.Content != "whole" {
			err = fmt.Errorf("altered since it was made: %w", err)
		}
		return nil, "", err
	}
	return c.store(m.Session), m.Session, nil
}

// store is the session in a container; each piece of evidence is under the digest that its
// name gives, and whoever reads it compares.
func (c Container) store(id string) *store {
	entries, _, _ := sessions.ReadJournal(bytes.NewReader(c[partJournal]))
	s := &store{id: id, entries: entries, blobs: map[string][]byte{}}
	for name, data := range c {
		if hash, ok := evidenceName(name); ok {
			s.blobs[hash] = data
		}
	}
	return s
}

// Store reads the session in a container as it stands, altered or not: it is for telling
// where a report was changed, never for judging one. id is the MANIFEST's.
func (c Container) Store() (st sessions.Store, id string, err error) {
	m, err := parseManifest(c[partManifest])
	if err != nil {
		return nil, "", err
	}
	return c.store(m.Session), m.Session, nil
}

// opened checks the signature, if there is one, and then reads the MANIFEST.
func (c Container) opened() (*Manifest, error) {
	armored, signed := c[partSignature]
	if signed {
		sig, err := readArmored(armored)
		if err != nil {
			return nil, err
		}
		if err := checkSignature(c[partManifest], sig, NamespaceReport); err != nil {
			return nil, err
		}
	}
	if c[partManifest] == nil {
		return nil, ErrNotContainer
	}
	m, err := parseManifest(c[partManifest])
	if err == nil && !signed && m.Signer != "-" {
		err = fmt.Errorf("its signature was taken away: the MANIFEST names %.80q as the signer", m.Signer)
	}
	return m, err
}

func (s *store) Read(_ context.Context, id string, after uint64) iter.Seq2[sessions.Entry, error] {
	return func(yield func(sessions.Entry, error) bool) {
		if id != s.id {
			yield(sessions.Entry{}, sessions.ErrNotFound)
			return
		}
		for _, e := range s.entries {
			if e.Seq > after && !yield(e, nil) {
				return
			}
		}
	}
}

func (s *store) GetBlob(_ context.Context, _ string, sum [sha256.Size]byte) (io.ReadCloser, error) {
	data, ok := s.blobs[hex.EncodeToString(sum[:])]
	if !ok {
		return nil, sessions.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (s *store) Lock(context.Context, string) (io.Closer, error) { return nil, fileError{} }

// fileError says why a session in a report file can't be written to.
type fileError struct{}

func (fileError) Error() string        { return "a report file is never written to" }
func (fileError) Held() string         { return "a report file, opened to look at" }
func (fileError) Is(target error) bool { return target == sessions.ErrReadOnly }

func (s *store) Append(context.Context, string, sessions.Head, ...[]byte) (sessions.Head, error) {
	return sessions.Head{}, sessions.ErrReadOnly
}

func (s *store) PutBlob(context.Context, string, [sha256.Size]byte, io.Reader) error {
	return sessions.ErrReadOnly
}
func (s *store) PutSummary(context.Context, sessions.Summary) error { return nil }
func (s *store) PutDraft(context.Context, string, string, string) error {
	return sessions.ErrReadOnly
}
func (s *store) Drafts(context.Context, string) (map[string]string, error) { return nil, nil }
func (s *store) List(context.Context) ([]sessions.Summary, error)          { return nil, nil }
func (s *store) Create(context.Context, string, []byte) (sessions.Head, error) {
	return sessions.Head{}, sessions.ErrReadOnly
}
func (s *store) Remove(context.Context, string) error { return sessions.ErrReadOnly }
func (s *store) Close() error                         { return nil }

// Unpacked says what Unpack did: "new", "continued" or "nothing to do". Withheld is how
// many pieces of evidence the file has by their digest alone.
type Unpacked struct {
	ID       string
	Done     string
	Withheld int
}

// Unpack brings a report file's session into a store. The same head means nothing to do;
// a journal that is a beginning of the file's is continued; any other is refused.
func Unpack(ctx context.Context, to sessions.Store, file []byte) (Unpacked, error) {
	opened, id, err := NewStore(file)
	if err != nil {
		return Unpacked{}, err
	}
	from := opened.(*store)
	have, err := readAll(ctx, to, id)
	if err != nil {
		return Unpacked{ID: id}, err
	}
	for i := range min(len(have), len(from.entries)) {
		if have[i].Hash != from.entries[i].Hash {
			return Unpacked{ID: id}, fmt.Errorf("session %s is here already and went another way from event %d on: nothing was changed", id, i+1)
		}
	}
	if len(have) >= len(from.entries) {
		return Unpacked{ID: id, Done: "nothing to do"}, nil
	}
	u, err := from.bring(ctx, to, have)
	u.Withheld = len(withheld(from.entries, func(sha string) bool { return from.blobs[sha] != nil }))
	return u, err
}

// readAll reads what the store has of a session; nothing is no error, and neither is an
// unfinished end, which whoever locks the session moves aside.
func readAll(ctx context.Context, st sessions.Store, id string) ([]sessions.Entry, error) {
	var out []sessions.Entry
	for e, err := range st.Read(ctx, id, 0) {
		var damage *sessions.ChainError
		switch {
		case errors.Is(err, sessions.ErrNotFound):
			return nil, nil
		case errors.As(err, &damage) && damage.Harmless():
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("session %s is here already and can't be read: %w: nothing was changed", id, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// bring brings the events with their evidence, so that none ever names bytes that are not
// there. A session that is not here yet comes as a whole or not at all.
func (s *store) bring(ctx context.Context, to sessions.Store, have []sessions.Entry) (u Unpacked, err error) {
	if u = (Unpacked{ID: s.id, Done: "continued"}); len(have) > 0 {
		last := have[len(have)-1]
		lock, err := to.Lock(ctx, s.id)
		if err != nil {
			return u, err
		}
		defer func() { err = errors.Join(err, lock.Close()) }()
		_, err = sessions.AppendWhole(ctx, to, s.id, sessions.Head{Seq: last.Seq, Hash: last.Hash}, s.evidence(), s.lines()[len(have):]...)
		return u, err
	}
	u.Done = "new"
	err = sessions.ImportWhole(ctx, to, s.id, s.evidence(), s.lines()...)
	if err != nil && !errors.Is(err, sessions.ErrExists) {
		s.takeBack(ctx, to)
	}
	return u, err
}

func (s *store) lines() [][]byte {
	var out [][]byte
	for _, e := range s.entries {
		out = append(out, e.JSON)
	}
	return out
}

// evidence is every piece that the file has, each under its own hash (NewStore checked that).
func (s *store) evidence() [][]byte {
	var out [][]byte
	for _, name := range slices.Sorted(maps.Keys(s.blobs)) {
		out = append(out, s.blobs[name])
	}
	return out
}

// takeBack removes the evidence of a session that did not come.
func (s *store) takeBack(ctx context.Context, to sessions.Store) {
	remover, ok := to.(sessions.BlobRemover)
	if there, err := readAll(ctx, to, s.id); !ok || err != nil || len(there) > 0 {
		return
	}
	for name := range s.blobs {
		if raw, err := hex.DecodeString(name); err == nil {
			_ = remover.RemoveBlob(ctx, s.id, [sha256.Size]byte(raw)) // those that did not come either are not there
		}
	}
}
