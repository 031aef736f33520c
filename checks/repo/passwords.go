package repo

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

var repoPasswords = checks.Define(checks.Kind{
	ID:       "repo.passwords",
	Title:    "Passwords are hashed slowly",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends:    "nothing; reads source files but tests",
	Rule: "PASS: code calls argon2, bcrypt, scrypt, PBKDF2 or a framework's password hasher, and no line gives a password to a fast hash. WARN: bcrypt with a cost below 10. FAIL: a line hashes " +
		"a password with MD5, SHA-1 or one round of SHA-2. na: neither. That code is called for every password, and how old hashes are renewed, can't be seen: it is a hint, never the answer.",
	Fix:  "argon2id (19 MiB, 2 rounds) or bcrypt of cost 10 and more; wrap old hashes at once and replace them at the next login.",
	Refs: []string{"ASVS 11.4.2", "CWE-916", "CWE-328"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := findHashing(tree)
	if len(obs) == 0 {
		return checks.NewResult(checks.NA, checks.Configuration, "no hashing of passwords found in the sources", p.Note("password hashing", "none found\n"))
	}
	return obs.Result(p, "password hashing", obs[0].Path+": "+obs[0].Text)
})

var (
	slowHash = regexp.MustCompile(`(?i)\b(argon2\w*|bcrypt(js)?|scrypt|pbkdf2\w*|PasswordHasher|generate_password_hash|make_password|CryptContext|BCryptPasswordEncoder|` +
		`Argon2PasswordEncoder|password_hash|PASSWORD_ARGON2ID|has_secure_password)\b\s*(\.\s*\w+\s*)?\(|\bhas_secure_password\b`)
	fastHash = regexp.MustCompile(`(?i)\b(md5|sha-?1|sha-?224|sha-?256|sha-?384|sha-?512)\w*\b`)
	hashCall = regexp.MustCompile(`(?i)((md5|sha1|sha224|sha256|sha384|sha512)(sum|_hex|hexdigest)?(224|256|384|512)?\s*\([^;\n]{0,60}passw|(createHash|getInstance|hashlib\.new)\s*\(\s*["'\x60]?(md5|sha-?\d+)[^;\n]*passw|(md5|sha\d+)\.(new|sum\w*)\s*\([^;\n]{0,60}passw)`)
	notFast  = regexp.MustCompile(`(?i)(pbkdf2|hmac|bcrypt|scrypt|argon2)`)
	lowCost  = regexp.MustCompile(`(?i)(gensalt\s*\(\s*(rounds\s*=\s*)?[1-9]\s*\)|genSalt(Sync)?\s*\(\s*[1-9]\s*\)|bcrypt\.MinCost|GenerateFromPassword\s*\([^,\n]+,\s*[1-9]\s*\)|bcrypt(js)?\.hash(Sync)?\s*\([^,\n]+,\s*[1-9]\s*[,)])`)
)

// findHashing looks at how the sources hash passwords, the worst first.
func findHashing(tree *source.Tree) local.Observations {
	obs := local.Observations{}
	for _, l := range languages {
		for _, f := range tree.Find(l.Files...) {
			if notRuntime.MatchString(f.Path) || strings.HasSuffix(f.Path, "_test.go") {
				continue
			}
			src, err := tree.Read(f.Path, local.MaxFile)
			if err != nil || minified(f.Path, string(src)) {
				continue
			}
			obs = append(obs, judgeHashing(f.Path, string(src))...)
		}
	}
	slices.SortStableFunc(obs, func(a, b local.Observation) int {
		if worse := checks.Worst(a.Verdict, b.Verdict); a.Verdict == b.Verdict || worse == "" {
			return 0
		} else if worse == a.Verdict {
			return -1
		}
		return 1
	})
	return obs
}

// judgeHashing applies the rule to one file, line by line; no line is ever quoted.
func judgeHashing(name, src string) local.Observations {
	obs := local.Observations{}
	slow := false
	n := 0
	for line := range strings.Lines(src) {
		n++
		if len(line) > 1000 || commentStart.MatchString(line) {
			continue
		}
		switch {
		case hashCall.MatchString(line) && !notFast.MatchString(line):
			obs.Add(checks.Fail, name, n, "fast", "gives a password to %s", strings.ToLower(fastHash.FindString(line)))
		case lowCost.MatchString(line):
			obs.Add(checks.Warn, name, n, "cost", "bcrypt with a cost below 10")
		case slowHash.MatchString(line) && !slow:
			slow = true
			obs.Add(checks.Pass, name, n, "slow", "calls %s", strings.TrimRight(slowHash.FindString(line), " ("))
		}
	}
	return obs
}
