package pgstore

import (
	"context"
	"errors"

	"assess/gonogo/sessions/filestore"
)

// own are the drafts of this process, on this machine: half-typed text is nobody else's
// business, and has to be kept while the server can't be reached.
func (s *Store) own() (*filestore.Drafts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errors.New("the store is closed")
	}
	if s.texts == nil && s.textsErr == nil && s.drafts != "" {
		s.texts, s.textsErr = filestore.OpenDrafts(s.drafts)
	}
	return s.texts, s.textsErr
}

// PutDraft keeps half-typed text on this machine; an empty text takes it away.
func (s *Store) PutDraft(ctx context.Context, id, name, text string) error {
	d, err := s.own()
	if err != nil || d == nil {
		return err
	}
	return d.PutDraft(ctx, id, name, text)
}

// Drafts returns every draft of this machine that no running process holds, by its name.
func (s *Store) Drafts(ctx context.Context, id string) (map[string]string, error) {
	if err := known(id); err != nil {
		return nil, err
	}
	d, err := s.own()
	if err != nil || d == nil {
		return map[string]string{}, err
	}
	return d.Drafts(ctx, id)
}
