package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"assess/gonogo/sessions"
)

// maxProcesses bounds how many processes keep drafts in one folder at once.
const maxProcesses = 64

// Drafts is a folder of half-typed text for sessions whose journals are elsewhere. Each
// process that runs has a numbered folder of its own in it, so that two of one person do
// not write over each other; what a process left when it died goes to the next that asks.
type Drafts struct {
	home string
	own  string // the number of this process's folder
	lock *os.File
	st   *Store
}

// OpenDrafts takes the first folder that no running process has.
func OpenDrafts(home string) (*Drafts, error) {
	for n := 1; n <= maxProcesses; n++ {
		d := &Drafts{home: home, own: strconv.Itoa(n)}
		taken, err := d.take()
		if err != nil {
			return nil, fmt.Errorf("the folder of half-typed text: %w", err)
		}
		if !taken {
			return d, nil
		}
	}
	return nil, fmt.Errorf("the folder of half-typed text: %d processes use %s", maxProcesses, home)
}

// take opens and locks the folder; taken says that another process has it.
func (d *Drafts) take() (taken bool, err error) {
	if d.st, err = Open(filepath.Join(d.home, d.own)); err != nil {
		return false, err
	}
	if d.lock, err = d.st.root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE|openNoWait, 0o600); err == nil {
		taken, err = tryLock(d.lock)
	}
	if err != nil || taken {
		return taken, errors.Join(err, d.Close())
	}
	return false, nil
}

// PutDraft keeps half-typed text, at most 256 KiB; an empty text takes it away.
func (d *Drafts) PutDraft(ctx context.Context, id, name, text string) error {
	dir, err := d.st.makeDir(id)
	if err != nil {
		return err
	}
	defer dir.Close()
	return d.st.PutDraft(ctx, id, name, text)
}

// Drafts returns every draft by its name: this process's, and those of processes that are
// gone, which become its own unless it has one of that name.
func (d *Drafts) Drafts(ctx context.Context, id string) (map[string]string, error) {
	for n := 1; n <= maxProcesses; n++ {
		name := strconv.Itoa(n)
		if _, err := os.Lstat(filepath.Join(d.home, name)); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if name == d.own {
			continue
		}
		if err := d.inherit(ctx, id, name); err != nil {
			return nil, err
		}
	}
	out, err := d.st.Drafts(ctx, id)
	if errors.Is(err, sessions.ErrNotFound) {
		return map[string]string{}, nil
	}
	return out, err
}

// inherit takes over what a process that is gone left of a session.
func (d *Drafts) inherit(ctx context.Context, id, name string) (err error) {
	from := &Drafts{home: d.home, own: name}
	taken, err := from.take()
	if err != nil || taken {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	left, err := from.st.Drafts(ctx, id)
	if len(left) == 0 || err != nil {
		if errors.Is(err, sessions.ErrNotFound) {
			err = nil
		}
		return err
	}
	mine, err := d.st.Drafts(ctx, id)
	if err != nil && !errors.Is(err, sessions.ErrNotFound) {
		return err
	}
	for draft, text := range left {
		if _, have := mine[draft]; have {
			continue
		}
		if err := d.PutDraft(ctx, id, draft, text); err != nil {
			return err
		}
		if err := from.st.PutDraft(ctx, id, draft, ""); err != nil {
			return err
		}
	}
	return nil
}

// Close lets the folder go; what is in it stays for the next process.
func (d *Drafts) Close() error {
	var err error
	if d.lock != nil {
		err = d.lock.Close()
	}
	return errors.Join(err, d.st.Close())
}
