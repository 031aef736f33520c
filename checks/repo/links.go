package repo

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type docsLinksParams struct {
	Files checks.Strings `toml:"files" doc:"globs of the Markdown documents; default every own one"`
}

var docsLinks = checks.Define(checks.Kind{
	ID:       "docs.links",
	Title:    "Links between documents resolve",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; follows relative links and images of Markdown documents within the repository, no web address",
	Rule: "PASS: every relative target exists. WARN: one leads out of the repository. FAIL: one does not exist. na: no relative link. " +
		"Anchors within a document are not followed.",
	Fix: "Check links in the pipeline.",
}, func(ctx context.Context, p *checks.Probe, params docsLinksParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	globs := []string(params.Files)
	if len(globs) == 0 {
		globs = []string{"*.md", "*.markdown"}
	}
	obs, followed := local.Observations{}, 0
	files := documents(tree, globs)
	for _, f := range files {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
			continue
		}
		for _, l := range relativeLinks(src) {
			followed++
			v, say := judgeLink(f.Path, l.Target, func(name string) bool { return exists(tree, name) })
			if v != checks.Pass {
				obs.Add(v, f.Path, l.Line, "link", "%s", say)
			}
		}
	}
	said := local.Count(followed, "relative link") + " of " + local.Count(len(files), "document")
	switch {
	case len(obs) == 0 && followed == 0:
		return checks.NewResult(checks.NA, checks.Configuration, "no relative link in "+local.Count(len(files), "document"), p.Note("links", said+"\n"))
	case len(obs) == 0:
		obs.Add(checks.Pass, "", 0, "links", "%s followed", said)
	}
	return obs.Result(p, "links", said+" resolve")
})

// link is a relative link of a document.
type link struct {
	Target string // path without query and fragment
	Line   int
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

// relativeLinks finds links and images that name a file. Links in code are none.
func relativeLinks(src []byte) (links []link) {
	doc := markdown.Parser().Parse(text.NewReader(src))
	line := 1
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			line = 1 + bytes.Count(src[:n.Lines().At(0).Start], []byte("\n"))
		}
		var target string
		switch n := n.(type) {
		case *ast.Link:
			target = string(n.Destination)
		case *ast.Image:
			target = string(n.Destination)
		}
		if u, err := url.Parse(target); err == nil && u.Scheme == "" && u.Host == "" && u.Path != "" {
			links = append(links, link{u.Path, line})
		}
		return ast.WalkContinue, nil
	})
	return links
}

// judgeLink resolves a target from a document; one that begins with / counts from the
// repository's root, as forges read it.
func judgeLink(document, target string, exists func(string) bool) (checks.Verdict, string) {
	resolved := path.Join(path.Dir(document), target)
	if strings.HasPrefix(target, "/") {
		resolved = strings.TrimPrefix(path.Clean(target), "/")
	}
	switch {
	case resolved == ".." || strings.HasPrefix(resolved, "../"):
		return checks.Warn, "leads out of the repository: " + target
	case resolved == "" || resolved == "." || exists(resolved):
		return checks.Pass, ""
	}
	return checks.Fail, "leads nowhere: " + target
}

// exists tells whether a path is a file on disk or a folder with files.
func exists(tree *source.Tree, name string) bool {
	if _, ok := tree.Stat(name); ok {
		return true
	}
	for _, f := range tree.Files() {
		if strings.HasPrefix(f.Path, name+"/") {
			return true
		}
	}
	return false
}
