package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestBodyRule(t *testing.T) {
	for name, c := range map[string]struct {
		facts bodyFacts
		want  checks.Verdict
	}{
		"413":                    {bodyFacts{Small: 401, Broken: 400, Large: 413}, checks.Pass},
		"limited by then":        {bodyFacts{Small: 401, Broken: 400, Large: 429}, checks.Inconclusive},
		"limited all the time":   {bodyFacts{Small: 429, Broken: 429, Large: 429, Alike: true}, checks.Inconclusive},
		"413 before the limiter": {bodyFacts{Small: 429, Broken: 429, Large: 413}, checks.Pass},
		"413 for all":            {bodyFacts{Small: 413, Broken: 413, Large: 413}, checks.Inconclusive},
		"413 before a guard":     {bodyFacts{Small: 401, Broken: 401, Large: 413}, checks.Pass},
		"400":                    {bodyFacts{Small: 401, Broken: 422, Large: 400}, checks.Pass},
		"read like a small one":  {bodyFacts{Small: 401, Broken: 400, Large: 401, Alike: true}, checks.Warn},
		"200":                    {bodyFacts{Small: 401, Broken: 400, Large: 200}, checks.Warn},
		"401 before it is read":  {bodyFacts{Small: 401, Broken: 401, Large: 401, Alike: true}, checks.Inconclusive},
		"500":                    {bodyFacts{Small: 401, Broken: 400, Large: 500, After: 401}, checks.Fail},
		"500 for all by now":     {bodyFacts{Small: 401, Broken: 400, Large: 500, After: 500}, checks.Inconclusive},
		"cut":                    {bodyFacts{Small: 401, Broken: 400, After: 401}, checks.Warn},
		"cut, and down":          {bodyFacts{Small: 401, Broken: 400, After: 503}, checks.Inconclusive},
		"no such route":          {bodyFacts{Small: 404, Broken: 404, Large: 404}, checks.Inconclusive},
		"refused by a firewall?": {bodyFacts{Small: 401, Broken: 400, Large: 403}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeBody(c.facts), c.want) })
	}
}

func TestBodyKind(t *testing.T) {
	for name, c := range map[string]struct {
		read func([]byte) int
		want checks.Verdict
	}{
		"no limit": {func([]byte) int { return 0 }, checks.Warn},
		"limit": {func(b []byte) int {
			if len(b) > 1<<20 {
				return 413
			}
			return 0
		}, checks.Pass},
		"guard": {func([]byte) int { return 401 }, checks.Inconclusive},
		"falls over": {func(b []byte) int {
			if len(b) > 1<<20 {
				return 500
			}
			return 0
		}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			o := check(t, "api.limits", login(t, 422, c.read), c.want, webtest.Target(withLogin))
			for _, e := range o.Evidence {
				if len(e.Body) > 64<<10 {
					t.Errorf("%d bytes of evidence", len(e.Body))
				}
			}
		})
	}
	check(t, "api.limits", serve(t, http.NotFound), checks.Pending)
}

func TestPageSize(t *testing.T) {
	// items answers a list of at most most entries of total; without a size, usual.
	items := func(usual, most, total int, form string) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/api/items" {
				http.NotFound(w, r)
				return
			}
			n := usual
			if size, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
				n = size
			}
			if most < 0 && n > -most {
				say(422, "application/json", `{"detail":"limit"}`)(w, r)
				return
			}
			if most > 0 {
				n = min(n, most)
			}
			list := "[" + strings.TrimSuffix(strings.Repeat("1,", min(n, total)), ",") + "]"
			say(200, "application/json", fmt.Sprintf(form, list, total))(w, r)
		})
	}
	const counted, bare = `{"items":%s,"total":%d}`, `{"items":%s,"x":"%d"}`
	list := webtest.Param("list", "/api/items")
	check(t, "api.limits", items(20, 100, 5000, counted), checks.Pass, list)
	check(t, "api.limits", items(20, -100, 5000, counted), checks.Pass, list)
	check(t, "api.limits", items(20, 0, 5000, counted), checks.Warn, list)
	reads(t, check(t, "api.limits", items(20, 0, 30, counted), checks.Inconclusive, list), "only 30")
	reads(t, check(t, "api.limits", items(20, 100, 5000, bare), checks.Inconclusive, list), "only 100")
	reads(t, check(t, "api.limits", items(20, 0, 5000, counted), checks.Inconclusive, list, webtest.Param("size", "per_page")), "does not heed")
	check(t, "api.limits", serve(t, http.NotFound), checks.Inconclusive, list)
	check(t, "api.limits", serve(t, say(200, "text/html", "<p>list</p>")), checks.Inconclusive, list)
	verdictOf(t, judgePage(pageFacts{Times: 10, Usual: pageAnswer{Status: 200, List: true, Items: 10}, One: pageAnswer{Status: 200, Items: 1}, Large: pageAnswer{Status: 500}}), checks.Fail)
	verdictOf(t, judgePage(pageFacts{Times: 10, Usual: pageAnswer{Status: 200, List: true, Items: 10}, One: pageAnswer{Status: 400}, Large: pageAnswer{Status: 400}}), checks.Inconclusive)
	verdictOf(t, judgePage(pageFacts{Times: 10, Usual: pageAnswer{Status: 200, List: true, Items: 10}, One: pageAnswer{Status: 200, Items: 1}, Large: pageAnswer{Status: 200, Cut: true}}), checks.Warn)
}
