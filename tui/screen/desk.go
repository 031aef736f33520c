package screen

import (
	"context"
	"fmt"
)

// DeskStore keeps, on this machine, half-typed texts that belong to no session.
type DeskStore interface {
	PutDraft(ctx context.Context, name, text string) error
	Drafts(ctx context.Context) (map[string]string, error)
}

// The names of what is kept on the desk.
const (
	DeskSetup       = "setup"        // the fields of New review
	DeskCountersign = "countersign:" // and the report file's path: a lead's word on it
)

// NewDesk are the texts that belong to no review yet: what is typed into New review, or of a
// countersignature. It reads what an earlier sitting left, so the root makes it before the
// program runs. Without a store nothing is kept.
func NewDesk(env *Env, st DeskStore) (*Drafts, error) {
	if st == nil {
		return nil, nil
	}
	texts, err := st.Drafts(env.Ctx)
	if err != nil {
		return nil, fmt.Errorf("what was typed and belongs to no review yet is not kept: %w", err)
	}
	return newDrafts(env, texts, func(name, text string) error {
		return st.PutDraft(context.WithoutCancel(env.Ctx), name, text)
	}), nil
}
