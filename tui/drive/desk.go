package drive

import (
	"context"
	"maps"
)

// Desk keeps half-typed texts that belong to no session, by name, in memory.
type Desk map[string]string

// PutDraft keeps a text; an empty one takes it away.
func (d Desk) PutDraft(_ context.Context, name, text string) error {
	if d[name] = text; text == "" {
		delete(d, name)
	}
	return nil
}

// Drafts gives the texts back.
func (d Desk) Drafts(context.Context) (map[string]string, error) { return maps.Clone(d), nil }
