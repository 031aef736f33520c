package secrets

import (
	"net/http"
	"slices"
	"strings"
)

// secretHeaders carry credentials by definition; secretEndings are how others that do
// are named.
var (
	secretHeaders = []string{
		"authorization", "proxy-authorization", "x-api-key", "api-key", "apikey",
		"x-functions-key", "ocp-apim-subscription-key", "x-goog-api-key", "x-session-id",
		"x-amz-security-token", "dpop", "x-forwarded-access-token", "authentication-info",
	}
	secretEndings = []string{"-token", "-secret", "-api-key", "-apikey", "-password", "-session", "-jwt"}
)

// SecretHeader reports whether the header's values are credentials or cookies.
func SecretHeader(name string) bool {
	name = strings.ToLower(name)
	return name == "cookie" || name == "set-cookie" || slices.Contains(secretHeaders, name) ||
		slices.ContainsFunc(secretEndings, func(end string) bool { return strings.HasSuffix(name, end) })
}

// Header returns a copy of h in which names stay and secret values go. Of cookies the
// names and attributes stay, of an Authorization the scheme.
func (r *Redactor) Header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			out[name] = append(out[name], r.HeaderValue(name, v))
		}
	}
	return out
}

// HeaderValue is Header for one line.
func (r *Redactor) HeaderValue(name, value string) string {
	switch lower := strings.ToLower(name); {
	case lower == "cookie":
		pairs := strings.Split(value, ";")
		for i, p := range pairs {
			pairs[i] = r.cookie(p)
		}
		return strings.Join(pairs, ";")
	case lower == "set-cookie":
		pair, attributes, ok := strings.Cut(value, ";")
		if ok {
			return r.cookie(pair) + ";" + r.Text(attributes)
		}
		return r.cookie(pair)
	case SecretHeader(lower):
		scheme, credential, ok := strings.Cut(value, " ")
		if strings.HasSuffix(lower, "authorization") && ok && onlyLetters(scheme) {
			return scheme + " " + r.hide(lower, credential)
		}
		return r.hide(lower, value)
	}
	return r.Text(value)
}

// cookie hides the value of name=value.
func (r *Redactor) cookie(pair string) string {
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return r.hide("cookie", pair) // a nameless cookie is all value (RFC 6265bis 5.6)
	}
	return name + "=" + r.hide("cookie", value)
}

// hide replaces a value that is secret by its place, whatever its length.
func (r *Redactor) hide(rule, value string) string {
	trimmed := strings.TrimSpace(value)
	if trimmed == "" || marked.FindString(trimmed) == trimmed {
		return value
	}
	return r.mark(rule, trimmed)
}
