package demo

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
)

// cssSpace is what a browser doesn't need of a stylesheet: white space around punctuation.
// The demo's stylesheet has no strings or selectors in which it would mean anything.
var cssSpace = regexp.MustCompile(`\s*([{};,])\s*|:\s+`)

// asset serves a file of the front end, compressed for those who understand it. Its name
// never changes, so browsers that may keep it ask again after a day.
func asset(name, media string, kept bool) http.HandlerFunc {
	body, err := front.ReadFile("front/" + name)
	if strings.HasPrefix(media, "text/css") {
		body = minify(body)
	}
	packed := pack(body)
	return func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", media)
		if kept {
			w.Header().Set("Cache-Control", "public, max-age=86400")
		}
		w.Header().Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed)
			return
		}
		w.Write(body)
	}
}

func minify(css []byte) []byte {
	return cssSpace.ReplaceAllFunc(css, func(m []byte) []byte { return bytes.TrimSpace(m) })
}

func pack(body []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(body) // a bytes.Buffer takes everything
	z.Close()
	return out.Bytes()
}
