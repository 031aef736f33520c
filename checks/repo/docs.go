package repo

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type docsInventoryParams struct {
	Files checks.Strings `toml:"files" doc:"globs of what counts as documentation; default: README*, docs/** and *.md, *.rst, *.adoc anywhere"`
}

var docsInventory = checks.Define(checks.Kind{
	ID:       "docs.inventory",
	Title:    "There is documentation",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Info,
	Sends:    "nothing; lists the repository's own files",
	Rule: "PASS: at least one document of the project's own; files of installed packages and generated trees never count. FAIL: none. " +
		"Quantity is reported and never judged.",
	Fix: "A README that says what it is, how to run it and whom to ask.",
}, func(ctx context.Context, p *checks.Probe, params docsInventoryParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	globs := []string(params.Files)
	if len(globs) == 0 {
		globs = docGlobs
	}
	files := documents(tree, globs)
	obs := local.Observations{}
	bytes, newest := int64(0), time.Time{}
	for _, f := range files {
		bytes += f.Size
		if f.Modified.After(newest) {
			newest = f.Modified
		}
		obs.Add(checks.Pass, f.Path, 0, "document", "%d bytes, changed %s", f.Size, f.Modified.UTC().Format(time.DateOnly))
	}
	if len(files) == 0 {
		obs.Add(checks.Fail, strings.Join(globs, ", "), 0, "none", "no document of the project's own")
	}
	result := obs.Result(p, "documents", fmt.Sprintf("%s of the project's own, %d kB, newest of %s; installed packages not counted",
		local.Count(len(files), "document"), (bytes+1023)>>10, newest.UTC().Format(time.DateOnly)))
	result.Measurements = []checks.Measurement{{Name: "documents", Value: float64(len(files)), Unit: "files"}}
	return result
})

var (
	docGlobs = []string{"README*", "docs/**", "doc/**", "*.md", "*.rst", "*.adoc"}
	docName  = regexp.MustCompile(`(?i)(\.(md|markdown|mdx|rst|adoc|asciidoc|txt|org)|(^|/)(readme|changelog|contributing|security|licen[cs]e|notice)[^/.]*)$`)
)

// documents finds the project's own documents; the tree leaves out what is not tracked.
func documents(tree *source.Tree, globs []string) (files []source.File) {
	for _, f := range tree.Find(globs...) {
		if docName.MatchString(f.Path) {
			files = append(files, f)
		}
	}
	return files
}

type docsRequiredParams struct {
	Files checks.Strings `toml:"files" doc:"documents that must be there, below the repository"`
}

// Limits of the rule for required documents.
const (
	leastLines = 20                   // non-blank
	staleAfter = 365 * 24 * time.Hour // while sources changed since
)

var docsRequired = checks.Define(checks.Kind{
	ID:       "docs.required",
	Title:    "Required documents exist and are kept",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the declared documents",
	Rule: "PASS: each is there with a heading and 20 lines that are not blank. WARN: shorter; no heading; mostly TODO; older than 12 months " +
		"while sources changed since. FAIL: missing or empty. Inconclusive: unreadable.",
	Fix:  "README, architecture, deployment, rollback, on-call, backup and restore, security contact, changelog: each with an owner and a review date.",
	Refs: []string{"RFC 9116"},
}, func(ctx context.Context, p *checks.Probe, params docsRequiredParams) checks.Result {
	if len(params.Files) == 0 {
		return *local.Pending("not declared: which documents are required")
	}
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	newest := local.NewestSource(tree)
	obs := local.Observations{}
	var kept []string
	for _, name := range params.Files {
		f, ok := tree.Stat(name)
		if !ok {
			obs.Add(checks.Fail, name, 0, "declared", "declared but not there")
			continue
		}
		src, err := tree.Read(name, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, name, 0, "read", "%v", err)
			continue
		}
		v, rule, say := judgeDocument(string(src), f.Modified, newest, p.Now())
		changed := f.Modified.UTC().Format(time.DateOnly)
		obs.Add(v, name, 0, rule, "%s, changed %s", say, changed)
		kept = append(kept, name+" ("+changed+")")
	}
	return obs.Result(p, "required documents", fmt.Sprintf("%s there and kept: %s", local.Count(len(params.Files), "required document"), firstFew(kept)))
})

// fewDocuments is how many documents a reason names; the evidence names all.
const fewDocuments = 8

func firstFew(names []string) string {
	if len(names) <= fewDocuments {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:fewDocuments], ", "), len(names)-fewDocuments)
}

var (
	heading  = regexp.MustCompile(`(?m)^(#{1,6}\s+\S|=+ \S|\S[^\n]*\n(={3,}|-{3,}|~{3,})\s*$|<h[1-6][ >])`)
	todoLine = regexp.MustCompile(`(?i)\b(TODO|TBD|FIXME|to be (written|done|defined)|lorem ipsum|coming soon)\b`)
)

// judgeDocument applies the rule to one document.
func judgeDocument(text string, changed, newestSource, now time.Time) (v checks.Verdict, rule, say string) {
	lines, todo := 0, 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		lines++
		if todoLine.MatchString(line) {
			todo++
		}
	}
	switch {
	case lines == 0:
		return checks.Fail, "empty", "is empty"
	case lines < leastLines:
		return checks.Warn, "short", fmt.Sprintf("has only %s", local.Count(lines, "line"))
	case todo*2 > lines:
		return checks.Warn, "todo", "is mostly TODO"
	case !heading.MatchString(text):
		return checks.Warn, "heading", "has no heading"
	case now.Sub(changed) > staleAfter && newestSource.After(changed):
		return checks.Warn, "stale", "is older than 12 months while sources changed since"
	}
	return checks.Pass, "document", local.Count(lines, "line")
}
