// Package survey looks at a repository, at a running system, or at both, and writes the
// target file that a first review of it needs.
//
// It collects Facts, each with the place that shows it, and renders them as a commented
// target.toml. What somebody can rely on is written down; what is only likely, or unknown,
// stands there as a comment that says what is wanted. Nothing of a repository is run, no
// link leads out of it, and no value of an environment variable reaches the file. Of a
// running system only ordinary GETs are asked, of its own origin alone.
//
// It may import checks and what is below it. github.com/getkin/kin-openapi reads
// descriptions of APIs, golang.org/x/mod reads go.mod.
package survey
