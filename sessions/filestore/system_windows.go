package filestore

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// ownPermissions: Windows keeps access in lists, not in mode bits; the data folder
// inherits those of the user's profile.
const ownPermissions = false

const openNoWait = 0

// lockOffset is beyond what the lock file says, so that the second opener can read it.
const lockOffset = 1 << 20

// tryLock takes the lock unless another opener holds it.
func tryLock(f *os.File) (held bool, err error) {
	at := &windows.Overlapped{Offset: lockOffset}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return true, nil
	}
	return false, err
}

// syncFolder: NTFS writes folder entries to its own log.
func syncFolder(*os.File) error { return nil }

func isReadOnlyFS(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
