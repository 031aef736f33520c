package drive

import (
	"cmp"
	"context"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/vouched"
	"assess/gonogo/themes"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Start is the moment at which the driver's clock begins.
var Start = time.Date(2025, 1, 17, 14, 51, 0, 0, time.UTC)

// Profile is a small profile whose kinds are Registry's.
const Profile = `
id = "small"
title = "Small"
version = 1
about = "Six items in two categories."
[scoring]
method = "weighted"
rules = "modern"
complete_at = 0.5
[gates]
coverage_floor = 90
category_floor = 50
overall_floor = 60
go_mark = 85
critical = "blocker"
high = "condition"
[rag]
green = 85
amber = 60
[[category]]
id = "security"
title = "Security"
weight = 60
[[category.item]]
id = "SEC-01"
title = "HTTPS is offered; user-facing HTTP redirects"
severity = "critical"
checks = [ { kind = "test.pass" } ]
[[category.item]]
id = "SEC-02"
title = "Cross-origin reads are refused"
severity = "high"
why = "Any site may read what anonymous callers get."
fix = "Name the allowed origins."
checks = [ { kind = "test.fail" } ]
[[category.item]]
id = "SEC-03"
title = "Sessions end"
severity = "medium"
question = "When does a session end? Show the setting."
[[category]]
id = "reliability"
title = "Reliability"
weight = 40
[[category.item]]
id = "REL-01"
title = "The health endpoint answers"
severity = "critical"
checks = [ { kind = "test.warn" } ]
[[category.item]]
id = "REL-02"
title = "A flood of requests is slowed down"
severity = "high"
checks = [ { kind = "test.intrusive" } ]
[[category.item]]
id = "REL-03"
title = "Shutdown drains work in flight"
severity = "high"
question = "During a restart, how many requests fail? Show the log."
`

// Target is a target for it.
const Target = `
name = "phase5-dashboard"
version = "1.4"
environment = "test"
base_url = "http://127.0.0.1:1"
level = "A"
`

// Registry holds kinds that find what their names say, with one line of evidence.
func Registry(t T) *checks.Registry {
	kind := func(id string, class checks.Class, v checks.Verdict) checks.Kind {
		return checks.Define(checks.Kind{ID: id, Title: id, Class: class, Severity: checks.Medium, Sends: "nothing", Rule: "always " + string(v)},
			func(_ context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
				return checks.NewResult(v, checks.Configuration, "it is "+string(v), p.Note("observed", "GET /\nanswered as "+string(v)))
			})
	}
	reg, err := checks.NewRegistry(
		kind("test.pass", checks.Local, checks.Pass), kind("test.fail", checks.Local, checks.Fail),
		kind("test.warn", checks.Local, checks.Warn), kind("test.intrusive", checks.Intrusive, checks.Fail),
	)
	if err != nil {
		t.Fatalf("drive: %v", err)
	}
	return reg
}

// World is a driver with its store.
type World struct {
	*Driver
	Store    *Store
	Registry *checks.Registry
	ID       string        // of the session that was made
	Vouched  *vouched.List // with the target of every session made, unless Options say Foreign
}

// Options say what world to make. Everything may be left out.
type Options struct {
	Foreign bool   // nobody on this machine stands for the session's target
	W, H    int    // 120×40
	Theme   string // mono: frames without colours
	ASCII   bool
	Screens map[screen.Name]screen.Maker // instead of, or beside, the root's table
	NoName  bool                         // nobody gave a name yet
	NewFile string                       // begins at New review with this target file

	Saved   []sessions.Summary // further sessions, for lists only
	Session bool               // make a session and open it
	Run     bool               // run what needs no consent in it
	Record  []sessions.Payload // then record these
	Profile string             // the session's, instead of Profile
	Kinds   []checks.Kind      // instead of Registry's, for that profile
	Change  func(*app.Options)
}

// NewWorld makes a world: the reviewer at Home, or on a session of Profile and Target.
func NewWorld(t T, o Options) *World {
	t.Helper()
	time.Local = time.UTC // screens show local time
	if o.W == 0 {
		o.W, o.H = 120, 40
	}
	w := &World{Store: NewStore(), Registry: Registry(t), Vouched: vouched.Open(t.TempDir())}
	if o.Kinds != nil {
		reg, err := checks.NewRegistry(o.Kinds...)
		if err != nil {
			t.Fatalf("drive: %v", err)
		}
		w.Registry = reg
	}
	for _, s := range o.Saved {
		w.Store.Put(s)
	}
	if o.Session {
		w.ID = w.session(t, o)
	}
	ao := app.Options{
		Store: w.Store, Vouched: w.Vouched, Registry: w.Registry, Config: &config.Config{Me: config.Me{Name: "R. Okafor"}}, Version: "test",
		Login: "me@laptop", Paint: Palette(t, o.Theme, o.ASCII), Open: w.ID, NewTarget: o.NewFile, Screens: o.Screens,
	}
	if o.NoName {
		ao.Config = &config.Config{}
	}
	if o.Change != nil {
		o.Change(&ao)
	}
	w.Driver = New(t, o.W, o.H, Start, func(now func() time.Time, after func(time.Duration, tea.Msg) tea.Cmd) *app.Model {
		ao.Now, ao.After = now, after
		return app.New(context.Background(), ao)
	})
	return w
}

// Again makes a second session of the same target and profile, closed, and returns its id.
func (w *World) Again() string {
	return w.session(w.t, Options{Run: true})
}

// session makes a session in the store and closes it again.
func (w *World) session(t T, o Options) string {
	t.Helper()
	ctx := context.Background()
	target, err := checks.ParseTarget("target.toml", []byte(Target), ".")
	if err != nil {
		t.Fatalf("drive: %v", err)
	}
	profile, err := checks.ParseProfile("small.toml", []byte(cmp.Or(o.Profile, Profile)), nil)
	if err != nil {
		t.Fatalf("drive: %v", err)
	}
	s, err := sessions.Create(ctx, w.Store, sessions.NewSession{Target: target, Profile: profile, Registry: w.Registry, Tool: "test", By: "R. Okafor"})
	if err != nil {
		t.Fatalf("drive: %v", err)
	}
	if o.Run {
		if err := s.Run(ctx, "R. Okafor", checks.RunOptions{Version: "test"}, func(checks.Event) {}); err != nil {
			t.Fatalf("drive: %v", err)
		}
	}
	if len(o.Record) > 0 {
		if _, err := s.Record(ctx, "R. Okafor", o.Record...); err != nil {
			t.Fatalf("drive: %v", err)
		}
	}
	if !o.Foreign {
		if err := w.Vouched.Vouch(s); err != nil {
			t.Fatalf("drive: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatalf("drive: %v", err)
	}
	return s.ID()
}

// Palette paints with a built-in theme in true colour; mono, the default, without any.
func Palette(t T, theme string, ascii bool) *paint.Palette {
	t.Helper()
	profile := termenv.TrueColor
	if theme == "" || theme == "mono" {
		theme, profile = "mono", termenv.Ascii
	}
	th, err := themes.Load(theme, "")
	if err != nil {
		t.Fatalf("drive: %v", err)
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(th.Dark)
	return paint.New(th, ascii, r)
}

// Review is the review that is open.
func (w *World) Review() *screen.Review { return w.Model.Env().Review }
