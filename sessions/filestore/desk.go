package filestore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// deskID stands where a session's id does: what is on the desk belongs to none.
const deskID = "desk"

// Desk keeps half-typed text that belongs to no session yet, on this machine: as Drafts
// does, so that what a running process has is nobody else's, and what one left that is gone
// goes to the next. Its folder is made when there is something to keep.
type Desk struct {
	home string

	mu     sync.Mutex
	drafts *Drafts // nil until it is needed
}

// OpenDesk is the desk in a folder that need not be there yet. Nothing is read or written.
func OpenDesk(home string) *Desk { return &Desk{home: home} }

// PutDraft keeps a text, at most 256 KiB; an empty one takes it away.
func (d *Desk) PutDraft(ctx context.Context, name, text string) error {
	own, err := d.open()
	if err != nil {
		return err
	}
	return own.PutDraft(ctx, deskID, name, text)
}

// Drafts returns every text that no other running process has, by its name.
func (d *Desk) Drafts(ctx context.Context) (map[string]string, error) {
	if _, err := os.Lstat(filepath.Join(d.home, "1")); errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	own, err := d.open()
	if err != nil {
		return nil, err
	}
	return own.Drafts(ctx, deskID)
}

func (d *Desk) open() (own *Drafts, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.drafts == nil {
		d.drafts, err = OpenDrafts(d.home)
	}
	return d.drafts, err
}

// Close lets the folder go; what is in it stays for the next process.
func (d *Desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.drafts == nil {
		return nil
	}
	return d.drafts.Close()
}
