package browser

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"assess/gonogo/checks"
)

// WebGLParams are the parameters of browser.webgl.
type WebGLParams struct {
	Path  string         `toml:"path" doc:"the page; default the target's pages"`
	Pages checks.Strings `toml:"pages" doc:"several pages, judged together; at most ten"`
	Want  string         `toml:"want" doc:"frame (default): the page draws with WebGL; fallback: without WebGL it says so or shows something else"`
}

var browserWebGL = checks.Define(checks.Kind{
	ID: "browser.webgl", Title: "The page draws with WebGL, and says so without it", Class: checks.Safe, Severity: checks.Low, Last: true, Limit: runLimit,
	Sends: sends + "; with want = \"fallback\" a page that uses WebGL is opened once more with WebGL taken away",
	Rule: "want = frame: PASS: the page gets a WebGL context and draws with it. FAIL: it does not, or throws an exception. " +
		"want = fallback: PASS: without WebGL it throws nothing and shows new words about it. WARN: it throws nothing, and shows other content or the same. FAIL: it throws an exception, or shows nothing. na: the page asks for no WebGL while it loads. " +
		"inconclusive: no browser, or one without WebGL of its own; the page draws in a worker; or something it needs was not sent.",
	Fix:  "Ask for the context once, look at the answer, say what is missing and offer a table or a picture instead.",
	Refs: []string{"WebGL 1.0, 5.2", "WCAG 2.2"},
}, func(ctx context.Context, p *checks.Probe, params WebGLParams) checks.Result {
	if params.Want != "" && params.Want != "frame" && params.Want != "fallback" {
		return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("want: %q is neither frame nor fallback", params.Want))
	}
	c := theBrowser(p)
	r, _ := eachPage(ctx, p, pagesOf(p, params.Path, params.Pages), func(f *facts, k known) (opinion, []checks.Evidence) {
		evidence := c.evidence(p, f, "desktop")
		if params.Want != "fallback" {
			return judgeFrame(f, k, c.webgl), evidence
		}
		if o, done := judgeUse(f, c.webgl); done {
			return o, evidence
		}
		without, err := c.look(ctx, f.URL, true)
		if err != nil {
			return unsure("without WebGL: " + err.Error()), evidence
		}
		return judgeFallback(f, without, k), append(evidence, c.evidence(p, without, "desktop")...)
	})
	return r
})

// judgeSeen decides where a page's use of WebGL could not be seen.
func judgeSeen(f *facts, able bool) (opinion, bool) {
	if o, done := judgeArrival(f); done {
		return o, true
	}
	missed := f.missed()
	switch {
	case !able:
		return unsure("this browser itself makes no WebGL context"), true
	case len(missed) > 0:
		return unsure("is not seen whole: " + whyMissed(f, missed[0]) + more(len(missed))), true
	case f.Mute != "":
		return unsure(f.Mute), true
	case f.Content.Offscreen > 0 && f.Content.Drew == 0:
		return unsure("hands its canvas to a worker, which is not looked into"), true
	}
	return opinion{}, false
}

// judgeFrame decides whether a page draws with WebGL.
func judgeFrame(f *facts, k known, able bool) opinion {
	if o, done := judgeSeen(f, able); done {
		return o
	}
	switch {
	case len(f.Exceptions) > 0:
		return fail("throws an exception that nothing catches: " + quote(f.Exceptions[0]) + more(len(f.Exceptions)))
	case !f.Loaded:
		return unsure(fmt.Sprintf("fired no load event within %s", f.Limit))
	case f.Content.Asked == 0:
		return fail("asks for no WebGL context while it loads")
	case f.Content.Got == 0:
		return fail("gets no WebGL context, in a browser that makes them")
	case f.Content.Drew == 0:
		return fail("gets a WebGL context and draws nothing with it")
	}
	if o, done := judgeKnown(k); done {
		return o
	}
	return pass(fmt.Sprintf("draws with WebGL: %s while it loads", plural(f.Content.Drew, "draw call")))
}

// judgeUse decides where there is no fallback to look for.
func judgeUse(f *facts, able bool) (opinion, bool) {
	if o, done := judgeSeen(f, able); done {
		return o, true
	}
	switch {
	case f.Content.Asked == 0 && !f.Loaded:
		return unsure(fmt.Sprintf("fired no load event within %s", f.Limit)), true
	case f.Content.Asked == 0:
		return na("asks for no WebGL while it loads"), true
	case len(f.Exceptions) > 0:
		return unsure("throws an exception with WebGL already: " + quote(f.Exceptions[0])), true
	}
	return opinion{}, false
}

// excuse matches words with which pages say that something can't be shown.
var excuse = regexp.MustCompile(`(?i)webgl|\b3d\b|graphics|gpu|hardware accel|not support|unsupported|unavailable|not available|can.?t (be )?(show|display|draw)|enable|another browser|nicht (unterstützt|verfügbar)|no disponible|non (disponible|support)`)

// judgeFallback holds a visit without WebGL against the one with it.
func judgeFallback(with, without *facts, k known) opinion {
	if o, done := judgeArrival(without); done {
		return opinion{o.Verdict, "without WebGL it " + o.Reason}
	}
	news := newWords(with.Content.Text, without.Content.Text)
	missed := without.missed()
	switch {
	case len(without.Exceptions) > 0 && len(missed) == 0:
		return fail("throws an exception without WebGL: " + quote(without.Exceptions[0]))
	case len(missed) > 0:
		return unsure("is not seen whole without WebGL: " + whyMissed(without, missed[0]))
	case without.Mute != "":
		return unsure("without WebGL: " + without.Mute)
	case !without.Loaded:
		return unsure(fmt.Sprintf("without WebGL it fired no load event within %s", without.Limit))
	case without.Content.Asked == 0:
		return unsure("asked for no WebGL when it was taken away: nothing was tried")
	case strings.TrimSpace(without.Content.Text) == "" && without.Settled:
		return fail("says nothing at all without WebGL")
	}
	if o, done := judgeKnown(k); done {
		return o
	}
	for _, line := range news {
		if excuse.MatchString(line) {
			return pass("says without WebGL: " + quote(line))
		}
	}
	if len(news) > 0 {
		return warn("throws nothing without WebGL and shows other text, which does not speak of it: " + quote(news[0]))
	}
	return warn("throws nothing without WebGL, and says nothing about it either")
}

// newWords lists the lines of text that were not there before.
func newWords(before, after string) []string {
	known := map[string]bool{}
	for line := range strings.Lines(before) {
		known[strings.TrimSpace(line)] = true
	}
	var out []string
	for line := range strings.Lines(after) {
		if line = strings.TrimSpace(line); line != "" && !known[line] {
			out = append(out, line)
		}
	}
	return out
}
