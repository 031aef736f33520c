package web

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var inputXSS = checks.Define(checks.Kind{
	ID: "security.input.xss", Title: "A parameter does not become markup", Class: checks.Intrusive, Severity: checks.High,
	Sends: "one query parameter with a random word and, where an HTML page repeats it, the word with quotes and a made-up element; as the user where anonymous callers are refused",
	Rule: "FAIL: the made-up element is part of the page, twice. WARN: a quote ends an attribute or stands in a script unescaped, or a JSON body is served as HTML with it. " +
		"PASS: the word is not repeated, or escaped; stored and scripted injection are not looked for. na: the answer is no page. inconclusive: the path is answered like unknown ones, does not answer a plain word with success, or the parameter changes nothing.",
	Fix:  "Encode for the place where the value is put, and keep scripts under a Content-Security-Policy.",
	Refs: []string{"CWE-79", "ASVS 1.2.1", "WSTG-INPV-01"},
}, runXSS)

// xssElement is an element that no page has; it does nothing.
const xssElement = "x-gng"

func runXSS(ctx context.Context, p *checks.Probe, params InputParams) checks.Result {
	params, missing := params.complete()
	if missing != "" && missing != "value" {
		return answer.NotDeclared("the input check's " + missing)
	}
	t := &inputTrial{probe: p, params: params}
	marker := "gng" + randomHex(5)
	first, err := t.begin(ctx, "a random word", marker)
	if err != nil {
		return answer.Unanswered(p, "GET "+params.Path, err)
	}
	evidence := []checks.Evidence{p.Exchange(first.x)}
	facts := xssFacts{Status: first.Status, Page: answer.HTML(first.x), Repeated: bytes.Contains(first.x.Body, []byte(marker))}
	control, err := p.Control(ctx, t.request(marker))
	if err != nil {
		return answer.Unanswered(p, "a random path beside "+params.Path, err)
	}
	facts.LikeOther = observe.Same(first.x, control)
	if facts.Page && !facts.Repeated && answer.Success(first.x) {
		if facts.Ignored, err = unheededWord(ctx, t, first); err != nil {
			return answer.Unanswered(p, "GET "+params.Path, err)
		}
	}
	if facts.Page && facts.Repeated {
		payload := marker + `'"><` + xssElement + ">"
		for range 2 {
			a, err := t.send(ctx, "the word with markup", payload, true)
			if err != nil {
				return answer.Unanswered(p, "GET "+params.Path, err)
			}
			evidence = append(evidence, p.Exchange(a.x))
			facts.See = append(facts.See, seeMarkup(a.x, marker))
		}
	}
	return judgeXSS(facts).Result(append(evidence, p.Note("values tried", t.table()))...)
}

// unheededWord reports whether the page that does not repeat a word is the same without it.
func unheededWord(ctx context.Context, t *inputTrial, word inputAnswer) (bool, error) {
	plain, err := t.send(ctx, "plain value", t.params.Value, false)
	if err != nil {
		return false, err
	}
	again, err := t.send(ctx, "plain value again", t.params.Value, true)
	if err != nil {
		return false, err
	}
	t.numbersMove = digits(plain.Body) != digits(again.Body)
	return !t.heeds(plain, word, t.alike(plain, again)), nil
}

// markup is what a page made of the word with quotes and an element.
type markup struct {
	Element  bool // the element is in the parsed page
	Quote    bool // a quote ended the attribute that the word stood in
	Script   bool // it stands in a script with its quotes
	JSONBody bool // the page is JSON served as HTML
}

// seeMarkup parses a page as a browser does and looks for what became of the word.
func seeMarkup(x *observe.Exchange, marker string) markup {
	if !answer.HTML(x) {
		return markup{}
	}
	m := markup{JSONBody: json.Valid(x.Body)}
	root, err := html.Parse(bytes.NewReader(x.Body))
	if err != nil {
		return m
	}
	raw := bytes.Contains(x.Body, []byte(marker+`'`)) || bytes.Contains(x.Body, []byte(marker+`"`))
	for node := range root.Descendants() {
		if node.Type == html.TextNode && node.Parent != nil && node.Parent.Data == "script" &&
			strings.Contains(node.Data, marker+`'"`) {
			m.Script = true
		}
		if node.Type != html.ElementNode {
			continue
		}
		m.Element = m.Element || node.Data == xssElement
		for _, a := range node.Attr {
			if raw && (strings.HasSuffix(a.Val, marker) || strings.HasSuffix(a.Val, marker+"'")) {
				m.Quote = true
			}
		}
	}
	return m
}

// xssFacts is what the two values showed.
type xssFacts struct {
	Status    int
	Page      bool
	Repeated  bool
	LikeOther bool
	Ignored   bool     // the parameter has no say in the answer
	See       []markup // of the value with markup, sent twice
}

func judgeXSS(f xssFacts) opinion {
	both := func(is func(markup) bool) bool {
		return len(f.See) == 2 && is(f.See[0]) && is(f.See[1])
	}
	switch {
	case both(func(m markup) bool { return m.Element && m.JSONBody }):
		return warn("a JSON body is served as HTML and repeats markup unescaped")
	case both(func(m markup) bool { return m.Element }):
		return fail("the page repeats markup from the parameter as its own element")
	case both(func(m markup) bool { return m.Quote }):
		return warn("a quote from the parameter ends an attribute")
	case both(func(m markup) bool { return m.Script }):
		return warn("the parameter stands in a script with its quotes unescaped")
	case f.LikeOther:
		return unsure("the path is answered like unknown ones: the parameter was not exercised")
	case f.Status >= 500 || f.Status == 404, f.Status >= 300 && !(f.Page && f.Repeated):
		return unsure("the path answers " + statusText(f.Status) + " to a plain word: the parameter was not exercised")
	case !f.Page:
		return na("the answer is no HTML page: nothing is rendered")
	case f.Ignored:
		return unsure(unheeded)
	case f.Repeated && len(f.See) == 2:
		return pass("no sign found with 2 safe probes: the page repeats the word escaped (stored and scripted injection are not looked for)")
	}
	return pass("no sign found with 1 safe probe: the page does not repeat the word (stored and scripted injection are not looked for)")
}
