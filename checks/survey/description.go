package survey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks/local"
)

// Limits of descriptions.
const (
	maxDescription = 4 << 20 // bytes
	maxDepth       = 200     // levels
	maxOperations  = 5000
)

// Description is what the description of an API says, as far as a target file needs it.
type Description struct {
	Title, Version string
	Operations     []Operation // by path, then method
}

// Operation is one described request.
type Operation struct {
	Method string
	Path   string // below the server's own path
	Secure bool   // it needs a credential
	Query  []Query
	Needs  bool // it can't be asked as it is: a required parameter has no value
}

// Query is one query parameter.
type Query struct{ Name, Type string }

// plain reports whether the operation is a GET that can be asked as it is.
func (o Operation) plain() bool { return o.Method == "GET" && !o.Needs && route(o.Path) != "" }

// ReadDescription reads an OpenAPI 3 or Swagger 2 document in JSON or YAML. References that
// lead out of it are never followed.
func ReadDescription(src []byte) (d Description, err error) {
	if len(src) > maxDescription {
		return d, fmt.Errorf("larger than %d MiB", maxDescription>>20)
	}
	defer func() { // the libraries take the shape of some values for granted
		if v := recover(); v != nil {
			d, err = Description{}, errors.New("not readable")
		}
	}()
	src, err = asJSON(bytes.TrimSpace(bytes.TrimPrefix(src, []byte("\uFEFF"))))
	if err != nil {
		return d, err
	}
	doc, err := decodeDescription(src)
	if err != nil {
		return d, err
	}
	return outline(doc), nil
}

// asJSON turns YAML into JSON. Anchors are refused: nobody writes them into descriptions,
// and a few lines of them can stand for gigabytes.
func asJSON(src []byte) ([]byte, error) {
	if len(src) > 0 && src[0] == '{' {
		if tooDeep(src) {
			return nil, fmt.Errorf("more than %d levels deep", maxDepth)
		}
		return src, nil
	}
	docs, err := local.YAML(src)
	switch {
	case err != nil:
		return nil, err
	case len(docs) != 1:
		return nil, errors.New("not one document")
	}
	if err := plainNode(docs[0], 0); err != nil {
		return nil, err
	}
	var value map[string]any
	if err := docs[0].Decode(&value); err != nil {
		return nil, errors.New("not an object")
	}
	return json.Marshal(value)
}

func plainNode(n *yaml.Node, depth int) error {
	switch {
	case depth > maxDepth:
		return fmt.Errorf("more than %d levels deep", maxDepth)
	case n.Kind == yaml.AliasNode:
		return errors.New("it uses YAML anchors")
	}
	for _, child := range n.Content {
		if err := plainNode(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// tooDeep reports whether JSON is nested deeper than any description.
func tooDeep(src []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// decodeDescription reads either version as version 3. A document whose references can't
// be resolved is read without them.
func decodeDescription(src []byte) (*openapi3.T, error) {
	var says struct {
		OpenAPI, Swagger string
		Paths            map[string]json.RawMessage
	}
	if err := json.Unmarshal(src, &says); err != nil {
		return nil, errors.New("not a JSON object")
	}
	switch {
	case says.Paths == nil:
		return nil, errors.New("it has no paths")
	case strings.HasPrefix(says.Swagger, "2."):
		var old openapi2.T
		if err := json.Unmarshal(src, &old); err != nil {
			return nil, errors.New("not a Swagger 2 document")
		}
		doc, err := openapi2conv.ToV3(&old)
		if err != nil {
			return nil, errors.New("not a Swagger 2 document")
		}
		return doc, nil
	case !strings.HasPrefix(says.OpenAPI, "3."):
		return nil, errors.New("neither OpenAPI 3 nor Swagger 2")
	}
	loader := openapi3.NewLoader() // which follows no reference out of the document
	if doc, err := loader.LoadFromData(src); err == nil {
		return doc, nil
	}
	doc := &openapi3.T{}
	if err := json.Unmarshal(src, doc); err != nil {
		return nil, errors.New("not an OpenAPI 3 document")
	}
	return doc, nil
}

func outline(doc *openapi3.T) Description {
	var d Description
	if doc.Info != nil {
		d.Title, d.Version = tidy(doc.Info.Title, maxName), tidy(doc.Info.Version, maxName)
	}
	prefix := ""
	if len(doc.Servers) > 0 && doc.Servers[0] != nil {
		if u, err := url.Parse(doc.Servers[0].URL); err == nil && !strings.Contains(u.Path, "{") {
			prefix = strings.TrimSuffix(u.Path, "/")
		}
	}
	for at, item := range doc.Paths.Map() {
		if item == nil {
			continue
		}
		for method, op := range item.Operations() {
			if op == nil || len(d.Operations) == maxOperations {
				continue
			}
			d.Operations = append(d.Operations, operation(doc, item, op, strings.ToUpper(method), prefix+at))
		}
	}
	slices.SortFunc(d.Operations, func(a, b Operation) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return d
}

func operation(doc *openapi3.T, item *openapi3.PathItem, op *openapi3.Operation, method, at string) Operation {
	o := Operation{Method: method, Path: at, Needs: strings.Contains(at, "{")}
	needed := doc.Security
	if op.Security != nil {
		needed = *op.Security
	}
	o.Secure = len(needed) > 0
	for _, alternative := range needed {
		o.Secure = o.Secure && len(alternative) > 0 // an empty one lets anybody in
	}
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		if ref == nil || ref.Value == nil {
			o.Needs = true // what it is can't be told
			continue
		}
		p := ref.Value
		if p.In == "query" && len(o.Query) < maxList {
			o.Query = append(o.Query, Query{p.Name, typeOf(p)})
		}
		o.Needs = o.Needs || p.Required && (p.In == "query" || p.In == "header" && !strings.EqualFold(p.Name, "authorization"))
	}
	return o
}

// typeOf is a parameter's type; of several the first that is not null.
func typeOf(p *openapi3.Parameter) string {
	if p.Schema == nil || p.Schema.Value == nil {
		return ""
	}
	candidates := openapi3.SchemaRefs{p.Schema}
	candidates = append(candidates, p.Schema.Value.AnyOf...)
	for _, c := range candidates {
		if c == nil || c.Value == nil {
			continue
		}
		for _, t := range c.Value.Type.Slice() {
			if t != "null" {
				return t
			}
		}
	}
	return ""
}

// What the ends of described paths tell of them.
var (
	healthEnd  = regexp.MustCompile(`(?i)(^|/)(health|healthz|healthcheck|livez|readyz|live|ready|ping|status)(/[A-Za-z0-9_-]+)?/?$`)
	adminPart  = regexp.MustCompile(`(?i)/(admin|administration|management)(/|$)`)
	meEnd      = regexp.MustCompile(`(?i)/(me|whoami|userinfo|current[_-]?user|profile|session)/?$`)
	loginEnd   = regexp.MustCompile(`(?i)/(login|log-in|signin|sign-in|token|session|sessions|authenticate)/?$`)
	logoutEnd  = regexp.MustCompile(`(?i)/(logout|log-out|signout|sign-out)/?$`)
	versionEnd = regexp.MustCompile(`(?i)/(version|build|build-?info|about)/?$`)
	metricsEnd = regexp.MustCompile(`(?i)/(metrics|prometheus)/?$`)
	actionPart = regexp.MustCompile(`(?i)(^|[/_-])(logout|log-out|sign-?out|delete|remove|reset|send|run|start|stop|restart|trigger|execute|export|download|unsubscribe|confirm|verify|stream|events|ws|callback)([/_.-]|$)`)
	searchName = regexp.MustCompile(`(?i)^(q|query|search|name|term|text|filter|keyword)$`)
)

// describe takes over what a description says. Routes of health are described facts;
// everything else is a guess about meaning.
func (f *Facts) describe(d Description, from string) {
	if f.Version.Value == "" && release.MatchString(d.Version) {
		f.Version = Found{d.Version, from, true}
	}
	if f.Name.Value == "" && d.Title != "" {
		f.Name = Found{d.Title, from, true}
	}
	if prefix := commonPrefix(d.Operations); prefix != "" && f.APIPrefix.Value == "" {
		f.APIPrefix = Found{prefix, from, true}
	}
	for _, o := range d.Operations {
		switch {
		case o.Method == "POST" && route(o.Path) != "":
			f.describePost(o, from)
		case o.plain():
			f.describeGet(o, from)
		}
	}
	f.preferAPI()
}

// preferAPI puts routes below the API prefix before others, which may be pages, and leaves
// the first page out where an answer of the API is wanted.
func (f *Facts) preferAPI() {
	outside := func(at Found) int {
		if strings.HasPrefix(at.Value, f.APIPrefix.Value) {
			return 0
		}
		return 1
	}
	for _, key := range []string{"cheap", "sample", "database", "recovery"} {
		if found := without(f.Paths[key], "/"); len(found) > 0 || key != "cheap" {
			f.Paths[key] = found
		}
		slices.SortStableFunc(f.Paths[key], func(a, b Found) int { return outside(a) - outside(b) })
	}
}

func (f *Facts) describePost(o Operation, from string) {
	if f.Login.Value == "" && !o.Secure && !o.Needs && loginEnd.MatchString(o.Path) {
		f.Login = Found{o.Path, "POST in " + from, false}
	}
	if f.Logout.Value == "" && logoutEnd.MatchString(o.Path) {
		f.Logout = Found{o.Path, "POST in " + from, false}
	}
}

func (f *Facts) describeGet(o Operation, from string) {
	switch {
	case metricsEnd.MatchString(o.Path):
		add(f.Paths, "metrics", Found{o.Path, from, true})
		return
	case !o.Secure && healthEnd.MatchString(o.Path):
		key := "health"
		if detailed.MatchString(o.Path) {
			key = "health_detail"
		}
		add(f.Paths, key, Found{o.Path, from, true})
		return
	case !o.Secure && versionEnd.MatchString(o.Path):
		if f.BuildPath.Value == "" {
			f.BuildPath = Found{o.Path, from, false}
		}
		return
	}
	if actionPart.MatchString(o.Path) {
		return // a GET that does something, or never ends, is proposed for nothing
	}
	if adminPart.MatchString(o.Path) {
		add(f.Paths, "admin", Found{o.Path, from, false})
		return
	}
	if o.Secure {
		if meEnd.MatchString(o.Path) {
			add(f.Paths, "whoami", Found{o.Path, "needs a credential by " + from, false})
		}
		add(f.Paths, "protected", Found{o.Path, "needs a credential by " + from, false})
		return
	}
	for _, key := range []string{"cheap", "sample", "database", "recovery"} {
		add(f.Paths, key, Found{o.Path, from, false})
	}
	f.describeQuery(o, from)
}

// describeQuery takes routes with parameters as candidates for the checks of input.
func (f *Facts) describeQuery(o Operation, from string) {
	for _, q := range o.Query {
		at := o.Path + "?" + url.QueryEscape(q.Name) + "="
		switch {
		case route(at) == "":
		case q.Type == "integer" || q.Type == "number":
			add(f.Roles, "sqli_number", Found{at + "1", from, false})
			add(f.Roles, "error_input", Found{at + "abc", from, false})
		case q.Type == "string" && searchName.MatchString(q.Name):
			for _, role := range []string{"sqli_text", "xss", "cmdi"} {
				add(f.Roles, role, Found{at + "test", from, false})
			}
		}
	}
}

// commonPrefix is the folder that most described paths share: one that begins with "api",
// else one that all share.
func commonPrefix(ops []Operation) string {
	count := map[string]int{}
	total := 0
	for _, o := range ops {
		if healthEnd.MatchString(o.Path) || metricsEnd.MatchString(o.Path) || !shown(o.Path) {
			continue
		}
		total++
		parts := strings.Split(strings.Trim(o.Path, "/"), "/")
		at := "/"
		for _, p := range parts[:max(0, min(len(parts)-1, 3))] {
			at = path.Join(at, p)
			count[at+"/"]++
		}
	}
	best := ""
	for _, prefix := range slices.Sorted(mapKeys(count)) {
		n := count[prefix]
		fits := n == total && total > 1 || strings.HasPrefix(prefix, "/api/") && 2*n > total
		if fits && route(prefix) != "" && len(prefix) > len(best) && (best == "" || n == count[best]) {
			best = prefix
		}
	}
	return best
}
