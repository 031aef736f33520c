package demo

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	issuer   = "atlas"
	audience = "atlas-api"
	// lifetime of a token, the most that access tokens are given by common guidance.
	lifetime = 24 * time.Hour
)

// account is somebody who may log in. Passwords are random and made at every start.
type account struct {
	Name     string
	Role     string // user or admin
	Password string
}

// claims are what a token says about its bearer.
type claims struct {
	jwt.RegisteredClaims
	Role string `json:"role"`
}

// identities issues and judges tokens with a key that lives as long as the service.
type identities struct {
	key      []byte
	accounts []account
	uniform  bool // every unusable token gets the same answer
}

func newIdentities(uniform bool) *identities {
	key := make([]byte, 32)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	return &identities{key: key, uniform: uniform, accounts: []account{
		{Name: "analyst", Role: "user", Password: rand.Text()},
		{Name: "operator", Role: "admin", Password: rand.Text()},
	}}
}

// token issues a token for an account of the given role.
func (i *identities) token(role string) (string, error) {
	for _, a := range i.accounts {
		if a.Role == role {
			return i.issue(a)
		}
	}
	return "", fmt.Errorf("no account has role %q", role)
}

func (i *identities) issue(a account) (string, error) {
	now := time.Now()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: a.Name,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(lifetime)),
		},
		Role: a.Role,
	}).SignedString(i.key)
}

// login finds the account of a name and password. It takes as long for a name that does
// not exist.
func (i *identities) login(name, password string) (account, bool) {
	var found account
	given, ok := sha256.Sum256([]byte(name+"\x00"+password)), 0
	for _, a := range i.accounts {
		want := sha256.Sum256([]byte(a.Name + "\x00" + a.Password))
		if subtle.ConstantTimeCompare(given[:], want[:]) == 1 {
			found, ok = a, 1
		}
	}
	return found, ok == 1
}

// bearer reads who a request's bearer token names. status is 0 when it is good, else how
// the request is refused.
func (i *identities) bearer(r *http.Request) (who claims, status int) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return claims{}, http.StatusUnauthorized
	}
	if who, err := i.read(token); err == nil {
		return who, 0
	}
	if i.uniform {
		return claims{}, http.StatusUnauthorized
	}
	return claims{}, refusalByShape(token)
}

// read verifies a token: algorithm, signature, times, issuer and audience (RFC 8725).
func (i *identities) read(token string) (claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return i.key, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired())
	return c, err
}

// refusalByShape is the flaw of the tokens switch: each layer that looks at a token
// answers in its own way.
func refusalByShape(token string) int {
	parts := strings.Split(token, ".")
	switch len(parts) {
	case 2, 4:
		return http.StatusBadRequest
	case 3:
		for _, p := range parts[:2] {
			raw, err := base64.RawURLEncoding.DecodeString(p)
			if err != nil || !json.Valid(raw) {
				return http.StatusUnprocessableEntity
			}
		}
	}
	return http.StatusUnauthorized
}
