package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// What one visit of a page, and all visits of a run, may ask for. The rest of the run's
// budget is for other checks.
const (
	maxVisitRequests = 150
	maxRunRequests   = 300
	maxVisitBytes    = 64 << 20
	maxNoted         = 300 // requests kept in the ledger, refused ones included
)

// asked is one request that a page wanted made.
type asked struct {
	Method  string
	URL     string // without a fragment
	Use     string // what for: "Document", "Script", … as the browser says, or "" where it does not
	Status  int
	Bytes   int64         // of the body, as it came over the wire
	Held    time.Duration // the wait for gonogo's own turn
	Took    time.Duration // all of it
	Refused string        // why it was not sent
	Trouble string        // why it was sent and has no whole answer
}

// refusal says why a request is not let out, or "". It is the whole of what a page may do:
// read, from hosts that the target declares.
func refusal(method string, header http.Header, u *url.URL, browsable bool) string {
	switch {
	case u.Scheme == "ws" || u.Scheme == "wss" || strings.EqualFold(header.Get("Upgrade"), "websocket"):
		return "a WebSocket, which can't be held to reading"
	case !browsable:
		return "out of scope"
	case method == http.MethodGet || method == http.MethodHead:
		return ""
	case method == http.MethodOptions && header.Get("Origin") != "":
		if wanted := header.Get("Access-Control-Request-Method"); wanted == http.MethodGet || wanted == http.MethodHead {
			return ""
		}
		return "asks leave for more than reading"
	}
	return method + " does more than read"
}

// essential are the uses without which a page is not the one that visitors get.
var essential = map[string]bool{"Document": true, "Script": true, "Stylesheet": true, "XHR": true, "Fetch": true,
	"EventSource": true, "WebSocket": true}

// uses translates the Sec-Fetch-Dest header (Fetch Metadata) into the browser's words.
var uses = map[string]string{"document": "Document", "iframe": "Document", "frame": "Document", "script": "Script",
	"style": "Stylesheet", "image": "Image", "font": "Font", "empty": "Fetch", "video": "Media", "audio": "Media",
	"websocket": "WebSocket", "worker": "Script", "sharedworker": "Script", "serviceworker": "ServiceWorker",
	"manifest": "Manifest", "report": "CSPViolationReport"}

// ledger is what a visit asked for. It is safe for concurrent use.
type ledger struct {
	ctx context.Context // ends with the visit

	mu    sync.Mutex
	list  []*asked
	over  int // requests that are not in the list any more
	sent  int
	bytes int64
	busy  int
}

// add notes a request; one that does not fit any more is only counted.
func (l *ledger) add(a *asked) {
	if len(l.list) >= maxNoted {
		l.over++
		return
	}
	l.list = append(l.list, a)
}

// refuse notes a request that is not sent. The same one, refused in the browser and asked
// again of the proxy, is noted once.
func (l *ledger) refuse(a *asked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, known := range l.list {
		if known.Refused != "" && known.Method == a.Method && known.URL == a.URL {
			return
		}
	}
	l.add(a)
}

// begin notes a request that is about to be sent, or says why it is one too many.
func (l *ledger) begin(a *asked, left int) (why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.sent >= maxVisitRequests:
		a.Refused = fmt.Sprintf("the visit has made its %d requests", maxVisitRequests)
	case left <= 0:
		a.Refused = fmt.Sprintf("the browser has made its %d requests of the run", maxRunRequests)
	case l.bytes > maxVisitBytes:
		a.Refused = fmt.Sprintf("the visit has loaded its %d MiB", maxVisitBytes>>20)
	default:
		l.sent++
		l.busy++
	}
	l.add(a)
	return a.Refused
}

// end fills in what became of a request. Only then its fields are read.
func (l *ledger) end(fill func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	fill()
}

// grow counts bytes as they come.
func (l *ledger) grow(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += int64(n)
}

// idle reports whether nothing is under way.
func (l *ledger) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy == 0
}

// entries is a copy of the list, and how many requests are not in it.
func (l *ledger) entries() ([]asked, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]asked, len(l.list))
	for i, a := range l.list {
		out[i] = *a
	}
	return out, l.over
}

// brokenOff begins the trouble of a request that the browser itself gave up.
const brokenOff = "broken off"
