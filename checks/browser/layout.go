package browser

import (
	"context"
	"fmt"
	"strings"

	"assess/gonogo/checks"
)

// LayoutParams are the parameters of browser.layout.
type LayoutParams struct {
	Path     string         `toml:"path" doc:"the page; default the target's pages"`
	Pages    checks.Strings `toml:"pages" doc:"several pages, judged together; at most ten"`
	Phone    string         `toml:"phone" doc:"what overflow at 390 pixels means: fail (default), warn or ignore"`
	Tablet   string         `toml:"tablet" doc:"what overflow at 820 pixels means: warn (default), fail or ignore"`
	Desktop  string         `toml:"desktop" doc:"what overflow at 1440 pixels means: warn (default), fail or ignore"`
	Pictures checks.Strings `toml:"pictures" doc:"screens to keep a picture of: phone, tablet, desktop; default all"`
}

var browserLayout = checks.Define(checks.Kind{
	ID: "browser.layout", Title: "Nothing reaches beyond the screen of phone, tablet and desktop", Class: checks.Safe, Severity: checks.Medium, Last: true, Limit: runLimit,
	Sends: sends,
	Rule: "Each page is loaded at 1440×900 and resized to 820×1180 and 390×844 (as a mobile screen, which reads the viewport element); where it is too wide then, it is loaded anew at that size. PASS: at none of them it is wider than the screen by more than a pixel. " +
		"FAIL: it is on the phone, or it answers other than 2xx. WARN: on tablet or desktop, or text is cut off where nobody can scroll to. " +
		"inconclusive: no browser; unknown paths get the same page; or something the page needs was not sent.",
	Fix:  `<meta name="viewport" content="width=device-width, initial-scale=1">, max-width: 100% on pictures and tables in a box of their own with overflow-x: auto, no fixed widths.`,
	Refs: []string{"WCAG 2.2, 1.4.10", "CSSOM View"},
}, func(ctx context.Context, p *checks.Probe, params LayoutParams) checks.Result {
	rules, err := params.rules()
	if err != nil {
		return checks.NewResult(checks.Inconclusive, "", err.Error())
	}
	pictures := []string(params.Pictures)
	if len(pictures) == 0 {
		pictures = []string{"phone", "tablet", "desktop"}
	}
	c := theBrowser(p)
	r, _ := eachPage(ctx, p, pagesOf(p, params.Path, params.Pages), func(f *facts, k known) (opinion, []checks.Evidence) {
		return judgeLayout(f, k, rules), append(c.evidence(p, f, pictures...), p.Note("widths of "+f.short(f.URL), f.widths()))
	})
	return r
})

// rules gives the verdict of an overflow by screen; a screen that is ignored has none.
func (params LayoutParams) rules() (map[string]checks.Verdict, error) {
	out := map[string]checks.Verdict{"phone": checks.Fail, "tablet": checks.Warn, "desktop": checks.Warn}
	for name, word := range map[string]string{"phone": params.Phone, "tablet": params.Tablet, "desktop": params.Desktop} {
		switch word {
		case "":
		case "ignore":
			delete(out, name)
		case "fail", "warn":
			out[name] = checks.Verdict(word)
		default:
			return nil, fmt.Errorf("%s: %q is none of fail, warn and ignore", name, word)
		}
	}
	return out, nil
}

func (f *facts) widths() string {
	var b strings.Builder
	for _, s := range screens {
		r, measured := f.Reaches[s.Name]
		if !measured {
			fmt.Fprintf(&b, "%s: not measured\n", s)
			continue
		}
		fmt.Fprintf(&b, "%s: the page is %.0f pixels wide, the browser says %.0f, sideways scrolling locked %t, viewport %q, loaded anew at this size %t\n", s, r.Scroll, r.Inner, r.Locked, r.Viewport, r.Anew)
		for _, e := range r.Wide {
			fmt.Fprintf(&b, "  beyond the edge  %s, %.0f wide, up to %.0f\n", e.Name, e.Width, e.Right)
		}
		for _, e := range r.Cut {
			fmt.Fprintf(&b, "  text cut off     %s, %.0f wide, up to %.0f\n", e.Name, e.Width, e.Right)
		}
	}
	return b.String()
}

// judgeLayout decides by the widest of the screens that count. What overflows is decided
// even where the page is not proven to be one of its own; that nothing does is not.
func judgeLayout(f *facts, k known, rules map[string]checks.Verdict) opinion {
	if o, done := judgeArrival(f); done {
		return o
	}
	// Without its styles a page may overflow that does not for visitors.
	if missed := f.missed(); len(missed) > 0 {
		return unsure("is not seen whole: " + whyMissed(f, missed[0]) + more(len(missed)))
	}
	var worst opinion
	for _, o := range overflows(f, rules) {
		if worst.Verdict == "" || o.Verdict == checks.Fail {
			worst = o
		}
	}
	if worst.Verdict == checks.Fail {
		return worst
	}
	switch {
	case len(f.Reaches) < len(screens):
		return unsure("could not be measured on every screen")
	case !f.Loaded:
		return unsure(fmt.Sprintf("fired no load event within %s", f.Limit))
	case strings.TrimSpace(f.Content.Text) == "" && f.Content.Drawn == 0:
		return unsure("shows nothing that could be too wide")
	}
	if o, done := judgeBroken(f); done {
		return o
	}
	if o, done := judgeKnown(k); done {
		return o
	}
	if worst.Verdict != "" {
		return worst
	}
	return pass(fmt.Sprintf("fits %s", screenList(rules)))
}

// overflows lists what is wrong on each screen that counts.
func overflows(f *facts, rules map[string]checks.Verdict) []opinion {
	var out []opinion
	for _, s := range screens {
		verdict, counts := rules[s.Name]
		r, measured := f.Reaches[s.Name]
		switch {
		case !counts || !measured:
		case r.beyond(s):
			out = append(out, opinion{verdict, overflowWords(s, r)})
		case len(r.Cut) > 0:
			out = append(out, warn(fmt.Sprintf("cuts off text at %d pixels (%s), in %s", s.Width, s.Name, r.Cut[0].Name)))
		}
	}
	return out
}

func overflowWords(s screen, r reach) string {
	words := fmt.Sprintf("is %.0f pixels wide on a %s of %d", r.Scroll, s.Name, s.Width)
	switch {
	case s.Mobile && !strings.Contains(strings.ToLower(r.Viewport), "width"):
		return words + ": it has no viewport element with the device's width"
	case len(r.Wide) > 0:
		return words + ", by " + r.Wide[0].Name
	}
	return words
}

func screenList(rules map[string]checks.Verdict) string {
	var names []string
	for _, s := range screens {
		if _, ok := rules[s.Name]; ok {
			names = append(names, fmt.Sprintf("%s (%d)", s.Name, s.Width))
		}
	}
	return strings.Join(names, ", ")
}
