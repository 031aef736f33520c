package browser

import (
	"fmt"
	"strings"

	"assess/gonogo/checks"
)

// evidence is a visit as a text and as pictures of the named screens.
func (c *chromium) evidence(p *checks.Probe, f *facts, pictures ...string) []checks.Evidence {
	name := f.short(f.URL)
	text := c.about() + "\n\n" + f.text()
	var out []checks.Evidence
	for _, s := range screens {
		for _, wanted := range pictures {
			if wanted != s.Name {
				continue
			}
			if e, ok := p.Picture(fmt.Sprintf("%s in Chromium, %s", name, s), f.Shots[s.Name]); ok {
				out = append(out, e)
			} else {
				text += "\nno picture, " + s.String() + ": none could be taken, or it is larger than 2 MiB\n"
			}
		}
	}
	return append([]checks.Evidence{p.Note(name+" in Chromium", text)}, out...)
}

// text is a visit for people to read.
func (f *facts) text() string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s "+format+"\n", append([]any{name}, args...)...)
	}
	line("visited", "%s", f.URL)
	if f.Final != "" && f.Final != f.URL {
		line("ended at", "%s", f.Final)
	}
	line("status", "%d %s", f.Status, f.NetError)
	line("loaded", "%t (load event after %.0f ms, within %s), settled %t", f.Loaded, f.Content.Load, f.Limit, f.Settled)
	line("shows", "%d characters of text, %d drawn elements, title %q", len(f.Content.Text), f.Content.Drawn, f.Content.Title)
	line("webgl", "asked %d, got %d, draw calls %d, canvases %d, handed to workers %d", f.Content.Asked, f.Content.Got, f.Content.Drew, f.Content.Canvases, f.Content.Offscreen)
	line("held back", "%d ms at most, by gonogo's own pace", f.held().Milliseconds())
	if f.Crashed {
		line("crashed", "the page's process ended")
	}
	if f.Mute != "" {
		line("mute", "%s", f.Mute)
	}
	for _, list := range []struct {
		name  string
		lines []string
	}{{"exceptions", f.Exceptions}, {"console errors", f.Console}, {"dialogues, dismissed", f.Dialogs}, {"windows, closed", f.Popups}, {"navigations", f.Navigations}} {
		fmt.Fprintf(&b, "\n%s: %d\n", list.name, len(list.lines))
		for _, text := range list.lines {
			b.WriteString("  " + text + "\n")
		}
	}
	f.requests(&b)
	return b.String()
}

// requests lists what the page wanted, what was sent of it, and why the rest was not.
func (f *facts) requests(b *strings.Builder) {
	var refused strings.Builder
	count := 0
	fmt.Fprintf(b, "\nrequests\n")
	for _, a := range f.Asked {
		switch {
		case a.Refused != "":
			count++
			fmt.Fprintf(&refused, "  %-8s %-12s %s  (%s)\n", a.Method, a.Use, f.short(a.URL), a.Refused)
		case a.Trouble != "":
			fmt.Fprintf(b, "  %-8s %-12s %s  %d  %d bytes: %s\n", a.Method, a.Use, f.short(a.URL), a.Status, a.Bytes, a.Trouble)
		default:
			fmt.Fprintf(b, "  %-8s %-12s %s  %d  %d bytes  %d ms\n", a.Method, a.Use, f.short(a.URL), a.Status, a.Bytes, a.Took.Milliseconds())
		}
	}
	fmt.Fprintf(b, "\nnot asked: %d\n%s", count, refused.String())
	if f.Unlisted > 0 {
		fmt.Fprintf(b, "  and %d more requests\n", f.Unlisted)
	}
}
