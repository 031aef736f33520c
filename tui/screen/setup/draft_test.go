package setup

import "testing"

// What may be a secret in a URL is never kept.
func TestBare(t *testing.T) {
	for in, want := range map[string]string{
		"../shop/target.toml": "../shop/target.toml", "a@b/target.toml": "a@b/target.toml", "https://shop.example/": "https://shop.example/",
		"https://ann:secret@shop.example/": "", "https://shop.example/?token=x": "", "https://shop.example/#x": "", "https://u:p/w@h": "",
		"https://ann:secr": "", "https://u:p/w": "", "https://shop.example:8443/x": "https://shop.example:8443/x", "http://[::1]:80/": "http://[::1]:80/",
	} {
		if got := bare(in); got != want {
			t.Errorf("%s is kept as %q, want %q", in, got, want)
		}
	}
}
