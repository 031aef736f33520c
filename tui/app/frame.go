package app

import "time"

// frameTime is the least time between two frames that streamed data asks for; while load
// runs, which painting must not disturb, it is loadTime. Keys and resizes are painted at
// once.
const (
	frameTime = 33 * time.Millisecond
	loadTime  = 100 * time.Millisecond
)

// For who wants no motion: the least time between frames, and the clock's step.
const (
	calmTime  = time.Second
	calmClock = 10 * time.Second
)

// frame keeps the painted screen, because Bubble Tea asks for it after every message.
type frame struct {
	text  string
	state freshness
	timed bool // a frameMsg is on its way
	at    time.Time
	count int // how many were painted, for tests
}

type freshness int

const (
	stale freshness = iota // paint at the next View
	later                  // paint when enough time has passed
	kept                   // the text is what the screen shows
)

func (f *frame) dirty() { f.state = stale }

func (f *frame) soon() {
	if f.state == kept {
		f.state = later
	}
}

// due is called when that time has passed.
func (f *frame) due() {
	f.timed = false
	if f.state == later {
		f.state = stale
	}
}

// wait returns how long to wait before data may be painted, zero when there is nothing to
// wait for: a frame that is old enough is painted at once.
func (f *frame) wait(now time.Time, least time.Duration) time.Duration {
	if f.state != later || f.timed {
		return 0
	}
	left := least - now.Sub(f.at)
	if left <= 0 {
		f.state = stale
		return 0
	}
	f.timed = true
	return left
}

// keep takes a newly painted text.
func (f *frame) keep(text string, now time.Time) {
	f.text, f.state, f.at = text, kept, now
	f.count++
}

// Painted is how many frames were painted so far, for tests of how few there are.
func (m *Model) Painted() int { return m.frame.count }
