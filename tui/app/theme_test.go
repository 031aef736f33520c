package app_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"assess/gonogo/themes"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// shelf is a folder of themes that a test changes under the program.
type shelf struct {
	t     *testing.T
	wrong error
	fail  string // colour of fail in the theme mine
}

func (s *shelf) load(name string) (*paint.Palette, error) {
	if s.wrong != nil {
		return nil, s.wrong
	}
	if name != "mine" {
		return drive.Palette(s.t, name, false), nil
	}
	p := drive.Palette(s.t, "dark", false)
	theme := *p.Theme
	theme.Name, theme.Styles[themes.Fail].Fg = "mine", s.fail
	return paint.New(&theme, false, nil), nil
}

// world watches the shelf: changed tells the program that a file changed, as the folder
// would.
func (s *shelf) world() (w *drive.World, changed func()) {
	w = drive.NewWorld(s.t, drive.Options{W: 80, H: 24, Theme: "dark", Session: true, Change: func(o *app.Options) {
		o.Themes, o.Theme = s.load, "mine"
		o.ThemeNames = func() []string { return append(themes.Names(), "mine") }
	}})
	return w, func() { w.Send(app.ThemeFileChanged) }
}

func TestAChangedThemeIsPaintedAtOnce(t *testing.T) {
	s := &shelf{t: t, fail: "#ff0000"}
	w, changed := s.world()
	theme := func() *themes.Theme { return w.Model.Env().Paint.Theme }
	changed() // the theme that was wanted at the start was wrong then
	if theme().Name != "mine" || theme().Styles[themes.Fail].Fg != "#ff0000" {
		t.Fatalf("paints with %s", theme().Name)
	}
	w.Advance(5 * time.Second)
	toasts := len(w.Model.Env().Toasts)
	changed()
	if n := len(w.Model.Env().Toasts); n != toasts {
		t.Errorf("a theme that is the same was told: %+v", w.Model.Env().Toasts)
	}
	s.wrong = errors.New("mine.toml:3: unknown token mutd; did you mean muted?")
	changed()
	w.Has("! theme mine stays: mine.toml:3: unknown token mutd; did you mean muted?")
	if theme().Styles[themes.Fail].Fg != "#ff0000" {
		t.Error("the last good theme is gone")
	}
	w.Advance(time.Minute)
	w.Has("theme mine stays") // until the next key
	s.wrong, s.fail = nil, "#00ff00"
	changed()
	if theme().Styles[themes.Fail].Fg != "#00ff00" {
		t.Error("the mended theme does not hold")
	}
	w.Lacks("stays")
	s.wrong = fmt.Errorf("%w %q", themes.ErrUnknown, "mine") // deleted, or between two steps of a save
	changed()
	w.Lacks("stays")
}

func TestNextThemeGoesThroughThePersonsOwn(t *testing.T) {
	s := &shelf{t: t, fail: "#ff0000"}
	w, _ := s.world()
	seen := map[string]bool{}
	for range len(themes.Names()) + 1 {
		w.Keys(":next theme")
		w.Press("enter")
		seen[w.Model.Env().Paint.Theme.Name] = true
	}
	if !seen["mine"] || !seen["dark"] || len(seen) != len(themes.Names())+1 {
		t.Errorf("painted with %v", seen)
	}
}

// Nothing that is ours wakes up while nobody does anything: no timer runs, no frame is
// painted.
func TestIdleWakesNobodyUp(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Theme: "dark", Session: true, Run: true})
	w.Keys("jj")
	w.Advance(10 * time.Second)
	w.Frame()
	if n := w.Timers(); n != 0 {
		t.Errorf("%d timers run", n)
	}
	frames := w.Model.Painted()
	w.Advance(time.Minute)
	w.Frame()
	if n := w.Model.Painted(); n != frames {
		t.Errorf("%d frames were painted", n-frames)
	}
	w.Keys("j")
	if w.Timers() == 0 {
		t.Error("nobody keeps where the person is")
	}
}

// With reduce_motion a run is painted once a second at most.
func TestCalm(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Frame()
	w.Keys(":calm")
	w.Press("enter")
	w.Has("calm: what runs is painted once a second at most")
	if !w.Model.Env().Config.ReduceMotion {
		t.Fatal("it is not calm")
	}
	w.Review().Running = &screen.Running{Started: w.Now()}
	w.Advance(10 * time.Second)
	w.Frame()
	before := w.Model.Painted()
	for range 20 {
		w.Advance(100 * time.Millisecond)
		w.Send(screen.StateChanged{Review: w.Review(), State: w.Review().State})
		w.Model.View()
	}
	if n := w.Model.Painted() - before; n < 1 || n > 3 {
		t.Errorf("two seconds took %d frames", n)
	}
	w.Keys("j") // a key is painted at once all the same
	before = w.Model.Painted()
	w.Keys("k")
	w.Frame()
	if w.Model.Painted() != before+1 {
		t.Error("a key waits")
	}
}

// A terminal on a slow line tells its background after the first frame. That chooses the
// theme where nobody else has, and says nothing.
func TestALateAnswerChoosesTheTheme(t *testing.T) {
	for _, c := range []struct{ wanted, shown, want string }{
		{"", "dark", "light"},
		{"dark", "dark", "dark"},
		{"", "contrast-dark", "contrast-dark"},
	} {
		w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Theme: c.shown, Change: func(o *app.Options) {
			o.Theme = c.wanted
			o.Themes = func(name string) (*paint.Palette, error) { return drive.Palette(t, name, false), nil }
		}})
		w.Send(app.LightBackground{})
		if got := w.Model.Env().Paint.Theme.Name; got != c.want {
			t.Errorf("%+v: painted with %s", c, got)
		}
		if n := len(w.Model.Env().Toasts); n != 0 {
			t.Errorf("%+v: it was told: %+v", c, w.Model.Env().Toasts)
		}
	}
}
