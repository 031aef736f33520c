package browser

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// sends is what every visit does, for the kinds' descriptions.
const sends = "opens each page once (once more where browser.layout finds it too wide) in headless Chromium, as an anonymous visitor with an empty profile, without the target's [headers], loads what the page loads and runs its scripts; " +
	"of what the page asks for only GET and HEAD (and OPTIONS before them) go out, to base_url's origin and [scope] hosts alone, in the run's pace and budget, at most 150 a visit and 300 a run; " +
	"other hosts, other methods and WebSockets are refused and listed. " +
	"Beside it GET of the page and of a random path"

// runLimit is how long a check of this package may take: ten pages of 15 s, and room.
const runLimit = 4 * time.Minute

// LoadParams are the parameters of browser.page.
type LoadParams struct {
	Path   string         `toml:"path" doc:"the page; default the target's pages"`
	Pages  checks.Strings `toml:"pages" doc:"several pages, judged together; at most ten"`
	Within time.Duration  `toml:"within" doc:"how soon the load event is due, default 10s; later is a warning"`
}

var browserPage = checks.Define(checks.Kind{
	ID: "browser.page", Title: "The pages load in a browser without errors", Class: checks.Safe, Severity: checks.High, Last: true, Limit: runLimit,
	Sends: sends,
	Rule: "PASS: each page answers 2xx, unlike a random path, fires its load event, shows something, and nothing goes wrong in it. " +
		"FAIL: another status, a redirect loop, an uncaught exception, a script or stylesheet that does not load, an empty page. " +
		"WARN: errors in the console, another part that does not load, a load event later than `within`. " +
		"inconclusive: no browser; unknown paths get the same page; it leads to a login or out of scope; no load event within 15 s; or something the page needs was not sent because it is out of scope or more than reading.",
	Fix:  "Open the page with the browser's console: mend the first error, then look again. Serve scripts from the page's own origin, and watch errors of real visitors.",
	Refs: []string{"HTML standard", "Chromium"},
}, func(ctx context.Context, p *checks.Probe, params LoadParams) checks.Result {
	within := params.Within
	if within <= 0 {
		within = 10 * time.Second
	}
	c := theBrowser(p)
	r, _ := eachPage(ctx, p, pagesOf(p, params.Path, params.Pages), func(f *facts, k known) (opinion, []checks.Evidence) {
		return judgePage(f, k, within), c.evidence(p, f, "desktop")
	})
	return r
})

// judgePage decides whether a page works for a visitor. What was seen to be broken counts
// first; then whatever keeps this from being the page that visitors get; praise comes last.
func judgePage(f *facts, k known, within time.Duration) opinion {
	if o, done := judgeArrival(f); done {
		return o
	}
	missed := f.missed()
	if failed := f.failed(true); len(failed) > 0 {
		return fail(firstOf(failed, f) + more(len(failed)))
	}
	if len(f.Exceptions) > 0 && len(missed) == 0 {
		return fail("throws an exception that nothing catches: " + quote(f.Exceptions[0]) + more(len(f.Exceptions)))
	}
	empty := strings.TrimSpace(f.Content.Text) == "" && f.Content.Drawn == 0
	switch {
	case len(missed) > 0:
		return unsure("is not seen whole: " + whyMissed(f, missed[0]) + more(len(missed)))
	case f.Mute != "":
		return unsure(f.Mute)
	case !f.Loaded:
		return unsure(fmt.Sprintf("fired no load event within %s", f.Limit))
	case empty && f.Settled:
		return fail("shows nothing: no text and no picture")
	case empty:
		return unsure("shows nothing yet, while it still loads")
	}
	if o, done := judgeKnown(k); done {
		return o
	}
	return judgeBlemishes(f, within)
}

// judgeArrival decides where the page itself did not come.
func judgeArrival(f *facts) (opinion, bool) {
	switch {
	case f.Crashed:
		return unsure("crashed the browser's tab"), true
	case f.Leaving != "":
		return unsure("leads to " + f.short(f.Leaving) + ", which is out of scope"), true
	case strings.Contains(f.NetError, "ERR_TOO_MANY_REDIRECTS"):
		return fail("redirects without end"), true
	case len(f.Dialogs) > maxDialogs:
		return unsure("shows one dialogue after the other"), true
	case len(f.Navigations) > maxNavigations && len(f.missed()) == 0:
		return fail(fmt.Sprintf("loads itself anew again and again: %d times in this visit", len(f.Navigations)-1)), true
	}
	if missed := f.missed(); !f.Answered || f.Status >= 500 {
		for _, a := range missed {
			if a.URL == bare(f.URL) || a.Use == "Document" {
				return unsure(whyMissed(f, a)), true
			}
		}
	}
	switch {
	case !f.Answered && f.NetError != "":
		return unsure("did not come: " + f.NetError), true
	case !f.Answered:
		return unsure(fmt.Sprintf("did not come within %s", f.Limit)), true
	case f.Status == http.StatusUnauthorized:
		return unsure("asks for a login (401), which the browser is not given: what lies behind it is not seen"), true
	case f.Status < 200 || f.Status >= 300:
		return fail(fmt.Sprintf("answers %d %s", f.Status, http.StatusText(f.Status))), true
	}
	return opinion{}, false
}

// judgeBroken decides where a page lacks a script or style of its own: how light or narrow
// it is then says little.
func judgeBroken(f *facts) (opinion, bool) {
	if failed := f.failed(true); len(failed) > 0 {
		return unsure("is broken: " + firstOf(failed, f) + more(len(failed))), true
	}
	return opinion{}, false
}

// judgeKnown decides where plain requests say that this is no page of its own.
func judgeKnown(k known) (opinion, bool) {
	switch {
	case k.Missing != "":
		return unsure(k.Missing), true
	case k.Login:
		return unsure("leads strangers to a login: what lies behind it is not seen"), true
	case k.Alike:
		return unsure("is the page that unknown paths get too"), true
	}
	return opinion{}, false
}

// judgeBlemishes decides about a page that works.
func judgeBlemishes(f *facts, within time.Duration) opinion {
	load := time.Duration(f.Content.Load * float64(time.Millisecond))
	failed := f.failed(false)
	switch {
	case len(f.Console) > 0:
		return warn("works, with errors in the console: " + quote(f.Console[0]) + more(len(f.Console)))
	case len(failed) > 0:
		return warn("works, but " + firstOf(failed, f) + more(len(failed)))
	case load > within && f.held() < time.Second:
		return warn(fmt.Sprintf("took %.1f s to load, over %s", load.Seconds(), within))
	}
	words := fmt.Sprintf("loads in %.1f s without errors", load.Seconds())
	if refused := slices.DeleteFunc(slices.Clone(f.Asked), func(a asked) bool { return a.Refused == "" }); len(refused) > 0 {
		words += fmt.Sprintf(" (%s not asked, such as %s: %s)", plural(len(refused), "request"), f.short(refused[0].URL), refused[0].Refused)
	}
	return pass(words)
}

// firstOf names the first resource that failed.
func firstOf(list []resource, f *facts) string {
	r := list[0]
	why := r.Error
	switch {
	case r.Status >= 400:
		why = fmt.Sprintf("answers %d", r.Status)
	case r.Error == "" || r.Canceled:
		why = "it is " + r.Media
	}
	return fmt.Sprintf("its %s %s does not load: %s", strings.ToLower(r.Use), f.short(r.URL), why)
}

// whyMissed says why gonogo did not bring something.
func whyMissed(f *facts, a asked) string {
	if a.Refused == "" {
		return f.short(a.URL) + " has no whole answer: " + a.Trouble
	}
	why := f.short(a.URL) + " was not asked for: " + a.Refused
	if a.Refused == "out of scope" {
		why += " (declare the host in [scope] hosts to have it loaded)"
	}
	return why
}

// more says how many others there are beside the one that was named.
func more(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n-1)
}

// bare is an address without its fragment, as it is sent.
func bare(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}
