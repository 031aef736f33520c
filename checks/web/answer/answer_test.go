package answer

import (
	"net/http"
	"testing"

	"assess/gonogo/checks/observe"
)

func TestToLogin(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"http://pay.example/admin", "/login", true},
		{"http://pay.example/admin", "/admin/login?next=/admin", true},
		{"http://pay.example/admin", "/login.html", true},
		{"http://pay.example/admin", "https://sso.example/auth/realms/pay/protocol/openid-connect/auth", true},
		{"http://pay.example/auth/users", "/auth/login", true},
		{"http://pay.example/auth/users", "/auth", true},
		{"http://pay.example/login/", "/login/login", true},
		{"http://pay.example/admin", "/dashboard", false},
		{"http://pay.example/admin", "https://pay.example/admin", false},
		// What a path shares with where it leads says nothing.
		{"http://pay.example/api/auth/users", "https://pay.example/api/auth/users", false},
		{"http://pay.example/oauth/clients", "/oauth/clients/", false},
		{"http://pay.example/auth/users", "/auth/users/list", false},
		{"http://pay.example/auth/users", "/auth/dashboard", false},
	} {
		x := &observe.Exchange{URL: c.from, Status: http.StatusFound, Header: http.Header{"Location": {c.to}}}
		if got := ToLogin(x); got != c.want {
			t.Errorf("%s to %s: %t", c.from, c.to, got)
		}
	}
}
