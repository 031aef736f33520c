package observe

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

func TestABarIsNoAnswer(t *testing.T) {
	var hits atomic.Int32
	var from atomic.Int32 // the request from which everything is refused
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch n := hits.Add(1); {
		case n >= from.Load():
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "blocked")
		case r.URL.Path == "/":
			fmt.Fprint(w, "welcome")
		default:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "%s is not for you", r.URL.Path)
		}
	})
	from.Store(100)
	s := newStore(t, target.URL, nil)
	must(t, s, Request{URL: "/"})
	for _, path := range []string{"/admin", "/users", "/keys"} {
		if x := must(t, s, Request{URL: path}); x.Status != 403 {
			t.Errorf("%s: status %d", path, x.Status)
		}
	}
	if hits.Load() != 5 {
		t.Errorf("%d requests for a page, three like refusals and one look back", hits.Load())
	}
	from.Store(0)
	for _, r := range []Request{{URL: "/secret"}, {URL: "/other"}, {URL: "/fresh", Fresh: true}} {
		_, err := s.Do(t.Context(), r)
		wantTrouble(t, r.URL, err, Barred)
		if e := (*Error)(nil); errors.As(err, &e) && (e.Last == nil || e.Last.Status != 403) {
			t.Errorf("%s: no evidence: %+v", r.URL, e)
		}
	}
	if hits.Load() != 9 {
		t.Errorf("%d requests: once barred there is no look back", hits.Load())
	}
	if x := must(t, s, Request{URL: "/", Burst: true}); x.Status != 403 {
		t.Errorf("a burst is told %d", x.Status)
	}

	// A target that refuses everything from the start has not changed its mind.
	s = newStore(t, target.URL, nil)
	if x := must(t, s, Request{URL: "/"}); x.Status != 403 {
		t.Errorf("status %d", x.Status)
	}
}
