package web

import (
	"net/http"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// 403 for everything down to the base page says nothing about which files others get; 403
// for these names alone does.
func TestShutOutProvesNothing(t *testing.T) {
	blocked := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	webtest.Want(t, webtest.Run(t, Kinds(), "security.exposure.files", blocked), checks.Inconclusive)
	open := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	webtest.Want(t, webtest.Run(t, Kinds(), "security.exposure.files", open), checks.Pass)
}
