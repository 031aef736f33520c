package demo

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// service is the demo's web server: a front end and an API.
type service struct {
	commit string // of the running build; set before serving begins
	settings
	tls      bool
	started  time.Time
	who      *identities
	limits   *limiter
	database database
	quotes   *breaker
	reports  *reports
	counts   *counters
	pages    *pages
	routes   map[string]*route
}

// route is one path with what it answers to.
type route struct {
	Path    string
	Get     http.HandlerFunc
	Post    http.HandlerFunc
	Needs   string // switch without which the path does not exist
	Limited bool   // counted by the rate limiter while that is mended
}

// allowedOrigin is the one foreign origin that may read the API.
const allowedOrigin = "https://atlas.internal"

// apiPrefix is where the API begins; errors below it are the errors switch's matter.
const apiPrefix = "/api/"

func newService(s settings, tls bool) (*service, error) {
	pages, err := newPages()
	if err != nil {
		return nil, err
	}
	v := &service{
		settings: s, tls: tls, started: time.Now(), pages: pages,
		who: newIdentities(s.Mended("tokens")), limits: newLimiter(), counts: newCounters(),
		database: newDatabase(s.Mended("pool")), quotes: newBreaker(s.Mended("recovery")), reports: newReports(s.Mended("slow")),
		routes: map[string]*route{},
	}
	routes := slices.Concat(v.apiRoutes(), v.pageRoutes())
	if s.Wide() {
		routes = append(routes, v.describe(routes)...)
	}
	for _, r := range routes {
		if r.Needs == "" || s.Mended(r.Needs) {
			v.routes[r.Path] = &r
		}
	}
	return v, nil
}

func (s *service) apiRoutes() []route {
	return []route{
		{Path: "/api/version", Get: s.version},
		{Path: "/api/login", Post: s.login, Limited: true},
		{Path: "/api/whoami", Get: s.whoami},
		{Path: "/api/portfolio", Get: s.portfolio},
		{Path: "/api/positions", Get: s.positions},
		{Path: "/api/quotes", Get: s.listQuotes},
		{Path: "/api/search", Get: s.search, Limited: true},
		{Path: "/api/report", Get: s.report},
		{Path: "/api/admin/overview", Get: s.adminOnly(s.overview)},
		{Path: "/api/admin/users", Get: s.adminOnly(s.users), Needs: "admin-routes"},
		{Path: "/api/admin/settings", Get: s.adminOnly(s.showSettings), Needs: "admin-routes"},
		{Path: "/api/health", Get: s.health(), Needs: "health"},
		{Path: "/api/health/detailed", Get: s.health(components...), Needs: "health"},
		{Path: "/api/health/redis", Get: s.health("redis"), Needs: "health"},
		{Path: "/metrics", Get: s.metrics, Needs: "metrics"},
	}
}

// ServeHTTP counts the request, puts the headers of the settings on its answer and finds
// the route.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began, counted := time.Now(), &statusWriter{ResponseWriter: w}
	path := "other" // a metric's label must not grow with what strangers ask for
	if s.routes[r.URL.Path] != nil {
		path = r.URL.Path
	}
	defer s.counts.begin()(path, r.Method, counted, began)

	s.secure(w.Header())
	s.share(w.Header(), r)
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	s.dispatch(counted, r)
}

func (s *service) dispatch(w http.ResponseWriter, r *http.Request) {
	route := s.routes[r.URL.Path]
	if route == nil {
		s.refuse(w, r, http.StatusNotFound, "There is nothing at this address.")
		return
	}
	handle := route.Get
	switch {
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", route.allow())
		w.WriteHeader(http.StatusNoContent)
		return
	case r.Method == http.MethodPost:
		handle = route.Post
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		handle = nil
	}
	if handle == nil {
		w.Header().Set("Allow", route.allow())
		s.refuse(w, r, http.StatusMethodNotAllowed, "This address answers to "+route.allow()+" only.")
		return
	}
	if route.Limited && s.Mended("rate-limit") && !s.limits.admit(w.Header(), route.Path+" "+client(r)) {
		s.refuse(w, r, http.StatusTooManyRequests, "Too many requests: try again later.")
		return
	}
	handle(w, r)
}

func (r *route) allow() string {
	methods := []string{}
	if r.Get != nil {
		methods = append(methods, "GET", "HEAD")
	}
	if r.Post != nil {
		methods = append(methods, "POST")
	}
	return strings.Join(append(methods, "OPTIONS"), ", ")
}

// client names who is counted: the address of the connection. A header could name anybody.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// secure sets the headers that tell a browser what pages may do.
func (s *service) secure(h http.Header) {
	if !s.Mended("headers") {
		return
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-XSS-Protection", s.XXSS)
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	if s.Healthy() {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	}
}

// share sets what the Fetch standard asks of a server whose API other origins may read.
func (s *service) share(h http.Header, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, apiPrefix) {
		return
	}
	origin := "*"
	if s.Mended("cors") {
		h.Add("Vary", "Origin")
		if origin = r.Header.Get("Origin"); origin != allowedOrigin {
			return
		}
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "content-type")
	}
}

// refuse answers with an error of the caller's making. Below the API prefix it is text or,
// once errors are mended, an RFC 9457 problem; a page elsewhere.
func (s *service) refuse(w http.ResponseWriter, r *http.Request, status int, detail string) {
	switch {
	case !strings.HasPrefix(r.URL.Path, apiPrefix):
		s.pages.show(w, status, "error", view{Title: http.StatusText(status), Detail: detail})
	case s.Mended("errors"):
		writeProblem(w, status, detail)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "%d %s\n", status, strings.ToLower(http.StatusText(status)))
	}
}

// fail answers with a trouble of the service itself: always JSON, never its internals.
func (s *service) fail(w http.ResponseWriter, status int, detail string) {
	if s.Mended("errors") {
		writeProblem(w, status, detail)
		return
	}
	writeJSON(w, status, map[string]any{"error": detail, "status": status})
}

func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	writeJSON(w, status, map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
	})
}

// writeJSON answers with v; the type is application/json unless the caller set another.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
