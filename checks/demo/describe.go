package demo

import (
	"net/http"
	"slices"
	"strings"
)

// operation is one line of the API description.
type operation struct{ Method, Path string }

// gone are routes that an older version had.
var gone = []string{"/api/feeds", "/api/statements"}

// describe makes the routes that the scenario phase5 lacks: the drawing of the dashboard,
// and the API description as an OpenAPI document and a page. They describe the given routes
// that exist, and those that are gone until the routes switch is on.
func (s *service) describe(routes []route) []route {
	var all []operation
	for _, r := range routes {
		if !strings.HasPrefix(r.Path, apiPrefix) || r.Needs != "" && !s.Mended(r.Needs) {
			continue
		}
		if r.Get != nil {
			all = append(all, operation{http.MethodGet, r.Path})
		}
		if r.Post != nil {
			all = append(all, operation{http.MethodPost, r.Path})
		}
	}
	if !s.Mended("routes") {
		for _, path := range gone {
			all = append(all, operation{http.MethodGet, path})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	document := openAPI(all)
	return []route{
		{Path: "/static/scene.js", Get: asset("scene.js", "text/javascript; charset=utf-8", s.Mended("caching"))},
		{Path: "/openapi.json", Get: func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, document) }},
		{Path: "/docs", Get: func(w http.ResponseWriter, _ *http.Request) {
			s.pages.show(w, http.StatusOK, "docs", view{Title: "API", Path: "/docs", Operations: all})
		}},
	}
}

// openAPI is the operations as an OpenAPI 3.1 document.
func openAPI(operations []operation) map[string]any {
	paths := map[string]map[string]any{}
	for _, o := range operations {
		if paths[o.Path] == nil {
			paths[o.Path] = map[string]any{}
		}
		paths[o.Path][strings.ToLower(o.Method)] = map[string]any{
			"responses": map[string]any{"default": map[string]string{"description": "The answer, or an RFC 9457 problem."}},
		}
	}
	return map[string]any{"openapi": "3.1.0", "info": map[string]string{"title": "Atlas", "version": version}, "paths": paths}
}
