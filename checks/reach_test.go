package checks

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"assess/gonogo/checks/observe"
)

// asking is a fake kind that asks for a path and passes on any answer.
func asking(id string, class Class, request observe.Request) Kind {
	return fake(id, class, func(ctx context.Context, p *Probe, _ answerParams) Result {
		x, err := p.Do(ctx, request)
		if err != nil {
			return NewResult(Inconclusive, "", err.Error())
		}
		return NewResult(Pass, "", "answered", p.Exchange(x))
	})
}

// TestReached holds that observations are shared and that what was sent becomes evidence.
func TestReached(t *testing.T) {
	var hits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		w.Header().Set("Set-Cookie", "session=0123456789abcdef0123")
	}))
	defer server.Close()
	pl := mustPlan(t, "name = \"x\"\nbase_url = \""+server.URL+"\"\n", itemsProfile("", checksOf("home"), checksOf("home2"), checksOf("other")),
		asking("home", Safe, observe.Request{URL: server.URL}), asking("home2", Safe, observe.Request{URL: server.URL}),
		asking("other", Safe, observe.Request{URL: "/other?x=1"}))
	events := play(t, t.Context(), pl, RunOptions{})
	end := ending(t, events)
	if hits.Load() != 2 || end.RequestsSent != 2 || !end.Reached {
		t.Errorf("%d requests arrived, want 2; end %+v", hits.Load(), end)
	}
	got := outcomes(events)["C-3"]
	if got.Verdict != Pass || got.Strength != ObservedLive || len(got.Evidence) != 1 {
		t.Fatalf("%+v", got)
	}
	e := got.Evidence[0]
	if e.What != "GET /other?x=1" || e.Media != "txt" || e.Strength != ObservedLive || int(e.Bytes) != len(e.Body) {
		t.Errorf("evidence %+v", e)
	}
	if body := string(e.Body); !strings.Contains(body, "> GET /other?x=1") || strings.Contains(body, "0123456789abcdef") {
		t.Errorf("transcript:\n%s", body)
	}
}

// TestNotReached holds that of a target that does not answer, only target.reachable asks;
// local checks and those that ask elsewhere are not touched.
func TestNotReached(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	elsewhere := answering("elsewhere", Safe, Pass, "")
	var asked atomic.Int32
	count := fake("count", Safe, func(context.Context, *Probe, answerParams) Result {
		asked.Add(1)
		return Result{}
	})
	pl := mustPlan(t, "name = \"x\"\nbase_url = \"http://"+addr+"\"\n", itemsProfile("",
		checksOf("count"), checksOf("count"), checksOf("target.reachable"), checksOf("read"), checksOf("elsewhere")),
		count, asking("target.reachable", Safe, observe.Request{URL: "http://" + addr}), answering("read", Local, Pass, ""), elsewhere)
	events := play(t, t.Context(), pl, RunOptions{})
	results := outcomes(events)
	for _, id := range []string{"C-1", "C-2"} {
		got := results[id]
		if got.Verdict != Inconclusive || string(got.Reason) != "target not reached: connection refused at "+addr || len(got.Evidence) != 1 {
			t.Errorf("%s: %s %q %d", id, got.Verdict, got.Reason, len(got.Evidence))
		}
	}
	if asked.Load() != 0 {
		t.Errorf("%d dependent checks ran", asked.Load())
	}
	if got := results["C-3"]; got.Verdict != Inconclusive || !strings.HasPrefix(string(got.Reason), "http://"+addr) {
		t.Errorf("target.reachable: %s %q", got.Verdict, got.Reason)
	}
	if results["C-4"].Verdict != Pass || results["C-5"].Verdict != Pass {
		t.Errorf("unconcerned checks: %s %s", results["C-4"].Verdict, results["C-5"].Verdict)
	}
	if end := ending(t, events); end.Reached || end.Interrupted {
		t.Errorf("end %+v", end)
	}
	if end := ending(t, play(t, t.Context(), pl, RunOptions{Items: []string{"C-3"}})); end.Reached {
		t.Errorf("target.reachable alone: end %+v", end)
	}
}

// TestCertificateIsNoSilence holds that a target whose certificate nobody trusts counts as
// reached.
func TestCertificateIsNoSilence(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	pl := mustPlan(t, "name = \"x\"\nbase_url = \""+server.URL+"\"\n", itemsProfile("", checksOf("home")),
		asking("home", Safe, observe.Request{URL: "/"}))
	events := play(t, t.Context(), pl, RunOptions{})
	if end := ending(t, events); !end.Reached {
		t.Errorf("end %+v", end)
	}
	if got := outcomes(events)["C-1"]; !strings.Contains(string(got.Reason), "tls failed") {
		t.Errorf("the check did not ask for itself: %q", got.Reason)
	}
}

// TestMissingToken holds that a check which needs an identity says that its secret is not
// set.
func TestMissingToken(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	k := asking("me", Safe, observe.Request{URL: "/me", As: observe.User})
	k.Needs = []string{"base_url", "auth.user"}
	unsaid := asking("unsaid", Safe, observe.Request{URL: "/me", As: observe.User})
	pl := mustPlan(t, "name = \"x\"\nbase_url = \""+server.URL+"\"\n[auth.user]\ntoken = \"${env:GONOGO_TEST_NONE}\"\n",
		itemsProfile("", checksOf("me"), checksOf("unsaid")), k, unsaid)
	results := outcomes(play(t, t.Context(), pl, RunOptions{}))
	if got := results["C-2"]; !strings.Contains(string(got.Reason), "environment variable GONOGO_TEST_NONE is not set") {
		t.Errorf("a kind that does not say that it needs a token: %q", got.Reason)
	}
	got := results["C-1"]
	if want := "the token of [auth.user] is missing: environment variable GONOGO_TEST_NONE is not set: set it before gonogo starts"; got.Verdict != Inconclusive || string(got.Reason) != want {
		t.Errorf("%s %q, want %q", got.Verdict, got.Reason, want)
	}
}

// TestConsentIsEnforced holds that an intrusive request of a safe kind does not leave.
func TestConsentIsEnforced(t *testing.T) {
	var hits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/push" {
			hits.Add(1)
		}
	}))
	defer server.Close()
	pl := mustPlan(t, "name = \"x\"\nbase_url = \""+server.URL+"\"\n", itemsProfile("", checksOf("sly"), checksOf("push")),
		asking("sly", Safe, observe.Request{URL: "/push", Class: "intrusive"}), asking("push", Intrusive, observe.Request{URL: "/push"}))
	if got := outcomes(play(t, t.Context(), pl, RunOptions{}))["C-1"]; got.Verdict != Inconclusive || !strings.Contains(string(got.Reason), "no consent") || hits.Load() != 0 {
		t.Errorf("%s %q, %d hits", got.Verdict, got.Reason, hits.Load())
	}
	if got := outcomes(play(t, t.Context(), pl, RunOptions{Allow: []Class{Intrusive}}))["C-2"]; got.Verdict != Pass || hits.Load() != 1 {
		t.Errorf("with consent: %s %q, %d hits", got.Verdict, got.Reason, hits.Load())
	}
}

// TestSourcesAreErrors holds that a kind that needs no declaration still hears why there is
// nothing to read.
func TestSourcesAreErrors(t *testing.T) {
	var tree, env error
	k := fake("read", Local, func(ctx context.Context, p *Probe, _ answerParams) Result {
		_, tree = p.Repository(ctx)
		_, env = p.EnvFiles(ctx)
		return NewResult(NA, "", "nothing")
	})
	play(t, t.Context(), mustPlan(t, "name = \"x\"\n", itemsProfile("", checksOf("read")), k), RunOptions{})
	if tree == nil || env == nil || errors.Is(tree, context.Canceled) {
		t.Errorf("tree %v, env %v", tree, env)
	}
}
