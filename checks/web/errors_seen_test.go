package web

import (
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/webtest"
)

func TestErrorsSeen(t *testing.T) {
	const trace = "Traceback (most recent call last):\n  File \"x.py\""
	answers := func(all ...*observe.Exchange) []*observe.Exchange { return all }
	for name, c := range map[string]struct {
		all   []*observe.Exchange
		usual string
		want  checks.Verdict
	}{
		"nothing":                    {nil, "", checks.NA},
		"refusals":                   {answers(answered(404, "text/plain", "no"), answered(401, "text/plain", "no")), "", checks.NA},
		"a bare server error":        {answers(answered(500, "text/plain", "Internal Server Error")), "", checks.Pass},
		"a traceback":                {answers(answered(404, "text/plain", "no"), answered(500, "text/plain", trace)), "", checks.Fail},
		"a traceback with a refusal": {answers(answered(400, "text/plain", trace)), "", checks.Fail},
		"what every page shows":      {answers(answered(404, "text/html", trace)), "a Python traceback", checks.NA},
		"another leak than usual":    {answers(answered(500, "text/html", "goroutine 7 [running]")), "a Python traceback", checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			verdictOf(t, judgeSeen(readErrors(c.all, c.usual, func(observe.Request) string { return "GET /x" })), c.want)
		})
	}
	table := readErrors(slicesOf(answered(500, "text/plain", trace), mostLeaks+3), "", func(observe.Request) string { return "GET /x" }).table()
	if !strings.HasSuffix(table, "and 3 more\n") || strings.Count(table, "GET /x") != mostLeaks {
		t.Errorf("the table is not bounded:\n%s", table)
	}
}

func slicesOf(x *observe.Exchange, n int) []*observe.Exchange {
	all := make([]*observe.Exchange, n)
	for i := range all {
		all[i] = x
	}
	return all
}

// A server that answers odd queries well, and shows a stack only to a check that comes
// later, with consent.
func TestErrorsSeenOfLaterChecks(t *testing.T) {
	const trace = "Traceback (most recent call last):\n  File \"x.py\""
	server := func(body string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/api/quotes": func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.RawQuery, "%27") {
				say(500, "text/plain", body)(w, r)
				return
			}
			say(200, "application/json", `[]`)(w, r)
		}}))
	}
	for body, want := range map[string]checks.Verdict{trace: checks.Fail, "Internal Server Error": checks.Pass} {
		got := webtest.RunAll(t, Kinds(), []checks.Check{
			{Kind: "reliability.errors.seen"},
			{Kind: "security.input.sqli", Params: map[string]any{"path": "/api/quotes?q=cotton"}},
		}, server(body))
		webtest.Want(t, got["reliability.errors.seen"], want)
	}
}
