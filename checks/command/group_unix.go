//go:build unix

package command

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ownGroup gives the program a session of its own, and with it a process group. Without a
// controlling terminal it can neither write over the screen nor ask for a password.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// endGroup asks the program and all its children to end.
func endGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) }

// killGroup ends them.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

// trusted refuses what may not be executed, or what anybody on the machine could replace.
func trusted(path string, info fs.FileInfo) error {
	mode := info.Mode()
	switch {
	case mode.Perm()&0o111 == 0:
		return fmt.Errorf("%s is not executable", path)
	case mode.Perm()&0o002 != 0:
		return fmt.Errorf("%s may be changed by everybody on this machine (mode %04o): take that right away first", path, mode.Perm())
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if m := folder.Mode(); m.Perm()&0o002 != 0 && m&fs.ModeSticky == 0 {
		return fmt.Errorf("everybody on this machine may replace files in %s: take that right away first", filepath.Dir(path))
	}
	return nil
}
