package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	golangjwt "github.com/golang-jwt/jwt/v5"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// issuer signs tokens with a key pair and publishes the public key.
type issuer struct {
	private crypto.Signer
	method  golangjwt.SigningMethod
	set     string
}

func b64(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func newIssuers(t *testing.T) map[string]issuer {
	t.Helper()
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	two, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]issuer{
		"RS256": {one, golangjwt.SigningMethodRS256, fmt.Sprintf(`{"keys":[{"kty":"oct","k":"x"},{"kty":"RSA","n":%q,"e":"AQAB"}]}`, b64(one.N))},
		"ES256": {two, golangjwt.SigningMethodES256, fmt.Sprintf(`{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, b64(two.X), b64(two.Y))},
	}
}

func (i issuer) token(t *testing.T) string {
	t.Helper()
	raw, err := golangjwt.NewWithClaims(i.method, golangjwt.MapClaims{"sub": "ada", "exp": time.Now().Add(time.Hour).Unix()}).SignedString(i.private)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// verifies is a right verifier: one algorithm, one key.
func (i issuer) verifies(raw string) bool {
	token, err := golangjwt.Parse(raw, func(*golangjwt.Token) (any, error) { return i.private.Public(), nil }, golangjwt.WithValidMethods([]string{i.method.Alg()}))
	return err == nil && token.Valid
}

func TestKeyConfusion(t *testing.T) {
	for name, i := range newIssuers(t) {
		t.Run(name, func(t *testing.T) {
			raw := i.token(t)
			var asked atomic.Int64
			site := func(set string, accept func(raw string) bool) string {
				return serve(t, func(w http.ResponseWriter, r *http.Request) {
					token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
					switch {
					case r.URL.Path == "/":
						say(w, 200, `{}`)
					case r.URL.Path == "/.well-known/jwks.json":
						asked.Add(1)
						say(w, 200, set)
					case r.URL.Path != "/me" || token == "" || !accept(token):
						say(w, 401, `{}`)
					default:
						say(w, 200, `{"name":"ada"}`)
					}
				})
			}
			path := webtest.Target(func(t *checks.Target) { t.Paths.Whoami = "/me" })
			mine := webtest.Tokens(t, raw, "")
			want := func(url string, verdict checks.Verdict, words string) {
				t.Helper()
				o := check(t, "security.auth.jwt.forged", url, verdict, path, mine)
				if !strings.Contains(string(o.Reason), words) {
					t.Errorf("reason %q, want %q", o.Reason, words)
				}
			}
			want(site(i.set, i.verifies), checks.Pass, "token itself accepted")
			if asked.Load() == 0 {
				t.Error("the keys were not asked for")
			}
			want(site(`{"keys":[]}`, i.verifies), checks.Pass, "was not tried")
			// The classic bug: the algorithm of the token decides what the public key is used as.
			parsed, err := parseJWT(raw)
			if err != nil {
				t.Fatal(err)
			}
			confused := map[string]bool{}
			for _, f := range confusions(parsed, i.private.Public()) {
				confused[f.Token] = true
			}
			want(site(i.set, func(raw string) bool { return confused[raw] || i.verifies(raw) }), checks.Fail, "public key as its shared key")
			want(site(i.set, func(raw string) bool { return trustsHeader(raw) || i.verifies(raw) }), checks.Fail, "key of its own")
			want(site(i.set, func(raw string) bool {
				parsed, err := parseJWT(raw)
				kid, _ := parsed.Header["kid"].(string)
				return err == nil && (kid != "" && tryKeys(parsed, []string{""}).Found || i.verifies(raw))
			}), checks.Fail, "unknown kid")
		})
	}
}

// trustsHeader is a verifier that takes the key from the token.
func trustsHeader(raw string) bool {
	parsed, err := parseJWT(raw)
	if err != nil || parsed.Header["jwk"] == nil {
		return false
	}
	text, _ := json.Marshal(map[string]any{"keys": []any{parsed.Header["jwk"]}})
	for _, key := range readKeys(text) {
		if parsed.verifiedBy(key) {
			return true
		}
	}
	return false
}

func TestReadKeys(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"none": {`{}`, 0}, "page": {`<html>`, 0}, "null": {`null`, 0}, "wrong types": {`{"keys":[{"kty":1}]}`, 0},
		"short key": {`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`, 0}, "no number": {`{"keys":[{"kty":"RSA","n":"!!","e":"??"}]}`, 0},
		"huge key":      {`{"keys":[{"kty":"RSA","n":"` + strings.Repeat("_", 80_000) + `","e":"AQAB"}]}`, 0},
		"off the curve": {`{"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}`, 0},
		"unknown curve": {`{"keys":[{"kty":"EC","crv":"P-1","x":"AQ","y":"AQ"}]}`, 0},
		"many":          {`{"keys":[` + strings.TrimSuffix(strings.Repeat(`{"kty":"RSA","n":"`+strings.Repeat("_", 342)+`","e":"AQAB"},`, 50), ",") + `]}`, maxKeys},
	} {
		if got := len(readKeys([]byte(c.text))); got != c.want {
			t.Errorf("%s: %d keys, want %d", name, got, c.want)
		}
	}
}

// TestSessionDies lets the user's token die while the admin paths are asked: the refusals
// prove nothing then.
func TestSessionDies(t *testing.T) {
	var asked atomic.Bool
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		alive := !asked.Load() && who(r) != ""
		switch {
		case r.URL.Path == "/":
			say(w, 200, `{}`)
		case r.URL.Path == "/whoami" && alive:
			say(w, 200, fmt.Sprintf(`{"name":%q}`, who(r)))
		case r.URL.Path == "/whoami":
			say(w, 401, `{}`)
		case r.URL.Path == "/api/admin/users":
			asked.Store(true)
			say(w, 403, `{}`)
		default:
			http.NotFound(w, r)
		}
	})
	o := check(t, "security.rbac.admin", url, checks.Inconclusive, webtest.Param("path", "/api/admin/users"),
		webtest.Target(func(t *checks.Target) { t.Paths.Whoami = "/whoami" }), webtest.Tokens(t, userToken1, ""))
	if !strings.Contains(string(o.Reason), "at the end") {
		t.Errorf("reason: %s", o.Reason)
	}
}
