package load

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// sending is what a check asks: one path, or the target's mix.
type sending struct {
	Path  string
	As    string
	Mix   bool
	Apart bool // its time is its own, not that of load
}

// shot is one request, ready to be sent many times.
type shot struct {
	label   string // "POST /api/orders"
	request *http.Request
	body    []byte
}

// at is the request for one sending.
func (s *shot) at(ctx context.Context) *http.Request {
	r := s.request.WithContext(ctx)
	if s.body != nil {
		r.ContentLength = int64(len(s.body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(s.body)), nil }
		r.Body, _ = r.GetBody()
	}
	return r
}

// shots prepares what is sent, and in which order; label names it all.
func (w sending) shots(ctx context.Context, p *checks.Probe) (shots []shot, order []int, label string, err error) {
	mix := p.Target.Load.Mix
	if !w.Mix || len(mix) == 0 {
		request, err := p.Prepare(ctx, observe.Request{URL: w.Path, As: observe.Identity(w.As)})
		if err != nil {
			return nil, nil, "", err
		}
		one := shot{label: "GET " + where(request.URL), request: request}
		return []shot{one}, []int{0}, one.label, nil
	}
	weights := make([]int, len(mix))
	for i, m := range mix {
		s, err := prepared(ctx, p, m, w.As)
		if err != nil {
			return nil, nil, "", fmt.Errorf("%s of the mix: %w", m.Label(), err)
		}
		shots, weights[i] = append(shots, s), m.Share()
	}
	return shots, interleave(weights), "mix of " + count(len(mix), "request"), nil
}

// prepared makes one request of a mix, its holes filled.
func prepared(ctx context.Context, p *checks.Probe, m checks.MixRequest, as string) (shot, error) {
	var header []observe.Field
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		value, err := p.Target.Resolve(m.Headers[name])
		if err != nil {
			return shot{}, err
		}
		if value != m.Headers[name] {
			p.Secret("load-header", value)
		}
		header = append(header, observe.Field{Name: name, Value: value})
	}
	body, err := p.Target.Resolve(m.Body)
	if err != nil {
		return shot{}, err
	}
	s := shot{}
	if body != "" {
		s.body = []byte(body)
		header = append(header, observe.Field{Name: "Content-Type", Value: cmp.Or(m.ContentType, "application/json")})
	}
	request, err := p.Prepare(ctx, observe.Request{Method: m.Method, URL: m.Path, Header: header, As: observe.Identity(cmp.Or(m.As, as))})
	if err != nil {
		return shot{}, err
	}
	s.request, s.label = request, request.Method+" "+where(request.URL)
	return s, nil
}

// interleave is the order in which requests of these weights take turns: each as often as
// its weight in one round, spread evenly over it (smooth weighted round robin).
func interleave(weights []int) []int {
	whole, credit := 0, make([]int, len(weights))
	for _, w := range weights {
		whole += w
	}
	order := make([]int, whole)
	for turn := range order {
		next := 0
		for i, w := range weights {
			if credit[i] += w; credit[i] > credit[next] {
				next = i
			}
		}
		credit[next] -= whole
		order[turn] = next
	}
	return order
}

// route is what one request of a mix brought.
type route struct {
	Label   string
	Failed  int
	Latency histogram // of good answers
}

// routed counts a measured answer for its request.
func (t *tally) routed(a answer, took time.Duration) {
	for len(t.routes) <= a.shot {
		t.routes = append(t.routes, route{})
	}
	if r := &t.routes[a.shot]; a.trouble == good {
		r.Latency.add(took)
	} else {
		r.Failed++
	}
}

// name puts the requests' names to what they brought; one alone needs none.
func (f *facts) name(shots []shot) {
	if len(shots) < 2 {
		f.Routes = nil
		return
	}
	for len(f.Routes) < len(shots) {
		f.Routes = append(f.Routes, route{})
	}
	for i := range shots {
		f.Routes[i].Label = shots[i].label
	}
}

// words says what a request brought.
func (r *route) words() string {
	text := fmt.Sprintf("%s: %d answers, %d failed", r.Label, r.Latency.n+r.Failed, r.Failed)
	if r.Latency.n > 0 {
		text += fmt.Sprintf(", p50 %s, p90 %s, max %s", words(r.Latency.quantile(0.5)), words(r.Latency.quantile(0.9)), words(r.Latency.max))
	}
	return text
}

// down names the requests of a mix of which more than half failed: beside others that are
// well they may not show in the whole.
func (f *facts) down() opinion {
	for i := range f.Routes {
		if r := &f.Routes[i]; r.Failed >= 5 && r.Failed > r.Latency.n {
			return opinion{checks.Fail, fmt.Sprintf("%s fails: %d of %d", r.Label, r.Failed, r.Failed+r.Latency.n)}
		}
	}
	return opinion{}
}
