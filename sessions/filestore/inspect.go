package filestore

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"assess/gonogo/sessions"
)

var _ sessions.Inspector = (*Store)(nil)

// Inspect tells what lies in a session's folder beside its journal. It changes nothing.
func (s *Store) Inspect(ctx context.Context, id string) (sessions.Files, error) {
	var f sessions.Files
	dir, err := s.dir(id)
	if err != nil {
		return f, err
	}
	defer dir.Close()
	err = fs.WalkDir(dir.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !e.IsDir():
			sortFile(&f, name, e.Type().IsRegular())
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	f.Held, f.ReadOnly = s.lockState(dir, id)
	return f, nil
}

// sortFile puts a file where it belongs.
func sortFile(f *sessions.Files, name string, regular bool) {
	base, in := path.Base(name), path.Dir(name)
	switch {
	case strings.HasPrefix(base, tmpPrefix):
		f.Temporary = append(f.Temporary, name)
	case !regular:
		f.Strange = append(f.Strange, name)
	case slices.Contains([]string{journalFile, headFile, summaryFile, lockFile}, name):
	case in == "." && strings.HasPrefix(base, "journal.damaged-"):
		f.Moved = append(f.Moved, name)
	case in == draftsDir && strings.HasSuffix(base, ".json"):
		f.Drafts++
	case isBlob(name):
		f.Evidence = append(f.Evidence, base)
	default:
		f.Strange = append(f.Strange, name)
	}
}

// isBlob reports whether a path is that of a piece of evidence.
func isBlob(name string) bool {
	sum, err := hex.DecodeString(path.Base(name))
	return err == nil && len(sum) == 32 && name == blobPath([32]byte(sum))
}

// lockState says who holds the lock, or why nobody can take it. It lets it go at once.
func (s *Store) lockState(dir tree, id string) (held, why string) {
	if s.writer(id) != nil {
		return "open in this very process", ""
	}
	f, err := dir.OpenFile(lockFile, os.O_RDWR|openNoWait, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", ""
	case err != nil:
		return "", readOnly(err).Error()
	}
	defer f.Close()
	taken, err := s.tryLock(f)
	switch {
	case err != nil:
		return "", lockless(err).Error()
	case taken:
		return holder(f), ""
	}
	return "", ""
}
