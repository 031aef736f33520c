//go:build !unix

package load

import "time"

// cpuTime is not known here: only the timer tells how busy this machine is.
func cpuTime() time.Duration { return 0 }
