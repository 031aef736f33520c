package web

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var webContentType = checks.Define(checks.Kind{
	ID: "web.content_type", Title: "Content-Type says what the body is", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of the base page, of the declared API sample, of its first script or stylesheet, and of a random path beside them",
	Rule: "Of each answer with a body. PASS: the type fits the body, and text has a charset that fits it. WARN: text without a charset. " +
		"FAIL: no type, JSON served as a page or text, a page served as JSON, JSON that does not parse, a charset that is unknown or that the body breaks. inconclusive: nothing with a body answers.",
	Fix:  "Set the type in one place for each kind of answer; charset=utf-8 with text.",
	Refs: []string{"ASVS 4.1.1", "RFC 9110 section 8.3", "WHATWG MIME Sniffing"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	base, err := follow(ctx, p, observe.Request{URL: p.Target.BaseURL})
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, observe.Request{URL: p.Target.BaseURL}), err)
	}
	found := []*observe.Exchange{base}
	var parts []answer.Part
	ask := func(r observe.Request, do func(context.Context, observe.Request) (*observe.Exchange, error)) {
		x, err := do(ctx, r)
		if err != nil {
			verdict, reason := answer.Missing(answer.Label(p, r)+" or a random path beside it", err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			return
		}
		found = append(found, x)
	}
	ask(observe.Request{URL: base.URL}, p.Control)
	if path := apiSample(p); path != "" {
		ask(observe.Request{URL: path}, p.Do)
		ask(observe.Request{URL: path}, p.Control)
	}
	if g, ok := parsePage(base); ok && answer.HTML(base) {
		if files := append(g.references("script"), g.references("style")...); len(files) > 0 {
			ask(observe.Request{URL: files[0]}, p.Do)
		}
	}
	var evidence []checks.Evidence
	success := false
	for _, x := range found {
		if len(x.Body) == 0 || x.Encoded || x.Status >= 300 && x.Status < 400 {
			continue
		}
		success = success || answer.Success(x)
		label := answer.Label(p, observe.Request{URL: x.URL})
		parts = append(parts, judgeType(readType(x)).Part(label+" ("+statusText(x.Status)+")"))
		evidence = append(evidence, p.Exchange(x))
	}
	return judgeTypes(parts, success).Result(append(evidence, p.Note("types", answer.Table(parts)))...)
})

// judgeTypes combines the answers. Where none of them was a success nothing is passed.
func judgeTypes(parts []answer.Part, success bool) opinion {
	if len(parts) == 0 {
		return unsure("no answer has a body")
	}
	verdict, reason := answer.Combine(parts)
	switch {
	case verdict == checks.Pass && !success:
		return unsure("only refusals and errors were seen")
	case verdict == checks.Pass:
		return pass(plural(len(parts), "answer") + " with a fitting type")
	}
	return opinion{Verdict: verdict, Reason: reason}
}

// typeFacts is what an answer says it is, and what it looks like.
type typeFacts struct {
	Given   string // the field as sent
	Media   string
	Charset string
	Known   bool // the charset is one that browsers know
	Fits    bool // the body can be of the charset
	JSON    bool // the body is a JSON object or list
	Bare    bool // the body is any other JSON value
	Page    bool // the body begins as an HTML page
	Cut     bool // the body was not read to its end
}

func readType(x *observe.Exchange) typeFacts {
	given := x.Header.Get("Content-Type")
	f := typeFacts{Given: given, Media: answer.Media(x), Cut: x.Truncated, Fits: true}
	if _, params, err := mime.ParseMediaType(given); err == nil {
		f.Charset = strings.ToLower(params["charset"])
	}
	if f.Charset != "" {
		encoding, err := htmlindex.Get(f.Charset)
		if f.Known = err == nil; f.Known {
			name, _ := htmlindex.Name(encoding)
			f.Fits = name != "utf-8" || utf8.Valid(whole(x.Body, x.Truncated))
		}
	}
	body := bytes.TrimSpace(bytes.TrimPrefix(x.Body, []byte("\xef\xbb\xbf")))
	f.JSON = len(body) > 1 && (body[0] == '{' || body[0] == '[') && json.Valid(body)
	f.Bare = !f.JSON && json.Valid(body)
	f.Page = strings.HasPrefix(http.DetectContentType(body), "text/html")
	return f
}

// whole drops the last character of a body that was cut off.
func whole(body []byte, cut bool) []byte {
	if cut {
		return body[:max(0, len(body)-utf8.UTFMax)]
	}
	return body
}

func judgeType(f typeFacts) opinion {
	isJSON := f.Media == "application/json" || f.Media == "text/json" || strings.HasSuffix(f.Media, "+json")
	isPage := f.Media == "text/html" || f.Media == "application/xhtml+xml"
	text := strings.HasPrefix(f.Media, "text/") && !contains(scriptTypes, f.Media)
	switch {
	case f.Media == "":
		return fail("has no Content-Type")
	case !strings.Contains(f.Media, "/"):
		return fail("has no type that can be read: " + quoteShort(f.Given))
	case f.JSON && (isPage || f.Media == "text/plain"):
		return fail("is JSON served as " + f.Media)
	case isJSON && f.Page:
		return fail("is a page served as " + f.Media)
	case isJSON && !f.JSON && !f.Bare && !f.Cut:
		return fail("is called " + f.Media + " and does not parse")
	case f.Page && (contains(scriptTypes, f.Media) || f.Media == "text/css"):
		return fail("is a page served as " + f.Media)
	case f.Charset != "" && !f.Known:
		return fail("has a charset that browsers don't know: " + quoteShort(f.Charset))
	case !f.Fits:
		return fail("says charset=" + f.Charset + ", but holds bytes that are none")
	case f.Charset == "" && (text || isPage):
		return warn("has no charset (" + f.Media + ")")
	}
	return pass("is " + f.Media)
}
