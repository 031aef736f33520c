package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// largePage is the page size that no client needs.
const largePage = 100_000

// pageFacts is what a list answered: as it is, with a page of one, with a large page.
type pageFacts struct {
	Usual, One, Large pageAnswer
	Times             int
}

// pageAnswer is one answer of the list.
type pageAnswer struct {
	Status int
	List   bool // there is a list, of Items
	Items  int
	More   bool // the answer says that there is more than it holds
	Cut    bool // the answer was too large to be read in full
}

func tryPage(ctx context.Context, p *checks.Probe, params LimitParams) (answer.Part, []checks.Evidence) {
	size := params.Size
	facts := pageFacts{Times: params.Times}
	if facts.Times <= 0 {
		facts.Times = 10
	}
	var evidence []checks.Evidence
	as := observe.Identity("")
	for _, ask := range []struct {
		what string
		n    int
		into *pageAnswer
	}{{"as it is", 0, &facts.Usual}, {"a page of 1", 1, &facts.One}, {"a page of 100 000", largePage, &facts.Large}} {
		r := observe.Request{URL: withSize(params.List, size, ask.n), As: as, Class: string(checks.Intrusive)}
		x, err := p.Do(ctx, r)
		if err == nil {
			if mine, again := asCaller(p, r, x); again {
				as = mine.As
				x, err = p.Do(ctx, mine)
			}
		}
		if err != nil {
			verdict, reason := answer.Missing("GET "+params.List+", "+ask.what, err)
			return answer.Part{Verdict: verdict, Reason: reason}, evidence
		}
		*ask.into = readPage(x)
		evidence = append(evidence, p.Exchange(x))
	}
	return judgePage(facts).Part("GET " + params.List), evidence
}

// withSize puts the page size into a path's query; 0 takes it out.
func withSize(path, size string, n int) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	query := u.Query()
	query.Del(size)
	if n > 0 {
		query.Set(size, strconv.Itoa(n))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// readPage counts the items of a list: the answer itself, or its longest member.
func readPage(x *observe.Exchange) pageAnswer {
	a := pageAnswer{Status: x.Status, Cut: x.Truncated}
	var value any
	if json.Unmarshal(x.Body, &value) != nil {
		return a
	}
	switch value := value.(type) {
	case []any:
		a.List, a.Items = true, len(value)
	case map[string]any:
		for _, member := range value {
			if items, ok := member.([]any); ok && (!a.List || len(items) > a.Items) {
				a.List, a.Items = true, len(items)
			}
		}
		a.More = saysMore(value, a.Items)
	}
	a.More = a.More || hasNext(x)
	return a
}

// saysMore reports whether an object says that there is more than the items it holds.
func saysMore(object map[string]any, items int) bool {
	for _, name := range []string{"total", "count", "total_count", "totalCount", "total_items", "totalElements"} {
		if n, ok := object[name].(float64); ok && n > float64(items) {
			return true
		}
	}
	for _, name := range []string{"next", "next_page", "nextPage", "next_cursor", "nextCursor", "has_more", "hasMore"} {
		switch v := object[name].(type) {
		case string:
			if v != "" {
				return true
			}
		case bool:
			if v {
				return true
			}
		case float64:
			return true
		}
	}
	return false
}

// nextLink matches the relation of a next page.
var nextLink = regexp.MustCompile(`(?i);\s*rel="?next"?`)

// hasNext reports whether a Link field leads to a next page (RFC 8288).
func hasNext(x *observe.Exchange) bool {
	link, _ := answer.Field(x.Header, "Link")
	return nextLink.MatchString(link)
}

func judgePage(f pageFacts) opinion {
	large, code := f.Large, statusText(f.Large.Status)
	switch {
	case f.Usual.Status < 200 || f.Usual.Status >= 300:
		return unsure("answers " + statusText(f.Usual.Status) + ": its page size can't be tried")
	case !f.Usual.List && !f.Usual.Cut:
		return unsure("answers with no list")
	case large.Status >= 500:
		return fail("answers a page of 100 000 with " + code)
	case large.Status >= 400 && f.One.Status >= 400:
		return unsure("answers a page of 1 " + statusText(f.One.Status) + " too: it knows no such page size")
	case large.Status >= 400:
		return pass("refuses a page of 100 000 with " + code)
	case large.Status >= 300:
		return unsure("redirects a page of 100 000 (" + code + ")")
	case large.Cut:
		return warn("answers a page of 100 000 with more than is read of an answer")
	case large.Items > f.Times*max(1, f.Usual.Items):
		return warn(fmt.Sprintf("answers a page of 100 000 with %d entries, %d without", large.Items, f.Usual.Items))
	case f.One.Status >= 300 || f.One.Items != 1:
		return unsure("does not heed the page size: asked for 1 it gives " + fmt.Sprint(f.One.Items))
	case !large.More:
		return unsure(fmt.Sprintf("holds only %d entries: a limit can't be seen", large.Items))
	}
	return pass(fmt.Sprintf("cuts a page of 100 000 to %d entries", large.Items))
}
