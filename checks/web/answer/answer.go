package answer

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks/observe"
)

// Shape is the broad kind of an answer. Rules about documents look at documents only: a
// missing frame header on JSON, a redirect or an error page says nothing.
type Shape string

// The four shapes. Document is what a browser renders; API is any other success.
const (
	Document Shape = "document"
	API      Shape = "api"
	Redirect Shape = "redirect"
	Failure  Shape = "error"
)

// ShapeOf tells the shape of x by its status, then by its media type.
func ShapeOf(x *observe.Exchange) Shape {
	switch {
	case x.Status >= 400:
		return Failure
	case x.Status >= 300:
		return Redirect
	case Rendered(x):
		return Document
	}
	return API
}

// Media is the media type of x in lower case without parameters, or "" when there is none.
func Media(x *observe.Exchange) string {
	raw := x.Header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(raw); err == nil {
		return kind
	}
	kind, _, _ := strings.Cut(raw, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// Rendered reports whether a browser renders x as a document: HTML, XHTML or SVG.
func Rendered(x *observe.Exchange) bool {
	switch Media(x) {
	case "text/html", "application/xhtml+xml", "image/svg+xml":
		return true
	}
	return false
}

// HTML reports whether x is an HTML page.
func HTML(x *observe.Exchange) bool {
	kind := Media(x)
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// JSON reports whether x is declared as JSON, with or without a suffix as in
// application/problem+json.
func JSON(x *observe.Exchange) bool {
	kind := Media(x)
	return kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
}

// Object decodes the body of x as one JSON object, whatever its declared type.
func Object(x *observe.Exchange) (map[string]any, bool) {
	var object map[string]any
	if err := json.Unmarshal(x.Body, &object); err != nil || object == nil {
		return nil, false
	}
	return object, true
}

// Success reports whether x has a 2xx status.
func Success(x *observe.Exchange) bool { return x.Status >= 200 && x.Status < 300 }

// Field joins the lines of a header field in their order, as RFC 9110 section 5.3 says.
func Field(h http.Header, name string) (value string, present bool) {
	lines := h.Values(name)
	return strings.Join(lines, ", "), len(lines) > 0
}

// Elements splits a field value at its commas and trims each element.
func Elements(value string) []string {
	var out []string
	for _, element := range strings.Split(value, ",") {
		if element = strings.TrimSpace(element); element != "" {
			out = append(out, element)
		}
	}
	return out
}

// Location is where a redirect leads, resolved against the URL of x; nil when x is none.
func Location(x *observe.Exchange) *url.URL {
	if ShapeOf(x) != Redirect {
		return nil
	}
	base, err := url.Parse(x.URL)
	if err != nil {
		return nil
	}
	to, err := base.Parse(x.Header.Get("Location"))
	if err != nil || x.Header.Get("Location") == "" {
		return nil
	}
	return to
}

// SameOrigin reports whether two URLs share scheme, host and port.
func SameOrigin(a, b *url.URL) bool {
	return a != nil && b != nil && a.Scheme == b.Scheme && strings.EqualFold(Authority(a), Authority(b))
}

// Authority is host:port of u with the scheme's own port filled in.
func Authority(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return u.Hostname() + ":" + port
}

// loginPath matches the last parts of paths that applications send strangers to.
var loginPath = regexp.MustCompile(`(?i)(^|/)(log-?in|sign-?in|signon|sso|auth|oauth2?|authorize|session/new|sessions/new|saml|oidc|cas)(/|$|\.|\?)`)

// ToLogin reports whether x redirects to what looks like a login page. The folders that
// the redirect shares with the path that was asked for say nothing: "/auth/users" that moves
// to HTTPS or to "/auth/users/list" is no refusal.
func ToLogin(x *observe.Exchange) bool {
	to := Location(x)
	if to == nil {
		return false
	}
	own := ""
	if from, err := url.Parse(x.URL); err == nil {
		own = strings.TrimSuffix(from.EscapedPath(), "/")
	}
	path := to.EscapedPath()
	if strings.TrimSuffix(path, "/") == own {
		return false
	}
	for own != "" && !strings.HasPrefix(path, own+"/") {
		own = own[:max(0, strings.LastIndexByte(own, '/'))]
	}
	return loginPath.MatchString(strings.TrimPrefix(path, own))
}

// RefusedStatus reports whether a status refuses the caller: 401 or 403.
func RefusedStatus(code int) bool {
	return code == http.StatusUnauthorized || code == http.StatusForbidden
}

// Refused reports whether x turns the caller away: 401, 403 or a redirect to a login page.
func Refused(x *observe.Exchange) bool {
	return RefusedStatus(x.Status) || ToLogin(x)
}

// passwordField matches a password input in raw HTML.
var passwordField = regexp.MustCompile(`(?i)<input[^>]+type\s*=\s*["']?password`)

// LoginForm reports whether x is a page with a password field: some applications show
// their login form with status 200 in the place of what was asked for.
func LoginForm(x *observe.Exchange) bool { return HTML(x) && passwordField.Match(x.Body) }

// denial matches the words with which an error body refuses a caller.
var denial = regexp.MustCompile(`(?i)unauthori[sz]ed|unauthenticated|not authenticated|not authori[sz]ed|authentication|forbidden|access denied|permission|invalid[_ ]token|login required|token (is )?(missing|invalid|expired)`)

// errorKeys are the keys that an error object is made of.
var errorKeys = map[string]bool{"error": true, "errors": true, "error_description": true, "message": true, "msg": true,
	"detail": true, "details": true, "code": true, "status": true, "success": true, "ok": true, "type": true,
	"title": true, "instance": true, "request_id": true, "trace_id": true, "timestamp": true, "path": true, "data": true}

// Denies reports whether x is a success by its status whose JSON body is nothing but a
// refusal, as {"error": "unauthorized"} is.
func Denies(x *observe.Exchange) bool {
	object, ok := Object(x)
	if !ok || !Success(x) || !denial.Match(x.Body) {
		return false
	}
	for key, value := range object {
		if !errorKeys[strings.ToLower(key)] {
			return false
		}
		if strings.EqualFold(key, "data") && value != nil {
			return false
		}
	}
	return true
}
