// Package browser holds the kinds that look at a page as a visitor does: in Chromium,
// without a window. Each kind observes first and judges the facts in a pure function
// beside it; one visit of a page feeds all of them.
//
// The page's own scripts decide what a browser asks for, so nothing leaves it unseen. The
// browser is started with a proxy inside gonogo as its only way out, which opens its
// encrypted connections too: every request is held to what a reviewer may send (reads
// only, the target's own hosts, the run's pace and budget) and goes out through the probe,
// which verifies certificates with the run's authorities. The browser itself trusts the
// key that the proxy made for this run, and nothing else out of the ordinary. A browser
// that does not keep to the proxy is not used.
//
// It may import checks, checks/guard, checks/observe and checks/web/answer. The browser is
// driven with chromedp over a pipe, so that no debugging port is open.
package browser

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{browserPage, browserLinks, browserLayout, browserWebGL, browserWeight}
}
