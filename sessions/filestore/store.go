// Package filestore keeps sessions in a folder: of each an append-only, hash-chained
// journal, its evidence, its drafts and what lists show of it.
//
//	sessions/<id>/journal.jsonl         HASH SP JSON LF, one event a line
//	sessions/<id>/HEAD                  "seq hash" of the last checkpoint
//	sessions/<id>/summary.json          what lists show; throw-away
//	sessions/<id>/evidence/<hh>/<sha>   written once
//	sessions/<id>/drafts/               half-typed text
//	sessions/<id>/lock                  who writes: host, process and time
//	trash/<id>                          removed sessions
//
// When Append returns, its events survive the death of the process and, on a disk that
// honours flushes, a power cut. Damage is never repaired silently and never deletes
// bytes. Folders have mode 0700 and files 0600, evidence 0400; nothing outside the data
// folder is touched, whatever a session's files claim.
//
// It may import sessions and checks/clean.
package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"assess/gonogo/sessions"
)

// The folders and files of a data folder.
const (
	sessionsDir = "sessions"
	trashDir    = "trash"
	journalFile = "journal.jsonl"
	headFile    = "HEAD"
	summaryFile = "summary.json"
	lockFile    = "lock"
	evidenceDir = "evidence"
	draftsDir   = "drafts"
	tmpPrefix   = "tmp-"
)

// Store is a data folder. Its methods may be called from any goroutine.
type Store struct {
	home string
	root tree

	mu      sync.Mutex
	writers map[string]*writer // sessions locked by this Store
	settled map[string]bool    // folders and evidence known to be durable, below home

	now        func() time.Time
	syncData   func(*os.File) error         // makes written bytes durable
	syncFolder func(*os.File) error         // makes a folder's entries durable
	tryLock    func(*os.File) (bool, error) // takes a lock unless another has it
	watch      func(change) error           // of tests, that see and fail every change
}

var _ sessions.Store = (*Store)(nil)
var _ sessions.BlobRemover = (*Store)(nil)

// Open opens a data folder, making it where it is missing. One that others may write to is
// refused: they could change evidence and verdicts.
func Open(home string) (*Store, error) { return openWith(home, func(*Store) {}) }

// openWith is Open with some of the system's ways replaced.
func openWith(home string, replace func(*Store)) (*Store, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	root, err := os.OpenRoot(home)
	if err != nil {
		return nil, fmt.Errorf("open the data folder: %w", err)
	}
	s := &Store{home: home, writers: map[string]*writer{}, settled: map[string]bool{}, now: time.Now, syncData: syncData, syncFolder: syncFolder, tryLock: tryLock}
	s.root = tree{root, s, "."}
	replace(s)
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

func (s *Store) prepare() error {
	for _, dir := range []string{".", sessionsDir, trashDir} {
		if dir != "." {
			if err := mkdir(s.root, dir); err != nil {
				return fmt.Errorf("data folder %s: %w", s.home, err)
			}
		}
		info, err := s.root.Stat(dir)
		if err != nil {
			return fmt.Errorf("data folder %s: %w", s.home, err)
		}
		if err := ownOnly(path.Join(s.home, dir), info); err != nil {
			return err
		}
	}
	return nil
}

// Guard refuses a data folder that others may write to: what they put there would be taken
// for what its owner left. One that is not there yet is made so that only its owner may.
func Guard(home string) error {
	info, err := os.Stat(home)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data folder %s: %w", home, err)
	}
	return ownOnly(home, info)
}

func ownOnly(dir string, info fs.FileInfo) error {
	if ownPermissions && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("data folder %s: others may write to it: chmod go-w %s", dir, dir)
	}
	return nil
}

// Warning says why the promise of Append may not hold in this folder, or is empty: a
// network file system, where locks and flushes are not to be relied on.
func (s *Store) Warning() string {
	if kind := networkFS(s.home); kind != "" {
		return fmt.Sprintf("%s is on %s, where locks and flushes may not hold: keep sessions on a local disk", s.home, kind)
	}
	return ""
}

// Close gives up every lock this Store holds.
func (s *Store) Close() error {
	s.mu.Lock()
	var held []*writer
	for _, w := range s.writers {
		held = append(held, w)
	}
	s.mu.Unlock()
	var errs []error
	for _, w := range held {
		errs = append(errs, w.Close())
	}
	return errors.Join(append(errs, s.root.Close())...)
}

// folder is a session's folder below the root; an id of another form never becomes a path.
func folder(id string) (string, error) {
	if !sessions.ValidID(id) {
		return "", fmt.Errorf("%.80q is no session id: %w", id, sessions.ErrNotFound)
	}
	return path.Join(sessionsDir, id), nil
}

// dir opens a session's folder. The caller closes it.
func (s *Store) dir(id string) (tree, error) {
	name, err := folder(id)
	if err != nil {
		return tree{}, err
	}
	d, err := s.root.sub(name)
	if errors.Is(err, fs.ErrNotExist) {
		return d, fmt.Errorf("%s: %w", id, sessions.ErrNotFound)
	}
	return d, err
}

// makeDir is dir for a session that may not be there yet.
func (s *Store) makeDir(id string) (tree, error) {
	name, err := folder(id)
	if err != nil {
		return tree{}, err
	}
	if err := mkdir(s.root, name); err != nil {
		return tree{}, err
	}
	return s.root.sub(name)
}

// unsettle forgets what is known of a folder or a piece of evidence, which is gone.
func (s *Store) unsettle(at string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.settled {
		if name == at || strings.HasPrefix(name, at+"/") {
			delete(s.settled, name)
		}
	}
}

// Create writes a session's first line.
func (s *Store) Create(ctx context.Context, id string, first []byte) (sessions.Head, error) {
	return s.Import(ctx, id, first)
}

// Import writes a whole journal at once: whatever moment the process ends at, the session is
// there with all of its lines or not at all.
func (s *Store) Import(ctx context.Context, id string, lines ...[]byte) (sessions.Head, error) {
	if err := ctx.Err(); err != nil {
		return sessions.Head{}, err
	}
	dir, err := s.makeDir(id)
	if err != nil {
		return sessions.Head{}, fmt.Errorf("create session %s: %w", id, err)
	}
	defer dir.Close()
	var journal []byte
	var head sessions.Head
	for _, line := range lines {
		journal, head.Hash = sessions.AppendLine(journal, head.Hash, line)
		head.Seq++
	}
	err = begin(dir, journal)
	if errors.Is(err, fs.ErrExist) {
		return sessions.Head{}, fmt.Errorf("%s: %w", id, sessions.ErrExists)
	}
	if err != nil {
		return sessions.Head{}, fmt.Errorf("create session %s: %w", id, err)
	}
	return head, nil
}

// begin gives a journal its name when it is whole, unless there is one.
func begin(dir tree, journal []byte) error {
	tmp := tmpName(".")
	if err := writeNew(dir, tmp, journal, 0o600); err != nil {
		return err
	}
	err := dir.Link(tmp, journalFile)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without hard links
		if _, there := dir.Lstat(journalFile); there == nil {
			err = fs.ErrExist
		} else if dir.Rename(tmp, journalFile) == nil {
			return dir.sync(".")
		}
	}
	_ = dir.Remove(tmp) // the first who locks the session takes it away, too
	if err != nil {
		return err
	}
	return dir.sync(".")
}

// mkdir makes a folder, durably. One that is there may be from a process that died before
// it was durable.
func mkdir(in tree, name string) error {
	if err := in.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return in.settle(name)
}

// settle makes the entry of a file or folder durable, once.
func (d tree) settle(name string) error {
	at := path.Join(d.at, name)
	d.store.mu.Lock()
	settled := d.store.settled[at]
	d.store.mu.Unlock()
	if settled {
		return nil
	}
	if err := d.sync(path.Dir(name)); err != nil {
		return err
	}
	d.store.mu.Lock()
	d.store.settled[at] = true
	d.store.mu.Unlock()
	return nil
}

// writeNew writes a file that must not be there yet, durably. A file it could not finish
// is taken away again.
func writeNew(dir tree, name string, data []byte, mode fs.FileMode) error {
	f, err := dir.create(name, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = dir.sync(path.Dir(name))
	}
	if err != nil {
		return errors.Join(err, dir.Remove(name))
	}
	return nil
}

// replace puts a whole new file in a file's place, durably: a reader sees the old one or
// the new one.
func replace(dir tree, name string, data []byte) error {
	tmp := tmpName(path.Dir(name))
	if err := writeNew(dir, tmp, data, 0o600); err != nil {
		return err
	}
	if err := dir.Rename(tmp, name); err != nil {
		return errors.Join(err, dir.Remove(tmp))
	}
	return dir.sync(path.Dir(name))
}

// readLimited reads a regular file of at most most bytes.
func readLimited(dir tree, name string, most int64) ([]byte, error) {
	f, err := openRegular(dir, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return data, err
}

// openRegular opens a file to read and refuses pipes, devices and folders.
func openRegular(dir tree, name string) (*os.File, error) {
	f, err := dir.OpenFile(name, os.O_RDONLY|openNoWait, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
