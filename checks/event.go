package checks

import (
	"time"

	"assess/gonogo/checks/clean"
)

// Event is one thing that happened in a run. Screen, plain mode, JSON and journal all
// listen to the same stream.
type Event interface{ event() }

// Started says that an item's checks began. Its Finished follows, unless the run is
// interrupted before: then the item stays as it was.
type Started struct {
	Item string
	At   time.Time
}

// Progressed says how far a long check is. A stream stays valid without these.
type Progressed struct {
	Item string
	Text clean.Text
}

// Finished carries the machine's outcome of one item.
type Finished struct{ Outcome Outcome }

// RunEnded is the last event of a run.
type RunEnded struct {
	RequestsSent int
	Interrupted  bool
	Reached      bool // the target answered at least once, or nothing was asked of it
	At           time.Time
}

func (Started) event()    {}
func (Progressed) event() {}
func (Finished) event()   {}
func (RunEnded) event()   {}
