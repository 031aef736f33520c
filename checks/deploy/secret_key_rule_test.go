package deploy

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// random stands for n random bytes that are the same in every run.
func random(n int) []byte {
	sum := sha512.Sum384([]byte("not a secret"))
	return sum[:n]
}

func TestJudgeKey(t *testing.T) {
	for _, c := range []struct {
		name, value string
		django      bool
		want        checks.Verdict
		says        string
	}{
		{"48 random bytes, base64", base64.StdEncoding.EncodeToString(random(48)), false, checks.Pass, "32 random-looking bytes"},
		{"48 random bytes, url-safe", base64.RawURLEncoding.EncodeToString(random(48)), false, checks.Pass, "base64"},
		{"48 random bytes, hex", hex.EncodeToString(random(48)), true, checks.Pass, "hex"},
		{"Laravel's notation", "base64:" + base64.StdEncoding.EncodeToString(random(32)), false, checks.Pass, "base64"},
		{"12 characters", "Kx7pQ2mZ9wLc", false, checks.Fail, "shorter than 16 bytes"},
		{"16 characters of base64 are 12 bytes", base64.StdEncoding.EncodeToString(random(12)), false, checks.Fail, "shorter than 16"},
		{"16 random bytes", hex.EncodeToString(random(16)), false, checks.Warn, "below 256 bits"},
		{"24 random bytes", base64.StdEncoding.EncodeToString(random(24)), false, checks.Warn, "below 256 bits"},
		{"empty", "", false, checks.Fail, "is empty"},
		{"placeholder", "change-me-before-you-go-to-production-really", false, checks.Fail, "placeholder"},
		{"tutorial", "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", false, checks.Fail, "tutorials"},
		{"django's generated", "django-insecure-" + base64.StdEncoding.EncodeToString(random(48)), false, checks.Fail, "django-insecure-"},
		{"four letters over and over", strings.Repeat("abcd", 12), false, checks.Fail, "fewer than 5"},
		{"eight letters over and over", strings.Repeat("abcdefg", 6), false, checks.Warn, "under 3 bits"},
		{"a sentence", "correct-horse-battery-staple-and-some-more", false, checks.Warn, "reads like words"},
		{"40 characters, django", strings.Repeat("k#9!", 3) + "Qz&x7(pL2mW)vB-n4$cJ8^rT5%yH", true, checks.Warn, "50 characters"},
		{"40 characters", strings.Repeat("k#9!", 3) + "Qz&x7(pL2mW)vB-n4$cJ8^rT5%yH", false, checks.Pass, "text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, say := judgeKey(describeKey("SECRET_KEY", c.value), c.django)
			if got != c.want || !strings.Contains(say, c.says) {
				t.Errorf("judgeKey = %s %q, want %s … %q", got, say, c.want, c.says)
			}
			if len(c.value) > 4 && strings.Contains(say, c.value) {
				t.Errorf("the reason shows the value: %q", say)
			}
		})
	}
}

func TestJudgeKeySharedOrTracked(t *testing.T) {
	k := describeKey("SECRET_KEY", base64.StdEncoding.EncodeToString(random(48)))
	k.SameAs = []string{"JWT_SECRET"}
	if v, _ := judgeKey(k, false); v != checks.Fail {
		t.Errorf("a shared key gave %s", v)
	}
	k.SameAs, k.Tracked = nil, []string{"config/app.yaml"}
	if v, say := judgeKey(k, false); v != checks.Fail || !strings.Contains(say, "config/app.yaml") {
		t.Errorf("a tracked key gave %s %q", v, say)
	}
}

func TestTwins(t *testing.T) {
	values := []keyValue{
		{"SECRET_KEY", ".env.production", "one"}, {"JWT_SECRET", ".env.production", "one"},
		{"SECRET_KEY", ".env.staging", "one"}, {"SECRET_KEY", ".env", "one"},
		{"APP_KEY", ".env", "two"}, {"OTHER_KEY", ".env", ""}, {"EMPTY_KEY", ".env", ""},
	}
	if got, want := twins(values, 0), []string{"JWT_SECRET", "SECRET_KEY in .env.staging"}; !reflect.DeepEqual(got, want) {
		t.Errorf("twins of the first = %v, want %v", got, want)
	}
	for _, i := range []int{4, 5} {
		if got := twins(values, i); len(got) > 0 {
			t.Errorf("twins(%d) = %v, want none", i, got)
		}
	}
}
