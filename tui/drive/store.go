package drive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"

	"assess/gonogo/sessions"
)

// Store keeps sessions in memory. Fail, when set, is what every write answers.
type Store struct {
	mu     sync.Mutex
	lines  map[string][]sessions.Entry
	blobs  map[string][]byte
	sums   map[string]sessions.Summary
	drafts map[string]map[string]string
	locked map[string]bool
	Fail   error
}

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{lines: map[string][]sessions.Entry{}, blobs: map[string][]byte{}, sums: map[string]sessions.Summary{},
		drafts: map[string]map[string]string{}, locked: map[string]bool{}}
}

// Create starts a journal.
func (s *Store) Create(ctx context.Context, id string, first []byte) (sessions.Head, error) {
	return s.Append(ctx, id, sessions.Head{}, first)
}

// Append adds lines.
func (s *Store) Append(_ context.Context, id string, expect sessions.Head, lines ...[]byte) (sessions.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail != nil {
		return expect, s.Fail
	}
	have := s.lines[id]
	if uint64(len(have)) != expect.Seq {
		return expect, sessions.ErrConflict
	}
	for _, l := range lines {
		expect = sessions.Head{Seq: expect.Seq + 1, Hash: sessions.LineHash(expect.Hash, l)}
		have = append(have, sessions.Entry{Seq: expect.Seq, Hash: expect.Hash, JSON: bytes.Clone(l)})
	}
	s.lines[id] = have
	return expect, nil
}

// Read yields a journal's lines.
func (s *Store) Read(_ context.Context, id string, after uint64) iter.Seq2[sessions.Entry, error] {
	s.mu.Lock()
	lines, ok := s.lines[id]
	s.mu.Unlock()
	return func(yield func(sessions.Entry, error) bool) {
		if !ok {
			yield(sessions.Entry{}, sessions.ErrNotFound)
			return
		}
		for _, l := range lines[after:] {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// Put adds a summary as if its session were there, for lists.
func (s *Store) Put(sum sessions.Summary) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums[sum.ID] = sum
}

// List lists the summaries, newest first.
func (s *Store) List(context.Context) ([]sessions.Summary, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Collect(maps.Values(s.sums))
	slices.SortFunc(out, func(a, b sessions.Summary) int { return b.Created.Compare(a.Created) })
	return out, nil
}

// PutBlob keeps evidence.
func (s *Store) PutBlob(_ context.Context, id string, sum [sha256.Size]byte, r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail != nil {
		return s.Fail
	}
	s.blobs[id+string(sum[:])] = body
	return nil
}

// GetBlob gives evidence back.
func (s *Store) GetBlob(_ context.Context, id string, sum [sha256.Size]byte) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.blobs[id+string(sum[:])]
	if !ok {
		return nil, sessions.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Blobs are the bytes of all evidence that was put, for tests that look for secrets in it.
func (s *Store) Blobs() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out [][]byte
	for _, body := range s.blobs {
		out = append(out, body)
	}
	return out
}

// PutSummary keeps what lists show.
func (s *Store) PutSummary(_ context.Context, sum sessions.Summary) error {
	s.Put(sum)
	return nil
}

// Lock claims a session.
func (s *Store) Lock(_ context.Context, id string) (io.Closer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locked[id] {
		return nil, sessions.ErrReadOnly
	}
	s.locked[id] = true
	return unlock{s, id}, nil
}

type unlock struct {
	s  *Store
	id string
}

func (u unlock) Close() error {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	delete(u.s.locked, u.id)
	return nil
}

// Unlock lets a session go, as the end of its process would.
func (s *Store) Unlock(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.locked, id)
}

// PutDraft keeps half-typed text.
func (s *Store) PutDraft(_ context.Context, id, name, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Fail != nil {
		return s.Fail
	}
	if s.drafts[id] == nil {
		s.drafts[id] = map[string]string{}
	}
	if s.drafts[id][name] = text; text == "" {
		delete(s.drafts[id], name)
	}
	return nil
}

// Drafts gives half-typed texts back.
func (s *Store) Drafts(_ context.Context, id string) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.drafts[id]), nil
}

// Remove forgets a session.
func (s *Store) Remove(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lines, id)
	delete(s.sums, id)
	return nil
}

// Close does nothing.
func (s *Store) Close() error { return nil }
