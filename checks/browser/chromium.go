package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"assess/gonogo/checks"
)

const (
	startLimit = 20 * time.Second // for the browser to come up
	closeLimit = 2 * time.Second  // for a tab to close; then the whole browser goes
	maxStarts  = 3                // of the browser in one run, should it break down
)

var (
	errDisobeys = errors.New("this browser does not keep to gonogo's proxy, so it is not let near the target: a policy on this machine may set another")
	errEnded    = errors.New("the run has ended")
)

// chromium is the browser of one run. It is started when the first check needs it, makes
// one visit at a time, and is gone with the run.
type chromium struct {
	send sender
	turn chan struct{} // held by who is visiting

	visits  map[string]*facts // by what was visited and how; guarded by turn
	starts  int               // likewise
	why     error             // why there is no browser and will be none; likewise
	version string            // likewise
	webgl   bool              // this browser can make a WebGL context; likewise

	mu    sync.Mutex
	live  *process
	ended bool
}

// process is one started browser with what was made for it.
type process struct {
	ctx     context.Context // of chromedp
	cancel  context.CancelFunc
	process *os.Process
	proxy   *proxy
	dir     string
	end     sync.Once
}

// sharedKey names the browser among what the checks of a run share.
const sharedKey = "browser"

// theBrowser is the run's browser, not started yet where nobody used it.
func theBrowser(p *checks.Probe) *chromium {
	return p.Shared(sharedKey, func() any {
		c := &chromium{send: p, turn: make(chan struct{}, 1), visits: map[string]*facts{}}
		p.OnEnd(c.stop)
		return c
	}).(*chromium)
}

// stop ends the browser for good.
func (c *chromium) stop() {
	c.mu.Lock()
	c.ended = true
	live := c.live
	c.live = nil
	c.mu.Unlock()
	live.stop()
}

// drop ends a browser that broke down; the next visit starts another.
func (c *chromium) drop() {
	c.mu.Lock()
	live := c.live
	c.live = nil
	c.mu.Unlock()
	live.stop()
}

// stop kills the browser with all that it started and removes its folder.
func (p *process) stop() {
	if p == nil {
		return
	}
	p.end.Do(func() {
		killGroup(p.process)
		p.cancel()
		p.proxy.close()
		removeAll(p.dir)
	})
}

// removeAll removes a folder into which dying processes may still write.
func removeAll(dir string) {
	for range 20 {
		if os.RemoveAll(dir) == nil {
			if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// ready returns the running browser, starting it where there is none. The caller has the
// turn.
func (c *chromium) ready(ctx context.Context) (*process, error) {
	if c.why != nil {
		return nil, c.why
	}
	c.mu.Lock()
	live, ended := c.live, c.ended
	c.mu.Unlock()
	if ended {
		return nil, errEnded
	}
	if live != nil && live.ctx.Err() == nil {
		return live, nil
	}
	c.drop()
	if c.starts >= maxStarts {
		return nil, fmt.Errorf("the browser broke down %d times in this run", c.starts)
	}
	path, err := Find()
	if err != nil {
		c.why = err
		return nil, err
	}
	c.starts++
	p, err := launch(ctx, path, c.send)
	if err != nil {
		return nil, fmt.Errorf("the browser %s does not start: %w", path, err)
	}
	c.mu.Lock()
	if ended = c.ended; !ended {
		c.live = p
	}
	c.mu.Unlock()
	if ended {
		p.stop()
		return nil, errEnded
	}
	if err := c.meet(ctx, p); err != nil {
		c.drop()
		if errors.Is(err, errDisobeys) {
			c.why = err
		}
		return nil, err
	}
	return p, nil
}

// launch starts a browser with a proxy and a folder of its own.
func launch(ctx context.Context, path string, send sender) (*process, error) {
	dir, err := os.MkdirTemp("", "gonogo-browser-")
	if err != nil {
		return nil, err
	}
	proxy, err := newProxy(send)
	if err != nil {
		removeAll(dir)
		return nil, err
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), commandLine(path, dir, proxy.address(), proxy.authority.pin)...)
	browserCtx, cancelBrowser := chromedp.NewContext(allocator, chromedp.WithErrorf(silent), chromedp.WithLogf(silent))
	p := &process{ctx: browserCtx, cancel: func() { cancelBrowser(); cancelAllocator() }, proxy: proxy, dir: dir}
	started := make(chan error, 1)
	// The first call starts the browser, which lives as long as the context of that call.
	go func() { started <- chromedp.Do(browserCtx) }()
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case err = <-started:
	case <-ctx.Done():
		err = ctx.Err()
	case <-limit.C:
		err = fmt.Errorf("not up within %s", startLimit)
	}
	if err != nil {
		go p.stop() // may wait for what does not come up
		return nil, err
	}
	p.process = chromedp.FromContext(browserCtx).Browser.Process()
	return p, nil
}

func silent(string, ...any) {}

// meet asks the browser who it is and what it can do, and makes sure that it goes through
// the proxy, to loopback addresses too.
func (c *chromium) meet(ctx context.Context, p *process) error {
	version, err := chromedp.CallBrowser(p.ctx, browser.GetVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	c.version = version.Product
	if _, err := chromedp.CallBrowser(p.ctx, target.SetDiscoverTargets, target.SetDiscoverTargetsParams{Discover: true}); err != nil {
		return err
	}
	t := newTab(p, &ledger{ctx: ctx})
	defer c.closeTab(t)
	timed, cancel := context.WithTimeout(t.ctx, startLimit)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	if err := t.prepare(timed, screens[0], "", false); err != nil {
		return err
	}
	if c.webgl, err = chromedp.Run(timed, chromedp.Evaluate[bool](canWebGL)); err != nil {
		return err
	}
	for _, address := range []string{"http://" + p.proxy.marker + "/", "http://" + p.proxy.address() + "/" + p.proxy.marker} {
		if _, err := t.navigate(timed, address); err != nil {
			return err
		}
	}
	p.proxy.mu.Lock()
	defer p.proxy.mu.Unlock()
	if p.proxy.marked < 2 || p.proxy.direct > 0 {
		return errDisobeys
	}
	return nil
}

// closeTab closes a tab. Where that takes long, its page holds on to the browser, and both
// go.
func (c *chromium) closeTab(t *tab) {
	done := make(chan struct{})
	go func() { t.cancel(); close(done) }()
	select {
	case <-done:
	case <-time.After(closeLimit):
		c.drop()
	}
}

// about says with what and how the visits were made, for evidence.
func (c *chromium) about() string {
	words := []string{c.version + ", a new profile for each visit, as an anonymous visitor"}
	if unsandboxed() {
		words = append(words, "without its sandbox, because gonogo runs as root")
	}
	return strings.Join(words, ", ")
}
