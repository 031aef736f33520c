package load

import (
	"context"
	"time"
)

// worker is what one user needs to ask again and again: a buffer, and a context with the
// deadline of a request. Both are used by one goroutine, and again for every request: a
// context.WithTimeout for each would cost a tenth of the driver's CPU time.
type worker struct {
	buf    []byte
	parent context.Context
	timed  context.Context // of parent, until a request missed its deadline
	cancel context.CancelFunc
	timer  *time.Timer
}

func newWorker() *worker { return &worker{buf: make([]byte, scratch)} }

// begin is the context of a request that has to end within limit; end has to follow it.
func (w *worker) begin(parent context.Context, limit time.Duration) context.Context {
	if w.timed != nil && w.parent == parent && w.timed.Err() == nil {
		w.timer.Reset(limit)
		return w.timed
	}
	w.close()
	w.parent = parent
	w.timed, w.cancel = context.WithCancel(parent)
	w.timer = time.AfterFunc(limit, w.cancel)
	return w.timed
}

// end is the end of a request. A deadline that is missed at this very moment is not the
// next request's.
func (w *worker) end() {
	if !w.timer.Stop() {
		w.close()
	}
}

// close gives up what is in flight.
func (w *worker) close() {
	if w.timed != nil {
		w.timer.Stop()
		w.cancel()
		w.timed = nil
	}
}

// scratch is the size of a worker's buffer.
const scratch = 16 << 10
