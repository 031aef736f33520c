package load

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// TestRestartServer is no test: it is the process that TestRestart restarts.
func TestRestartServer(t *testing.T) {
	how, address, _ := strings.Cut(os.Getenv("GONOGO_RESTARTED"), " ")
	if address == "" {
		t.Skip("skipped: only run by TestRestart, as a process of its own")
	}
	began := time.Now()
	mux := http.NewServeMux()
	mux.HandleFunc("/x", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(800 * time.Millisecond)
	})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "process_start_time_seconds %.3f\n", float64(began.UnixMilli())/1000)
	})
	s := &http.Server{Addr: address, Handler: mux}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended
		if how == "drains" {
			_ = s.Shutdown(context.Background())
		}
		os.Exit(0)
	}()
	_ = s.ListenAndServe()
	time.Sleep(10 * time.Second) // Shutdown goes on
}

// serving starts the process and waits until it answers.
func serving(t *testing.T, how, address string) *exec.Cmd {
	command := exec.Command(os.Args[0], "-test.run=^TestRestartServer$")
	command.Env = append(os.Environ(), "GONOGO_RESTARTED="+how+" "+address)
	if err := command.Start(); err != nil {
		t.Error(err)
		return nil
	}
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get("http://" + address + "/x"); err == nil {
			res.Body.Close()
			return command
		}
	}
	t.Error("the server does not answer")
	return command
}

// TestRestart restarts a real process while the kind watches it.
func TestRestart(t *testing.T) {
	t.Parallel()
	const recovery, drain = `kind = "load.restart", path = "/x", slow = "/slow", window = "3s", give_up = "4s", pass = "3s"`, `kind = "load.restart", path = "/x", of = "drain", slow = "/slow", window = "3s", give_up = "4s", pass = "3s"`
	for _, c := range []struct {
		name, how             string
		restarts, comes       bool
		metrics               string
		recovers, drains      checks.Verdict
		recoveryWord, ofDrain string
	}{
		{"drains", "drains", true, true, "/metrics", checks.Pass, checks.Pass, "the process started anew", "requests in flight were answered"},
		{"cuts", "cuts", true, true, "", checks.Pass, checks.Fail, "seen by connections ", "requests in flight were cut off (connections"},
		{"does not come back", "drains", true, false, "", checks.Fail, checks.Pass, "not well again 4 s after", "requests in flight were answered"},
		{"nobody does it", "drains", false, false, "/metrics", checks.Inconclusive, checks.Inconclusive, "no restart seen within 3 s: no request failed and the process is the same", "no restart seen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := "127.0.0.1:" + freePort(t)
			server := serving(t, c.how, address)
			over := make(chan struct{})
			go func() {
				defer close(over)
				if !c.restarts {
					return
				}
				time.Sleep(1500 * time.Millisecond)
				_ = server.Process.Signal(syscall.SIGTERM)
				_ = server.Wait()
				server = nil
				if c.comes {
					server = serving(t, c.how, address)
				}
			}()
			target := &checks.Target{Name: "t", BaseURL: "http://" + address, Paths: checks.Paths{Metrics: c.metrics}, Load: checks.LoadPlan{Restart: true}}
			o := runOn(t, target, usual, "", drain, recovery)
			<-over
			if server != nil {
				_ = server.Process.Kill()
				_ = server.Wait()
			}
			for i, want := range []checks.Verdict{c.drains, c.recovers} {
				word := []string{c.ofDrain, c.recoveryWord}[i]
				if o[i].Verdict != want || !strings.Contains(string(o[i].Reason), word) {
					t.Errorf("%s, want %s with %q: %s\n%s", o[i].Verdict, want, word, o[i].Reason, o[i].Evidence[len(o[i].Evidence)-1].Body)
				}
			}
		})
	}
}

// TestRestartWaits: it takes somebody's word that the service will be restarted.
func TestRestartWaits(t *testing.T) {
	k := restartKind(usual)
	if len(k.Needs) != 2 || k.Needs[1] != "load.restart" || !k.Last {
		t.Errorf("%v %v", k.Needs, k.Last)
	}
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	target := &checks.Target{Name: "t", BaseURL: s.URL, Load: checks.LoadPlan{Restart: true}}
	for check, want := range map[string]string{
		`kind = "load.restart", path = "/x", of = "drain"`:     "not declared: a slow route",
		`kind = "load.restart", path = "/x", of = "x"`:         "want recovery or drain",
		`kind = "load.restart", path = "/x", window = "10m"`:   "not run: pass <= give_up",
		`kind = "load.restart", path = "/x", give_up = "10s"`:  "not run: pass <= give_up",
		`kind = "load.restart", path = "/x", flights = 51`:     "1 to 50 flights",
		`kind = "load.restart", path = "", window = "1s"`:      "no path is declared",
		`kind = "load.restart", path = "/x", window = "500ms"`: "no restart seen within 500 ms: no request failed; somebody has to",
	} {
		if o := runOn(t, target, quick, "", check)[0]; o.Verdict.Decided() || !strings.Contains(string(o.Reason), want) {
			t.Errorf("%s: %s %s", check, o.Verdict, o.Reason)
		}
	}
}

func TestRestartRules(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	w := waiting{Pass: 30 * time.Second, Warn: time.Minute, GiveUp: time.Minute}
	at := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
	seen := restarted{slow: "GET /slow", Seen: true, Down: at(10), Up: at(12), Well: true, Asked: 100, Failed: 10, Trouble: "connections refused", Drained: 5}
	for _, c := range []struct {
		name          string
		change        func(*restarted)
		restart       checks.Verdict
		restartReason string
		drain         checks.Verdict
		drainReason   string
	}{
		{"well", nil, checks.Pass, "well again 2 s after the first failed request, 10 of 100 failed; seen by connections refused", checks.Pass, "all 5"},
		{"slow", func(r *restarted) { r.Up = at(41) }, checks.Warn, "well again 31 s", checks.Pass, "all 5"},
		{"never", func(r *restarted) { r.Well = false }, checks.Fail, "not well again 60 s", checks.Pass, "all 5"},
		{"none failed", func(r *restarted) { r.Down, r.Anew = time.Time{}, true }, checks.Pass, "none of 100 requests on new connections failed; the process started anew", checks.Pass, "all 5"},
		{"one cut", func(r *restarted) { r.Lost = []string{"connections reset"} }, checks.Pass, "", checks.Fail, "1 of 6 requests in flight were cut off (connections reset)"},
		{"none in flight", func(r *restarted) { r.Drained = 0 }, checks.Pass, "", checks.Inconclusive, "no request of GET /slow was in flight"},
		{"unseen", func(r *restarted) { *r = restarted{} }, checks.Inconclusive, "no restart seen within 60 s", checks.Inconclusive, "no restart seen"},
		{"the same process", func(r *restarted) { *r = restarted{Blips: 2, Tells: true} }, checks.Inconclusive, "requests failed, but the metrics page says that the process is the same", checks.Inconclusive, "the process is the same"},
		{"stopped", func(r *restarted) { *r = restarted{Cut: true, Waited: 9 * time.Second} }, checks.Inconclusive, "stopped after 9 s", checks.Inconclusive, "stopped"},
		{"stopped half-way", func(r *restarted) { r.Cut, r.Well = true, false }, checks.Inconclusive, "stopped before it was well again", checks.Pass, "all 5"},
	} {
		r := seen
		if c.change != nil {
			c.change(&r)
		}
		expect(t, c.name+", recovery", judgeRestart(&r, w), c.restart, c.restartReason)
		expect(t, c.name+", drain", judgeDrain(&r, w), c.drain, c.drainReason)
	}
	// What was in flight: begun before, ended after the first failed request.
	s := restart{r: restarted{Seen: true, Down: at(10)}}
	fly := func(from, to float64, what trouble) {
		s.flown = append(s.flown, flight{at(from), at(to), answer{trouble: what}})
	}
	fly(5, 9.5, good)       // was over
	fly(9, 11, good)        // drained
	fly(9.5, 9.9, reset)    // cut before anybody saw it
	fly(9, 10.5, refused)   // never was in
	fly(2, 3, serverError)  // long before
	fly(10.5, 12, timedOut) // began afterwards
	if r := s.seen(); r.Drained != 1 || len(r.Lost) != 1 {
		t.Errorf("%d drained, lost %v", r.Drained, r.Lost)
	}
}

// TestAnew: another instance that answers is no restart.
func TestAnew(t *testing.T) {
	now := time.Now()
	old := float64(now.Add(-time.Hour).Unix())
	for name, c := range map[string]struct {
		starts      []float64
		tells, anew bool
	}{
		"nothing":          {nil, false, false},
		"the same":         {[]float64{old, old}, true, false},
		"another instance": {[]float64{old, old + 600, old}, true, false},
		"anew":             {[]float64{old, old, float64(now.Unix())}, true, true},
		"back in time":     {[]float64{old, old - 5}, true, false},
	} {
		s := restart{begun: now}
		for _, when := range c.starts {
			s.starts = append(s.starts, start{now, when})
		}
		if tells, anew, _, _ := s.anew(); tells != c.tells || anew != c.anew {
			t.Errorf("%s: %v %v", name, tells, anew)
		}
	}
}
