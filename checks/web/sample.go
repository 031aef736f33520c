package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// seen holds the facts of one answer that header rules judge.
type seen struct {
	Where     string // "GET /"
	Header    http.Header
	Place     Place
	Document  bool // a browser renders it
	Empty     bool // no body
	Scripts   bool // the page has script elements
	Forms     bool
	MetaCSP   []string // policies of meta elements
	MetaRefer []string // referrer policies of meta elements
}

// sample is what every header kind looks at: the base document and one API answer. One
// of them may be missing, never both.
type sample struct {
	Doc   *seen
	API   *seen
	Rules string
}

// main is the document, or the API answer where the target has no document.
func (s sample) main() *seen {
	if s.Doc != nil {
		return s.Doc
	}
	return s.API
}

// takeSample asks for the base page, following redirects on its own origin, and for the
// declared API sample, both as the user where anonymous callers are refused. The exchanges are shared by all header kinds. The result is set
// when there is nothing to judge.
func takeSample(ctx context.Context, p *checks.Probe) (sample, []checks.Evidence, *checks.Result) {
	s := sample{Rules: p.Rules}
	if p.Target.BaseURL == "" {
		r := answer.NotDeclared("base_url")
		return s, nil, &r
	}
	_, base, err := answer.FollowAsCaller(ctx, p, observe.Request{URL: p.Target.BaseURL})
	if err != nil {
		r := answer.Unanswered(p, answer.Label(p, observe.Request{URL: p.Target.BaseURL}), err)
		return s, nil, &r
	}
	evidence := []checks.Evidence{p.Exchange(base)}
	switch answer.ShapeOf(base) {
	case answer.Document:
		s.Doc = look(p, base)
	case answer.API:
		s.API = look(p, base)
	}
	if path := apiSample(p); path != "" {
		r := observe.Request{URL: path}
		x, err := p.Do(ctx, r)
		if err == nil {
			if mine, again := answer.AsCaller(p, r, x); again {
				x, err = p.Do(ctx, mine)
			}
		}
		if err == nil && answer.Success(x) {
			s.API = look(p, x)
			evidence = append(evidence, p.Exchange(x))
		}
	}
	if s.main() == nil {
		r := checks.NewResult(checks.Inconclusive, checks.ObservedLive,
			"the base page answers "+status(base)+" and no API sample answers: there is no successful answer to judge", evidence...)
		return s, evidence, &r
	}
	return s, evidence, nil
}

// mustParse parses a URL that was already used for a request; nil when it is odd.
func mustParse(raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	return u
}

// look gathers the facts of one answer.
func look(p *checks.Probe, x *observe.Exchange) *seen {
	s := &seen{Where: answer.Label(p, observe.Request{Method: x.Request.Method, URL: x.URL}), Header: x.Header,
		Place: PlaceOf(x.URL), Document: answer.Rendered(x), Empty: len(x.Body) == 0}
	if s.Document {
		s.readPage(x.Body)
	}
	return s
}

// readPage takes from an HTML page what header rules need of it.
func (s *seen) readPage(body []byte) {
	tokens := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			switch token.Data {
			case "script":
				s.Scripts = true
			case "form":
				s.Forms = true
			case "meta":
				s.readMeta(token.Attr)
			}
		}
	}
}

func (s *seen) readMeta(attributes []html.Attribute) {
	var equiv, name, content string
	for _, a := range attributes {
		switch a.Key {
		case "http-equiv":
			equiv = strings.ToLower(strings.TrimSpace(a.Val))
		case "name":
			name = strings.ToLower(strings.TrimSpace(a.Val))
		case "content":
			content = a.Val
		}
	}
	if equiv == "content-security-policy" {
		s.MetaCSP = append(s.MetaCSP, content)
	}
	if name == "referrer" {
		s.MetaRefer = append(s.MetaRefer, content)
	}
}

// headerKind defines a kind that judges the shared sample and asks nothing else.
func headerKind(k checks.Kind, judge func(sample) opinion) checks.Kind {
	return headerKindWith(k, func(s sample, _ checks.NoParams) opinion { return judge(s) })
}

// headerKindWith is headerKind for rules that take parameters.
func headerKindWith[P any](k checks.Kind, judge func(sample, P) opinion) checks.Kind {
	k.Class = checks.Safe
	k.Sends = "GET of the base page and of the declared API sample, shared by all header checks"
	return checks.Define(k, func(ctx context.Context, p *checks.Probe, params P) checks.Result {
		s, evidence, nothing := takeSample(ctx, p)
		if nothing != nil {
			return *nothing
		}
		return judge(s, params).Result(evidence...)
	})
}

// status is the status of x in words: "404 Not Found".
func status(x *observe.Exchange) string { return statusText(x.Status) }
