package api

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/api/openapi"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// DocsParams are the parameters of the kinds about API descriptions.
type DocsParams struct {
	Path     string `toml:"path" doc:"where the description or its page is; default the target's docs path, then the usual places"`
	Intended bool   `toml:"intended" doc:"anonymous readers are meant to see it"`
}

var docsAvailable = checks.Define(checks.Kind{
	ID: "docs.api.available", Title: "The API is described", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of the declared description, or of up to eight usual places, and random paths beside them; with the user's token where it is refused without; of a page that shows one also the document",
	Rule: "PASS: an OpenAPI 3 document that keeps to its specification, a Swagger 2.0 document, or a page that shows one, unlike the answer for unknown paths. WARN: the document breaks its specification, or can't be read. FAIL: none found. " +
		"inconclusive: what looks like one is the answer for unknown paths too. Nothing that the document refers to is fetched.",
	Fix:  "Serve the description that the framework generates, to those who need it, and validate it in the build.",
	Refs: []string{"OpenAPI Specification"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	facts, evidence, missing := findDocs(ctx, p, params.Path)
	if missing != nil {
		return *missing
	}
	return judgeDocsAvailable(facts).Result(evidence...)
})

var exposureDocs = checks.Define(checks.Kind{
	ID: "security.exposure.docs", Title: "The API description is not open to everybody", Class: checks.Safe, Severity: checks.Low,
	Sends: "the same requests as docs.api.available, and GETs of up to five parameterless admin operations that the description lists",
	Rule: "PASS: not readable without a token, or declared as intended. WARN: readable in production. FAIL: it lists admin operations that answer without a token. " +
		"inconclusive: what looks like one is the answer for unknown paths too.",
	Fix:  "A second listener or internal network, or authentication; FastAPI: openapi_url=None in production.",
	Refs: []string{"CWE-200", "ASVS 13.4.5"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	facts, evidence, missing := findDocs(ctx, p, params.Path)
	if missing != nil {
		return *missing
	}
	facts.Intended = params.Intended
	facts.Production = p.Target.Environment == "production" || p.Target.Environment == ""
	if facts.Anonymous && facts.Document != nil {
		facts.OpenAdmin = openAdmin(ctx, p, facts.routes(p))
	}
	return judgeDocsExposed(facts).Result(evidence...)
})

// usualDocs are the places where frameworks put descriptions and their pages.
var usualDocs = []string{"/openapi.json", "/docs", "/redoc", "/swagger.json", "/swagger/index.html", "/swagger-ui/index.html",
	"/v3/api-docs", "/api/docs"}

// usualDocuments are where the document of a page is, beside where the page says it is.
var usualDocuments = []string{"/openapi.json", "/swagger.json", "/v3/api-docs", "/openapi.yaml"}

// docsPage matches pages that show a description, documentOf where they take it from.
var (
	docsPage   = regexp.MustCompile(`(?i)SwaggerUIBundle|id=["']swagger-ui["']|<redoc[ >]|Redoc\.init|<elements-api|data-url=["'][^"']*openapi`)
	documentOf = regexp.MustCompile(`(?i)(?:\burl|spec-url|data-url|apiDescriptionUrl)["']?\s*[:=]\s*["']([^"'\s<>]{1,300})["']`)
)

// docsFacts is what looking for a description brought.
type docsFacts struct {
	Where      string               // the first place that has it, document or page
	Anonymous  bool                 // readable without a token
	Document   *openapi.Description // nil where only a page was found
	At         *url.URL             // where the document is
	Unreadable string               // why what claims to be a document can't be read
	CatchAll   string               // a place whose answer unknown paths get too
	OpenAdmin  string               // an admin operation that answers anonymously
	Intended   bool
	Production bool
}

// findDocs looks in the declared place, else in the usual ones.
func findDocs(ctx context.Context, p *checks.Probe, declared string) (docsFacts, []checks.Evidence, *checks.Result) {
	var facts docsFacts
	if p.Target.BaseURL == "" {
		r := answer.NotDeclared("base_url")
		return facts, nil, &r
	}
	if declared == "" {
		declared = p.Target.Paths.Docs
	}
	places := usualDocs
	if declared != "" {
		places = []string{declared}
	}
	var evidence []checks.Evidence
	for _, place := range places {
		r := observe.Request{URL: place}
		x, err := answer.Follow(ctx, p, r)
		if err == nil {
			if as, again := asCaller(p, r, x); again {
				r = as
				x, err = answer.Follow(ctx, p, r)
			}
		}
		if err != nil {
			bad := answer.Unanswered(p, "GET "+place, err)
			return facts, evidence, &bad
		}
		document, unreadable := readDocument(ctx, x)
		page := answer.Success(x) && answer.HTML(x) && docsPage.Match(x.Body)
		if document == nil && unreadable == "" && !page {
			if declared != "" {
				evidence = append(evidence, p.Exchange(x))
			}
			continue
		}
		evidence = append(evidence, p.Exchange(x))
		control, err := p.Control(ctx, r)
		if err != nil {
			bad := answer.Unanswered(p, "a random path beside "+place, err)
			return facts, evidence, &bad
		}
		if observe.Same(x, control) {
			facts.CatchAll = place
			continue
		}
		facts.Where, facts.Anonymous = place, r.As == ""
		facts.Document, facts.Unreadable, facts.At = document, unreadable, parsed(x.URL)
		if document == nil && unreadable == "" {
			evidence = append(evidence, facts.findDocument(ctx, p, x, r.As)...)
		}
		return facts, evidence, nil
	}
	return facts, append(evidence, p.Note("places asked", strings.Join(places, "\n"))), nil
}

// findDocument looks for the document that a page shows: where the page says, on its own
// origin, then in the usual places.
func (f *docsFacts) findDocument(ctx context.Context, p *checks.Probe, page *observe.Exchange, as observe.Identity) []checks.Evidence {
	var places []string
	from := parsed(page.URL)
	for _, m := range documentOf.FindAllSubmatch(page.Body, 5) {
		if to, err := from.Parse(string(m[1])); err == nil && answer.SameOrigin(to, from) {
			places = append(places, to.String())
		}
	}
	for _, place := range append(places, usualDocuments...) {
		r := observe.Request{URL: place, As: as}
		x, err := p.Do(ctx, r)
		if err != nil {
			continue
		}
		document, unreadable := readDocument(ctx, x)
		if document == nil && unreadable == "" {
			continue
		}
		if control, err := p.Control(ctx, r); err != nil || observe.Same(x, control) {
			continue
		}
		f.Document, f.Unreadable, f.At = document, unreadable, parsed(x.URL)
		return []checks.Evidence{p.Exchange(x)}
	}
	return nil
}

// readDocument reads x as a description. unreadable says why one that is meant to be one
// can't be read.
func readDocument(ctx context.Context, x *observe.Exchange) (d *openapi.Description, unreadable string) {
	if !answer.Success(x) || answer.HTML(x) {
		return nil, ""
	}
	if x.Truncated {
		head := string(x.Body[:min(len(x.Body), 1024)])
		if strings.Contains(head, "openapi") || strings.Contains(head, "swagger") {
			return nil, "it is larger than what is read of an answer"
		}
		return nil, ""
	}
	d, err := openapi.Read(ctx, x.Body)
	if err != nil && !errors.Is(err, openapi.ErrNone) {
		return nil, err.Error()
	}
	return d, ""
}

// parsed parses a URL that was already used for a request.
func parsed(raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// adminPath matches described paths for administrators or internal use.
var adminPath = regexp.MustCompile(`(?i)/(admin|internal|debug|management|actuator)(/|$)`)

// openAdmin asks for parameterless admin GETs and names the first that answers anybody.
func openAdmin(ctx context.Context, p *checks.Probe, operations []route) string {
	asked := 0
	for _, o := range operations {
		if !o.plainGET() || !adminPath.MatchString(o.Path) || asked == 5 {
			continue
		}
		asked++
		r := observe.Request{URL: o.URL}
		x, err := p.Do(ctx, r)
		if err != nil || !answer.Success(x) {
			continue
		}
		control, err := p.Control(ctx, r)
		if err == nil && answer.Stand(x, control) == answer.Real && !answer.Denies(x) && !answer.LoginForm(x) {
			return o.Path
		}
	}
	return ""
}

func judgeDocsAvailable(f docsFacts) opinion {
	switch {
	case f.Where == "" && f.CatchAll != "":
		return unsure(f.CatchAll + " shows a description, but unknown paths get the same")
	case f.Where == "":
		return fail("no API description found")
	case f.Unreadable != "":
		return warn("the API description at " + f.Where + " can't be read: " + f.Unreadable)
	case f.Document != nil && f.Document.Problem != "":
		return warn("the API description at " + f.Where + " breaks its specification: " + f.Document.Problem)
	}
	reason := "the API is described at " + f.Where
	if !f.Anonymous {
		reason += ", for signed-in users"
	}
	switch {
	case f.Document == nil:
		reason += " (a page; its document was not found)"
	case f.Document.Unchecked != "":
		reason += " (" + f.Document.Unchecked + ")"
	}
	return pass(reason)
}

func judgeDocsExposed(f docsFacts) opinion {
	switch {
	case f.OpenAdmin != "":
		return fail("the description at " + f.Where + " lists " + f.OpenAdmin + ", which answers without a token")
	case f.Where == "" && f.CatchAll != "":
		return unsure(f.CatchAll + " shows a description, but unknown paths get the same")
	case f.Where == "":
		return pass("no API description is readable without a token")
	case !f.Anonymous:
		return pass("the description at " + f.Where + " needs a token")
	case f.Intended:
		return pass("the description at " + f.Where + " is open, as intended")
	case f.Production:
		return warn("everybody can read the description at " + f.Where)
	}
	return pass("the description at " + f.Where + " is open; the environment is not production")
}
