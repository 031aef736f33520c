package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// What is kept of a visit.
const (
	maxDialogs     = 10 // dismissed; a page that shows more keeps the last one open
	maxMessages    = 50
	maxMessage     = 400 // bytes
	maxNavigations = 10  // of the page by itself
)

// resource is one thing that the page loaded, as the browser saw it.
type resource struct {
	URL      string
	Use      string
	Status   int
	Media    string // media type
	Error    string // net::ERR_…
	Canceled bool   // by the page
	Main     bool   // the page itself
	Done     bool
}

// tab is one page of the browser with a profile of its own, and what it told.
type tab struct {
	p      *process
	ctx    context.Context
	cancel context.CancelFunc
	ledger *ledger
	loaded chan struct{} // a load event came
	tired  chan struct{} // closed when the page shows or loads itself without end
	once   sync.Once

	mu          sync.Mutex
	resources   []*resource
	byID        map[network.RequestID]*resource
	console     []string
	exceptions  []string
	dialogs     []string
	popups      []string
	navigations []string
	crashed     bool
}

// newTab makes a tab; it opens with the first call.
func newTab(p *process, l *ledger) *tab {
	t := &tab{p: p, ledger: l, loaded: make(chan struct{}, 1), tired: make(chan struct{}), byID: map[network.RequestID]*resource{}}
	t.ctx, t.cancel = chromedp.NewContext(p.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(t.hear))
	return t
}

// prepare opens the tab with everything in place before a page comes into it. seen names
// what inject.js keeps; empty: it is not injected.
func (t *tab) prepare(ctx context.Context, s screen, seen string, withoutWebGL bool) error {
	yes := true
	if err := chromedp.Do(t.ctx); err != nil {
		return err
	}
	c := chromedp.FromContext(t.ctx)
	if err := chromedp.ListenBrowser(t.ctx, t.hearBrowser(c.Target.TargetID)); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, c.Browser, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: c.BrowserContextID}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, c.Target, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, c.Target, fetch.Enable, fetch.EnableParams{HandleAuthRequests: &yes}); err != nil {
		return err
	}
	if seen != "" {
		if _, err := cdp.Call(ctx, c.Target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: call(injectScript, seen, withoutWebGL)}); err != nil {
			return err
		}
	}
	return t.resize(ctx, s)
}

// resize gives the tab the size of a screen. The phone and the tablet read the page's
// viewport element as real ones do.
func (t *tab) resize(ctx context.Context, s screen) error {
	_, err := cdp.Call(ctx, chromedp.FromContext(t.ctx).Target, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.Width, Height: s.Height, DeviceScaleFactor: 1, Mobile: s.Mobile, ScreenWidth: s.Width, ScreenHeight: s.Height})
	return err
}

// navigate goes to an address and returns the browser's own error text, if any.
func (t *tab) navigate(ctx context.Context, address string) (string, error) {
	res, err := cdp.Call(ctx, chromedp.FromContext(t.ctx).Target, page.Navigate, page.NavigateParams{URL: address})
	return res.ErrorText, err
}

// hear takes the page's events. It must not wait: what needs an answer is answered apart.
func (t *tab) hear(event any) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		go t.decide(e)
	case *fetch.EventAuthRequired:
		go t.authenticate(e)
	case *page.EventJavascriptDialogOpening:
		if t.note(&t.dialogs, fmt.Sprintf("%s: %s", e.Type, e.Message)) <= maxDialogs {
			go t.answer(page.HandleJavaScriptDialogParams{Accept: e.Type == page.DialogTypeBeforeunload})
		} else {
			t.giveUp()
		}
	case *page.EventLoadEventFired:
		select {
		case t.loaded <- struct{}{}:
		default:
		}
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" && t.note(&t.navigations, e.Frame.URL) > maxNavigations {
			t.giveUp()
		}
	case *inspector.EventTargetCrashed:
		t.mu.Lock()
		t.crashed = true
		t.mu.Unlock()
	default:
		t.hearPage(event)
	}
}

// giveUp ends the wait for a page that will not come to rest.
func (t *tab) giveUp() { t.once.Do(func() { close(t.tired) }) }

// hearPage takes what the page says and loads.
func (t *tab) hearPage(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		t.exception(e.ExceptionDetails)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			t.note(&t.console, wordsOf(e.Args))
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError && !t.ours(e.Entry.URL) && !ownRefusal(e.Entry.Text) && !isIcon(e.Entry.URL) {
			t.note(&t.console, strings.TrimSpace(e.Entry.Text+" "+e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		t.mu.Lock()
		defer t.mu.Unlock()
		if len(t.byID) >= 2*maxNoted {
			return
		}
		r := &resource{URL: e.Request.URL, Use: string(e.Type), Main: string(e.LoaderID) == string(e.RequestID) && e.FrameID == t.frame()}
		t.byID[e.RequestID] = r
		t.resources = append(t.resources, r)
	case *network.EventResponseReceived:
		t.resource(e.RequestID, func(r *resource) {
			r.Status, r.Use, r.URL, r.Media = int(e.Response.Status), string(e.Type), e.Response.URL, e.Response.MimeType
		})
	case *network.EventLoadingFinished:
		t.resource(e.RequestID, func(r *resource) { r.Done = true })
	case *network.EventLoadingFailed:
		t.resource(e.RequestID, func(r *resource) {
			r.Done, r.Error, r.Canceled = true, e.ErrorText, e.Canceled
			if e.BlockedReason != "" {
				r.Error += " (" + string(e.BlockedReason) + ")"
			}
		})
	case *network.EventWebSocketCreated:
		t.ledger.refuse(&asked{Method: http.MethodGet, URL: e.URL, Use: "WebSocket", Refused: "a WebSocket, which can't be held to reading"})
	case *network.EventWebTransportCreated:
		t.ledger.refuse(&asked{Method: http.MethodConnect, URL: e.URL, Use: "WebSocket", Refused: "WebTransport, which can't be held to reading"})
	}
}

// frame is the id of the page's own frame, which Chromium gives its target as well.
func (t *tab) frame() cdp.FrameID {
	if c := chromedp.FromContext(t.ctx); c != nil && c.Target != nil {
		return cdp.FrameID(c.Target.TargetID)
	}
	return ""
}

func (t *tab) resource(id network.RequestID, change func(*resource)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.byID[id]; r != nil {
		change(r)
	}
}

// note keeps one line and returns how many there were.
func (t *tab) note(list *[]string, text string) int {
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(*list) < maxMessages {
		*list = append(*list, text)
	}
	return len(*list)
}

// harmless are exceptions that Chromium reports and no visitor notices.
const harmless = "ResizeObserver loop"

func (t *tab) exception(d *runtime.ExceptionDetails) {
	text := d.Text
	if d.Exception != nil {
		text += " " + describe(d.Exception)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if d.URL != "" {
		first += fmt.Sprintf(" (%s:%d)", d.URL, d.LineNumber+1)
	}
	if strings.Contains(first, harmless) {
		t.note(&t.console, first)
		return
	}
	t.note(&t.exceptions, first)
}

// describe is a value in words.
func describe(o *runtime.RemoteObject) string {
	switch {
	case o.Description != "":
		return o.Description
	case len(o.Value) > 0:
		return strings.Trim(string(o.Value), `"`)
	}
	return string(o.UnserializableValue)
}

func wordsOf(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args[:min(len(args), 8)] {
		first, _, _ := strings.Cut(describe(arg), "\n")
		words = append(words, first)
	}
	return strings.Join(words, " ")
}

// ours reports whether gonogo refused the address, or brought no answer: what the browser
// says about it is not the page's doing.
func (t *tab) ours(address string) bool {
	address, _, _ = strings.Cut(address, "#")
	list, _ := t.ledger.entries()
	return slices.ContainsFunc(list, func(a asked) bool {
		return a.URL == address && (a.Refused != "" || a.Trouble != "")
	})
}

// ownRefusal reports whether the browser complains of gonogo: these errors come from its
// blocking and its proxy alone.
func ownRefusal(text string) bool {
	return strings.Contains(text, "net::ERR_BLOCKED_BY_CLIENT") || strings.Contains(text, "net::ERR_TUNNEL_CONNECTION_FAILED")
}

// isIcon reports whether an address is the icon that browsers ask every site for. Nobody
// misses it.
func isIcon(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Path == "/favicon.ico"
}

// decide lets a request of the page go on to the proxy, or fails it as a content blocker
// would. The proxy holds the same rule for whatever does not come by here.
func (t *tab) decide(e *fetch.EventRequestPaused) {
	session := chromedp.FromContext(t.ctx).Target
	header := http.Header{}
	for name, value := range e.Request.Headers {
		header.Set(name, fmt.Sprint(value))
	}
	why := "not an address"
	if u, err := url.Parse(e.Request.URL); err == nil {
		local := u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about"
		if why = refusal(e.Request.Method, header, u, t.p.allows(u)); local {
			why = ""
		}
	}
	if why == "" {
		_, _ = cdp.Call(t.ctx, session, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
		return
	}
	t.ledger.refuse(&asked{Method: e.Request.Method, URL: e.Request.URL, Use: string(e.ResourceType), Refused: why})
	_, _ = cdp.Call(t.ctx, session, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
}

// allows reports whether the browser may ask for u: the target, or the self-check.
func (p *process) allows(u *url.URL) bool {
	return u.Host == p.proxy.marker || u.Host == p.proxy.address() && strings.HasPrefix(u.Path, "/"+p.proxy.marker) || p.proxy.send.Browsable(u)
}

// authenticate gives the proxy its password, and nobody else any.
func (t *tab) authenticate(e *fetch.EventAuthRequired) {
	response := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
	if e.AuthChallenge.Source == fetch.AuthChallengeSourceProxy && strings.TrimPrefix(e.AuthChallenge.Origin, "http://") == t.p.proxy.address() {
		response = &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseProvideCredentials,
			Username: t.p.proxy.user, Password: t.p.proxy.password}
	}
	_, _ = cdp.Call(t.ctx, chromedp.FromContext(t.ctx).Target, fetch.ContinueWithAuth,
		fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: response})
}

func (t *tab) answer(p page.HandleJavaScriptDialogParams) {
	_, _ = cdp.Call(t.ctx, chromedp.FromContext(t.ctx).Target, page.HandleJavaScriptDialog, p)
}

// hearBrowser closes windows that the page opens.
func (t *tab) hearBrowser(own target.ID) func(any) {
	return func(event any) {
		e, ok := event.(*target.EventTargetCreated)
		if !ok || e.TargetInfo.Type != "page" || e.TargetInfo.OpenerID != own {
			return
		}
		t.note(&t.popups, e.TargetInfo.URL)
		go func() {
			ctx, cancel := context.WithTimeout(t.ctx, closeLimit)
			defer cancel()
			_, _ = cdp.Call(ctx, chromedp.FromContext(t.ctx).Browser, target.CloseTarget, target.CloseTargetParams{TargetID: e.TargetInfo.TargetID})
		}()
	}
}
