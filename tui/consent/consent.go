// Package consent is the dialog that asks whether a class of checks may run: what they
// send, where, how much at most, what stops them and what they leave behind. It is asked
// anew for every run and never remembered.
//
// It imports no screen but the package that they share, checks/guard and checks/load for
// their bounds.
package consent

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// Dialog asks for one class.
type Dialog struct {
	env    *screen.Env
	class  checks.Class
	asks   []checks.Ask
	target *checks.Target
	host   string // what has to be typed
	local  bool   // the host is this machine: y stands for it
	runs   bool   // all that is asked for is to start declared commands here
	typed  widget.Field
	err    string
	top    int
	more   int // lines out of sight
	room   int // lines in sight
	answer func(allowed bool, host string) tea.Cmd
}

// New makes the dialog. answer hears once whether it is allowed, and the host as confirmed.
func New(env *screen.Env, class checks.Class, asks []checks.Ask, answer func(allowed bool, host string) tea.Cmd) *Dialog {
	d := &Dialog{env: env, class: class, asks: asks, target: env.Review.State.Target, answer: answer, typed: widget.Field{Limit: 255}}
	if u, err := url.Parse(d.target.BaseURL); err == nil {
		d.host = u.Host
		d.local = guard.IsLoopback(u.Hostname())
	}
	if d.runs = !slices.ContainsFunc(asks, func(a checks.Ask) bool { return a.Runs == "" }); d.runs {
		d.host, d.local = "", true
	}
	return d
}

// Do allows, scrolls, or answers not now.
func (d *Dialog) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.DialogYes:
		if !d.local {
			return nil, false
		}
		return d.allow(), true
	case action.FieldSave, action.Enter, action.DialogChoose:
		if d.local {
			return nil, true // Enter is no answer to what is dangerous
		}
		return d.allow(), true
	case action.FieldLeave, action.DialogNo, action.Back:
		return screen.Close(d.answer(false, "")), true
	}
	return nil, d.scroll(id)
}

// scroll moves what is asked for. False: the action scrolls nothing.
func (d *Dialog) scroll(id action.ID) bool {
	switch id {
	case action.Down, action.FieldNext:
		d.top++
	case action.Up, action.FieldPrev:
		d.top--
	case action.PageDown:
		d.top += max(d.room-1, 1)
	case action.PageUp:
		d.top -= max(d.room-1, 1)
	case action.Top:
		d.top = 0
	case action.Bottom:
		d.top = d.more
	default:
		return false
	}
	d.top = max(min(d.top, d.more), 0)
	return true
}

// scrollKeys are the keys of a field that scroll what stands above it.
var scrollKeys = map[tea.KeyType]action.ID{
	tea.KeyUp: action.Up, tea.KeyDown: action.Down, tea.KeyPgUp: action.PageUp, tea.KeyPgDown: action.PageDown,
	tea.KeyCtrlHome: action.Top, tea.KeyCtrlEnd: action.Bottom,
}

// allow says yes where the host stands there whole.
func (d *Dialog) allow() tea.Cmd {
	typed := strings.TrimSpace(d.typed.Text())
	if !d.local && !strings.EqualFold(typed, d.host) && !strings.EqualFold(typed, hostOnly(d.host)) {
		d.err = fmt.Sprintf(wrongHost, d.host)
		return nil
	}
	return screen.Close(d.answer(true, d.host))
}

func hostOnly(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return hostport
}

// Type types the host; Enter allows once it is complete.
func (d *Dialog) Type(k tea.KeyMsg) tea.Cmd {
	if k.Type == tea.KeyEnter {
		return d.allow()
	}
	if id, ok := scrollKeys[k.Type]; ok {
		d.scroll(id)
		return nil
	}
	d.err = ""
	cmd, _ := d.typed.Type(k)
	return cmd
}

// Update takes no data.
func (d *Dialog) Update(tea.Msg) tea.Cmd { return nil }

// TextFocus is on where the host has to be typed.
func (d *Dialog) TextFocus() bool { return !d.local }

// Actions are allowing and leaving.
func (d *Dialog) Actions() []action.State {
	yes := action.On(action.DialogYes).Say(allowOnce)
	if !d.local {
		yes = action.On(action.Enter).Say(allowTyped)
	}
	scroll := action.When(d.more > 0, action.Down, allInSight).And(action.Up).Say(scrolls)
	if !d.local { // letters belong to the host
		scroll = scroll.Hide()
	}
	out := []action.State{yes, action.On(action.DialogNo).Say(notNow), scroll}
	for _, id := range []action.ID{action.PageDown, action.PageUp, action.Top, action.Bottom} {
		out = append(out, action.On(id).Hide())
	}
	return out
}

// View draws the box: what is asked scrolls, the answer stays in sight.
func (d *Dialog) View(w, h int) []string {
	p := d.env.Paint
	w = min(w, 72)
	inner := w - 4
	if inner < 20 {
		inner = max(inner, 1)
	}
	body := d.body(inner)
	foot := d.foot(inner)
	room := max(h-2-len(foot), 1)
	d.room, d.more = room, max(len(body)-room, 0)
	d.top = min(d.top, d.more)
	if len(body) > room {
		body = body[d.top : d.top+room]
		if d.top < d.more {
			l := p.Line(inner)
			keys := d.env.Key(action.Down) + " " + d.env.Key(action.Up)
			if !d.local {
				keys = "↓ ↑"
			}
			l.Gap(2).Add(themes.Strong, screen.LinesMore(d.more-d.top)).Add(themes.Muted, fmt.Sprintf(belowScroll, keys))
			body[len(body)-1] = l.String()
		}
	}
	return p.Box(w, fmt.Sprintf(boxTitle, d.class), append(body, foot...))
}

// foot is the answer.
func (d *Dialog) foot(inner int) []string {
	p := d.env.Paint
	ask, last := p.Line(inner), p.Line(inner)
	if d.local {
		ask.Gap(2).Add(themes.Text, d.here())
		last.Gap(2).Add(themes.Strong, d.env.Key(action.DialogYes)).Add(themes.Text, " "+allowOnce)
	} else {
		ask.Gap(2).Add(themes.Muted, typeTheHost)
		room := max(ask.Room(), 1)
		ask.Splice(d.typed.Lines(p, themes.Text, room, 1, true)[0], room)
		last.Gap(2).Add(themes.Strong, "Enter").Add(themes.Text, " "+allowTyped)
	}
	last.End(themes.Muted, d.env.Key(action.DialogNo)+" "+stayPending)
	wrong := p.Line(inner)
	if d.err != "" {
		wrong.Gap(2).Add(themes.Error, "! "+d.err)
	}
	return []string{paint.Blank(inner), ask.String(), wrong.String(), last.String()}
}

// body says what is asked for: the bounds that hold for all first, so that a low window
// shows them without scrolling, then each check.
func (d *Dialog) body(inner int) []string {
	out := d.row(inner, "", themes.Text, waiting(len(d.asks)))
	for _, f := range d.facts() {
		out = append(out, d.row(inner, f[0], themes.Text, f[1])...)
	}
	return append(append(out, paint.Blank(inner)), d.sent(inner)...)
}

// row is a label with its text, wrapped.
func (d *Dialog) row(inner int, label string, t themes.Token, text string) []string {
	col := 12
	if label == "" {
		col = 2
	}
	var out []string
	for i, part := range paint.Wrap(text, max(inner-col-1, 1)) {
		l := d.env.Paint.Line(inner)
		l.Gap(2)
		if i == 0 {
			l.Add(themes.Muted, label)
		}
		out = append(out, l.To(col).Add(t, part).String())
	}
	return out
}
