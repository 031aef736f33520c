package auth

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"strings"

	golangjwt "github.com/golang-jwt/jwt/v5"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// usualKeys is where a target publishes the keys that verify its tokens.
const usualKeys = "/.well-known/jwks.json"

// maxKeys bounds how many published keys are looked at.
const maxKeys = 20

// publicKey finds the published key that verifies the token. why says why there is none; it
// is empty as well where the token is signed with a shared key, and nothing is to be found.
func publicKey(ctx context.Context, p *checks.Probe, t *jwt, place string) (key crypto.PublicKey, evidence []checks.Evidence, why string) {
	if !t.asymmetric() {
		return nil, nil, ""
	}
	if place == "" {
		place = usualKeys
	}
	x, err := p.Do(ctx, observe.Request{URL: place})
	if err != nil {
		_, why := answer.Missing("GET "+place, err)
		return nil, nil, why
	}
	if answer.Success(x) {
		for _, key := range readKeys(x.Body) {
			if t.verifiedBy(key) {
				return key, []checks.Evidence{p.Exchange(x)}, ""
			}
		}
	}
	return nil, []checks.Evidence{p.Exchange(x)}, "no public key of the token is at " + place
}

// asymmetric reports whether the token is signed with a key pair.
func (t *jwt) asymmetric() bool {
	for _, family := range []string{"RS", "PS", "ES"} {
		if strings.HasPrefix(t.algorithm(), family) {
			return true
		}
	}
	return false
}

// verifiedBy reports whether the key verifies the token's signature, its times aside.
func (t *jwt) verifiedBy(key crypto.PublicKey) bool {
	parser := golangjwt.NewParser(golangjwt.WithValidMethods([]string{t.algorithm()}), golangjwt.WithoutClaimsValidation())
	token, err := parser.Parse(t.Raw, func(*golangjwt.Token) (any, error) { return key, nil })
	return err == nil && token.Valid
}

// readKeys reads the RSA and elliptic curve keys of a JSON Web Key Set (RFC 7517, RFC 7518 6).
func readKeys(body []byte) []crypto.PublicKey {
	var set struct {
		Keys []struct{ Kty, N, E, Crv, X, Y string } `json:"keys"`
	}
	if json.Unmarshal(body, &set) != nil {
		return nil
	}
	var keys []crypto.PublicKey
	for _, k := range set.Keys[:min(len(set.Keys), maxKeys)] {
		switch k.Kty {
		case "RSA":
			n, e := number(k.N), number(k.E)
			if n.BitLen() >= 1024 && n.BitLen() <= 16384 && e.IsInt64() && e.Int64() > 1 && e.Int64() < 1<<31 {
				keys = append(keys, &rsa.PublicKey{N: n, E: int(e.Int64())})
			}
		case "EC":
			curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[k.Crv]
			if key := (&ecdsa.PublicKey{Curve: curve, X: number(k.X), Y: number(k.Y)}); curve != nil {
				if _, err := key.ECDH(); err == nil { // the point is on the curve
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// number reads a base64url number, 0 where it is none.
func number(text string) *big.Int {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || len(raw) > 4096 {
		return new(big.Int)
	}
	return new(big.Int).SetBytes(raw)
}

// confusions are copies signed with HS256 over the public key as a text: a verifier that
// takes the algorithm from the token uses that text as its shared key (RFC 8725, 2.1).
func confusions(t *jwt, key crypto.PublicKey) []forgery {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	out := []forgery{
		{"the public key as its shared key", t.shared(nil, text)},
		{"the public key as its shared key, without the last line break", t.shared(nil, []byte(strings.TrimSpace(string(text))))},
	}
	if key, ok := key.(*rsa.PublicKey); ok {
		old := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(key)})
		out = append(out, forgery{"the public key as its shared key, in the older form", t.shared(nil, old)})
	}
	return out
}

// shared is the token signed with HS256 and the key, some header members replaced.
func (t *jwt) shared(replace map[string]any, key []byte) string {
	header := maps.Clone(t.Header)
	header["alg"] = "HS256"
	maps.Copy(header, replace)
	signed := encode(header) + "." + t.parts[1]
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// unknownKid is a copy that names a key nobody has, signed with an empty one: a look-up
// that finds nothing must not verify with nothing. Names that make the target read files
// or call out (paths, jku, x5u) are left to people.
func unknownKid(t *jwt) forgery {
	kid := "gonogo-" + hex.EncodeToString(randomBytes(6))
	return forgery{"an unknown kid and an empty key", t.shared(map[string]any{"kid": kid}, nil)}
}

// ownKey is a copy that carries the key it is signed with (RFC 7515 4.1.3): a verifier
// that trusts it accepts anything.
func ownKey(t *jwt) (forgery, error) {
	f := forgery{What: "a key of its own in its header"}
	header := maps.Clone(t.Header)
	number := func(n *big.Int, size int) string {
		return base64.RawURLEncoding.EncodeToString(n.FillBytes(make([]byte, size)))
	}
	var method golangjwt.SigningMethod
	var key any
	if strings.HasPrefix(t.algorithm(), "ES") {
		made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return f, fmt.Errorf("make a key: %w", err)
		}
		method, key = golangjwt.SigningMethodES256, made
		header["jwk"] = map[string]any{"kty": "EC", "crv": "P-256", "x": number(made.X, 32), "y": number(made.Y, 32)}
	} else {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return f, fmt.Errorf("make a key: %w", err)
		}
		method, key = golangjwt.SigningMethodRS256, made
		header["jwk"] = map[string]any{"kty": "RSA", "n": number(made.N, made.Size()), "e": "AQAB"}
	}
	header["alg"] = method.Alg()
	signed := encode(header) + "." + t.parts[1]
	signature, err := method.Sign(signed, key)
	if err != nil {
		return f, fmt.Errorf("sign: %w", err)
	}
	f.Token = signed + "." + base64.RawURLEncoding.EncodeToString(signature)
	return f, nil
}
