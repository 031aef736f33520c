package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type docsFreshnessParams struct {
	Files checks.Strings `toml:"files" doc:"globs of the documents; default: those at the top or below docs that are named for architecture, design or decisions"`
}

// designGlobs are where a repository's own design is usually described: at the top or below
// its folder of documents. Documents of parts are declared.
var designGlobs = []string{
	"/{architecture,ARCHITECTURE,Architecture,design,DESIGN,Design}*.{md,rst,adoc,txt}",
	"/{docs,doc}/**/{architecture,ARCHITECTURE,Architecture,design,DESIGN,Design}*.{md,rst,adoc,txt}",
	"/{docs,doc}/**/{architecture,design,adr,adrs,decisions}/**", "/{architecture,design,adr,adrs,decisions}/**",
}

var docsFreshness = checks.Define(checks.Kind{
	ID:       "docs.freshness",
	Title:    "The design document keeps pace with the code",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the documents, and the dates of changes from git's own files",
	Rule: "The document that changed last counts. PASS: with a heading and 20 lines, changed within 12 months, or after every source. WARN: shorter; no heading; mostly TODO; " +
		"older than 12 months while sources changed since. FAIL: declared but not there, or empty. Pending: none is found or declared. Inconclusive: no history, or one that does not reach back, as in a " +
		"shallow clone. Dates of files on disk are those of the checkout and not used. What the document says is not judged.",
	Fix:  "One page with a drawing in the repository, changed in the same commit as what it describes.",
	Refs: []string{"SRE 27"},
}, func(ctx context.Context, p *checks.Probe, params docsFreshnessParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	globs := []string(params.Files)
	if len(globs) == 0 {
		globs = designGlobs
	}
	obs := local.Observations{}
	files := documents(tree, globs)
	if len(files) == 0 && len(params.Files) == 0 {
		return *local.Pending("not declared: no document in the repository is named for architecture or design; say where the design is described")
	}
	if len(files) == 0 {
		obs.Add(checks.Fail, strings.Join(params.Files, ", "), 0, "design", "no such document")
		return obs.Result(p, "design documents", "")
	}
	names, code := []string{}, codeFolders(tree)
	for _, f := range files {
		names = append(names, f.Path)
	}
	dates, err := tree.Changes(ctx, append(names, code...)...)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = source.ErrHistory
	}
	newest := time.Time{}
	for _, name := range code {
		if dates[name].After(newest) {
			newest = dates[name]
		}
	}
	freshest := names[0]
	for _, name := range names {
		if dates[name].After(dates[freshest]) {
			freshest = name
		}
	}
	changed := dates[freshest]
	if changed.IsZero() {
		if err == nil {
			err = errors.New("git does not track it")
		}
		return local.Unclear(p, "design documents", fmt.Sprintf("%s: when it was changed is not known: %v", freshest, err))
	}
	src, err := tree.Read(freshest, local.MaxFile)
	if err != nil {
		return local.Unclear(p, "design documents", err.Error())
	}
	v, rule, say := judgeDocument(string(src), changed, newest, p.Now())
	obs.Add(v, freshest, 0, rule, "%s, changed %s; sources changed %s", say, changed.UTC().Format(time.DateOnly), newest.UTC().Format(time.DateOnly))
	return obs.Result(p, "design documents", fmt.Sprintf("%s: %s", freshest, obs[0].Text))
})

// codeFolders are the files and folders at the top in which sources lie, documents left out.
func codeFolders(tree *source.Tree) (names []string) {
	seen := map[string]bool{"docs": true, "doc": true}
	for _, l := range languages {
		for _, f := range tree.Find(l.Files...) {
			if top, _, _ := strings.Cut(f.Path, "/"); !seen[top] {
				seen[top] = true
				names = append(names, top)
			}
		}
	}
	return names
}
