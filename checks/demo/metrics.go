package demo

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// exposition is the media type of Prometheus' text format.
const exposition = "text/plain; version=0.0.4; charset=utf-8"

// series is what requests are counted by.
type series struct {
	route, method string
	status        int
}

// buckets are the upper bounds of the duration histogram, in seconds.
var buckets = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// counters are the service's own metrics.
type counters struct {
	mu       sync.Mutex
	requests map[series]int
	inFlight int
	slots    []int // of buckets, not cumulated
	count    int
	seconds  float64
}

func newCounters() *counters {
	return &counters{requests: map[series]int{}, slots: make([]int, len(buckets))}
}

// begin counts a request in flight; the function it returns counts it as done.
func (c *counters) begin() func(route, method string, w *statusWriter, began time.Time) {
	c.mu.Lock()
	c.inFlight++
	c.mu.Unlock()
	return func(route, method string, w *statusWriter, began time.Time) {
		took := time.Since(began).Seconds()
		if !slices.Contains([]string{"GET", "HEAD", "POST", "OPTIONS"}, method) {
			method = "other"
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.inFlight--
		c.requests[series{route, method, cmp.Or(w.status, http.StatusOK)}]++
		c.count++
		c.seconds += took
		if i, _ := slices.BinarySearch(buckets, took); i < len(c.slots) {
			c.slots[i]++
		}
	}
}

// text writes the counters in Prometheus' text format.
func (c *counters) text(started time.Time) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	family(&b, "http_requests_total", "counter", "Requests by route, method and status.")
	keys := make([]series, 0, len(c.requests))
	for k := range c.requests {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y series) int {
		return cmp.Or(cmp.Compare(x.route, y.route), cmp.Compare(x.method, y.method), cmp.Compare(x.status, y.status))
	})
	for _, k := range keys {
		fmt.Fprintf(&b, "http_requests_total{route=%q,method=%q,code=\"%d\"} %d\n", k.route, k.method, k.status, c.requests[k])
	}
	family(&b, "http_request_duration_seconds", "histogram", "Time from the first byte read to the last written.")
	sum := 0
	for i, le := range buckets {
		sum += c.slots[i]
		fmt.Fprintf(&b, "http_request_duration_seconds_bucket{le=\"%g\"} %d\n", le, sum)
	}
	fmt.Fprintf(&b, "http_request_duration_seconds_bucket{le=\"+Inf\"} %d\n", c.count)
	fmt.Fprintf(&b, "http_request_duration_seconds_sum %g\nhttp_request_duration_seconds_count %d\n", c.seconds, c.count)
	family(&b, "http_requests_in_flight", "gauge", "Requests being answered.")
	fmt.Fprintf(&b, "http_requests_in_flight %d\n", c.inFlight)
	family(&b, "process_start_time_seconds", "gauge", "When the service started, in seconds since 1970.")
	fmt.Fprintf(&b, "process_start_time_seconds %d\n", started.Unix())
	return b.String()
}

func family(b *strings.Builder, name, kind, help string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (s *service) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", exposition)
	fmt.Fprint(w, s.counts.text(s.started))
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}
