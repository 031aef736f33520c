// Package repo holds the kinds that look at the repository as a whole: documents and their
// links and dates, the pipeline and its scanners, tests, imports, owners, components, licence.
// They send nothing and execute nothing.
//
// Each file reads facts first; the judgement is a pure function beside it. It may import
// checks, checks/local, checks/source and checks/clean.
package repo

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{
		docsInventory, docsRequired, docsLinks,
		opsCI, secretsCI, testsPresent,
		contains, licence, repoImports, repoOwners, repoSBOM, repoChangelog, docsFreshness,
		repoTimeouts, repoPasswords, repoSLO,
	}
}
