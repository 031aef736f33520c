package auth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"assess/gonogo/checks"
)

// jwt is the user's token taken apart. It stays inside the kinds: no part of it becomes
// evidence.
type jwt struct {
	Raw       string
	Header    map[string]any
	Claims    map[string]any
	parts     [3]string
	signature []byte
}

// errOpaque says that a token is no JSON Web Token.
var errOpaque = errors.New("the user's token is no JSON Web Token")

// userToken resolves and takes apart the user's token (RFC 7519 in its compact form, RFC
// 7515).
func userToken(p *checks.Probe) (*jwt, error) {
	raw, err := p.Target.Resolve(p.Target.Auth.User.Token)
	if err != nil {
		return nil, err
	}
	return parseJWT(strings.TrimPrefix(strings.TrimSpace(raw), "Bearer "))
}

func parseJWT(raw string) (*jwt, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, errOpaque
	}
	t := &jwt{Raw: raw, parts: [3]string(parts)}
	for i, into := range []*map[string]any{&t.Header, &t.Claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(text, into) != nil || *into == nil {
			return nil, errOpaque
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, errOpaque
	}
	t.signature = signature
	return t, nil
}

// algorithm is the alg of the token's header.
func (t *jwt) algorithm() string {
	alg, _ := t.Header["alg"].(string)
	return alg
}

// encode writes a JSON object as a part of a token.
func encode(object map[string]any) string {
	text, _ := json.Marshal(object)
	return base64.RawURLEncoding.EncodeToString(text)
}
