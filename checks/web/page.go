package web

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"assess/gonogo/checks/observe"
)

// page is a parsed HTML page.
type page struct {
	root *html.Node
	URL  *url.URL
}

// parsePage parses the body of x as a browser does.
func parsePage(x *observe.Exchange) (*page, bool) {
	root, err := html.Parse(bytes.NewReader(x.Body))
	u := mustParse(x.URL)
	if err != nil || u == nil {
		return nil, false
	}
	return &page{root: root, URL: u}, true
}

// base is what the references of the page are relative to: its base element, else its URL.
func (g *page) base() *url.URL {
	for _, node := range g.all("base") {
		if href, ok := attr(node, "href"); ok {
			if to, err := g.URL.Parse(strings.TrimSpace(href)); err == nil {
				return to
			}
		}
	}
	return g.URL
}

// all returns the elements with one of the names, in document order.
func (g *page) all(names ...string) []*html.Node {
	var out []*html.Node
	for node := range g.root.Descendants() {
		if node.Type == html.ElementNode && contains(names, node.Data) {
			out = append(out, node)
		}
	}
	return out
}

// attr is the value of an attribute; present tells an empty one from none.
func attr(node *html.Node, name string) (value string, present bool) {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// textOf is the text below a node, with white space collapsed.
func textOf(node *html.Node) string {
	var b strings.Builder
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// inside reports whether node stands below an element of the name.
func inside(node *html.Node, name string) bool {
	for parent := range node.Ancestors() {
		if parent.Type == html.ElementNode && parent.Data == name {
			return true
		}
	}
	return false
}

// navigation lists the links that lead around the site: those in nav elements, else in
// the header, else all of the page; each once, on the page's own origin, without
// fragments.
func (g *page) navigation() []string {
	links := g.all("a")
	for _, part := range []string{"nav", "header"} {
		var within []*html.Node
		for _, link := range links {
			if inside(link, part) {
				within = append(within, link)
			}
		}
		if len(within) > 0 {
			links = within
			break
		}
	}
	var out []string
	for _, link := range links {
		href, _ := attr(link, "href")
		if to, ok := g.resolve(href); ok && !contains(out, to) {
			out = append(out, to)
		}
	}
	return out
}

// resolve makes a reference absolute; ok is false for other origins, other schemes and
// mere fragments.
func (g *page) resolve(reference string) (absolute string, ok bool) {
	reference = strings.TrimSpace(reference)
	if reference == "" || strings.HasPrefix(reference, "#") {
		return "", false
	}
	to, err := g.base().Parse(reference)
	if err != nil || to.Scheme != g.URL.Scheme || !strings.EqualFold(to.Host, g.URL.Host) {
		return "", false
	}
	to.Fragment = ""
	return to.String(), true
}

// references lists the scripts or stylesheets of the page on its own origin.
func (g *page) references(kind string) []string {
	var out []string
	add := func(reference string) {
		if to, ok := g.resolve(reference); ok && !contains(out, to) {
			out = append(out, to)
		}
	}
	if kind == "script" {
		for _, node := range g.all("script") {
			if src, ok := attr(node, "src"); ok {
				add(src)
			}
		}
	}
	for _, node := range g.all("link") {
		rel, _ := attr(node, "rel")
		href, _ := attr(node, "href")
		rel = strings.ToLower(rel)
		if (kind == "script" && rel == "modulepreload") || (kind == "style" && rel == "stylesheet") {
			add(href)
		}
	}
	return out
}
