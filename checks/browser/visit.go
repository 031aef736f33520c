package browser

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// How patient a visit is. Tests shorten it.
var (
	visitLimit  = 15 * time.Second       // until the load event
	settleLimit = 2 * time.Second        // after it, for what the page still fetches
	settleQuiet = 400 * time.Millisecond // without a request: the page has settled
	stepLimit   = 4 * time.Second        // for one question to the page
)

// maxShot bounds a screenshot; the next smaller scale is tried before it is left out.
const maxShot = 2 << 20

// facts are what one visit of a page showed.
type facts struct {
	URL      string // as asked for
	Final    string // where the page is at the end
	Status   int    // of the page itself; 0 without an answer
	Answered bool
	NetError string // the browser's word for why there is no page

	Loaded  bool // the load event came within Limit
	Limit   time.Duration
	Settled bool // nothing was under way any more when the page was looked at
	Crashed bool
	Mute    string // why the page itself could not be asked, or ""

	Resources   []resource
	Asked       []asked
	Unlisted    int // requests beyond those in Asked
	Console     []string
	Exceptions  []string
	Dialogs     []string
	Popups      []string
	Navigations []string
	Leaving     string // an address out of scope that the page itself went to

	Content content
	Reaches map[string]reach // by the screen's name
	Shots   map[string][]byte
}

// look returns the facts of a visit, made once a run. Without WebGL no other screen than the
// first is looked at.
func (c *chromium) look(ctx context.Context, address string, withoutWebGL bool) (*facts, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	key := address
	if withoutWebGL {
		key = "without webgl " + key
	}
	if f := c.visits[key]; f != nil {
		return f, nil
	}
	p, err := c.ready(ctx)
	if err != nil {
		return nil, err
	}
	f, err := c.visit(ctx, p, address, withoutWebGL)
	if err != nil {
		return nil, err
	}
	c.visits[key] = f
	return f, nil
}

var errBroke = errors.New("the browser broke down during the visit")

// visit opens a page in a tab and a profile of their own and takes down what is to be seen.
func (c *chromium) visit(ctx context.Context, p *process, address string, withoutWebGL bool) (*facts, error) {
	visiting, stop := context.WithCancel(ctx)
	l := &ledger{ctx: visiting}
	t := newTab(p, l)
	defer c.closeTab(t)
	p.proxy.open(l)
	defer p.proxy.open(nil)
	defer stop()
	defer context.AfterFunc(ctx, t.cancel)()

	seen := "s" + random()
	if err := t.stepWithin(startLimit, func(ctx context.Context) error { return t.prepare(ctx, screens[0], seen, withoutWebGL) }); err != nil {
		return nil, c.broken(ctx, p, err)
	}
	f := &facts{URL: address, Limit: visitLimit, Reaches: map[string]reach{}, Shots: map[string][]byte{}}
	t.load(f)
	t.settle(f)
	t.ask(f, seen)
	t.report(f) // before resizing: what the page does then is not its loading
	if f.Mute == "" {
		t.shoot(f, screens[0])
	}
	if f.Mute == "" && f.Answered && !withoutWebGL {
		t.measure(f)
	}
	if p.ctx.Err() != nil || ctx.Err() != nil {
		return nil, c.broken(ctx, p, errBroke)
	}
	return f, nil
}

// broken is what to say of a visit that did not come to its end.
func (c *chromium) broken(ctx context.Context, p *process, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p.ctx.Err() != nil {
		c.drop()
		return errBroke
	}
	return err
}

// step puts one question to the page, which may be too busy to answer.
func (t *tab) step(ask func(ctx context.Context) error) error { return t.stepWithin(stepLimit, ask) }

func (t *tab) stepWithin(limit time.Duration, ask func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(t.ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- ask(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// load goes to the page and waits for its load event.
func (t *tab) load(f *facts) {
	ctx, cancel := context.WithTimeout(t.ctx, f.Limit)
	defer cancel()
	problem, err := t.navigate(ctx, f.URL)
	f.NetError = problem
	if err != nil || problem != "" {
		return
	}
	select {
	case <-t.loaded:
		f.Loaded = true
	case <-t.tired:
	case <-ctx.Done():
	}
}

// settle waits until the page stops fetching, for a while.
func (t *tab) settle(f *facts) {
	if !f.Loaded {
		return
	}
	end, quiet := time.Now().Add(settleLimit), time.Now()
	for time.Now().Before(end) && t.ctx.Err() == nil {
		if !t.ledger.idle() {
			quiet = time.Now()
		}
		if time.Since(quiet) >= settleQuiet {
			f.Settled = true
			return
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-t.ctx.Done():
		}
	}
}

// ask has the page tell what it shows.
func (t *tab) ask(f *facts, seen string) {
	select {
	case <-t.tired:
		f.Mute = "the page does not come to rest"
		return
	default:
	}
	err := t.step(func(ctx context.Context) error {
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](call(contentScript, seen)))
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(raw), &f.Content); err != nil {
			return err
		}
		f.Final, err = chromedp.Run(ctx, chromedp.Location())
		return err
	})
	if err != nil {
		f.Mute = "the page does not answer: its script is busy, or it shows a dialogue"
	}
}

// report takes over what the tab heard.
func (t *tab) report(f *facts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.resources {
		f.Resources = append(f.Resources, *r)
		if r.Main {
			f.Status, f.Answered = r.Status, r.Status != 0
		}
	}
	f.Console, f.Exceptions, f.Dialogs = slices.Clone(t.console), slices.Clone(t.exceptions), slices.Clone(t.dialogs)
	f.Popups, f.Navigations, f.Crashed = slices.Clone(t.popups), slices.Clone(t.navigations), t.crashed
	f.Asked, f.Unlisted = t.ledger.entries()
	for _, r := range f.Resources {
		if !r.Main {
			continue
		}
		for _, a := range f.Asked {
			if a.Refused != "" && a.URL == r.URL && a.Use == "Document" {
				f.Leaving = a.URL
			}
		}
	}
}

// afterFrames waits until styles and scripts have followed a new size.
const afterFrames = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 50))))`

// measure resizes the page to every screen and sees how far it reaches. Where it reaches
// beyond, it is loaded anew: some pages look at the screen's size only then.
func (t *tab) measure(f *facts) {
	for _, s := range screens {
		r, err := t.reach(s)
		if err == nil && s != screens[0] && r.beyond(s) && t.again(f) {
			r, err = t.reach(s)
			r.Anew = true
		}
		if err != nil {
			return
		}
		f.Reaches[s.Name] = r
		if s != screens[0] {
			t.shoot(f, s)
		}
	}
}

// again loads the page once more, at the size that it has now.
func (t *tab) again(f *facts) bool {
	select {
	case <-t.loaded:
	default:
	}
	once := &facts{URL: f.URL, Limit: f.Limit}
	t.load(once)
	t.settle(once)
	return once.Loaded
}

// reach gives the page a screen's size and measures it.
func (t *tab) reach(s screen) (r reach, err error) {
	err = t.step(func(ctx context.Context) error {
		if s != screens[0] {
			if err := t.resize(ctx, s); err != nil {
				return err
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](afterFrames, chromedp.EvalAwaitPromise)); err != nil {
				return err
			}
		}
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](call(layoutScript, s.Width)))
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(raw), &r)
	})
	return r, err
}

// shoot takes a screenshot, smaller where it would be too large to keep.
func (t *tab) shoot(f *facts, s screen) {
	for _, scale := range []float64{1, 0.5} {
		var png []byte
		err := t.step(func(ctx context.Context) error {
			res, err := cdp.Call(ctx, chromedp.FromContext(t.ctx).Target, page.CaptureScreenshot, page.CaptureScreenshotParams{
				Format: page.CaptureScreenshotFormatPng,
				Clip:   &page.Viewport{Width: float64(s.Width), Height: float64(s.Height), Scale: scale}})
			png = res.Data
			return err
		})
		if err != nil {
			return
		}
		if len(png) > 0 && len(png) <= maxShot {
			f.Shots[s.Name] = png
			return
		}
	}
}

// missed lists what the page needs and gonogo did not send or got no answer to: without
// it, this is not the page that visitors get.
func (f *facts) missed() []asked {
	var out []asked
	for _, a := range f.Asked {
		if (a.Refused != "" || a.Trouble != "" && !strings.HasPrefix(a.Trouble, brokenOff)) && (essential[a.Use] || a.Use == "") {
			out = append(out, a)
		}
	}
	return out
}

// held is how long requests of the page waited for gonogo's own turn, the longest of them.
func (f *facts) held() time.Duration {
	var most time.Duration
	for _, a := range f.Asked {
		most = max(most, a.Held)
	}
	return most
}

// bytes is what came over the wire in bodies.
func (f *facts) bytes() (total int64, requests int) {
	for _, a := range f.Asked {
		if a.Refused == "" {
			total += a.Bytes
			requests++
		}
	}
	return total, requests
}

// failed lists what the page loads of a use and did not get, by the target's own doing.
func (f *facts) failed(essentials bool) []resource {
	var out []resource
	for _, r := range f.Resources {
		wanted := r.Use == "Script" || r.Use == "Stylesheet"
		if !r.Main && wanted == essentials && !unseen[r.Use] && r.failed() && !isIcon(r.URL) && !f.ours(r.URL) {
			out = append(out, r)
		}
	}
	return out
}

// unseen are uses whose failure a page may well expect: a script asks whether somebody is
// logged in, and nobody is.
var unseen = map[string]bool{"XHR": true, "Fetch": true, "Ping": true, "EventSource": true, "Preflight": true}

// failed reports whether a resource did not come, or is not what it should be. One that the
// page gave up says nothing, unless it had come: browsers drop scripts and styles of a
// wrong media type.
func (r resource) failed() bool {
	switch {
	case r.Status >= 400:
		return true
	case r.Media == "text/html" && (r.Use == "Script" || r.Use == "Stylesheet"):
		return true
	}
	return r.Error != "" && !r.Canceled
}

func (f *facts) ours(address string) bool {
	address, _, _ = strings.Cut(address, "#")
	return slices.ContainsFunc(f.Asked, func(a asked) bool { return a.URL == address && (a.Refused != "" || a.Trouble != "") })
}

// short is an address without what every page has in common.
func (f *facts) short(address string) string {
	from, err := url.Parse(f.URL)
	to, other := url.Parse(address)
	if err == nil && other == nil && from.Scheme == to.Scheme && from.Host == to.Host {
		address = to.RequestURI()
	}
	if r := []rune(address); len(r) > 100 {
		address = string(r[:100]) + "…"
	}
	return address
}
