package app_test

import (
	"crypto/ed25519"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/load"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// view is a screen or a dialog that somebody may look at, and how one gets there.
type view struct {
	shows string // the screen's name, or the dialog's type
	o     drive.Options
	world func(t *testing.T, o drive.Options) *drive.World // instead of drive.NewWorld
	keys  []string                                         // typed; those that begin with + are pressed
	still bool                                             // nothing was run: whose checks end in no order, and name the host
}

// review is what is recorded in the views' session: something of every kind.
var review = []sessions.Payload{
	sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass, Reason: "after 30 minutes", Strength: checks.Stated},
	sessions.Judged{Items: []string{"REL-01"}, Verdict: checks.Fail, Reason: "it names no version", Strength: checks.Stated},
	sessions.Noted{Item: "SEC-02", Text: "ask the gateway team"},
	sessions.FindingRecorded{Finding: sessions.Finding{Title: "Any origin may read the API", Severity: checks.High, Horizon: "immediate",
		Description: "Access-Control-Allow-Origin: * on every answer.", Recommendation: "Name the origins.", Owner: "platform", Items: []string{"SEC-02"}}},
	sessions.FindingRecorded{Finding: sessions.Finding{Title: "Migrations are kept with the code", Strength: true, Category: "reliability"}},
	sessions.CauseLinked{ID: "RC-1", Title: "no gateway in front", Items: []string{"SEC-02", "REL-02"}},
	sessions.ConditionRecorded{Condition: sessions.Condition{ID: "C1", Text: "Name the allowed origins", Owner: "L. Brandt", Due: "before deploy", VerifiedBy: []string{"SEC-02"}}},
	sessions.Waived{Waiver: sessions.Waiver{Item: "REL-01", Reason: "one release", Compensating: "looked at every hour", ApprovedBy: "L. Brandt", Expires: "2099-01-31"}},
}

// views is every screen and every dialog. Whoever adds one adds it here.
var views = map[string]view{
	"home":               {shows: "home", still: true, keys: []string{"H"}},
	"setup":              {shows: "setup", keys: []string{"H", "c"}},
	"walk":               {shows: "walk", keys: []string{"W", "j"}},
	"walk_sheet":         {shows: "walk", keys: []string{"W", "jf", "It answers anybody."}},
	"walk_page":          {shows: "walk", keys: []string{"W", "j", "+enter"}},
	"live":               {shows: "live", o: loading, keys: []string{"L"}},
	"decision":           {shows: "decision", keys: []string{"D"}},
	"conditions":         {shows: "conditions", keys: []string{"D", "+tab"}},
	"report":             {shows: "report", keys: []string{"R"}},
	"findings":           {shows: "findings", keys: []string{"F"}},
	"finding":            {shows: "finding", keys: []string{"F", "+enter"}},
	"settings":           {shows: "settings", keys: []string{":settings", "+enter"}},
	"help_topic":         {shows: "help", keys: []string{":accessibility", "+enter"}},
	"sign":               {shows: "sign", still: true, keys: []string{"S"}},
	"compare":            {shows: "compare", world: twice},
	"messages":           {shows: "messages", keys: []string{"W", "L", "z", "+ctrl+r", ":messages", "+enter"}},
	"history":            {shows: "history", still: true, keys: []string{"T"}},
	"verify":             {shows: "verify", still: true, world: handed},
	"dialog_countersign": {shows: "*verify.countersign", still: true, world: handed, keys: []string{"c"}},
	"search":             {shows: "search", still: true, keys: []string{":search", "+enter", "gateway", "+enter"}},
	"dialog_keys":        {shows: "*app.menu", still: true, keys: []string{"W", "?"}},
	"dialog_palette":     {shows: "*app.menu", still: true, keys: []string{"W", ":re"}},
	"dialog_desk":        {shows: "*app.desk", still: true, world: halfTyped},
	"dialog_welcome":     {shows: "*app.welcome", still: true, world: cutOff},
	"dialog_retest":      {shows: "*app.retest", still: true, world: retested},
	"dialog_form":        {shows: "*form.Dialog", still: true, keys: []string{"W", "jv"}},
	"dialog_confirm":     {shows: "*screen.Confirm", still: true, keys: []string{"F", "+delete"}},
	"dialog_prompt":      {shows: "*screen.Prompt", still: true, keys: []string{":open a file", "+enter"}},
	"dialog_cause":       {shows: "*walk.causeDialog", still: true, keys: []string{"W", "jx"}},
	"dialog_foreign":     {shows: "*screen.foreign", still: true, o: drive.Options{Foreign: true}, keys: []string{"W", "r"}},
	"dialog_sides":       {shows: "*compare.sides", still: true, world: twice, keys: []string{"l", "j", "+enter"}},
	"dialog_consent":     {shows: "*consent.Dialog", still: true, keys: []string{"W", "s"}},
}

// loading is a review with load in it.
var loading = drive.Options{Kinds: load.Kinds(), Profile: `
id = "load"
title = "Load"
version = 1
[scoring]
method = "weighted"
[[category]]
id = "scalability"
title = "Scalability"
[[category.item]]
id = "SCA-01"
title = "10 users are served"
severity = "high"
level = "C"
checks = [{ kind = "load.steps", path = "/api/strategies", users = 10, measure = "8s" }]
`}

// at opens a view in a size and a look.
func (v view) at(t *testing.T, w, h int, theme string, ascii bool) *drive.World {
	t.Helper()
	t.Setenv("HOME", "/nonexistent") // no keys to sign with
	t.Setenv("SSH_AUTH_SOCK", "")
	o := v.o
	if o.W == 0 {
		o.W, o.H = w, h
	}
	o.Theme, o.ASCII, o.Session, o.Run = theme, ascii, true, !v.still
	if o.Kinds == nil {
		o.Record = review
	} else {
		o.Record = []sessions.Payload{sessions.Consented{Class: checks.Load, Host: "127.0.0.1:1", Items: []string{"SCA-01"}}}
	}
	change := o.Change
	o.Change = func(a *app.Options) {
		a.Topics = []screen.Topic{{Name: "accessibility", Title: "Accessibility", Text: "# Accessibility\n\nEverything is said in words, too.\n\n    gonogo --plain\n"}}
		if change != nil {
			change(a)
		}
	}
	build := v.world
	if build == nil {
		build = func(t *testing.T, o drive.Options) *drive.World { return drive.NewWorld(t, o) }
	}
	world := build(t, o)
	if o.Kinds != nil {
		loads(world)
	}
	for _, k := range v.keys {
		if name, ok := strings.CutPrefix(k, "+"); ok && len(name) > 1 {
			world.Press(name)
		} else {
			world.Keys(k)
		}
	}
	world.Advance(time.Second)
	if got := world.Model.Shown(); got != v.shows {
		t.Fatalf("%s is open, not %s:\n%s", got, v.shows, world.Screen())
	}
	return world
}

// twice makes a second, better review of the same target.
func twice(t *testing.T, o drive.Options) *drive.World {
	w := drive.NewWorld(t, o)
	again := w.Again()
	w.Send(screen.OpenMsg{Name: screen.Compare, Args: screen.Args{Sessions: []string{w.ID, again}}})
	return w
}

// cutOff is a review whose terminal went away while a reason was being typed.
func cutOff(t *testing.T, o drive.Options) *drive.World {
	first := drive.NewWorld(t, o)
	first.Keys("Wjf")
	first.Keys("Anybody may read it")
	first.Advance(time.Second)
	first.Store.Unlock(first.ID)
	change := o.Change
	o.Session, o.Run, o.Record = false, false, nil
	o.Change = func(a *app.Options) {
		change(a)
		a.Store, a.Vouched, a.Registry, a.Open = first.Store, first.Vouched, first.Registry, first.ID
	}
	return drive.NewWorld(t, o)
}

// retested is a review that is tested again, at once.
func retested(t *testing.T, o drive.Options) *drive.World {
	before := drive.NewWorld(t, o)
	before.Press("ctrl+c") // lets the session go
	old, err := sessions.View(t.Context(), before.Store, before.Registry, before.ID)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Retest(t.Context(), before.Store, old, sessions.NewSession{
		Target: old.State().Target, Profile: old.State().Profile, Registry: before.Registry, Tool: "test", By: "R. Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	change := o.Change
	o.Session, o.Run, o.Record = false, false, nil
	o.Change = func(a *app.Options) {
		change(a)
		a.Store, a.Vouched, a.Registry, a.Open, a.Begin = before.Store, before.Vouched, before.Registry, s.ID(), true
	}
	return drive.NewWorld(t, o)
}

// handed is a signed report that somebody sent, being verified.
func handed(t *testing.T, o drive.Options) *drive.World {
	w := drive.NewWorld(t, o)
	w.Press("ctrl+c") // lets the session go
	saved, err := sessions.View(t.Context(), w.Store, w.Registry, w.ID)
	if err != nil {
		t.Fatal(err)
	}
	c, facts, err := handover.Contents(t.Context(), saved, "test")
	if err != nil {
		t.Fatal(err)
	}
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	facts.Signer, facts.SignedAt = "r.okafor@example.com", drive.Start
	file, err := signing.Sign(c, facts, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("report.gonogo", file, 0o600); err != nil {
		t.Fatal(err)
	}
	trusted := append([]byte("r.okafor@example.com namespaces=\""+signing.NamespaceReport+"\" "), ssh.MarshalAuthorizedKey(key.PublicKey())...)
	if err := os.WriteFile("allowed_signers", trusted, 0o600); err != nil {
		t.Fatal(err)
	}
	change := o.Change
	o.Session, o.Record = false, nil
	o.Change = func(a *app.Options) {
		change(a)
		a.ConfigDir = "."
	}
	registry := w.Registry
	w = drive.NewWorld(t, o)
	w.Model.Env().Registry = registry
	w.Send(screen.OpenMsg{Name: screen.Verify, Args: screen.Args{File: "report.gonogo"}})
	return w
}

// loads plays one step of load.
func loads(w *drive.World) {
	r := w.Review()
	r.Running = &screen.Running{Classes: []checks.Class{checks.Load}, Started: w.Now(), Now: map[string]time.Time{}, Says: map[string]clean.Text{}}
	r.Load = screen.NewLoad(r.State.Plan, nil)
	send := func(e checks.Event) { w.Send(tea.Msg(screen.StateChanged{Review: r, Events: []checks.Event{e}})) }
	send(checks.Started{Item: "SCA-01", At: drive.Start})
	for e := 250 * time.Millisecond; e <= 6*time.Second; e += 250 * time.Millisecond {
		l := checks.Loading{
			Item: "SCA-01", At: drive.Start.Add(e), Sends: "GET /api/strategies", Elapsed: e,
			Stretch: checks.Stretch{Title: "10 users", Users: 10, Time: 9 * time.Second, Limit: 500 * time.Millisecond},
			Busy:    0.22, Late: 1400 * time.Microsecond, InFlight: 10, Span: time.Second, Good: 119, Answers: int(119 * e.Seconds()),
			P50: 84 * time.Millisecond, P90: 112 * time.Millisecond, P99: 190 * time.Millisecond,
			Used: checks.Used{MostUsers: 200, MostRate: 500, Requests: int64(119 * e.Seconds()), MostRequests: 50000, Bytes: 3 << 20, MostBytes: 512 << 20, Spent: e, MostTime: 3 * time.Minute},
		}
		l.Spread[20], l.Spread[21] = 800, 152
		send(l)
	}
}
