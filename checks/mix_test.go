package checks

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const mixed = "name = \"x\"\nbase_url = \"http://127.0.0.1:1\"\n[load]\n"

func TestMix(t *testing.T) {
	target, err := ParseTarget("target.toml", []byte(mixed+`mix = [
  { path = "/a", weight = 3, headers = { "X-Api-Key" = "${env:KEY}" }, as = "user" },
  { path = "/b?q=1", method = "HEAD" },
  { path = "/c", method = "POST", body = '{"token":"${env:T}","n":1}', content_type = "application/json" },
]`), "")
	if err != nil {
		t.Fatal(err)
	}
	m := target.Load.Mix
	if len(m) != 3 || m[0].Share() != 3 || m[1].Share() != 1 || m[1].Label() != "HEAD /b?q=1" || m[2].Label() != "POST /c" {
		t.Errorf("%+v", m)
	}
	if want := (Strings{"/a", "/b?q=1", "/c"}); !reflect.DeepEqual(target.Load.Path, want) {
		t.Errorf("paths %v, want the mix's", target.Load.Path)
	}
	if got, want := target.asked(map[string]any{"mix": true, "path": "/z", "url": "http://e/metrics"}), []string{"GET /a", "HEAD /b?q=1", "POST /c", "http://e/metrics"}; !reflect.DeepEqual(got, want) {
		t.Errorf("consent shows %v, want %v", got, want)
	}
	if got := target.asked(map[string]any{"path": "/z"}); !reflect.DeepEqual(got, []string{"/z"}) {
		t.Errorf("consent shows %v", got)
	}
	own, err := ParseTarget("target.toml", []byte(mixed+`path = "/own"
mix = [{ path = "/a" }]`), "")
	if err != nil || !reflect.DeepEqual(own.Load.Path, Strings{"/own"}) {
		t.Errorf("%v %v", own, err)
	}
}

func TestMixMistakes(t *testing.T) {
	many := strings.Repeat(`{ path = "/a" }, `, maxMix+1)
	for entry, want := range map[string]string{
		`{ path = "a" }`:                                                            "must start with /",
		`{ path = "http://evil.example/" }`:                                         "must start with /",
		`{}`:                                                                        "must start with /",
		`{ path = "/a", weigth = 2 }`:                                               `did you mean "load.mix.weight"`,
		`{ path = "/a?token=abc" }`:                                                 "a secret has no place in a path",
		`{ path = "/a/${env:X}" }`:                                                  "a secret has no place in a path",
		`{ path = "/a", method = "get" }`:                                           "load.mix.method",
		`{ path = "/a", method = "POST" }`:                                          "only sent with a body",
		`{ path = "/a", method = "DELETE" }`:                                        "only sent with a body",
		`{ path = "/a", body = "x" }`:                                               "has no body",
		`{ path = "/a", content_type = "x/y" }`:                                     "content_type without a body",
		`{ path = "/a", weight = -1 }`:                                              "weight -1",
		`{ path = "/a", weight = 101 }`:                                             "weight 101",
		`{ path = "/a", as = "root" }`:                                              "load.mix.as",
		`{ path = "/a", headers = { Host = "e" }}`:                                  `header "Host" can't be set`,
		`{ path = "/a", headers = { "a b" = "e" }}`:                                 "can't be set",
		`{ path = "/a", headers = { "X-A" = "e\nX-B: f" }}`:                         "line break",
		`{ path = "/a", headers = { Authorization = "Bearer abc" }}`:                "a secret has no place",
		`{ path = "/a", method = "PUT", body = '{"password": "hunter2"}' }`:         "a secret has no place in a body",
		`{ path = "/a", method = "PUT", body = 'user=x&password=hunter2' }`:         "a secret has no place in a body",
		`{ path = "/a", method = "PUT", body = '{"my_api_key" : "${env:K}x"}' }`:    "a secret has no place in a body",
		`{ path = "/a", method = "PUT", body = "x", content_type = "a/b\r\nX: y" }`: "line break",
		many: "51 requests",
	} {
		_, err := ParseTarget("target.toml", []byte(mixed+"mix = ["+entry+"]"), "")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "target.toml:4") {
			t.Errorf("%.60s: %v, want %q at line 4", entry, err, want)
		}
	}
}

// TestNeedsAgreement holds that a declared no is no declaration.
func TestNeedsAgreement(t *testing.T) {
	k := fake("k", Load, func(_ context.Context, _ *Probe, _ answerParams) Result { return NewResult(Pass, "", "x") })
	k.Needs = []string{"load.restart"}
	for text, waits := range map[string]bool{"": true, "restart = false": true, "restart = true": false} {
		pl := mustPlan(t, mixed+text, itemsProfile("", checksOf("k")), k)
		if got := pl.Items[0].Waits; (got != "") != waits || waits && !strings.Contains(got, "[load] restart") {
			t.Errorf("%q: waits %q", text, fmt.Sprint(got))
		}
	}
}
