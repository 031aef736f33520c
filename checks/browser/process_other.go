//go:build !unix

package browser

import (
	"os"
	"os/exec"
)

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup ends the browser.
func killGroup(p *os.Process) {
	if p != nil {
		_ = p.Kill()
	}
}
