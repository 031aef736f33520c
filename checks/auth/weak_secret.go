package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// knownKeys are keys of tutorials, frameworks and habit. A token that one of them
// verifies can be forged by anybody.
var knownKeys = []string{
	"", "secret", "Secret", "SECRET", "secretkey", "secret-key", "secret_key", "supersecret", "super-secret", "supersecretkey",
	"mysecret", "my-secret", "mysecretkey", "my-secret-key", "my_secret_key", "your-secret-key", "your_secret_key", "yoursecretkey",
	"your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret", "a-string-secret-at-least-256-bits-long",
	"changeme", "change-me", "change_me", "changeit", "password", "passw0rd", "123456", "12345678", "1234567890", "qwerty", "admin", "test", "testing",
	"dev", "development", "default", "key", "private", "jwt", "jwtsecret", "jwt-secret", "jwt_secret", "JWT_SECRET", "token", "tokensecret",
	"shhhhh", "keyboard cat", "s3cr3t", "example", "example_key", "hello", "helloworld", "gfg_jwt_secret_key", "SUPER_SECRET_KEY", "SECRET_KEY",
	"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "secretsecretsecretsecretsecretsecret", "0123456789abcdef0123456789abcdef",
}

// keyFacts is what trying keys showed.
type keyFacts struct {
	Algorithm string
	Symmetric bool
	Tried     int
	Found     bool
}

// tryKeys verifies the token's signature with each key, offline.
func tryKeys(t *jwt, keys []string) keyFacts {
	f := keyFacts{Algorithm: t.algorithm()}
	var digest func() hash.Hash
	switch f.Algorithm {
	case "HS256":
		digest = sha256.New
	case "HS384":
		digest = sha512.New384
	case "HS512":
		digest = sha512.New
	default:
		return f
	}
	f.Symmetric = true
	for _, key := range keys {
		f.Tried++
		mac := hmac.New(digest, []byte(key))
		mac.Write([]byte(t.parts[0] + "." + t.parts[1]))
		if hmac.Equal(mac.Sum(nil), t.signature) {
			f.Found = true
			return f
		}
	}
	return f
}

func judgeWeakSecret(f keyFacts) opinion {
	switch {
	case !f.Symmetric:
		return na("the token is signed with " + f.Algorithm + ": there is no shared key to guess")
	case f.Found:
		return fail("a well-known key verifies the token: anybody can make tokens")
	}
	return pass(fmt.Sprintf("none of %d well-known keys verifies the token", f.Tried))
}
