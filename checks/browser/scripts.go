package browser

import (
	_ "embed" // the scripts that look at a page from within
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed inject.js
var injectScript string

//go:embed content.js
var contentScript string

//go:embed layout.js
var layoutScript string

// canWebGL asks an empty page whether this browser can make a WebGL context at all.
const canWebGL = `!!document.createElement('canvas').getContext('webgl')`

// call writes a script, which is one function, as a call with arguments.
func call(script string, args ...any) string {
	// What stands before the function is comment.
	script = script[strings.Index(script, "\n(")+1:]
	words := make([]string, len(args))
	for i, arg := range args {
		word, _ := json.Marshal(arg)
		words[i] = string(word)
	}
	return fmt.Sprintf("%s(%s)", strings.TrimSpace(script), strings.Join(words, ", "))
}

// content is what content.js reports. Everything in it is the page's word: bounded there,
// and again here.
type content struct {
	Title    string  `json:"title"`
	Text     string  `json:"text"`
	Drawn    int     `json:"drawn"`
	Links    []link  `json:"links"`
	Canvases int     `json:"canvases"`
	Ready    float64 `json:"ready"` // milliseconds from the start of the navigation
	Load     float64 `json:"load"`
	First    float64 `json:"first"`
	LCP      float64 `json:"lcp"`
	CLS      float64 `json:"cls"`

	Asked     int `json:"asked"`     // for a WebGL context
	Got       int `json:"got"`       // one
	Drew      int `json:"drew"`      // calls that draw
	Offscreen int `json:"offscreen"` // canvases handed to a worker
}

// link is a link of the page's navigation.
type link struct {
	URL  string `json:"url"`
	Text string `json:"text"`
	Acts bool   `json:"acts"` // markup says that following it does something
}

// reach is what layout.js reports of one screen width, in CSS pixels.
type reach struct {
	Viewport string  `json:"viewport"` // content of the viewport element
	Inner    float64 `json:"inner"`
	Scroll   float64 `json:"scroll"`
	Locked   bool    `json:"locked"` // the page as a whole can't be scrolled sideways
	Wide     []part  `json:"wide"`   // elements that reach beyond the screen, widest first
	Cut      []part  `json:"cut"`    // text that is cut off

	Anew bool `json:"-"` // the page was loaded again at this size
}

// beyond reports whether the page can be scrolled past the edge of the screen.
func (r reach) beyond(s screen) bool { return r.Scroll > float64(s.Width)+1 && !r.Locked }

// part is one element by tag, id or class.
type part struct {
	Name  string  `json:"name"`
	Width float64 `json:"width"`
	Right float64 `json:"right"`
}
