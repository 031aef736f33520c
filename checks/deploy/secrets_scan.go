package deploy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// Limits of the scan.
const (
	scanFile   = 1 << 20          // larger files are left out
	scanBinary = 8000             // a NUL in so many first bytes makes a file binary
	scanLine   = 400              // mean bytes a line from which a page's code counts as minified
	scanTime   = 60 * time.Second // then it stops, and says how far it got
	scanShare  = 0.95             // of the bytes must be read for a pass
	scanTells  = 250 * time.Millisecond
)

type scanParams struct {
	Generic bool `toml:"generic" doc:"also look for anything random after a word such as key (gitleaks' generic rule); mostly noise, a warning at most; default false"`
}

var secretsScan = checks.Define(checks.Kind{
	ID:       "security.secrets.scan",
	Title:    "No credentials in tracked files",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Critical,
	Sends:    "nothing; reads the repository's own files, vendored trees left out",
	Rule: "FAIL: a secret of a known issuer's form (gitleaks' rules and gonogo's own), a private key, a password in a URL, django-insecure-, or a " +
		"JWT_SECRET literal in a tracked file. WARN: a value that is known by the name beside it only; a random-looking value after a word like " +
		"password or token; in a settings file also one that somebody chose, of eight or more characters with letters and digits; an issuer's " +
		"form below test, fixture or example paths, in a file that is neither tracked nor ignored, or on a line marked gitleaks:allow; a throwaway " +
		"password in a URL. PASS: everything was read and nothing found. Inconclusive: under 95 % of the bytes were read within a minute. " +
		"Placeholders never count. Binary files, minified code of pages and files over 1 MiB are left out and counted. The repository's own " +
		".gitleaks.toml and .gitleaksignore are not read. Without version control, what .gitignore does not name counts as tracked.",
	Fix:   "Rotate the secret first, then remove it, then purge it from the history.",
	Refs:  []string{"CWE-798", "CWE-540", "CWE-312", "ASVS 13.3.1"},
	Limit: scanTime + 15*time.Second,
}, func(ctx context.Context, p *checks.Probe, params scanParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	built, err := engines()
	if err != nil {
		return local.Unclear(p, "secret scan", "the scanner's rules can't be read: "+err.Error())
	}
	within, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	s := scan(within, built[params.Generic], tree, p.Progress)
	obs := judgeScan(s)
	said := fmt.Sprintf("%s read, %d kB; left out: %s", local.Count(s.Files, "file"), s.Read>>10, s.left())
	body := said + "\n"
	if unknown := untold(tree); unknown != "" {
		said += "; " + unknown
		body += unknown + "\n"
	}
	for _, name := range []string{".gitleaks.toml", ".gitleaksignore"} {
		if _, ok := tree.Stat(name); ok {
			body += name + " is there and was not read\n"
		}
	}
	body += obs.Table()
	reason := obs.Reason("nothing found: " + said)
	if v := obs.Verdict(); v != checks.Pass && !tree.Tracked {
		reason += "; " + untold(tree)
	}
	return checks.NewResult(obs.Verdict(), checks.Configuration, reason, p.Note("secret scan", body))
})

// untold says why it is not known which files are tracked; empty where it is.
func untold(tree *source.Tree) string {
	if tree == nil || tree.Tracked {
		return ""
	}
	return tree.Note + ": which files are tracked is unknown, those that .gitignore names were left out"
}

// scanned is what a scan read and found.
type scanned struct {
	Files                   int
	Read, All               int64 // bytes
	Large, Binary, Minified int
	Unread                  []string
	Cut                     bool // the tree holds more files than were listed
	Findings                []leak
}

func (s scanned) left() string {
	return fmt.Sprintf("%d large, %d binary, %d minified, %d unreadable", s.Large, s.Binary, s.Minified, len(s.Unread))
}

// scan reads the tree's own files until all are read or ctx ends.
func scan(ctx context.Context, e *engine, tree *source.Tree, progress func(string)) scanned {
	s := scanned{Cut: tree.Cut}
	var files []source.File
	for _, f := range append(tree.Files(), tree.Untracked()...) {
		if f.Size > scanFile {
			s.Large++
			continue
		}
		s.All += f.Size
		files = append(files, f)
	}
	seen := map[[sha256.Size]byte]int{}
	told := time.Now()
	for _, f := range files {
		if time.Since(told) >= scanTells {
			told = time.Now()
			progress(fmt.Sprintf("scanned %.1f of %.1f MB", float64(s.Read)/1e6, float64(s.All)/1e6))
		}
		if ctx.Err() != nil {
			return s
		}
		src, err := tree.Read(f.Path, scanFile)
		if err != nil {
			s.Unread = append(s.Unread, f.Path)
			continue
		}
		src = readable(src)
		switch {
		case keyStore.MatchString(f.Path):
			s.note(foundLeak{leak: leak{Rule: "key-store", Path: f.Path}, sum: sha256.Sum256(src)}, tree.Tracked && !f.Tracked, seen)
		case bytes.IndexByte(src[:min(len(src), scanBinary)], 0) >= 0:
			s.Binary++
		case isMinified(f.Path, src):
			s.Minified++
		default:
			found := findLeaks(ctx, e, f.Path, src)
			for _, l := range found {
				s.note(l, tree.Tracked && !f.Tracked, seen)
			}
			if ctx.Err() != nil {
				return s // this file was not looked through to its end
			}
			s.Files++
		}
		s.Read += f.Size
	}
	return s
}

// note keeps a secret, or counts it where its value is known from another place.
func (s *scanned) note(l foundLeak, untracked bool, seen map[[sha256.Size]byte]int) {
	l.Untracked = untracked
	at, ok := seen[l.sum]
	if !ok {
		seen[l.sum] = len(s.Findings)
		s.Findings = append(s.Findings, l.leak)
		return
	}
	copies := s.Findings[at].Copies + 1
	known, _ := judgeLeak(s.Findings[at])
	if v, _ := judgeLeak(l.leak); v == checks.Fail && known != checks.Fail {
		s.Findings[at] = l.leak // the place that counts most
	}
	s.Findings[at].Copies = copies
}

var (
	keyStore = regexp.MustCompile(`(?i)\.(p12|pfx)$`)
	pageCode = regexp.MustCompile(`(?i)\.(js|mjs|cjs|css|map|html?|svg)$`)
)

// isMinified tells the code of pages that a build made. Data on one long line is none: keys
// of cloud accounts come that way.
func isMinified(name string, src []byte) bool {
	return pageCode.MatchString(name) && len(src) > 4*scanLine && len(src)/(1+bytes.Count(src, []byte("\n"))) > scanLine
}

// judgeLeak applies the rule to one place.
func judgeLeak(l leak) (checks.Verdict, string) {
	switch {
	case l.Rule == "key-store":
		return checks.Warn, "a key store: see whether it holds a private key"
	case l.Allowed:
		return checks.Warn, l.Rule + ", marked " + allowMark + ": somebody decided that it may stand here"
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
