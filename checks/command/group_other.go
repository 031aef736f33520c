//go:build !unix

package command

import (
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup is not needed where a tree of processes is ended by its root.
func ownGroup() *syscall.SysProcAttr { return nil }

// endGroup does nothing: there is no polite way here.
func endGroup(*os.Process) {}

// killGroup ends the program and, as far as the system still knows them, its children.
func killGroup(p *os.Process) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run()
	_ = p.Kill()
}

// trusted can't tell here who may change a file.
func trusted(string, fs.FileInfo) error { return nil }
