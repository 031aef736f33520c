package load

import (
	"context"
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// lastAsks is how often a target is asked after a load before it counts as gone.
const lastAsks = 5

// still asks once more, on a new connection, when a load is over that went as planned: a
// target that answered everything may be gone then.
func (t *trial) still(ctx context.Context, f *facts) {
	if f.Cut != complete || ctx.Err() != nil {
		return
	}
	timed, cancel := context.WithDeadline(ctx, t.until)
	defer cancel()
	w := newWorker()
	defer w.close()
	single, word := t.fresh(), ""
	defer func() { t.sent.Add(single.sent.Load()) }()
	for range lastAsks {
		began := time.Now()
		a := single.ask(timed, w)
		if a.trouble == ownSide || timed.Err() != nil {
			return
		}
		if word = a.words(); a.status != 0 && a.status < 500 && a.trouble != bodyTooLong {
			return
		}
		if !pause(timed, time.Until(began.Add(probeEvery))) {
			return
		}
	}
	f.Gone = word
}

// left fails a target that is gone.
func (f *facts) left() opinion {
	if f.Gone == "" {
		return opinion{}
	}
	return opinion{checks.Fail, fmt.Sprintf("afterwards it is not well any more: %d requests in a row failed, the last: %s", lastAsks, f.Gone)}
}
