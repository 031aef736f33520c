package web

import (
	"context"
	"encoding/json"
	"regexp"
	"sort"
	"strings"

	"assess/gonogo/checks"
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
	Sends: "GET of the declared description, or of up to eight usual places, and random paths beside them; with the user's token where it is refused without",
	Rule: "PASS: an OpenAPI or Swagger document with paths, or a page that shows one, unlike the answer for unknown paths. FAIL: none found. " +
		"inconclusive: what looks like one is the answer for unknown paths too.",
	Fix:  "Serve the description that the framework generates, to those who need it.",
	Refs: []string{"OpenAPI Specification"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	facts, evidence, missing := findDocs(ctx, p, params.Path)
	if missing != nil {
		return *missing
	}
	return judgeDocsAvailable(facts).result(evidence...)
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
	if facts.Anonymous {
		facts.OpenAdmin = openAdmin(ctx, p, facts.Operations)
	}
	return judgeDocsExposed(facts).result(evidence...)
})

// usualDocs are the places where frameworks put descriptions and their pages.
var usualDocs = []string{"/openapi.json", "/docs", "/redoc", "/swagger.json", "/swagger/index.html", "/swagger-ui/index.html",
	"/v3/api-docs", "/api/docs"}

// docsPage matches pages that show a description.
var docsPage = regexp.MustCompile(`(?i)SwaggerUIBundle|id=["']swagger-ui["']|<redoc[ >]|Redoc\.init|<elements-api|data-url=["'][^"']*openapi`)

// docsFacts is what looking for a description brought.
type docsFacts struct {
	Where      string // the first place that has it
	Anonymous  bool   // readable without a token
	CatchAll   string // a place whose answer unknown paths get too
	Operations []operation
	OpenAdmin  string // an admin operation that answers anonymously
	Intended   bool
	Production bool
}

// operation is one described operation.
type operation struct {
	Method string
	Path   string
	Secure bool // a security requirement stands over it
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
		x, err := follow(ctx, p, r)
		if err == nil && refusedStatus(x.Status) && p.Target.Auth.User.Token != "" {
			r.As = observe.User
			x, err = follow(ctx, p, r)
		}
		if err != nil {
			bad := answer.Unanswered(p, "GET "+place, err)
			return facts, evidence, &bad
		}
		operations, isDocs := readDocs(x)
		if !isDocs && declared == "" {
			continue
		}
		evidence = append(evidence, p.Exchange(x))
		if !isDocs {
			continue
		}
		control, err := p.Control(ctx, r)
		if err != nil {
			bad := answer.Unanswered(p, "a random path beside "+place, err)
			return facts, evidence, &bad
		}
		if observe.Same(x, control) {
			facts.CatchAll = place
			continue
		}
		facts.Where, facts.Anonymous, facts.Operations = place, r.As == "", operations
		return facts, evidence, nil
	}
	return facts, append(evidence, p.Note("places asked", strings.Join(places, "\n"))), nil
}

// readDocs reports whether x is a description or a page that shows one.
func readDocs(x *observe.Exchange) ([]operation, bool) {
	if !answer.Success(x) {
		return nil, false
	}
	if answer.HTML(x) {
		return nil, docsPage.Match(x.Body)
	}
	return readOpenAPI(x.Body)
}

// readOpenAPI reads the paths and operations of an OpenAPI 3 or Swagger 2 document in
// JSON; ok is false for anything else.
func readOpenAPI(body []byte) (operations []operation, ok bool) {
	var doc struct {
		OpenAPI  string                                `json:"openapi"`
		Swagger  string                                `json:"swagger"`
		BasePath string                                `json:"basePath"`
		Paths    map[string]map[string]json.RawMessage `json:"paths"`
		Security []any                                 `json:"security"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Paths == nil {
		return nil, false
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") && !strings.HasPrefix(doc.Swagger, "2.") {
		return nil, false
	}
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			var described struct {
				Security *[]any `json:"security"`
			}
			_ = json.Unmarshal(raw, &described)
			secure := len(doc.Security) > 0
			if described.Security != nil {
				secure = len(*described.Security) > 0
			}
			operations = append(operations, operation{Method: strings.ToUpper(method),
				Path: strings.TrimSuffix(doc.BasePath, "/") + path, Secure: secure})
		}
	}
	sort.Slice(operations, func(i, j int) bool {
		return operations[i].Path+operations[i].Method < operations[j].Path+operations[j].Method
	})
	return operations, true
}

// adminPath matches described paths for administrators or internal use.
var adminPath = regexp.MustCompile(`(?i)/(admin|internal|debug|management|actuator)(/|$)`)

// openAdmin asks for parameterless admin GETs and names the first that answers anybody.
func openAdmin(ctx context.Context, p *checks.Probe, operations []operation) string {
	asked := 0
	for _, o := range operations {
		if o.Method != "GET" || strings.Contains(o.Path, "{") || !adminPath.MatchString(o.Path) || asked == 5 {
			continue
		}
		asked++
		r := observe.Request{URL: o.Path}
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
	case f.Where != "" && f.Anonymous:
		return pass("the API is described at " + f.Where)
	case f.Where != "":
		return pass("the API is described at " + f.Where + ", for signed-in users")
	case f.CatchAll != "":
		return unsure(f.CatchAll + " shows a description, but unknown paths get the same")
	}
	return fail("no API description found")
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
