package app_test

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// stub is a screen that writes down what it is told.
type stub struct {
	env    *screen.Env
	name   string
	did    []action.ID
	field  widget.Field
	typing bool
	filter string
	got    int // StateChanged
	args   screen.Args
	back   bool
}

func (s *stub) Open(a screen.Args) tea.Cmd { s.args = a; return nil }
func (s *stub) Update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case screen.StateChanged:
		s.got++
	case screen.BackMsg:
		s.back = true
	}
	return nil
}
func (s *stub) Do(id action.ID) (tea.Cmd, bool) {
	switch group, _, _ := strings.Cut(string(id), "."); {
	case id == action.FieldLeave && s.typing:
		s.typing = false
		return nil, true
	case id == action.Edit || id == action.ItemNote:
		s.typing = true
		return nil, true
	case id == action.Back || group != "nav" && group != "judge" && group != "item" && group != "record":
		return nil, false
	}
	s.did = append(s.did, id)
	return nil, true
}
func (s *stub) Type(k tea.KeyMsg) tea.Cmd { cmd, _ := s.field.Type(k); return cmd }
func (s *stub) TextFocus() bool           { return s.typing }
func (s *stub) Actions() []action.State {
	return []action.State{action.On(action.JudgePass), action.On(action.JudgeWarn), action.Off(action.JudgeClear, "none of yours here"),
		action.On(action.ItemNote), action.On(action.Enter)}
}
func (s *stub) View(w, h int) string {
	l := s.env.Paint.Line(w)
	l.Gap(1).Add(0, s.name+" "+s.filter)
	return paint.Page(w, h, []string{l.String()})
}
func (s *stub) Keep() screen.Kept  { return screen.Kept{"did": s.name} }
func (s *stub) Filter(text string) { s.filter = text }
func (s *stub) Filtered() string   { return s.filter }

// stubs gives every screen of the review a stub and remembers the last made of each.
func stubs(made map[screen.Name]*stub, names ...screen.Name) map[screen.Name]screen.Maker {
	out := map[screen.Name]screen.Maker{}
	for _, n := range names {
		out[n] = func(env *screen.Env) screen.Screen {
			s := &stub{env: env, name: string(n)}
			made[n] = s
			return s
		}
	}
	return out
}

func open(t *testing.T, o drive.Options) (*drive.World, map[screen.Name]*stub) {
	t.Helper()
	made := map[screen.Name]*stub{}
	o.Session = true
	o.Screens = stubs(made, screen.Walk, screen.Decision, screen.Live)
	return drive.NewWorld(t, o), made
}

func ids(list []action.ID) string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = string(id)
	}
	return strings.Join(out, " ")
}

func TestKeysBecomeActions(t *testing.T) {
	w, made := open(t, drive.Options{})
	walk := made[screen.Walk]
	w.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jj")})
	w.Keys("pw3 ")
	w.Press("enter", "tab")
	if got, want := ids(walk.did), "nav.down nav.down judge.pass judge.warn nav.category.3 item.tick nav.open nav.next_pane"; got != want {
		t.Errorf("did %s\nwant %s", got, want)
	}
	w.Press("delete")
	w.Has("not now: none of yours here")
	if got := ids(walk.did); strings.Contains(got, "judge.clear") || strings.Contains(got, "remove") {
		t.Errorf("an action that is off was done: %s", got)
	}
}

func TestALetterInAFieldIsALetter(t *testing.T) {
	w, made := open(t, drive.Options{})
	walk := made[screen.Walk]
	w.Keys("e")
	w.Keys("?:pq")
	w.Paste("a paste")
	if got := walk.field.Text(); got != "?:pqa paste" || len(walk.did) != 0 {
		t.Errorf("typed %q, did %s", got, ids(walk.did))
	}
	w.Press("esc")
	if walk.typing {
		t.Error("Esc did not leave the field")
	}
	w.Paste("ppp")
	if len(walk.did) != 0 {
		t.Errorf("a paste became keys: %s", ids(walk.did))
	}
	if walk.field.Text() != "?:pqa paste" {
		t.Error("what was typed is gone")
	}
}

func TestEscGoesBackAsFarAsWalk(t *testing.T) {
	w, made := open(t, drive.Options{})
	w.Keys("D")
	w.Has("decision")
	w.Keys("/x")
	w.Has("decision x", "/ x▏")
	w.Press("enter")
	w.Has("“x”, Esc clears")
	w.Press("esc")
	w.Lacks("decision x")
	w.Press("esc")
	w.Has(" walk")
	if !made[screen.Walk].back {
		t.Error("Walk was not told that it is back")
	}
	w.Press("esc")
	w.Has(" walk")
	w.Keys("q")
	w.Has("gonogo", "1 review")
	w.Press("esc")
	if w.Quit {
		t.Error("Esc left the program")
	}
	w.Keys("q")
	if !w.Quit {
		t.Error("q at Home does not leave")
	}
}

func TestGoingComesBackToWhatIsOpen(t *testing.T) {
	w, made := open(t, drive.Options{})
	first := made[screen.Walk]
	w.Keys("D")
	w.Keys("W")
	w.Has(" walk")
	if made[screen.Walk] != first {
		t.Error("W made a second Walk")
	}
	w.Keys("D")
	if got := made[screen.Decision].args.Kept["did"]; got != "decision" {
		t.Errorf("Decision came back without its place: %q", got)
	}
}

func TestHelpRunsTheMarkedAction(t *testing.T) {
	w, made := open(t, drive.Options{})
	w.Keys("?")
	w.Has("Keys here: Walk", "p ", "pass", "saves and goes to the next", "not now: none of yours here")
	w.Keys("/war")
	w.Lacks("saves and goes")
	w.Press("enter")
	w.Lacks("Keys here")
	if got := ids(made[screen.Walk].did); got != "judge.warn" {
		t.Errorf("did %s", got)
	}
	w.Keys("?/zzz")
	w.Has("Nothing matches “zzz”")
	w.Press("esc")
	w.Has("Keys here")
	w.Press("esc")
	w.Lacks("Keys here")
}

func TestPalette(t *testing.T) {
	w, made := open(t, drive.Options{})
	w.Press("ctrl+p")
	w.Keys("rel 3")
	w.Has("REL-03 Shutdown drains", "item")
	w.Press("enter")
	if got := made[screen.Walk].args.Item; got != "REL-03" {
		t.Errorf("opened on %q", got)
	}
	w.Keys(":messages")
	w.Press("enter")
	w.Has("Messages")
	w.Press("esc")
	w.Keys(":")
	if l := w.Line(5); !strings.Contains(w.Screen(), "▸ messages") {
		t.Errorf("the last command is not first: %s", l)
	}
	w.Keys("redo")
	w.Press("enter")
	w.Has("not now: ")
}

func TestADialogThatOpensByItselfIsDeaf(t *testing.T) {
	w, _ := open(t, drive.Options{})
	asked := 0
	c := screen.NewConfirm(w.Model.Env(), "Load?", "Really", "allow", func() tea.Cmd { asked++; return nil })
	w.Send(screen.AskMsg{Dialog: c, ByItself: true})
	w.Has("Load?")
	w.Keys("y")
	w.Press("esc")
	w.Has("Load?")
	w.Advance(425 * time.Millisecond)
	w.Keys("y")
	w.Lacks("Load?")
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestToastsFade(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Send(screen.ToastMsg{Kind: screen.Good, Text: "REL-07 fail saved"})
	w.Has("✓ REL-07 fail saved")
	w.Advance(3900 * time.Millisecond)
	w.Has("REL-07 fail saved")
	w.Advance(200 * time.Millisecond)
	w.Lacks("REL-07 fail saved")
	w.Send(screen.ToastMsg{Kind: screen.Alert, Text: "can't save: disk full"})
	w.Advance(time.Minute)
	w.Has("! can't save: disk full")
	w.Keys("j")
	w.Lacks("disk full")
	w.Keys(":messages")
	w.Press("enter")
	w.Has("REL-07 fail saved", "disk full", "14:5")
}

func TestALongMessageIsReadWhole(t *testing.T) {
	w, _ := open(t, drive.Options{W: 80, H: 24})
	w.Send(screen.ToastMsg{Kind: screen.Alert, Text: "can't save: " + strings.Repeat("no room on the disk ", 6) + "at all"})
	w.Keys(":app.messages")
	w.Press("enter")
	w.Has("can't save", "at all")
	w.Sweep(90, 14)
}

func TestTooSmall(t *testing.T) {
	w, _ := open(t, drive.Options{W: 38, H: 11})
	want := "gonogo needs 40x12, this is 38x11.    \nEverything is saved.                  \nEnlarge the window, or q leaves.      "
	if got := w.Screen(); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
	w.Keys("D")
	w.Resize(80, 24)
	w.Has("decision")
}

func TestFooterDropsWholeEntries(t *testing.T) {
	w, _ := open(t, drive.Options{W: 80, H: 24})
	if got, want := w.Line(-1), " p pass  w warn  Delete take back  e note   Enter open                   ? keys "; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	w.Resize(40, 12)
	if got, want := w.Line(-1), " p pass  w warn                  ? keys "; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestEveryScreenAtEverySize(t *testing.T) {
	w, _ := open(t, drive.Options{Theme: "dark", Run: true})
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"walk", func() {}}, {"help", func() { w.Keys("?") }}, {"help, searching", func() { w.Keys("/pa") }},
		{"palette", func() { w.Press("esc", "esc"); w.Keys(":s") }}, {"messages", func() { w.Keys("\b"); w.Press("esc"); w.Keys(":messages"); w.Press("enter") }},
		{"home", func() { w.Keys("H") }}, {"new review", func() { w.Keys("c") }},
	} {
		step.do()
		t.Run(step.name, func(*testing.T) { w.Sweep(130, 30) })
	}
}

func TestAKeptFrameCostsNothing(t *testing.T) {
	w, _ := open(t, drive.Options{Theme: "dark"})
	w.Frame()
	if n := testing.AllocsPerRun(100, func() { _ = w.Model.View() }); n != 0 {
		t.Errorf("a kept frame takes %.0f allocations", n)
	}
}

func TestAKeyCostsLittle(t *testing.T) {
	w, _ := open(t, drive.Options{Theme: "dark"})
	w.Keys("H")
	down, up := tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyUp}
	if n := testing.AllocsPerRun(100, func() { w.Model.Update(down); w.Model.Update(up) }); n > 60 {
		t.Errorf("two keys take %.0f allocations, want at most 60", n)
	}
	if n := testing.AllocsPerRun(50, func() { w.Model.Update(down); _ = w.Model.View() }); n > 400 {
		t.Errorf("a key and a cold frame take %.0f allocations, want at most 400", n)
	}
}

// Streamed data asks for at most thirty frames a second; a key is painted at once.
func TestDataDoesNotPaintEveryTime(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Frame()
	w.Advance(time.Second)
	w.Frame()
	before := w.Line(1)
	for range 100 {
		w.Send(screen.StateChanged{Review: w.Review()})
		w.Model.View()
	}
	if n := w.Model.Painted(); n > 4 {
		t.Errorf("%d frames were painted within no time (%q)", n, before)
	}
	n := w.Model.Painted()
	w.Keys("j")
	w.Frame()
	if w.Model.Painted() != n+1 {
		t.Error("a key was not painted at once")
	}
}
