//go:build unix

package filestore

import (
	"errors"
	"os"
	"syscall"
)

// ownPermissions: mode bits say who may write.
const ownPermissions = true

// openNoWait keeps a pipe in a file's place from blocking whoever opens it.
const openNoWait = syscall.O_NONBLOCK

// tryLock takes the lock unless another opener holds it. The system gives it up when the
// file is closed or the process ends.
func tryLock(f *os.File) (held bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

func syncFolder(d *os.File) error { return d.Sync() }

func isReadOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }
