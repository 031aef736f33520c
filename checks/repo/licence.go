package repo

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

var licence = checks.Define(checks.Kind{
	ID:       "repo.licence",
	Title:    "Licence is stated",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; reads the licence file and what package.json says",
	Rule: "PASS: a licence file whose text is a known licence or reserves all rights, and package.json does not name another one. WARN: the text " +
		"is not recognised, or package.json names another licence. FAIL: no licence file.",
	Fix:  "A LICENSE file with the licence's own text; its SPDX name in the manifest.",
	Refs: []string{"SPDX licence list"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	for _, f := range tree.Find("/LICENSE*", "/LICENCE*", "/COPYING*", "/LICENSES/*") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
			continue
		}
		declared := ""
		if manifest, err := tree.Read("package.json", local.MaxFile); err == nil {
			var m struct {
				License string `json:"license"`
			}
			if json.Unmarshal(manifest, &m) == nil {
				declared = m.License
			}
		}
		v, say := judgeLicence(string(src), declared)
		obs.Add(v, f.Path, 0, "licence", "%s", say)
	}
	if len(obs) == 0 {
		obs.Add(checks.Fail, "", 0, "licence", "no licence file")
	}
	return obs.Result(p, "licence", obs[0].Path+": "+obs[0].Text)
})

// licences are recognised by a sentence that each has; the first that matches counts.
var licences = []struct {
	spdx string
	text *regexp.Regexp
}{
	{"Apache-2.0", regexp.MustCompile(`Apache License\s+Version 2\.0`)},
	{"AGPL-3.0", regexp.MustCompile(`GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3`)},
	{"LGPL", regexp.MustCompile(`GNU LESSER GENERAL PUBLIC LICENSE`)},
	{"GPL-3.0", regexp.MustCompile(`GNU GENERAL PUBLIC LICENSE\s+Version 3`)},
	{"GPL-2.0", regexp.MustCompile(`GNU GENERAL PUBLIC LICENSE\s+Version 2`)},
	{"MPL-2.0", regexp.MustCompile(`Mozilla Public License,?\s+(v\. )?(Version )?2\.0`)},
	{"MIT", regexp.MustCompile(`Permission is hereby granted, free of charge, to any person obtaining a copy`)},
	{"ISC", regexp.MustCompile(`Permission to use, copy, modify,? and(/or)? distribute this software for any\s+purpose`)},
	{"BSD", regexp.MustCompile(`Redistribution and use in source and binary forms`)},
	{"EUPL", regexp.MustCompile(`European Union Public Licence`)},
	{"Unlicense", regexp.MustCompile(`released into the public domain`)},
	{"all rights reserved", regexp.MustCompile(`(?i)(all rights reserved|proprietary and confidential)`)},
}

// judgeLicence names the licence of a text and compares it with what a manifest declares.
func judgeLicence(text, declared string) (checks.Verdict, string) {
	for _, l := range licences {
		if !l.text.MatchString(text) {
			continue
		}
		family, _, _ := strings.Cut(l.spdx, "-")
		if declared != "" && !strings.HasPrefix(declared, family) && declared != "UNLICENSED" && !strings.HasPrefix(declared, "SEE LICENSE") {
			return checks.Warn, l.spdx + ", but package.json says " + declared
		}
		return checks.Pass, l.spdx
	}
	return checks.Warn, "the licence's text is not recognised"
}
