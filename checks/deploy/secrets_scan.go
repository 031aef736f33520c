package deploy

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/secrets"
	"assess/gonogo/checks/source"
)

// Limits of the scan.
const (
	scanFile   = 1 << 20          // larger files are left out
	scanBinary = 8000             // a NUL in so many first bytes makes a file binary
	scanLine   = 400              // mean bytes a line from which text counts as minified
	scanTime   = 45 * time.Second // then it stops, and says how far it got
	scanShare  = 0.95             // of the bytes must be read for a pass
)

var secretsScan = checks.Define(checks.Kind{
	ID:       "security.secrets.scan",
	Title:    "No credentials in tracked files",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Critical,
	Sends:    "nothing; reads the repository's own files, vendored trees left out",
	Rule: "FAIL: a secret of a known issuer's form, a private key, a password in a URL, django-insecure-, or a JWT_SECRET literal in a " +
		"tracked file. WARN: a random-looking value after a word like password or token; in a settings file also one that somebody chose, of eight or more " +
		"characters with letters and digits; an issuer's form below test, fixture or " +
		"example paths, or in a file that is neither tracked nor ignored; a throwaway password in a URL. PASS: everything was read and nothing found. Inconclusive: under 95 % of the bytes were " +
		"read. Placeholders never count. Binary and minified files and those over 1 MiB are left out and counted.",
	Fix:   "Rotate the secret first, then remove it, then purge it from the history.",
	Refs:  []string{"CWE-798", "CWE-540", "CWE-312", "ASVS 13.3.1"},
	Limit: scanTime + 15*time.Second,
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	s := scan(ctx, tree, time.Now().Add(scanTime), p.Progress)
	obs := judgeScan(s)
	said := fmt.Sprintf("%s read, %d kB; left out: %s", local.Count(s.Files, "file"), s.Read>>10, s.left())
	body := said + "\n" + obs.Table()
	return checks.NewResult(obs.Verdict(), checks.Configuration, obs.Reason("nothing found: "+said), p.Note("secret scan", body))
})

// scanned is what a scan read and found.
type scanned struct {
	Files                   int
	Read, All               int64 // bytes
	Large, Binary, Minified int
	Unread                  []string
	Stopped                 bool
	Cut                     bool // the tree holds more files than were listed
	Findings                []leak
}

// leak is one secret by rule and place; the value stays behind.
type leak struct {
	Rule      string
	Path      string
	Line      int
	Specific  bool
	Throwaway bool // a well-known password of test databases
	Untracked bool // neither tracked nor ignored
	Copies    int  // places where the same value stands
}

func (s scanned) left() string {
	return fmt.Sprintf("%d large, %d binary, %d minified, %d unreadable", s.Large, s.Binary, s.Minified, len(s.Unread))
}

// scan reads the tree's own files until all are read, ctx ends or the time is up.
func scan(ctx context.Context, tree *source.Tree, until time.Time, progress func(string)) scanned {
	s := scanned{Cut: tree.Cut}
	seen := map[string]int{}
	files := append(tree.Files(), tree.Untracked()...)
	for i, f := range files {
		if i%200 == 199 {
			progress(fmt.Sprintf("%d of %d files", i, len(files)))
		}
		if f.Size > scanFile {
			s.Large++
			continue
		}
		s.All += f.Size
		if s.Stopped = s.Stopped || ctx.Err() != nil || time.Now().After(until); s.Stopped {
			continue
		}
		src, err := tree.Read(f.Path, scanFile)
		if err != nil {
			s.Unread = append(s.Unread, f.Path)
			continue
		}
		s.Read += f.Size
		switch {
		case bytes.IndexByte(src[:min(len(src), scanBinary)], 0) >= 0:
			s.Binary++
			continue
		case len(src) > 4*scanLine && len(src)/(1+bytes.Count(src, []byte("\n"))) > scanLine:
			s.Minified++
			continue
		}
		s.Files++
		for _, l := range findLeaks(f.Path, src) {
			l.Untracked = tree.Tracked && !f.Tracked
			if at, ok := seen[l.value]; ok {
				l.Copies = s.Findings[at].Copies + 1
				if v, _ := judgeLeak(l.leak); v == checks.Fail {
					s.Findings[at] = l.leak // the place that counts most
				}
				s.Findings[at].Copies = l.Copies
				continue
			}
			seen[l.value] = len(s.Findings)
			s.Findings = append(s.Findings, l.leak)
		}
	}
	return s
}

// foundLeak is a leak with its value, on the way to counting copies.
type foundLeak struct {
	leak
	value string
}

var (
	jwtSecret = regexp.MustCompile(`(?i)\bJWT_SECRET(?:_KEY)?["']?\s*[:=]\s*(?:["']([^"'\s]{3,})["']|([^"'\s(){}$]{6,})\s*$)`)
	lockName  = regexp.MustCompile(`(?i)(lock|\.sum|\.svg|\.map)$|-lock\.(json|yaml)$|shrinkwrap`)
	repeats   = regexp.MustCompile(`(?i)(xxxx|0000000|1234567890|abcdefgh|\.\.\.|…)`)
)

// findLeaks finds the secrets of one file that are neither placeholders nor noise.
func findLeaks(name string, src []byte) (found []foundLeak) {
	add := func(rule string, specific bool, start, end int) {
		value := string(src[start:end])
		if secrets.Placeholder(value) || repeats.MatchString(value) || refers(value) {
			return
		}
		if !specific && (lockName.MatchString(path.Base(name)) || samplePath.MatchString(name) || !looksRandom(value) && !chosen(name, src[:start], value)) {
			return
		}
		throwaway := rule == "url-password" && slices.Contains(throwawayURL, strings.ToLower(value))
		line := 1 + bytes.Count(src[:start], []byte("\n"))
		for _, f := range found {
			if f.Line == line && (strings.Contains(f.value, value) || strings.Contains(value, f.value)) {
				return // two rules, one secret
			}
		}
		found = append(found, foundLeak{leak{Rule: rule, Path: name, Line: line, Specific: specific, Throwaway: throwaway}, value})
	}
	matches := secrets.Find(src)
	slices.SortStableFunc(matches, func(a, b secrets.Match) int { return rank(a.Specific) - rank(b.Specific) })
	for _, m := range matches {
		add(m.Rule, m.Specific, m.Start, m.End)
	}
	offset := 0
	for line := range bytes.Lines(src) {
		if m := jwtSecret.FindSubmatchIndex(line); m != nil {
			group := 2
			if m[group] < 0 {
				group = 4
			}
			add("jwt-secret", true, offset+m[group], offset+m[group+1])
		}
		offset += len(line)
	}
	return found
}

func rank(specific bool) int {
	if specific {
		return 0
	}
	return 1
}

// throwawayURL are passwords that documentation and test databases use in URLs.
var throwawayURL = append([]string{"pass", "pw", "pwd", "user", "db", "app", "default", "example"}, throwaway...)

var holeStart = regexp.MustCompile(`^(\$|%\(|\{|<|process\.|os\.|env[.(]|settings\.|config\.|self\.)`)

// refers tells code that fetches a secret from one that is it.
func refers(value string) bool { return holeStart.MatchString(value) }

// settingsFile are files that hold values, not code; passwordKey is what stands before a
// value that somebody chose as a password.
var (
	settingsFile = regexp.MustCompile(`(?i)\.(env|ya?ml|toml|json|ini|cfg|conf|properties)$|(^|/)\.env(\.|$)`)
	passwordKey  = regexp.MustCompile(`(?i)(pass(word|wd|phrase)?|pwd|secret(_key)?|credentials?)["']?\s*[:=]\s*["']?$`)
)

// chosen reports whether a value too short or too regular to look random stands where a
// password stands: people choose "Tr0ub4dor", and the scan must not call that nothing.
func chosen(name string, before []byte, value string) bool {
	if !settingsFile.MatchString(name) || !passwordKey.Match(before[max(0, len(before)-80):]) {
		return false
	}
	hasLetter := strings.ToLower(value) != strings.ToUpper(value)
	return len(value) >= 8 && hasLetter && strings.ContainsAny(value, "0123456789") &&
		!codeLike.MatchString(value) && !strings.ContainsAny(value, "/\\") && !slices.Contains(throwaway, strings.ToLower(value))
}

var codeLike = regexp.MustCompile(`[(){}\[\]\s;]|::|->|\w\.\w+\.\w`)

// looksRandom keeps, of what stands after a word like password, only what a generator
// makes: long, letters and digits mixed, no code.
func looksRandom(value string) bool {
	hasDigit := strings.ContainsAny(value, "0123456789")
	hasLetter := strings.ToLower(value) != strings.ToUpper(value)
	return len(value) >= 16 && hasDigit && hasLetter && entropy(value) >= 3.5 && !codeLike.MatchString(value) && !readsLikeWords(value)
}

var samplePath = regexp.MustCompile(`(?i)(^|/)(tests?|__tests__|test[-_]?data|spec|fixtures?|examples?|samples?|mocks?|demo)/|(_test|_test_data|\.test|\.spec|_spec)\.[a-z]+$|(^|/)test_[^/]*$|\.(example|sample|template|dist)(\.[a-z]+)?$`)

// judgeLeak applies the rule to one place.
func judgeLeak(l leak) (checks.Verdict, string) {
	switch {
	case samplePath.MatchString(l.Path):
		return checks.Warn, l.Rule + " below a test or example path"
	case !l.Specific:
		return checks.Warn, "a value that looks like a secret (" + l.Rule + ")"
	case l.Throwaway:
		return checks.Warn, "a throwaway password in a URL"
	case l.Untracked:
		return checks.Warn, l.Rule + " in a file that is neither tracked nor ignored"
	}
	return checks.Fail, l.Rule
}

// judgeScan applies the rule to what was found.
func judgeScan(s scanned) local.Observations {
	obs := local.Observations{}
	for _, l := range s.Findings {
		v, say := judgeLeak(l)
		if l.Copies > 0 {
			say += ", and in " + local.Count(l.Copies, "more place")
		}
		obs.Add(v, l.Path, l.Line, l.Rule, "%s", say)
	}
	if s.All > 0 && float64(s.Read) < scanShare*float64(s.All) {
		obs.Add(checks.Inconclusive, "", 0, "scope", "only %d of %d kB could be read", s.Read>>10, s.All>>10)
	}
	if s.Cut {
		obs.Add(checks.Inconclusive, "", 0, "scope", "the repository has more files than were listed")
	}
	if s.Files == 0 && len(obs) == 0 {
		obs.Add(checks.Inconclusive, "", 0, "scope", "no file to read")
	}
	if len(obs) == 0 {
		obs.Add(checks.Pass, "", 0, "scan", "nothing found")
	}
	return obs
}
