package auth

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// A server that answers 403 to everything, as one does that blocks an address or a program's
// name, proves nothing about its protected paths.
func TestShutOutProvesNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(server.Close)
	o := webtest.Run(t, Kinds(), "security.auth.required", server.URL, webtest.Target(func(target *checks.Target) {
		target.Paths.Protected = checks.Strings{"/api/account"}
	}))
	webtest.Want(t, o, checks.Inconclusive)
}
