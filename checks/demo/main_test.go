package demo

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test program stand in for gonogo: as the child of Spawn it is asked
// for the hidden command.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		var o Options
		flags := flag.NewFlagSet(Command, flag.ExitOnError)
		flags.StringVar(&o.Scenario, "scenario", "", "")
		flags.StringVar(&o.Dir, "dir", "", "")
		flags.StringVar(&o.Addr, "addr", "", "")
		flags.Func("fix", "", func(s string) error { o.Fix = append(o.Fix, s); return nil })
		flags.Parse(os.Args[2:])
		if err := ServeChild(context.Background(), o, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil { // the tests wait more than they compute
		panic(err)
	}
	os.Exit(m.Run())
}

// system is a demo that runs for one test.
type system struct {
	t *testing.T
	Info
	client *http.Client
}

// start serves a scenario until the test ends.
func start(t *testing.T, scenario string, fix ...string) *system {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	infos, ended := make(chan Info, 1), make(chan error, 1)
	go func() { ended <- Serve(ctx, Options{Scenario: scenario, Fix: fix}, func(i Info) { infos <- i }) }()
	s := &system{t: t}
	select {
	case s.Info = <-infos:
	case err := <-ended:
		cancel()
		t.Fatalf("Serve(%s, %v): %v", scenario, fix, err)
	}
	s.client = clientFor(t, s)
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	})
	return s
}

// clientFor makes a client that trusts the demo's authority and follows no redirects.
func clientFor(t *testing.T, s *system) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	if pem, err := os.ReadFile(filepath.Join(s.Dir, authorityName)); err == nil {
		transport.TLSClientConfig = trusting(t, pem)
	}
	return &http.Client{
		Transport: transport, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is what came back, read to its end.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// media is the answer's type without parameters.
func (a answer) media() string {
	m, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	return m
}

// ask sends a request; header is pairs of name and value.
func (s *system) ask(method, path, body string, header ...string) answer {
	s.t.Helper()
	a, err := s.try(method, path, body, header...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (s *system) try(method, path, body string, header ...string) (answer, error) {
	to := path
	if !strings.Contains(path, "://") {
		to = s.BaseURL + path
	}
	r, err := http.NewRequest(method, to, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	x, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	return answer{x.StatusCode, x.Header, string(b)}, err
}

func (s *system) get(path string, header ...string) answer {
	s.t.Helper()
	return s.ask(http.MethodGet, path, "", header...)
}

// search asks the search for a text.
func (s *system) search(text string, header ...string) answer {
	s.t.Helper()
	return s.get("/api/search?q="+url.QueryEscape(text), header...)
}

// bearer is the header pair of a role's token.
func (s *system) bearer(role string) []string {
	s.t.Helper()
	return []string{"Authorization", "Bearer " + s.read(tokensName+"/"+role)}
}

// read returns a file of the demo's folder.
func (s *system) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(name)))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}
