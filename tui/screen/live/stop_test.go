package live_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"assess/gonogo/checks"
	"assess/gonogo/checks/load"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/vouched"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// program runs the reviewer as Bubble Tea does: commands in goroutines, time passing.
type program struct {
	t     *testing.T
	model *app.Model
	msgs  chan tea.Msg
}

func (p *program) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { p.msgs <- cmd() }()
	}
}

// until handles messages until something holds.
func (p *program) until(what string, holds func() bool) {
	p.t.Helper()
	timeout := time.After(10 * time.Second)
	for !holds() {
		select {
		case m := <-p.msgs:
			p.send(m)
		case <-timeout:
			p.t.Fatalf("never: %s\n%s", what, ansi.Strip(p.model.View()))
		}
	}
}

func (p *program) send(m tea.Msg) {
	switch m := m.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			p.run(c)
		}
	default:
		_, cmd := p.model.Update(m)
		p.run(cmd)
	}
}

func (p *program) shows(text string) func() bool {
	return func() bool { return strings.Contains(ansi.Strip(p.model.View()), text) }
}

// TestStop: the whole way from the key to the journal. Esc while a step is on a real server
// stops it within a second; what it measured is the item's evidence, and the screen shows it
// now and when the session is opened again.
func TestStop(t *testing.T) {
	time.Local = time.UTC
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	ctx := context.Background()
	registry, err := checks.NewRegistry(load.Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	target, err := checks.ParseTarget("target.toml", []byte("name = \"x\"\nversion = \"1\"\nenvironment = \"test\"\nlevel = \"A\"\nbase_url = \""+server.URL+"\"\n"), ".")
	if err != nil {
		t.Fatal(err)
	}
	p, err := checks.ParseProfile("load.toml", []byte(profile()), nil)
	if err != nil {
		t.Fatal(err)
	}
	store := drive.NewStore()
	s, err := sessions.Create(ctx, store, sessions.NewSession{Target: target, Profile: p, Registry: registry, Tool: "test", By: "R. Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	id := s.ID()
	known := vouched.Open(t.TempDir())
	if err := known.Vouch(s); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open := func() *program {
		pr := &program{t: t, msgs: make(chan tea.Msg, 100), model: app.New(ctx, app.Options{Store: store, Vouched: known, Registry: registry,
			Config: &config.Config{Me: config.Me{Name: "R. Okafor"}}, Version: "test", Paint: drive.Palette(t, "mono", false), Open: id})}
		pr.run(pr.model.Init())
		pr.send(tea.WindowSizeMsg{Width: 120, Height: 40})
		pr.until("the review opens", func() bool { return pr.model.Env().Review != nil })
		return pr
	}
	pr := open()
	r := pr.model.Env().Review
	pr.run(r.Run(nil, []checks.Class{checks.Load}, ""))
	pr.run(screen.Go(screen.Live, screen.Args{}))
	pr.until("the first step shows", pr.shows("step 1 of 5, 10 users"))
	pr.until("four snapshots", func() bool { return len(r.Load.Points) >= 6 })
	pr.run(screen.Go(screen.Decision, screen.Args{})) // from any screen
	pr.until("the decision shows", pr.shows("Gate"))
	pressed := time.Now()
	pr.send(tea.KeyMsg{Type: tea.KeyEsc})
	pr.until("the run ends", func() bool { return r.Running == nil })
	if took := time.Since(pressed); took > time.Second {
		t.Errorf("Esc took %v", took)
	}
	it := r.Item("SCA-01")
	if it.Machine == nil || it.Machine.Verdict != checks.Inconclusive || len(it.Machine.Evidence) != 1 || !strings.Contains(string(it.Machine.Reason), "stopped by hand") {
		t.Fatalf("the item is %+v", it.Machine)
	}
	if next := r.Item("SCA-02"); next.Machine != nil {
		t.Errorf("a step that never ran has a verdict: %+v", next.Machine)
	}
	if n := len(r.Session.Events()); n > 6 {
		t.Errorf("%d events are in the journal; what only a screen needs does not belong there", n)
	}
	pr.run(screen.Go(screen.Live, screen.Args{}))
	pr.until("the result shows", pr.shows("stopped, what was measured is kept: 1 of 5 steps"))
	if err := r.Closing()(); err != nil {
		t.Fatal(err)
	}
	pr = open()
	pr.run(screen.Go(screen.Live, screen.Args{}))
	pr.until("the result shows again", pr.shows("over: 1 of 1 step"))
	if view := ansi.Strip(pr.model.View()); !strings.Contains(view, "?     1     10") || !strings.Contains(view, "failed   none") {
		t.Errorf("opened again:\n%s", view)
	}
}
