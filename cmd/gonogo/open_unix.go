//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// writers is who may write there beside the owner: "all", "group NAME", or empty. One's own
// primary group counts as oneself: where everybody has one of their own, what umask 002
// leaves writable for it is nobody else's. In a folder such as /tmp only the owner replaces a
// file.
func writers(info fs.FileInfo) string {
	mode := info.Mode()
	if mode&fs.ModeSticky != 0 {
		return ""
	}
	if mode.Perm()&0o002 != 0 {
		return "all"
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if mode.Perm()&0o020 == 0 || !ok || int(st.Gid) == os.Getegid() {
		return ""
	}
	gid := strconv.Itoa(int(st.Gid))
	if g, err := user.LookupGroupId(gid); err == nil {
		return "group " + g.Name
	}
	return "group " + gid
}
