package browser

import (
	"os/exec"
	"syscall"
)

// ownGroup starts the browser in a process group of its own, and has the kernel end it
// should gonogo end without a word.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
