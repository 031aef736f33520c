package filestore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// heldError says who has a session open. It is an ErrReadOnly.
type heldError struct{ by string }

func (e heldError) Error() string { return e.by }
func (e heldError) Unwrap() error { return sessions.ErrReadOnly }

// Held is the sentence for people: "open on laptop-9 since 14:02, process 4711".
func (e heldError) Held() string { return e.by }

// Lock makes this process the one writer of a session until the Closer is closed or the
// process ends. An unfinished tail of the journal is moved to a file of its own first.
// ErrReadOnly says that somebody else writes, or that the journal is damaged; the latter
// is a *sessions.ChainError as well.
func (s *Store) Lock(ctx context.Context, id string) (io.Closer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, err := s.dir(id)
	if err != nil {
		return nil, err
	}
	w := &writer{store: s, id: id, dir: dir}
	if err := w.open(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	s.mu.Lock()
	s.writers[id] = w
	s.mu.Unlock()
	return w, nil
}

func (w *writer) open() (err error) {
	if _, err := w.dir.Lstat(journalFile); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", w.id, sessions.ErrNotFound)
	}
	if w.lock, err = w.takeLock(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.lock.Close())
		}
	}()
	w.dropTemporary()
	entries, tail, damage, err := readJournal(w.dir)
	if err != nil {
		return err
	}
	if damage != nil && !damage.Harmless() || len(entries) == 0 {
		if damage == nil {
			damage = &sessions.ChainError{Line: 1, Kind: sessions.DamagedMissing, Why: "the journal is empty"}
		}
		return fmt.Errorf("%w: %w", sessions.ErrReadOnly, damage)
	}
	if w.file, err = w.dir.open(journalFile, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return readOnly(err)
	}
	if damage != nil {
		if err := w.moveTail(tail, damage); err != nil {
			return errors.Join(readOnly(fmt.Errorf("move the journal's damaged end: %w", err)), w.file.Close())
		}
	}
	// What a process that died had written, and not made durable, is shown from here on.
	info, err := w.file.Stat()
	if err = errors.Join(err, w.file.sync(), w.dir.sync(".")); err != nil {
		return errors.Join(err, w.file.Close())
	}
	last := entries[len(entries)-1]
	w.size, w.head, w.mark = info.Size(), sessions.Head{Seq: last.Seq, Hash: last.Hash}, readHead(w.dir).Seq
	return nil
}

// readOnly makes a refused access an ErrReadOnly: such a session can still be looked at.
func readOnly(err error) error {
	if errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err) {
		return heldError{"its folder can't be written to"}
	}
	return err
}

// lockless says that nobody can tell whether somebody else writes, as on network folders
// whose servers know no locks.
func lockless(err error) error {
	return heldError{"it can't be locked, so that somebody else may be writing to it: " + err.Error()}
}

// takeLock locks the lock file and writes down who did.
func (w *writer) takeLock() (*os.File, error) {
	f, err := w.dir.OpenFile(lockFile, os.O_RDWR|os.O_CREATE|openNoWait, 0o600)
	if err != nil {
		return nil, readOnly(err)
	}
	held, err := w.store.tryLock(f)
	switch {
	case err != nil:
		err = lockless(err)
	case held:
		err = heldError{holder(f)}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	host, _ := os.Hostname()
	text := fmt.Sprintf("%s %d %s\n", cmp.Or(strings.Join(strings.Fields(host), "-"), "unknown"), os.Getpid(), w.store.now().UTC().Format(time.RFC3339))
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt([]byte(text), 0)
	}
	if err != nil {
		return nil, errors.Join(readOnly(err), f.Close())
	}
	return f, nil
}

// holder reads who has the lock.
func holder(f *os.File) string {
	b := make([]byte, 300)
	n, _ := f.ReadAt(b, 0)
	parts := strings.Fields(string(b[:n]))
	if len(parts) != 3 {
		return "open somewhere else"
	}
	since, err := time.Parse(time.RFC3339, parts[2])
	if err != nil {
		return "open on " + string(clean.Line(parts[0]))
	}
	return fmt.Sprintf("open on %s since %s, process %s", clean.Line(parts[0]), since.Local().Format("15:04 on 2 Jan"), clean.Line(parts[1]))
}

// moveTail moves what follows the last good line into a file beside the journal, first
// that, then cuts the journal.
func (w *writer) moveTail(tail []byte, damage *sessions.ChainError) error {
	at := "journal.damaged-" + w.store.now().UTC().Format("20060102T150405.000000000Z")
	name := at
	for n := 2; ; n++ { // the clock may have gone back
		err := writeNew(w.dir, name, tail, 0o600)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		name = fmt.Sprintf("%s.%d", at, n)
	}
	if err := w.file.Truncate(damage.Offset); err != nil {
		return err
	}
	if err := w.file.sync(); err != nil {
		return err
	}
	damage.Moved = name
	w.repaired = damage
	return nil
}

// dropTemporary takes away what replace left behind when its process died.
func (w *writer) dropTemporary() {
	names, err := entryNames(w.dir, ".")
	if err != nil {
		return
	}
	for _, name := range names {
		if strings.HasPrefix(name, tmpPrefix) {
			_ = w.dir.Remove(name)
		}
	}
}

// entryNames lists a folder.
func entryNames(dir tree, name string) ([]string, error) {
	d, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}
