package load

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"assess/gonogo/checks"
)

func TestInterleave(t *testing.T) {
	for _, c := range []struct {
		weights []int
		want    string
	}{{[]int{1}, "0"}, {[]int{3, 1}, "0010"}, {[]int{5, 1, 1}, "0010200"}, {[]int{2, 2}, "0101"}} {
		got := ""
		for _, i := range interleave(c.weights) {
			got += string(rune('0' + i))
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.weights, got, c.want)
		}
	}
}

// mixOf is a target whose load is a mix.
func mixOf(url string) *checks.Target {
	return &checks.Target{Name: "t", BaseURL: url, Auth: checks.Auth{User: checks.Identity{Token: "${env:LOAD_TOKEN}"}}, Load: checks.LoadPlan{Mix: []checks.MixRequest{
		{Path: "/read", Weight: 6, Headers: map[string]string{"X-Client": "${env:LOAD_HEADER}"}},
		{Path: "/write?x=1", Method: "POST", Weight: 2, Body: `{"k":"${env:LOAD_BODY}"}`, As: "user"},
		{Path: "/head", Method: "HEAD"},
	}}}
}

// TestMixSent: each request goes out as declared, by its weight, and no secret is kept.
func TestMixSent(t *testing.T) {
	t.Setenv("LOAD_HEADER", "header-secret-1")
	t.Setenv("LOAD_BODY", "body-secret-2")
	t.Setenv("LOAD_TOKEN", "token-secret-3")
	var mu sync.Mutex
	got := map[string]int{}
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		key := strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("X-Client"), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(body)}, "|")
		mu.Lock()
		got[key]++
		mu.Unlock()
		pause(r.Context(), 5*time.Millisecond)
	})
	o := runOn(t, mixOf(s.URL), quick, "", `kind = "load.steps", path = "/x", mix = true, users = 9, measure = "300ms"`)[0]
	if o.Verdict != checks.Pass && !strings.Contains(string(o.Reason), "no measurement") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
	const read, write, head = "GET|/read|header-secret-1|||", `POST|/write?x=1||Bearer token-secret-3|application/json|{"k":"body-secret-2"}`, "HEAD|/head||||"
	reads, writes, heads := got[read], got[write], got[head]
	delete(got, "GET|/||||") // the run looks whether the target answers
	if len(got) != 3 || writes == 0 || heads == 0 {
		t.Fatalf("got %v", got)
	}
	for name, share := range map[string]float64{"reads": float64(reads) / float64(heads), "writes": 3 * float64(writes) / float64(heads)} {
		if share < 5 || share > 7 {
			t.Errorf("%s: %.1f, want about 6 (%v)", name, share, got)
		}
	}
	evidence := string(o.Evidence[0].Body)
	for _, want := range []string{"mix of 3 requests", "GET /read: ", "POST /write?x=1: ", "HEAD /head: ", " 0 failed, p50 "} {
		if !strings.Contains(evidence, want) {
			t.Errorf("the evidence lacks %q:\n%s", want, evidence)
		}
	}
	if strings.Contains(evidence+string(o.Reason), "-secret-") {
		t.Errorf("a secret is kept:\n%s", evidence)
	}
	if label, records := Read(evidence); label != "mix of 3 requests" || len(records) != 1 || records[0].Answers == 0 {
		t.Errorf("read back: %s %+v", label, records)
	}
}

// TestMixPart: one request of a mix that goes wrong does not drown in the others.
func TestMixPart(t *testing.T) {
	t.Setenv("LOAD_HEADER", "h")
	t.Setenv("LOAD_BODY", "b")
	t.Setenv("LOAD_TOKEN", "t")
	always := serve(t, func(w http.ResponseWriter, r *http.Request) {
		pause(r.Context(), 5*time.Millisecond)
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	const step = `kind = "load.steps", path = "/x", mix = true, users = 9, measure = "300ms"`
	o := runOn(t, mixOf(always.URL), quick, "", step)[0]
	if o.Verdict != checks.Inconclusive || !strings.Contains(string(o.Reason), "for one user POST /write?x=1 answers with trouble (403") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
	missing := mixOf(always.URL)
	missing.Load.Mix[0].Headers["X-Client"] = "${env:LOAD_NOT_SET}"
	if o := runOn(t, missing, quick, "", step)[0]; o.Verdict != checks.Inconclusive || !strings.Contains(string(o.Reason), "LOAD_NOT_SET") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
	// Without a mix the path is asked.
	if o := run(t, always.URL, quick, "", step)[0]; o.Verdict == checks.Inconclusive && !strings.Contains(string(o.Reason), "measurement") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
}

func TestDown(t *testing.T) {
	well, ill := route{Label: "GET /a"}, route{Label: "POST /b", Failed: 6}
	for range 1000 {
		well.Latency.add(time.Millisecond)
	}
	f := measured(50, 1000, 6, 20*time.Millisecond, 2*time.Second)
	f.Routes = []route{well, ill}
	expect(t, "one request fails", judgeStep(&f, &ladder{}, 50, "B"), checks.Fail, "POST /b fails: 6 of 6")
	f.Routes[1].Failed = 4
	expect(t, "too few to tell", judgeStep(&f, &ladder{}, 50, "B"), checks.Pass, "6 of 1006 failed")
}

func TestBorderline(t *testing.T) {
	for _, c := range []struct {
		name                          string
		good, bad, overPass, overFail int
		want                          bool
	}{
		{"clear", 1000, 0, 0, 0, false},
		{"a few failures", 990, 12, 0, 0, true},
		{"clearly failing", 900, 100, 0, 0, false},
		{"slow share around the limit", 1000, 0, 49, 0, true},
		{"just above", 1000, 0, 55, 0, true},
		{"clearly slow", 1000, 0, 900, 0, false},
		{"slow, and perhaps too slow", 1000, 0, 900, 45, true},
		{"perhaps not too slow", 1000, 0, 900, 55, true},
		{"clearly too slow", 1000, 0, 900, 900, false},
	} {
		ta := tally{overPass: c.overPass, overFail: c.overFail}
		ta.count[good], ta.count[serverError] = c.good, c.bad
		if got := ta.borderline(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestExtended: a step with a few failures is measured twice as long, once.
func TestExtended(t *testing.T) {
	t.Parallel()
	var n counter
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		pause(r.Context(), 20*time.Millisecond)
		if r.URL.Path == "/x" && n.next()%60 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	began := time.Now()
	o := run(t, s.URL, quick, "", `kind = "load.steps", path = "/x", users = 10, measure = "500ms"`)[0]
	if !strings.Contains(string(o.Reason), "extended once by 500 ms, as it was borderline") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("it took only %v", took)
	}
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}
