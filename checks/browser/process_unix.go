//go:build unix

package browser

import (
	"os"
	"syscall"
)

// killGroup ends the browser and all that it started, at once.
func killGroup(p *os.Process) {
	if p == nil || p.Pid <= 1 {
		return
	}
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = p.Kill()
}
