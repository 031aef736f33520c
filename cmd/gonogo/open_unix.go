//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// writers is who may write there beside oneself and root: "all", "group NAME", "user NAME",
// or empty. One's own primary group counts as oneself: where everybody has one of their own,
// what umask 002 leaves writable for it is nobody else's. In a folder such as /tmp only its
// owner replaces a file; and who put another file in its place owns that.
func writers(info fs.FileInfo) string {
	mode := info.Mode()
	st, ok := info.Sys().(*syscall.Stat_t)
	sticky := mode&fs.ModeSticky != 0
	switch {
	case !sticky && mode.Perm()&0o002 != 0:
		return "all"
	case !ok:
		return ""
	case !sticky && mode.Perm()&0o020 != 0 && int(st.Gid) != os.Getegid():
		gid := strconv.Itoa(int(st.Gid))
		if g, err := user.LookupGroupId(gid); err == nil {
			return "group " + g.Name
		}
		return "group " + gid
	case !info.IsDir() && st.Uid != 0 && int(st.Uid) != os.Geteuid():
		uid := strconv.Itoa(int(st.Uid))
		if u, err := user.LookupId(uid); err == nil {
			return "user " + u.Username
		}
		return "user " + uid
	}
	return ""
}
